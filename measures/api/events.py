"""Events of measures in the API."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from measures.filters import EventFilter
from measures.models import (
    EventMaterial,
    MeasureEvent,
)
from records.api import (
    SLUG_OR_NULL,
    CitedSerializer,
    CodesField,
    LinkField,
    RecordSerializer,
    RecordViewSet,
    SourceSerializer,
    is_visible,
    slugs,
)


class EventSerializer(CitedSerializer, RecordSerializer):
    provision = serializers.SerializerMethodField(help_text="Code of the provision; null for the measure as a whole.")
    materials = CodesField(
        source="scope", help_text="The materials it concerns; none listed means all of the measure's."
    )

    class Meta:
        model = MeasureEvent
        fields = [
            "id",
            "state",
            "kind",
            "date",
            "earliest",
            "start_latest",
            "end_earliest",
            "latest",
            "order",
            "provision",
            "materials",
            "title",
            "description",
            "quote",
            "until",
            "until_earliest",
            "until_latest",
            "then",
            "planned",
            "overtaken_by",
            "background",
            "sources",
            "citations",
        ]

    @extend_schema_field(SLUG_OR_NULL)
    def get_provision(self, event):
        return event.provision.code if is_visible(event.provision) else None


class MeasureEventSerializer(EventSerializer):
    measure = LinkField()

    class Meta(EventSerializer.Meta):
        fields = ["id", "state", "measure", *EventSerializer.Meta.fields[2:]]


class EventDetailSerializer(MeasureEventSerializer):
    bibliography = SourceSerializer(many=True, help_text="Every source that is cited above, once.")

    class Meta(MeasureEventSerializer.Meta):
        fields = [*MeasureEventSerializer.Meta.fields, "bibliography"]


def with_scope(events):
    """Events with the materials and the provision they are scoped to."""
    return events.select_related("provision").annotate(scope=slugs(EventMaterial, "event", "material"))


class EventViewSet(RecordViewSet):
    """The dated life of measures, oldest first."""

    filterset_class = EventFilter
    serializer_class = EventDetailSerializer
    row_serializer_class = MeasureEventSerializer
    ordering = ("earliest", "order", "slug")

    def for_list(self, queryset):
        scope = {"scope": slugs(EventMaterial, "event", "material")}
        return self.reading(queryset, {"provision": "provision", "measure": "measure", "materials": scope})

    def prepare(self, events):
        sources = self.footing({("sources", "citations"): events})
        if self.action == "retrieve":
            for event in events:
                event.bibliography = sources
