"""The page that lays records beside each other: two to four of a kind, or one on several days or as known then and now.

`/compare/?measure=a&measure=b`, `/compare/?measure=a&day=2019-07-01&day=2023-03-23`, and
`/compare/?measure=a&moment=12&moment=2026-11-01T00:00Z`. A single day or moment is compared with that of the page.
"""

import datetime
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from records import dates, known, naming, touched
from records.beside import Column, Kind, facts, kinds, lines
from records.changes import Change, history_address, reasons
from records.clocks import FIRST_YEAR, LAST_YEAR, NUMBER, PARAMETERS, BadClock, day_of, knowledge_of
from records.differences import Did, worded
from records.filters import SearchField
from records.known import Knowledge
from records.models import ChangeSet, Record, SlugRedirect
from records.past import Past, Step
from records.queries import BadQuery, refuse_unknown, unprintable
from records.results import kind_label
from records.search.asking import ask
from records.search.finding import Hits
from records.templatetags.marks import clocked
from records.views import moved_to

MOST = 4
# Records that a search offers, days and change sets to choose from, change sets that are told in full.
OFFERED, CHOICES, TOLD = 10, 12, 20
# What tells most about why a record says something else now, first.
ORDER = (ChangeSet.Kind.CORRECTION, ChangeSet.Kind.DEVELOPMENT, ChangeSet.Kind.SOURCE_ONLY, ChangeSet.Kind.UPKEEP)


@dataclass(frozen=True)
class Asked:
    """What the address asks to compare: public ids of one kind, and days or moments for a single one."""

    name: str
    slugs: list[str]
    days: list[datetime.date]
    moments: list[tuple[str, Knowledge]]
    words: str


@dataclass(frozen=True)
class Between:
    """The public change sets between two moments of a record, by kind, and the page that has all of them."""

    groups: list[tuple[str, int, list[Change]]]
    count: int
    told: int
    url: str


