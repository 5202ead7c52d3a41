"""Public pages of what changed: change sets between two moments, the history of a record, the log of corrections.

Names of people are not published: a change was made by an editor, or by a job.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from records import belonging, naming, touched
from records.clocks import PARAMETERS, BadClock, knowledge_of
from records.differences import Did, Key, worded
from records.feeds.links import WITHOUT_DAYS, Link, feeds_about, feeds_of
from records.known import Knowledge
from records.lists import Chip
from records.models import ChangeSet, Record, SlugRedirect
from records.past import Past
from records.queries import BadQuery, refuse_unknown, unknown
from records.revisions import RowChange
from records.touched import Listed, Touched
from records.views import moved_to

FEED = "records:change_feed"
ON_PAGE, CORRECTIONS_ON_PAGE, SHOWN_RECORDS = 20, 10, 12

# What is new about a record, in the order in which it matters.
ASPECTS = {
    "new": pgettext_lazy("what changed", "New"),
    "withdrawn": pgettext_lazy("what changed", "Withdrawn"),
    "status": pgettext_lazy("what changed", "Status"),
    "dates": pgettext_lazy("what changed", "Dates"),
    "correction": pgettext_lazy("what changed", "Correction"),
    "source_only": pgettext_lazy("what changed", "Source only"),
    "other": pgettext_lazy("what changed", "Details"),
}
WITHHELD = gettext_lazy("The reason is not published, since the change also concerned what is not public.")


@dataclass(frozen=True)
class TouchedRecord:
    """A public record that a change set touched, the page of its differences, and what they are in words."""

    record: Record
    number: int
    rows: list[RowChange] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(self.record)

    @property
    def kind(self) -> str:
        return capfirst(self.record._meta.verbose_name)

    @property
    def url(self) -> str:
        return f"{history_address(self.record)}?since={self.number - 1}&until={self.number}"


@dataclass(frozen=True)
class Change:
    """A public change set as pages show it."""

    listed: Listed
    reason: str
    parts: list[tuple[str, list[TouchedRecord]]] = field(default_factory=list)
    rows: list[RowChange] = field(default_factory=list)
    # Not all that it touched was looked at.
    has_more: bool = False
    aspects: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.listed.number

    @property
    def kind(self) -> str:
        return str(ChangeSet.Kind(self.listed.kind).label)

    @property
    def by(self) -> str:
        return _("by an editor") if self.listed.by_person else _("by a job")


def history_address(record: Record) -> str:
    return f"{record.get_absolute_url()}history/"


def feeds_of_changes(record: Record, clocks) -> list[Link]:
    """The feeds of what changed in a record and in all that belongs to it."""
    kind = record._meta.model_name
    return feeds_about(FEED, {"of": kind, "record": record.slug}, clocks, of=_("Changes"), formats=WITHOUT_DAYS)


def reasons(change_sets: Iterable[Listed]) -> dict[int, str]:
    """The reasons that readers may read; those of sets that also concern something hidden are withheld."""
    change_sets = list(change_sets)
    guarded = touched.guarded([each.number for each in change_sets])
    return {each.number: str(WITHHELD) if each.number in guarded else each.reason for each in change_sets}


class Window(TemplateView):
    """A page of change sets in (since, until], newest first; `before` leads to older ones."""

    allowed: tuple[str, ...] = ("since", "until", "before")
    size = ON_PAGE

    @cached_property
    def asked(self) -> dict[str, str]:
        given = self.request.GET
        known = [*self.allowed, *PARAMETERS]
        if problems := refuse_unknown(given, known, single=[name for name in known if name != "kind"]):
            raise BadQuery(problems)
        return {name: given.get(name, "").strip() for name in self.allowed}

    def moment(self, name: str) -> Knowledge | None:
        """The moment that a parameter gives. Raises BadQuery where it is none that is known."""
        text = self.asked[name]
        if not text:
            return None
        try:
            return knowledge_of(text) if text != "0" else Knowledge(0, None)
        except BadClock as error:
            raise BadQuery({name: [str(error)]}) from error

    @cached_property
    def since(self) -> Knowledge | None:
        return self.moment("since")

    @cached_property
    def until(self) -> Knowledge | None:
        return self.moment("until")

    @cached_property
    def last(self) -> int | None:
        """The number of the newest change set to show."""
        before = self.asked["before"]
        if before and not (before.isascii() and before.isdecimal() and 0 < len(before) < 19):
            raise BadQuery({"before": [_("“before” must be the number of a change set.")]})
        bounds = [self.until.number] if self.until else []
        bounds += [int(before) - 1] if before else []
        return min(bounds, default=None)

    @property
    def first(self) -> int:
        return self.since.number if self.since else 0

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "since": self.since,
            "until": self.until,
            "asked": self.asked,
            "chips": [
                Chip(f"{label}: {self.asked[name]}", self.without(name))
                for name, label in (("since", _("Since")), ("until", _("Until")))
                if self.asked[name]
            ],
            "clear_url": self.without(*self.allowed),
        }

    def without(self, *names: str) -> str:
        kept = self.request.GET.copy()
        for name in (*names, "before"):
            kept.pop(name, None)
        return f"?{kept.urlencode()}"

    def older(self, found: list) -> str:
        """The address of the next page; empty where there is none. Takes one change set more than are shown."""
        if len(found) <= self.size:
            return ""
        query = self.request.GET.copy()
        query["before"] = str(found[self.size - 1].number)
        return f"?{query.urlencode()}"


class ChangeList(Window):
    """What changed between two moments: each change set with its reason and the public records that it touched."""

    template_name = "records/change_list.html"
    allowed = (*Window.allowed, "kind", "of", "record")

    @cached_property
    def kinds(self) -> list[str]:
        asked = list(dict.fromkeys(filter(None, self.request.GET.getlist("kind"))))
        if strange := [kind for kind in asked if kind not in ChangeSet.Kind.values]:
            raise BadQuery({"kind": [unknown("kind", kind, ChangeSet.Kind.values) for kind in strange]})
        return asked

    @cached_property
    def of(self) -> str:
        of, known = self.asked["of"], belonging.owners()
        if of and of not in known:
            raise BadQuery({"of": [unknown("of", of, known)]})
        if self.asked["record"] and not of:
            raise BadQuery({"record": [_("“record” needs “of”, which says what kind of record it is.")]})
        return of

    @cached_property
    def record(self) -> Record | None:
        if not self.asked["record"] or not self.of:
            return None
        record = belonging.owners()[self.of].objects.published().filter(slug=self.asked["record"]).first()
        if record is None:
            raise BadQuery({"record": [unknown("record", self.asked["record"], ())]})
        return record

    @cached_property
    def past(self) -> Past | None:
        return Past(self.record, until=_number(self.request)) if self.record else None

    def found(self) -> list[Listed]:
        """The change sets of the page, and one more where there are older ones."""
        numbers = list(self.past.steps) if self.past else None
        return touched.change_sets(
            after=self.first, until=self.last, kinds=self.kinds, of=self.of, numbers=numbers, limit=self.size + 1
        )

    def get_context_data(self, **kwargs):
        of, found = self.of, self.found()
        page = found[: self.size]
        if self.past:
            did = {each.number: [self.past.touched(each.number)] for each in page}
        else:
            did = touched.touched([each.number for each in page], of=of)
        told = reasons(page)
        records = records_of(record for each in did.values() for record in each)
        context = super().get_context_data(**kwargs)
        owners = belonging.owners()
        chips = [Chip(f"{_('Kind')}: {ChangeSet.Kind(kind).label}", self.without("kind")) for kind in self.kinds]
        if of:
            chips.append(Chip(capfirst(owners[of]._meta.verbose_name_plural), self.without("of", "record")))
        if self.record:
            chips.append(Chip(str(self.record), self.without("record")))
        return context | {
            "feeds": feeds_of(FEED, self.request.GET, ("kind", "of", "record"), formats=WITHOUT_DAYS),
            "changes": [change_of(each, told, did[each.number], records) for each in page],
            "older": self.older(found),
            "kinds": [(kind.value, capfirst(kind.label), kind in self.kinds) for kind in ChangeSet.Kind],
            "owners": [(name, capfirst(model._meta.verbose_name_plural), name == of) for name, model in owners.items()],
            "record": self.record,
            "chips": [*context["chips"], *chips],
        }


def records_of(touches: Iterable[Touched]) -> dict[tuple[str, int], Record]:
    """The records that change sets touched, one query for each kind of them."""
    wanted: dict[str, set[int]] = {}
    for touch in touches:
        wanted.setdefault(touch.owner[0], set()).add(touch.owner[1])
    return {
        (kind, pk): record
        for kind, pks in wanted.items()
        for pk, record in belonging.owners()[kind].objects.in_bulk(pks).items()
    }


def change_of(listed: Listed, told: dict[int, str], touches: list[Touched], records) -> Change:
    parts: dict[str, list[TouchedRecord]] = {}
    for touch in touches:
        if record := records.get(touch.owner):
            parts.setdefault(touch.aspects(listed.kind)[0], []).append(TouchedRecord(record, listed.number))
    return Change(
        listed,
        told[listed.number],
        [(str(label), parts[aspect]) for aspect, label in ASPECTS.items() if aspect in parts],
        has_more=sum(len(touch.began) + len(touch.ended) for touch in touches) >= touched.MOST_ROWS,
    )


class RecordHistory(Window):
    """The versions of a record: which change set turned what into what, when, why and by whom."""

    template_name = "records/record_history.html"
    model: type[Record] = Record

    def get(self, request, *args, **kwargs):
        if self.model.merges and (target := SlugRedirect.objects.target(self.model, kwargs["slug"])):
            return moved_to(request, history_address(target))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        record = get_object_or_404(self.model.objects.published(), slug=self.kwargs["slug"])
        naming.fetch([record])
        past = Past(record, until=_number(self.request))
        numbers = [
            number for number in past.steps if number > self.first and (self.last is None or number <= self.last)
        ]
        found = touched.change_sets(numbers=numbers[: self.size + 1], limit=self.size + 1)
        page = found[: self.size]
        told, owner = reasons(page), past.owner
        rows = worded(
            Did(each.number, owner, step.key, step.before is not None, step.after is not None)
            for each in page
            for step in past.steps[each.number]
        )
        return super().get_context_data(**kwargs) | {
            "record": record,
            "object": record,
            "feeds": feeds_of_changes(record, self.request.clocks),
            "list_name": capfirst(record._meta.verbose_name_plural),
            "list_url": record.get_absolute_url().rsplit("/", 2)[0] + "/",
            "changes": [
                Change(
                    each,
                    told[each.number],
                    rows=rows.get((each.number, owner), []),
                    aspects=[str(ASPECTS[name]) for name in past.touched(each.number).aspects(each.kind)],
                )
                for each in page
            ],
            "count": len(numbers),
            "older": self.older(found),
        }


class Corrections(Window):
    """The log of corrections: what this knowledge base had wrong, what it says instead, and why."""

    template_name = "records/corrections.html"
    size = CORRECTIONS_ON_PAGE

    def get_context_data(self, **kwargs):
        found = touched.change_sets(
            after=self.first, until=self.last, kinds=[ChangeSet.Kind.CORRECTION], limit=self.size + 1
        )
        page = found[: self.size]
        did = touched.touched([each.number for each in page])
        told, records = reasons(page), records_of(record for each in did.values() for record in each)
        rows = worded(done(did))
        changes = []
        for each in page:
            shown = [
                TouchedRecord(records[touch.owner], each.number, rows.get((each.number, owner_key(touch)), []))
                for touch in did[each.number]
                if touch.owner in records
            ]
            changes.append(
                Change(each, told[each.number], [("", shown[:SHOWN_RECORDS])], has_more=len(shown) > SHOWN_RECORDS)
            )
        asked = {"kind": ChangeSet.Kind.CORRECTION.value}
        feeds = feeds_about(FEED, asked, self.request.clocks, of=_("Corrections"), formats=WITHOUT_DAYS)
        return super().get_context_data(**kwargs) | {
            "changes": changes,
            "older": self.older(found),
            "feeds": feeds,
        }


def owner_key(touch: Touched) -> Key:
    return belonging.owners()[touch.owner[0]], touch.owner[1]


def done(did: dict[int, list[Touched]]) -> Iterable[Did]:
    for number, touches in did.items():
        for touch in touches:
            for key in touch.rows:
                yield Did(number, owner_key(touch), key, key in touch.ended, key in touch.began)


def _number(request) -> int | None:
    """The change set until which is known what the request reads; None for all there are."""
    clocks = request.clocks
    return None if clocks.is_now or clocks.knowledge is None else clocks.knowledge.number
