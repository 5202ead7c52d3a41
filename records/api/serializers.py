"""How records, references to them and their citations are written out."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from records.api.visible import is_visible
from records.models import Citation, Name, Record

SLUG_OR_NULL = {"type": ["string", "null"]}


@extend_schema_field(SLUG_OR_NULL)
class SlugField(serializers.Field):
    """The id of another record; null where there is none, or none that visitors may see."""

    def to_representation(self, value):
        return value.slug if is_visible(value) else None


LINK = {
    "type": ["object", "null"],
    "properties": {"id": {"type": "string"}, "name": {"type": ["string", "null"]}},
    "required": ["id", "name"],
}


@extend_schema_field(LINK)
class LinkField(serializers.Field):
    """Another record by id and name; null where visitors may not see it, without a name where it was withdrawn."""

    def to_representation(self, value):
        if not is_visible(value):
            return None
        return {"id": value.slug, "name": None if value.state == Record.State.WITHDRAWN else str(value)}


@extend_schema_field({"type": "array", "items": LINK})
class LinksField(serializers.Field):
    """Several other records, all of them visible."""

    def to_representation(self, value):
        link = LinkField()
        return [link.to_representation(record) for record in value.all()]


class CodesField(serializers.ListField):
    """Ids or codes that an annotation holds."""

    child = serializers.CharField()


class ReadOnlySerializer(serializers.Serializer):
    """Everything in it is given and nothing is taken."""

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            # Rest framework leaves a field out in silence when it is not required and its attribute is missing.
            field.read_only, field.required = True, True
        return fields


class NameSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    class Meta:
        model = Name
        fields = ["language", "kind", "text"]


class CitationSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    source = SlugField()

    class Meta:
        model = Citation
        fields = ["source", "field", "quote", "locator", "stance"]


class CitedSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    """A fact with its footing: the ids of its sources, and each citation in full."""

    sources = serializers.SerializerMethodField(help_text="Ids of the sources cited, each once.")
    citations = CitationSerializer(source="cited", many=True)

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_sources(self, fact):
        return list(dict.fromkeys(citation.source.slug for citation in fact.cited))


class WithdrawnSerializer(ReadOnlySerializer):
    """All that is left of a record that was taken back."""

    id = serializers.CharField(source="slug")
    state = serializers.ChoiceField(choices=[(Record.State.WITHDRAWN.value, "withdrawn")])
    withdrawal_notice = serializers.CharField()


class RecordSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    """A published record by its public id, or what is left of a withdrawn one."""

    id = serializers.CharField(source="slug", help_text="Public id; never changes.")
    state = serializers.ChoiceField(choices=[(Record.State.PUBLISHED.value, "published")])

    def to_representation(self, instance):
        if instance.state == Record.State.WITHDRAWN:
            return WithdrawnSerializer(instance).data
        return super().to_representation(instance)
