"""Measures: instruments imposed by a country on destinations, and what they reach."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models.instruments import Instrument, MastCode
from measures.models.materials import Material
from measures.models.organizations import Country, Organization
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Cited, Named, Record, RecordQuerySet


class MeasureQuerySet(RecordQuerySet):
    def restricting(self):
        """Only these count as a restriction in force."""
        return self.filter(effect=Measure.Effect.RESTRICTS)


@track
class Measure(Named, Record):
    """One instrument, or a bundle of them, imposed by a country on destinations."""

    facts = ("summary", "legal_basis")

    class Effect(models.TextChoices):
        RESTRICTS = "restricts", _("restricts")
        RELAXES = "relaxes", _("relaxes")
        NEUTRAL = "neutral", _("neutral")

    class Verification(models.TextChoices):
        VERIFIED = "verified", _("every event checked")
        PARTLY = "partly", _("some events checked")
        UNVERIFIED = "unverified", _("not checked")

    title = models.CharField(_("title"), max_length=200, help_text=_("What it does, in English."))
    authority = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="measures",
        verbose_name=_("authority"),
        help_text=_("The body that issued it."),
    )
    effect = models.CharField(
        _("effect"),
        max_length=9,
        choices=Effect,
        help_text=_("Only a measure that restricts counts as a restriction in force."),
    )
    mast = models.ForeignKey(
        MastCode, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name=_("MAST code")
    )
    legal_basis = models.TextField(_("legal basis"), help_text=_("The acts and orders it rests on."))
    summary = models.TextField(_("summary"))
    verification = models.CharField(
        _("verification"),
        max_length=10,
        choices=Verification,
        help_text=_("How many of its events rest on a consulted source."),
    )
    issuers = models.ManyToManyField(
        Country, through="MeasureIssuer", related_name="issued_measures", verbose_name=_("imposed by")
    )
    destinations = models.ManyToManyField(
        Country, through="MeasureDestination", related_name="suffered_measures", verbose_name=_("affects")
    )
    instruments = models.ManyToManyField(
        Instrument, through="MeasureInstrument", related_name="measures", verbose_name=_("instruments")
    )
    materials = models.ManyToManyField(
        Material, through="MeasureMaterial", related_name="measures", verbose_name=_("materials")
    )

    objects = MeasureQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["slug"]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(effect__in=["restricts", "relaxes", "neutral"]),
                name="measures_measure_effect_known",
            ),
            models.CheckConstraint(
                condition=Q(verification__in=["verified", "partly", "unverified"]),
                name="measures_measure_verification_known",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("measures:detail", args=[self.slug])


@track
class MeasureIssuer(models.Model):
    """A country imposes a measure."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="issuer_links")
    country = models.ForeignKey(Country, models.PROTECT, related_name="+", verbose_name=_("country"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("issuer")
        verbose_name_plural = _("issuers")
        ordering = ["measure", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["measure", "country"], name="measures_measureissuer_once")]

    def __str__(self):
        return f"{self.measure_id} {self.country_id}"


@track
class MeasureDestination(models.Model):
    """A measure is aimed at a country, or at every destination."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="destination_links")
    country = models.ForeignKey(Country, models.PROTECT, related_name="+", verbose_name=_("country"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["measure", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["measure", "country"], name="measures_measuredestination_once")]

    def __str__(self):
        return f"{self.measure_id} {self.country_id}"


@track
class MeasureInstrument(models.Model):
    """A measure uses an instrument."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="instrument_links")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+", verbose_name=_("instrument"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("instrument of a measure")
        verbose_name_plural = _("instruments of measures")
        ordering = ["measure", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "instrument"], name="measures_measureinstrument_once")
        ]

    def __str__(self):
        return f"{self.measure_id} {self.instrument_id}"


