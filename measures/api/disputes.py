"""Disputed facts in the API, wherever they belong."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from rest_framework import serializers

from measures.models import (
    Claim,
    DisputedFact,
)
from records.api import (
    CitedSerializer,
    LinkField,
    RecordSerializer,
)


class ClaimSerializer(CitedSerializer):
    organization = LinkField(help_text="The claimant where it is a recorded body.")

    class Meta:
        model = Claim
        fields = [
            "organization",
            "claimant",
            "date",
            "earliest",
            "latest",
            "statement",
            "value",
            "quote",
            "preferred",
            "reason",
            "sources",
            "citations",
        ]


class DisputedFactSerializer(RecordSerializer):
    about = serializers.CharField(help_text="Id of the record that it is about.")
    claims = ClaimSerializer(source="told", many=True)

    class Meta:
        model = DisputedFact
        fields = ["id", "state", "question", "about", "field", "claims"]


def disputed_facts(*groups) -> list[DisputedFact]:
    """The disputed facts about these lists of records, in one query, with their claims and whom they are `about`."""
    about = {
        (ContentType.objects.get_for_model(record).pk, record.pk): record.slug for group in groups for record in group
    }
    subjects = Q()
    for content_type in {content_type for content_type, _pk in about}:
        keys = [pk for kind, pk in about if kind == content_type]
        subjects |= Q(disputed_fact__subject_type=content_type, disputed_fact__subject_id__in=keys)
    if not about:
        return []
    visible = DisputedFact.objects.published().order_by().values("pk")
    claims = Claim.objects.filter(subjects, disputed_fact__in=visible).select_related("disputed_fact", "organization")
    facts: dict[int, DisputedFact] = {}
    for claim in claims.order_by("disputed_fact__slug", "position", "pk"):
        fact = facts.setdefault(claim.disputed_fact_id, claim.disputed_fact)
        fact.about = about[fact.subject_type_id, fact.subject_id]
        fact.told = [*getattr(fact, "told", []), claim]
    return list(facts.values())
