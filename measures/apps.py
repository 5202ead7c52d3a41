from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Measures")

    def ready(self):
        # What hangs on a base class by `__subclasses__()` exists only once its module is read.
        from measures import desk_reports, duplicates, search, status, timeline  # noqa: F401 - imported for what it declares
        from measures.views import beside, places  # noqa: F401 - imported for what it declares
