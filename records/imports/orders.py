"""What people do with imports: one brings and submits a file, another decides about it."""

import hashlib
import uuid
from typing import BinaryIO

import structlog
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from records import outbox, publishing, roles
from records.imports import encodings, reading
from records.imports.kinds import RowKind, kinds
from records.imports.tables import Unreadable
from records.models import Import, ImportRow

log = structlog.get_logger(__name__)

TOPIC = "import"
MOST_BYTES = 64 * 1024 * 1024

State = Import.State


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
    return kind_of(order).may_decide(user) and (order.by_id != user.pk or not roles.second_person())


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
        "self_approved": order.by_id == by.pk,
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
        "self_approved": order.by_id == by.pk,
    }
    if not _moved(order, State.SUBMITTED, **values):
        raise _refuse()


@transaction.atomic
def undo(order: Import, *, by, reason: str) -> None:
    """Have a worker take back all that the import did, as a change set of its own; what hinders it stands here then."""
    if not kind_of(order).may_decide(by):
        raise publishing.NotAllowed(_("You cannot decide about rows of this kind."))
    values = _waiting(State.UNDOING) | {"undo_asked_by": by, "undo_reason": reason}
    if not _moved(order, State.APPLIED, **values):
        raise _refuse()
    _ask(order)
