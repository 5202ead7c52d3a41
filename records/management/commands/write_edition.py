"""`manage.py write_edition`: today's edition of all public data, now."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from records.editions import shelf, writing


class Command(BaseCommand):
    help = "Write today's edition of all public data, as the nightly job does, and drop the oldest."

    def handle(self, *args, **options):
        edition = writing.write(timezone.localdate().isoformat())
        shelf.prune(settings.EDITIONS_KEPT)
        self.stdout.write(f"{edition.folder}: {len(edition.files)} files, {edition.size} bytes")
