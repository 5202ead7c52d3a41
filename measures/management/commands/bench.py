"""Speed, measured beside the plainest SQL that does the same work, so that a ratio is told and not a time."""

import gzip
import statistics
import time
from collections.abc import Callable

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures import timeline
from measures.models import Measure, MeasureEvent, StatusPeriod, TimelineEntry
from records import derived
from records.models import Source

ROUNDS = 7


class Command(BaseCommand):
    help = "Measure speed on an empty database (`make bench` brings one); it is filled and left for the bin."

    def add_arguments(self, parser):
        parser.add_argument("--entries", type=int, default=100_000, help="Synthetic events for the timeline.")

    def handle(self, *, entries, **options):
        call_command("migrate", verbosity=0)
        if Source.objects.exists():
            raise CommandError("The database has rows. The bench fills it with invented ones: give it an empty one.")
        self.line("full load of the shipped data", "s", timed(lambda: call_command("load_data", stdout=self.stderr)))
        self.line("second load, nothing to change", "s", timed(lambda: call_command("load_data", stdout=self.stderr)))
        self.pages()
        self.status()
        self.timeline(entries)

    def line(self, what: str, unit: str, value: float, raw: float | None = None, note: str = "") -> None:
        ratio = f"  {value / raw:6.2f} × raw SQL" if raw else ""
        self.stdout.write(f"{what:58} {value:12,.3f} {unit}{ratio}  {note}".rstrip())

    def pages(self) -> None:
        client = Client(SERVER_NAME="localhost")
        busiest = Measure.objects.get(slug="jp-2019-three-materials-licensing")
        floor = timed_query("SELECT slug, title FROM measures_measure ORDER BY slug LIMIT 50")
        for name, address in (
            ("home", reverse("home")),
            ("measure list", reverse("measures:list")),
            ("measure page", busiest.get_absolute_url()),
            ("timeline", reverse("measures:timeline")),
            ("program list", reverse("programs:list")),
            ("API, 50 measures", "/api/v1/measures/?limit=50"),
        ):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                response = client.get(address)
            if response.status_code != 200:
                raise CommandError(f"{address} answered {response.status_code}.")
            weight = len(gzip.compress(response.content)) / 1000
            median = statistics.median(timed(lambda address=address: client.get(address)) for _ in range(ROUNDS))
            self.line(name, "ms", median * 1000, floor * 1000, f"{len(queries)} queries, {weight:.0f} KB gzip")

    def status(self) -> None:
        rows = StatusPeriod.objects.count()
        raw = statistics.median(
            rolled_back(lambda: execute(
                "CREATE TEMPORARY TABLE bare (LIKE measures_statusperiod) ON COMMIT DROP; "
                "INSERT INTO bare SELECT * FROM measures_statusperiod"
            ))
            for _ in range(ROUNDS)
        )  # fmt: skip
        unchanged = statistics.median(timed(derived.rebuild) for _ in range(ROUNDS))
        self.line(f"statuses: fold all anew, {rows} periods unchanged", "ms", unchanged * 1000, raw * 1000)
        measure = Measure.objects.first()
        one = statistics.median(rolled_back(lambda: derived.refresh([measure])) for _ in range(ROUNDS))
        self.line("statuses: one measure", "ms", one * 1000)

    def timeline(self, entries: int) -> None:
        synthesize(entries)
        columns = ", ".join(f'"{f.column}"' for f in TimelineEntry._meta.local_concrete_fields if f.column != "id")

        def bare():
            execute(
                "CREATE TEMPORARY TABLE bare (LIKE measures_timelineentry) ON COMMIT DROP; ALTER TABLE bare DROP id; "
                f"INSERT INTO bare ({columns}) SELECT {columns} FROM measures_timelineentry"
            )

        seconds = timed(timeline.rebuild)
        count = TimelineEntry.objects.count()
        raw = statistics.median(rolled_back(bare) for _ in range(3))
        self.line(f"timeline: build {count:,} entries, with their history", "rows/s", count / seconds)
        self.line("timeline: the same as a ratio", "s", seconds, raw)
        unchanged = statistics.median(timed(timeline.rebuild) for _ in range(3))
        self.line("timeline: rebuild, nothing changed", "s", unchanged, raw)
        event = MeasureEvent.objects.filter(slug__startswith="bench-").first()
        MeasureEvent.objects.filter(pk=event.pk).update(title="Changed")

        def refresh():
            timeline.refresh([event])

        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            refresh()
            transaction.set_rollback(True)
        database = sum(float(query["time"]) for query in queries)
        one = statistics.median(rolled_back(refresh) for _ in range(ROUNDS))
        self.line("timeline: refresh one record", "ms", one * 1000, note=f"{database * 1000:.0f} ms in the database")


def synthesize(entries: int) -> None:
    """Add invented events to the first measure, straight in SQL."""
    model = MeasureEvent._meta
    kept = {"id", "slug", "position", "title", "earliest", "start_latest", "end_earliest", "latest", "date"}
    same = [f'"{f.column}"' for f in model.local_concrete_fields if f.column not in kept]
    execute(
        "INSERT INTO measures_measureevent "
        f"(slug, position, title, date, earliest, start_latest, end_earliest, latest, "
        f"{', '.join(same)}) SELECT 'bench-' || n, 100000 + n, 'Invented ' || n, d::text, d, d, d, d, "
        f"{', '.join(same)} FROM (SELECT * FROM measures_measureevent ORDER BY id LIMIT 1) event, "
        f"generate_series(1, {entries:d}) n, LATERAL (SELECT DATE '1990-01-01' + n % 13000 AS d) day"
    )
    execute("ANALYZE")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def timed(act: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def rolled_back(act: Callable[[], object]) -> float:
    """Seconds that it takes in a transaction of its own, which is undone."""
    with transaction.atomic():
        seconds = timed(act)
        transaction.set_rollback(True)
    return seconds


def timed_query(statement: str) -> float:
    """Median seconds of a query and of fetching its rows."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchall()

    return statistics.median(timed(run) for _ in range(ROUNDS))
