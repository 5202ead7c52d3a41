"""Version tables keep replaced and deleted rows, each with the change sets between which it held."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from records.tables import WholeMigration, versions_from_events


class Migration(WholeMigration):
    dependencies = [("records", "0003_known")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='citation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='citation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='citation',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='name',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='name',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='name',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='source',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='source',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='source',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sourcestatement',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sourcestatement',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sourcestatement',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statementtrace',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statementtrace',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statementtrace',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='citation',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='citationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='citationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='name',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='nameversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='nameversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='source',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='sourcestatement',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='sourcestatementversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='sourcestatementversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='sourceversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='sourceversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='statementtrace',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='statementtraceversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='statementtraceversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.RunPython(versions_from_events, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='changeset',
            name='records_changeset_kind_known',
        ),
        migrations.RemoveField(
            model_name='citationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='citationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='citationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='citationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='nameversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='nameversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='nameversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='nameversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='sourcestatementversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='sourcestatementversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='sourcestatementversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='sourcestatementversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='sourceversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='sourceversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='sourceversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='sourceversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='statementtraceversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='statementtraceversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='statementtraceversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='statementtraceversion',
            name='pgh_label',
        ),
        migrations.AlterField(
            model_name='changeset',
            name='at',
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now, help_text='When it was complete; later than the one before.', verbose_name='at'),
        ),
        migrations.AlterField(
            model_name='changeset',
            name='kind',
            field=models.CharField(choices=[('development', 'new development'), ('correction', 'correction'), ('source_only', 'source only'), ('upkeep', 'upkeep')], help_text='Did the world change, our knowledge, or only its footing? Upkeep is what jobs derive.', max_length=12, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='changeset',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['development', 'correction', 'source_only', 'upkeep'])), name='records_changeset_kind_known'),
        ),
        migrations.AlterField(
            model_name='citationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='records.citation'),
        ),
        migrations.AlterField(
            model_name='nameversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='records.name'),
        ),
        migrations.AlterField(
            model_name='sourcestatementversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='records.sourcestatement'),
        ),
        migrations.AlterField(
            model_name='sourceversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='records.source'),
        ),
        migrations.AlterField(
            model_name='statementtraceversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='records.statementtrace'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='citation',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_citationversion" ("pgh_obj_id", "superseded_by", "subject_type_id", "subject_id", "field", "source_id", "snapshot_id", "quote", "start", "end", "locator", "stance", "position", "known_since") VALUES (OLD."id", change_set, OLD."subject_type_id", OLD."subject_id", OLD."field", OLD."source_id", OLD."snapshot_id", OLD."quote", OLD."start", OLD."end", OLD."locator", OLD."stance", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='bdc28cee40d3e3ab365d059efdc38acb31c9ff51', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_56fe5', table='records_citation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='name',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_nameversion" ("pgh_obj_id", "superseded_by", "subject_type_id", "subject_id", "language", "kind", "text", "position", "known_since") VALUES (OLD."id", change_set, OLD."subject_type_id", OLD."subject_id", OLD."language", OLD."kind", OLD."text", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='6c19765b2a371be6c1d069760d3c80877bf9ae98', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_77efa', table='records_name', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_sourceversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "title", "publisher", "url", "date", "language", "kind", "consulted", "derived_from_id", "translation", "note", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."title", OLD."publisher", OLD."url", OLD."date", OLD."language", OLD."kind", OLD."consulted", OLD."derived_from_id", OLD."translation", OLD."note", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='7843dab69da93e8aa5d05c2aa42bbc39e768b0bd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_fb51f', table='records_source', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sourcestatement',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_sourcestatementversion" ("pgh_obj_id", "superseded_by", "source_id", "number", "text", "known_since") VALUES (OLD."id", change_set, OLD."source_id", OLD."number", OLD."text", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='e30b8881070fb9aa3af1564815d99b0d33006646', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_e8c4d', table='records_sourcestatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementtrace',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_statementtraceversion" ("pgh_obj_id", "superseded_by", "statement_id", "position", "file", "record", "path", "known_since") VALUES (OLD."id", change_set, OLD."statement_id", OLD."position", OLD."file", OLD."record", OLD."path", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='4e3ee48473b983001a9457abc2719930f46e2d8f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_880db', table='records_statementtrace', when='BEFORE')),
        ),
    ]
