"""Who approved what; embargoes end by a change."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from records.tables import WholeMigration

# Ends of embargoes were consequences with a time of their own; a job lifts them now.
NO_APPOINTMENTS = "DELETE FROM records_outboxentry WHERE topic = 'status' AND done_at IS NULL"


class Migration(WholeMigration):

    dependencies = [
        ('records', '0010_workflow'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('measures', '0004_found_by_change_set'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcement',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='disputedfact',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='material',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureevent',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provision',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='timelineentry',
            name='keep',
        ),
        migrations.RemoveField(
            model_name='timelineentry',
            name='embargo_until',
        ),
        migrations.RemoveField(
            model_name='timelineentryversion',
            name='embargo_until',
        ),
        migrations.AddField(
            model_name='announcement',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='announcementversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='announcementversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='disputedfact',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='disputedfact',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='disputedfactversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='disputedfactversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='material',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='material',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='materialversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='materialversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='measure',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='measure',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='measureeventversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='measureeventversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='measureversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='measureversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='organization',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='organization',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='organizationversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='organizationversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='provision',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='provision',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='provisionversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='provisionversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AlterField(
            model_name='announcement',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='announcementversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='disputedfact',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='disputedfactversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='material',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='materialversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='measure',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='measureevent',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='measureeventversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='measureversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='organization',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='organizationversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='provision',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='provisionversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='announcement',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='1b85b58a89bae5b685da6b345674620f5ada65c3', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_4df01', table='measures_announcement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='announcement',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_announcementversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "title", "country_id", "authority_id", "date", "legal_number", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."title", OLD."country_id", OLD."authority_id", OLD."date", OLD."legal_number", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='1fe379c4ae4c74c520d018482dc429b0c2e6da24', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_b7315', table='measures_announcement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disputedfact',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='32f36eed7715fe6916a0ea25ad53fa242060b19b', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_62cbd', table='measures_disputedfact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disputedfact',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_disputedfactversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "subject_type_id", "subject_id", "field", "question", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."subject_type_id", OLD."subject_id", OLD."field", OLD."question", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='83144b5b9079493754c10724b69485a86889eee8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_3c244', table='measures_disputedfact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='material',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='83f4711e04fcc6212ae75b8df283ebfb4e6944a8', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_07ee1', table='measures_material', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='material',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_materialversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "name", "broader_id", "cas", "formula", "category", "description", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."name", OLD."broader_id", OLD."cas", OLD."formula", OLD."category", OLD."description", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='0e9ff3bc1749c23edb1cc7126ca81bbb17abdf89', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_3feb1', table='measures_material', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='b537e4f439289a097684c2d2ac1d406ac9cf099f', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_a1479', table='measures_measure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measureversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "title", "authority_id", "effect", "mast_id", "legal_basis", "summary", "verification", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."title", OLD."authority_id", OLD."effect", OLD."mast_id", OLD."legal_basis", OLD."summary", OLD."verification", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='45cabd9a75052c6d62dea168bb087f70f9fa371b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_dd266', table='measures_measure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measureevent',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='e6ffc8ba39ebf5860dbdfd5cdebbde018ce50dcb', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_4d5b0', table='measures_measureevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measureevent',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measureeventversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "measure_id", "provision_id", "kind", "date", "order", "position", "title", "description", "quote", "until", "then", "planned", "overtaken_by", "background", "earliest", "start_latest", "end_earliest", "latest", "until_earliest", "until_start_latest", "until_end_earliest", "until_latest", "overtaken_by_earliest", "overtaken_by_start_latest", "overtaken_by_end_earliest", "overtaken_by_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."measure_id", OLD."provision_id", OLD."kind", OLD."date", OLD."order", OLD."position", OLD."title", OLD."description", OLD."quote", OLD."until", OLD."then", OLD."planned", OLD."overtaken_by", OLD."background", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."until_earliest", OLD."until_start_latest", OLD."until_end_earliest", OLD."until_latest", OLD."overtaken_by_earliest", OLD."overtaken_by_start_latest", OLD."overtaken_by_end_earliest", OLD."overtaken_by_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='bf19511837f1df4b5a04a9ceb021ac9bd2d76c82', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_81d57', table='measures_measureevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='46485c8fa880cd328d159e2810533fcd2d68b1ec', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_e2b57', table='measures_organization', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_organizationversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "country_id", "name", "abbreviation", "kind", "parent_id", "field", "website", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."country_id", OLD."name", OLD."abbreviation", OLD."kind", OLD."parent_id", OLD."field", OLD."website", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='7b83781c4fdeb3e3a782f314a477d9dc5d039735', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_b8fa5', table='measures_organization', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provision',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='7865fe8d84388230ff2fa1c800c2c66adbc3f7c2', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_0a76e', table='measures_provision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provision',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_provisionversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "measure_id", "code", "title", "position", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."measure_id", OLD."code", OLD."title", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='d36b983542369b4c0406a123dbff1b44a096ef55', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_95b5f', table='measures_provision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timelineentry',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_timelineentryversion" ("pgh_obj_id", "superseded_by", "key", "subject_type_id", "subject_id", "owner", "kind", "role", "title", "date", "earliest", "start_latest", "end_earliest", "latest", "sorted_on", "order", "planned", "settled_on", "country_id", "measure_id", "program", "path", "published", "known_since") VALUES (OLD."id", change_set, OLD."key", OLD."subject_type_id", OLD."subject_id", OLD."owner", OLD."kind", OLD."role", OLD."title", OLD."date", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."sorted_on", OLD."order", OLD."planned", OLD."settled_on", OLD."country_id", OLD."measure_id", OLD."program", OLD."path", OLD."published", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='bd09bbc4f367bdf6e1d57f094b991a503da4677b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_9d3c9', table='measures_timelineentry', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_announcement_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='disputedfact',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_disputedfact_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='material',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_material_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_measure_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='measureevent',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_measureevent_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_organization_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='provision',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='measures_provision_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.RunSQL(NO_APPOINTMENTS, migrations.RunSQL.noop),
    ]
