"""The timeline: measures as bars in lanes, or every dated line of every record as a list."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from measures import timeline
from measures.models import (
    DisputedFact,
    Measure,
    TimelineEntry,
)
from measures.views import timeline_files
from measures.views.lanes import Heading, Lanes, drawn, in_period, members, with_others
from measures.views.line_filter import TimelineFilter
from measures.views.lines import programs_of, stretches
from measures.views.marks import Marking, asked_places, marked
from measures.views.zooms import PARAMETERS as PERIOD
from measures.views.zooms import ZOOMS, Period, asked_days, asked_periods, period
from records import dates, drawing, naming
from records.clocks import PARAMETERS, Clocks
from records.facets import facets, named
from records.feeds.links import feeds_of
from records.lists import Chip, asked_page, chips
from records.models import Record
from records.parameters import UNKNOWN
from records.queries import MAX_LENGTH, BadQuery, unknown, unprintable
from records.scale import Scale

VIEWS = {"lanes": gettext_lazy("as lanes"), "list": gettext_lazy("as a list")}


ROWS_PER_PAGE, ENTRIES_PER_PAGE = 50, 100


@dataclass(frozen=True)
class Asked:
    """What part of the timeline an address asks for, and how it is to be drawn.

    `lane`, `row` and `marks` narrow it to what one lane, one row of it or one disc of these holds; `row` is a measure's
    id, or UNKNOWN for what is of no measure. The period stands in the address where it is `chosen`.
    """

    view: str
    lanes: Lanes
    zoom: str
    period: Period
    chosen: bool
    lane: Heading | None = None
    row: str = ""
    of: Measure | None = None
    marks: tuple[datetime.date, datetime.date] | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.lane or self.row or self.marks)


def choices() -> dict[str, dict]:
    """The parameters that choose one of several, each with its values, the first of which needs no choosing."""
    return {"view": VIEWS, "lanes": {lanes.name: lanes for lanes in Lanes.__subclasses__()}, "zoom": ZOOMS}


NARROWING = ("lane", "row", "marks")


def asked_from(data, clocks: Clocks) -> Asked:
    """Read how to draw which part of which days; raise BadQuery with the reasons where that cannot be."""
    problems: dict[str, list[str]] = {}
    chosen = {}
    for name, known in choices().items():
        chosen[name] = data.get(name) or next(iter(known))
        if chosen[name] not in known:
            problems[name] = [_("“%(name)s” must be one of: %(known)s.") % {"name": name, "known": ", ".join(known)}]
    texts = asked_periods(data, problems)
    if problems:
        raise BadQuery(problems)
    lanes, lane, of = choices()["lanes"][chosen["lanes"]](), None, None
    if code := data.get("lane"):
        lane = lanes.by_code.get(code)
        if lane is None:
            raise BadQuery({"lane": [unknown("lane", code, lanes.by_code)]})
    row = data.get("row") or ""
    if row and row != UNKNOWN:
        readable = not unprintable(row) and len(row) <= MAX_LENGTH
        of = Measure.objects.readable().filter(slug=row).first() if readable else None
        if of is None:
            raise BadQuery({"row": [unknown("row", row, ())]})
    shown = period(ZOOMS[chosen["zoom"]], texts, clocks)
    return Asked(chosen["view"], lanes, chosen["zoom"], shown, bool(texts), lane, row, of, asked_places(data))


def asked_lines(filterset: TimelineFilter, data) -> QuerySet:
    """The dated lines that an address asks for, of all years unless it says so. Raises BadQuery."""
    measures, days = filterset.checked, asked_days(data)
    lines = filterset.saying(TimelineEntry.objects.visible())
    if days:
        lines = lines.between(*days)
    # As on the page, a filter of measures leaves out what is of none.
    return lines.filter(measure__in=measures.order_by().values("pk")) if filterset.is_of_measures else lines


class Timeline(TemplateView):
    """The timeline of the measures that the address asks for; also everything else with a date, as a list."""

    template_name = "measures/timeline.html"
    filter_class = TimelineFilter
    also: tuple[str, ...] = ("page", "from", "to", *NARROWING, *timeline_files.PARAMETERS)

    def get(self, request, *args, **kwargs):
        if request.GET.get("format") or request.GET.get("rows"):
            measures, filters = self.filterset.checked, [chip.label for chip in self.chips()]
            # The days shown unasked move on with today; the address that a file tells names them.
            request.GET = QueryDict(self.without(**self.asked.period.asked).removeprefix("?"))
            return timeline_files.taken(request, measures, self.lines(), self.asked.period, filters)
        return super().get(request, *args, **kwargs)

    @cached_property
    def asked(self) -> Asked:
        return asked_from(self.request.GET, self.request.clocks)

    @cached_property
    def filterset(self) -> TimelineFilter:
        """The filters, over the measures of the period, so that each choice counts what the page would show."""
        published, also = Measure.objects.readable(), (*self.also, *choices())
        found = self.filter_class(self.request.GET, published, request=self.request, also=also)
        if found.problems:
            raise BadQuery(found.problems)
        found.queryset = self.measures(published)
        return found

    def measures(self, readable: QuerySet[Measure]) -> QuerySet[Measure]:
        """Those of which something is drawn, narrowed to a lane or a row."""
        asked = self.asked
        found = in_period(readable, asked.period.first, asked.period.last)
        if asked.lane:
            lanes = {heading.code: pks for heading, pks in members(asked.lanes, found)}
            found = found.filter(pk__in=lanes.get(asked.lane.code, ()))
        if asked.row:
            found = found.filter(pk=asked.of.pk) if asked.of else found.none()
        return found

    def lines(self) -> QuerySet[TimelineEntry]:
        """The dated lines of these measures that say the words; also others where no filter of measures is used."""
        asked, lanes, of_measures = self.asked, self.asked.lanes, self.filterset.is_of_measures
        found = self.filterset.saying(TimelineEntry.objects.visible())
        found = found.between(asked.period.first, asked.period.last)
        if of_measures or asked.lane or asked.row:
            wanted = Q(measure__in=self.filterset.checked.order_by().values("pk"))
            if not of_measures and asked.of is None:
                wanted |= lanes.beside(asked.lane) if asked.lane else Q(measure=None)
            found = found.filter(wanted)
        if asked.lane:
            found = lanes.concerning(asked.lane, found)
        if asked.marks:
            found = marked(found, lanes.begun(asked.lane), asked.marks)
        return found

    def get_context_data(self, **kwargs):
        measures, asked, data = self.filterset.checked, self.asked, self.request.GET
        found = measures.count()
        offered = facets(self.filterset, found)
        lines = self.lines()
        shown = self.list_context(lines, named(offered))
        if asked.view == "lanes":
            shown |= self.lanes_context(measures, lines, named(offered))
        first, last = asked.period.words
        filters = (*self.filterset.filters, *PERIOD)
        return (
            super().get_context_data(**kwargs)
            | {
                "asked": asked,
                # The days shown unasked move on with today.
                "pinned": asked.period.asked,
                "first": first,
                "last": last,
                "measure_count": found,
                "choices": [
                    (name, label, self.tabs(name, current))
                    for name, label, current in (
                        ("lanes", _("Lanes by"), asked.lanes.name),
                        ("zoom", _("Zoom"), asked.zoom),
                    )
                    if name == "zoom" or asked.view == "lanes"
                ],
                "earlier": self.moved(-1),
                "later": self.moved(1),
                "facets": offered,
                "chips": self.chips(),
                "clear_url": self.cleared(),
                "is_of_measures": self.filterset.is_of_measures,
                "q": data.get("q", ""),
                "kept": self.kept(),
                "files": timeline_files.offered(),
                "feeds": [] if asked.narrowed else feeds_of("measures:timeline_feed", data, filters),
                "refreshed_at": timeline.refreshed_at(),
            }
            | shown
        )

    def kept(self) -> list[tuple[str, str]]:
        """What the form has no field for and must not lose."""
        asked_for = {*PARAMETERS, "q", "from", "to", "page", *self.filterset.facets}
        return [(name, value) for name, values in self.request.GET.lists() for value in values if name not in asked_for]

    def cleared(self) -> str:
        """The address without filters and without what narrows; the same days, drawn in the same way."""
        dropped = {"page", *NARROWING, *timeline_files.PARAMETERS}
        kept = [name for name in (*PARAMETERS, *self.filterset.also) if name not in dropped]
        query = QueryDict(mutable=True)
        for name in kept:
            for value in filter(None, self.request.GET.getlist(name)):
                query.appendlist(name, value)
        return f"?{query.urlencode()}"

    def without(self, *names: str, **values: str) -> str:
        """This address on its first page, without some parameters and with others instead."""
        data = self.request.GET.copy()
        for name in ("page", *names):
            data.pop(name, None)
        for name, value in values.items():
            data[name] = value
        return f"?{data.urlencode()}"

    def chips(self) -> list[Chip]:
        return [*self.narrowing(), *chips(self.filterset)]

    def narrowing(self) -> list[Chip]:
        """What narrows the timeline to a part of its drawing; without a part there is nothing within it."""
        asked, made = self.asked, []
        if asked.lane:
            label = asked.lane.called or asked.lane.title
            made.append(Chip(f"{_('Lane')}: {label}", self.without(*NARROWING)))
        if asked.row:
            naming.fetch([asked.of])
            label = naming.called(asked.of) if asked.of else str(asked.lanes.others)
            made.append(Chip(f"{_('Row')}: {label}", self.without("row", "marks")))
        if asked.marks:
            first, last = asked.marks
            words = dates.label(first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}")
            made.append(Chip(f"{_('Events about')}: {words}", self.without("marks")))
        return made

    def moved(self, share: int) -> str:
        """The address of what lies earlier or later; none where there is nothing."""
        other = self.asked.period.moved(share)
        return self.without("marks", **other.asked) if other else ""

    def tabs(self, name: str, current: str) -> list[tuple[str, str, str, bool]]:
        """Value, label, address and whether it is the current one, for each choice of a parameter."""
        tabs = []
        for value, choice in choices()[name].items():
            if name == "lanes":
                address = self.without(*NARROWING, lanes=value)
            elif self.asked.chosen and value != current:
                # Another zoom looks at the same days, as many of them as suit it.
                address = self.without("marks", zoom=value, **self.asked.period.around(choice).asked)
            else:
                address = self.without(zoom=value)
            tabs.append((value, getattr(choice, "label", choice), address, value == current))
        return tabs

    def lanes_context(
        self, measures: QuerySet[Measure], lines: QuerySet[TimelineEntry], beside: Iterable[Record]
    ) -> dict:
        asked, clocks = self.asked, self.request.clocks
        # A lane that is asked for holds its measures, whichever materials the filters are about.
        lanes = asked.lanes if asked.lane else type(asked.lanes)(self.filterset)
        found = [(heading, pks) for heading, pks in members(lanes, measures) if asked.lane in (None, heading)]
        counts = defaultdict(int, {heading.key: len(pks) for heading, pks in found})
        whole = with_others(lanes, found, lines)
        paginator = Paginator([(heading, pk) for heading, pks in whole for pk in pks], ROWS_PER_PAGE)
        page = asked_page(self.request, paginator)
        scale = Scale(asked.period.first, asked.period.last + datetime.timedelta(days=1))
        marking = Marking(self.request.GET, clocks)
        return {
            "page_obj": page,
            "axis": drawing.axis(scale, clocks.today, clocks.on, ZOOMS[asked.zoom].step),
            "lanes": [
                (lane, self.without("marks", lane=lane.heading.code))
                for lane in drawn(page.object_list, counts, scale, clocks, lanes, lines, marking, beside=beside)
            ],
        }

    def list_context(self, lines: QuerySet[TimelineEntry], beside: Iterable[Record]) -> dict:
        entries = DisputedFact.objects.mark(lines.for_list())
        paginator = Paginator(entries, ENTRIES_PER_PAGE)
        page = paginator.page(1) if self.asked.view == "lanes" else asked_page(self.request, paginator)
        programs = programs_of(page.object_list)
        naming.fetch((entry.measure for entry in page.object_list), programs.values(), beside)
        return {
            "page_obj": page,
            "line_count": paginator.count,
            "more_lines": max(paginator.count - ENTRIES_PER_PAGE, 0),
            "stretches": stretches(page.object_list, self.asked.zoom, self.request.clocks.on, programs),
        }
