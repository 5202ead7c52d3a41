"""The timeline: measures as bars in lanes, or every dated line of every record as a list."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.generic import TemplateView

from measures import timeline
from measures.filters import MeasureFilter
from measures.models import (
    DisputedFact,
    Measure,
    MeasureEvent,
    TimelineEntry,
)
from measures.views.lanes import Lanes, drawn, in_period, members
from records import drawing, naming
from records.clocks import FIRST_YEAR, LAST_YEAR, PARAMETERS, Clocks
from records.facets import facets, named
from records.feeds.links import feeds_of
from records.lists import asked_page, chips, cleared
from records.models import Record
from records.queries import BadQuery
from records.scale import Scale

VIEWS = {"lanes": gettext_lazy("as lanes"), "list": gettext_lazy("as a list")}


@dataclass(frozen=True)
class Zoom:
    """How closely to look: months between two lines, years at most on a page, and how far around a day unasked."""

    label: str
    step: int
    most_years: int
    before: datetime.timedelta
    after: datetime.timedelta


YEAR = datetime.timedelta(days=365)
ZOOMS = {
    "year": Zoom(gettext_lazy("year"), 12, 80, 7 * YEAR, YEAR),
    "quarter": Zoom(gettext_lazy("quarter"), 3, 16, 2 * YEAR, YEAR),
    "month": Zoom(gettext_lazy("month"), 1, 5, YEAR / 2, YEAR / 2),
}
ROWS_PER_PAGE, ENTRIES_PER_PAGE = 100, 100

ROLES = dict(MeasureEvent.Kind.choices) | {
    "background": pgettext_lazy("role of a date", "background"),
    "until": pgettext_lazy("role of a date", "last day"),
    "starts": pgettext_lazy("role of a date", "starts"),
    "ends": pgettext_lazy("role of a date", "ends"),
    "runs": pgettext_lazy("role of a date", "runs"),
    "expected": pgettext_lazy("role of a date", "expected"),
    "achieved": pgettext_lazy("role of a date", "achieved"),
    "issued": pgettext_lazy("role of a date", "issued"),
    "due": pgettext_lazy("role of a date", "due"),
    "answered": pgettext_lazy("role of a date", "answered"),
    "conducted": pgettext_lazy("role of a date", "conducted"),
    "said": pgettext_lazy("role of a date", "said"),
}
KINDS = {
    "event": gettext_lazy("measure"),
    "status": gettext_lazy("status"),
    "announcement": gettext_lazy("announcement"),
    "phase": gettext_lazy("phase"),
    "milestone": gettext_lazy("milestone"),
    "directive": gettext_lazy("directive"),
    "response": gettext_lazy("response"),
    "survey": gettext_lazy("survey"),
    "statement": gettext_lazy("statement"),
}


# Kinds of which a day that has passed without a word is overdue; the last day of a status just passes.
EXPECTED = ("milestone", "directive", "phase")


def expectation(*, kind: str, planned: bool, settled_on, latest, on: datetime.date) -> str:
    """What is to be said of something that was expected: "planned", "overdue", "settled", or "" for what was seen."""
    if not planned or kind == "status":
        return ""
    if settled_on is not None and settled_on <= on:
        return "settled"
    return "overdue" if kind in EXPECTED and latest is not None and latest < on else "planned"


@dataclass(frozen=True)
class Asked:
    """What part of the timeline an address asks for, and how it is to be drawn."""

    view: str
    lanes: str
    zoom: str
    first_year: int
    last_year: int

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.first_year, 1, 1)

    @property
    def last(self) -> datetime.date:
        return datetime.date(self.last_year, 12, 31)


def choices() -> dict[str, dict]:
    """The parameters that choose one of several, each with its values, the first of which needs no choosing."""
    return {"view": VIEWS, "lanes": {lanes.name: lanes for lanes in Lanes.__subclasses__()}, "zoom": ZOOMS}


def asked_from(data, clocks: Clocks) -> Asked:
    """Read view, lanes, zoom and years; raise BadQuery with the reasons where they cannot be."""
    problems: dict[str, list[str]] = {}
    chosen = {}
    for name, known in choices().items():
        chosen[name] = data.get(name) or next(iter(known))
        if chosen[name] not in known:
            problems[name] = [_("“%(name)s” must be one of: %(known)s.") % {"name": name, "known": ", ".join(known)}]
    years = asked_years(data, problems)
    if problems:
        raise BadQuery(problems)
    first, last = period(ZOOMS[chosen["zoom"]], years.get("from"), years.get("to"), clocks)
    return Asked(**chosen, first_year=first, last_year=last)


def asked_years(data, problems: dict[str, list[str]]) -> dict[str, int]:
    """The years that an address gives as “from” and “to”; what is wrong with them is added to the problems."""
    years: dict[str, int] = {}
    for name in ("from", "to"):
        text = (data.get(name) or "").strip()
        if not text:
            continue
        if text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
            years[name] = int(text)
        else:
            problems[name] = [
                _("“%(name)s” must be a year from %(first)d to %(last)d.")
                % {"name": name, "first": FIRST_YEAR, "last": LAST_YEAR}
            ]
    return years


def asked_lines(filterset: MeasureFilter, data) -> QuerySet:
    """The dated lines that an address asks for, of all years unless it says so. Raises BadQuery."""
    measures, problems = filterset.checked, {}
    years = asked_years(data, problems)
    if problems:
        raise BadQuery(problems)
    first, last = years.get("from", datetime.MINYEAR), years.get("to", datetime.MAXYEAR)
    if first > last:
        raise BadQuery({"from": [_("The period must not end before it begins: “from” is later than “to”.")]})
    lines = TimelineEntry.objects.visible()
    if years:
        lines = lines.between(datetime.date(first, 1, 1), datetime.date(last, 12, 31))
    # As on the page, a filter of measures leaves out what is of none.
    return lines.filter(measure__in=measures.order_by().values("pk")) if filterset.chosen else lines


def period(zoom: Zoom, first: int | None, last: int | None, clocks: Clocks) -> tuple[int, int]:
    """The first and the last year to show; what is not asked for lies around the chosen day, and reaches today."""
    usual = (zoom.before + zoom.after) // YEAR
    if first is None and last is None:
        first, last = (clocks.on - zoom.before).year, (clocks.on + zoom.after).year
        if clocks.today.year - first < zoom.most_years // 4:
            last = max(last, (clocks.today + zoom.after).year)
    elif first is None:
        first = last - usual
    elif last is None:
        last = first + usual
    first, last = max(first, FIRST_YEAR), min(last, LAST_YEAR)
    if first > last:
        raise BadQuery({"from": [_("The period must not end before it begins: “from” is later than “to”.")]})
    if last - first >= zoom.most_years:
        raise BadQuery(
            {
                "to": [
                    _("Seen by the %(zoom)s, the timeline can show at most %(years)d years at once.")
                    % {"zoom": zoom.label, "years": zoom.most_years}
                ]
            }
        )
    return first, last


class Timeline(TemplateView):
    """The timeline of the measures that the address asks for; also everything else with a date, as a list."""

    template_name = "measures/timeline.html"
    filter_class = MeasureFilter
    also: tuple[str, ...] = ("page", "from", "to")

    @cached_property
    def filterset(self) -> MeasureFilter:
        published = Measure.objects.readable()
        return self.filter_class(self.request.GET, published, request=self.request, also=(*self.also, *choices()))

    def get_context_data(self, **kwargs):
        measures, clocks = self.filterset.checked, self.request.clocks
        asked = asked_from(self.request.GET, clocks)
        offered = facets(self.filterset, measures.count())
        if asked.view == "list":
            shown = self.list_context(measures, asked, named(offered))
        else:
            shown = self.lanes_context(measures, asked, clocks, named(offered))
        return (
            super().get_context_data(**kwargs)
            | {
                "asked": asked,
                "choices": [
                    (name, label, self.tabs(name, getattr(asked, name)))
                    for name, label in (("lanes", _("Lanes by")), ("zoom", _("Zoom")))
                    if name == "zoom" or asked.view == "lanes"
                ],
                "facets": offered,
                "chips": chips(self.filterset),
                "clear_url": cleared(self.filterset),
                "q": self.request.GET.get("q", ""),
                "kept": self.kept(),
                "first_year": FIRST_YEAR,
                "last_year": LAST_YEAR,
                "feeds": feeds_of("measures:timeline_feed", self.request.GET, (*self.filterset.filters, "from", "to")),
                "refreshed_at": timeline.refreshed_at(),
            }
            | shown
        )

    def kept(self) -> list[tuple[str, str]]:
        """What the form has no field for and must not lose."""
        asked_for = {*PARAMETERS, "q", "from", "to", "page", *MeasureFilter.facets}
        return [(name, value) for name, values in self.request.GET.lists() for value in values if name not in asked_for]

    def tabs(self, name: str, current: str) -> list[tuple[str, str, str, bool]]:
        """Value, label, address and whether it is the current one, for each choice of a parameter."""
        tabs = []
        for value, choice in choices()[name].items():
            data = self.request.GET.copy()
            data.pop("page", None)
            if name == "zoom":
                # Another zoom shows other years, unless they fit it as well.
                data.pop("from", None), data.pop("to", None)
            data[name] = value
            tabs.append((value, getattr(choice, "label", choice), f"?{data.urlencode()}", value == current))
        return tabs

    def lanes_context(
        self, measures: QuerySet[Measure], asked: Asked, clocks: Clocks, beside: Iterable[Record]
    ) -> dict:
        touching = in_period(measures, asked.first, asked.last)
        lanes = choices()["lanes"][asked.lanes](self.filterset)
        found = members(lanes, touching)
        paginator = Paginator([(heading, pk) for heading, pks in found for pk in pks], ROWS_PER_PAGE)
        page = asked_page(self.request, paginator)
        scale = Scale(asked.first, asked.last + datetime.timedelta(days=1))
        counts = {heading.key: len(pks) for heading, pks in found}
        return {
            "page_obj": page,
            "axis": drawing.axis(scale, clocks.today, clocks.on, ZOOMS[asked.zoom].step),
            "lanes": drawn(page.object_list, counts, scale, clocks, lanes, beside=beside),
            "measure_count": len({pk for _heading, pks in found for pk in pks}),
        }

    def list_context(self, measures: QuerySet[Measure], asked: Asked, beside: Iterable[Record]) -> dict:
        entries = TimelineEntry.objects.visible().between(asked.first, asked.last)
        if self.filterset.chosen:
            entries = entries.filter(measure__in=measures.order_by().values("pk"))
        page = asked_page(self.request, Paginator(DisputedFact.objects.mark(entries.for_list()), ENTRIES_PER_PAGE))
        naming.fetch((entry.measure for entry in page.object_list), beside)
        return {"page_obj": page, "stretches": stretches(page.object_list, asked.zoom, self.request.clocks.on)}


@dataclass
class Line:
    """One dated line of the list; `state` is "overdue", "planned" or "" for what was seen."""

    entry: TimelineEntry
    role: str
    kind: str
    state: str

    @property
    def disputed_at(self) -> str:
        """Where the versions of a disputed one are told."""
        return f"{self.entry.path.partition('#')[0]}#disputed"


@dataclass
class Stretch:
    """The lines that fall into one year, quarter or month."""

    title: str
    lines: list[Line]


def stretches(entries: Iterable[TimelineEntry], zoom: str, on: datetime.date) -> list[Stretch]:
    return [
        Stretch(title, [line(entry, on) for entry in group])
        for title, group in groupby(entries, key=lambda entry: stretch_title(entry.sorted_on, zoom))
    ]


def stretch_title(day: datetime.date, zoom: str) -> str:
    if zoom == "month":
        return date_format(day, pgettext("heading, Django date format", "F Y"))
    if zoom == "quarter":
        return _("%(year)d, quarter %(quarter)d") % {"year": day.year, "quarter": (day.month + 2) // 3}
    return str(day.year)


def line(entry: TimelineEntry, on: datetime.date) -> Line:
    is_open = entry.planned and (entry.settled_on is None or entry.settled_on > on)
    late = is_open and entry.latest is not None and entry.latest < on
    state = "planned" if is_open and not late else "overdue" if late and entry.kind in EXPECTED else ""
    # What the last day of a status brings is not expected, only near.
    return Line(
        entry,
        str(ROLES.get(entry.role, entry.role)),
        str(KINDS.get(entry.kind, entry.kind)),
        "" if entry.kind == "status" else state,
    )
