"""The nightly edition of all public data."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from records.editions import shelf, writing
from records.models import JobSlot
from records.tasks import SLOT_LEASE


@shared_task
def write_edition() -> None:
    """Write today's edition, and drop the oldest; of several beats, one does it.

    No slot is held in a transaction: what is read is of one moment, and that of the writer itself.
    """
    day = timezone.localdate().isoformat()
    taken = JobSlot.objects.take("write_edition", day, lease=SLOT_LEASE)
    if taken is None:
        return
    try:
        edition = writing.write(day)
        gone = shelf.prune(settings.EDITIONS_KEPT)
    except Exception as error:
        taken.release(f"{type(error).__name__}: {error}")
        raise
    taken.finish(f"{len(edition.files)} files, {edition.size} bytes; {len(gone)} older editions dropped")
