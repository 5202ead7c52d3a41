"""Measured series and their targets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.models import HSCode, Material
from programs.models.programs import Program
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Cited, Record


@track
class Indicator(Record):
    """A measured series; conflicting series stay separate."""

    facts = ("definition",)

    class Unit(models.TextChoices):
        PERCENT = "percent", _("percent")
        COUNT = "count", _("count")
        MILLION_USD = "million USD", _("million USD")
        BILLION_USD = "billion USD", _("billion USD")
        BILLION_KRW = "billion KRW", _("billion KRW")
        TRILLION_KRW = "trillion KRW", _("trillion KRW")
        TONNES = "tonnes", _("tonnes")

    program = models.ForeignKey(Program, models.CASCADE, related_name="indicators", verbose_name=_("program"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200)
    unit = models.CharField(_("unit"), max_length=12, choices=Unit)
    definition = models.TextField(_("definition"), help_text=_("What exactly is measured, and by whom."))
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("material")
    )
    hs_codes = models.ManyToManyField(
        HSCode,
        through="IndicatorHSCode",
        related_name="indicators",
        verbose_name=_("HS codes"),
        help_text=_("Headings that the series covers."),
    )

    class Meta(Record.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["program", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    unit__in=[
                        "percent",
                        "count",
                        "million USD",
                        "billion USD",
                        "billion KRW",
                        "trillion KRW",
                        "tonnes",
                    ]
                ),
                name="programs_indicator_unit_known",
            ),
        ]

    def __str__(self):
        return self.title


@track
class IndicatorHSCode(models.Model):
    """A series covers an HS code."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="hs_links")
    hs_code = models.ForeignKey(HSCode, models.PROTECT, related_name="+", verbose_name=_("HS code"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("HS code of an indicator")
        verbose_name_plural = _("HS codes of indicators")
        ordering = ["indicator", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["indicator", "hs_code"], name="programs_indicatorhscode_once")]

    def __str__(self):
        return f"{self.indicator_id} {self.hs_code_id}"


class Value(Cited):
    """A dated number of a series."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    date = EDTFField(_("date"), help_text=_("The period that the value is for (EDTF)."))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, help_text=_("In the indicator's unit."))
    note = models.CharField(_("note"), max_length=200, null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["indicator", "position", "pk"]
        constraints = [
            ordered_bounds("date"),
            models.UniqueConstraint(
                fields=["indicator", "position"],
                name="%(app_label)s_%(class)s_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return f"{self.date}: {self.number}"

    @property
    def number(self) -> str:
        """The value without the zeros that the database pads it with."""
        return f"{self.value.normalize():f}"


@track
class Observation(Value):
    """One measured value of a series."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="observations", verbose_name=_("indicator"))

    class Meta(Value.Meta):
        verbose_name = _("observation")
        verbose_name_plural = _("observations")


@track
class Target(Value):
    """One value that the series is to reach; kept apart from what was measured."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets", verbose_name=_("indicator"))

    class Meta(Value.Meta):
        verbose_name = _("target")
        verbose_name_plural = _("targets")
