"""The list of measures, as its address asks for it."""

from urllib.parse import urlencode

from django.db.models import F, Prefetch
from django.db.models.functions import Lower
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from measures import status
from measures.filters import MeasureFilter
from measures.filters.days import BRINGS_IN, own_events, with_day
from measures.filters.provenance import marked
from measures.models import (
    Material,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
)
from records import naming
from records.clocks import PARAMETERS as CLOCKS
from records.columns import PARAMETERS, Arrangement, arrangement, keep
from records.facets import named
from records.lists import FilteredList
from records.parameters import UNKNOWN
from records.queries import BadQuery
from records.views import cited

STARTS = (MeasureEvent.Kind.EFFECTIVE, MeasureEvent.Kind.CONFIRMED)
# How many of the materials of a measure a list names; some have dozens.
SHOWN_MATERIALS = 2
NEWEST, BY_TITLE = "newest", "title"


class MeasureList(FilteredList):
    """Measures, the newest announced first."""

    filter_class = MeasureFilter
    address = "measures:list"
    feed = "measures:feed"
    template_name = "measures/measure_list.html"
    context_object_name = "measures"
    also, repeated = ("page", *PARAMETERS), ("columns",)
    exports = {"measures": "pk", "events": "measure"}
    orders = {
        NEWEST: (F("announced_on").desc(nulls_last=True), "pk"),
        BY_TITLE: (Lower("title"), "slug"),
    }

    columns = {
        "sides": gettext_lazy("From → against"),
        "instrument": gettext_lazy("Instrument"),
        "announced": gettext_lazy("Announced"),
        "status": gettext_lazy("Status"),
        "authority": gettext_lazy("Authority"),
        "legal_basis": gettext_lazy("Legal basis"),
        "effect": gettext_lazy("Effect"),
        "verification": gettext_lazy("Verification"),
    }
    usual = Arrangement(("sides", "instrument", "announced", "status"), NEWEST)
    cookie = "measures"

    @cached_property
    def arrangement(self) -> Arrangement:
        return arrangement(self.request, self.cookie, self.columns, self.usual, self.orders)

    def get(self, request, *args, **kwargs):
        if request.GET.get("keep"):
            if self.filterset.problems:
                raise BadQuery(self.filterset.problems)
            # What is kept need not stand in the address any more.
            address = request.GET.copy()
            for name in PARAMETERS:
                address.pop(name, None)
            return keep(HttpResponseRedirect(f"?{address.urlencode()}"), request, self.cookie, self.arrangement)
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        shown = own_events().filter(kind__in=(*BRINGS_IN, *STARTS)).order_by(F("earliest").asc(nulls_last=True))
        named = MeasureMaterial.objects.filter(material__in=Material.objects.published())
        authority = ["authority"] if "authority" in self.arrangement.columns else []
        first_materials = named.select_related("material")[:SHOWN_MATERIALS]
        return (
            with_day(marked(super().get_queryset(), measure=MeasureEvent))
            .prefetch_related(
                Prefetch("issuer_links", MeasureIssuer.objects.select_related("country")),
                Prefetch("destination_links", MeasureDestination.objects.select_related("country")),
                Prefetch("instrument_links", MeasureInstrument.objects.select_related("instrument")),
                Prefetch("material_links", first_materials, to_attr="first_links"),
                Prefetch("events", shown.prefetch_related(cited())),
                *authority,
            )
            .order_by(*self.orders[self.arrangement.sort])
        )

    @property
    def is_newest_first(self):
        return self.arrangement.sort == NEWEST

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        measures = list(context["measures"])
        rows = status.rows_on(measures, self.request.clocks.on)
        for measure in measures:
            events = list(measure.events.all())
            measure.announced = next((event for event in events if event.kind in BRINGS_IN), None)
            measure.started = next((event for event in events if event.kind in STARTS), None)
            measure.groups = status.grouped(rows[measure.pk])
            measure.first_materials = [link.material for link in measure.first_links]
            listed = {row.material for row in rows[measure.pk]} - {None}
            measure.more_materials = len(listed - set(measure.first_materials))
        materials = [material for measure in measures for material in measure.first_materials]
        listed = [row.material for measure in measures for row in rows[measure.pk]]
        authorities = [measure.authority for measure in measures if "authority" in self.arrangement.columns]
        naming.fetch(measures, materials, listed, authorities, named(context["facets"]))
        given = [(name, value) for name, values in self.request.GET.lists() for value in values if value]
        return context | {
            "measures": measures,
            "possible": self.possible,
            "sort": self.arrangement.sort,
            "columns": [(name, self.columns[name]) for name in self.arrangement.columns],
            "choices": [(name, label, name in self.arrangement.columns) for name, label in self.columns.items()],
            "arranged": [(name, value) for name, value in given if name in PARAMETERS],
            "charts_url": f"{reverse('measures:charts')}{self.filters_query()}",
            "address": [(name, value) for name, value in given if name not in ("page", *PARAMETERS)],
        }

    def filters_query(self) -> str:
        """The filters and the clocks of the address, for another page that takes them."""
        kept = (*self.filterset.filters, *CLOCKS)
        given = [(name, value) for name in kept for value in self.request.GET.getlist(name) if value.strip()]
        return f"?{urlencode(given, safe=':')}" if given else ""

    @cached_property
    def possible(self) -> int:
        """How many of the measures found have one of the statuses asked for only possibly."""
        wanted = [value for value in self.filterset.values["status"] if value != UNKNOWN]
        if not wanted:
            return 0
        if self.at_hand:
            return self.at_hand.possible("status", wanted)
        periods = self.filterset.periods().filter(status__in=wanted)
        found = self.filterset.checked.filter(pk__in=periods.filter(holds=False).values("measure"))
        return found.exclude(pk__in=periods.filter(holds=True).values("measure")).count()
