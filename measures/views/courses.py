"""The statuses of one measure, material by material: its status grid and its timeline."""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures import folding, status
from measures.models import Material, Measure, MeasureEvent, MeasureMaterial, Provision, StatusPeriod
from records import dates, drawing, naming
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

DAY = datetime.timedelta(days=1)
# A closer look is worth its place where most of many dots crowd into little of the scale.
CROWD, MOST, LITTLE = 6, 0.6, 0.2


@dataclass
class Course:
    """The statuses of one material under a measure, or under a part of it that runs its own course."""

    material: Material | None
    provision: Provision | None
    depth: int = 0
    periods: list[StatusPeriod] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What it is called in the reader's language, as far as names are at hand; `naming.fetch` brings them."""
        return naming.called(self.material) if self.material else str(self.provision or _("the whole measure"))

    def on(self, day: datetime.date) -> status.Row:
        """The certain period of the day, else of the possible ones that with the newest start, as `rows_on` has it."""
        possible = [period for period in self.periods if holds(period.possible, day)]
        certain = [period for period in possible if holds(period.certain, day)]
        newest_first = sorted(certain or possible, key=lambda period: -period.sequence)
        period = next(iter(newest_first), None)
        certainty = "certain" if certain or period is None else "possible"
        others = () if certain else tuple(other.status for other in newest_first[1:])
        return status.Row(self.material, self.provision, period and period.status, certainty, period, day, others)

    @property
    def shape(self) -> tuple:
        """What tells whether two courses are the same."""
        return tuple(
            (p.status, p.planned, p.since_earliest, p.since_latest, p.until_earliest, p.until_latest)
            for p in self.periods
        )

    def concerned_by(self, event: MeasureEvent) -> bool:
        """Whether an event is told of this course in particular. Wants its `scope`: ids of materials."""
        if event.provision_id is not None:
            return self.provision is not None and self.provision.pk == event.provision_id
        return self.material is not None and self.material.pk in event.scope


def holds(days, day: datetime.date) -> bool:
    """Whether a range of days, open where it has no bound, has the day in it."""
    return not days.isempty and day in days


def courses_of(measure: Measure, links: list[MeasureMaterial]) -> list[Course]:
    """The courses of its materials, each narrower one below its broader one; parts of the measure come last."""
    periods = StatusPeriod.objects.filter(measure=measure).select_related("material", "provision")
    by_course: dict[tuple, list[StatusPeriod]] = {}
    for period in periods.order_by("sequence"):
        by_course.setdefault((period.provision_id, period.material_id), []).append(period)
    parted = {material for provision, material in by_course if provision is not None}
    courses = [
        Course(link.material, None, depth, by_course.get((None, link.material_id), []))
        for link, depth in nested(links)
        if (None, link.material_id) in by_course or link.material_id not in parted
    ]
    if not links and None not in parted:
        courses.append(Course(None, None, 0, by_course.get((None, None), [])))
    listed = {link.material_id for link in links}
    for (provision, material), same in by_course.items():
        if provision is not None and (material is None or material in listed):
            courses.append(Course(same[0].material, same[0].provision, 0, same))
    return courses


def nested(links: list[MeasureMaterial]) -> list[tuple[MeasureMaterial, int]]:
    """The links with their depth, each narrower material below its broader one."""
    listed = {link.material_id for link in links}
    below: dict[int | None, list[MeasureMaterial]] = {}
    for link in links:
        broader = link.material.broader_id
        below.setdefault(broader if broader in listed else None, []).append(link)

    def walk(parent, depth):
        for link in below.pop(parent, ()):
            yield link, depth
            yield from walk(link.material_id, depth + 1)

    placed = list(walk(None, 0))
    # Materials that are broader than each other in a circle hang from nothing, and still have to be shown.
    return placed + [(link, 0) for circle in below.values() for link in circle]


def groups(courses: Iterable[Course], day: datetime.date) -> list[status.Group]:
    """The status of the whole measure on a day: "in force; resist eased" is two groups."""
    return status.grouped(course.on(day) for course in courses)


@dataclass(frozen=True)
class Column:
    """A day of the status grid. `since`: when the change is dated that it shows (EDTF); None for other days."""

    day: datetime.date
    since: str | None = None
    planned: bool = False


