"""Speed, measured beside the plainest SQL that does the same work, so that a ratio is told and not a time."""

import gzip
import resource
import statistics
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from unittest.mock import patch

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from measures import timeline
from measures.filters import MeasureFilter
from measures.management import readers, synthetic, yardstick
from measures.models import (
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    StatusPeriod,
    TimelineEntry,
)
from records import bitmaps, derived, known, publishing
from records.models import Source

ROUNDS = 7
MAKING_EACH_PAGE = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}


class Command(BaseCommand):
    help = "Measure speed on an empty database (`make bench` brings one); it is filled and left for the bin."

    def add_arguments(self, parser):
        parser.add_argument("--entries", type=int, default=100_000, help="Synthetic events for the timeline.")
        parser.add_argument("--measures", type=int, default=100_000, help="Synthetic measures for what was known.")
        parser.add_argument(
            "--data",
            type=counted,
            metavar="COUNT",
            help="Instead, measure the tasks of readers on so many measures: 100k.",
        )
        parser.add_argument(
            "--plans", type=Path, metavar="FOLDER", help="Keep the plans of tasks above their goal here."
        )

    def handle(self, *, entries, measures, data, plans, **options):
        call_command("migrate", verbosity=0)
        if Source.objects.exists():
            raise CommandError("The database has rows. The bench fills it with invented ones: give it an empty one.")
        # What is measured is the making of pages; T8 asks servers that keep them as well.
        with override_settings(CACHES=MAKING_EACH_PAGE):
            self.measure(entries, measures, data, plans)

    def measure(self, entries: int, measures: int, data: int | None, plans: Path | None) -> None:
        if data:
            return self.tasks(data, plans)
        self.line("full load of the shipped data", "s", timed(lambda: call_command("load_data", stdout=self.stderr)))
        self.line("second load, nothing to change", "s", timed(lambda: call_command("load_data", stdout=self.stderr)))
        self.pages()
        self.status()
        self.saving()
        self.timeline(entries)
        self.known(measures)

    def line(
        self, what: str, unit: str, value: float, raw: float | None = None, note: str = "", of: str = "raw SQL"
    ) -> None:
        ratio = f"  {value / raw:6.2f} × {of}" if raw else ""
        self.stdout.write(f"{what:58} {value:12,.3f} {unit}{ratio}  {note}".rstrip())

    def tasks(self, count: int, plans: Path | None) -> None:
        """What readers ask for, on a synthetic base, beside the yardstick on the same measures in the same run."""
        call_command("load_data", stdout=self.stderr)
        self.line(f"{count:,} measures invented", "s", timed(lambda: synthetic.fill(count, progress=self.stderr)))
        execute("ANALYZE")
        for derivation in derived.Derivation.__subclasses__():
            self.line(f"{derivation.__name__}: everything anew", "s", timed(derivation().rebuild))
        raw = timed(lambda: execute("CREATE TABLE bare AS SELECT * FROM measures_measureevent"))
        self.line("T9 timeline, everything anew", "s", timed(timeline.rebuild), raw, of="raw INSERT")
        self.line("T9 timeline, nothing changed", "s", timed(timeline.rebuild), raw, of="raw INSERT")
        yardstick.make()
        execute("VACUUM ANALYZE")
        client = Client(SERVER_NAME="localhost")
        self.line(
            "bitmaps of the list of measures, read by a new process", "s", timed(lambda: bitmaps.fill(MeasureFilter))
        )
        for task in yardstick.TASKS:
            ask(client, task.address)
            rounds = 1 if task.name == "T6" else ROUNDS
            interleaved = [(yardstick.seconds(task, 1), *ask(client, task.address)) for _ in range(rounds)]
            raw, first, whole = (statistics.median(each) for each in zip(*interleaved, strict=True))
            goal = task.most[0 if count < 1_000_000 else 1]
            over = goal is not None and whole > goal * raw
            note = f"goal {goal} ×{', over' if over else ''}" if goal else ""
            if task.name == "T6":
                note += f", first byte after {first * 1000:.0f} ms"
            self.line(f"{task.name} {task.about}", "ms", whole * 1000, raw * 1000, note.strip(", "))
            if over and plans:
                keep_plans(client, task, plans)
        self.readers()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.line("memory of this process, at its highest", "MB", peak)

    def readers(self) -> None:
        """T8: many readers at once, of the site as it is served, of pages that are kept, and of the database alone."""
        tasks = {task.name: task for task in yardstick.TASKS}
        raw = {name: readers.ask_database(tasks[name].statements) for name in ("T1", "T2", "T4")}
        with readers.server(readers.NOTHING, keep_pages=False) as port:
            least = readers.ask(port, "/")
        with readers.server(readers.SITE, keep_pages=False) as port:
            readers.wait_for_bitmaps(port, tasks["T1"].address)
            made = {name: readers.ask(port, tasks[name].address) for name in raw}
        with readers.server(readers.SITE, keep_pages=True) as port:
            readers.ask(port, tasks["T1"].address)
            kept = readers.ask(port, tasks["T1"].address)
        for name, rate in made.items():
            note = f"half within {rate.half * 1000:.0f} ms, 99 % within {rate.most / rate.half:.1f} times that"
            what = f"T8 {name} under {readers.AT_ONCE} readers"
            self.line(what, "req/s", rate.per_second, raw[name].per_second, note)
        self.line("T8 T1, pages kept", "req/s", kept.per_second, least.per_second, of="a server that says hello")

    def pages(self) -> None:
        client = Client(SERVER_NAME="localhost")
        busiest = Measure.objects.get(slug="jp-2019-three-materials-licensing")
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
            # Counted now, since the next request clears the log.
            asked = [query for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]
            count, sql = len(asked), sum(float(query["time"]) for query in queries)
            if response.status_code != 200:
                raise CommandError(f"{address} answered {response.status_code}.")
            weight = len(gzip.compress(response.content)) / 1000
            median = statistics.median(timed(lambda address=address: client.get(address)) for _ in range(ROUNDS))
            note = f"{count} queries, {weight:.0f} KB gzip"
            self.line(name, "ms", median * 1000, sql * 1000, note, of="its own SQL")

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
        event = MeasureEvent.objects.filter(slug__startswith="bench-event-").first()
        MeasureEvent.objects.filter(pk=event.pk).update(title="Changed")

        def refresh():
            timeline.refresh([event])

        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            refresh()
            transaction.set_rollback(True)
        database = sum(float(query["time"]) for query in queries)
        one = statistics.median(rolled_back(refresh) for _ in range(ROUNDS))
        self.line("timeline: refresh one record", "ms", one * 1000, note=f"{database * 1000:.0f} ms in the database")

    def saving(self) -> None:
        """What history and derived rows add to a save: the same rows through the desk's door and through none."""

        def measure():
            changed = Measure.objects.get(slug="jp-2019-three-materials-licensing")
            changed.summary += "."
            return changed

        def event():
            # Its date moves, so that the status is folded anew.
            changed = MeasureEvent.objects.filter(measure=measure()).order_by("position").first()
            changed.date = "2019-07-01" if changed.date != "2019-07-01" else "2019-07-02"
            return changed

        def moving_event():
            # The day on which it came into force: for each of six materials two periods meet a day sooner or later.
            changed = MeasureEvent.objects.get(measure=measure(), kind=MeasureEvent.Kind.EFFECTIVE)
            changed.date = "2019-07-04" if changed.date != "2019-07-04" else "2019-07-05"
            return changed

        def plainly(changed):
            # Triggers off: neither history nor any other consequence, but the same row and the same commit.
            with transaction.atomic():
                execute("SET LOCAL session_replication_role = replica")
                changed.save()

        def published(changed):
            publishing.save(changed, by=None, reason="Bench")

        def seconds(record, door) -> float:
            changed = record()
            return database_time(lambda: door(changed))

        def block(record, door) -> list[float]:
            # Without triggers a connection forgets its plans; the first save, which makes them anew, is not counted.
            return [seconds(record, door) for _ in range(1 + ROUNDS)][1:]

        for name, record in (
            ("one measure", measure),
            ("one event, the status folded anew", event),
            ("one event that moves 12 periods", moving_event),
        ):
            rounds = [[block(record, door) for door in (plainly, published)] for _ in range(10)]
            plain, whole = (statistics.median(chain(*times)) for times in zip(*rounds, strict=True))
            self.line(f"save of {name}, database time", "ms", whole * 1000, plain * 1000, of="the bare save")

    def known(self, measures: int) -> None:
        """A list as it was known before a tenth of its measures changed, beside the list as it is."""
        synthesize_measures(measures)
        derived.rebuild()
        execute("ANALYZE")
        before = known.newest()
        with publishing.change(by=None, reason="Bench"):
            execute("UPDATE measures_measure SET summary = summary || '!' WHERE id % 10 = 0")
        execute("ANALYZE")
        client, address = Client(SERVER_NAME="localhost"), reverse("measures:list")

        def page(**asked):
            if client.get(address, asked).status_code != 200:
                raise CommandError(f"{address} did not answer.")

        page(), page(known=before.number)
        now, then = (
            statistics.median(timed(lambda asked=asked: page(**asked)) for _ in range(ROUNDS))
            for asked in ({}, {"known": before.number})
        )
        self.line(f"measure list of {Measure.objects.count():,}", "ms", now * 1000)
        self.line("the same as known before a tenth changed", "ms", then * 1000, now * 1000, of="the list as it is")
        live, version = (
            value(f"SELECT avg(pg_column_size(row.*)) FROM {table} row WHERE {condition}")
            for table, condition in (
                ("measures_measure", "id % 10 = 0"),
                ("measures_measureversion", f"superseded_by > {before.number}"),
            )
        )
        self.line("a version of a measure, in bytes", "B", version, live, of="its row")


