from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from records.dataset import files


class Command(BaseCommand):
    help = "Write the published facts back into the files of the data set."

    def add_arguments(self, parser):
        parser.add_argument("--dir", type=Path, default=settings.DATA_DIR, help="Folder of the files.")

    def handle(self, *, dir, **options):
        try:
            written = files.dump(dir)
        except OSError as error:
            raise CommandError(f"{error.filename or dir}: {error.strerror}.") from None
        for path in written:
            self.stdout.write(f"{path.name} written")
