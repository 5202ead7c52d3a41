"""How statuses, phases and events become the rows of a timeline; docs/look.md has the rules of the drawing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records import dates
from records.scale import Scale, percent
from records.shapes import (
    BAR,
    EVENTS_Y,
    LOWER_HALF,
    UPPER_HALF,
    Arrow,
    Axis,
    Dot,
    MarkedDay,
    Note,
    Row,
    Segment,
    Span,
    Tick,
    Whisker,
)
from records.statuses import ENDED, LABELS, STRICTEST_FIRST

# A bound looser than this gets a whisker.
LOOSE = timedelta(days=2)
# Percent; a day must not vanish on a scale of years.
NARROWEST = 0.35


def axis(scale: Scale, today: date, on: date | None = None, step: int | None = None) -> Axis:
    """The shared grid; `step` is the distance of its lines in months, chosen by the span where it is not given."""
    days = []
    if scale.covers(today):
        days.append((today, "now", _("today")))
    if on and on != today and scale.covers(on):
        days.append((on, "on", date_format(on, pgettext("day on a time axis, Django date format", "j M Y"))))
        # Two labels closer than a label is long would overprint; the chosen day is the one asked for.
        if scale.covers(today) and abs(scale.position(today) - scale.position(on)) < 25:
            days[0] = (today, "now", "")
    return Axis(
        ticks=[Tick(scale.x(day), label) for day, label in scale.ticks(step)],
        days=[MarkedDay(scale.x(day), css, label, _anchor(scale.position(day))) for day, css, label in days],
    )


def _anchor(position: float) -> str:
    if position < 12:
        return ""
    return "endt" if position > 88 else "mid"


def row_from_periods(periods, events, scale: Scale, today: date, *, label: str = "") -> Row:
    """Draw the statuses of one measure and its events.

    Periods have `status`, `since_earliest`, `since_latest`, `until_earliest`, `until_latest` (first days of what comes
    next; None is open) and `planned`; those of several materials are told apart by `provision_id` and `material_id`.
    Where the courses of the materials differ the bar is split, the strictest course above, the mildest below.
    Events have `earliest` and `latest`; their `title` and EDTF `date` show on pointing.
    """
    courses = _courses(periods, today)
    words = "; ".join(_in_words(course) for course in courses)
    row = Row(label=f"{label}: {words}" if label and words else label or words)
    if len(courses) == 1:
        _draw_course(row, courses[0], scale, today, *BAR)
    elif courses:
        _draw_course(row, courses[0], scale, today, *UPPER_HALF)
        _draw_course(row, courses[-1], scale, today, *LOWER_HALF)
    _draw_events(row, events, scale, EVENTS_Y)
    return row


def row_from_spans(planned: Span | None, actual: Span | None, events, scale: Scale, *, label: str) -> Row:
    """Draw a phase: its plan as an outline, below it what sources show, below that its milestones.

    Events are as for `row_from_periods`, and may have `solid` (achieved) and `note` (a word such as "overdue").
    """
    row = Row(label=label)
    for status, span, top in (("plan", planned, 4), ("act", actual, 16)):
        if span is None or span.since_latest is None:
            continue
        # Knowledge of an activity without a recorded end goes no further than its start.
        end = span.until_earliest or (scale.end if status == "plan" else span.since_latest + timedelta(days=1))
        _bar(row, scale, status, span.since_earliest or scale.start, span.since_latest, top, 9, maybe=True)
        _bar(row, scale, status, span.since_latest, end, top, 9)
        _bound(row, scale, span.since_earliest, span.since_latest, top + 4)
        if span.until_earliest:
            _bar(row, scale, status, end, span.until_latest or scale.end, top, 9, maybe=True)
            _bound(row, scale, span.until_earliest, span.until_latest, top + 4)
        elif status == "plan":
            row.arrows.append(Arrow("plan", percent(100), top, 9))
        elif scale.covers(end):
            row.notes.append(Note(scale.x(end), _("end not recorded"), top + 9, 8))
    _draw_events(row, events, scale, 36)
    return row


def _courses(periods, today) -> list[list]:
    """The distinct courses of statuses among the materials, the strictest first."""

    def material(period):
        return (getattr(period, "provision_id", None) or 0, getattr(period, "material_id", None) or 0)

    distinct: dict[tuple, list] = {}
    for _key, same in groupby(sorted(periods, key=material), key=material):
        course = sorted(same, key=lambda p: (p.since_earliest or date.min, p.since_latest or date.min))
        shape = tuple(
            (p.status, p.planned, p.since_earliest, p.since_latest, p.until_earliest, p.until_latest) for p in course
        )
        distinct.setdefault(shape, course)

    def mildness(course):
        # Days spent in each status, from the strictest on: a longer time in force comes first.
        days = dict.fromkeys(STRICTEST_FIRST, 0)
        for period in course:
            if not period.planned and period.since_latest:
                days[period.status] -= ((period.until_earliest or today) - period.since_latest).days
        return [days[status] for status in STRICTEST_FIRST]

    return sorted(distinct.values(), key=mildness)


def _draw_course(row, course, scale, today, y, height):
    middle = y + height // 2
    for period in course:
        if period.status in ENDED:
            _bound(row, scale, period.since_earliest, period.since_latest, middle, reach=height // 2 + 3, stroke=True)
            continue
        _draw_period(row, period, scale, today, y, height)
        _bound(row, scale, period.since_earliest, period.since_latest, middle)
        if period.planned or period.until_earliest or not scale.covers(today):
            continue
        since = period.since_latest or date.max
        if period.status == "unconfirmed":
            row.notes.append(Note(scale.x(max(today, since)), "?", middle + 4, 4, "q"))
        elif since <= today:
            row.arrows.append(Arrow(period.status, scale.x(today), y, height))


def _draw_period(row, period, scale, today, y, height):
    """The bar of one period: certain until today, in outline after it, pale where it is only possible."""

    def bar(start, end, **looks):
        _bar(row, scale, period.status, start, end, y, height, **looks)

    # NULL is open: without an earliest start it may have begun at any time, without a latest one never.
    start, possible_from = period.since_latest or scale.end, period.since_earliest or scale.start
    if period.planned:
        bar(possible_from, start, maybe=True, future=True)
        bar(start, period.until_latest or period.until_earliest or scale.end, future=True)
        return
    going_on = today if start <= today or period.status == "unconfirmed" else scale.end
    end = period.until_earliest or going_on
    bar(possible_from, start, maybe=True)
    bar(start, min(end, today))
    bar(max(start, today), end, future=True)
    if period.until_earliest:
        # Without a latest end only a plan stands against it, so it may still hold today.
        bar(end, period.until_latest or today, maybe=True)


def _bar(row, scale, status, start, end, y, height, *, maybe=False, future=False):
    """Append a piece of bar if any of it lies within the scale."""
    if end <= start or end <= scale.start or start >= scale.end:
        return
    width = scale.position(end) - scale.position(start)
    row.segments.append(
        Segment(status, scale.x(start), percent(max(width, NARROWEST)), y, height, maybe=maybe, future=future)
    )


def _bound(row, scale, earliest, latest, y, *, reach=4, stroke=False):
    """Draw how well a start or an end is known: a whisker where looser than two days, else for an end a stroke."""
    if whisker := _whisker(scale, earliest, latest, y, reach):
        row.whiskers.append(whisker)
    elif stroke and earliest and latest and scale.covers(latest):
        row.whiskers.append(Whisker(scale.x(latest), scale.x(latest), y, (scale.x(latest),), reach))


def _whisker(scale, earliest, latest, y, reach=4) -> Whisker | None:
    if not _touches(scale, earliest, latest) or (earliest and latest and latest - earliest <= LOOSE):
        return None
    caps = tuple(scale.x(day) for day in (earliest, latest) if day and scale.covers(day))
    return Whisker(scale.x(earliest or scale.start), scale.x(latest or scale.end), y, caps, reach)


def _touches(scale, earliest, latest) -> bool:
    if earliest is None and latest is None:
        return False
    return (earliest or scale.start) <= scale.end and (latest or scale.end) >= scale.start


def _draw_events(row, events, scale, y):
    row.dots = cluster(_dot(event, scale, y) for event in events if _touches(scale, event.earliest, event.latest))
    if row.dots:
        row.height = y + 10
    for dot in row.dots:
        if dot.whisker:
            row.whiskers.append(dot.whisker)
        if dot.note:
            row.notes.append(_note_beside(dot))


def _dot(event, scale, y) -> Dot:
    first, last = event.earliest or scale.start, event.latest or scale.end
    to_the_day = event.earliest is not None and event.earliest == event.latest
    title = getattr(event, "title", None) or str(event)
    day = getattr(event, "date", None)
    return Dot(
        position=(scale.position(first) + scale.position(last)) / 2,
        y=y,
        solid=getattr(event, "solid", to_the_day),
        title=f"{title}, {dates.label(day)}" if day else title,
        whisker=_whisker(scale, event.earliest, event.latest, y),
        note=getattr(event, "note", ""),
    )


def _note_beside(dot: Dot) -> Note:
    """The word of a dot, outside its whisker, on the side where there is room."""
    start, end = (dot.whisker.x1, dot.whisker.x2) if dot.whisker else (dot.x, dot.x)
    away = 12 if dot.count > 1 else 8
    if dot.position > 70:
        return Note(start, dot.note, dot.text_y, -away, "late endt")
    return Note(end, dot.note, dot.text_y, away, "late")


# Of a drawing 320 px wide, the narrowest there is: 10 px between two dots, 18 px where one is a disc with a number.
APART, DISC_APART = 100 * 10 / 320, 100 * 18 / 320


def cluster(dots: Iterable[Dot]) -> list[Dot]:
    """Join dots that would touch on a phone into numbered discs, until all stand apart; the order is from the left."""
    clusters: list[list[Dot]] = [[dot] for dot in sorted(dots, key=lambda dot: dot.position)]
    while True:
        tightest = min(
            (index for index, pair in enumerate(pairwise(clusters)) if _gap(*pair) < 0),
            key=lambda index: _gap(clusters[index], clusters[index + 1]),
            default=None,
        )
        if tightest is None:
            return [_joined(group) for group in clusters]
        clusters[tightest : tightest + 2] = [clusters[tightest] + clusters[tightest + 1]]


def _gap(left: Sequence[Dot], right: Sequence[Dot]) -> float:
    """Percent between two clusters beyond the distance they need; negative where they touch."""
    needed = APART if len(left) == len(right) == 1 else DISC_APART
    return _center(right) - _center(left) - needed


def _center(group: Sequence[Dot]) -> float:
    return sum(dot.position for dot in group) / len(group)


def _joined(group: Sequence[Dot]) -> Dot:
    """One disc for several dots, without their whiskers: what a disc says is how many, not when exactly."""
    if len(group) == 1:
        return group[0]
    return Dot(
        position=_center(group),
        y=group[0].y,
        solid=False,
        title="\n".join(dot.title for dot in group if dot.title),
        count=len(group),
        note=", ".join(f"{count} {note}" for note, count in Counter(d.note for d in group if d.note).items()),
    )


def _in_words(course) -> str:
    """A course in words: "announced 1 July 2019, in force 4 July 2019"."""
    return ", ".join(f"{str(LABELS[p.status]).lower()} {_since_in_words(p)}".strip() for p in course)


def _since_in_words(period) -> str:
    earliest, latest = period.since_earliest, period.since_latest
    if earliest is latest is None:
        return ""
    ends = [day.isoformat() if day else "" for day in (earliest, latest)]
    words = dates.label(ends[0] if earliest == latest else f"[{ends[0]}..{ends[1]}]")
    return _("(planned) %(date)s") % {"date": words} if period.planned else words