def counted(text: str) -> int:
    """A count of measures as people write it: 10000, 100k, 1m."""
    factors = {"k": 1_000, "m": 1_000_000}
    number, factor = (text[:-1], factors[text[-1].lower()]) if text[-1:].lower() in factors else (text, 1)
    return int(number) * factor


def ask(client: Client, address: str) -> tuple[float, float]:
    """The seconds to the first byte of an answer, and to its last."""
    start = time.perf_counter()
    response = client.get(address)
    if response.status_code != 200:
        raise CommandError(f"{address} answered {response.status_code}.")
    pieces = iter(response.streaming_content if response.streaming else [response.content])
    next(pieces)
    first = time.perf_counter() - start
    for _piece in pieces:
        pass
    return first, time.perf_counter() - start


def keep_plans(client: Client, task: yardstick.Task, folder: Path) -> None:
    """The plan of every query of a task, in a file of its name."""
    with CaptureQueriesContext(connection) as queries:
        ask(client, task.address)
    plans = []
    for query in queries:
        if query["sql"].lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + query["sql"].replace("%", "%%"), [])
                plans.append("\n".join([query["sql"], *(line for (line,) in cursor.fetchall())]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{task.name}.txt").write_text("\n\n".join(plans))


def synthesize_measures(count: int) -> None:
    """Add invented measures, each with one event and the links that a list shows, straight in SQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 1 FROM measures_measure")
        first = cursor.fetchone()[0]
    copy(Measure, count, id=f"{first} + n", slug="'many-' || n", title="'Invented ' || n")
    execute(f"SELECT setval(pg_get_serial_sequence('measures_measure', 'id'), {first + count})")
    day = "(DATE '1990-01-01' + n % 13000)"
    for model in (MeasureIssuer, MeasureDestination, MeasureInstrument, MeasureMaterial):
        copy(model, count, measure_id=f"{first} + n")
    copy(
        MeasureEvent,
        count,
        slug="'many-event-' || n",
        title="'Invented ' || n",
        kind="'effective'",
        position="0",
        measure_id=f"{first} + n",
        date=f"{day}::text",
        earliest=day,
        start_latest=day,
        end_earliest=day,
        latest=day,
    )
    execute("ANALYZE")


def synthesize(entries: int) -> None:
    """Add invented measures with a hundred invented events each, straight in SQL."""
    day = "(DATE '1990-01-01' + n % 13000)"
    copy(Measure, entries // 100, slug="'bench-' || (n + 1)", title="'Invented ' || n")
    copy(
        MeasureEvent,
        entries,
        slug="'bench-event-' || n",
        title="'Invented ' || n",
        position="n % 100",
        measure_id="(SELECT id FROM measures_measure WHERE slug = 'bench-' || (n / 100 + 1))",
        date=f"{day}::text",
        earliest=day,
        start_latest=day,
        end_earliest=day,
        latest=day,
    )
    execute("ANALYZE")


def copy(model, count: int, **changed: str) -> None:
    """Repeat the first row of a model, with some columns computed from `n`."""
    table = model._meta.db_table
    columns = [
        field.column
        for field in model._meta.local_concrete_fields
        if (field.column != "id" or "id" in changed) and not field.generated
    ]
    values = [changed.get(column, f'first."{column}"') for column in columns]
    execute(
        f"INSERT INTO {table} ({', '.join(map(connection.ops.quote_name, columns))}) "
        f"SELECT {', '.join(values)} FROM (SELECT * FROM {table} ORDER BY id LIMIT 1) first, "
        f"generate_series(0, {count - 1:d}) n"
    )


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def value(statement: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return float(cursor.fetchone()[0])


def timed(act: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def database_time(act: Callable[[], object]) -> float:
    """Seconds that it waits for the database, the commit included."""
    waited = 0.0

    def waiting(call, *arguments):
        nonlocal waited
        start = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            waited += time.perf_counter() - start

    commit = connection._commit
    with connection.execute_wrapper(waiting), patch.object(connection, "_commit", lambda: waiting(commit)):
        act()
    return waited


def rolled_back(act: Callable[[], object]) -> float:
    """Seconds that it takes in a transaction of its own, which is undone."""
    with transaction.atomic():
        seconds = timed(act)
        transaction.set_rollback(True)
    return seconds
