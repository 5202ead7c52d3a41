"""The desk replaces Django's default admin site."""

from django.apps import apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate

from records import known, privileges


class DeskConfig(AdminConfig):
    default_site = "records.desk.site.DeskSite"

    def ready(self):
        from records.belonging import make_functions
        from records.roles import ensure_groups, ensure_rules  # models cannot be imported before the apps are loaded

        super().ready()
        # A permission that a new model brings reaches the groups with the migration that makes its table.
        post_migrate.connect(ensure_groups, sender=self)
        post_migrate.connect(ensure_rules, sender=self)
        pre_migrate.connect(known.drop_views, sender=self)
        # The signal comes once for each app in their order; with the last, everything is there that others make by it.
        *_, last = apps.get_app_configs()
        post_migrate.connect(known.make_views, sender=last)
        post_migrate.connect(make_functions, sender=last)
        post_migrate.connect(privileges.settle, sender=last)
