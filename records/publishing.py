"""The one place that writes records: each change in one transaction, with who, when and why."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import CASCADE
from django.utils.translation import gettext as _

from records import derived, outbox
from records.models import ChangeSet, Record

State = Record.State


class NotAllowed(PermissionDenied):
    """The record is in a state, or the person in a relation to it, that rules the act out."""


@contextmanager
def change(*, by, reason: str, kind: str = ChangeSet.Kind.DEVELOPMENT) -> Iterator[ChangeSet]:
    """One change set: everything written inside is one transaction, and every row and version carries its number.

    It waits for the change before it to be committed. The row of the change set itself is written at the end, with the
    moment from which readers know it; until then only its number is there. A change within a change is an error.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT records_begin_change()")
        change_set = ChangeSet(pk=cursor.fetchone()[0], by=by, reason=reason, kind=kind)
        yield change_set
        cursor.execute(
            "SELECT records_end_change(%s, %s, %s, %s)", [change_set.pk, kind, reason, by.pk if by else None]
        )
        change_set.at = cursor.fetchone()[0]
        change_set._state.adding = False


def carry(records: Iterable[Record], change_set: ChangeSet) -> None:
    """Inside a change: recompute what follows from the saved records, and leave the rest to the outbox."""
    records = list(records)
    derived.refresh(records)
    labels = sorted({f"{record._meta.label_lower}:{record.pk}" for record in records})
    # One change set may carry more than once; the same records need no second entry.
    digest = hashlib.sha256(" ".join(labels).encode()).hexdigest()[:16]
    outbox.write(key=f"timeline:{change_set.pk}:{digest}", topic="timeline", payload={"records": labels})


def save(record: Record, *, by, reason: str, kind: str = ChangeSet.Kind.DEVELOPMENT) -> ChangeSet:
    """Save a new or changed record. Raises Stale when somebody else was quicker."""
    with change(by=by, reason=reason, kind=kind) as change_set:
        record.save()
        carry([record], change_set)
    return change_set


def delete(record: Record, *, by, reason: str) -> ChangeSet:
    """Remove a draft with its parts, drafts as well; what readers have seen is withdrawn instead."""
    if any(each.state != State.DRAFT for each in (record, *parts(record))):
        raise NotAllowed(_("Only drafts can be deleted."))
    with change(by=by, reason=reason) as change_set:
        carry([record], change_set)
        record.delete()
    return change_set


def submit(record: Record, *, by, reason: str) -> ChangeSet:
    """Ask for the review of a draft, and of the drafts that are parts of it."""
    return _move(record, State.IN_REVIEW, allowed=[State.DRAFT], by=by, reason=reason, submitted_by=by)


def send_back(record: Record, *, by, reason: str) -> ChangeSet:
    """Return what was submitted to its editor, with the reason."""
    return _move(record, State.DRAFT, allowed=[State.IN_REVIEW], by=by, reason=reason, submitted_by=None)


def publish(record: Record, *, by, reason: str) -> ChangeSet:
    """Show a reviewed record and its reviewed parts to visitors. Whoever submitted one of them cannot approve it."""
    if by is not None and by.pk in {each.submitted_by_id for each in _moving(record)}:
        raise NotAllowed(_("You submitted this yourself; somebody else has to approve it."))
    return _move(record, State.PUBLISHED, allowed=[State.IN_REVIEW, State.WITHDRAWN], by=by, reason=reason)


def withdraw(record: Record, *, by, reason: str, notice: str) -> ChangeSet:
    """Take a published record back; its page stays, with the notice."""
    return _move(
        record,
        State.WITHDRAWN,
        allowed=[State.PUBLISHED],
        by=by,
        reason=reason,
        kind=ChangeSet.Kind.CORRECTION,
        withdrawal_notice=notice,
    )


def parts(record: Record) -> list[Record]:
    """The records that live and die with this one, at every depth: a measure's events, a program's milestones."""
    found = {}
    for relation in record._meta.related_objects:
        if issubclass(relation.related_model, Record) and relation.on_delete is CASCADE:
            for part in relation.related_model._default_manager.filter(**{relation.field.name: record}):
                for each in (part, *parts(part)):
                    found[each._meta.label, each.pk] = each
    return list(found.values())


def _moving(record: Record) -> list[Record]:
    """The record, and the parts that go through its review with it.

    A withdrawal, and its undoing, is about what readers were shown: there the parts keep their own state.
    """
    if record.state not in (State.DRAFT, State.IN_REVIEW):
        return [record]
    return [record, *(part for part in parts(record) if part.state == record.state)]


def _move(record, state, *, allowed, by, reason, kind=ChangeSet.Kind.DEVELOPMENT, **values) -> ChangeSet:
    if record.state not in allowed:
        raise NotAllowed(
            _("A record that is “%(state)s” cannot become “%(target)s”.")
            % {"state": record.get_state_display(), "target": State(state).label}
        )
    moving = _moving(record)
    with change(by=by, reason=reason, kind=kind) as change_set:
        for each in moving:
            for name, value in {"state": state, **values}.items():
                setattr(each, name, value)
            each.save()
        carry(moving, change_set)
    return change_set
