"""The timeline: measures as bars in lanes, or every dated line of every record as a list."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.core.paginator import Paginator
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.generic import TemplateView

from measures import status, timeline
from measures.filters import FACETS, MeasureFilter, facets
from measures.models import (
    Country,
    Material,
    Measure,
    MeasureEvent,
    MeasureIssuer,
    MeasureMaterial,
    StatusPeriod,
    TimelineEntry,
)
from records import drawing
from records.clocks import FIRST_YEAR, LAST_YEAR, Clocks
from records.filters import BadQuery
from records.models import Record
from records.scale import Scale
from records.statuses import ENDED
from records.views import asked_page, chips, cleared

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

# Events that the bars do not show already.
DRAWN_EVENTS = (
    MeasureEvent.Kind.CONSULTATION,
    MeasureEvent.Kind.PUBLISHED,
    MeasureEvent.Kind.AMENDED,
    MeasureEvent.Kind.CONFIRMED,
    MeasureEvent.Kind.LICENCE,
    MeasureEvent.Kind.DISPUTE,
    MeasureEvent.Kind.NEGOTIATION,
    MeasureEvent.Kind.STATEMENT,
)
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


@dataclass(frozen=True)
class Heading:
    """What a lane stands for; no key for what belongs to none."""

    key: str | int | None
    title: str
    address: str = ""


class Lanes:
    """One way to put measures into lanes, found through `__subclasses__()`; apps above add theirs."""

    name: str
    label: str
    rest: str

    def __init__(self, filterset: MeasureFilter):
        self.filterset = filterset

    def headings(self) -> dict[str | int, Heading]:
        """The lanes that visitors may see, by key."""
        raise NotImplementedError

    def links(self, measures: list[int]) -> Iterable[tuple[str | int, int]]:
        """Key and measure, for each lane that a measure is in."""
        raise NotImplementedError

    def covers(self, heading: Heading, part: status.Row | StatusPeriod | MeasureEvent) -> bool:
        """Whether a part of the life of a measure in the lane belongs to it."""
        return True


class IssuerLanes(Lanes):
    name, label, rest = "issuer", gettext_lazy("issuer"), gettext_lazy("No issuer recorded")

    def headings(self):
        return {country.code: Heading(country.code, str(country.name)) for country in Country.objects.all()}

    def links(self, measures):
        return MeasureIssuer.objects.filter(measure__in=measures).values_list("country_id", "measure_id")


class MaterialLanes(Lanes):
    name, label, rest = "material", gettext_lazy("material"), gettext_lazy("No material listed")

    def headings(self):
        materials = Material.objects.published().filter(state=Record.State.PUBLISHED).only("slug", "name")
        return {material.pk: Heading(material.pk, material.name, material.get_absolute_url()) for material in materials}

    def links(self, measures):
        answering = Q()
        for asked in self.filterset.form.cleaned_data["material"].values():
            answering |= asked.condition()
        links = MeasureMaterial.objects.filter(answering, measure__in=measures)
        return links.values_list("material_id", "measure_id")

    def covers(self, heading, part):
        if heading.key is None:
            return True
        if isinstance(part, MeasureEvent):
            named = [link.material_id for link in part.material_links.all()]
            return not named or heading.key in named
        material = part.material_id if isinstance(part, StatusPeriod) else part.material and part.material.pk
        return material == heading.key


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
    years = {}
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
    if problems:
        raise BadQuery(problems)
    first, last = period(ZOOMS[chosen["zoom"]], years.get("from"), years.get("to"), clocks)
    return Asked(**chosen, first_year=first, last_year=last)


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


@dataclass
class LaneRow:
    """One measure in one lane: its status on the day, its bar."""

    measure: Measure
    groups: list[status.Group]
    since: str | None
    bar: drawing.Row


@dataclass
class Lane:
    """Rows under one heading; `count` is how many the whole lane has, of which some may be on another page."""

    title: str
    count: int
    address: str = ""
    rows: list[LaneRow] = field(default_factory=list)


class Timeline(TemplateView):
    """The timeline of the measures that the address asks for; also everything else with a date, as a list."""

    template_name = "measures/timeline.html"

    @cached_property
    def filterset(self) -> MeasureFilter:
        published = Measure.objects.published().filter(state=Record.State.PUBLISHED)
        also = ("page", "from", "to", *choices())
        return MeasureFilter(self.request.GET, published, request=self.request, also=also)

    def get_context_data(self, **kwargs):
        measures, clocks = self.filterset.checked, self.request.clocks
        asked = asked_from(self.request.GET, clocks)
        shown = (
            self.list_context(measures, asked) if asked.view == "list" else self.lanes_context(measures, asked, clocks)
        )
        return (
            super().get_context_data(**kwargs)
            | {
                "asked": asked,
                "choices": [
                    (name, label, self.tabs(name, getattr(asked, name)))
                    for name, label in (("lanes", _("Lanes by")), ("zoom", _("Zoom")))
                    if name == "zoom" or asked.view == "lanes"
                ],
                "facets": facets(self.filterset),
                "chips": chips(self.filterset),
                "clear_url": cleared(self.filterset),
                "q": self.request.GET.get("q", ""),
                "kept": self.kept(),
                "first_year": FIRST_YEAR,
                "last_year": LAST_YEAR,
                "refreshed_at": timeline.refreshed_at(),
            }
            | shown
        )

    def kept(self) -> list[tuple[str, str]]:
        """What the form has no field for and must not lose."""
        asked_for = {"on", "q", "from", "to", "page", *FACETS}
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

    def lanes_context(self, measures: QuerySet[Measure], asked: Asked, clocks: Clocks) -> dict:
        touching = in_period(measures, asked)
        lanes = choices()["lanes"][asked.lanes](self.filterset)
        found = members(lanes, touching)
        paginator = Paginator([(heading, pk) for heading, pks in found for pk in pks], ROWS_PER_PAGE)
        page = asked_page(self.request, paginator)
        scale = Scale(asked.first, asked.last + datetime.timedelta(days=1))
        counts = {heading.key: len(pks) for heading, pks in found}
        return {
            "page_obj": page,
            "axis": drawing.axis(scale, clocks.today, clocks.on, ZOOMS[asked.zoom].step),
            "lanes": drawn(page.object_list, counts, scale, clocks, lanes),
            "measure_count": len({pk for _heading, pks in found for pk in pks}),
        }

    def list_context(self, measures: QuerySet[Measure], asked: Asked) -> dict:
        entries = TimelineEntry.objects.visible().between(asked.first, asked.last)
        if self.filterset.chosen:
            entries = entries.filter(measure__in=measures.order_by().values("pk"))
        page = asked_page(self.request, Paginator(entries.for_list(), ENTRIES_PER_PAGE))
        return {"page_obj": page, "stretches": stretches(page.object_list, asked.zoom, self.request.clocks.on)}


def in_period(measures: QuerySet[Measure], asked: Asked) -> QuerySet[Measure]:
    """Those of which something is drawn: a status that had not ended, an end, or an event of these years."""
    span = DateRange(asked.first, asked.last, "[]")
    periods = StatusPeriod.objects.filter(measure=OuterRef("pk"), possible__overlap=span)
    ended_here = Q(status__in=ENDED, since_latest__range=(asked.first, asked.last))
    events = MeasureEvent.objects.published().filter(
        measure=OuterRef("pk"),
        state=Record.State.PUBLISHED,
        background=False,
        earliest__lte=asked.last,
        latest__gte=asked.first,
    )
    begun = (
        StatusPeriod.objects.filter(measure=OuterRef("pk"))
        .order_by()
        .values("measure")
        .annotate(begun=Min(Coalesce("since_earliest", "since_latest")))
        .values("begun")
    )
    return (
        measures.filter(Exists(periods.filter(~Q(status__in=ENDED) | ended_here)) | Exists(events))
        .annotate(begun=Subquery(begun))
        .order_by(F("begun").asc(nulls_last=True), "slug")
    )


def members(lanes: Lanes, measures: QuerySet[Measure]) -> list[tuple[Heading, list[int]]]:
    """The measures of each lane, the fullest lane first; those that are in none come last."""
    order = {pk: number for number, pk in enumerate(measures.values_list("pk", flat=True))}
    headings = lanes.headings()
    found: dict[str | int, set[int]] = {}
    for key, pk in lanes.links(list(order)):
        if key in headings:
            found.setdefault(key, set()).add(pk)
    rows = [(headings[key], sorted(pks, key=order.__getitem__)) for key, pks in found.items()]
    rows.sort(key=lambda row: (-len(row[1]), row[0].title))
    if rest := [pk for pk in order if not any(pk in pks for pks in found.values())]:
        rows.append((Heading(None, str(lanes.rest)), rest))
    return rows


def drawn(pairs: Iterable[tuple[Heading, int]], counts: dict, scale: Scale, clocks: Clocks, lanes: Lanes) -> list[Lane]:
    """The rows of one page, in as many queries for one row as for many."""
    pairs = list(pairs)
    pks = {pk for _heading, pk in pairs}
    measures = {measure.pk: measure for measure in Measure.objects.filter(pk__in=pks)}
    rows = status.rows_on(pks, clocks.on)
    visible = Q(material=None) | Q(material__in=Material.objects.published().values("pk"))
    periods = by_measure(StatusPeriod.objects.filter(visible, measure__in=pks))
    events = by_measure(
        MeasureEvent.objects.published()
        .filter(
            measure__in=pks,
            state=Record.State.PUBLISHED,
            background=False,
            kind__in=DRAWN_EVENTS,
            earliest__lte=scale.end,
            latest__gte=scale.start,
        )
        .prefetch_related("material_links")
    )
    made = []
    for heading, group in groupby(pairs, key=lambda pair: pair[0]):
        lane = Lane(heading.title, counts[heading.key], heading.address)
        for _heading, pk in group:
            of_lane = [row for row in rows[pk] if lanes.covers(heading, row)]
            strictest = status.grouped(of_lane)
            bar = drawing.row_from_periods(
                [period for period in periods[pk] if lanes.covers(heading, period)],
                [event for event in events[pk] if lanes.covers(heading, event)],
                scale,
                clocks.today,
                label=measures[pk].title,
            )
            lane.rows.append(LaneRow(measures[pk], strictest, strictest and strictest[0].rows[0].since, bar))
        made.append(lane)
    return made


def by_measure(rows: QuerySet) -> dict[int, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.measure_id].append(row)
    return grouped


@dataclass
class Line:
    """One dated line of the list; `state` is "overdue", "planned" or "" for what was seen."""

    entry: TimelineEntry
    role: str
    kind: str
    state: str


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