class Compare(TemplateView):
    """Records beside each other, what differs first. Without two things to compare, what could be compared."""

    template_name = "records/compare.html"

    @cached_property
    def asked(self) -> Asked:
        given = self.request.GET
        problems = refuse_unknown(given, [*kinds(), "day", "moment", "q", *PARAMETERS], single=["q", *PARAMETERS])
        values = {name: self.values(name) for name in (*kinds(), "day", "moment")}
        named = [name for name in kinds() if values[name]]
        name = named[0] if named else ""
        if len(named) > 1:
            problems[named[1]] = [
                _("Only records of one kind can be compared: “%(kind)s” is given too.") % {"kind": name}
            ]
        for each in (*named[:1], "day", "moment"):
            if len(values[each]) > MOST:
                problems[each] = [_("At most %(most)d can be compared.") % {"most": MOST}]
        for each in ("day", "moment"):
            if values[each] and len(values[name] if name else ()) != 1:
                problems[each] = [_("“%(name)s” compares one record with itself: name just one.") % {"name": each}]
        if values["day"] and values["moment"]:
            problems["moment"] = [_("A record is compared on several days or as known at several moments, not both.")]
        days, moments = self.read("day", values["day"], problems), self.read("moment", values["moment"], problems)
        words = ""
        try:
            words = SearchField(required=False).clean(given.get("q", ""))
        except ValidationError as error:
            problems["q"] = list(error.messages)
        if problems:
            raise BadQuery(problems)
        return Asked(name, values[name] if name else [], days, list(zip(values["moment"], moments, strict=True)), words)

    def values(self, name: str) -> list[str]:
        # A sign in a query string that was not escaped arrives as a space.
        given = (value.strip().replace(" ", "+") for value in self.request.GET.getlist(name))
        return list(dict.fromkeys(filter(None, given)))

    @staticmethod
    def read(name: str, texts: list[str], problems: dict[str, list[str]]) -> list:
        found = []
        for text in texts if name not in problems else ():
            try:
                found.append(day_of(text) if name == "day" else knowledge_of(text))
            except BadClock as error:
                problems[name] = [str(error)]
        return found

    @property
    def kind(self) -> type[Kind]:
        return kinds()[self.asked.name]

    @cached_property
    def records(self) -> list[Record]:
        """In the order of the address. Raises Http404 for what visitors may not know of, as for what does not exist."""
        if not self.asked.name:
            return []
        found = {record.slug: record for record in self.kind.visible().filter(slug__in=self.asked.slugs)}
        if len(found) < len(self.asked.slugs):
            raise self.none
        return [found[slug] for slug in self.asked.slugs]

    @property
    def none(self) -> Http404:
        kind = capfirst(self.kind.model._meta.verbose_name)
        return Http404(_("%(kind)s: there is none with this id.") % {"kind": kind})

    def get(self, request, *args, **kwargs):
        if any(unprintable(slug) for slug in self.asked.slugs):
            raise self.none
        if self.asked.name and self.kind.model.merges and (address := self.moved()):
            return address
        return super().get(request, *args, **kwargs)

    def moved(self):
        """To the records that old ids lead to; None where all ids stand for themselves."""
        model, query = self.kind.model, self.request.GET.copy()
        standing = set(
            self.kind.model.objects.readable().filter(slug__in=self.asked.slugs).values_list("slug", flat=True)
        )
        targets = {slug: SlugRedirect.objects.target(model, slug) for slug in self.asked.slugs if slug not in standing}
        if not any(targets.values()):
            return None
        slugs = [targets[slug].slug if targets.get(slug) else slug for slug in self.asked.slugs]
        query.setlist(self.asked.name, list(dict.fromkeys(slugs)))
        response = moved_to(self.request, reverse("records:compare"))
        response["Location"] = f"{reverse('records:compare')}?{query.urlencode(safe=':')}"
        return response

    def address(self, **changed: list[str]) -> str:
        """This comparison with other values of some parameters; what is searched for is left out."""
        kept = {name: self.values(name) for name in (*kinds(), "day", "moment")} | changed
        query = [(name, value) for name, values in kept.items() for value in values]
        return f"?{urlencode([*query, *self.request.clocks.kept.items()], safe=':')}"

    def columns(self) -> list[Column]:
        if self.asked.days:
            return self.columns_of_days(self.records[0])
        if self.asked.moments:
            return self.columns_of_moments(self.records[0])
        return self.columns_of_records()

    def columns_of_records(self) -> list[Column]:
        day = self.request.clocks.on
        told = facts(self.kind.model, [record for record in self.records if record.is_readable], day)
        naming.fetch(self.records)
        slugs = self.asked.slugs
        return [
            Column(
                naming.called(record),
                clocked({"clocks": self.request.clocks}, self.kind.address(record)),
                told.get(record.pk, {}),
                "" if record.is_readable else withdrawn(record),
                without=self.address(**{self.asked.name: [slug for slug in slugs if slug != record.slug]}),
            )
            for record in self.records
        ]

    def columns_of_days(self, record: Record) -> list[Column]:
        """The record on each day; a single one is compared with the day of the page."""
        days = self.asked.days
        if len(days) == 1:
            days = [*days, *({self.request.clocks.on} - {*days})]
        return [
            Column(
                dates.label(day.isoformat()),
                clocked({"clocks": replace(self.request.clocks, on=day)}, self.kind.address(record)),
                facts(self.kind.model, [record], day)[record.pk] if record.is_readable else {},
                "" if record.is_readable else withdrawn(record),
                without=self.address(day=[each.isoformat() for each in days if each != day]) if len(days) > 2 else "",
            )
            for day in days
        ]

    @cached_property
    def moments(self) -> list[tuple[str | None, Knowledge]]:
        """As the address spells them; a single one is compared with what the page knows."""
        moments: list[tuple[str | None, Knowledge]] = list(self.asked.moments)
        clocks = self.request.clocks
        return [*moments, (clocks.asked_known, clocks.knowledge)] if len(moments) == 1 else moments

    def columns_of_moments(self, record: Record) -> list[Column]:
        """The record as known at each moment. What readers may not know of now has no past for them either."""
        clocks, made = self.request.clocks, []
        for text, knowledge in self.moments:
            told, notice = {}, "" if record.is_readable else withdrawn(record)
            with ExitStack() as reading:
                if knowledge != clocks.knowledge:
                    reading.enter_context(known.as_of(knowledge))
                then = self.kind.visible().filter(pk=record.pk).first()
                if record.is_readable and then is None:
                    notice = _("Readers did not know of it at this moment.")
                elif record.is_readable and not then.is_readable:
                    notice = withdrawn(then)
                elif record.is_readable:
                    told = facts(self.kind.model, [then], clocks.on)[then.pk]
            others = [each for each, _knowledge in self.moments if each and each != text]
            made.append(
                Column(
                    moment_in_words(text, knowledge),
                    clocked({"clocks": replace(clocks, asked_known=text)}, self.kind.address(record)),
                    told,
                    notice,
                    without=self.address(moment=others) if len(self.moments) > 2 else "",
                )
            )
        return made

    def between(self, record: Record) -> Between | None:
        numbers = sorted(knowledge.number for _text, knowledge in self.moments)
        changes = self.changes(record, numbers[0], numbers[-1], limit=TOLD, in_full=True)
        by_kind: dict[str, list[Change]] = {}
        for change in changes[1]:
            by_kind.setdefault(change.listed.kind, []).append(change)
        owner = self.kind.owner(record)
        url = f"{history_address(owner)}?since={numbers[0]}&until={numbers[-1]}"
        return Between(
            [(str(kind.label), len(by_kind[kind]), by_kind[kind]) for kind in ORDER if kind in by_kind],
            changes[0],
            len(changes[1]),
            clocked({"clocks": self.request.clocks}, url),
        )

    def changes(self, record: Record, after: int, until: int, *, limit: int, in_full=False) -> tuple[int, list[Change]]:
        """How many public change sets touched the record in (after, until], and the newest of them."""
        owner = self.kind.owner(record)
        past = Past(owner, until=until)
        # Of what belongs to the owner, what belongs to this record.
        own = past.states if owner == record else Past(record, until=until).states
        steps: dict[int, list[Step]] = {
            number: mine
            for number, did in past.steps.items()
            if number > after and (mine := [step for step in did if step.key in own])
        }
        listed = touched.change_sets(numbers=list(steps), limit=limit) if steps else []
        told = reasons(listed)
        rows = worded(
            Did(each.number, past.owner, step.key, step.before is not None, step.after is not None)
            for each in (listed if in_full else ())
            for step in steps[each.number]
        )
        found = [Change(each, told[each.number], rows=rows.get((each.number, past.owner), [])) for each in listed]
        return len(steps), found

    def choices(self, record: Record) -> dict:
        """Days and moments that a single record can be compared at, for a page that compares nothing yet."""
        clocks = self.request.clocks
        days: dict[tuple[datetime.date, str], list[str]] = {}
        for day, date, words in self.kind.days(record):
            if day != clocks.on and FIRST_YEAR <= day.year <= LAST_YEAR:
                days.setdefault((day, date), []).append(words)
        _count, changes = self.changes(record, 0, clocks.knowledge.number, limit=CHOICES)
        return {
            "days": [
                (date, "; ".join(words), self.address(day=[day.isoformat()]))
                for (day, date), words in sorted(days.items())[-CHOICES:]
            ],
            # What the record said before a change, beside what it says.
            "changes": [
                (change, self.address(moment=[str(change.number - 1)])) for change in changes if change.number > 1
            ],
        }

    def offered(self) -> list[tuple[str, str, str]]:
        """What a search finds to compare: its title, its kind, and the comparison with it."""
        asked = self.asked
        found = Hits(ask(asked.words), [asked.name] if asked.name else list(kinds()))[: OFFERED + len(asked.slugs)]
        return [
            (
                hit.title,
                kind_label(hit.kind),
                self.address(**{hit.kind: [*asked.slugs, hit.slug], "day": [], "moment": []}),
            )
            for hit in found
            if hit.slug not in asked.slugs
        ][:OFFERED]

    def get_context_data(self, **kwargs):
        asked, records = self.asked, self.records
        of_one = len(records) == 1
        compares = len(records) > 1 or bool(asked.days or asked.moments)
        columns = self.columns() if compares else []
        found = lines(columns, of_one=of_one)
        one = records[0] if of_one else None
        naming.fetch(records)
        readable = one is not None and one.is_readable
        return super().get_context_data(**kwargs) | {
            "asked": asked,
            "records": [(naming.called(record), self.linked(record)) for record in records],
            "one": one,
            "one_called": one and naming.called(one),
            "withdrawn": withdrawn(one) if one and not compares and not readable else "",
            "columns": columns,
            "differing": [line for line in found if not line.agrees and not line.stands_alone],
            "alone": [line for line in found if not line.agrees and line.stands_alone],
            "agreeing": [line for line in found if line.agrees],
            "between": self.between(one) if asked.moments and readable else None,
            "choices": self.choices(one) if readable and not compares else None,
            "may_add": len(records) < MOST,
            "offered": self.offered() if asked.words and len(records) < MOST else [],
            "kind_name": capfirst(self.kind.model._meta.verbose_name_plural) if asked.name else "",
            "kinds_named": [capfirst(kind.model._meta.verbose_name_plural) for kind in kinds().values()],
        }

    def linked(self, record: Record) -> str:
        return clocked({"clocks": self.request.clocks}, self.kind.address(record))


def withdrawn(record: Record) -> str:
    return f"{_('This record was withdrawn.')} {record.withdrawal_notice}"


def moment_in_words(text: str | None, knowledge: Knowledge) -> str:
    """The moment as its address spells it: None is now, and the number of a change set is told with its moment."""
    if text is None:
        return pgettext("moment", "now")
    if knowledge.at is None:
        return _("Before the first change")
    at = timezone.localtime(knowledge.at)
    words = f"{format_date(at, _('j M Y, H:i'))} {format_date(at, 'T')}"
    return f"{words}, {_('change %(number)s') % {'number': text}}" if NUMBER.fullmatch(text) else words
