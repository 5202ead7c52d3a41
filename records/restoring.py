"""Restoring an earlier version of a record: what it said then is said again, as a correction of its own.

A version is the record with the rows that are its own: links, names, citations. Parts that are records themselves, such
as the events of a measure, have versions of their own.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, Model
from django.utils.translation import gettext as _

from records import known, publishing, roles
from records.history import version_model
from records.models import ChangeSet, Proposal, Record, Stale
from records.models.record import DRIVEN_FIELDS
from records.proposals.contents import Snapshot, contents, differences, label, owned_by, snapshot
from records.proposals.writing import Writing
from records.publishing import NotAllowed
from records.revisions import RowChange, Rows, names_of_foreign_rows, row_change

# The steps of a review are taken anew, and not by the way.
KEPT = ("slug", "embargo_until", "checked_on")


@dataclass(frozen=True)
class Restorable:
    """What restoring would write: the rows as a proposal has them, and in words."""

    rows: list[dict]
    changes: list[RowChange]


class _Restoring(Writing):
    """Rows of an earlier version on their way back, which nobody has proposed."""

    def __init__(self, record: Record, rows: list[dict]):
        super().__init__(Proposal(subject=record), rows, by=None, choices={})

    def attest(self, record: Record) -> None:
        """Who approved it last stays noted on it."""


def restorable(record: Record, number: int) -> Restorable | None:
    """What differs now from the record as it was after a change set; None where nothing does, or it was not there."""
    with transaction.atomic():
        now = contents(_stored(record), parts=False)
        then = _as_of(record, number)
    if not then:
        return None
    rows = differences(_told(now, record), _told(then, record))
    return Restorable(rows, _in_words(record, now, then)) if rows else None


def versions(record: Record) -> set[int]:
    """The change sets that wrote the record or a row of its own; after the last of them it was as it is now."""
    found: set[int] = set()
    waiting: list[tuple[type[Model], dict, dict]] = [
        (record._meta.concrete_model, {"pk": record.pk}, {"pgh_obj_id": record.pk})
    ]
    while waiting:
        model, live, past = waiting.pop()
        keys = set()
        for key, since in model._base_manager.filter(**live).values_list("pk", "known_since"):
            keys.add(key)
            found.add(since)
        kept: Any = version_model(model)
        for key, since, until in kept._base_manager.filter(**past).values_list(
            "pgh_obj_id", "known_since", "superseded_by"
        ):
            keys.add(key)
            found |= {since, until}
        for owned, condition in owned_by(model, sorted(keys)):
            if keys and not issubclass(owned, Record):
                waiting.append((owned, condition, condition))
    return found - {0, max(found, default=0)}


def refusal(record: Record, user) -> str:
    """Why somebody may not restore an earlier version of the record; empty where they may."""
    if not user.has_perm(roles.permission("publish", type(record))):
        return _("Only a reviewer can restore an earlier version.")
    if record.state == Record.State.WITHDRAWN:
        return _("A withdrawn record says nothing any more; publish it again first.")
    newest = type(record)._base_manager.filter(pk=record.pk).values("known_since")
    last = ChangeSet.objects.filter(pk__in=newest, by=user).exists()
    if record.state == Record.State.PUBLISHED and last and roles.second_person():
        return _("You wrote what stands there now; somebody else has to take it back.")
    return ""


def restore(record: Record, number: int, *, by, reason: str) -> ChangeSet:
    """Let the record say again what it said after a change set. Raises Stale when somebody else was quicker."""
    if by is not None and (why := refusal(record, by)):
        raise NotAllowed(why)
    with publishing.change(by=by, reason=reason, kind=ChangeSet.Kind.CORRECTION) as change_set:
        found = restorable(record, number)
        if found is None:
            raise NotAllowed(_("The record says what it said then."))
        restoring = _Restoring(record, found.rows)
        if restoring.record.version != record.version:
            raise Stale(record)
        publishing.carry(restoring.apply(), change_set)
    return change_set


def _stored(record: Record) -> Record:
    return record._meta.concrete_model._base_manager.get(pk=record.pk)


def _as_of(record: Record, number: int) -> list[Model]:
    try:
        knowledge = known.after(number)
    except known.NotKnown:
        return []
    with known.as_of(knowledge):
        then = record._meta.concrete_model._base_manager.filter(pk=record.pk).first()
        return contents(then, parts=False) if then else []


def _told(rows: list[Model], record: Record) -> Snapshot:
    found = snapshot(rows)
    for name in KEPT:
        del found[label(record), record.pk][1][name]
    return found


def _in_words(record: Record, now: list[Model], then: list[Model]) -> list[RowChange]:
    old, new = ({(label(row), row.pk): row for row in rows} for rows in (now, then))
    moment = []
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        model: Any = type(before or after)
        silent = (*KEPT, *DRIVEN_FIELDS) if model is record._meta.concrete_model else _towards_owner(model)
        moment.append((Rows(model, dict.fromkeys(silent)), before, after))
    names = names_of_foreign_rows([moment])
    return [change for rows, before, after in moment if (change := row_change(rows, before, after, names))]


def _towards_owner(model: type[Model]) -> list[str]:
    """The columns of a row that lead to what it dies with, which its place on the page tells."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if column.is_relation and column.remote_field.on_delete is CASCADE
    ]
