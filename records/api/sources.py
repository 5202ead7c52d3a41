"""Sources in the API."""

from django.db.models import Prefetch
from rest_framework import serializers

from records.api.serializers import ReadOnlySerializer, RecordSerializer, SlugField
from records.api.views import RecordViewSet
from records.filtersets import SourceFilter
from records.models import Source, SourceStatement


class SourceSerializer(RecordSerializer):
    derived_from = SlugField(help_text="The source that this one translates or reports.")

    class Meta:
        model = Source
        fields = [
            "id",
            "state",
            "title",
            "publisher",
            "url",
            "date",
            "earliest",
            "latest",
            "language",
            "kind",
            "consulted",
            "derived_from",
            "translation",
            "note",
            "checked_on",
        ]


class SourceStatementSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    class Meta:
        model = SourceStatement
        fields = ["number", "text"]


class SourceDetailSerializer(SourceSerializer):
    statements = SourceStatementSerializer(
        many=True, help_text="What it says, in our words, where that was taken apart."
    )

    class Meta(SourceSerializer.Meta):
        fields = [*SourceSerializer.Meta.fields, "statements"]


class SourceViewSet(RecordViewSet):
    """Publications that facts cite."""

    filterset_class = SourceFilter
    serializer_class = SourceDetailSerializer
    row_serializer_class = SourceSerializer

    def for_list(self, queryset):
        return self.reading(queryset, {"derived_from": "derived_from"})

    def for_detail(self, queryset):
        return self.reading(self.for_list(queryset), {"statements": Prefetch("statements")})
