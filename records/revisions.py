"""The history of records, read from the version tables: who changed which field from what to what, and why."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from records import dates
from records.fields import EDTFBoundField, EDTFField
from records.history import version_model
from records.models import ChangeSet, Cited, Record

# Columns that say nothing to a reader: keys, counters, and what points from a row to its record.
SILENT = {"id", "version", "position", "subject_type", "subject_id", "known_since"}


@dataclass(frozen=True)
class FieldChange:
    """What a field said before and after, in words; `language` is that of the words where they are the record's own."""

    label: str
    old: str
    new: str
    language: str = ""


@dataclass(frozen=True)
class RowChange:
    """What a change set did to one row; `act` is insert, update or delete."""

    kind: str
    title: str
    act: str
    fields: list[FieldChange]
    language: str = ""


@dataclass(frozen=True)
class Revision:
    """What one change set did to a record and the rows that belong to it."""

    number: int
    change_set: ChangeSet | None
    rows: list[RowChange] = field(default_factory=list)


@dataclass(frozen=True)
class RowState:
    """A row as it was from one change set until another; until None where it is so still."""

    key: int
    row: models.Model
    known_since: int
    superseded_by: int | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of one model that belong to a record, found by these columns; they outlive the rows in the versions."""

    model: type[models.Model]
    columns: dict


def version_of(record: models.Model, number: int | None) -> models.Model | None:
    """The record as it was at this version, live or from the version table."""
    if not number:
        return None
    if record.version == number:
        return record
    return version_model(type(record)).objects.filter(pgh_obj_id=record.pk, version=number).last()


def states(model: type[models.Model], **columns) -> list["RowState"]:
    """Every state of the model's rows with these columns, oldest first: those of the versions, then the live ones."""
    found = version_model(model)
    if found is None:
        return []
    past = [
        RowState(row.pgh_obj_id, row, row.known_since, row.superseded_by)
        for row in found.objects.filter(**columns).order_by("pgh_id")
    ]
    columns = {{"pgh_obj_id": "pk"}.get(name, name): value for name, value in columns.items()}
    return [*past, *(RowState(row.pk, row, row.known_since) for row in model._base_manager.filter(**columns))]


def value_in_words(column: models.Field, value, names: dict | None = None) -> str:
    """A field's value for a reader; `names` maps (model, key) of foreign rows to their words."""
    if value is None or value == "" or value == []:
        return _("empty")
    if column.is_relation:
        return (names or {}).get((column.related_model, value)) or str(value)
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(column, EDTFField):
        try:
            words = dates.label(value)
        except dates.EDTFError:
            return value
        return words if words == value else f"{words} ({value})"
    if isinstance(value, list):
        labels = dict(getattr(column, "base_field", column).flatchoices)
        return ", ".join(str(labels.get(each, each)) for each in value)
    if isinstance(value, datetime.datetime):
        return format_date(timezone.localtime(value), _("j F Y, H:i"))
    if isinstance(value, datetime.date):
        return dates.label(value.isoformat())
    return str(value)


def told_fields(model: type[models.Model], silent: Iterable[str] = ()) -> list[models.Field]:
    """The fields whose values a reader is told."""
    return [
        each
        for each in model._meta.concrete_model._meta.concrete_fields
        if each.name not in SILENT and each.name not in silent and not isinstance(each, EDTFBoundField)
    ]


