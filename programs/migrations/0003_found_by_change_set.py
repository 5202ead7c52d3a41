"""Rows and their versions are found by the change set that wrote them: what a change set did is read from them."""

from django.db import migrations, models

from records.tables import WholeMigration

TRACKED = [
    "coveragenote",
    "directive",
    "directiveaddressee",
    "effect",
    "indicator",
    "indicatorhscode",
    "integration",
    "integrationinput",
    "milestone",
    "observation",
    "phase",
    "program",
    "programmaterial",
    "programmeasure",
    "programpartner",
    "project",
    "projectnorm",
    "projectperformer",
    "response",
    "statement",
    "survey",
    "surveyfeed",
    "target",
]


def known_since(**options):
    return models.BigIntegerField(verbose_name="known since", db_default=0, db_index=True, **options)


class Migration(WholeMigration):
    dependencies = [("programs", "0002_kept_by_change_sets")]

    operations = [
        operation
        for name in TRACKED
        for operation in (
            migrations.AlterField(
                name,
                "known_since",
                known_since(editable=False, help_text="Number of the change set that wrote the row as it stands."),
            ),
            migrations.AlterField(
                f"{name}version", "known_since", known_since(help_text="Number of the change set that wrote the row.")
            ),
        )
    ]
