"""What the API looks like in OpenAPI."""

from django.utils import translation
from drf_spectacular import renderers
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers

from records.api.serializers import RecordSerializer, WithdrawnSerializer
from records.filters import DAY

ON = OpenApiParameter("on", DAY, description="The day to look at, as YYYY-MM-DD; today where it is left out.")
KNOWN = OpenApiParameter(
    "known",
    str,
    description="The moment to look from, with its zone, as 2026-11-01T00:00Z, or the number of a change set: what this"
    " knowledge base said then; what it says now where it is left out.",
)


class RecordExtension(OpenApiSerializerExtension):
    """Tells OpenAPI that any record may have been withdrawn."""

    target_class = RecordSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema, direction):
        told = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        told["description"] = self.target.Meta.model.__doc__
        withdrawn = auto_schema.resolve_serializer(WithdrawnSerializer, direction)
        return {"oneOf": [told, withdrawn.ref]}


class ProblemsSerializer(serializers.Serializer):
    """What is wrong with the address: for each parameter the reasons, in plain words."""

    def to_representation(self, instance):
        return instance


class ProblemsExtension(OpenApiSerializerExtension):
    target_class = ProblemsSerializer

    def map_serializer(self, auto_schema, direction):
        return {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


class DetailSerializer(serializers.Serializer):
    """Why there is no answer."""

    detail = serializers.CharField()


class Description(AutoSchema):
    """What OpenAPI tells of a list or a record: also the day and the moment asked about, and how it refuses."""

    def get_override_parameters(self):
        return [*super().get_override_parameters(), ON, KNOWN]

    def get_response_serializers(self):
        answers = {200: super().get_response_serializers(), 400: ProblemsSerializer}
        return answers if self.view.action == "list" else {**answers, 404: DetailSerializer}


def finished(result, **kwargs):
    """What drf-spectacular leaves to a hook that would move codes away from their fields: null among the codes."""
    parts = [result]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            part.pop("x-spec-enum-id", None)
            if "enum" in part and "null" in part.get("type", ()):
                part["enum"] = [*(code for code in part["enum"] if code is not None), None]
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return result


class SchemaView(SpectacularAPIView):
    """The description of the API in OpenAPI 3.1, as JSON unless YAML is asked for."""

    authentication_classes = ()
    permission_classes = ()
    http_method_names = ("get", "head")
    renderer_classes = (
        renderers.OpenApiJsonRenderer2,
        renderers.OpenApiJsonRenderer,
        renderers.OpenApiYamlRenderer,
        renderers.OpenApiYamlRenderer2,
    )

    def _get_schema_response(self, request):
        with translation.override("en"):
            return super()._get_schema_response(request)
