"""The one place that writes records: each change in one transaction, with who, when and why."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from records import derived, outbox
from records.models import ChangeSet, Record

State = Record.State


class NotAllowed(PermissionDenied):
    """The record is in a state, or the person in a relation to it, that rules the act out."""


@contextmanager
def change(*, by, reason: str, kind: str = ChangeSet.Kind.DEVELOPMENT) -> Iterator[ChangeSet]:
    """One change set: everything written inside is one transaction, and every version it makes points at it."""
    with transaction.atomic():
        change_set = ChangeSet.objects.create(by=by, reason=reason, kind=kind)
        with pghistory.context(change_set=change_set.pk, by=by and by.pk, reason=reason):
            yield change_set


def carry(records: Iterable[Record], change_set: ChangeSet) -> None:
    """Inside a change: recompute what follows from the saved records, and leave the rest to the outbox."""
    records = list(records)
    derived.refresh(records)
    outbox.write(
        key=f"timeline:{change_set.pk}",
        topic="timeline",
        payload={"records": sorted({f"{record._meta.label_lower}:{record.pk}" for record in records})},
    )


def save(record: Record, *, by, reason: str, kind: str = ChangeSet.Kind.DEVELOPMENT) -> ChangeSet:
    """Save a new or changed record. Raises Stale when somebody else was quicker."""
    with change(by=by, reason=reason, kind=kind) as change_set:
        record.save()
        carry([record], change_set)
    return change_set


def submit(record: Record, *, by, reason: str) -> ChangeSet:
    """Ask for the review of a draft."""
    return _move(record, State.IN_REVIEW, allowed=[State.DRAFT], by=by, reason=reason, submitted_by=by)


def send_back(record: Record, *, by, reason: str) -> ChangeSet:
    """Return what was submitted to its editor, with the reason."""
    return _move(record, State.DRAFT, allowed=[State.IN_REVIEW], by=by, reason=reason, submitted_by=None)


def publish(record: Record, *, by, reason: str) -> ChangeSet:
    """Show a reviewed record to visitors. Whoever submitted it cannot approve it."""
    if by is not None and record.submitted_by_id == by.pk:
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


def _move(record, state, *, allowed, by, reason, kind=ChangeSet.Kind.DEVELOPMENT, **values) -> ChangeSet:
    if record.state not in allowed:
        raise NotAllowed(
            _("A record that is “%(state)s” cannot become “%(target)s”.")
            % {"state": record.get_state_display(), "target": State(state).label}
        )
    for name, value in {"state": state, **values}.items():
        setattr(record, name, value)
    return save(record, by=by, reason=reason, kind=kind)
