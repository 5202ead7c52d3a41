"""The derived status of measures."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from measures.models.events import MeasureEvent
from measures.models.materials import Material
from measures.models.measures import Measure, Provision
from records.history import track


class Status(models.TextChoices):
    """What holds, for one measure and material, on one day."""

    ANNOUNCED = "announced", _("Announced")
    IN_FORCE = "in_force", _("In force")
    EASED = "eased", _("Eased")
    SUSPENDED = "suspended", _("Suspended")
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    LIFTED = "lifted", _("Lifted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


def days(start: str, end: str, *, unless: Q | None = None) -> Case:
    """The days from one column up to, but not including, another; NULL is an open bound."""
    none = Q(**{f"{start}__gte": F(end)})
    return Case(
        When(none | unless if unless else none, then=Value("empty", output_field=DateRangeField())),
        default=Func(F(start), F(end), function="daterange"),
        output_field=DateRangeField(),
    )


class StatusPeriodQuerySet(models.QuerySet):
    def visible(self):
        """Those of materials that visitors may know of, and of measures that list none."""
        return self.filter(Q(material=None) | Q(material__in=Material.objects.published().values("pk")))

    def standing_on(self, day):
        """One period for each measure, provision and material: the certain one, else the newest possible one."""
        course = ("measure_id", "provision_id", "material_id")
        return (
            self.filter(possible__contains=day)
            .annotate(holds=Q(certain__contains=day))
            .order_by(*course, "-holds", "-sequence")
            .distinct(*course)
        )


@track
class StatusPeriod(models.Model):
    """The status of a measure for one material over a range of days; derived from events, never typed in."""

    is_derived = True

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="status_periods")
    provision = models.ForeignKey(Provision, models.CASCADE, null=True, related_name="status_periods")
    material = models.ForeignKey(
        Material,
        models.CASCADE,
        null=True,
        related_name="status_periods",
        help_text=_("Empty where the measure lists no material."),
    )
    status = models.CharField(_("status"), max_length=11, choices=Status)
    planned = models.BooleanField(_("planned"), help_text=_("Possible only: nobody has observed it."))
    never_in_force = models.BooleanField(_("never in force"), help_text=_("Suspended or withdrawn before it began."))
    then = models.CharField(
        _("then"),
        max_length=8,
        null=True,
        help_text=_("What the act's own words say comes after an unconfirmed end."),
    )
    sequence = models.PositiveSmallIntegerField(
        _("sequence"), help_text=_("Place in the course of this measure, provision and material.")
    )
    since_earliest = models.DateField(_("since, earliest"), null=True)
    since_latest = models.DateField(_("since, latest"), null=True)
    until_earliest = models.DateField(
        _("until, earliest"), null=True, help_text=_("First day on which the next status may hold.")
    )
    until_latest = models.DateField(
        _("until, latest"), null=True, help_text=_("Day from which the next status holds for certain.")
    )
    event = models.ForeignKey(
        MeasureEvent,
        models.CASCADE,
        related_name="status_periods",
        help_text=_("The event that opened it, or whose end did."),
    )
    last_evidence = models.DateField(
        _("last evidence"), null=True, help_text=_("Newest date of a source that touches the period.")
    )
    certain = models.GeneratedField(
        expression=days("since_latest", "until_earliest", unless=Q(planned=True)),
        output_field=DateRangeField(),
        db_persist=True,
    )
    possible = models.GeneratedField(
        expression=days("since_earliest", "until_latest"), output_field=DateRangeField(), db_persist=True
    )

    objects = StatusPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("status period")
        verbose_name_plural = _("status periods")
        ordering = ["measure", "provision", "material", "sequence"]
        indexes = [models.Index(fields=["measure", "material"], name="measures_status_measure")]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "provision", "material", "sequence"],
                name="measures_statusperiod_sequence_once",
                nulls_distinct=False,
            ),
            ExclusionConstraint(
                name="measures_statusperiod_certain_apart",
                expressions=[
                    ("measure", RangeOperators.EQUAL),
                    (Coalesce("provision", Value(0)), RangeOperators.EQUAL),
                    (Coalesce("material", Value(0)), RangeOperators.EQUAL),
                    ("certain", RangeOperators.OVERLAPS),
                ],
                # A row may be replaced by its successor within one transaction.
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "announced",
                        "in_force",
                        "eased",
                        "suspended",
                        "unconfirmed",
                        "lifted",
                        "withdrawn",
                        "expired",
                    ]
                ),
                name="measures_statusperiod_status_known",
            ),
        ]

    def __str__(self):
        return f"{self.measure_id} {self.material_id} {self.status}"
