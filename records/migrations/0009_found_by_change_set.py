"""Rows and their versions are found by the change set that wrote them: what a change set did is read from them."""

from django.db import migrations, models

from records.tables import WholeMigration

TRACKED = [
    "citation",
    "name",
    "slugredirect",
    "source",
    "sourcestatement",
    "statementtrace",
]


def known_since(**options):
    return models.BigIntegerField(verbose_name="known since", db_default=0, db_index=True, **options)


class Migration(WholeMigration):
    dependencies = [("records", "0008_slug_redirects")]

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
