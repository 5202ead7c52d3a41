"""The vocabulary of instruments: what a restriction can be, and what others call it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from records.history import track
from records.models import Cited


@track
class MastCode(Cited):
    """A code of chapter P of UNCTAD's classification of non-tariff measures (MAST)."""

    code = models.CharField(_("code"), max_length=4, unique=True)
    title = models.CharField(_("title"), max_length=120)
    edition = models.CharField(_("edition"), max_length=4)

    # The titles of chapter P, for catalogs to translate.
    TITLES = (
        gettext_noop("Export-related measures"),
        gettext_noop("Export prohibition"),
        gettext_noop("Export quotas"),
        gettext_noop("Licensing, permit or registration requirements to export"),
        gettext_noop("Measures implemented to control the prices of exported products"),
        gettext_noop("Export taxes and duties"),
        gettext_noop("Export measures not elsewhere specified"),
    )

    class Meta:
        verbose_name = _("MAST code")
        verbose_name_plural = _("MAST codes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^P[0-9]{0,3}$"), name="measures_mastcode_chapter_p")
        ]

    def __str__(self):
        return f"{self.code} {self.called}"

    @property
    def called(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title)

    def get_absolute_url(self) -> str:
        return f"{reverse('measures:instruments')}#{self.code}"


@track
class Instrument(Cited):
    """A kind of restriction, and its nearest neighbours in other vocabularies."""

    LABELS = {
        "export_ban": _("Ban"),
        "export_quota": _("Quota"),
        "export_licensing": _("Licensing"),
        "export_tax": _("Export tax"),
        "minimum_export_price": _("Minimum price"),
        "local_processing_requirement": _("Local processing"),
        "technology_control": _("Technology control"),
        "end_use_control": _("End-use control"),
        "preferential_list_removal": _("List removal"),
        "other": _("Other"),
    }

    code = models.CharField(_("code"), max_length=30, unique=True, choices=LABELS)
    mast = models.ForeignKey(
        MastCode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instruments",
        verbose_name=_("MAST code"),
        help_text=_("Nearest code of MAST chapter P."),
    )
    oecd_type = models.CharField(
        _("OECD type"),
        max_length=120,
        null=True,
        blank=True,
        help_text=_("Nearest type in the OECD inventory of export restrictions."),
    )
    gta_type = models.CharField(
        _("GTA type"),
        max_length=60,
        null=True,
        blank=True,
        help_text=_("Nearest intervention type of Global Trade Alert."),
    )
    note = models.TextField(_("note"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    code__in=[
                        "export_ban",
                        "export_quota",
                        "export_licensing",
                        "export_tax",
                        "minimum_export_price",
                        "local_processing_requirement",
                        "technology_control",
                        "end_use_control",
                        "preferential_list_removal",
                        "other",
                    ]
                ),
                name="measures_instrument_code_known",
            )
        ]

    def __str__(self):
        return str(self.get_code_display())

    def get_absolute_url(self) -> str:
        return f"{reverse('measures:instruments')}#{self.code}"
