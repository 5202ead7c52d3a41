"""The one search in the API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from records.api.description import KNOWN, ON, ProblemsSerializer
from records.api.paging import Paging
from records.api.views import OpenToAll
from records.queries import BadQuery
from records.results import Question
from records.search.entries import kinds
from records.search.terms import MAX_LENGTH


class WhySerializer(serializers.Serializer):
    """Why something was found."""

    field = serializers.CharField(help_text="The field that says it, or “material”, “issuer” … for what it is about.")
    language = serializers.CharField(help_text="BCP 47 tag of the text; “mul” where it is of no one language.")
    snippet = serializers.CharField(help_text="The text or a part of it, as HTML: escaped, with matches in `mark`.")


class HitSerializer(serializers.Serializer):
    """One record, or a passage of a source's archived copy."""

    kind = serializers.CharField()
    id = serializers.CharField(help_text="Public id of the record; of a passage that of its source.")
    title = serializers.CharField()
    url = serializers.CharField(help_text="Address of the page that shows it.")
    why = WhySerializer(allow_null=True)


class ResultsSerializer(serializers.Serializer):
    """What a search finds, best first."""

    count = serializers.IntegerField()
    results = HitSerializer(many=True)
    did_you_mean = serializers.CharField(
        allow_null=True, help_text="The same search in another spelling, where nothing was found."
    )


class SearchPaging(Paging):
    """What is found has no order of its own to go on by, and is ranked to its end."""

    max_offset = 1_000_000


class SearchView(OpenToAll, APIView):
    """One search over every kind of record and over archived copies."""

    http_method_names = ("get", "head")

    @extend_schema(
        operation_id="search",
        tags=["search"],
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
                required=True,
                description="Words, “phrases”, -exclusions and field: prefixes.",
            ),
            OpenApiParameter("kind", str, many=True, enum=kinds(), description="Only records of these kinds."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": Paging.max_limit, "default": 50}),
            OpenApiParameter(
                "offset", {"type": "integer", "minimum": 0, "maximum": SearchPaging.max_offset, "default": 0}
            ),
            ON,
            KNOWN,
        ],
        responses={200: ResultsSerializer, 400: ProblemsSerializer},
    )
    def get(self, request):
        paging = SearchPaging()
        limit, offset = paging.get_limit(request), paging.get_offset(request)
        try:
            question = Question(request.query_params, also=("limit", "offset"), required=True)
            hits = question.hits.read(offset, offset + limit)
        except BadQuery as error:
            raise ValidationError(error.problems) from error
        return Response(
            {
                "count": question.hits.count,
                "results": [
                    {
                        "kind": hit.kind,
                        "id": hit.slug,
                        "title": hit.title,
                        "url": hit.path,
                        "why": hit.why
                        and {
                            "field": hit.why.field,
                            "language": hit.why.language,
                            "snippet": hit.why.snippet.html,
                        },
                    }
                    for hit in hits
                ],
                "did_you_mean": question.did_you_mean,
            }
        )
