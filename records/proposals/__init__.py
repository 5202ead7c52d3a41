"""Changes of what readers see: worked out by one person, decided on by another, written as one change set.

What a proposal changes is kept row by row and column by column, each as it was and as it should be. So whatever
happens to the record meanwhile, what was proposed can be told from it, and merged with it. `contents` tells what
belongs to a record and what differs, `merging` lays a proposal beside what is stored now, `writing` writes it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from records import publishing, roles
from records.history import take_turn
from records.models import ChangeSet, Proposal, Record, Stale
from records.proposals.contents import contents, differences, label, snapshot
from records.proposals.merging import stored_digest
from records.proposals.writing import Conflicting, Writing
from records.publishing import NotAllowed

State = Proposal.State


class _TakenBack(Exception):
    """Ends a rehearsal."""


@dataclass
class Rehearsed:
    """What would be written: the rows, and the version of the record that it was worked out on."""

    read_version: int
    rows: list[dict] = field(default_factory=list)


@contextmanager
def rehearsal(record: Record) -> Iterator[Rehearsed]:
    """Write inside what is to be proposed of one record; all of it is taken back, and the rows are known then.

    So a proposal is exactly what a save would have written, and what the database refuses it refuses at once.
    """
    try:
        with transaction.atomic():
            # What somebody else changes between the two looks would be taken for a part of the proposal.
            take_turn()
            stored = _stored(record)
            rehearsed, before = Rehearsed(stored.version), snapshot(contents(stored))
            yield rehearsed
            _check_constraints()
            rehearsed.rows = differences(before, snapshot(contents(_stored(record))))
            raise _TakenBack
    except _TakenBack:
        pass


def propose(record: Record, rehearsed: Rehearsed, *, by, reason: str, kind: str, page: str = "") -> Proposal:
    """Ask for the approval of what was rehearsed on a record that readers see."""
    stored = _stored(record)
    if not stored.is_shown:
        raise NotAllowed(_("A draft is changed directly; only what went through its review takes proposals."))
    if not rehearsed.rows:
        raise NotAllowed(_("Nothing is different from what is stored."))
    return Proposal.objects.create(
        subject=stored,
        page=page,
        read_version=rehearsed.read_version,
        rows=rehearsed.rows,
        kind=kind,
        reason=reason,
        by=by,
    )


def approve(
    proposals: Iterable[Proposal],
    *,
    by,
    reason: str = "",
    kind: str | None = None,
    checks: Iterable[str] = (),
    choices: dict[int, dict[str, str]] | None = None,
    seen: dict[int, str] | None = None,
    edited: Rehearsed | None = None,
) -> ChangeSet:
    """Write open proposals of one kind as one change set; all of them or none.

    What was touched by nobody else since is merged silently. For the rest `choices` tells, by proposal and path, which
    value holds, "stored" or "proposed"; without it, Conflicting is raised, and also where `seen`, the digest of what
    was stored when somebody chose, is not that of what is stored now. `edited` is the only proposal as the
    reviewer wants it, rehearsed on what is stored now. Reason and kind are the proposals' own unless given.
    """
    numbers = sorted({proposal.pk for proposal in proposals})
    found = list(Proposal.objects.filter(pk__in=numbers).select_related("by").order_by("pk"))
    kinds = {proposal.kind for proposal in found}
    if not kinds or (len(kinds) > 1 and kind is None):
        raise NotAllowed(_("Proposals of one kind can be approved together: developments, or corrections."))
    for proposal in found:
        _refuse_own(proposal, by)
    reason = reason or "; ".join(dict.fromkeys(proposal.reason for proposal in found))
    with transaction.atomic():
        with publishing.change(by=by, reason=reason, kind=kind or kinds.pop()) as change_set:
            touched: dict[tuple, Record] = {}
            for proposal in found:
                _decide(
                    proposal,
                    State.APPROVED,
                    by=by,
                    change_set=change_set,
                    checks=list(checks),
                    edited=edited is not None,
                    self_approved=proposal.by_id == by.pk,
                )
                rows = proposal.rows if edited is None else edited.rows
                writing = Writing(proposal, rows, by=by, choices=(choices or {}).get(proposal.pk, {}))
                if edited is not None and writing.record.version != edited.read_version:
                    raise Stale(writing.record)
                asked = (seen or {}).get(proposal.pk)
                if writing.choices and asked is not None and asked != stored_digest(rows):
                    raise Conflicting(proposal)
                for record in writing.apply():
                    touched[label(record), record.pk] = record
            publishing.carry(touched.values(), change_set)
        # What waits for the end of the transaction speaks now, while somebody can still put it in words.
        _check_constraints()
    return change_set


def reject(proposal: Proposal, *, by, reason: str, checks: Iterable[str] = ()) -> None:
    """Decide against a proposal; its author reads why."""
    _refuse_own(proposal, by)
    with transaction.atomic():
        _decide(
            proposal,
            State.REJECTED,
            by=by,
            decision=reason,
            checks=list(checks),
            self_approved=proposal.by_id == by.pk,
        )


def withdraw(proposal: Proposal, *, by) -> None:
    """Take back what one proposed oneself."""
    if proposal.by_id != by.pk:
        raise NotAllowed(_("Only its author takes a proposal back."))
    with transaction.atomic():
        _decide(proposal, State.WITHDRAWN, by=by)


def _refuse_own(proposal: Proposal, by) -> None:
    if proposal.by_id == by.pk and roles.second_person():
        raise NotAllowed(_("You proposed this yourself; somebody else has to decide on it."))


def _decide(proposal: Proposal, state: str, *, by, **values) -> None:
    """One decision wins: of two at once the second finds nothing open any more."""
    values = {"state": state, "decided_by": by, "decided_at": timezone.now(), **values}
    if not Proposal.objects.open().filter(pk=proposal.pk).update(**values):
        raise NotAllowed(_("“%(proposal)s” was decided on already.") % {"proposal": proposal})
    for name, value in values.items():
        setattr(proposal, name, value)


def _check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _stored(record: Record) -> Record:
    """Read anew: the record in hand may carry what is to be proposed."""
    return record._meta.concrete_model._base_manager.get(pk=record.pk)


def in_words(error: ValidationError | IntegrityError) -> str:
    """Why rows could not be written, for whoever wanted to."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or _("a rule")
    told = {
        "records_embargo_before_publication": _("Readers have seen this; it can be withdrawn, not put under embargo."),
        "records_second_person": _("Nobody approves their own work at this desk."),
    }
    return told.get(constraint) or _("The database refuses this by its rule “%(rule)s”.") % {"rule": constraint}
