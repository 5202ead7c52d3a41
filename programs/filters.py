"""What the list of programs can be filtered by, on pages and in the API alike."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.filters import COUNTRIES, DisputedFilter, ReachFilter
from measures.models import Measure, Organization
from programs.models import Indicator, Program
from records.filters import ChoicesFilter, RecordFilterSet, RowsFilter, SearchFilter, linked


class MeasureAnsweredFilter(RowsFilter):
    """Programs that respond to a measure."""

    def narrowed(self, queryset, value):
        measures = [row.pk for row in value.values()]
        return queryset.filter(pk__in=linked(Program, "measure_links").filter(measure__in=measures))


class AuthorityFilter(RowsFilter):
    """Programs that an organization leads or is a partner of."""

    def narrowed(self, queryset, value):
        organizations = [row.pk for row in value.values()]
        partners = linked(Program, "partner_links").filter(organization__in=organizations)
        return queryset.filter(Q(lead__in=organizations) | Q(pk__in=partners))


class ProgramMaterialFilter(ReachFilter):
    """Programs about a material, something narrower or something broader."""

    links_of = Program


class ProgramFilter(RecordFilterSet):
    """The list of programs."""

    q = SearchFilter(kind="program", label=_("Words"))
    country = ChoicesFilter("country", choices=COUNTRIES, label=_("Country"))
    authority = AuthorityFilter(rows=Organization.objects.published, label=_("Lead or partner"))
    measure = MeasureAnsweredFilter(rows=Measure.objects.published, label=_("Responds to"))
    material = ProgramMaterialFilter(label=_("Material"))
    verification = ChoicesFilter("verification", choices=Measure.Verification, label=_("Verification"))
    disputed = DisputedFilter(program=Indicator)

    class Meta:
        model = Program
        fields = []
