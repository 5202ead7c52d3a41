"""What a worker does with imports: it checks, applies and undoes them, each once.

A worker claims an import for the length of a lease, on the database's clock, and renews it with each step. When a
worker dies its lease runs out and the import is taken up again; a second delivery of the same job finds it claimed or
done and does nothing. The plan is written anew by each check, and applied in one transaction with the mark that it is.
"""

import datetime
import uuid
from collections.abc import Callable

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from records import publishing, undoing
from records.imports import applying, planning, reading
from records.imports.orders import kind_of
from records.imports.tables import Unreadable
from records.models import Import, ImportFault, ImportRow

log = structlog.get_logger(__name__)

# Longer than any step takes: the longest is the statement that writes a table of links of a large import.
LEASE = datetime.timedelta(minutes=3)
# How long a job may wait in the queue before it is taken for lost.
PATIENCE = datetime.timedelta(minutes=1)
ATTEMPTS = 3

State = Import.State


class ClaimLost(Exception):
    """Somebody else works on the import, because the lease had run out; nothing more may be written."""


def fulfil(key: uuid.UUID | str) -> bool:
    """Check, apply or undo an import; False where nothing waits, or somebody else works on it."""
    order = _claim(key)
    if order is None:
        return False
    act = ACTS.get(order.state, _check)
    try:
        act(order)
    except ClaimLost:
        return False
    except publishing.NotAllowed as refusal:
        _finish(order, **_came_to_nothing(order, str(refusal)))
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
        _finish(order, **_came_to_nothing(order, _sentence(error)))
        if isinstance(error, SoftTimeLimitExceeded):
            raise
    return True


def unfinished() -> QuerySet[Import]:
    """Imports that nobody works on although somebody should: their job or their worker was lost."""
    lost = Q(claim=None, claimed_until=None, asked_at__lte=Now() - PATIENCE) | Q(claimed_until__lte=Now())
    return Import.objects.filter(lost, state__in=Import.WAITING)


def give_up() -> int:
    """Mark imports as failed whose workers died again and again, or as still applied; return how many."""
    error = _("The worker was lost %(count)s times.") % {"count": ATTEMPTS}
    state = Case(When(state=State.UNDOING, then=Value(State.APPLIED)), default=Value(State.FAILED))
    lost = unfinished().filter(attempts__gte=ATTEMPTS)
    return lost.update(state=state, error=error, claim=None, claimed_until=None, step="")


def _claim(key: uuid.UUID | str) -> Import | None:
    free = Import.objects.filter(key=key, state__in=Import.WAITING, attempts__lt=ATTEMPTS).filter(
        Q(claimed_until=None) | Q(claimed_until__lte=Now())
    )
    claim = uuid.uuid4()
    claimed = free.update(claim=claim, claimed_until=Now() + LEASE, attempts=F("attempts") + 1, progress=0, step="")
    people = ("by", "decided_by", "undo_asked_by")
    return Import.objects.select_related(*people, "change_set").get(key=key, claim=claim) if claimed else None


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


def _undo(order: Import) -> None:
    assert order.change_set is not None
    with _Aside(order) as aside, transaction.atomic():
        aside.tell(0.02, _("Waiting for other changes to end"))
        aside.close()
        undoing.undo(order.change_set, by=order.undo_asked_by, reason=order.undo_reason)
        _finish(order, state=State.UNDONE, progress=100)


def _came_to_nothing(order: Import, error: str) -> dict:
    """What an import is after a failure: one that was to be undone still stands."""
    return {"state": State.APPLIED if order.state == State.UNDOING else State.FAILED, "error": error}


ACTS: dict[str, Callable[[Import], None]] = {State.APPROVED: _apply, State.UNDOING: _undo}


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
                "UPDATE records_import SET claimed_until = statement_timestamp() + make_interval(secs => %s),"
                " progress = %s, step = %s WHERE id = %s AND claim = %s",
                [LEASE.total_seconds(), progress, step, self.order.pk, self.order.claim],
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
            self_approved=False,
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
