"""Imports on their way: brought and submitted by one person, checked by a worker, decided by another, then applied.

A worker claims an import for the length of a lease, on the database's clock, and renews it with each step. When a
worker dies its lease runs out and the import is taken up again; a second delivery of the same job finds it claimed or
done and does nothing. The plan is written anew by each check, and applied in one transaction with the mark that it is.
"""

import datetime
import hashlib
import importlib.util
import uuid
from typing import BinaryIO

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from records import outbox, publishing
from records.imports import applying, encodings, planning, reading
from records.imports.kinds import RowKind, kinds
from records.imports.tables import Unreadable
from records.models import Import, ImportFault, ImportRow

log = structlog.get_logger(__name__)

TOPIC = "import"
MOST_BYTES = 64 * 1024 * 1024
# Longer than any step takes: the longest is the statement that writes a table of links of a large import.
LEASE = datetime.timedelta(minutes=3)
PATIENCE = datetime.timedelta(minutes=1)
ATTEMPTS = 3
STALE_SHOWN = 20

State = Import.State


class ClaimLost(Exception):
    """Somebody else works on the import, because the lease had run out; nothing more may be written."""


class BroughtAlready(Exception):
    """The same file with the same kind of rows was brought before, as `earlier`."""

    def __init__(self, earlier: Import):
        self.earlier = earlier
        super().__init__(earlier.key)


