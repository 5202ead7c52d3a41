"""Who approved what, proposals, and the rules of the desk; embargoes end by a change."""

import django.core.serializers.json
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from records.tables import WholeMigration

RULES = """
-- Whether a second person approves; without a row of rules, one does.
CREATE FUNCTION records_second_person() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT second_person FROM public.records_deskrules WHERE id = 1), true)
$$;
"""

# What was a permission to correct directly is now one to propose; the new one comes after the migrations.
NO_CORRECTIONS = r"""
DELETE FROM auth_group_permissions USING auth_permission
WHERE permission_id = auth_permission.id AND codename LIKE 'correct\_%';
DELETE FROM auth_user_user_permissions USING auth_permission
WHERE permission_id = auth_permission.id AND codename LIKE 'correct\_%';
DELETE FROM auth_permission WHERE codename LIKE 'correct\_%';
"""


class Migration(WholeMigration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('records', '0009_found_by_change_set'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('second_person', models.BooleanField(default=True, help_text='Whether somebody else has to approve what one person submitted, wrote or proposed.', verbose_name='second person')),
            ],
            options={
                'verbose_name': 'rules of the desk',
                'verbose_name_plural': 'rules of the desk',
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.BigIntegerField(verbose_name='number of the record')),
                ('page', models.CharField(blank=True, default='', help_text='Address at the desk of the form in which it was made; empty where it was made elsewhere.', max_length=200, verbose_name='page')),
                ('read_version', models.PositiveIntegerField(help_text='Version of the record that it was worked out on.', verbose_name='version read')),
                ('rows', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='What it changes, row by row: the columns, each as it was and as it should be.', verbose_name='rows')),
                ('kind', models.CharField(choices=[('development', 'new development'), ('correction', 'correction'), ('source_only', 'source only')], help_text='Did the world change, our knowledge, or only its footing? Upkeep is what jobs derive.', max_length=12, verbose_name='kind')),
                ('reason', models.TextField(help_text='Why, in one sentence a reader can follow.', verbose_name='reason')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='proposed')),
                ('state', models.CharField(choices=[('open', 'open'), ('approved', 'approved'), ('rejected', 'rejected'), ('withdrawn', 'taken back')], default='open', max_length=9, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decision', models.TextField(blank=True, default='', help_text='What its author is told.', verbose_name='reasons of the decision')),
                ('checks', models.JSONField(blank=True, default=list, help_text='What the reviewer ticked: the codes of the checklist.', verbose_name='checked')),
                ('edited', models.BooleanField(default=False, help_text='The reviewer changed it before approving; the change set has the result.', verbose_name='edited')),
                ('self_approved', models.BooleanField(default=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'proposals',
                'ordering': ['-pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='source',
            name='keep',
        ),
        migrations.AddField(
            model_name='source',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='source',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='sourceversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='sourceversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AlterField(
            model_name='source',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='sourceversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='4ccb4f6d4775d85c1de5dadf6dc8eefdc0f2a2a2', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_c81d8', table='records_source', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "records_sourceversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "title", "publisher", "url", "date", "language", "kind", "consulted", "derived_from_id", "translation", "note", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."title", OLD."publisher", OLD."url", OLD."date", OLD."language", OLD."kind", OLD."consulted", OLD."derived_from_id", OLD."translation", OLD."note", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='47bf2b88ecf179d45a4b16efbddc52939c14bc5a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_fb51f', table='records_source', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='records_source_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='deskrules',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='records_deskrules_one_row'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to=settings.AUTH_USER_MODEL, verbose_name='proposed by'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='change_set',
            field=models.ForeignKey(blank=True, help_text='The change that it became; several proposals can become one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='records.changeset', verbose_name='change set'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decided_proposals', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='subject_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='kind of record'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['subject_type', 'subject_id'], name='records_proposal_subject'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['created_at'], name='records_proposal_open'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'approved', 'rejected', 'withdrawn'])), name='records_proposal_state_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['development', 'correction', 'source_only'])), name='records_proposal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='records_proposal_reason_given'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='records_proposal_decision_whole'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change_set__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('change_set', None)), _connector='OR'), name='records_proposal_approval_applied'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('decision', ''), _negated=True), _connector='OR'), name='records_proposal_rejection_reasoned'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['approved', 'rejected']), _negated=True), ('self_approved', True), models.Q(('decided_by', models.F('by')), _negated=True), _connector='OR'), name='records_proposal_decided_by_another', violation_error_message='Nobody decides on what they proposed.'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('decided_by', models.F('by')), _connector='OR'), name='records_proposal_taken_back_by_author'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='decided', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP <> 'INSERT' AND OLD.state <> 'open' THEN\n            RAISE EXCEPTION 'This proposal is decided; what comes after is another proposal.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_proposal_decided_once';\n        END IF;\n        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n        IF NEW.self_approved AND records_second_person() THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        RETURN NEW;\n    ", hash='b1eab9dd7b117308afa4daca52dca39e026230d2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_decided_83dab', table='records_proposal', when='BEFORE')),
        ),
        migrations.RunSQL(RULES, "DROP FUNCTION records_second_person();"),
        migrations.RunSQL(NO_CORRECTIONS, migrations.RunSQL.noop),
    ]
