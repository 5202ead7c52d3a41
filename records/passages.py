"""Passages: where a quote stands in a copy's text, and the facts that it carries."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from records import footing, proposals, publishing
from records.documents import normalized
from records.history import take_turn
from records.models import ChangeSet, Citation, Record, Snapshot, Source

MAX_PLACES = 20
AROUND = 60


@dataclass(frozen=True)
class Place:
    """Where a quote stands in a text, in characters as Python counts them, with a little of what is around it."""

    start: int
    end: int
    before: str
    quote: str
    after: str


def find(text: str, quote: str) -> list[Place]:
    """Every place of a quote in a text, at most MAX_PLACES, however spaces and lines break between its words."""
    words = normalized(quote).split()
    if not words:
        return []
    places = []
    for match in re.finditer(r"\s+".join(re.escape(word) for word in words), text):
        start, end = match.span()
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        places.append(Place(start, end, before, match.group(), after))
        if len(places) == MAX_PLACES:
            break
    return places


@dataclass(frozen=True)
class Fact:
    """A field of a row, or the row as a whole ("")."""

    row: Model
    field: str = ""

    @property
    def record(self) -> Record:
        """The record whose review the row goes through."""
        row = self.row
        while not isinstance(row, Record):
            row = getattr(row, footing.owners(type(row))[0].name)
        return row


def attach(
    facts: Iterable[Fact],
    *,
    by,
    reason: str,
    source: Source,
    snapshot: Snapshot | None = None,
    start: int | None = None,
    end: int | None = None,
    quote: str | None = None,
    locator: str | None = None,
    stance: str = Citation.Stance.SUPPORTS,
) -> list[Citation]:
    """Cite one passage for each of the facts; those that cite it already are left as they are.

    Drafts are changed directly, in one change set; for each record that readers see it becomes a proposal.
    Raises ValidationError where the quote does not stand there, and NotAllowed where a record waits for its review.
    """
    passage = {
        "source": source,
        "snapshot": snapshot,
        "start": start,
        "end": end,
        "quote": quote,
        "locator": locator,
        "stance": stance,
    }
    by_record: dict[Record, list[Fact]] = {}
    for fact in facts:
        by_record.setdefault(fact.record, []).append(fact)
    made: list[Citation] = []
    with transaction.atomic():
        take_turn()
        drafts = [record for record in by_record if not record.is_shown]
        if drafts:
            with publishing.change(by=by, reason=reason, kind=ChangeSet.Kind.SOURCE_ONLY) as change_set:
                _refuse_moved(drafts)
                made += [each for record in drafts for each in cite(by_record[record], passage)]
                publishing.carry(drafts, change_set)
        for record in by_record.keys() - set(drafts):
            _refuse_moved([record])
            with proposals.rehearsal(record) as rehearsed:
                cited = cite(by_record[record], passage)
            if cited:
                proposals.propose(record, rehearsed, by=by, reason=reason, kind=ChangeSet.Kind.SOURCE_ONLY)
            made += cited
        if not made:
            raise ValidationError(_("Each of these facts cites this very passage already."))
    return made


def _refuse_moved(records: Iterable[Record]) -> None:
    for record in records:
        kept = type(record)._base_manager.filter(pk=record.pk)
        current = kept.values_list("state", flat=True).first()
        if current != record.state or current == Record.State.IN_REVIEW:
            raise publishing.NotAllowed(
                _("“%(record)s” has moved on meanwhile. Look at it again.") % {"record": record}
            )


def cite(facts: Iterable[Fact], passage: dict) -> list[Citation]:
    """Write the citations of a passage within a change; facts that cite it already are left as they are."""
    made = []
    for fact in facts:
        same = Citation.objects.filter(
            subject_type=ContentType.objects.get_for_model(fact.row), subject_id=fact.row.pk, field=fact.field
        ).order_by()
        if same.filter(**{name: passage[name] for name in ("source", "quote", "locator")}).exists():
            continue
        last = same.aggregate(last=Max("position"))["last"]
        citation = Citation(subject=fact.row, field=fact.field, position=0 if last is None else last + 1, **passage)
        citation.full_clean()
        citation.save()
        made.append(citation)
    return made
