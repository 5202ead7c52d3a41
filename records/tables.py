"""The first migration of an app, applied at once."""

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


class InitialMigration(migrations.Migration):
    """Creates each table in its final form, with the models rendered once.

    Django renders every related model anew after each operation. With history on all of them that is 28,000 models
    and 40 seconds for an empty database; this takes two. Foreign keys that point in a circle do no harm, because
    PostgreSQL's schema editor adds them at the end. Only for migrations of an app that has no tables yet.
    """

    initial = True

    def apply(self, project_state, schema_editor, collect_sql=False):
        project_state.clear_delayed_apps_cache()
        project_state.__dict__.pop("apps", None)
        state = self.mutate_state(project_state, preserve=True)
        created = set()
        for operation in self.operations:
            if isinstance(operation, migrations.CreateModel):
                created.add(operation.name_lower)
                model = state.apps.get_model(self.app_label, operation.name)
                if operation.allow_migrate_model(schema_editor.connection.alias, model):
                    schema_editor.create_model(model)
            elif not (isinstance(operation, ABSORBED) and self.table_of(operation) in created):
                operation.database_forwards(self.app_label, schema_editor, state, state)
        return state

    @staticmethod
    def table_of(operation: Operation) -> str:
        return (getattr(operation, "model_name", None) or operation.name).lower()