def revisions(record: models.Model, belonging: Iterable[Rows] = (), limit: int = 100) -> list[Revision]:
    """What happened to a record and its rows, newest first, at most `limit` change sets.

    Two queries for each model, one for the change sets, and one for each model that is pointed at.
    """
    moments: dict[int, list] = {}
    for rows in (Rows(type(record), {"pgh_obj_id": record.pk}), *belonging):
        by_row: dict[int, list[RowState]] = {}
        for state in states(rows.model, **rows.columns):
            by_row.setdefault(state.key, []).append(state)
        for of_row in by_row.values():
            for before, after in zip([None, *of_row], [*of_row, None], strict=True):
                if after is not None and (before is None or before.superseded_by == after.known_since):
                    moments.setdefault(after.known_since, []).append((rows, before and before.row, after.row))
                    continue
                # It went, and perhaps came back later.
                if before is not None and before.superseded_by is not None:
                    moments.setdefault(before.superseded_by, []).append((rows, before.row, None))
                if after is not None:
                    moments.setdefault(after.known_since, []).append((rows, None, after.row))
    newest = dict(sorted(moments.items(), reverse=True)[:limit])
    names = names_of_foreign_rows(newest.values())
    change_sets = ChangeSet.objects.select_related("by").in_bulk(newest)
    return [
        Revision(
            number=number,
            change_set=change_sets.get(number),
            rows=[change for rows, before, after in moment if (change := row_change(rows, before, after, names))],
        )
        for number, moment in newest.items()
    ]


def row_change(rows: Rows, before, after, names) -> RowChange | None:
    """What became of a row, in words; None where nothing did that a reader is told."""
    fields = []
    for column in told_fields(rows.model, rows.columns):
        old, new = (getattr(row, column.attname) if row else None for row in (before, after))
        told = old != new if before and after else after and new not in (None, "", [], False)
        if told:
            fields.append(
                FieldChange(
                    label=_(str(column.verbose_name)),
                    old=value_in_words(column, old, names),
                    new=value_in_words(column, new, names),
                    language=_language(column),
                )
            )
    if before and after and not fields:
        return None
    act = "update" if before and after else "insert" if after else "delete"
    kind, title = str(rows.model._meta.verbose_name), _title(rows, after or before, names)
    pointed_at = [each.related_model for each in told_fields(rows.model, rows.columns) if each.is_relation]
    english = _is_english(rows.model) or (pointed_at and all(map(_is_english, pointed_at)))
    return RowChange(kind, title, act, fields, "en" if english else "")


def _is_english(model: type[models.Model]) -> bool:
    """Whether the titles and texts of these records are written in English; those of sources are not."""
    return issubclass(model, Cited) and not any(each.name == "language" for each in model._meta.concrete_fields)


def _language(column: models.Field) -> str:
    """The language of the values of a field as `value_in_words` tells them, where it is known."""
    if column.is_relation:
        return "en" if _is_english(column.related_model) else ""
    written = isinstance(column, models.TextField) or column.name in ("title", "name", "claimant")
    return "en" if written and _is_english(column.model) else ""


def _title(rows: Rows, version, names) -> str:
    """The words by which a reader knows a row: its title, name or text, else what it points at."""
    for name in ("title", "name", "text", "statement", "sector", "wording", "description", "slug"):
        if value := getattr(version, name, None):
            return value
    pointed_at = [
        value_in_words(column, getattr(version, column.attname), names)
        for column in told_fields(rows.model, rows.columns)
        if column.is_relation and getattr(version, column.attname) is not None
    ]
    return ", ".join(pointed_at)


def names_of_foreign_rows(moments, *, hidden: str | None = None) -> dict:
    """Words for every row that the versions point at: {(model, key): words}.

    With `hidden`, that is what visitors read where they may not know of the row.
    """
    wanted: dict[type[models.Model], set] = {}
    for moment in moments:
        for rows, before, after in moment:
            for column in told_fields(rows.model, rows.columns):
                if column.is_relation:
                    keys = {getattr(each, column.attname) for each in (before, after) if each} - {None}
                    wanted.setdefault(column.related_model, set()).update(keys)
    names = {}
    for model, keys in wanted.items():
        if hidden is not None:
            names |= {(model, key): hidden for key in keys}
        for key, row in model._base_manager.in_bulk(keys).items():
            if hidden is None or not isinstance(row, Record) or row.is_visible:
                names[model, key] = str(row)
    return names
