"""Jobs that every app leans on, and how a job runs once for each slot whoever sends it how often."""

import datetime
from collections.abc import Callable

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from records import error_reports, links, outbox, publishing
from records.models import Heartbeat, JobSlot

# As long as a job may run at all: a slot whose taker crashed is free again before its message is delivered again.
SLOT_LEASE = datetime.timedelta(minutes=15)
SLOTS_KEPT = datetime.timedelta(days=400)


class SlotLost(Exception):
    """The run took longer than its lease and somebody else took the slot; what it wrote is rolled back."""


def once(job: str, slot: str, work: Callable[[], str], *, lease: datetime.timedelta = SLOT_LEASE) -> str | None:
    """Do the work, unless this slot is done or being done, and keep the outcome that it returns.

    What the work writes and the mark that it is done commit together. After a failure the slot is free at once,
    after a crash when the lease has run out.
    """
    taken = JobSlot.objects.take(job, slot, lease=lease)
    if taken is None:
        return None
    try:
        with transaction.atomic():
            outcome = work()
            if not taken.finish(outcome):
                raise SlotLost(f"{job} {slot}")
    except Exception as error:
        taken.release(f"{type(error).__name__}: {error}")
        raise
    return outcome


@shared_task(soft_time_limit=300, time_limit=330)
def relay_outbox(limit: int = 100) -> None:
    """Carry out what committed changes ask for; wakes the next relay where more is waiting."""
    if outbox.relay(limit) == limit:
        outbox.nudge()


@shared_task(soft_time_limit=300, time_limit=330)
def lift_embargoes() -> None:
    """Show readers what was kept from them until now."""
    publishing.lift_embargoes()


@shared_task(soft_time_limit=10, time_limit=15)
def note_heartbeat() -> None:
    """Sent by beat and run by a worker, so it proves both alive, and the broker between them."""
    Heartbeat.objects.note("beat")


@shared_task(soft_time_limit=300, time_limit=330)
def prune() -> None:
    """Forget what was carried out long ago."""
    outbox.prune()
    links.prune()
    error_reports.forget_senders()
    JobSlot.objects.filter(done_at__lt=Now() - SLOTS_KEPT).delete()


LINKS_EVERY = 600


@shared_task(soft_time_limit=540, time_limit=570)
def check_links() -> None:
    """Open some of the sources' addresses that are due; does nothing unless LINK_CHECKS is on.

    Of several beats, one takes the run. No transaction is held open while others' servers are waited for.
    """
    if not settings.LINK_CHECKS:
        return
    slot = str(int(timezone.now().timestamp()) // LINKS_EVERY)
    if taken := JobSlot.objects.take("check_links", slot, lease=SLOT_LEASE):
        taken.finish(f"{links.check_portion()} addresses opened")
