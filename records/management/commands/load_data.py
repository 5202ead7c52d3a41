from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from records import outbox
from records.dataset import files

MANY = 1000


def in_words(key: tuple) -> str:
    """The key of a row as a path: what it hangs on, then what it is."""
    steps = (in_words(step) if isinstance(step, tuple) else step for step in key if not isinstance(step, type))
    return "/".join(str(step) for step in steps if step not in ("", None))


class Command(BaseCommand):
    help = "Load the data set from its files; running it twice changes nothing the second time."

    def add_arguments(self, parser):
        parser.add_argument("--dir", type=Path, default=settings.DATA_DIR, help="Folder of the files.")
        parser.add_argument("--check", action="store_true", help="Only read the files and report every fault.")
        parser.add_argument(
            "--overwrite", action="store_true", help="Let the files win over rows that were edited at the desk."
        )
        parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")

    def handle(self, *, dir, check, overwrite, no_progress, **options):
        try:
            if check:
                reading = files.read(dir)
                if reading.faults:
                    raise files.Faulty(reading.faults)
                self.stdout.write(f"{sum(len(rows) for rows in reading.state.values())} rows, no fault.")
                return
            with tqdm(unit=" rows", disable=True if no_progress else None, leave=False) as bar:

                def tick(done, of):
                    bar.total = of
                    bar.update(done - bar.n)

                outcome = files.load(dir, overwrite=overwrite, tick=tick)
        except files.Faulty as faulty:
            for fault in faulty.faults:
                self.stderr.write(str(fault))
            count = len(faulty.faults)
            raise CommandError(f"{count} {'fault' if count == 1 else 'faults'}; nothing was written.") from None
        outbox.relay()
        if outcome.changes >= MANY:
            # Until the tables are counted, the planner takes them for nearly empty, and some pages take minutes.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        self.report(outcome)

    def report(self, outcome):
        for difference in outcome.differences:
            if difference:
                self.stdout.write(
                    f"{difference.model._meta.verbose_name_plural}: {len(difference.created)} created, "
                    f"{len(difference.changed)} changed, {len(difference.removed)} removed, "
                    f"{difference.unchanged} unchanged"
                )
        for model, key in outcome.kept:
            self.stdout.write(f"Kept as it is at the desk: {model._meta.verbose_name} {in_words(key)}")
        self.stdout.write(f"{outcome.changes} changes.")
