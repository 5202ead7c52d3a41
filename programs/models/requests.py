"""What ministries ask of institutes, what comes back, and where it flows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.models import Organization
from programs.models.programs import Milestone, Phase, Program
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Record


@track
class Directive(Record):
    """A request by a ministry to institutes for a contribution."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="directives", verbose_name=_("program"))
    phase = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="directives", verbose_name=_("phase")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    issued_by = models.ForeignKey(Organization, models.PROTECT, related_name="directives", verbose_name=_("issued by"))
    title = models.CharField(_("title"), max_length=200)
    date = EDTFField(_("date"), help_text=_("When it was issued (EDTF)."))
    due = EDTFField(_("due"), null=True, blank=True, help_text=_("When the answers are due (EDTF)."))
    addressees = models.ManyToManyField(
        Organization,
        through="DirectiveAddressee",
        related_name="directives_received",
        verbose_name=_("addressees"),
    )
    council = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="directives_to_members",
        verbose_name=_("council"),
        help_text=_("The council whose institutes are asked, where they are not named."),
    )
    count = models.PositiveSmallIntegerField(
        _("asked"), null=True, blank=True, help_text=_("How many bodies were asked.")
    )
    asks = models.TextField(_("asks"), help_text=_("What they are asked for."))

    class Meta(Record.Meta):
        verbose_name = _("directive")
        verbose_name_plural = _("directives")
        ordering = ["program", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("date"),
            ordered_bounds("due"),
            models.CheckConstraint(
                condition=Q(count=None) | Q(count__gt=0),
                name="programs_directive_count_positive",
                violation_error_message=_("The number of bodies asked is at least one."),
            ),
        ]

    def __str__(self):
        return self.title


@track
class DirectiveAddressee(models.Model):
    """An organization is asked by name."""

    directive = models.ForeignKey(Directive, models.CASCADE, related_name="addressee_links")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering = ["directive", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["directive", "organization"], name="programs_directiveaddressee_once")
        ]

    def __str__(self):
        return f"{self.directive_id} {self.organization_id}"


@track
class Response(Record):
    """What an addressee, named or not, did about a directive or on its own account."""

    class Action(models.TextChoices):
        PROJECT_TEAM = "project_team", _("project team formed")
        PLAN_SUBMITTED = "plan_submitted", _("plan submitted")
        PROPOSAL = "proposal", _("proposal")
        COMMITTEE = "committee", _("committee formed")
        ADVISORY_TEAM = "advisory_team", _("advisory team formed")
        STATEMENT = "statement", _("statement")
        OTHER = "other", _("other")

    program = models.ForeignKey(Program, models.CASCADE, related_name="responses", verbose_name=_("program"))
    directive = models.ForeignKey(
        Directive,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("directive"),
        help_text=_("The request it answers, where it answers one."),
    )
    phase = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("phase")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("organization"),
    )
    actor = models.CharField(
        _("actor in words"),
        max_length=120,
        null=True,
        blank=True,
        help_text=_("As the source describes it, where the body is not named."),
    )
    action = models.CharField(_("action"), max_length=14, choices=Action)
    title = models.CharField(_("title"), max_length=200)
    date = EDTFField(_("date"), help_text=_("When (EDTF)."))
    description = models.TextField(_("description"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["program", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            ordered_bounds("date"),
            models.CheckConstraint(
                condition=Q(organization=None, actor__isnull=False) | Q(organization__isnull=False, actor=None),
                name="programs_response_one_actor",
                violation_error_message=_("Name the actor once: a recorded body, or words for one that is not named."),
            ),
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        "project_team",
                        "plan_submitted",
                        "proposal",
                        "committee",
                        "advisory_team",
                        "statement",
                        "other",
                    ]
                ),
                name="programs_response_action_known",
            ),
        ]

    def __str__(self):
        return self.title


@track
class Survey(Record):
    """A demand survey."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="surveys", verbose_name=_("program"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    conducted_by = models.ForeignKey(
        Organization, models.PROTECT, related_name="surveys", verbose_name=_("conducted by")
    )
    title = models.CharField(_("title"), max_length=200)
    period = EDTFField(_("period"), help_text=_("When it ran (EDTF interval)."))
    purpose = models.TextField(_("purpose"))

    class Meta(Record.Meta):
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["program", "position", "pk"]
        constraints = [*Record.Meta.constraints, ordered_bounds("period")]

    def __str__(self):
        return self.title


@track
class SurveyFeed(models.Model):
    """A survey feeds a milestone or a phase."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="feeds")
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="fed_by", verbose_name=_("milestone")
    )
    phase = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="fed_by", verbose_name=_("phase")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("use of a survey")
        verbose_name_plural = _("uses of surveys")
        ordering = ["survey", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "milestone", "phase"], name="programs_surveyfeed_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(milestone=None, phase__isnull=False) | Q(milestone__isnull=False, phase=None),
                name="programs_surveyfeed_one_use",
                violation_error_message=_("A survey feeds either a milestone or a phase."),
            ),
        ]

    def __str__(self):
        return f"{self.survey_id} {self.milestone_id or self.phase_id}"


@track
class Integration(Record):
    """Contributions are merged into a milestone."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="integrations", verbose_name=_("program"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    into = models.ForeignKey(Milestone, models.PROTECT, related_name="integrations", verbose_name=_("into"))
    description = models.TextField(_("description"))

    class Meta(Record.Meta):
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        ordering = ["program", "position", "pk"]
        constraints = Record.Meta.constraints

    def __str__(self):
        return self.description


@track
class IntegrationInput(models.Model):
    """A survey, a response or a directive is merged."""

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="inputs")
    survey = models.ForeignKey(
        Survey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("survey")
    )
    response = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("response")
    )
    directive = models.ForeignKey(
        Directive, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("directive")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("input of an integration")
        verbose_name_plural = _("inputs of integrations")
        ordering = ["integration", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(survey__isnull=False, response=None, directive=None)
                | Q(survey=None, response__isnull=False, directive=None)
                | Q(survey=None, response=None, directive__isnull=False),
                name="programs_integrationinput_one",
                violation_error_message=_("One input is one survey, response or directive."),
            ),
            models.UniqueConstraint(
                fields=["integration", "survey", "response", "directive"],
                name="programs_integrationinput_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return str(self.survey or self.response or self.directive)
