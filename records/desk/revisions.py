"""The history of one record, read from the version tables: who changed which field from what to what, and why."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from records import dates
from records.fields import EDTFBoundField, EDTFField
from records.models import ChangeSet

# Columns that say nothing to a reader: keys, counters, and what points from a row to its record.
SILENT = {"id", "version", "position", "subject_type", "subject_id"}


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class RowChange:
    """What a change set did to one row; `act` is insert, update or delete."""

    kind: str
    title: str
    act: str
    fields: list[FieldChange]


@dataclass(frozen=True)
class Revision:
    """What one change set did to a record and the rows that belong to it."""

    at: datetime.datetime
    change_set: ChangeSet | None
    rows: list[RowChange] = field(default_factory=list)


@dataclass(frozen=True)
class Rows:
    """Rows of one model that belong to a record, found by these columns; they outlive the rows in the versions."""

    model: type[models.Model]
    columns: dict


def versions(model: type[models.Model]) -> models.QuerySet | None:
    """All versions of a model's rows, oldest first; None for a model without history."""
    for relation in model._meta.concrete_model._meta.related_objects:
        if relation.get_accessor_name() == "versions":
            return relation.related_model.objects.order_by("pgh_id")
    return None


def version_of(record: models.Model, number: int | None) -> models.Model | None:
    """The row of the version table that holds the record as it was at this version."""
    return versions(type(record)).filter(pgh_obj_id=record.pk, version=number).last() if number else None


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
        return format_date(timezone.localtime(value), "j F Y, H:i")
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

    One query for each model, one for the change sets, and one for each model that is pointed at.
    """
    groups: dict = {}
    for rows in (Rows(type(record), {"pgh_obj_id": record.pk}), *belonging):
        found = versions(rows.model)
        if found is None:
            continue
        previous: dict[int, models.Model] = {}
        for version in found.filter(**rows.columns).select_related("pgh_context"):
            # Rows written by one command share its context; without one they share their transaction's moment.
            moment = groups.setdefault(version.pgh_context_id or version.pgh_created_at, [])
            moment.append((rows, version, previous.get(version.pgh_obj_id)))
            previous[version.pgh_obj_id] = version
    newest = sorted(groups.values(), key=lambda moment: moment[0][1].pgh_created_at, reverse=True)[:limit]
    names = _names_of_foreign_rows(newest)
    change_sets = ChangeSet.objects.select_related("by").in_bulk({_change_set_id(moment) for moment in newest} - {None})
    return [
        Revision(
            at=moment[0][1].pgh_created_at,
            change_set=change_sets.get(_change_set_id(moment)),
            rows=[change for rows, version, before in moment if (change := _row_change(rows, version, before, names))],
        )
        for moment in newest
    ]


def _change_set_id(moment) -> int | None:
    context = moment[0][1].pgh_context
    return context.metadata.get("change_set") if context else None


def _row_change(rows: Rows, version, before, names) -> RowChange | None:
    act = version.pgh_label
    fields = []
    for column in told_fields(rows.model, rows.columns):
        new = getattr(version, column.attname)
        old = getattr(before, column.attname) if before else None
        told = old != new if act == "update" else act == "insert" and new not in (None, "", [], False)
        if told:
            fields.append(
                FieldChange(
                    label=str(column.verbose_name),
                    old=value_in_words(column, old, names),
                    new=value_in_words(column, new, names),
                )
            )
    if act == "update" and not fields:
        return None
    return RowChange(
        kind=str(rows.model._meta.verbose_name), title=_title(rows, version, names), act=act, fields=fields
    )


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


def _names_of_foreign_rows(moments) -> dict:
    """Words for every row that the versions point at: {(model, key): words}."""
    wanted: dict[type[models.Model], set] = {}
    for moment in moments:
        for rows, version, before in moment:
            for column in told_fields(rows.model, rows.columns):
                if column.is_relation:
                    keys = {getattr(each, column.attname) for each in (version, before) if each} - {None}
                    wanted.setdefault(column.related_model, set()).update(keys)
    return {
        (model, key): str(row)
        for model, keys in wanted.items()
        for key, row in model._base_manager.in_bulk(keys).items()
    }