def columns(courses: list[Course], on: datetime.date, today: datetime.date) -> list[Column]:
    """The days on which something changed, the chosen day and today.

    A change that is known only by month is headed by the month, and shown as of the last day that it may have had.
    """
    changes: dict[tuple, Column] = {}
    for course in courses:
        for period in course.periods:
            since = course_since(period)
            dated = since and dates.parse(since)
            if dated and (day := dated.latest or dated.earliest):
                changes.setdefault((day, since), Column(day, since, period.planned))
    shown = {column.day for column in changes.values()}
    others = [Column(day) for day in {on, today} - shown]
    return sorted([*changes.values(), *others], key=lambda column: (column.day, column.since or ""))


def course_since(period: StatusPeriod) -> str | None:
    latest = period.since_latest
    if latest and period.until_latest:
        latest = min(latest, period.until_latest - DAY)
    return folding.edtf(period.since_earliest, latest)


@dataclass(frozen=True)
class Line:
    """A row of the timeline."""

    title: str
    depth: int
    row: drawing.Row


@dataclass(frozen=True)
class Look:
    """A timeline of the measure over some stretch of time."""

    title: str
    axis: drawing.Axis
    lines: list[Line]


def looks(courses: list[Course], events: list[MeasureEvent], on: datetime.date, today: datetime.date) -> list[Look]:
    """The timeline over the whole life of a measure, and a closer look where most of its dots crowd together."""
    dots = [event for event in events if drawn(event)]
    scale = scale_of(courses, dots, today)
    made = [look("", courses, dots, scale, on, today)]
    if closer := close_up(dots, scale):
        months = [date_format(day, pgettext("month, Django date format", "F Y")) for day in (closer.start, closer.end)]
        title = _("%(first)s to %(last)s, close up") % {"first": months[0], "last": months[1]}
        made.append(look(title, courses, dots, closer, on, today))
    return made


def look(title: str, courses: list[Course], dots: list[MeasureEvent], scale: Scale, on, today) -> Look:
    """Courses that are all the same share one line; what concerns no course in particular has a line of its own."""

    def line(title, depth, periods, events):
        return Line(title, depth, drawing.row_from_periods(periods, events, scale, today, label=title))

    if len(courses) == 1:
        lines = [line(courses[0].title, 0, courses[0].periods, dots)]
    elif len({course.shape for course in courses}) == 1:
        count = len(courses)
        title_of_all = ngettext("all %(count)d material", "all %(count)d materials", count) % {"count": count}
        lines = [line(title_of_all, 0, courses[0].periods, dots)]
    else:
        whole = [event for event in dots if not event.scope and event.provision_id is None]
        lines = [line(_("the whole measure"), 0, [], whole)] if whole else []
        for course in courses:
            own = [event for event in dots if course.concerned_by(event)]
            lines.append(line(course.title, course.depth, course.periods, own))
    return Look(title, drawing.axis(scale, today, on), lines)


def drawn(event: MeasureEvent) -> bool:
    return event.kind in DRAWN_EVENTS and not event.background and event.overtaken_by is None


def scale_of(courses: list[Course], dots: list[MeasureEvent], today: datetime.date) -> Scale:
    """From a little before the first day that is known to a little after the last; what goes on, goes on today."""
    days = [
        day
        for course in courses
        for period in course.periods
        for day in (period.since_earliest, period.since_latest, period.until_earliest, period.until_latest)
        if day and datetime.date.min < day < datetime.date.max
    ]
    days += [day for event in dots for day in (event.earliest, event.latest) if day]
    if not days or not all(over(course) for course in courses):
        days.append(today)
    first, last = min(days), max(days)
    air = max(datetime.timedelta(days=30), (last - first) / 20)
    return Scale(first - air, last + air)


def over(course: Course) -> bool:
    return bool(course.periods) and course.periods[-1].status in ENDED and not course.periods[-1].planned


def close_up(dots: list[MeasureEvent], scale: Scale) -> Scale | None:
    days = sorted(
        event.earliest + (event.latest - event.earliest) / 2 for event in dots if event.earliest and event.latest
    )
    if len(days) < CROWD:
        return None
    most = math.ceil(len(days) * MOST)
    first, last = min(zip(days, days[most - 1 :], strict=False), key=lambda pair: pair[1] - pair[0])
    if last - first > (scale.end - scale.start) * LITTLE:
        return None
    air = max(datetime.timedelta(days=10), (last - first) / 12)
    return Scale(first - air, last + air)
