"""Version tables keep replaced and deleted rows, each with the change sets between which it held."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from records.tables import WholeMigration, versions_from_events


class Migration(WholeMigration):
    dependencies = [("programs", "0001_initial"), ("records", "0003_known"), ("pghistory", "0006_delete_aggregateevent")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='coveragenote',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='coveragenote',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='coveragenote',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directive',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directive',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directive',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directiveaddressee',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directiveaddressee',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='directiveaddressee',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='effect',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='effect',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='effect',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicator',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicator',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicator',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicatorhscode',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicatorhscode',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='indicatorhscode',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integration',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integration',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integration',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integrationinput',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integrationinput',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='integrationinput',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='milestone',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='milestone',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='milestone',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='observation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='observation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='observation',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='phase',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='phase',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='phase',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='program',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='program',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='program',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programmaterial',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programmaterial',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programmaterial',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programmeasure',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programmeasure',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programmeasure',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programpartner',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programpartner',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='programpartner',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectnorm',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectnorm',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectnorm',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectperformer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectperformer',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='projectperformer',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='response',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='response',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='response',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statement',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statement',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statement',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='survey',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='survey',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='survey',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='surveyfeed',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='surveyfeed',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='surveyfeed',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='target',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='target',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='target',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='coveragenote',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='coveragenoteversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='coveragenoteversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='directive',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='directiveaddressee',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='directiveaddresseeversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='directiveaddresseeversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='directiveversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='directiveversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='effect',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='effectversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='effectversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='indicator',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='indicatorhscode',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='indicatorhscodeversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='indicatorhscodeversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='indicatorversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='indicatorversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='integration',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='integrationinput',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='integrationinputversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='integrationinputversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='integrationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='integrationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='milestone',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='milestoneversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='milestoneversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='observation',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='observationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='observationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='phase',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='phaseversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='phaseversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='program',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programmaterial',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programmaterialversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programmaterialversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='programmeasure',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programmeasureversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programmeasureversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='programpartner',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programpartnerversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programpartnerversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='programversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='programversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='project',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='projectnorm',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='projectnormversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='projectnormversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='projectperformer',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='projectperformerversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='projectperformerversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='projectversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='projectversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='response',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='responseversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='responseversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='statement',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='statementversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='statementversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='survey',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='surveyfeed',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='surveyfeedversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='surveyfeedversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='surveyversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='surveyversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='target',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='targetversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='targetversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.RunPython(versions_from_events, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='coveragenoteversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='coveragenoteversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='coveragenoteversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='coveragenoteversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='directiveaddresseeversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='directiveaddresseeversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='directiveaddresseeversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='directiveaddresseeversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='directiveversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='directiveversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='directiveversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='directiveversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='effectversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='effectversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='effectversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='effectversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='indicatorhscodeversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='indicatorhscodeversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='indicatorhscodeversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='indicatorhscodeversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='indicatorversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='indicatorversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='indicatorversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='indicatorversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='integrationinputversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='integrationinputversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='integrationinputversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='integrationinputversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='integrationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='integrationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='integrationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='integrationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='milestoneversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='milestoneversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='milestoneversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='milestoneversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='observationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='observationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='observationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='observationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='phaseversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='phaseversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='phaseversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='phaseversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='programmaterialversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='programmaterialversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='programmaterialversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='programmaterialversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='programmeasureversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='programmeasureversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='programmeasureversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='programmeasureversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='programpartnerversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='programpartnerversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='programpartnerversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='programpartnerversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='programversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='programversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='programversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='programversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='projectnormversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='projectnormversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='projectnormversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='projectnormversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='projectperformerversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='projectperformerversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='projectperformerversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='projectperformerversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='projectversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='projectversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='projectversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='projectversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='responseversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='responseversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='responseversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='responseversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='statementversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='statementversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='statementversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='statementversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='surveyfeedversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='surveyfeedversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='surveyfeedversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='surveyfeedversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='surveyversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='surveyversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='surveyversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='surveyversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='targetversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='targetversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='targetversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='targetversion',
            name='pgh_label',
        ),
        migrations.AlterField(
            model_name='coveragenoteversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.coveragenote'),
        ),
        migrations.AlterField(
            model_name='directiveaddresseeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.directiveaddressee'),
        ),
        migrations.AlterField(
            model_name='directiveversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.directive'),
        ),
        migrations.AlterField(
            model_name='effectversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.effect'),
        ),
        migrations.AlterField(
            model_name='indicatorhscodeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.indicatorhscode'),
        ),
        migrations.AlterField(
            model_name='indicatorversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.indicator'),
        ),
        migrations.AlterField(
            model_name='integrationinputversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.integrationinput'),
        ),
        migrations.AlterField(
            model_name='integrationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.integration'),
        ),
        migrations.AlterField(
            model_name='milestoneversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.milestone'),
        ),
        migrations.AlterField(
            model_name='observationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.observation'),
        ),
        migrations.AlterField(
            model_name='phaseversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.phase'),
        ),
        migrations.AlterField(
            model_name='programmaterialversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.programmaterial'),
        ),
        migrations.AlterField(
            model_name='programmeasureversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.programmeasure'),
        ),
        migrations.AlterField(
            model_name='programpartnerversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.programpartner'),
        ),
        migrations.AlterField(
            model_name='programversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.program'),
        ),
        migrations.AlterField(
            model_name='projectnormversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.projectnorm'),
        ),
        migrations.AlterField(
            model_name='projectperformerversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.projectperformer'),
        ),
        migrations.AlterField(
            model_name='projectversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.project'),
        ),
        migrations.AlterField(
            model_name='responseversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.response'),
        ),
        migrations.AlterField(
            model_name='statementversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.statement'),
        ),
        migrations.AlterField(
            model_name='surveyfeedversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.surveyfeed'),
        ),
        migrations.AlterField(
            model_name='surveyversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.survey'),
        ),
        migrations.AlterField(
            model_name='targetversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='programs.target'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='coveragenote',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_coveragenoteversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "material_id", "program_id", "phase_id", "looked_on", "looked_where", "found", "by", "looked_on_earliest", "looked_on_start_latest", "looked_on_end_earliest", "looked_on_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."material_id", OLD."program_id", OLD."phase_id", OLD."looked_on", OLD."looked_where", OLD."found", OLD."by", OLD."looked_on_earliest", OLD."looked_on_start_latest", OLD."looked_on_end_earliest", OLD."looked_on_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='5d13d2acd6ddd058e52106ae237007209e9688b5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_a16a1', table='programs_coveragenote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directive',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_directiveversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "phase_id", "position", "issued_by_id", "title", "date", "due", "council_id", "count", "asks", "earliest", "start_latest", "end_earliest", "latest", "due_earliest", "due_start_latest", "due_end_earliest", "due_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."phase_id", OLD."position", OLD."issued_by_id", OLD."title", OLD."date", OLD."due", OLD."council_id", OLD."count", OLD."asks", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."due_earliest", OLD."due_start_latest", OLD."due_end_earliest", OLD."due_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='e4f87d734ac891ba6f33ff5311a48827c4eb69ab', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_193b9', table='programs_directive', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='directiveaddressee',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_directiveaddresseeversion" ("pgh_obj_id", "superseded_by", "directive_id", "organization_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."directive_id", OLD."organization_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='749b74662895f1da4e4377887773cf15a1815de1', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_9b256', table='programs_directiveaddressee', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='effect',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_effectversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "position", "sector", "effect", "date", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."position", OLD."sector", OLD."effect", OLD."date", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='f430d31d38dc53e73816690b32881aadb56cfb41', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_2091e', table='programs_effect', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicator',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_indicatorversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "position", "title", "unit", "definition", "material_id", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."position", OLD."title", OLD."unit", OLD."definition", OLD."material_id", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='5b66e63becc2c8f768913c5958686e7f74fed1ba', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_378d5', table='programs_indicator', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='indicatorhscode',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_indicatorhscodeversion" ("pgh_obj_id", "superseded_by", "indicator_id", "hs_code_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."indicator_id", OLD."hs_code_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='651feb999c46704d176bd959d6d85fc553e16ee5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_1434a', table='programs_indicatorhscode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='integration',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_integrationversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "position", "into_id", "description", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."position", OLD."into_id", OLD."description", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='99b61ccf1cf3bf74cdb8c40e104b0aef3729a651', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_ec213', table='programs_integration', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='integrationinput',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_integrationinputversion" ("pgh_obj_id", "superseded_by", "integration_id", "survey_id", "response_id", "directive_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."integration_id", OLD."survey_id", OLD."response_id", OLD."directive_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='5ef9d2f38250109b507922c323d1c271c81caf94', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_bba58', table='programs_integrationinput', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='milestone',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_milestoneversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "phase_id", "position", "title", "expected", "wording", "said_on", "actual", "status", "description", "expected_earliest", "expected_start_latest", "expected_end_earliest", "expected_latest", "said_on_earliest", "said_on_start_latest", "said_on_end_earliest", "said_on_latest", "actual_earliest", "actual_start_latest", "actual_end_earliest", "actual_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."phase_id", OLD."position", OLD."title", OLD."expected", OLD."wording", OLD."said_on", OLD."actual", OLD."status", OLD."description", OLD."expected_earliest", OLD."expected_start_latest", OLD."expected_end_earliest", OLD."expected_latest", OLD."said_on_earliest", OLD."said_on_start_latest", OLD."said_on_end_earliest", OLD."said_on_latest", OLD."actual_earliest", OLD."actual_start_latest", OLD."actual_end_earliest", OLD."actual_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='9b14d7d670ce8516fc33ef06753b5166f3eb48ef', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_3105e', table='programs_milestone', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='observation',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_observationversion" ("pgh_obj_id", "superseded_by", "position", "date", "value", "note", "indicator_id", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."position", OLD."date", OLD."value", OLD."note", OLD."indicator_id", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='7c795c7441417aff98f316ab3d9c37034fecd04d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_32e56', table='programs_observation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='phase',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_phaseversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "number", "title", "horizons", "objective", "planned", "actual", "status", "planned_earliest", "planned_start_latest", "planned_end_earliest", "planned_latest", "actual_earliest", "actual_start_latest", "actual_end_earliest", "actual_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."number", OLD."title", OLD."horizons", OLD."objective", OLD."planned", OLD."actual", OLD."status", OLD."planned_earliest", OLD."planned_start_latest", OLD."planned_end_earliest", OLD."planned_latest", OLD."actual_earliest", OLD."actual_start_latest", OLD."actual_end_earliest", OLD."actual_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='02f583455b10944fbb04d786db1e4834f77f25aa', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_9c3fc', table='programs_phase', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='program',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_programversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "title", "country_id", "lead_id", "technology_scope", "summary", "verification", "budget_amount", "budget_currency", "budget_approximate", "budget_per", "budget_note", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."title", OLD."country_id", OLD."lead_id", OLD."technology_scope", OLD."summary", OLD."verification", OLD."budget_amount", OLD."budget_currency", OLD."budget_approximate", OLD."budget_per", OLD."budget_note", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='fcce76b7178142661b93d1fc855813fc2eb7d70f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_c22db', table='programs_program', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmaterial',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_programmaterialversion" ("pgh_obj_id", "superseded_by", "program_id", "material_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."program_id", OLD."material_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='bc7b32bedf5c859d45f2608eff3f772485690dcf', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_f4a22', table='programs_programmaterial', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programmeasure',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_programmeasureversion" ("pgh_obj_id", "superseded_by", "program_id", "measure_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."program_id", OLD."measure_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='8e2855bc7271ee94d4e4efa79c5c57737566f178', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_8dbf3', table='programs_programmeasure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programpartner',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_programpartnerversion" ("pgh_obj_id", "superseded_by", "program_id", "organization_id", "role", "position", "known_since") VALUES (OLD."id", change_set, OLD."program_id", OLD."organization_id", OLD."role", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='68941d4a85dd8dd8c4e18d6cb608d2d85dcc98d7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_d87f6', table='programs_programpartner', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_projectversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "phase_id", "position", "title", "kind", "material_id", "period", "years_min", "years_max", "budget_amount", "budget_currency", "budget_approximate", "budget_per", "budget_note", "count", "unnamed", "status", "outcome", "period_earliest", "period_start_latest", "period_end_earliest", "period_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."phase_id", OLD."position", OLD."title", OLD."kind", OLD."material_id", OLD."period", OLD."years_min", OLD."years_max", OLD."budget_amount", OLD."budget_currency", OLD."budget_approximate", OLD."budget_per", OLD."budget_note", OLD."count", OLD."unnamed", OLD."status", OLD."outcome", OLD."period_earliest", OLD."period_start_latest", OLD."period_end_earliest", OLD."period_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='e4cd86fd51855a2626374820786a306e2fe6e87a', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_fbe97', table='programs_project', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectnorm',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_projectnormversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "position", "years_min", "years_max", "amount", "currency", "approximate", "per", "wording", "description", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."position", OLD."years_min", OLD."years_max", OLD."amount", OLD."currency", OLD."approximate", OLD."per", OLD."wording", OLD."description", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='795741a1e20173b7adb3319b67999111f124b0a3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_a44dc', table='programs_projectnorm', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='projectperformer',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_projectperformerversion" ("pgh_obj_id", "superseded_by", "project_id", "organization_id", "name", "position", "known_since") VALUES (OLD."id", change_set, OLD."project_id", OLD."organization_id", OLD."name", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='1aa9463f916176a500cb29ea297bf4e7287ecd36', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_c987e', table='programs_projectperformer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='response',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_responseversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "directive_id", "phase_id", "position", "organization_id", "actor", "action", "title", "date", "description", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."directive_id", OLD."phase_id", OLD."position", OLD."organization_id", OLD."actor", OLD."action", OLD."title", OLD."date", OLD."description", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='f4774457986445740d144293ceccef51c183309c', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_d542f', table='programs_response', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_statementversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "position", "date", "speaker", "organization_id", "medium", "said", "quote", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."position", OLD."date", OLD."speaker", OLD."organization_id", OLD."medium", OLD."said", OLD."quote", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='20461186c98adcf6e2a4a832c70ecaa3cd440255', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_8a642', table='programs_statement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_surveyversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "program_id", "position", "conducted_by_id", "title", "period", "purpose", "period_earliest", "period_start_latest", "period_end_earliest", "period_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."program_id", OLD."position", OLD."conducted_by_id", OLD."title", OLD."period", OLD."purpose", OLD."period_earliest", OLD."period_start_latest", OLD."period_end_earliest", OLD."period_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='e388ee53d61004612d6b0a21fa0276706ed055e7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_2f0c9', table='programs_survey', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveyfeed',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_surveyfeedversion" ("pgh_obj_id", "superseded_by", "survey_id", "milestone_id", "phase_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."survey_id", OLD."milestone_id", OLD."phase_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='73166d9cd829597ff33f54ed00c17f55129c05b2', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_803da', table='programs_surveyfeed', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "programs_targetversion" ("pgh_obj_id", "superseded_by", "position", "date", "value", "note", "indicator_id", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."position", OLD."date", OLD."value", OLD."note", OLD."indicator_id", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='912335330bce228e99f116cc5af562ee98e2edea', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_e7e46', table='programs_target', when='BEFORE')),
        ),
    ]
