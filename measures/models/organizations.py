"""Countries and the bodies that act."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from records.history import track
from records.models import Named, Record, RecordQuerySet


class Country(models.Model):
    """A country by its ISO 3166-1 alpha-2 code, the European Union (EU), or every destination (ALL)."""

    ALL = "ALL"

    code = models.CharField(
        _("code"),
        max_length=3,
        primary_key=True,
        help_text=_("ISO 3166-1 alpha-2, EU, or ALL for every destination."),
    )
    english_name = models.CharField(
        _("English name"),
        max_length=100,
        help_text=_("For sorting; pages show the name in the reader's language."),
    )

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["english_name", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^([A-Z]{2}|ALL)$"), name="measures_country_code_form")
        ]

    def __str__(self):
        return str(self.name)

    def clean(self):
        if self.code != self.ALL and self.code not in dict(countries):
            raise ValidationError({"code": _("No country has this code, and readers could not filter by it.")})

    @property
    def name(self):
        """Name in the active language."""
        if self.code == self.ALL:
            return _("every destination")
        return countries.name(self.code) or self.english_name


class OrganizationQuerySet(RecordQuerySet):
    def ministries(self):
        return self.filter(kind__in=Organization.STATE_KINDS)

    def institutes(self):
        return self.exclude(kind__in=Organization.STATE_KINDS)


@track
class Organization(Named, Record):
    """A body that acts: it issues measures, leads programs, is asked, answers, performs."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("ministry")
        AGENCY = "agency", _("agency")
        COMMITTEE = "committee", _("committee")
        OFFICE = "office", _("office")
        RESEARCH_INSTITUTE = "government_research_institute", _("government research institute")
        RESEARCH_COUNCIL = "research_council", _("research council")
        FUNDING_AGENCY = "funding_agency", _("funding agency")
        UNIVERSITY = "university", _("university")
        ASSOCIATION = "association", _("association")
        COMPANY = "company", _("company")

    STATE_KINDS = (Kind.MINISTRY, Kind.AGENCY, Kind.COMMITTEE, Kind.OFFICE)

    country = models.ForeignKey(Country, models.PROTECT, related_name="organizations", verbose_name=_("country"))
    name = models.CharField(_("name"), max_length=200, help_text=_("Name in English."))
    abbreviation = models.CharField(
        _("abbreviation"),
        max_length=20,
        null=True,
        blank=True,
        help_text=_("Short name by which it is usually cited."),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, help_text=_("What sort of body it is."))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
        help_text=_("The body it belongs to."),
    )
    field = models.CharField(_("field"), max_length=200, null=True, blank=True, help_text=_("What it works on."))
    website = models.URLField(_("website"), null=True, blank=True)

    merges = True

    objects = OrganizationQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "slug"]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "ministry",
                        "agency",
                        "committee",
                        "office",
                        "government_research_institute",
                        "research_council",
                        "funding_agency",
                        "university",
                        "association",
                        "company",
                    ]
                ),
                name="measures_organization_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="measures_organization_not_in_itself",
                violation_error_message=_("A record cannot be part of itself."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("measures:organization_detail", args=[self.slug])

    @property
    def short_name(self) -> str:
        return self.abbreviation or self.name


class MinistryManager(models.Manager.from_queryset(OrganizationQuerySet)):
    def get_queryset(self):
        return super().get_queryset().ministries()


class Ministry(Organization):
    """A ministry, agency, committee or office of a state."""

    objects = MinistryManager()

    class Meta:
        proxy = True
        verbose_name = _("ministry")
        verbose_name_plural = _("ministries")
