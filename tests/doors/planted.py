"""Rows of every kind, written from their fields: what readers may see, and around it what they must not."""

import itertools
from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db import models

from measures.models import Country, StatusPeriod, TimelineEntry
from records.derived import derived_models
from records.fields import EDTFBoundField, EDTFField
from records.models import Citation, Name, Record, Source, SourceStatement
from records.roles import record_models
from tests.doors.cast import columns_of
from tests.records.anything import row

# In every text, id and address of what readers must not see.
MARKER = "zqhidden"

# Texts with a form of their own.
FORMED = {"language", "sha256", "state", "withdrawal_notice", "currency", "budget_currency", "cas", "edition"}
# Where one of two columns is filled and not both: what the one empties.
EITHER = {
    ("Response", "organization"): {"actor": None},
    ("Claim", "organization"): {"claimant": None},
    ("ProjectPerformer", "organization"): {"name": None},
    ("SurveyFeed", "milestone"): {"phase": None},
    ("IntegrationInput", "response"): {"survey": None},
    ("IntegrationInput", "directive"): {"survey": None},
    ("CoverageNote", "phase"): {"program": None},
}
# Links that lead somewhere in any case.
NEEDED = {"SurveyFeed": "phase", "IntegrationInput": "survey"}
numbers = itertools.count(1)


def kinds() -> list[type[Record]]:
    return [model for model in record_models() if not model._meta.proxy]


def link_models() -> list[type[models.Model]]:
    """What is no record, but points at one."""
    derived = {*derived_models(), StatusPeriod, TimelineEntry}
    labels = {model._meta.app_label for model in kinds()}
    return [
        model
        for kind in kinds()
        for model in {each.related_model for each in kind._meta.related_objects}
        if model._meta.app_label in labels
        and not issubclass(model, Record)
        and hasattr(model, "versions")
        and model not in derived
        and model._meta.label != "programs.PhaseReport"
    ]


def pointers(model: type[models.Model]) -> list[models.Field]:
    """The columns that lead to a record."""
    return [
        column
        for column in model._meta.concrete_fields
        if column.is_relation and column.related_model and issubclass(column.related_model, Record)
    ]


def texts(model: type[models.Model], word: str) -> dict:
    """A value for every text of a row, with a word in it."""
    found = {}
    for column in model._meta.concrete_fields:
        free = isinstance(column, models.CharField | models.TextField) and not isinstance(column, EDTFField)
        if not free or isinstance(column, EDTFBoundField) or column.choices or column.name in FORMED:
            continue
        if isinstance(column, models.URLField):
            found[column.name] = f"https://{word}.example/{next(numbers)}"
        else:
            found[column.name] = f"{word}-{next(numbers)}"
    for column in model._meta.concrete_fields:
        if isinstance(column, EDTFField):
            # Hidden days are later, so that they would show wherever the newest day is told.
            found[column.name] = "2021-03" if word == MARKER else "2019-07"
        if column.name == "position":
            found["position"] = next(numbers) % 30000
        if column.name == "preferred":
            found["preferred"] = False
        if column.is_relation and column.related_model is Country and not column.null:
            found[column.name] = Country.objects.get_or_create(code="KR", defaults={"english_name": "South Korea"})[0]
    return found


def written(model: type[models.Model], word: str, around: dict, **values) -> models.Model:
    """One row with the word in every text; what it needs to point at is taken from `around`, by model."""
    if issubclass(model, Record) or any(pointers(model)):
        for column in pointers(model):
            needed = not column.null or (model.__name__, column.name) in (("CoverageNote", "program"),)
            if needed and column.name not in values and column.related_model in around:
                values[column.name] = around[column.related_model]
    for column in model._meta.concrete_fields:
        if column.name == "subject_type" and "subject_type" not in values:
            subject = values.pop("subject", None) or around[kinds()[0]]
            values["subject_type"] = ContentType.objects.get_for_model(subject)
            values["subject_id"] = subject.pk
    values.pop("subject", None)
    return row(model, **{**texts(model, word), **values})


def world(word: str) -> dict[type[Record], Record]:
    """A published record of each kind, together with what hangs on it."""
    found: dict[type[Record], Record] = {}
    waiting = kinds()
    while waiting:
        for model in list(waiting):
            needs = {
                column.related_model
                for column in pointers(model)
                if not column.null or model.__name__ == "CoverageNote"
            }
            if needs - {model} <= found.keys() and (found or not needs):
                found[model] = written(model, word, found, **columns_of("published"))
                waiting.remove(model)
    return found


def world_of(word: str, around: dict, **state) -> dict[type[Record], Record]:
    """A record of each kind in a state, each belonging to what is around it."""
    return {model: written(model, word, around, **state) for model in kinds()}


def hang(word: str, around: dict, at: dict, **state) -> Iterator[models.Model]:
    """Records of every kind in a state, one for each column that can lead to what is `at`."""
    for model in kinds():
        yield written(model, word, around, **state)
        for column in pointers(model):
            if column.null and (model.__name__, column.name) != ("CoverageNote", "program"):
                other = EITHER.get((model.__name__, column.name), {})
                yield written(model, word, around, **{column.name: at[column.related_model], **other, **state})


def about(subject: models.Model) -> dict:
    return {"subject_type": ContentType.objects.get_for_model(subject), "subject_id": subject.pk}


def cite(word: str, subject: models.Model, source: Source) -> None:
    nowhere = {"field": "", "snapshot": None, "start": None, "end": None}
    row(Citation, **{**texts(Citation, word), **about(subject), **nowhere, "source": source})


def name(word: str, subject: Record) -> None:
    if hasattr(subject, "names"):
        row(Name, text=f"{word}-{next(numbers)}", language="ko", **about(subject))


def linked(word: str, near: dict, far: dict) -> Iterator[models.Model]:
    """Link rows between what is `near` and what is `far`, one for each column that can lead there."""
    for model in link_models():
        if model in (Citation, SourceStatement):
            continue
        columns = pointers(model)
        for column in columns:
            ends = {each.name: near[each.related_model] for each in columns if not each.null}
            ends[column.name] = far[column.related_model]
            other = EITHER.get((model.__name__, column.name), {})
            if (needed := NEEDED.get(model.__name__)) and needed not in {column.name, *other}:
                ends[needed] = near[model._meta.get_field(needed).related_model]
            reached = [(type(end), end.pk) for end in ends.values()]
            nowhere = dict.fromkeys(each.name for each in columns if each.null)
            if len(set(reached)) < len(reached) or model._base_manager.filter(**{**nowhere, **ends}).exists():
                continue  # nothing relates to itself, and no link stands twice
            yield row(model, **{**texts(model, word), **ends, **other})
