"""The timeline in lanes: by what it is grouped, which measures a period touches, and how they are drawn."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from measures import status
from measures.filters import MeasureFilter
from measures.models import (
    Country,
    EventMaterial,
    Material,
    Measure,
    MeasureIssuer,
    MeasureMaterial,
    Status,
    StatusPeriod,
    TimelineEntry,
)
from measures.views.marks import Marking
from records import drawing, naming
from records.clocks import Clocks
from records.models import Record
from records.parameters import UNKNOWN
from records.scale import Scale
from records.statuses import ENDED

# Every entry of a measure is of one of its events.
EVENT_MATERIALS = EventMaterial.objects.filter(event=OuterRef("subject_id")).order_by()


@dataclass(frozen=True)
class Heading:
    """What a lane stands for, and is `called` in the reader's language; no key for what belongs to none.

    `code` stands for it in an address.
    """

    key: str | int | None
    title: str
    address: str = ""
    called: str = ""
    code: str = UNKNOWN


class Lanes:
    """One way to put measures into lanes, found through `__subclasses__()`; apps above add theirs.

    Dated lines of no measure have a row of their own in the lane whose code stands in their `column`, called `others`;
    without a column it is the lane of what belongs to none.
    """

    name: str
    label: str
    rest: str
    column: str | None = None
    others: str = gettext_lazy("Announcements and programs")

    def __init__(self, filterset: MeasureFilter | None = None):
        self.filterset = filterset

    def headings(self) -> dict[str | int, Heading]:
        """The lanes that visitors may see, by key."""
        raise NotImplementedError

    @cached_property
    def by_code(self) -> dict[str, Heading]:
        """The same, read once, by how addresses call them; with the one for what belongs to none."""
        return {heading.code: heading for heading in [*self.headings().values(), Heading(None, str(self.rest))]}

    def links(self, measures: list[int]) -> Iterable[tuple[str | int, int]]:
        """Key and measure, for each lane that a measure is in."""
        raise NotImplementedError

    def covers(self, heading: Heading, part: status.Row | StatusPeriod) -> bool:
        """Whether a part of the life of a measure in the lane belongs to it."""
        return True

    def concerned(self, entries: QuerySet[TimelineEntry]) -> QuerySet[TimelineEntry]:
        """The entries, each with what `concerns` needs to know of it."""
        return entries

    def concerns(self, heading: Heading, entry: TimelineEntry) -> bool:
        """Whether a dated line of a measure in the lane belongs to it."""
        return True

    def concerning(self, heading: Heading, entries: QuerySet[TimelineEntry]) -> QuerySet[TimelineEntry]:
        """Those of the entries of which that is so."""
        return entries

    def begun(self, heading: Heading | None) -> QuerySet[StatusPeriod]:
        """The statuses of which bars show the start, in the lane or in all."""
        return StatusPeriod.objects.visible().exclude(status=Status.UNCONFIRMED)

    def beside(self, heading: Heading) -> Q:
        """Entries of no measure that belong into the lane."""
        if self.column is None:
            return Q(measure=None) if heading.key is None else Q(pk=None)
        if heading.key is not None:
            return Q(measure=None, **{self.column: heading.code})
        known = set(self.by_code) - {UNKNOWN}
        return Q(measure=None) & (Q(**{f"{self.column}__isnull": True}) | ~Q(**{f"{self.column}__in": known}))


class IssuerLanes(Lanes):
    name, label, rest = "issuer", gettext_lazy("issuer"), gettext_lazy("No issuer recorded")
    column = "country_id"

    def headings(self):
        return {
            country.code: Heading(country.code, str(country.name), code=country.code)
            for country in Country.objects.all()
        }

    def links(self, measures):
        return MeasureIssuer.objects.filter(measure__in=measures).values_list("country_id", "measure_id")


class MaterialLanes(Lanes):
    name, label, rest = "material", gettext_lazy("material"), gettext_lazy("No material listed")

    def headings(self):
        materials = list(Material.objects.readable().only("slug", "name"))
        naming.fetch(materials)
        return {
            material.pk: Heading(
                material.pk, material.name, material.get_absolute_url(), naming.called(material), material.slug
            )
            for material in materials
        }

    def links(self, measures):
        answering = Q()
        if self.filterset is not None:
            for asked in self.filterset.form.cleaned_data["material"].values():
                answering |= asked.condition()
        links = MeasureMaterial.objects.filter(answering, measure__in=measures)
        return links.values_list("material_id", "measure_id")

    def covers(self, heading, part):
        if heading.key is None:
            return True
        material = part.material_id if isinstance(part, StatusPeriod) else part.material and part.material.pk
        return material == heading.key

    def concerned(self, entries):
        return entries.annotate(named=ArraySubquery(EVENT_MATERIALS.values("material_id")))

    def concerns(self, heading, entry):
        return heading.key is None or not entry.named or heading.key in entry.named

    def concerning(self, heading, entries):
        if heading.key is None:
            return entries
        named = EVENT_MATERIALS.filter(material=heading.key)
        return entries.filter(Q(measure=None) | ~Exists(EVENT_MATERIALS) | Exists(named))

    def begun(self, heading):
        periods = super().begun(heading)
        return periods if heading is None or heading.key is None else periods.filter(material=heading.key)


@dataclass
class LaneRow:
    """One measure in one lane: its status on the day, its bar. Without a measure, what else is dated there."""

    measure: Measure | None
    groups: list[status.Group]
    since: str | None
    bar: drawing.Row


@dataclass
class Lane:
    """Rows under one heading; `count` is how many measures the whole lane has, some of them perhaps on another page."""

    heading: Heading
    count: int
    rows: list[LaneRow] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.heading.called or self.heading.title

    @property
    def is_english(self) -> bool:
        """Whether it stands for a record that has no name in the reader's language."""
        return bool(self.heading.called) and self.heading.called == self.heading.title


