from pathlib import Path

from django.core.management.base import BaseCommand

from records import dictionary


class Command(BaseCommand):
    help = "Write the data dictionary, made from the models' help texts."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", type=Path, help="File to write; without it, standard output.")

    def handle(self, *, path, **options):
        if path:
            path.write_text(dictionary.markdown(), encoding="utf-8")
        else:
            self.stdout.write(dictionary.markdown(), ending="")
