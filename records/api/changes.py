"""What changed in this base since a moment, change set by change set, for programs that keep a copy of it."""

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from records import belonging, touched
from records.api.description import KNOWN, ON, ProblemsSerializer
from records.api.paging import Paging
from records.api.views import OpenToAll, tagged
from records.clocks import PARAMETERS, BadClock, knowledge_of
from records.models import ChangeSet, SlugRedirect
from records.queries import refuse_unknown, unknown
from records.touched import Listed, Outcome

# Change sets are told of until they wrote so many rows together; the next answer goes on from there.
MANY_ROWS = 20_000
# Of one change set, as many rows are looked at to tell what it touched: some seconds.
MOST_ROWS = 200_000
WHAT = {
    "created": "Readers were told of it for the first time.",
    "changed": "It, or something that belongs to it, says something else.",
    "withdrawn": "It was taken back, and only its notice is left.",
    "merged": "It was merged into another record, to which its id leads for ever.",
    "restored": "It had been withdrawn, and is there again.",
    "deleted": "It is gone, and nothing is left at its address.",
}
# The kinds of records with a page of their own, and their lists.
LISTS = {
    "source": "sources",
    "organization": "organizations",
    "material": "materials",
    "measure": "measures",
    "program": "programs",
}


class ChangedRecordSerializer(serializers.Serializer):
    """A record that a change set touched."""

    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in LISTS])
    id = serializers.CharField(help_text="Its public id.")
    what = serializers.ChoiceField(
        choices=[(what, what) for what in WHAT],
        help_text=" ".join(f"{what}: {meaning}" for what, meaning in WHAT.items()),
    )
    into = serializers.CharField(allow_null=True, help_text="The id of the record that it was merged into.")
    address = serializers.CharField(help_text="Where it is read; of a deleted one, where it was.")


class ChangeSetSerializer(serializers.Serializer):
    """Changes that were made together, for one reason."""

    number = serializers.IntegerField(help_text="Change sets are numbered in the order in which they were made.")
    at = serializers.DateTimeField(help_text="When it was complete.")
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in ChangeSet.Kind.values])
    reason = serializers.CharField(allow_null=True, help_text="Null where it also concerned what is not public.")
    complete = serializers.BooleanField(
        help_text="False where it touched so much that not every record is listed: read the lists anew."
    )
    records = ChangedRecordSerializer(many=True)


class ChangesSerializer(serializers.Serializer):
    """Change sets after a cursor, the oldest first."""

    results = ChangeSetSerializer(many=True)
    more = serializers.BooleanField(help_text="Whether there are more already; otherwise ask again later.")
    cursor = serializers.CharField(help_text="What to ask since, to go on after these.")
    next = serializers.URLField(help_text="The address that goes on after these, also where nothing came yet.")


