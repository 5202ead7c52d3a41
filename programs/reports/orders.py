"""Orders for phase reports: placed by a manager, built by a worker, ready once.

A worker claims an order for the length of a lease, on the database's clock, and renews it with each step. When a
worker dies its lease runs out and the order is taken up again; a second delivery of the same job finds the order
claimed or ready and does nothing.
"""

import datetime
import hashlib
import uuid
from pathlib import Path

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from programs.models import PhaseReport, PhaseReportFile, Program
from programs.reports import csv, pdf, xlsx
from programs.reports.build import build
from programs.reports.content import Unprintable
from records import known, outbox
from records.known import Knowledge

log = structlog.get_logger(__name__)

TOPIC = "report"
# Longer than any step takes; a step is a few seconds at most.
LEASE = datetime.timedelta(seconds=30)
# How long a job may wait in the queue before it is taken for lost.
PATIENCE = datetime.timedelta(minutes=1)
ATTEMPTS = 3
DIRECTORY = "reports"
WRITERS = {
    PhaseReportFile.Format.PDF: pdf.write,
    PhaseReportFile.Format.XLSX: xlsx.write,
    PhaseReportFile.Format.CSV: csv.write,
}
EXTENSIONS = {"pdf": "pdf", "xlsx": "xlsx", "csv": "zip"}

State = PhaseReport.State


class ClaimLost(Exception):
    """Somebody else works on the order, because the lease had run out; nothing more may be written."""


@transaction.atomic
def place(program: Program, *, by, on: datetime.date, language: str, knowledge: Knowledge | None = None) -> PhaseReport:
    """Ask for a report on what was known then, or is now; a worker is told by the outbox.

    Who asks again while the same is being built gets that one.
    """
    # Of two requests of one person at one moment, the second waits here and then finds what the first ordered.
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    knowledge = knowledge or known.newest()
    manifest = {
        "program": program.slug,
        "on": on.isoformat(),
        "known": knowledge.number,
        "known_at": knowledge.at and knowledge.at.isoformat(),
        "language": language,
    }
    under_way = PhaseReport.objects.filter(
        requested_by=by, program=program, manifest=manifest, state__in=[State.WAITING, State.BUILDING]
    )
    if (order := under_way.first()) is not None:
        return order
    order = PhaseReport.objects.create(key=uuid.uuid4(), program=program, requested_by=by, manifest=manifest)
    outbox.write(key=f"{TOPIC}:{order.key}", topic=TOPIC, payload={"report": str(order.key)})
    return order


def fulfil(key: uuid.UUID | str) -> bool:
    """Build the report and its files; False where it is done, given up, or being built by somebody else."""
    order = _claim(key)
    if order is None:
        return False
    try:
        with translation.override(order.manifest["language"]):
            _build(order)
    except ClaimLost:
        return False
    except (Unprintable, Program.DoesNotExist) as error:
        _fail(order, _sentence(order, error))
    except Exception as error:
        log.exception("report not built", report=str(order.key), attempts=order.attempts)
        if order.attempts < ATTEMPTS:
            _held(order).update(claim=None, claimed_until=Now())
            raise
        _fail(
            order,
            _("The report could not be built, and the error was noted: %(kind)s.") % {"kind": type(error).__name__},
        )
    return True


def unfinished() -> QuerySet[PhaseReport]:
    """Orders that nobody works on although somebody should: their job or their worker was lost."""
    lost = Q(state=State.WAITING, claim=None, requested_at__lte=Now() - PATIENCE) | Q(claimed_until__lte=Now())
    return PhaseReport.objects.filter(lost, state__in=[State.WAITING, State.BUILDING])


def give_up() -> int:
    """Mark orders as failed whose workers died again and again; return how many."""
    error = _("The report could not be built: the worker was lost %(count)s times.") % {"count": ATTEMPTS}
    return (
        unfinished()
        .filter(attempts__gte=ATTEMPTS)
        .update(state=State.FAILED, error=error, claim=None, claimed_until=None, step="")
    )


def _claim(key: uuid.UUID | str) -> PhaseReport | None:
    free = PhaseReport.objects.filter(key=key, state__in=[State.WAITING, State.BUILDING], attempts__lt=ATTEMPTS).filter(
        Q(claimed_until=None) | Q(claimed_until__lte=Now())
    )
    claim = uuid.uuid4()
    claimed = free.update(
        claim=claim, claimed_until=Now() + LEASE, attempts=F("attempts") + 1, state=State.BUILDING, progress=0, step=""
    )
    return PhaseReport.objects.select_related("program").get(key=key, claim=claim) if claimed else None


def _held(order: PhaseReport) -> QuerySet[PhaseReport]:
    return PhaseReport.objects.filter(pk=order.pk, claim=order.claim)


def _tell(order: PhaseReport, progress: int, step: str) -> None:
    """Renew the lease and say what is being done."""
    if not _held(order).update(claimed_until=Now() + LEASE, progress=progress, step=step):
        raise ClaimLost(order.key)


def _build(order: PhaseReport) -> None:
    _tell(order, 5, _("Reading the records"))
    report = build(order.manifest)
    for left_behind in _directory().glob(f"{order.key}.*.*"):
        left_behind.unlink(missing_ok=True)
    files = []
    try:
        for index, (format, writer) in enumerate(WRITERS.items(), start=1):
            _tell(order, 25 * index, _("Writing the %(format)s file") % {"format": format.label})
            files.append(_write_beside(order, format, writer(report)))
        _finish(order, report.data_hash, files)
    finally:
        for _file, beside, _place in files:
            beside.unlink(missing_ok=True)


def _directory() -> Path:
    return Path(settings.MEDIA_ROOT) / DIRECTORY


def _write_beside(order: PhaseReport, format: str, content: bytes) -> tuple[PhaseReportFile, Path, Path]:
    """Write a file under a name of this claim; it gets its own name when the order is finished."""
    place = _directory() / f"{order.key}.{EXTENSIONS[format]}"
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f"{place.name}.{order.claim}")
    beside.touch(mode=settings.FILE_UPLOAD_PERMISSIONS)
    beside.write_bytes(content)
    file = PhaseReportFile(
        report=order,
        format=format,
        file=f"{DIRECTORY}/{place.name}",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return file, beside, place


@transaction.atomic
def _finish(order: PhaseReport, data_hash: str, files: list[tuple[PhaseReportFile, Path, Path]]) -> None:
    """Give the files their names and mark the order as ready; of two workers only the holder of the claim can."""
    if not _held(order).select_for_update().exists():
        raise ClaimLost(order.key)
    for _file, beside, place in files:
        beside.replace(place)
    PhaseReportFile.objects.bulk_create([file for file, _beside, _place in files])
    _held(order).update(
        state=State.READY,
        progress=100,
        step="",
        data_hash=data_hash,
        ready_at=Now(),
        claim=None,
        claimed_until=None,
        error=None,
    )


def _fail(order: PhaseReport, error: str) -> None:
    _held(order).update(state=State.FAILED, step="", error=error, claim=None, claimed_until=None)


def _sentence(order: PhaseReport, error: Exception) -> str:
    if isinstance(error, Program.DoesNotExist):
        return _("The program is not published any more.")
    return str(error)
