"""Localization programs, their phases and milestones."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models import Country, Material, Measure, Organization
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Cited, Named, Record


class Per(models.TextChoices):
    """What an amount of money is counted for."""

    PROGRAM = "program", _("for the whole program")
    PROJECT = "project", _("per project")
    YEAR = "year", _("per year")


def money_fields(prefix: str = "") -> dict[str, models.Field]:
    """Columns of an amount: number, currency, whether it is approximate, what it is counted for."""
    return {
        f"{prefix}amount": models.DecimalField(
            _("amount"),
            max_digits=20,
            decimal_places=2,
            null=True,
            blank=True,
            help_text=_("In whole units of the currency."),
        ),
        f"{prefix}currency": models.CharField(
            _("currency"), max_length=3, null=True, blank=True, help_text=_("ISO 4217 code.")
        ),
        f"{prefix}approximate": models.BooleanField(_("approximate"), default=False),
        f"{prefix}per": models.CharField(
            _("counted"),
            max_length=8,
            choices=Per,
            null=True,
            blank=True,
            help_text=_("What the amount is counted for; empty when not said."),
        ),
    }


def money_constraints(prefix: str = "") -> list[models.CheckConstraint]:
    """An amount has a currency, and both are of known form."""
    amount, currency, per = f"{prefix}amount", f"{prefix}currency", f"{prefix}per"
    return [
        models.CheckConstraint(
            condition=Q(**{f"{amount}__isnull": True}) | Q(**{f"{currency}__isnull": False, f"{amount}__gte": 0}),
            name=f"%(app_label)s_%(class)s_{amount}_in_currency",
            violation_error_message=_("An amount needs its currency and is not negative."),
        ),
        models.CheckConstraint(
            condition=Q(**{f"{currency}__isnull": True}) | Q(**{f"{currency}__regex": r"^[A-Z]{3}$"}),
            name=f"%(app_label)s_%(class)s_{currency}_form",
        ),
        models.CheckConstraint(
            condition=Q(**{f"{per}__isnull": True}) | Q(**{f"{per}__in": ["program", "project", "year"]}),
            name=f"%(app_label)s_%(class)s_{per}_known",
        ),
    ]


@track
class Program(Named, Record):
    """A localization program that responds to measures."""

    facts = ("summary", "budget")

    title = models.CharField(_("title"), max_length=200, help_text=_("Title in English."))
    country = models.ForeignKey(Country, models.PROTECT, related_name="programs", verbose_name=_("country"))
    lead = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="led_programs",
        verbose_name=_("lead"),
        help_text=_("The body that leads it."),
    )
    technology_scope = models.TextField(
        _("technology scope"), null=True, blank=True, help_text=_("The technologies it is about.")
    )
    summary = models.TextField(_("summary"))
    verification = models.CharField(
        _("verification"),
        max_length=10,
        choices=Measure.Verification,
        help_text=_("How many of its facts rest on a consulted source."),
    )
    vars().update(money_fields("budget_"))
    budget_note = models.TextField(
        _("budget note"), null=True, blank=True, help_text=_("What the amount covers, or why there is none.")
    )
    partners = models.ManyToManyField(
        Organization, through="ProgramPartner", related_name="partnered_programs", verbose_name=_("partners")
    )
    responds_to = models.ManyToManyField(
        Measure, through="ProgramMeasure", related_name="programs", verbose_name=_("responds to")
    )
    materials = models.ManyToManyField(
        Material, through="ProgramMaterial", related_name="programs", verbose_name=_("materials")
    )

    class Meta(Record.Meta):
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["slug"]
        constraints = [
            *Record.Meta.constraints,
            *money_constraints("budget_"),
            models.CheckConstraint(
                condition=Q(verification__in=["verified", "partly", "unverified"]),
                name="programs_program_verification_known",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def budget_citations(self) -> list:
        """Where the budget has sources of its own, only those."""
        carrying = self.footing("budget")
        return [citation for citation in carrying if citation.field] or carrying

    def get_absolute_url(self) -> str:
        return reverse("programs:detail", args=[self.slug])


@track
class ProgramPartner(Cited):
    """An organization takes part in a program in some role."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="partner_links")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="partner_links", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["program", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["program", "organization", "role"], name="programs_programpartner_once")
        ]

    def __str__(self):
        return self.role


@track
class ProgramMeasure(models.Model):
    """A program responds to a measure."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="program_links", verbose_name=_("measure"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("measure answered")
        verbose_name_plural = _("measures answered")
        ordering = ["program", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "measure"], name="programs_programmeasure_once")]

    def __str__(self):
        return f"{self.program_id} {self.measure_id}"


@track
class ProgramMaterial(models.Model):
    """A program is about a material."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="material_links")
    material = models.ForeignKey(Material, models.PROTECT, related_name="program_links", verbose_name=_("material"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("material of a program")
        verbose_name_plural = _("materials of programs")
        ordering = ["program", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "material"], name="programs_programmaterial_once")]

    def __str__(self):
        return f"{self.program_id} {self.material_id}"


