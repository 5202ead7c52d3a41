"""Organizations in the API."""

from django.db.models import Prefetch
from rest_framework import serializers

from measures.api.disputes import DisputedFactSerializer, disputed_facts
from measures.filters import OrganizationFilter
from measures.models import (
    Measure,
    Organization,
)
from records.api import (
    CitedSerializer,
    LinkField,
    LinksField,
    NameSerializer,
    RecordSerializer,
    RecordViewSet,
    SourceSerializer,
    published,
)


class OrganizationSerializer(RecordSerializer):
    country = serializers.CharField(source="country_id")
    names = NameSerializer(many=True)
    parent = LinkField(help_text="The body that it belongs to.")

    class Meta:
        model = Organization
        fields = [
            "id",
            "state",
            "country",
            "name",
            "names",
            "abbreviation",
            "kind",
            "parent",
            "field",
            "website",
            "checked_on",
        ]


class OrganizationDetailSerializer(CitedSerializer, OrganizationSerializer):
    children = LinksField()
    measures = LinksField(help_text="The measures that it issued.")
    disputed_facts = DisputedFactSerializer(many=True)
    bibliography = SourceSerializer(many=True, help_text="Every source that is cited above, once.")

    class Meta(OrganizationSerializer.Meta):
        fields = [
            *OrganizationSerializer.Meta.fields,
            "children",
            "measures",
            "disputed_facts",
            "sources",
            "citations",
            "bibliography",
        ]


class OrganizationViewSet(RecordViewSet):
    """Bodies that act: ministries, institutes, firms."""

    filterset_class = OrganizationFilter
    serializer_class = OrganizationDetailSerializer
    row_serializer_class = OrganizationSerializer

    def for_list(self, queryset):
        return self.reading(queryset, {"parent": "parent", "names": Prefetch("names")})

    def for_detail(self, queryset):
        return self.reading(
            self.for_list(queryset),
            {
                "children": published("children", Organization.objects.order_by("slug")),
                "measures": published("measures", Measure.objects.order_by("slug")),
            },
        )

    def prepare(self, organizations):
        if self.action == "list":
            return
        for organization in organizations:
            disputed = self.asks("disputed_facts", "bibliography")
            organization.disputed_facts = disputed_facts([organization]) if disputed else []
            claims = [claim for fact in organization.disputed_facts for claim in fact.told]
            own = ("sources", "citations")
            organization.bibliography = self.footing({own: [organization], "disputed_facts": claims})
