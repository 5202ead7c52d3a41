from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = _("Records")

    def ready(self):
        # What hangs on a base class by `__subclasses__()` exists only once its module is read.
        from records.search import entries  # noqa: F401 - imported for what it declares
