"""What the API looks like: in OpenAPI for programs, and as a page for readers."""

from functools import cache

from django.utils import translation
from django.views.generic import TemplateView
from drf_spectacular import renderers
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers

from records.api.serializers import RecordSerializer, WithdrawnSerializer

ON = {
    "name": "on",
    "in": "query",
    "description": "The day to look at, as YYYY-MM-DD; today where it is left out.",
    "schema": {"type": "string", "format": "date"},
}


class RecordExtension(OpenApiSerializerExtension):
    """Tells OpenAPI that any record may have been withdrawn."""

    target_class = RecordSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema, direction):
        told = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
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
    """What OpenAPI tells of a list or a record: also the day asked about, and how it refuses."""

    def get_override_parameters(self):
        return [*super().get_override_parameters(), ON]

    def get_response_serializers(self):
        answers = {200: super().get_response_serializers(), 400: ProblemsSerializer}
        return answers if self._is_list_view() else {**answers, 404: DetailSerializer}


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


@cache
def described() -> dict:
    """The description as served, made once."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


class DocumentationView(TemplateView):
    """The same description for readers: every address, its parameters, and the fields of the answer."""

    template_name = "records/api_docs.html"
    http_method_names = ("get", "head")

    def get_context_data(self, **kwargs):
        schema = described()
        operations = [
            {"path": path, **{key: value for key, value in methods["get"].items() if key != "responses"}}
            for path, methods in schema["paths"].items()
        ]
        return super().get_context_data(**kwargs, operations=operations)
