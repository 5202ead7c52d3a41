"""Reconciliation of names in a table with records, as OpenRefine and others ask for it.

The Reconciliation Service API 0.2 of the W3C's Entity Reconciliation Community Group:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from csp.decorators import csp_replace
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, parsers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from records import known
from records.api.batches import Asked, Fitting, Property, fitting, read
from records.api.description import KNOWN, ON, DetailSerializer, ProblemsSerializer
from records.api.views import OpenToAll, tagged
from records.api.writing import TooLarge
from records.clocks import PARAMETERS, BadClock, knowledge_of
from records.models import Record, SlugRedirect
from records.queries import refuse_unknown, shown, unprintable
from records.search.candidates import Candidate, candidates
from records.search.nearest import suggestions
from records.search.terms import MAX_LENGTH
from records.views import moved_to

FORM = "application/x-www-form-urlencoded"
NUMBER = re.compile(r"[0-9]{1,3}")
LOOKED_AT = 60  # candidates of each query, of which the best are told
MOST_BYTES = 1_000_000
SUGGESTED = 20
PREVIEW = {"width": 430, "height": 300}

# The shapes, as OpenAPI describes them.
TEXT = {"type": "string"}
TYPE = {"type": "object", "properties": {"id": TEXT, "name": TEXT}, "required": ["id", "name"]}
FEATURE = {
    "type": "object",
    "properties": {"id": TEXT, "value": {"type": ["number", "boolean"]}},
    "required": ["id", "value"],
}
RESULT = {
    "id": TEXT,
    "name": TEXT,
    "description": TEXT,
    "score": {"type": "number", "minimum": 0, "maximum": 100},
    "match": {"type": "boolean"},
    "type": {"type": "array", "items": TYPE},
    "features": {"type": "array", "items": FEATURE},
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "result": {
                "type": "array",
                "items": {"type": "object", "properties": RESULT, "required": list(RESULT)},
            }
        },
        "required": ["result"],
    },
}
MANIFEST = {
    "type": "object",
    "properties": {
        "versions": {"type": "array", "items": TEXT},
        **dict.fromkeys(("name", "identifierSpace", "schemaSpace", "documentation"), TEXT),
        "defaultTypes": {"type": "array", "items": TYPE},
        **{key: {"type": "object"} for key in ("view", "preview", "suggest")},
    },
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
}
SUGGESTIONS = {
    "type": "object",
    "properties": {
        "result": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("id", "name", "description"), TEXT),
                    "notable": {"type": "array", "items": TYPE},
                },
                "required": ["id", "name"],
            },
        }
    },
    "required": ["result"],
}
REFUSED = {400: ProblemsSerializer}
QUERIES = OpenApiParameter(
    "queries", str, description="A batch: a JSON object with a query under each key, as the specification tells."
)
PREFIX = OpenApiParameter("prefix", str, description="What was typed so far.")
CURSOR = OpenApiParameter("cursor", str, description="How many suggestions to leave out.")


class FormParser(parsers.FormParser):
    """A form of a bounded size."""

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge(_("A batch has at most %(most)d bytes.") % {"most": MOST_BYTES})
        try:
            return QueryDict(body, encoding="utf-8")
        except (SuspiciousOperation, ValueError) as error:
            raise exceptions.ParseError(_("This is no form that can be read.")) from error


class Service(OpenToAll, APIView):
    """What every address of a service has in common; subclasses name the kind of record."""

    parser_classes = (FormParser,)
    http_method_names = ("get", "head")
    model: type[Record]
    properties: tuple[Property, ...] = ()
    # Columns that a description needs beside those of the properties.
    columns: tuple[str, ...] = ()
    # The list of these records, in addresses.
    list_name = ""

    @property
    def kind(self) -> str:
        return self.model._meta.model_name

    @property
    def type(self) -> dict:
        return {"id": self.kind, "name": capfirst(self.model._meta.verbose_name)}

    def finalize_response(self, request, response, *args, **kwargs):
        # Whatever page a browser shows may read this, and nobody is asked who they are.
        response.headers["Access-Control-Allow-Origin"] = "*"
        return super().finalize_response(request, response, *args, **kwargs)

    def described(self, row: dict) -> str:
        """What tells a record from others of its name, from a row of `rows_of`."""
        raise NotImplementedError

    def rows_of(self, **condition) -> QuerySet:
        """Records that readers may read, with their ids, names and all that their properties say."""
        columns = ("pk", "slug", "name", *self.columns, *(each.column for each in self.properties))
        return self.model.objects.readable().filter(**condition).order_by("pk").values(*dict.fromkeys(columns))

    def rows(self, pks: Iterable[int]) -> dict[int, dict]:
        return {row["pk"]: row for row in self.rows_of(pk__in=set(pks))}

    def take(self, *names: str) -> dict[str, str]:
        """The parameters of the address by these names. Raises ValidationError for others and for repeated ones."""
        given = self.request.query_params
        if problems := refuse_unknown(given, (*names, *PARAMETERS), single=(*names, *PARAMETERS)):
            raise ValidationError(problems)
        return {name: given.get(name, "").strip() for name in names}

    def address(self, name: str, *args: str) -> str:
        return self.request.build_absolute_uri(reverse(f"api:reconcile-{self.list_name}{name}", args=args))


class Reconciliation(Service):
    """The service itself: what it offers, and the records that names in a table may stand for."""

    http_method_names = ("get", "head", "post")

    @extend_schema(parameters=[QUERIES, ON, KNOWN], responses={200: {"oneOf": [MANIFEST, RESULTS]}, **REFUSED})
    def get(self, request):
        """What the service offers; with queries, the records that names may stand for."""
        asked = self.take("queries")
        return tagged(request, Response(self.answers(asked["queries"]) if asked["queries"] else self.manifest()))

    @extend_schema(
        parameters=[ON, KNOWN],
        request={FORM: {"type": "object", "properties": {"queries": {"type": "string"}}, "required": ["queries"]}},
        responses={200: RESULTS, 413: DetailSerializer, 415: DetailSerializer, **REFUSED},
    )
    def post(self, request):
        """The records that names may stand for, where there are many names."""
        self.take()
        if request.content_type.partition(";")[0].strip().lower() != FORM:
            raise exceptions.UnsupportedMediaType(request.content_type)
        if problems := refuse_unknown(request.data, ("queries",), single=("queries",)):
            raise ValidationError(problems)
        with ExitStack() as reading:
            # The clocks' middleware reads as of a moment for what only reads by its method.
            reading.enter_context(known.one_reading())
            if moment := request.query_params.get("known", "").strip():
                try:
                    reading.enter_context(known.as_of(knowledge_of(moment)))
                except BadClock as error:
                    raise ValidationError({error.name: [str(error)]}) from error
            return Response(self.answers(request.data.get("queries", "")))

    def manifest(self) -> dict:
        page = self.request.build_absolute_uri("/")
        id_in_page = self.request.build_absolute_uri(reverse(f"api:{self.list_name}-list"))
        return {
            "versions": ["0.2"],
            "name": f"policytrack: {self.model._meta.verbose_name_plural}",
            "identifierSpace": id_in_page,
            "schemaSpace": self.request.build_absolute_uri(reverse("api_schema")),
            "documentation": self.request.build_absolute_uri(reverse("api_docs")),
            "defaultTypes": [self.type],
            "view": {"url": f"{page}{self.list_name}/{{{{id}}}}/"},
            "preview": {"url": self.address("-preview", "ID").replace("/ID/", "/{{id}}/"), **PREVIEW},
            "suggest": {
                name: {"service_url": self.address(""), "service_path": f"suggest/{name}/"}
                for name in ("entity", "property")
            },
        }

    def answers(self, text: str) -> dict:
        """The candidates of each query of a batch."""
        properties = {each.id: each for each in self.properties}
        batch = read(text, properties)
        named = candidates((asked.text for asked in batch.values() if asked.text), self.kind, most=LOOKED_AT)
        found = {key: {each.pk: each for each in named.get(asked.text, ())} for key, asked in batch.items()}
        for key, pk in self.identified(batch):
            found[key].setdefault(pk, Candidate(pk, 0.0, False))
        rows = self.rows(pk for each in found.values() for pk in each)
        answers = {}
        for key, asked in batch.items():
            shown = [each for pk, each in found[key].items() if pk in rows]
            wanted = not asked.types or self.kind in asked.types
            fits = fitting(asked, shown, rows, properties) if wanted else []
            answers[key] = {"result": [self.result(fit, rows[fit.pk]) for fit in fits]}
        return answers

    def identified(self, batch: dict[str, Asked]) -> Iterator[tuple[str, int]]:
        """The records that a given number is of, by the key of the query; one query for each such property."""
        for each in self.properties:
            values = {value for asked in batch.values() for value in asked.hints.get(each.id, ())}
            if not each.identifies or not values:
                continue
            rows = self.model.objects.readable().filter(**{f"{each.column}__in": values}).order_by("pk")
            having: dict[str, list[int]] = {}
            for pk, value in rows.values_list("pk", each.column):
                having.setdefault(value, []).append(pk)
            for key, asked in batch.items():
                for value in sorted(asked.hints.get(each.id, ())):
                    yield from ((key, pk) for pk in having.get(value, ())[:LOOKED_AT])

    def result(self, fit: Fitting, row: dict) -> dict:
        features = [{"id": "name", "value": fit.name}] if fit.name else []
        return {
            "id": row["slug"],
            "name": row["name"],
            "description": self.described(row),
            "score": fit.score,
            "match": fit.surely,
            "type": [self.type],
            "features": features + [{"id": pid, "value": agrees} for pid, agrees in fit.agreeing.items()],
        }


class EntitySuggestions(Service):
    """The records of which a name begins as what is being typed."""

    @extend_schema(parameters=[PREFIX, CURSOR, ON, KNOWN], responses={200: SUGGESTIONS, **REFUSED})
    def get(self, request):
        """The records of which a name begins so."""
        asked = self.take("prefix", "cursor")
        if unprintable(asked["prefix"]) or len(asked["prefix"]) > MAX_LENGTH:
            raise ValidationError({"prefix": [_("This is too long, or holds characters that cannot be printed.")]})
        start = int(asked["cursor"]) if NUMBER.fullmatch(asked["cursor"]) else 0
        found = dict(suggestions(asked["prefix"], of_kind=start + SUGGESTED, kind=self.kind)).get(self.kind, [])
        ids = [each.slug for each in found[start:]]
        rows = {row["slug"]: row for row in self.rows_of(slug__in=ids)}
        return Response({"result": [self.suggestion(rows[slug]) for slug in ids if slug in rows]})

    def suggestion(self, row: dict) -> dict:
        named = {"id": row["slug"], "name": row["name"], "description": self.described(row)}
        return {**named, "notable": [self.type]}


class PropertySuggestions(Service):
    """What else than its name may be told of a thing that is looked for."""

    @extend_schema(parameters=[PREFIX, CURSOR, ON, KNOWN], responses={200: SUGGESTIONS, **REFUSED})
    def get(self, request):
        """The properties that a query may give."""
        asked = self.take("prefix", "cursor")
        prefix = asked["prefix"].casefold()
        found = [each for each in self.properties if f"{each.id} {each.name}".casefold().find(prefix) >= 0]
        return Response({"result": [{"id": each.id, "name": str(each.name)} for each in found]})


class Preview(Service):
    """A record in some lines, to be shown in a frame of another program."""

    @method_decorator(xframe_options_exempt)
    @method_decorator(csp_replace({"frame-ancestors": ["*"]}))
    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    @extend_schema(
        parameters=[ON, KNOWN],
        responses={(200, "text/html"): str, 404: DetailSerializer, **REFUSED},
    )
    def get(self, request, id):
        """A record in some lines, as a page for a frame."""
        self.take()
        record = None if unprintable(id) else self.model.objects.published().filter(slug=id).first()
        if record is None or record.state == Record.State.WITHDRAWN:
            target = None if unprintable(id) else SlugRedirect.objects.target(self.model, id)
            if target:
                return moved_to(request, reverse(request.resolver_match.view_name, args=[target.slug]))
        if record is None:
            kind = self.model._meta.verbose_name
            raise NotFound(_("There is no %(kind)s with the id “%(id)s”.") % {"kind": kind, "id": shown(id)})
        told = record.state == Record.State.PUBLISHED
        rows = list(self.rows_of(pk=record.pk)) if told else []
        context = {
            "record": record,
            "kind": self.type["name"],
            "description": self.described(rows[0]) if rows else "",
            "names": record.names.order_by("position", "pk")[:SUGGESTED] if told else [],
        }
        return render(request, "records/reconciliation_preview.html", context)
