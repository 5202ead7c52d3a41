"""Who approved what; embargoes end by a change."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from records.tables import WholeMigration


class Migration(WholeMigration):

    dependencies = [
        ('records', '0010_workflow'),
        ('measures', '0005_workflow'),
        ('programs', '0003_found_by_change_set'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='coveragenote',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directive',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='effect',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicator',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integration',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='milestone',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='phase',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='program',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectnorm',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='response',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statement',
            name='keep',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='survey',
            name='keep',
        ),
        migrations.AddField(
            model_name='coveragenote',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='coveragenote',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='coveragenoteversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='coveragenoteversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='directive',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='directive',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='directiveversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='directiveversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='effect',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='effect',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='effectversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='effectversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='indicatorversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='indicatorversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='integration',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='integration',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='integrationversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='integrationversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='milestoneversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='milestoneversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='phase',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='phase',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='phaseversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='phaseversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='program',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='program',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='programversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='programversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='project',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='project',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='projectnorm',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='projectnorm',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='projectnormversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='projectnormversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='projectversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='projectversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='response',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='response',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='responseversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='responseversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='statement',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='statement',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='statementversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='statementversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='survey',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='survey',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AddField(
            model_name='surveyversion',
            name='approved_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, help_text='Who let readers see it as it stands; empty for what was loaded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='surveyversion',
            name='self_approved',
            field=models.BooleanField(default=False, editable=False, help_text='No second person looked at it; possible only at a desk of one.', verbose_name='approved by its author'),
        ),
        migrations.AlterField(
            model_name='coveragenote',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='coveragenoteversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='directive',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='directiveversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='effect',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='effectversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='indicatorversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='integration',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='integrationversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='milestone',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='milestoneversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='phase',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='phaseversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='program',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='programversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='project',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='projectnorm',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='projectnormversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='projectversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='response',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='responseversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='statement',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='statementversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='survey',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        migrations.AlterField(
            model_name='surveyversion',
            name='embargo_until',
            field=models.DateTimeField(blank=True, help_text='Hidden from visitors until this moment, though published; set before readers have seen it.', null=True, verbose_name='embargo until'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragenote',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='6e46d9f129a0689e2495ed416a6c52c7468ccce2', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_4f99c', table='programs_coveragenote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragenote',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_coveragenoteversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "material_id", "program_id", "phase_id", "looked_on", "looked_where", "found", "by", "looked_on_earliest", "looked_on_start_latest", "looked_on_end_earliest", "looked_on_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."material_id", OLD."program_id", OLD."phase_id", OLD."looked_on", OLD."looked_where", OLD."found", OLD."by", OLD."looked_on_earliest", OLD."looked_on_start_latest", OLD."looked_on_end_earliest", OLD."looked_on_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='2be279984506b96a7484ec22187b3163cabe2169', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_a16a1', table='programs_coveragenote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directive',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='a2a221624f3aa3e0868bab395747b6b194d1b7ab', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_58182', table='programs_directive', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directive',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_directiveversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "phase_id", "position", "issued_by_id", "title", "date", "due", "council_id", "count", "asks", "earliest", "start_latest", "end_earliest", "latest", "due_earliest", "due_start_latest", "due_end_earliest", "due_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."phase_id", OLD."position", OLD."issued_by_id", OLD."title", OLD."date", OLD."due", OLD."council_id", OLD."count", OLD."asks", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."due_earliest", OLD."due_start_latest", OLD."due_end_earliest", OLD."due_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='507b5c3df20e466dd0aab079095f9ccc400842a7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_193b9', table='programs_directive', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='effect',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='9ee6808c490381577e3ccb3feeb8162a711b1789', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_fba14', table='programs_effect', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='effect',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_effectversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "position", "sector", "effect", "date", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."position", OLD."sector", OLD."effect", OLD."date", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='8a6d837aa96004709eb90be3baf477092421b3ab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_2091e', table='programs_effect', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='fcf78233d3a2a9e82fe2005d48ab9dd43ef32ba6', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_e859a', table='programs_indicator', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_indicatorversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "position", "title", "unit", "definition", "material_id", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."position", OLD."title", OLD."unit", OLD."definition", OLD."material_id", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='87b3a264811c50bb562976fd6b24705ee8899e84', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_378d5', table='programs_indicator', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='integration',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='8d67cd8bc1b1f25fe74c11c87013a7ea313a3524', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_1e453', table='programs_integration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='integration',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_integrationversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "position", "into_id", "description", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."position", OLD."into_id", OLD."description", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='5713af93566b62ccf975dbf5f80004dfde3c94ce', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_ec213', table='programs_integration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='milestone',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='dbb2da0fa8fa94b38c3c1ac8c426c34a9297d0a4', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_720d7', table='programs_milestone', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='milestone',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_milestoneversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "phase_id", "position", "title", "expected", "wording", "said_on", "actual", "status", "description", "expected_earliest", "expected_start_latest", "expected_end_earliest", "expected_latest", "said_on_earliest", "said_on_start_latest", "said_on_end_earliest", "said_on_latest", "actual_earliest", "actual_start_latest", "actual_end_earliest", "actual_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."phase_id", OLD."position", OLD."title", OLD."expected", OLD."wording", OLD."said_on", OLD."actual", OLD."status", OLD."description", OLD."expected_earliest", OLD."expected_start_latest", OLD."expected_end_earliest", OLD."expected_latest", OLD."said_on_earliest", OLD."said_on_start_latest", OLD."said_on_end_earliest", OLD."said_on_latest", OLD."actual_earliest", OLD."actual_start_latest", OLD."actual_end_earliest", OLD."actual_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='18ab5985ab28ee2778e6284a7d795734443c0c13', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_3105e', table='programs_milestone', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='phase',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='c159a706e4d3a650aaab0e234ebf93ddf935e514', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_cbb98', table='programs_phase', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='phase',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_phaseversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "number", "title", "horizons", "objective", "planned", "actual", "status", "planned_earliest", "planned_start_latest", "planned_end_earliest", "planned_latest", "actual_earliest", "actual_start_latest", "actual_end_earliest", "actual_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."number", OLD."title", OLD."horizons", OLD."objective", OLD."planned", OLD."actual", OLD."status", OLD."planned_earliest", OLD."planned_start_latest", OLD."planned_end_earliest", OLD."planned_latest", OLD."actual_earliest", OLD."actual_start_latest", OLD."actual_end_earliest", OLD."actual_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='9c362e6b5cfe14ce906fdd8b86a127e829142b4d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_9c3fc', table='programs_phase', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='c90a30b2800d01504b90cd793deb2bf7ad654eca', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_7d82c', table='programs_program', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_programversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "title", "country_id", "lead_id", "technology_scope", "summary", "verification", "budget_amount", "budget_currency", "budget_approximate", "budget_per", "budget_note", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."title", OLD."country_id", OLD."lead_id", OLD."technology_scope", OLD."summary", OLD."verification", OLD."budget_amount", OLD."budget_currency", OLD."budget_approximate", OLD."budget_per", OLD."budget_note", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='58e906fe19bcc3e6109ddcfc46198db478c0897f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_c22db', table='programs_program', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='f2cd331afd478872e2e995b578c5e5ebe192fb7d', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_20c5b', table='programs_project', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_projectversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "phase_id", "position", "title", "kind", "material_id", "period", "years_min", "years_max", "budget_amount", "budget_currency", "budget_approximate", "budget_per", "budget_note", "count", "unnamed", "status", "outcome", "period_earliest", "period_start_latest", "period_end_earliest", "period_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."phase_id", OLD."position", OLD."title", OLD."kind", OLD."material_id", OLD."period", OLD."years_min", OLD."years_max", OLD."budget_amount", OLD."budget_currency", OLD."budget_approximate", OLD."budget_per", OLD."budget_note", OLD."count", OLD."unnamed", OLD."status", OLD."outcome", OLD."period_earliest", OLD."period_start_latest", OLD."period_end_earliest", OLD."period_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='2c1cc58c0ef2d300b1c161c929d0f6d43d85c5b2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_fbe97', table='programs_project', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectnorm',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='f118843ff53361ad962575f2df7760bc2c403701', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_18ca9', table='programs_projectnorm', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectnorm',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_projectnormversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "position", "years_min", "years_max", "amount", "currency", "approximate", "per", "wording", "description", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."position", OLD."years_min", OLD."years_max", OLD."amount", OLD."currency", OLD."approximate", OLD."per", OLD."wording", OLD."description", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='aaeb4f509ee05878489ae12bec46085bda885e6b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_a44dc', table='programs_projectnorm', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='response',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='03336d518ff68c938a121449fb2febe10a478b7e', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_bf8e4', table='programs_response', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='response',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_responseversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "directive_id", "phase_id", "position", "organization_id", "actor", "action", "title", "date", "description", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."directive_id", OLD."phase_id", OLD."position", OLD."organization_id", OLD."actor", OLD."action", OLD."title", OLD."date", OLD."description", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='678cb672dda2bea999ec503f60fcd4667ecf1548', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_d542f', table='programs_response', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='d2ef468ffe74698fb467d338daa7cfa78ee25ac4', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_c6995', table='programs_statement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_statementversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "position", "date", "speaker", "organization_id", "medium", "said", "quote", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."position", OLD."date", OLD."speaker", OLD."organization_id", OLD."medium", OLD."said", OLD."quote", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='44907fcfbdc48e4c14190dd15832da49d94cc0cf', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_8a642', table='programs_statement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='guard', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."self_approved" OR NEW."embargo_until" IS NOT NULL)', func="\n        IF NEW.self_approved AND records_second_person()\n           AND (TG_OP = 'INSERT' OR NOT OLD.self_approved OR NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)\n        THEN\n            RAISE EXCEPTION 'Nobody approves their own work at this desk.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_second_person';\n        END IF;\n        IF TG_OP = 'UPDATE' AND NEW.embargo_until IS NOT NULL AND OLD.embargo_until IS NULL\n           AND OLD.state IN ('published', 'withdrawn') AND NEW.state IN ('published', 'withdrawn')\n        THEN\n            RAISE EXCEPTION 'Readers have seen this; it can be withdrawn, and no longer be put under embargo.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'records_embargo_before_publication';\n        END IF;\n        RETURN NEW;\n    ", hash='9bdbb0c2e5b365592a6862f9f770ba692dc9a5bc', operation='INSERT OR UPDATE', pgid='pgtrigger_guard_674e3', table='programs_survey', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_surveyversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "approved_by_id", "self_approved", "version", "program_id", "position", "conducted_by_id", "title", "period", "purpose", "period_earliest", "period_start_latest", "period_end_earliest", "period_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."approved_by_id", OLD."self_approved", OLD."version", OLD."program_id", OLD."position", OLD."conducted_by_id", OLD."title", OLD."period", OLD."purpose", OLD."period_earliest", OLD."period_start_latest", OLD."period_end_earliest", OLD."period_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='540b4a8189b9d36c0c0346656adec4f06133b6e3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_2f0c9', table='programs_survey', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='coveragenote',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_coveragenote_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='directive',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_directive_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='effect',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_effect_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_indicator_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='integration',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_integration_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_milestone_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='phase',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_phase_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='program',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_program_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_project_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='projectnorm',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_projectnorm_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_response_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_statement_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('self_approved', True), ('approved_by', None), ('submitted_by', None), models.Q(('approved_by', models.F('submitted_by')), _negated=True), _connector='OR'), name='programs_survey_approved_by_another', violation_error_message='Nobody approves what they submitted.'),
        ),
    ]