@track
class Phase(Record):
    """A stage of a program."""

    class Horizon(models.TextChoices):
        SHORT = "short", _("short term")
        MEDIUM = "medium", _("medium term")
        LONG = "long", _("long term")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        STARTED = "started", _("started")
        RUNNING = "running", _("running")
        IN_FORCE = "in_force", _("in force")
        ENDED = "ended", _("ended")
        UNKNOWN = "unknown", _("unknown")

    program = models.ForeignKey(Program, models.CASCADE, related_name="phases", verbose_name=_("program"))
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    horizons = ArrayField(
        models.CharField(max_length=6, choices=Horizon),
        verbose_name=_("horizons"),
        default=list,
        blank=True,
        help_text=_("Short, medium, long; several are allowed."),
    )
    objective = models.TextField(_("objective"), help_text=_("What the phase is to reach."))
    planned = EDTFField(_("planned"), null=True, blank=True, help_text=_("Period as planned (EDTF interval)."))
    actual = EDTFField(
        _("actual"),
        null=True,
        blank=True,
        help_text=_("Period in which sources see it at work (EDTF interval)."),
    )
    status = models.CharField(_("status"), max_length=8, choices=Status)

    class Meta(Record.Meta):
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["program", "number"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("planned"),
            ordered_bounds("actual"),
            models.UniqueConstraint(fields=["program", "number"], name="programs_phase_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "started", "running", "in_force", "ended", "unknown"]),
                name="programs_phase_status_known",
            ),
            models.CheckConstraint(
                condition=Q(horizons__contained_by=["short", "medium", "long"]),
                name="programs_phase_horizons_known",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def horizon_labels(self) -> list[str]:
        return [self.Horizon(horizon).label for horizon in self.horizons]


@track
class Milestone(Record):
    """A dated aim of a phase."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACHIEVED = "achieved", _("achieved")
        MISSED = "missed", _("missed")
        UNKNOWN = "unknown", _("unknown")

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="milestones", verbose_name=_("phase"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200)
    expected = EDTFField(_("expected"), null=True, blank=True, help_text=_("When it was to be reached (EDTF)."))
    wording = models.CharField(
        _("wording"),
        max_length=120,
        null=True,
        blank=True,
        help_text=_("The date as it was announced: “soon”, “August next year”."),
    )
    said_on = EDTFField(
        _("said on"), null=True, blank=True, help_text=_("Day that the wording is read against (EDTF).")
    )
    actual = EDTFField(_("actual"), null=True, blank=True, help_text=_("When it was reached (EDTF)."))
    status = models.CharField(
        _("status"), max_length=8, choices=Status, help_text=_("As recorded; overdue is derived.")
    )
    description = models.TextField(_("description"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["phase", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("expected"),
            ordered_bounds("said_on"),
            ordered_bounds("actual"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "achieved", "missed", "unknown"]),
                name="programs_milestone_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="achieved") | Q(actual__isnull=False),
                name="programs_milestone_achieved_when",
                violation_error_message=_("An achieved milestone says when it was reached."),
            ),
        ]

    def __str__(self):
        return self.title

    def is_overdue(self, on) -> bool:
        """Its latest expected day has passed and nothing tells that it was reached or given up."""
        return (
            self.status in (self.Status.PLANNED, self.Status.UNKNOWN)
            and self.actual is None
            and self.expected_latest is not None
            and self.expected_latest < on
        )

    def state_on(self, on) -> str:
        """What a reader on that day could say of it: one of the statuses, or "overdue".

        What was reached later, or may have been, was still planned, or overdue, on that day.
        """
        reached_on = self.actual_start_latest or self.actual_earliest
        if reached_on is not None and reached_on > on:
            late = self.expected_latest is not None and self.expected_latest < on
            return "overdue" if late else self.Status.PLANNED
        if self.status == self.Status.MISSED and self.expected_latest is not None and self.expected_latest >= on:
            return self.Status.PLANNED
        return "overdue" if self.is_overdue(on) else self.status


@track
class Statement(Record):
    """What a named or described official said, when, in which medium."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="statements", verbose_name=_("program"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    date = EDTFField(_("date"), help_text=_("When it was said (EDTF)."))
    speaker = models.CharField(
        _("speaker"),
        max_length=120,
        help_text=_("Name and office, or the description that the source gives."),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("organization"),
    )
    medium = models.CharField(_("medium"), max_length=120, help_text=_("Where it was said."))
    said = models.TextField(_("said"), help_text=_("In our own words."))
    quote = models.CharField(
        _("quote"),
        max_length=400,
        null=True,
        blank=True,
        help_text=_("At most 25 words as they were said or printed."),
    )

    class Meta(Record.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["program", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("date"),
            models.CheckConstraint(
                condition=Q(quote=None) | ~Q(quote__regex=r"^\s*(\S+\s+){25}\S"),
                name="programs_statement_quote_short",
                violation_error_message=_("A quote has at most 25 words."),
            ),
        ]

    def __str__(self):
        return f"{self.speaker}: {self.said}"


@track
class Effect(Record):
    """What an industry met with after a measure."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="effects", verbose_name=_("program"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    sector = models.CharField(_("sector"), max_length=120)
    effect = models.TextField(_("effect"))
    date = EDTFField(_("date"), help_text=_("When (EDTF)."))

    class Meta(Record.Meta):
        verbose_name = _("effect on an industry")
        verbose_name_plural = _("effects on industries")
        ordering = ["program", "position", "pk"]
        constraints = [*Record.Meta.constraints, ordered_bounds("date")]

    def __str__(self):
        return f"{self.sector}: {self.effect}"