def place(file: File, kind: type[RowKind], *, by, encoding: str = "") -> Import:
    """Keep a file and have it checked. Raises BroughtAlready, Unreadable and NotAllowed."""
    if not kind.may_bring(by):
        raise publishing.NotAllowed(_("You cannot bring rows of this kind."))
    size = file.size or 0
    if size > MOST_BYTES:
        raise Unreadable(
            _("This file has %(size)d MB; at most %(most)d can be brought. Split it.")
            % {"size": size // 1_000_000, "most": MOST_BYTES // 1_000_000}
        )
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    if earlier := _earlier(sha256.hexdigest(), kind):
        raise BroughtAlready(earlier)
    content: BinaryIO = file.file  # type: ignore[assignment]
    order = Import(
        key=uuid.uuid4(),
        kind=kind.name,
        file_name=(file.name or _("without a name"))[-200:],
        size=size,
        sha256=sha256.hexdigest(),
        by=by,
    )
    if reading.is_text(content):
        order.encoding = encoding
        if not encoding:
            found = encodings.readings(content)
            if not found:
                raise Unreadable(_("This is neither a workbook (.xlsx) nor a text file (.csv)."))
            if len(found) == 1:
                order.encoding = found[0].encoding
            else:
                order.state = State.ASKING
        elif not encodings.decodes(content, encoding):
            raise Unreadable(_("This file is not in the encoding %(name)s.") % {"name": encodings.NAMES[encoding]})
    content.seek(0)
    order.file.save(f"{order.key}", file, save=False)
    try:
        with transaction.atomic():
            order.save()
            if order.state == State.UPLOADED:
                _ask(order)
    except IntegrityError:
        # Brought twice at one moment; the database lets only one stand.
        order.file.delete(save=False)
        if earlier := _earlier(order.sha256, kind):
            raise BroughtAlready(earlier) from None
        raise
    return order


def _earlier(sha256: str, kind: type[RowKind]) -> Import | None:
    return Import.objects.standing().filter(sha256=sha256, kind=kind.name).first()


def _ask(order: Import) -> None:
    """Inside a transaction: let a worker know that the import waits for it."""
    outbox.write(key=f"{TOPIC}:{order.key}:{uuid.uuid4()}", topic=TOPIC, payload={"import": str(order.key)})


def kind_of(order: Import) -> type[RowKind]:
    return kinds()[order.kind]


# What people decide


def _moved(order: Import, *states: str, **values) -> bool:
    """Change an import that is still in one of the states; of two people at one moment only the first does."""
    return bool(Import.objects.filter(pk=order.pk, state__in=states).update(**values))


def _refuse() -> publishing.NotAllowed:
    return publishing.NotAllowed(_("This import is not waiting for that any more; look again."))


@transaction.atomic
def recheck(order: Import, *, by, encoding: str | None = None) -> None:
    """Check the file again: what it is compared with has changed, or it is read in another encoding."""
    if not kind_of(order).may_bring(by):
        raise publishing.NotAllowed(_("You cannot bring rows of this kind."))
    values = {} if encoding is None else {"encoding": encoding}
    if not _moved(order, *Import.CHECKABLE, **_waiting(State.UPLOADED), **values):
        raise _refuse()
    _ask(order)


def _waiting(state: str) -> dict:
    return {
        "state": state,
        "attempts": 0,
        "progress": 0,
        "step": "",
        "error": None,
        "asked_at": Now(),
        "claim": None,
        "claimed_until": None,
    }


def submit(order: Import, *, by, reason: str, change_kind: str) -> None:
    """Ask a reviewer to look at a file without faults."""
    if not kind_of(order).may_bring(by):
        raise publishing.NotAllowed(_("You cannot bring rows of this kind."))
    if order.by_id != by.pk:
        raise publishing.NotAllowed(_("Only who brought a file submits it."))
    values = {"state": State.SUBMITTED, "reason": reason, "change_kind": change_kind, "submitted_at": Now()}
    if not order.difference_count or not _moved(order, State.CHECKED, **values):
        raise _refuse()


def drop(order: Import, *, by) -> None:
    """Give up a file that nobody has decided about; the same file can then be brought again."""
    if order.by_id != by.pk:
        raise publishing.NotAllowed(_("Only who brought a file takes it back."))
    values = {"state": State.FAILED, "error": _("Taken back by who brought it.")}
    if not _moved(order, *Import.CHECKABLE, State.SUBMITTED, **values):
        raise _refuse()


def may_decide(order: Import, user) -> bool:
    return kind_of(order).may_decide(user) and (order.by_id != user.pk or not _second_person())


def _second_person() -> bool:
    """Whether it takes somebody else to approve; off in teams of one person."""
    return getattr(settings, "SECOND_PERSON", True)


def _refuse_undecidable(order: Import, by) -> None:
    if not kind_of(order).may_decide(by):
        raise publishing.NotAllowed(_("You cannot decide about rows of this kind."))
    if not may_decide(order, by):
        raise publishing.NotAllowed(_("You brought this yourself; somebody else has to decide about it."))


@transaction.atomic
def leave_out(order: Import, numbers: list[int], *, by, reason: str | None) -> int:
    """Reject single rows of a submitted import, with a reason; without one, take them in again."""
    _refuse_undecidable(order, by)
    if not Import.objects.select_for_update().filter(pk=order.pk, state=State.SUBMITTED).exists():
        raise _refuse()
    return ImportRow.objects.filter(of=order, number__in=numbers).update(rejected_for=reason or None)


@transaction.atomic
def approve(order: Import, *, by, verdict: str = "") -> None:
    """Have the rows that were not left out applied, as one change set."""
    _refuse_undecidable(order, by)
    if not order.rows.filter(rejected_for=None).exists():
        raise publishing.NotAllowed(_("Every row was left out; reject the import instead."))
    values = _waiting(State.APPROVED) | {
        "decided_by": by,
        "decided_at": Now(),
        "verdict": verdict,
        "alone": order.by_id == by.pk,
    }
    if not _moved(order, State.SUBMITTED, **values):
        raise _refuse()
    _ask(order)


def reject(order: Import, *, by, verdict: str) -> None:
    """Refuse the whole import, with a reason."""
    _refuse_undecidable(order, by)
    values = {
        "state": State.REJECTED,
        "decided_by": by,
        "decided_at": Now(),
        "verdict": verdict,
        "alone": order.by_id == by.pk,
    }
    if not _moved(order, State.SUBMITTED, **values):
        raise _refuse()


def can_undo() -> bool:
    """Whether this release can undo a change set; the page of the change set tells the rest."""
    return importlib.util.find_spec("records.undoing") is not None


@transaction.atomic
def undo(order: Import, *, by, reason: str) -> None:
    """Take back all that the import did, as a change set of its own."""
    if not kind_of(order).may_decide(by):
        raise publishing.NotAllowed(_("You cannot decide about rows of this kind."))
    if not can_undo() or not _moved(order, State.APPLIED, state=State.UNDONE):
        raise _refuse()
    importlib.import_module("records.undoing").undo(order.change_set, by=by, reason=reason)


# What a worker does


def fulfil(key: uuid.UUID | str) -> bool:
    """Check or apply an import; False where nothing waits, or somebody else works on it."""
    order = _claim(key)
    if order is None:
        return False
    applies = order.state == State.APPROVED
    try:
        (_apply if applies else _check)(order)
    except ClaimLost:
        return False
    except Unreadable as error:
        ImportFault.objects.create(of=order, row=None, reason=str(error))
        _finish(order, state=State.FAULTY, fault_count=F("fault_count") + 1)
    except applying.Outdated as error:
        _send_back(order, error.rows)
    except Exception as error:
        log.exception("import not done", key=str(order.key), attempts=order.attempts)
        if order.attempts < ATTEMPTS and not isinstance(error, IntegrityError):
            _held(order).update(claim=None, claimed_until=Now())
            raise
        _finish(order, state=State.FAILED, error=_sentence(error))
        if isinstance(error, SoftTimeLimitExceeded):
            raise
    return True


def unfinished() -> QuerySet[Import]:
    """Imports that nobody works on although somebody should: their job or their worker was lost."""
    lost = Q(claim=None, claimed_until=None, asked_at__lte=Now() - PATIENCE) | Q(claimed_until__lte=Now())
    return Import.objects.filter(lost, state__in=Import.WAITING)


def give_up() -> int:
    """Mark imports as failed whose workers died again and again; return how many."""
    error = _("The worker was lost %(count)s times.") % {"count": ATTEMPTS}
    return (
        unfinished()
        .filter(attempts__gte=ATTEMPTS)
        .update(state=State.FAILED, error=error, claim=None, claimed_until=None, step="")
    )


def _claim(key: uuid.UUID | str) -> Import | None:
    free = Import.objects.filter(key=key, state__in=Import.WAITING, attempts__lt=ATTEMPTS).filter(
        Q(claimed_until=None) | Q(claimed_until__lte=Now())
    )
    claim = uuid.uuid4()
    claimed = free.update(claim=claim, claimed_until=Now() + LEASE, attempts=F("attempts") + 1, progress=0, step="")
    return Import.objects.select_related("by", "decided_by").get(key=key, claim=claim) if claimed else None


def _held(order: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=order.pk, claim=order.claim)


def _tell(order: Import, fraction: float, step: str) -> None:
    """Renew the lease and say what is being done."""
    progress = max(1, min(99, round(100 * fraction)))
    if not _held(order).update(claimed_until=Now() + LEASE, progress=progress, step=step):
        raise ClaimLost(order.key)


def _finish(order: Import, **values) -> None:
    if not _held(order).update(step="", claim=None, claimed_until=None, **values):
        raise ClaimLost(order.key)


def _check(order: Import) -> None:
    kind = kind_of(order)
    if not _held(order).update(state=State.CHECKING, claimed_until=Now() + LEASE, error=None):
        raise ClaimLost(order.key)
    _forget(order)

    def tell(fraction: float, rows: int) -> None:
        _tell(order, fraction, _("%(rows)s rows checked") % {"rows": f"{rows:,}"})

    with order.file.open("rb") as file:
        table = reading.read(file.file, encoding=order.encoding or "utf-8-sig", sheet=kind.name, known=kind.headers)
        plan = planning.check(order, kind, table, tell)
    for fault in plan.kept:
        fault.of = order
    with transaction.atomic():
        ImportFault.objects.bulk_create(plan.kept, batch_size=1000)
        if plan.faults:
            ImportRow.objects.filter(of=order)._raw_delete(ImportRow.objects.db)
        _finish(
            order,
            state=State.FAULTY if plan.faults else State.CHECKED,
            progress=100,
            row_count=plan.rows,
            created_count=plan.created,
            changed_count=plan.changed,
            unchanged_count=plan.unchanged,
            fault_count=plan.faults,
            doubt_count=plan.doubts,
        )


def _forget(order: Import) -> None:
    """What an earlier check found, or one whose worker was killed."""
    for model in (ImportRow, ImportFault):
        rows = model._base_manager.filter(of=order)
        rows._raw_delete(rows.db)
    counts = ("row_count", "created_count", "changed_count", "unchanged_count", "fault_count", "doubt_count")
    _held(order).update(**dict.fromkeys(counts, 0))


def _apply(order: Import) -> None:
    kind = kind_of(order)
    with _Aside(order) as aside, transaction.atomic():
        aside.tell(0.02, _("Waiting for other changes to end"))
        reason = order.reason
        with publishing.change(by=order.decided_by, reason=reason, kind=order.change_kind) as change_set:
            applying.apply(order, kind, change_set, lambda part: aside.tell(part, _("Writing the records")))
        aside.close()
        _finish(order, state=State.APPLIED, progress=100, change_set=change_set)


class _Aside:
    """Tells progress while a transaction is open, on a connection of its own; on the same one inside of another."""

    def __init__(self, order: Import):
        self.order = order
        self.other = None if connection.in_atomic_block else connection.copy()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def tell(self, fraction: float, step: str) -> None:
        if self.other is None:
            _tell(self.order, fraction, step)
            return
        progress = max(1, min(99, round(100 * fraction)))
        with self.other.cursor() as cursor:
            cursor.execute(
                "UPDATE records_import SET claimed_until = statement_timestamp() + %s, progress = %s, step = %s"
                " WHERE id = %s AND claim = %s",
                [LEASE, progress, step, self.order.pk, self.order.claim],
            )
            if not cursor.rowcount:
                raise ClaimLost(self.order.key)

    def close(self) -> None:
        if self.other is not None:
            self.other.close()


def _send_back(order: Import, rows: list[tuple[int, str]]) -> None:
    """Nothing was applied, because records have changed since; the file has to be checked and decided about again."""
    with transaction.atomic():
        ImportFault.objects.filter(of=order).delete()
        ImportFault.objects.bulk_create([ImportFault(of=order, row=row, reason=reason) for row, reason in rows])
        _finish(
            order,
            state=State.FAULTY,
            decided_by=None,
            decided_at=None,
            submitted_at=None,
            alone=False,
            fault_count=len(rows),
            doubt_count=0,
        )


def _sentence(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        told = getattr(error.__cause__, "diag", None)
        return _("The database refused it by its rule %(rule)s: %(detail)s") % {
            "rule": getattr(told, "constraint_name", "") or "",
            "detail": getattr(told, "message_detail", "") or "",
        }
    if isinstance(error, OperationalError):
        return _("The database did not answer in time.")
    return _("An error occurred, and was noted: %(kind)s.") % {"kind": type(error).__name__}
