"""How statuses, phases and events become the rows of a timeline; docs/look.md has the rules of the drawing."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records import dates
from records.clusters import cluster
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
# Of more than these, a disc names the first; its list has them all.
NAMED = 3
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
    dots = cluster(_dot(event, scale, y) for event in events if _touches(scale, event.earliest, event.latest))
    # Reading a date takes long, and of thousands few are named.
    row.dots = [replace(dot, title=_titles(dot.events)) for dot in dots]
    if row.dots:
        row.height = y + 10
    for dot in row.dots:
        if dot.whisker:
            row.whiskers.append(dot.whisker)
        if dot.note:
            row.notes.append(_note_beside(dot))


def _dot(event, scale, y) -> Dot:
    to_the_day = event.earliest is not None and event.earliest == event.latest
    place = place_of(event)
    return Dot(
        position=scale.position(place),
        y=y,
        solid=getattr(event, "solid", to_the_day),
        whisker=_whisker(scale, event.earliest, event.latest, y),
        note=getattr(event, "note", ""),
        first=place,
        last=place,
        address=getattr(event, "address", ""),
        events=(event,),
    )


def _titles(events) -> str:
    """What a mark tells when pointed at: a line for each event, of many only for the first."""
    told = []
    for event in events[:NAMED]:
        title, day = getattr(event, "title", None) or str(event), getattr(event, "date", None)
        told.append(f"{title}, {dates.label(day)}" if day else title)
    return "\n".join([*told, "…"] if len(events) > NAMED else told)


def place_of(event) -> date:
    """The day at which an event is marked: the middle of those it may have been on, or the one bound that is known.

    It follows from the event alone, and not from the scale, so that a query can find what a disc holds.
    """
    earliest, latest = event.earliest, event.latest
    if earliest and latest:
        return earliest + timedelta((latest - earliest).days // 2)
    return earliest or latest


def _note_beside(dot: Dot) -> Note:
    """The word of a dot, outside its whisker, on the side where there is room."""
    start, end = (dot.whisker.x1, dot.whisker.x2) if dot.whisker else (dot.x, dot.x)
    away = dot.reach + 4
    if dot.position > 70:
        return Note(start, dot.note, dot.text_y, -away, "late endt")
    return Note(end, dot.note, dot.text_y, away, "late")


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
