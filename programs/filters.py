"""What the list of programs can be filtered by, on pages and in the API alike."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.filters import COUNTRIES, MeasureFilter
from measures.filters.provenance import DisputedFilter, UncitedFilter
from measures.filters.reach import ReachFilter
from measures.models import Measure, Organization
from programs.models import Indicator, Program, ProgramMaterial, ProgramPartner, Project
from records.filters import (
    ChoicesFilter,
    LinkedRowsFilter,
    OccurringFilter,
    RowsFilter,
    SearchFilter,
    linked,
)
from records.filtersets import RecordFilterSet


class AuthorityFilter(RowsFilter):
    """Programs that an organization leads or is a partner of."""

    def narrowed(self, queryset, value):
        organizations = [row.pk for row in value.values()]
        partners = linked(Program, "partner_links").filter(organization__in=organizations)
        return queryset.filter(Q(lead__in=organizations) | Q(pk__in=partners))

    def pairs(self):
        partners = ProgramPartner.objects.filter(organization__isnull=False)
        return [
            self.pairs_through(Program.objects.all(), "pk", "lead"),
            self.pairs_through(partners, "program_id", "organization"),
        ]


class ProgramMaterialFilter(ReachFilter):
    """Programs about a material, something narrower or something broader."""

    links = (ProgramMaterial, "program", "material")


class ProgramFilter(RecordFilterSet):
    """The list of programs."""

    q = SearchFilter(kind="program", label=_("Words"))
    country = ChoicesFilter("country", choices=COUNTRIES, label=_("Country"))
    authority = AuthorityFilter(rows=Organization.objects.published, label=_("Lead or partner"))
    measure = LinkedRowsFilter("measure_links", to="measure", rows=Measure.objects.published, label=_("Responds to"))
    material = ProgramMaterialFilter(label=_("Material"))
    verification = ChoicesFilter("verification", choices=Measure.Verification, label=_("Verification"))
    disputed = DisputedFilter(program=Indicator)
    uncited = UncitedFilter()
    facets = ("country", "measure", "material", "authority", "verification", "disputed", "uncited")

    class Meta:
        model = Program
        fields = []


class ProjectMaterialFilter(ReachFilter):
    """Projects on a material, something narrower or something broader."""

    links = (Project, "pk", "material")


class ProjectFilter(RecordFilterSet):
    """The list of projects."""

    q = SearchFilter(kind="project", label=_("Words"))
    program = RowsFilter("program", rows=Program.objects.published, label=_("Program"))
    institute = LinkedRowsFilter(
        "performers", to="organization", rows=Organization.objects.published, label=_("Performer")
    )
    material = ProjectMaterialFilter(label=_("Material"))
    kind = OccurringFilter("kind", label=_("Kind"))
    status = ChoicesFilter("status", choices=Project.Status, label=_("Status"))
    disputed = DisputedFilter()
    uncited = UncitedFilter()
    facets = ("program", "institute", "material", "kind", "status", "disputed", "uncited")

    class Meta:
        model = Project
        fields = []

    @classmethod
    def visible(cls):
        """A withdrawn program says nothing any more, nor do its projects."""
        return super().visible().filter(program__in=Program.objects.readable().values("pk"))


# Measures can be looked for by what answers them, which they know nothing of themselves.
MeasureFilter.join(
    "program",
    LinkedRowsFilter("program_links", to="program", rows=Program.objects.published, label=_("Answered by")),
    after="authority",
)
