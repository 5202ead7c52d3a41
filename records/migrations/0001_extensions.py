from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Extensions of PostgreSQL: exclusion constraints over ids, and look-alike terms in search."""

    initial = True
    operations = [BtreeGistExtension(), TrigramExtension()]
