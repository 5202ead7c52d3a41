"""The kind of an entry stands in its vector, so that an index alone tells how many of each kind are found."""

from django.db import migrations

# No version is written: what entries say stays the same, at every moment.
VECTORS = "; ".join(
    f"ALTER TABLE {table} DISABLE TRIGGER USER; "
    f"UPDATE {table} SET vector = records_search_vector(texts, links || ('@' || kind)); "
    f"ALTER TABLE {table} ENABLE TRIGGER USER"
    for table in ("records_searchentry", "records_searchentryversion")
)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0018_total_orders'),
    ]

    operations = [migrations.RunSQL(VECTORS, migrations.RunSQL.noop)]
