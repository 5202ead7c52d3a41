"""What belongs to a record, and what differs in it before and after."""

import datetime
import decimal
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, Model

from records.fields import EDTFBoundField
from records.history import version_model
from records.models import Record
from records.models.record import DRIVEN_FIELDS

# Written by what is done with a record, and never proposed.
DRIVEN = {*DRIVEN_FIELDS, "known_since"}


def label(row: Model) -> str:
    return row._meta.concrete_model._meta.label_lower


def contents(record: Record, *, parts: bool = True) -> list[Model]:
    """The record and all that belongs to it at every depth: parts, links, names, citations; owners come first.

    Without `parts`, what belongs to it but lives a life of its own is left out: events, provisions, phases.
    """
    found: dict[tuple, Model] = {}
    waiting: list[tuple[type[Model], list]] = [(record._meta.concrete_model, [record.pk])]
    found[label(record), record.pk] = record
    while waiting:
        model, keys = waiting.pop(0)
        for owned, condition in owned_by(model, keys):
            if not parts and issubclass(owned, Record):
                continue
            new = [
                row
                for row in owned._base_manager.filter(**condition).order_by("pk")
                if found.setdefault((label(row), row.pk), row) is row
            ]
            if new:
                waiting.append((owned, [row.pk for row in new]))
    return list(found.values())


def owned_by(model: type[Model], keys: list) -> Iterator[tuple[type[Model], dict]]:
    """The models whose rows go with rows of this one, and the condition that finds those of these keys."""
    for relation in model._meta.related_objects:
        owned: Any = relation.related_model
        kept = version_model(owned) is not None and not getattr(owned, "is_derived", False)
        if relation.on_delete is CASCADE and kept:
            yield owned, {f"{relation.field.name}__in": keys}
    for relation in model._meta.private_fields:
        if isinstance(relation, GenericRelation):
            subject = ContentType.objects.get_for_model(model)
            owned = relation.related_model
            yield owned, {relation.content_type_field_name: subject, f"{relation.object_id_field_name}__in": keys}


def proposed_columns(model: type[Model]) -> list:
    """The columns that a proposal can change."""
    return [
        column
        for column in model._meta.concrete_fields
        if not column.primary_key
        and not column.generated
        and not isinstance(column, EDTFBoundField)
        and column.name not in DRIVEN
    ]


def plain(value):
    """A column's value in JSON's types, in which it is kept and compared."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return value


def values_of(row: Model) -> dict[str, Any]:
    return {column.name: plain(getattr(row, column.attname)) for column in proposed_columns(type(row))}


Snapshot = dict[tuple[str, Any], tuple[str, dict]]


def snapshot(rows: Iterable[Model]) -> Snapshot:
    return {(label(row), row.pk): (str(row), values_of(row)) for row in rows}


def differences(before: Snapshot, after: Snapshot) -> list[dict]:
    """What to change, remove and add; a row that is added with its owner points at it by its place in the list."""
    rows = []
    for (model, key), (title, old) in before.items():
        if (model, key) not in after:
            rows.append({"model": model, "key": key, "act": "remove", "title": title, "values": _each(old=old)})
            continue
        new = after[model, key][1]
        changed = {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}
        if changed:
            rows.append({"model": model, "key": key, "act": "change", "title": title, "values": changed})
    places: dict[tuple, int] = {}
    for (model, key), (title, new) in after.items():
        if (model, key) not in before:
            places[model, key] = len(rows)
            rows.append({"model": model, "key": None, "act": "add", "title": title, "values": _each(new=new)})
    for row in rows:
        for name, value in row["values"].items():
            target = _points_at(row, name)
            if target and (place := places.get((target, value.get("new")))) is not None:
                value["new"] = {"row": place}
    return rows


def _each(**sides: dict[str, Any]) -> dict[str, dict]:
    ((side, values),) = sides.items()
    return {name: {side: value} for name, value in values.items()}


def _points_at(row: dict, name: str) -> str | None:
    """Label of the model that a column of a row points at."""
    model = apps.get_model(row["model"])
    if name == "subject_id":
        kind = row["values"].get("subject_type", {}).get("new")
        return kind and ContentType.objects.get_for_id(kind).model_class()._meta.label_lower
    target = model._meta.get_field(name).related_model
    return target._meta.concrete_model._meta.label_lower if target else None