def in_period(measures: QuerySet[Measure], first: datetime.date, last: datetime.date) -> QuerySet[Measure]:
    """Those of which something is drawn: a status that had not ended, an end, or a dated line of these days."""
    span = DateRange(first, last, "[]")
    periods = StatusPeriod.objects.filter(measure=OuterRef("pk"), possible__overlap=span)
    ended_here = Q(status__in=ENDED, since_latest__range=(first, last))
    entries = TimelineEntry.objects.visible().between(first, last).filter(measure=OuterRef("pk"))
    return measures.filter(Exists(periods.filter(~Q(status__in=ENDED) | ended_here)) | Exists(entries))


def members(lanes: Lanes, measures: QuerySet[Measure]) -> list[tuple[Heading, list[int]]]:
    """The measures of each lane, the fullest lane first; those that are in none come last.

    Within a lane, what began first stands first.
    """
    begun = (
        StatusPeriod.objects.filter(measure=OuterRef("pk"))
        .order_by()
        .values("measure")
        .annotate(begun=Min(Coalesce("since_earliest", "since_latest")))
        .values("begun")
    )
    measures = measures.annotate(begun=Subquery(begun)).order_by(F("begun").asc(nulls_last=True), "slug")
    order = {pk: number for number, pk in enumerate(measures.values_list("pk", flat=True))}
    headings = {heading.key: heading for heading in lanes.by_code.values() if heading.key is not None}
    found: dict[str | int, set[int]] = {}
    for key, pk in lanes.links(list(order)):
        if key in headings:
            found.setdefault(key, set()).add(pk)
    rows = [(headings[key], sorted(pks, key=order.__getitem__)) for key, pks in found.items()]
    rows.sort(key=lambda row: (-len(row[1]), row[0].title))
    placed = set().union(*found.values())
    if rest := [pk for pk in order if pk not in placed]:
        rows.append((lanes.by_code[UNKNOWN], rest))
    return rows


def with_others(
    lanes: Lanes, found: list[tuple[Heading, list[int]]], entries: QuerySet[TimelineEntry]
) -> list[tuple[Heading, list[int | None]]]:
    """The lanes, each with None after its measures where some of the entries are of no measure and belong there."""
    others = entries.filter(measure=None).order_by()
    if lanes.column:
        codes = set(others.values_list(lanes.column, flat=True).distinct())
    else:
        codes = {None} if others.exists() else set()
    dated = {code if code in lanes.by_code else UNKNOWN for code in codes}
    made = [(heading, [*pks, None] if heading.code in dated else [*pks]) for heading, pks in found]
    added = [lanes.by_code[code] for code in dated - {heading.code for heading, _pks in made}]
    made += [(heading, [None]) for heading in sorted(added, key=lambda heading: heading.title)]
    return sorted(made, key=lambda lane: lane[0].key is None)


def drawn(
    pairs: Iterable[tuple[Heading, int | None]],
    counts: dict,
    scale: Scale,
    clocks: Clocks,
    lanes: Lanes,
    entries: QuerySet[TimelineEntry],
    marking: Marking,
    *,
    beside: Iterable[Record] = (),
) -> list[Lane]:
    """The rows of one page, in as many queries for one row as for many; the entries are those of the whole timeline.

    The records `beside` them are given their names in the reader's language with the same query.
    """
    pairs = list(pairs)
    pks = {pk for _heading, pk in pairs}
    measures = {measure.pk: measure for measure in Measure.objects.filter(pk__in=pks - {None})}
    rows = status.rows_on(measures, clocks.on)
    naming.fetch(measures.values(), (row.material for of_measure in rows.values() for row in of_measure), beside)
    periods = by_measure(StatusPeriod.objects.visible().filter(measure__in=measures))
    dated, others = defaultdict(list), defaultdict(list)
    shown = Q(measure__in=measures)
    codes = set()
    for heading, pk in pairs:
        if pk is None:
            shown |= lanes.beside(heading)
            codes.add(heading.code)
    for entry in lanes.concerned(entries.filter(shown).order_by("sorted_on", "order", "key")):
        if entry.measure_id is None:
            code = getattr(entry, lanes.column) if lanes.column else None
            others[code if code in codes else UNKNOWN].append(entry)
        else:
            dated[entry.measure_id].append(entry)
    made = []
    for heading, group in groupby(pairs, key=lambda pair: pair[0]):
        lane = Lane(heading, counts[heading.key])
        for _heading, pk in group:
            measure = measures.get(pk)
            if measure is None:
                marks = marking.marks(others[heading.code], set())
                bar = drawing.row_from_periods([], marks, scale, clocks.today, label=str(lanes.others))
                lane.rows.append(LaneRow(None, [], None, marking.linked(bar, heading.code, UNKNOWN)))
                continue
            of_lane = [row for row in rows[pk] if lanes.covers(heading, row)]
            strictest = status.grouped(of_lane)
            courses = [period for period in periods[pk] if lanes.covers(heading, period)]
            begun = {period.event_id for period in courses if period.status != Status.UNCONFIRMED}
            bar = drawing.row_from_periods(
                courses,
                marking.marks([entry for entry in dated[pk] if lanes.concerns(heading, entry)], begun),
                scale,
                clocks.today,
                label=naming.called(measure),
            )
            bar = marking.linked(bar, heading.code, measure.slug)
            lane.rows.append(LaneRow(measure, strictest, strictest and strictest[0].rows[0].since, bar))
        made.append(lane)
    return made


def by_measure(rows: QuerySet) -> dict[int, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.measure_id].append(row)
    return grouped
