"""What the API looks like in OpenAPI."""

from django.utils import translation
from drf_spectacular import renderers
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers

from records.api.asking import FIELDS
from records.api.authentication import TokenAuthentication
from records.api.serializers import RecordSerializer, WithdrawnSerializer
from records.api.working_copies import working_copy_of
from records.api.writing import OutdatedSerializer, ProposedSerializer, ReasonSerializer
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


class RefusalSerializer(serializers.Serializer):
    """Why a write was refused: a sentence, or for each field the reasons."""

    def to_representation(self, instance):
        return instance


class RefusalExtension(OpenApiSerializerExtension):
    target_class = RefusalSerializer

    def map_serializer(self, auto_schema, direction):
        # Of a row in a list, the reasons stand under its place.
        return {"type": "object", "additionalProperties": True}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A token that an account made at the desk."}


IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the record as it was read: which version this was worked out on.",
)
WHY = OpenApiParameter(
    "change_reason", str, required=True, description="Why, in one sentence that a reader can follow."
)
READS = ("list", "retrieve")


class Description(AutoSchema):
    """What OpenAPI tells of a list or a record: also the day and the moment asked about, and how it refuses."""

    def get_override_parameters(self):
        act = self.view.action
        own = [ON, KNOWN, self.fields()] if act in READS else [] if act in ("create", "edit") else [IF_MATCH]
        return [*super().get_override_parameters(), *own, *([WHY] if act == "destroy" else [])]

    def fields(self) -> OpenApiParameter:
        return OpenApiParameter(
            FIELDS,
            str,
            many=True,
            enum=self.view.askable,
            explode=False,
            style="form",
            description="Only these fields, with commas between them; all where it is left out. What is left of a"
            " withdrawn record is always told whole.",
        )

    def get_request_serializer(self):
        if self.view.action == "submit":
            return ReasonSerializer
        return working_copy_of(self.view.model) if self.view.action in ("create", "partial_update") else None

    def get_response_serializers(self):
        act = self.view.action
        if act in READS:
            answers = {200: super().get_response_serializers(), 400: ProblemsSerializer}
            return answers if act == "list" else {**answers, 404: DetailSerializer}
        copy = working_copy_of(self.view.model)
        done = {"create": {201: copy}, "destroy": {204: None}, "partial_update": {200: copy, 202: ProposedSerializer}}
        refused = {400: RefusalSerializer, 401: DetailSerializer, 403: DetailSerializer}
        if act != "create":
            refused[404] = DetailSerializer
        if act != "edit":
            refused |= {409: DetailSerializer, 413: DetailSerializer, 429: DetailSerializer}
        if act not in ("create", "edit"):
            refused |= {412: OutdatedSerializer, 428: DetailSerializer}
        return {**done.get(act, {200: copy}), **refused}


def finished(result, **kwargs):
    """What drf-spectacular leaves to a hook: null among the codes, empty parameters, answers of some fields."""
    for acts in result["paths"].values():
        for parameter in acts.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and not parameter.get("required"):
                # A form sends its empty fields too.
                parameter["allowEmptyValue"] = True
    _tell_of_sparse_answers(result)
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


def _tell_of_sparse_answers(result: dict) -> None:
    components = result["components"]["schemas"]
    for acts in result["paths"].values():
        act = acts.get("get", {})
        if not any(parameter["name"] == FIELDS for parameter in act.get("parameters", ())):
            continue
        content = act["responses"]["200"]["content"]["application/json"]
        place, key = content, "schema"
        page = components[_component(content["schema"])]
        if "results" in page.get("properties", {}):
            place, key = page["properties"]["results"], "items"
        name = _component(place[key])
        whole = components[name].get("oneOf", [components[name]])[0]
        components[f"Sparse{name}"] = {
            "type": "object",
            "description": f"The fields of {name} that “{FIELDS}” asks for.",
            "properties": whole["properties"],
            "additionalProperties": False,
            "minProperties": 1,
        }
        place[key] = {"anyOf": [place[key], {"$ref": f"#/components/schemas/Sparse{name}"}]}


def _component(schema: dict) -> str:
    return schema["$ref"].rpartition("/")[2]


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
