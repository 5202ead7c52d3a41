"""Measures in lanes: by what they are grouped, which of them some years touch, and how they are drawn."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from measures import status
from measures.filters import MeasureFilter
from measures.models import (
    Country,
    Material,
    Measure,
    MeasureEvent,
    MeasureIssuer,
    MeasureMaterial,
    StatusPeriod,
)
from records import drawing, naming
from records.clocks import Clocks
from records.models import Record
from records.scale import Scale
from records.statuses import ENDED

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


@dataclass(frozen=True)
class Heading:
    """What a lane stands for, and is `called` in the reader's language; no key for what belongs to none."""

    key: str | int | None
    title: str
    address: str = ""
    called: str = ""


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
        materials = list(Material.objects.readable().only("slug", "name"))
        naming.fetch(materials)
        return {
            material.pk: Heading(material.pk, material.name, material.get_absolute_url(), naming.called(material))
            for material in materials
        }

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


def in_period(measures: QuerySet[Measure], first: datetime.date, last: datetime.date) -> QuerySet[Measure]:
    """Those of which something is drawn: a status that had not ended, an end, or an event of these years."""
    span = DateRange(first, last, "[]")
    periods = StatusPeriod.objects.filter(measure=OuterRef("pk"), possible__overlap=span)
    ended_here = Q(status__in=ENDED, since_latest__range=(first, last))
    events = MeasureEvent.objects.readable().filter(
        measure=OuterRef("pk"),
        background=False,
        earliest__lte=last,
        latest__gte=first,
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


def drawn(
    pairs: Iterable[tuple[Heading, int]],
    counts: dict,
    scale: Scale,
    clocks: Clocks,
    lanes: Lanes,
    *,
    beside: Iterable[Record] = (),
) -> list[Lane]:
    """The rows of one page, in as many queries for one row as for many.

    The records `beside` them are given their names in the reader's language with the same query.
    """
    pairs = list(pairs)
    pks = {pk for _heading, pk in pairs}
    measures = {measure.pk: measure for measure in Measure.objects.filter(pk__in=pks)}
    rows = status.rows_on(pks, clocks.on)
    naming.fetch(measures.values(), (row.material for of_measure in rows.values() for row in of_measure), beside)
    periods = by_measure(StatusPeriod.objects.visible().filter(measure__in=pks))
    events = by_measure(
        MeasureEvent.objects.readable()
        .filter(
            measure__in=pks,
            background=False,
            kind__in=DRAWN_EVENTS,
            earliest__lte=scale.end,
            latest__gte=scale.start,
        )
        .prefetch_related("material_links")
    )
    made = []
    for heading, group in groupby(pairs, key=lambda pair: pair[0]):
        lane = Lane(heading.called or heading.title, counts[heading.key], heading.address)
        for _heading, pk in group:
            of_lane = [row for row in rows[pk] if lanes.covers(heading, row)]
            strictest = status.grouped(of_lane)
            bar = drawing.row_from_periods(
                [period for period in periods[pk] if lanes.covers(heading, period)],
                [event for event in events[pk] if lanes.covers(heading, event)],
                scale,
                clocks.today,
                label=naming.called(measures[pk]),
            )
            lane.rows.append(LaneRow(measures[pk], strictest, strictest and strictest[0].rows[0].since, bar))
        made.append(lane)
    return made


def by_measure(rows: QuerySet) -> dict[int, list]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.measure_id].append(row)
    return grouped
