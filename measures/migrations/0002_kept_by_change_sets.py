"""Version tables keep replaced and deleted rows, each with the change sets between which it held."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from records.tables import WholeMigration, versions_from_events


class Migration(WholeMigration):
    dependencies = [("measures", "0001_initial"), ("records", "0003_known"), ("pghistory", "0006_delete_aggregateevent")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcement',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcement',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcement',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcementmeasure',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcementmeasure',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='announcementmeasure',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='claim',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='claim',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='claim',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='disputedfact',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='disputedfact',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='disputedfact',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='eventmaterial',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='eventmaterial',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='eventmaterial',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='instrument',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='instrument',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='instrument',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mastcode',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mastcode',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mastcode',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='material',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='material',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='material',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='materialhscode',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='materialhscode',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='materialhscode',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measuredestination',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measuredestination',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measuredestination',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureevent',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureevent',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureevent',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureinstrument',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureinstrument',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureinstrument',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureissuer',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureissuer',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measureissuer',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measurematerial',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measurematerial',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measurematerial',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measurerelation',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measurerelation',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measurerelation',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provision',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provision',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provision',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisiondestination',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisiondestination',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisiondestination',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisionmaterial',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisionmaterial',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='provisionmaterial',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statusperiod',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statusperiod',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='statusperiod',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='timelineentry',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='timelineentry',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='timelineentry',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='announcement',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='announcementmeasure',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='announcementmeasureversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='announcementmeasureversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='announcementversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='announcementversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='claim',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='claimversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='claimversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='disputedfact',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='disputedfactversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='disputedfactversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='eventmaterial',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='eventmaterialversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='eventmaterialversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='instrument',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='instrumentversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='instrumentversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='mastcode',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='mastcodeversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='mastcodeversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='material',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='materialhscode',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='materialhscodeversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='materialhscodeversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='materialversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='materialversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measure',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measuredestination',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measuredestinationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measuredestinationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measureevent',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureeventversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureeventversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measureinstrument',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureinstrumentversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureinstrumentversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measureissuer',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureissuerversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureissuerversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measurematerial',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measurematerialversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measurematerialversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measurerelation',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measurerelationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measurerelationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measureversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='measureversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='organization',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='organizationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='organizationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='provision',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='provisiondestination',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='provisiondestinationversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='provisiondestinationversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='provisionmaterial',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='provisionmaterialversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='provisionmaterialversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='provisionversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='provisionversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='statusperiod',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='statusperiodversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='statusperiodversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='timelineentry',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='timelineentryversion',
            name='known_since',
            field=models.BigIntegerField(db_default=0, editable=False, help_text='Number of the change set that wrote the row as it stands.', verbose_name='known since'),
        ),
        migrations.AddField(
            model_name='timelineentryversion',
            name='superseded_by',
            field=models.BigIntegerField(db_index=True, default=0, help_text='Number of the change set that replaced or deleted the row.', verbose_name='superseded by'),
            preserve_default=False,
        ),
        migrations.RunPython(versions_from_events, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='announcementmeasureversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='announcementmeasureversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='announcementmeasureversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='announcementmeasureversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='announcementversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='announcementversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='announcementversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='announcementversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='claimversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='claimversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='claimversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='claimversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='disputedfactversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='disputedfactversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='disputedfactversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='disputedfactversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='eventmaterialversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='eventmaterialversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='eventmaterialversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='eventmaterialversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='instrumentversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='instrumentversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='instrumentversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='instrumentversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='mastcodeversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='mastcodeversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='mastcodeversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='mastcodeversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='materialhscodeversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='materialhscodeversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='materialhscodeversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='materialhscodeversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='materialversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='materialversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='materialversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='materialversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measuredestinationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measuredestinationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measuredestinationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measuredestinationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measureeventversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measureeventversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measureeventversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measureeventversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measureinstrumentversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measureinstrumentversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measureinstrumentversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measureinstrumentversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measureissuerversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measureissuerversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measureissuerversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measureissuerversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measurematerialversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measurematerialversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measurematerialversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measurematerialversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measurerelationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measurerelationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measurerelationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measurerelationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='measureversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='measureversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='measureversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='measureversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='organizationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='organizationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='organizationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='organizationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='provisiondestinationversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='provisiondestinationversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='provisiondestinationversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='provisiondestinationversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='provisionmaterialversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='provisionmaterialversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='provisionmaterialversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='provisionmaterialversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='provisionversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='provisionversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='provisionversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='provisionversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='statusperiodversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='statusperiodversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='statusperiodversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='statusperiodversion',
            name='pgh_label',
        ),
        migrations.RemoveField(
            model_name='timelineentryversion',
            name='id',
        ),
        migrations.RemoveField(
            model_name='timelineentryversion',
            name='pgh_context',
        ),
        migrations.RemoveField(
            model_name='timelineentryversion',
            name='pgh_created_at',
        ),
        migrations.RemoveField(
            model_name='timelineentryversion',
            name='pgh_label',
        ),
        migrations.AlterField(
            model_name='announcementmeasureversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.announcementmeasure'),
        ),
        migrations.AlterField(
            model_name='announcementversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.announcement'),
        ),
        migrations.AlterField(
            model_name='claimversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.claim'),
        ),
        migrations.AlterField(
            model_name='disputedfactversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.disputedfact'),
        ),
        migrations.AlterField(
            model_name='eventmaterialversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.eventmaterial'),
        ),
        migrations.AlterField(
            model_name='instrumentversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.instrument'),
        ),
        migrations.AlterField(
            model_name='mastcodeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.mastcode'),
        ),
        migrations.AlterField(
            model_name='materialhscodeversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.materialhscode'),
        ),
        migrations.AlterField(
            model_name='materialversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.material'),
        ),
        migrations.AlterField(
            model_name='measuredestinationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measuredestination'),
        ),
        migrations.AlterField(
            model_name='measureeventversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measureevent'),
        ),
        migrations.AlterField(
            model_name='measureinstrumentversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measureinstrument'),
        ),
        migrations.AlterField(
            model_name='measureissuerversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measureissuer'),
        ),
        migrations.AlterField(
            model_name='measurematerialversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measurematerial'),
        ),
        migrations.AlterField(
            model_name='measurerelationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measurerelation'),
        ),
        migrations.AlterField(
            model_name='measureversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.measure'),
        ),
        migrations.AlterField(
            model_name='organizationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.organization'),
        ),
        migrations.AlterField(
            model_name='provisiondestinationversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.provisiondestination'),
        ),
        migrations.AlterField(
            model_name='provisionmaterialversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.provisionmaterial'),
        ),
        migrations.AlterField(
            model_name='provisionversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.provision'),
        ),
        migrations.AlterField(
            model_name='statusperiodversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.statusperiod'),
        ),
        migrations.AlterField(
            model_name='timelineentryversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', related_query_name='+', to='measures.timelineentry'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='announcement',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_announcementversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "title", "country_id", "authority_id", "date", "legal_number", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."title", OLD."country_id", OLD."authority_id", OLD."date", OLD."legal_number", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='37ecfe21a7ebd1675eda2ec381f8f49d6b8ae5d1', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_b7315', table='measures_announcement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='announcementmeasure',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_announcementmeasureversion" ("pgh_obj_id", "superseded_by", "announcement_id", "measure_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."announcement_id", OLD."measure_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='3b87f2cebd7396cae6bb5017b579bf00a1e418f5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_35808', table='measures_announcementmeasure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_claimversion" ("pgh_obj_id", "superseded_by", "disputed_fact_id", "position", "organization_id", "claimant", "date", "statement", "value", "quote", "preferred", "reason", "earliest", "start_latest", "end_earliest", "latest", "known_since") VALUES (OLD."id", change_set, OLD."disputed_fact_id", OLD."position", OLD."organization_id", OLD."claimant", OLD."date", OLD."statement", OLD."value", OLD."quote", OLD."preferred", OLD."reason", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='7585953e3ade8714064748191bfe48756cf6deb6', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_a624f', table='measures_claim', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='disputedfact',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_disputedfactversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "subject_type_id", "subject_id", "question", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."subject_type_id", OLD."subject_id", OLD."question", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='2cb20d4249c0021ecfda542750146a849aa34647', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_3c244', table='measures_disputedfact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventmaterial',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_eventmaterialversion" ("pgh_obj_id", "superseded_by", "event_id", "material_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."event_id", OLD."material_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='7b46f101fc2c977474441eaaa1271b42bfa1f62b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_65b4f', table='measures_eventmaterial', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instrument',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_instrumentversion" ("pgh_obj_id", "superseded_by", "code", "mast_id", "oecd_type", "gta_type", "note", "position", "known_since") VALUES (OLD."id", change_set, OLD."code", OLD."mast_id", OLD."oecd_type", OLD."gta_type", OLD."note", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='6a92c92e264bd0e7ac4b139e67f41d89fce7e8e5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_18378', table='measures_instrument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mastcode',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_mastcodeversion" ("pgh_obj_id", "superseded_by", "code", "title", "edition", "known_since") VALUES (OLD."id", change_set, OLD."code", OLD."title", OLD."edition", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='32fd09fde7b1134aca02204c75cb2407cfc7e2af', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_0c89d', table='measures_mastcode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='material',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_materialversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "name", "broader_id", "cas", "formula", "category", "description", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."name", OLD."broader_id", OLD."cas", OLD."formula", OLD."category", OLD."description", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='a6de8e19b178aca66c7da8a3a9b9557b7f2529c5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_3feb1', table='measures_material', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='materialhscode',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_materialhscodeversion" ("pgh_obj_id", "superseded_by", "material_id", "hs_code_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."material_id", OLD."hs_code_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='133e63c5577bd8fafe009f8a631aafee85483b38', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_d9ead', table='measures_materialhscode', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measureversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "title", "authority_id", "effect", "mast_id", "legal_basis", "summary", "verification", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."title", OLD."authority_id", OLD."effect", OLD."mast_id", OLD."legal_basis", OLD."summary", OLD."verification", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='2dc69ef9bed5bce7a27895a01302448a48cf5a0d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_dd266', table='measures_measure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measuredestination',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measuredestinationversion" ("pgh_obj_id", "superseded_by", "measure_id", "country_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."measure_id", OLD."country_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='f3b76d3052f94e821e5cd2b0451c51e33d9a69cf', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_7403e', table='measures_measuredestination', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measureevent',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measureeventversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "measure_id", "provision_id", "kind", "date", "order", "position", "title", "description", "quote", "until", "then", "planned", "overtaken_by", "background", "earliest", "start_latest", "end_earliest", "latest", "until_earliest", "until_start_latest", "until_end_earliest", "until_latest", "overtaken_by_earliest", "overtaken_by_start_latest", "overtaken_by_end_earliest", "overtaken_by_latest", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."measure_id", OLD."provision_id", OLD."kind", OLD."date", OLD."order", OLD."position", OLD."title", OLD."description", OLD."quote", OLD."until", OLD."then", OLD."planned", OLD."overtaken_by", OLD."background", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."until_earliest", OLD."until_start_latest", OLD."until_end_earliest", OLD."until_latest", OLD."overtaken_by_earliest", OLD."overtaken_by_start_latest", OLD."overtaken_by_end_earliest", OLD."overtaken_by_latest", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='377622af441745ca2e3b4ac687b240ecb1037532', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_81d57', table='measures_measureevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measureinstrument',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measureinstrumentversion" ("pgh_obj_id", "superseded_by", "measure_id", "instrument_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."measure_id", OLD."instrument_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='629a116a8c94b0f0921c49addf8ded87526c9d27', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_1f586', table='measures_measureinstrument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measureissuer',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measureissuerversion" ("pgh_obj_id", "superseded_by", "measure_id", "country_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."measure_id", OLD."country_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='e8d80a2e0b7d67c8a20d48d1b7224600a9565480', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_e8500', table='measures_measureissuer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measurematerial',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measurematerialversion" ("pgh_obj_id", "superseded_by", "measure_id", "material_id", "scope", "control_ref", "position", "known_since") VALUES (OLD."id", change_set, OLD."measure_id", OLD."material_id", OLD."scope", OLD."control_ref", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='c60a5329dfc14cb4ccbc41ad7fc561d61b7dc3f9', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_c88a2', table='measures_measurematerial', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measurerelation',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_measurerelationversion" ("pgh_obj_id", "superseded_by", "measure_id", "other_id", "relation", "position", "known_since") VALUES (OLD."id", change_set, OLD."measure_id", OLD."other_id", OLD."relation", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='5a5d500a9a7f8c80fc735a5522420ec287741e0d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_33941', table='measures_measurerelation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_organizationversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "country_id", "name", "abbreviation", "kind", "parent_id", "field", "website", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."country_id", OLD."name", OLD."abbreviation", OLD."kind", OLD."parent_id", OLD."field", OLD."website", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='0086b249769f4d3e4e84bc27a52277c14cab8b45', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_b8fa5', table='measures_organization', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provision',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_provisionversion" ("pgh_obj_id", "superseded_by", "slug", "state", "embargo_until", "withdrawal_notice", "checked_on", "submitted_by_id", "version", "measure_id", "code", "title", "position", "known_since") VALUES (OLD."id", change_set, OLD."slug", OLD."state", OLD."embargo_until", OLD."withdrawal_notice", OLD."checked_on", OLD."submitted_by_id", OLD."version", OLD."measure_id", OLD."code", OLD."title", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='01a07eeda37c478c9477ae2d92cdacb34ea1a566', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_95b5f', table='measures_provision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provisiondestination',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_provisiondestinationversion" ("pgh_obj_id", "superseded_by", "provision_id", "country_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."provision_id", OLD."country_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='a5d0ed9ae6167f2ad78108da3b00034d2b03582d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_430eb', table='measures_provisiondestination', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='provisionmaterial',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_provisionmaterialversion" ("pgh_obj_id", "superseded_by", "provision_id", "material_id", "position", "known_since") VALUES (OLD."id", change_set, OLD."provision_id", OLD."material_id", OLD."position", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='c48c22a52af0612a9f1fb5ee075281d735519e99', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_a7a66', table='measures_provisionmaterial', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statusperiod',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF (NEW."measure_id", NEW."provision_id", NEW."material_id", NEW."status", NEW."planned", NEW."never_in_force", NEW."then", NEW."sequence", NEW."since_earliest", NEW."since_latest", NEW."until_earliest", NEW."until_latest", NEW."event_id", NEW."last_evidence", NEW."known_since") IS NOT DISTINCT FROM (OLD."measure_id", OLD."provision_id", OLD."material_id", OLD."status", OLD."planned", OLD."never_in_force", OLD."then", OLD."sequence", OLD."since_earliest", OLD."since_latest", OLD."until_earliest", OLD."until_latest", OLD."event_id", OLD."last_evidence", OLD."known_since") THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_statusperiodversion" ("pgh_obj_id", "superseded_by", "measure_id", "provision_id", "material_id", "status", "planned", "never_in_force", "then", "sequence", "since_earliest", "since_latest", "until_earliest", "until_latest", "event_id", "last_evidence", "known_since") VALUES (OLD."id", change_set, OLD."measure_id", OLD."provision_id", OLD."material_id", OLD."status", OLD."planned", OLD."never_in_force", OLD."then", OLD."sequence", OLD."since_earliest", OLD."since_latest", OLD."until_earliest", OLD."until_latest", OLD."event_id", OLD."last_evidence", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='890b548d94d9a2556d093dfe891b9d513038413f', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_78aaa', table='measures_statusperiod', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timelineentry',
            trigger=pgtrigger.compiler.Trigger(name='keep', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE change_set bigint;', func='\n            IF TG_OP = \'UPDATE\' THEN\n                NEW.known_since := OLD.known_since;\n                IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;\n            END IF;\n            change_set := records_change_set();\n            IF TG_OP <> \'INSERT\' AND OLD.known_since < change_set THEN\n                INSERT INTO "measures_timelineentryversion" ("pgh_obj_id", "superseded_by", "key", "subject_type_id", "subject_id", "owner", "kind", "role", "title", "date", "earliest", "start_latest", "end_earliest", "latest", "sorted_on", "order", "planned", "settled_on", "country_id", "measure_id", "program", "path", "published", "embargo_until", "known_since") VALUES (OLD."id", change_set, OLD."key", OLD."subject_type_id", OLD."subject_id", OLD."owner", OLD."kind", OLD."role", OLD."title", OLD."date", OLD."earliest", OLD."start_latest", OLD."end_earliest", OLD."latest", OLD."sorted_on", OLD."order", OLD."planned", OLD."settled_on", OLD."country_id", OLD."measure_id", OLD."program", OLD."path", OLD."published", OLD."embargo_until", OLD."known_since");\n            END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            NEW.known_since := change_set;\n            RETURN NEW;\n        ', hash='beec06f250cd5a9bbb8e57e607ea13014c85afba', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_keep_9d3c9', table='measures_timelineentry', when='BEFORE')),
        ),
    ]
