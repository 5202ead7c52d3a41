"""Materials in the API."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from rest_framework import serializers

from measures import status
from measures.api.disputes import DisputedFactSerializer, disputed_facts
from measures.api.measures import StatusSerializer
from measures.filters import MaterialFilter
from measures.filters.reach import reach
from measures.models import (
    Material,
    MaterialHSCode,
    Measure,
    MeasureMaterial,
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
    slugs,
)


class MaterialSerializer(RecordSerializer):
    names = NameSerializer(many=True)
    broader = SlugField()
    hs_codes = CodesField(source="headings", help_text="Headings of the Harmonized System, edition 2022.")

    class Meta:
        model = Material
        fields = [
            "id",
            "state",
            "name",
            "names",
            "broader",
            "cas",
            "formula",
            "hs_codes",
            "category",
            "description",
            "checked_on",
        ]


class MaterialMeasureSerializer(ReadOnlySerializer):
    """A measure that reaches the material, and what it means for it on the day asked about."""

    measure = LinkField(source="*")
    effect = serializers.ChoiceField(choices=Measure.Effect)
    statuses = StatusSerializer(many=True, help_text="Of the material, those within it, or the nearest one around it.")


class MaterialDetailSerializer(CitedSerializer, MaterialSerializer):
    narrower = CodesField(source="narrower_slugs")
    measures = MaterialMeasureSerializer(many=True, source="reached_by")
    disputed_facts = DisputedFactSerializer(many=True)
    bibliography = SourceSerializer(many=True, help_text="Every source that is cited above, once.")

    class Meta(MaterialSerializer.Meta):
        fields = [
            *MaterialSerializer.Meta.fields,
            "narrower",
            "measures",
            "disputed_facts",
            "sources",
            "citations",
            "bibliography",
        ]


class MaterialViewSet(RecordViewSet):
    """Goods that are restricted or localized, and for each what restricts it on the day asked about."""

    filterset_class = MaterialFilter
    serializer_class = MaterialDetailSerializer
    row_serializer_class = MaterialSerializer

    def for_list(self, queryset):
        headings = slugs(MaterialHSCode, "material", "hs_code")
        return self.reading(
            queryset, {"broader": "broader", "hs_codes": {"headings": headings}, "names": Prefetch("names")}
        )

    def for_detail(self, queryset):
        narrower = Material.objects.published().filter(broader=OuterRef("pk")).order_by("slug")
        narrower = {"narrower_slugs": ArraySubquery(narrower.values("slug"))}
        return self.reading(self.for_list(queryset), {"narrower": narrower})

    def prepare(self, materials):
        if self.action == "list":
            return
        for material in materials:
            material.reached_by = reached_by(material, self.on) if self.asks("measures") else []
            disputed = self.asks("disputed_facts", "bibliography")
            material.disputed_facts = disputed_facts([material]) if disputed else []
            claims = [claim for fact in material.disputed_facts for claim in fact.told]
            material.bibliography = self.footing({("sources", "citations"): [material], "disputed_facts": claims})


def reached_by(material: Material, on) -> list[Measure]:
    """The measures that reach a material, each with its `statuses` for it on that day; see filters.Reach."""
    reached = reach([material.slug])[material.slug]
    listing = MeasureMaterial.objects.filter(material__in=[*reached.within, *reached.around]).order_by()
    published_only = Measure.objects.readable()
    measures = list(published_only.filter(pk__in=listing.values("measure")).order_by("slug"))
    rows = status.rows_on(measures, on)
    for measure in measures:
        answering = reached.answering(row.material.pk for row in rows[measure.pk] if row.material)
        measure.statuses = [row for row in rows[measure.pk] if row.material and row.material.pk in answering]
    return measures
