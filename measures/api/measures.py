"""Measures in the API."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, Q
from rest_framework import serializers

from measures import status
from measures.api.disputes import DisputedFactSerializer, disputed_facts
from measures.api.events import EventSerializer, with_scope
from measures.filters import MeasureFilter
from measures.models import (
    Announcement,
    Claim,
    Material,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    MeasureRelation,
    Provision,
    ProvisionDestination,
    ProvisionMaterial,
    Status,
)
from records.api import (
    CitedSerializer,
    CodesField,
    LinkField,
    NameSerializer,
    ReadOnlySerializer,
    RecordSerializer,
    RecordViewSet,
    SlugField,
    SourceSerializer,
    is_visible,
    published,
    slugs,
)


class StatusSerializer(ReadOnlySerializer):
    """The status of one measure, provision and material on the day that was asked about."""

    material = serializers.CharField(
        source="material.slug", allow_null=True, help_text="Null where the measure lists no material."
    )
    provision = serializers.CharField(
        source="provision.code", allow_null=True, help_text="Null for the measure as a whole."
    )
    status = serializers.ChoiceField(choices=Status, allow_null=True, help_text="Null where nothing had happened yet.")
    certainty = serializers.ChoiceField(choices=[("certain", "certain"), ("possible", "possible")])
    since = serializers.CharField(allow_null=True, help_text="EDTF.")
    until = serializers.CharField(allow_null=True, help_text="The last day, as far as it is known (EDTF).")


class AlsoPossibleSerializer(ReadOnlySerializer):
    """What is possible besides the status of one measure, provision and material, where that is possible only."""

    material = serializers.CharField(source="material.slug", allow_null=True)
    provision = serializers.CharField(source="provision.code", allow_null=True)
    statuses = serializers.ListField(
        source="others", child=serializers.ChoiceField(choices=Status), help_text="The newest first."
    )


class MeasureMaterialSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    material = SlugField()
    name = serializers.CharField(source="material.name")

    class Meta:
        model = MeasureMaterial
        fields = ["material", "name", "scope", "control_ref"]


class CitedMeasureMaterialSerializer(CitedSerializer, MeasureMaterialSerializer):
    class Meta(MeasureMaterialSerializer.Meta):
        fields = [*MeasureMaterialSerializer.Meta.fields, "sources", "citations"]


class MeasureSerializer(RecordSerializer):
    names = NameSerializer(many=True)
    issuers = CodesField(source="issuer_codes", help_text="Countries that impose it.")
    destinations = CodesField(
        source="destination_codes", help_text="Countries that it affects; ALL is every destination."
    )
    instruments = CodesField(source="instrument_codes")
    mast = serializers.CharField(source="mast.code", allow_null=True, help_text="Code of UNCTAD's chapter P.")
    authority = LinkField()
    materials = MeasureMaterialSerializer(source="material_links", many=True)
    statuses = StatusSerializer(many=True, help_text="One for each listed material on the day asked about.")
    also_possible = AlsoPossibleSerializer(many=True, help_text="Other statuses that are possible on that day.")

    class Meta:
        model = Measure
        fields = [
            "id",
            "state",
            "title",
            "names",
            "issuers",
            "destinations",
            "instruments",
            "mast",
            "effect",
            "authority",
            "legal_basis",
            "summary",
            "verification",
            "checked_on",
            "materials",
            "statuses",
            "also_possible",
        ]


class ProvisionSerializer(RecordSerializer):
    code = serializers.CharField(help_text="Id within the measure.")
    materials = CodesField(source="material_slugs")
    destinations = CodesField(source="destination_codes")

    class Meta:
        model = Provision
        fields = ["id", "state", "code", "title", "materials", "destinations"]


class RelationSerializer(CitedSerializer):
    measure = LinkField(source="to", help_text="The other measure.")
    direction = serializers.ChoiceField(
        choices=[("outgoing", "outgoing"), ("incoming", "incoming")],
        help_text="Outgoing: this measure amends the other. Incoming: the other amends this one.",
    )

    class Meta:
        model = MeasureRelation
        fields = ["measure", "relation", "direction", "sources", "citations"]


class AnnouncementSerializer(RecordSerializer):
    country = serializers.CharField(source="country_id")
    authority = LinkField()

    class Meta:
        model = Announcement
        fields = ["id", "state", "title", "country", "authority", "date", "earliest", "latest", "legal_number"]


class MeasureDetailSerializer(CitedSerializer, MeasureSerializer):
    materials = CitedMeasureMaterialSerializer(source="material_links", many=True)
    provisions = ProvisionSerializer(many=True)
    events = EventSerializer(many=True)
    relations = RelationSerializer(many=True, source="related")
    announcements = AnnouncementSerializer(many=True)
    disputed_facts = DisputedFactSerializer(many=True)
    bibliography = SourceSerializer(many=True, help_text="Every source that is cited above, once.")

    class Meta(MeasureSerializer.Meta):
        fields = [
            *MeasureSerializer.Meta.fields,
            "provisions",
            "events",
            "relations",
            "announcements",
            "disputed_facts",
            "sources",
            "citations",
            "bibliography",
        ]


# What events belong in, or are asked about.
WITH_EVENTS = ("events", "disputed_facts", "bibliography")


class MeasureViewSet(RecordViewSet):
    """Measures: who restricted what, against whom, and what holds on the day asked about."""

    filterset_class = MeasureFilter
    serializer_class = MeasureDetailSerializer
    row_serializer_class = MeasureSerializer

    def for_list(self, queryset):
        listed = MeasureMaterial.objects.filter(material__in=Material.objects.published().order_by().values("pk"))
        codes = slugs(MeasureInstrument, "measure", "instrument", field="instrument__code")
        return self.reading(
            queryset,
            {
                "authority": "authority",
                "mast": "mast",
                "issuers": {"issuer_codes": slugs(MeasureIssuer, "measure", "country")},
                "destinations": {"destination_codes": slugs(MeasureDestination, "measure", "country")},
                "instruments": {"instrument_codes": codes},
                "names": Prefetch("names"),
                ("materials", "bibliography"): Prefetch("material_links", listed.select_related("material")),
            },
        )

    def for_detail(self, queryset):
        provisions = Provision.objects.annotate(
            material_slugs=slugs(ProvisionMaterial, "provision", "material"),
            destination_codes=slugs(ProvisionDestination, "provision", "country"),
        )
        return self.reading(
            self.for_list(queryset),
            {
                "provisions": published("provisions", provisions),
                WITH_EVENTS: published("events", with_scope(MeasureEvent.objects)),
                "announcements": published("announcements", Announcement.objects.select_related("authority")),
            },
        )

    def prepare(self, measures):
        if self.asks("statuses", "also_possible"):
            rows = status.rows_on(measures, self.on)
            for measure in measures:
                measure.statuses = rows[measure.pk]
                measure.also_possible = [row for row in measure.statuses if row.others]
        if self.action == "retrieve":
            for measure in measures:
                self.complete(measure)

    def complete(self, measure):
        """Its relations both ways, its disputed facts, and the footing of everything in it."""
        # All kinds of content in one query, the first time; the citations would otherwise ask for each.
        ContentType.objects.get_for_models(Measure, MeasureEvent, MeasureMaterial, MeasureRelation, Claim)
        events = list(measure.events.all()) if self.asks(*WITH_EVENTS) else []
        links = measure.material_links.all() if self.asks("materials", "bibliography") else []
        measure.related = related(measure) if self.asks("relations", "bibliography") else []
        disputed = self.asks("disputed_facts", "bibliography")
        measure.disputed_facts = disputed_facts([measure], events) if disputed else []
        measure.bibliography = self.footing(
            {
                ("sources", "citations"): [measure],
                "events": events,
                "materials": links,
                "relations": measure.related,
                "disputed_facts": [claim for fact in measure.disputed_facts for claim in fact.told],
            }
        )


def related(measure: Measure) -> list[MeasureRelation]:
    """Its relations to measures that visitors may see, and theirs to it, each with the other one as `to`."""
    relations = MeasureRelation.objects.filter(Q(measure=measure) | Q(other=measure)).select_related("measure", "other")
    found = []
    for relation in relations.order_by("measure__slug", "position", "pk"):
        outgoing = relation.measure_id == measure.pk
        relation.direction = "outgoing" if outgoing else "incoming"
        relation.to = relation.other if outgoing else relation.measure
        if is_visible(relation.to):
            found.append(relation)
    return sorted(found, key=lambda relation: relation.direction, reverse=True)
