"""Jobs that check and apply imports."""

from celery import shared_task

from records import outbox
from records.imports import orders, work


class ImportWaits(outbox.Consequence):
    """An import waits for a worker, so one is told; told twice, it is still done once."""

    topic = orders.TOPIC

    def carry_out(self, key, payload):
        fulfil_import.apply_async([payload["import"]], retry=False)


# Messages of an earlier sweep that nobody took are of no use any more.
SWEEP = 15


@shared_task(soft_time_limit=840, time_limit=900)
def fulfil_import(key: str) -> None:
    """Check or apply one import, by its key."""
    work.fulfil(key)


@shared_task(soft_time_limit=30, time_limit=40)
def resume_imports() -> None:
    """Take up what a killed worker or a lost message left unfinished."""
    work.give_up()
    for key in work.unfinished().values_list("key", flat=True):
        fulfil_import.apply_async([str(key)], expires=SWEEP, retry=False)
