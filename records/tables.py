"""Migrations of whole tables, and of their history."""

from django.db import migrations
from django.db.migrations.operations.base import Operation

# What the finished model of a table created here already holds.
ABSORBED = (
    migrations.AddField,
    migrations.AddConstraint,
    migrations.AddIndex,
    migrations.AlterModelOptions,
    migrations.AlterUniqueTogether,
)


class WholeMigration(migrations.Migration):
    """A migration of many operations that is applied in one step, between the models before it and those after it.

    Django renders every related model anew after each operation. With history on all of them that is 28,000 models
    and 40 seconds for the first tables of an empty database; this takes two. A table that is created here is created
    in its final form; foreign keys that point in a circle do no harm, because PostgreSQL's schema editor adds them at
    the end. Not for operations of which one needs the models that another leaves, such as a field renamed and altered.
    """

    def apply(self, project_state, schema_editor, collect_sql=False):
        before = project_state.clone()
        project_state.clear_delayed_apps_cache()
        project_state.__dict__.pop("apps", None)
        after = self.mutate_state(project_state, preserve=True)
        created = set()
        for operation in self.operations:
            if isinstance(operation, migrations.CreateModel):
                created.add(operation.name_lower)
            elif isinstance(operation, ABSORBED) and self.table_of(operation) in created:
                continue
            operation.database_forwards(self.app_label, schema_editor, before, after)
        return after

    @staticmethod
    def table_of(operation: Operation) -> str:
        return (getattr(operation, "model_name", None) or operation.name).lower()


def versions_from_events(apps, schema_editor):
    """Turn tables of events (each row as an insert, update or delete left it) into tables of replaced rows.

    What the last event left is the live row, which learns since when it is known; every other row learns by which
    change set it was superseded. Rows that were written outside of a change set count as known always.
    """
    with schema_editor.connection.cursor() as cursor:
        for model in apps.get_models():
            if {"pgh_label", "pgh_obj"} <= {field.name for field in model._meta.fields}:
                versions = model._meta.db_table
                live = model._meta.get_field("pgh_obj").related_model._meta.db_table
                if _has_column(cursor, versions, "superseded_by"):
                    cursor.execute(_FROM_EVENTS.format(versions=versions, live=live))


def _has_column(cursor, table: str, column: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = %s AND column_name = %s",
        [table, column],
    )
    return cursor.fetchone() is not None


_FROM_EVENTS = """
ALTER TABLE {versions} DISABLE TRIGGER USER;
UPDATE {versions} event SET known_since = (context.metadata ->> 'change_set')::bigint
FROM pghistory_context context
WHERE context.id = event.pgh_context_id AND context.metadata ->> 'change_set' IS NOT NULL;
CREATE TEMPORARY TABLE event_order ON COMMIT DROP AS
SELECT pgh_id, pgh_obj_id, pgh_label, known_since,
       lead(known_since) OVER same_row AS superseded_by
FROM {versions} WINDOW same_row AS (PARTITION BY pgh_obj_id ORDER BY pgh_id);
UPDATE {live} live SET known_since = event.known_since FROM event_order event
WHERE event.pgh_obj_id = live.id AND event.superseded_by IS NULL AND event.pgh_label <> 'delete';
UPDATE {versions} version SET superseded_by = event.superseded_by FROM event_order event
WHERE event.pgh_id = version.pgh_id AND event.superseded_by IS NOT NULL;
DELETE FROM {versions} version USING event_order event
WHERE event.pgh_id = version.pgh_id AND (event.superseded_by IS NULL OR event.pgh_label = 'delete');
DROP TABLE event_order;
ALTER TABLE {versions} ENABLE TRIGGER USER;
"""
