from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    name = "programs"
    verbose_name = _("Programs")

    def ready(self):
        # What hangs on a base class by `__subclasses__()` exists only once its module is read.
        from programs import desk_reports, duplicates, feeds, filters, search, timeline  # noqa: F401 - imported for what it declares
        from programs.views import beside, parts  # noqa: F401 - imported for what it declares
