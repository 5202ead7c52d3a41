"""The one place that writes records: each change in one transaction, with who, when and why."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import CASCADE, Max, UniqueConstraint
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from records import derived, outbox, prepared, roles
from records.history import version_model
from records.models import ChangeSet, Record

State = Record.State
# One statement says what the change set was, and asks for what follows from it.
END = f"WITH written AS ({outbox.WRITTEN}) SELECT records_end_change(%(number)s, %(kind)s, %(reason)s, %(by)s)"
END_TYPES = {"number": "bigint", "kind": "text", "reason": "text", "by": "bigint"} | outbox.WRITTEN_TYPES


class NotAllowed(PermissionDenied):
    """The record is in a state, or the person in a relation to it, that rules the act out."""


class _LiftedMeanwhile(Exception):
    """Another worker was quicker, and a change that changes nothing is not to be told."""


@contextmanager
def change(*, by, reason: str, kind: str = ChangeSet.Kind.DEVELOPMENT) -> Iterator[ChangeSet]:
    """One change set: everything written inside is one transaction, and every row and version carries its number.

    It waits for the change before it to be committed. The change set itself says who, why and from which moment readers
    know it only at the end; until then its row stands for upkeep, and its reason may become a better one. A change
    within a change is an error.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT records_begin_change()")
        change_set = ChangeSet(pk=cursor.fetchone()[0], by=by, reason=reason, kind=kind)
        change_set.following = []
        yield change_set
        told = {"number": change_set.pk, "kind": kind, "reason": change_set.reason, "by": by.pk if by else None}
        ((change_set.at,),) = prepared.fetch("end_change", END, END_TYPES, told | outbox.values(change_set.following))
        change_set._state.adding = False


def carry(records: Iterable[Record], change_set: ChangeSet, *, rows_only: bool = False) -> None:
    """Inside a change: recompute what follows from the saved records, and leave the rest to the outbox.

    With `rows_only` nothing was written but the records' own rows.
    """
    records = list(records)
    derived.refresh(records, rows_only=rows_only)
    labels = sorted({f"{record._meta.label_lower}:{record.pk}" for record in records})
    # One change set may carry more than once; the same records need no second entry.
    digest = hashlib.sha256(" ".join(labels).encode()).hexdigest()[:16]
    change_set.following += outbox.following(labels, key=f"{change_set.pk}:{digest}")
    transaction.on_commit(outbox.nudge, robust=True)


def save(record: Record, *, by, reason: str, kind: str = ChangeSet.Kind.DEVELOPMENT) -> ChangeSet:
    """Save a new or changed record. Raises Stale when somebody else was quicker."""
    with change(by=by, reason=reason, kind=kind) as change_set:
        record.save()
        carry([record], change_set, rows_only=True)
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
    """Show a reviewed record and its reviewed parts to visitors, or a withdrawn one again.

    Whoever submitted or wrote one of them cannot approve it, unless the desk has one person only.
    """
    moving = _moving(record)
    own = _own(moving, by)
    if own and roles.second_person():
        raise NotAllowed(_("You submitted or wrote some of this yourself; somebody else has to approve it."))

    def shown(each):
        # What belongs to something under embargo is under embargo as well.
        embargoes = {each.embargo_until, record.embargo_until} - {None}
        until = max(embargoes, default=None)
        return {
            "approved_by": by,
            "self_approved": each in own,
            "withdrawal_notice": "",
            "embargo_until": until if until is not None and until > timezone.now() else None,
        }

    return _move(
        record, State.PUBLISHED, allowed=[State.IN_REVIEW, State.WITHDRAWN], by=by, reason=reason, values_of=shown
    )


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


def lift_embargo(record: Record, *, by, reason: str) -> ChangeSet:
    """Show readers a published record, and its parts, before its embargo is over."""
    if not record.is_shown or record.embargo_until is None:
        raise NotAllowed(_("There is no embargo to be lifted."))
    lifted = [record, *(part for part in parts(record) if part.is_shown and part.embargo_until is not None)]
    with change(by=by, reason=reason) as change_set:
        _lift(lifted, change_set)
    return change_set


def lift_embargoes() -> int:
    """Lift the embargoes that are over, in one change; return of how many records.

    Until this has run they stay hidden: what is late is shown late, and never too early.
    """
    if not any(_embargoes_over(model).exists() for model in _tables_of_records()):
        return 0
    try:
        with change(by=None, reason="The embargo is over") as change_set:
            lifted = [record for model in _tables_of_records() for record in _embargoes_over(model)]
            if not lifted:
                raise _LiftedMeanwhile
            _lift(lifted, change_set)
    except _LiftedMeanwhile:
        return 0
    return len(lifted)


def attest(record: Record, *, by, proposed_by) -> None:
    """Note on a record that is about to be saved who proposed it as it stands, and who approved it."""
    record.submitted_by, record.approved_by = proposed_by, by
    record.self_approved = by is not None and by == proposed_by