@track
class MeasureMaterial(Cited):
    """A measure reaches a material, within a scope."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="material_links")
    material = models.ForeignKey(Material, models.PROTECT, related_name="measure_links", verbose_name=_("material"))
    scope = models.TextField(
        _("scope"), null=True, blank=True, help_text=_("Grade, concentration or form that is reached.")
    )
    control_ref = models.TextField(
        _("control-list entry"), null=True, blank=True, help_text=_("Where the control list names it.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("material of a measure")
        verbose_name_plural = _("materials of measures")
        ordering = ["measure", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["measure", "material"], name="measures_measurematerial_once")]

    def __str__(self):
        return f"{self.measure_id} {self.material_id}"


@track
class MeasureRelation(Cited):
    """How one measure stands to another."""

    class Relation(models.TextChoices):
        AMENDS = "amends", _("amends")
        SUPERSEDES = "supersedes", _("supersedes")
        RETALIATES_FOR = "retaliates_for", _("retaliates for")
        IMPLEMENTS = "implements", _("implements")
        DISPUTES = "disputes", _("disputes")
        RELATED = "related", _("is related to")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="relations")
    other = models.ForeignKey(
        Measure, models.PROTECT, related_name="reverse_relations", verbose_name=_("other measure")
    )
    relation = models.CharField(_("relation"), max_length=14, choices=Relation)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("relation of measures")
        verbose_name_plural = _("relations of measures")
        ordering = ["measure", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "other", "relation"], name="measures_measurerelation_once"),
            models.CheckConstraint(
                condition=~Q(measure=F("other")),
                name="measures_measurerelation_not_to_itself",
                violation_error_message=_("A measure cannot stand in relation to itself."),
            ),
            models.CheckConstraint(
                condition=Q(
                    relation__in=[
                        "amends",
                        "supersedes",
                        "retaliates_for",
                        "implements",
                        "disputes",
                        "related",
                    ]
                ),
                name="measures_measurerelation_known",
            ),
        ]

    def __str__(self):
        return f"{self.measure_id} {self.relation} {self.other_id}"


@track
class Provision(Record):
    """A paragraph or part of a measure that runs its own course."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="provisions", verbose_name=_("measure"))
    code = models.CharField(_("code"), max_length=60, help_text=_("Id within the measure, as the data set writes it."))
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    materials = models.ManyToManyField(
        Material, through="ProvisionMaterial", related_name="provisions", verbose_name=_("materials")
    )
    destinations = models.ManyToManyField(
        Country, through="ProvisionDestination", related_name="provisions", verbose_name=_("destinations")
    )

    class Meta(Record.Meta):
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        ordering = ["measure", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["measure", "code"], name="measures_provision_code_once"),
        ]

    def __str__(self):
        return self.title


@track
class ProvisionMaterial(models.Model):
    """A provision reaches a material."""

    provision = models.ForeignKey(Provision, models.CASCADE, related_name="material_links")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name=_("material"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("material of a provision")
        verbose_name_plural = _("materials of provisions")
        ordering = ["provision", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provision", "material"], name="measures_provisionmaterial_once")
        ]

    def __str__(self):
        return f"{self.provision_id} {self.material_id}"


@track
class ProvisionDestination(models.Model):
    """A provision is aimed at a country."""

    provision = models.ForeignKey(Provision, models.CASCADE, related_name="destination_links")
    country = models.ForeignKey(Country, models.PROTECT, related_name="+", verbose_name=_("country"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("destination of a provision")
        verbose_name_plural = _("destinations of provisions")
        ordering = ["provision", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provision", "country"], name="measures_provisiondestination_once")
        ]

    def __str__(self):
        return f"{self.provision_id} {self.country_id}"


@track
class Announcement(Record):
    """A state act that brings in or changes several measures at once."""

    title = models.CharField(_("title"), max_length=200)
    country = models.ForeignKey(Country, models.PROTECT, related_name="announcements", verbose_name=_("country"))
    authority = models.ForeignKey(
        Organization, models.PROTECT, related_name="announcements", verbose_name=_("authority")
    )
    date = EDTFField(_("date"), help_text=_("Day of the act (EDTF)."))
    legal_number = models.CharField(
        _("legal number"),
        max_length=120,
        null=True,
        blank=True,
        help_text=_("Number by which the act is cited."),
    )
    measures = models.ManyToManyField(
        Measure, through="AnnouncementMeasure", related_name="announcements", verbose_name=_("measures")
    )

    class Meta(Record.Meta):
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["earliest", "slug"]
        constraints = [*Record.Meta.constraints, ordered_bounds("date")]

    def __str__(self):
        return self.title


@track
class AnnouncementMeasure(models.Model):
    """An announcement brings in or changes a measure."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="announcement_links", verbose_name=_("measure"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("measure of an announcement")
        verbose_name_plural = _("measures of announcements")
        ordering = ["announcement", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "measure"], name="measures_announcementmeasure_once")
        ]

    def __str__(self):
        return f"{self.announcement_id} {self.measure_id}"
