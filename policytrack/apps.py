"""The desk replaces Django's default admin site."""

from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class DeskConfig(AdminConfig):
    default_site = "records.desk.site.DeskSite"

    def ready(self):
        from records.roles import ensure_groups  # models cannot be imported before the apps are loaded

        super().ready()
        # A permission that a new model brings reaches the groups with the migration that makes its table.
        post_migrate.connect(ensure_groups, sender=self)