def admit(record: Record, *, by, proposed_by) -> None:
    """Let readers see a new record that is about to be saved: it was reviewed as part of an approved proposal."""
    record.state = State.PUBLISHED
    attest(record, by=by, proposed_by=proposed_by)


def recall(record: Record, *, notice: str) -> None:
    """Take back from readers a record that is about to be saved; its page stays, with the notice."""
    record.state, record.withdrawal_notice = State.WITHDRAWN, notice


def make_room(new: Any) -> None:
    """Put a row that is about to be saved last, where its place within what it belongs to is taken."""
    for constraint in new._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and "position" in constraint.fields:
            others = {name: getattr(new, name) for name in constraint.fields if name != "position"}
            rows: Any = type(new)._base_manager.filter(**others)
            if rows.filter(position=new.position).exists():
                new.position = rows.aggregate(last=Max("position"))["last"] + 1


def parts(record: Record) -> list[Record]:
    """The records that live and die with this one, at every depth: a measure's events, a program's milestones."""
    found = {}
    for relation in record._meta.related_objects:
        if issubclass(relation.related_model, Record) and relation.on_delete is CASCADE:
            for part in relation.related_model._default_manager.filter(**{relation.field.name: record}):
                for each in (part, *parts(part)):
                    found[each._meta.label, each.pk] = each
    return list(found.values())


def authors(records: Iterable[Record]) -> dict[Record, set[int]]:
    """For each record the people who wrote what readers have not seen of it yet: all since it was last published.

    Submitting it and sending it back are no writing.
    """
    by_model: dict[Any, list[Record]] = {}
    for record in records:
        by_model.setdefault(record._meta.concrete_model, []).append(record)
    writing: dict[Record, list[int]] = {}
    for model, group in by_model.items():
        columns = ("state", "known_since")
        keys = [record.pk for record in group]
        states: dict[int, list[tuple]] = {key: [] for key in keys}
        kept: Any = version_model(model)
        versions = kept._base_manager.filter(pgh_obj_id__in=keys).order_by("pgh_id")
        for key, *state in versions.values_list("pgh_obj_id", *columns):
            states[key].append(tuple(state))
        for key, *state in model._base_manager.filter(pk__in=keys).values_list("pk", *columns):
            states[key].append(tuple(state))
        for record in group:
            writing[record] = _written(states[record.pk])
    numbers = {number for written in writing.values() for number in written}
    writers = dict(ChangeSet.objects.filter(pk__in=numbers, by__isnull=False).values_list("pk", "by"))
    return {record: {writers[each] for each in written if each in writers} for record, written in writing.items()}


def _written(states: list[tuple]) -> list[int]:
    """Of the states of one record, oldest first, the change sets that wrote it and not only moved it."""
    written: list[int] = []
    previous = None
    for state, change_set in states:
        if state in (State.PUBLISHED, State.WITHDRAWN):
            written = []
        elif state == previous or previous is None:
            written.append(change_set)
        previous = state
    return written


def _own(records: list[Record], by) -> set[Record]:
    """Which of these somebody submitted or wrote, and so cannot approve."""
    if by is None:
        return set()
    writers = authors(records)
    return {record for record in records if record.submitted_by_id == by.pk or by.pk in writers[record]}


def _tables_of_records() -> list[type[Record]]:
    return [model for model in apps.get_models() if issubclass(model, Record) and not model._meta.proxy]


def _embargoes_over(model: type[Record]):
    shown = model._base_manager.filter(state__in=[State.PUBLISHED, State.WITHDRAWN])
    return shown.filter(embargo_until__lte=Now()).order_by("pk")


def _lift(records: list[Record], change_set: ChangeSet) -> None:
    for record in records:
        record.embargo_until = None
        record.save()
    carry(records, change_set)


def _moving(record: Record) -> list[Record]:
    """The record, and the parts that go through its review with it.

    A withdrawal, and its undoing, is about what readers were shown: there the parts keep their own state.
    """
    if record.state not in (State.DRAFT, State.IN_REVIEW):
        return [record]
    return [record, *(part for part in parts(record) if part.state == record.state)]


def _move(
    record, state, *, allowed, by, reason, kind=ChangeSet.Kind.DEVELOPMENT, values_of=lambda each: {}, **values
) -> ChangeSet:
    if record.state not in allowed:
        raise NotAllowed(
            _("A record that is “%(state)s” cannot become “%(target)s”.")
            % {"state": record.get_state_display(), "target": State(state).label}
        )
    moving = _moving(record)
    with change(by=by, reason=reason, kind=kind) as change_set:
        for each in moving:
            for name, value in {"state": state, **values, **values_of(each)}.items():
                setattr(each, name, value)
            each.save()
        carry(moving, change_set)
    return change_set
