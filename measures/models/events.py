"""The dated life of a measure."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.models.materials import Material
from measures.models.measures import Measure, Provision
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Record


@track
class MeasureEvent(Record):
    """One dated thing that happened to a measure, or is to happen."""

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("consultation")
        ANNOUNCED = "announced", _("announced")
        PUBLISHED = "published", _("published")
        EFFECTIVE = "effective", _("in force")
        AMENDED = "amended", _("amended")
        TIGHTENED = "tightened", _("tightened")
        EASED = "eased", _("eased")
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("resumed")
        REVOKED = "revoked", _("lifted")
        EXPIRED = "expired", _("expired")
        CONFIRMED = "confirmed", _("seen in force")
        LICENCE = "licence", _("licence")
        DISPUTE = "dispute", _("dispute")
        NEGOTIATION = "negotiation", _("negotiation")
        STATEMENT = "statement", _("statement")

    class Then(models.TextChoices):
        IN_FORCE = "in_force", _("in force again")
        LIFTED = "lifted", _("lifted")
        UNSTATED = "unstated", _("not stated")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="events", verbose_name=_("measure"))
    provision = models.ForeignKey(
        Provision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("provision"),
        help_text=_("The part of the measure it concerns; empty for the whole."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind,
        help_text=_("What happened; the status of the measure follows from it."),
    )
    date = EDTFField(_("date"), help_text=_("When (EDTF); an interval with an open start says: by that day."))
    order = models.PositiveSmallIntegerField(
        _("order"),
        null=True,
        blank=True,
        help_text=_("Place within the day, where several fall on one day and it matters."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Place in the record; decides last where dates and order tie.")
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), null=True, blank=True)
    quote = models.CharField(
        _("quote"), max_length=400, null=True, blank=True, help_text=_("At most 25 words from a source.")
    )
    materials = models.ManyToManyField(
        Material,
        through="EventMaterial",
        related_name="events",
        verbose_name=_("materials"),
        help_text=_("The materials it concerns; none listed means all of the measure's."),
    )
    until = EDTFField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("Last day on which the status holds (EDTF), for a suspension or a time-limited act."),
    )
    then = models.CharField(
        _("then"),
        max_length=8,
        choices=Then,
        null=True,
        blank=True,
        help_text=_("What the act itself says comes after."),
    )
    planned = models.BooleanField(
        _("planned"),
        default=False,
        help_text=_("Set by an act and not yet observed; it makes its status possible only."),
    )
    overtaken_by = EDTFField(
        _("overtaken by"),
        null=True,
        blank=True,
        help_text=_("Date of the later event that took its place; such an event counts for nothing."),
    )
    background = models.BooleanField(
        _("background"), default=False, help_text=_("Told for context; no part of the measure's own life.")
    )

    class Meta(Record.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["measure", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("date"),
            ordered_bounds("until"),
            ordered_bounds("overtaken_by"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "consultation",
                        "announced",
                        "published",
                        "effective",
                        "amended",
                        "tightened",
                        "eased",
                        "suspended",
                        "resumed",
                        "revoked",
                        "expired",
                        "confirmed",
                        "licence",
                        "dispute",
                        "negotiation",
                        "statement",
                    ]
                ),
                name="measures_measureevent_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(then=None) | Q(then__in=["in_force", "lifted", "unstated"], until__isnull=False),
                name="measures_measureevent_then_after_until",
                violation_error_message=_("What comes after needs an end: fill in “until” too."),
            ),
            models.CheckConstraint(
                condition=Q(quote=None) | ~Q(quote__regex=r"^\s*(\S+\s+){25}\S"),
                name="measures_measureevent_quote_short",
                violation_error_message=_("A quote has at most 25 words."),
            ),
            models.UniqueConstraint(
                fields=["measure", "position"],
                name="measures_measureevent_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#{self.slug}"


@track
class EventMaterial(models.Model):
    """An event concerns this one of the measure's materials."""

    event = models.ForeignKey(MeasureEvent, models.CASCADE, related_name="material_links")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name=_("material"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("material of an event")
        verbose_name_plural = _("materials of events")
        ordering = ["event", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "material"], name="measures_eventmaterial_once")]

    def __str__(self):
        return f"{self.event_id} {self.material_id}"