class ChangesView(OpenToAll, APIView):
    """What changed since a moment: each change set with its reason, and what became of which record."""

    http_method_names = ("get", "head")

    @extend_schema(
        operation_id="changes",
        tags=["changes"],
        parameters=[
            OpenApiParameter(
                "since",
                str,
                description="The cursor of an earlier answer, or a moment with its zone, as 2026-11-01T00:00Z; from the"
                " beginning where it is left out.",
            ),
            OpenApiParameter("kind", str, many=True, enum=ChangeSet.Kind.values, description="Only such change sets."),
            OpenApiParameter("of", str, enum=list(LISTS), description="Only what became of records of this kind."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": Paging.max_limit, "default": 50}),
            ON,
            KNOWN,
        ],
        responses={200: ChangesSerializer, 400: ProblemsSerializer},
    )
    def get(self, request):
        asked = request.query_params
        single = ("since", "of", "limit", *PARAMETERS)
        if problems := refuse_unknown(asked, (*single, "kind"), single=single):
            raise ValidationError(problems)
        since, limit, of = self.since(), Paging().get_limit(request), asked.get("of", "").strip()
        if of and of not in LISTS:
            raise ValidationError({"of": [unknown("of", of, LISTS)]})
        kinds = list(dict.fromkeys(filter(None, (kind.strip() for kind in asked.getlist("kind")))))
        if strange := [kind for kind in kinds if kind not in ChangeSet.Kind.values]:
            raise ValidationError({"kind": [unknown("kind", kind, ChangeSet.Kind.values) for kind in strange]})
        found = touched.following(after=since, kinds=kinds, of=of, limit=limit + 1)
        sizes = touched.sizes([each.number for each in found])
        told = _bounded(found[:limit], sizes)
        cursor = str(told[-1].number if told else since)
        answer = Response(
            {
                "results": _told(told, sizes, of),
                "more": len(told) < len(found),
                "cursor": cursor,
                "next": replace_query_param(request.build_absolute_uri(), "since", cursor),
            }
        )
        return tagged(request, answer)

    def since(self) -> int:
        text = self.request.query_params.get("since", "").strip()
        if text in ("", "0"):
            return 0
        try:
            return knowledge_of(text).number
        except BadClock as error:
            raise ValidationError({"since": [str(error)]}) from error


def _bounded(found: list[Listed], sizes: dict[int, int]) -> list[Listed]:
    """The first of them, as many as one answer can tell of; one at least."""
    rows = 0
    for place, each in enumerate(found):
        rows += sizes.get(each.number, 0)
        if place and rows > MANY_ROWS:
            return found[:place]
    return found


def _told(told: list[Listed], sizes: dict[int, int], of: str) -> list[dict]:
    numbers = [each.number for each in told]
    outcomes = touched.outcomes(numbers, of=of, at_most=MOST_ROWS)
    withheld = touched.guarded(numbers, gone_is_told=True) if numbers else set()
    slugs = _slugs([outcome for each in outcomes.values() for outcome in each])
    withdrawn = {outcome.owner for each in outcomes.values() for outcome in each if outcome.what == "withdrawn"}
    into = _merged({owner: slugs[owner] for owner in withdrawn if owner in slugs})
    return [
        {
            "number": each.number,
            "at": each.at,
            "kind": each.kind,
            "reason": None if each.number in withheld else each.reason,
            "complete": sizes.get(each.number, 0) <= MOST_ROWS,
            "records": [
                _record(outcome, slugs[outcome.owner], into.get(outcome.owner))
                for outcome in outcomes[each.number]
                if outcome.owner in slugs
            ],
        }
        for each in told
    ]


def _record(outcome: Outcome, slug: str, into: str | None) -> dict:
    kind, _pk = outcome.owner
    merged = into is not None and outcome.what == "withdrawn"
    return {
        "kind": kind,
        "id": slug,
        "what": "merged" if merged else outcome.what,
        "into": into if merged else None,
        "address": reverse(f"api:{LISTS[kind]}-detail", args=[slug]),
    }


def _slugs(outcomes: list[Outcome]) -> dict[tuple[str, int], str]:
    """The public ids of records, one query for each kind of them."""
    wanted: dict[str, set[int]] = {}
    for outcome in outcomes:
        if outcome.slug is None:
            wanted.setdefault(outcome.owner[0], set()).add(outcome.owner[1])
    gone = {outcome.owner: outcome.slug for outcome in outcomes if outcome.slug is not None}
    return gone | {
        (kind, pk): slug
        for kind, pks in wanted.items()
        for pk, slug in belonging.owners()[kind].objects.filter(pk__in=pks).order_by().values_list("pk", "slug")
    }


def _merged(withdrawn: dict[tuple[str, int], str]) -> dict[tuple[str, int], str]:
    """Of withdrawn records those that were merged into one that readers may know of, by the id of that one."""
    by_kind: dict[str, dict[str, tuple[str, int]]] = {}
    for owner, slug in withdrawn.items():
        if belonging.owners()[owner[0]].merges:
            by_kind.setdefault(owner[0], {})[slug] = owner
    found = {}
    for kind, owners in by_kind.items():
        model = belonging.owners()[kind]
        leading = SlugRedirect.objects.filter(
            subject_type=ContentType.objects.get_for_model(model), slug__in=list(owners)
        )
        targets = dict(leading.values_list("slug", "subject_id"))
        shown = dict(model.objects.published().filter(pk__in=targets.values()).order_by().values_list("pk", "slug"))
        found |= {owners[slug]: shown[pk] for slug, pk in targets.items() if pk in shown}
    return found
