"""Funded work, and what such work usually takes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from measures.models import Material, Organization
from programs.models.programs import Phase, Program, money_constraints, money_fields
from records.fields import EDTFField, ordered_bounds
from records.history import track
from records.models import Record


def years_fields() -> dict[str, models.Field]:
    """Columns of a duration in years, as a range."""
    return {
        "years_min": models.PositiveSmallIntegerField(_("years, at least"), null=True, blank=True),
        "years_max": models.PositiveSmallIntegerField(_("years, at most"), null=True, blank=True),
    }


def years_constraint() -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(years_min=None, years_max=None)
        | Q(years_min__isnull=False, years_max__isnull=False, years_min__lte=F("years_max")),
        name="%(app_label)s_%(class)s_years_paired",
        violation_error_message=_("Give both years or neither, the smaller one first."),
    )


@track
class Project(Record):
    """A funded piece of work or a designated body; a row may stand for several of which only the number is known."""

    facts = ("", "budget")
    # The kinds of the shipped data that are words, for catalogs to translate; editors may choose others.
    KINDS = (
        gettext_noop("core materials group"),
        gettext_noop("research group"),
        gettext_noop("future technology lab"),
    )

    class Status(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        SELECTED = "selected", _("selected")
        DESIGNATED = "designated", _("designated")
        RUNNING = "running", _("running")
        DELAYED = "delayed", _("delayed")
        COMPLETED = "completed", _("completed")

    program = models.ForeignKey(Program, models.CASCADE, related_name="projects", verbose_name=_("program"))
    phase = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("phase")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(
        _("kind"),
        max_length=60,
        null=True,
        blank=True,
        help_text=_("As the program calls it, such as N-LAB."),
    )
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("material")
    )
    period = EDTFField(_("period"), null=True, blank=True, help_text=_("When it runs (EDTF interval)."))
    vars().update(years_fields())
    vars().update(money_fields("budget_"))
    budget_note = models.TextField(_("budget note"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        _("stands for"),
        null=True,
        blank=True,
        help_text=_("How many projects the row stands for; empty counts as one."),
    )
    unnamed = models.BooleanField(_("unnamed"), default=False, help_text=_("Only the number is known."))
    status = models.CharField(_("status"), max_length=10, choices=Status)
    outcome = models.TextField(_("outcome"), null=True, blank=True)
    organizations = models.ManyToManyField(
        Organization, through="ProjectPerformer", related_name="projects", verbose_name=_("performers")
    )

    class Meta(Record.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["program", "position", "pk"]
        constraints = [
            *Record.Meta.constraints,
            *money_constraints("budget_"),
            ordered_bounds("period"),
            years_constraint(),
            models.CheckConstraint(
                condition=Q(count=None) | Q(count__gt=0),
                name="programs_project_count_positive",
                violation_error_message=_("A row stands for at least one project."),
            ),
            models.CheckConstraint(
                condition=Q(unnamed=False) | Q(count__isnull=False),
                name="programs_project_unnamed_counted",
                violation_error_message=_("Where only the number is known, say how many the row stands for."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["announced", "selected", "designated", "running", "delayed", "completed"]),
                name="programs_project_status_known",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def stands_for(self) -> int:
        return 1 if self.count is None else self.count


@track
class ProjectPerformer(models.Model):
    """Who performs a project: a recorded organization, or one in words."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="performers")
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="performer_links",
        verbose_name=_("organization"),
    )
    name = models.CharField(
        _("name in words"),
        max_length=200,
        null=True,
        blank=True,
        help_text=_("Where it is no recorded organization."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("performer")
        verbose_name_plural = _("performers")
        ordering = ["project", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organization=None, name__isnull=False) | Q(organization__isnull=False, name=None),
                name="programs_projectperformer_one",
                violation_error_message=_("Name the performer once: a recorded organization, or words."),
            ),
            models.UniqueConstraint(
                fields=["project", "organization", "name"],
                name="programs_projectperformer_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return self.name or str(self.organization)


@track
class ProjectNorm(Record):
    """A typical duration and cost of projects."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="norms", verbose_name=_("program"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    vars().update(years_fields())
    vars().update(money_fields())
    wording = models.CharField(_("wording"), max_length=200, help_text=_("As the source puts it."))
    description = models.TextField(_("description"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("project norm")
        verbose_name_plural = _("project norms")
        ordering = ["program", "position", "pk"]
        constraints = [*Record.Meta.constraints, *money_constraints(), years_constraint()]

    def __str__(self):
        return self.wording
