"""Organizations in the API."""

from rest_framework import serializers

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
    cite,
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
    bibliography = SourceSerializer(many=True, help_text="Every source that is cited above, once.")

    class Meta(OrganizationSerializer.Meta):
        fields = [
            *OrganizationSerializer.Meta.fields,
            "children",
            "measures",
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
        return queryset.select_related("parent").prefetch_related("names")

    def for_detail(self, queryset):
        return self.for_list(queryset).prefetch_related(
            published("children", Organization.objects.order_by("slug")),
            published("measures", Measure.objects.order_by("slug")),
        )

    def prepare(self, organizations):
        if self.action == "list":
            return
        for organization in organizations:
            organization.bibliography = cite([organization])
