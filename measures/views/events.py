"""The list of events: what happened to measures, or is to happen, whichever measure it belongs to."""

from django.db.models import F, Prefetch

from measures.filters import EventFilter
from measures.filters.provenance import marked
from measures.models import EventMaterial, Material, Measure
from measures.views.lines import ROLES
from measures.views.materials import with_sides
from records import naming
from records.facets import named
from records.lists import FilteredList
from records.views import cited


class EventList(FilteredList):
    """Events of measures, the newest first; what began nobody knows when comes last."""

    filter_class = EventFilter
    address = "measures:event_list"
    feed = "measures:event_feed"
    exports = {"events": "pk"}
    template_name = "measures/event_list.html"
    context_object_name = "events"

    def get_queryset(self):
        materials = EventMaterial.objects.filter(material__in=Material.objects.readable()).select_related("material")
        return (
            marked(super().get_queryset())
            .prefetch_related(
                Prefetch("measure", with_sides(Measure.objects.all())),
                Prefetch("material_links", materials),
                cited(),
            )
            .order_by(F("earliest").desc(nulls_last=True), F("order").desc(nulls_last=True), "-position", "slug")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        events = list(context["events"])
        for event in events:
            event.role = "background" if event.background else event.kind
            event.role_label = ROLES[event.role]
            event.named = [link.material for link in event.material_links.all()]
        naming.fetch(
            (event.measure for event in events),
            (material for event in events for material in event.named),
            named(context["facets"]),
        )
        return context | {"events": events}
