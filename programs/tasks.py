"""Jobs of the programs app."""

from celery import shared_task

from programs.reports import orders
from records import outbox


class ReportOrdered(outbox.Consequence):
    """A phase report was asked for, so a worker is told to build it; told twice, it is still built once."""

    topic = orders.TOPIC

    def carry_out(self, key, payload):
        build_report.apply_async([payload["report"]], retry=False)


# Messages of an earlier sweep that nobody took are of no use any more.
SWEEP = 15


@shared_task(soft_time_limit=120, time_limit=150)
def build_report(report: str) -> None:
    """Build one report, by its key."""
    orders.fulfil(report)


@shared_task(soft_time_limit=30, time_limit=40)
def resume_reports() -> None:
    """Take up what a killed worker or a lost message left unfinished."""
    orders.give_up()
    for key in orders.unfinished().values_list("key", flat=True):
        build_report.apply_async([str(key)], expires=SWEEP, retry=False)
