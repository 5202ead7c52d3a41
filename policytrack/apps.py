"""The desk replaces Django's default admin site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    pass
