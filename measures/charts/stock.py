"""How many measures were in force over time."""

import calendar
import datetime
from dataclasses import dataclass
from itertools import accumulate

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.charts.asked import AskedChart, compiled
from measures.charts.words import day, standing_sentence
from records.charts.scales import Height, steps
from records.charts.shapes import Bar, Chart, Figure, FigureRow, FigureTable, Label, Line, Panel, Plot

NAME = "stock"
# The days on which a measure has the status are put together once, so that asking about many days costs as much as
# asking about one: a certain status holds on its certain days, a possible one where no status of its course is certain
# and none that came later is possible, which is what `StatusPeriodQuerySet.standing_on` says of one day. Only a period
# that is not certain throughout has to be laid beside the others of its course. Each stretch of days of a measure then
# begins at one of the days that are asked about and ends at another.
COUNTED = """
    WITH base AS (SELECT id FROM ({base}) base(id)), every AS ({periods}), period AS MATERIALIZED (
        SELECT every.*, certain * possible AS sure FROM every
        WHERE possible && daterange(%(first)s, %(last)s, '[]')
            AND (%(any)s OR status = ANY(%(codes)s) OR status = ANY(%(without)s))
    ), unsure AS (
        SELECT period.id, datemultirange(period.possible) - range_agg(other.certain * other.possible)
            - coalesce(range_agg(other.possible) FILTER (WHERE other.sequence > period.sequence), '{{}}') AS maybe
        FROM period JOIN every other ON other.measure_id = period.measure_id
            AND other.material_id IS NOT DISTINCT FROM period.material_id
            AND other.provision_id IS NOT DISTINCT FROM period.provision_id
        WHERE period.possible <> period.sure
        GROUP BY period.id, period.possible
    ), held AS (
        SELECT measure_id AS measure, status, sure, NULL::datemultirange AS maybe FROM period
        UNION ALL
        SELECT measure_id, status, 'empty', unsure.maybe FROM unsure JOIN period ON period.id = unsure.id
    ), told AS (
        SELECT base.id AS measure,
            coalesce(range_agg(sure) FILTER (WHERE status = ANY(%(codes)s)), '{{}}') AS sure,
            coalesce(range_agg(maybe) FILTER (WHERE status = ANY(%(codes)s)), '{{}}') AS maybe,
            coalesce(range_agg(sure) FILTER (WHERE status = ANY(%(without)s)), '{{}}')
                + coalesce(range_agg(maybe) FILTER (WHERE status = ANY(%(without)s)), '{{}}') AS without,
            '{{(,)}}'::datemultirange - coalesce(range_agg(sure), '{{}}') - coalesce(range_agg(maybe), '{{}}')
                AS unknown
        FROM base {join} held ON held.measure = base.id GROUP BY base.id
    ), allowed AS (
        SELECT measure, sure, maybe,
            (CASE WHEN %(unknown)s THEN sure + maybe + unknown ELSE sure + maybe END)
                * (CASE WHEN NOT %(narrowed)s THEN '{{(,)}}' WHEN %(certain)s THEN sure ELSE maybe END)
                - without - (CASE WHEN %(without_unknown)s THEN unknown ELSE '{{}}' END) AS days
        FROM told
    ), stretch AS (
        SELECT false AS possible, unnest(days) AS days FROM allowed
        UNION ALL SELECT true, unnest(days * (maybe - sure)) FROM allowed
    ), placed AS (
        SELECT possible,
            CASE WHEN lower_inf(days) THEN 1 ELSE width_bucket(lower(days) - 1, %(days)s::date[]) + 1 END AS first,
            CASE WHEN upper_inf(days) THEN %(count)s ELSE width_bucket(upper(days) - 1, %(days)s::date[]) END AS last
        FROM stretch
    )
    SELECT place, possible, sum(change) FROM (
        SELECT first AS place, possible, 1 AS change FROM placed WHERE first <= last
        UNION ALL SELECT last + 1, possible, -1 FROM placed WHERE first <= last
    ) changes GROUP BY place, possible
"""


@dataclass(frozen=True)
class Point:
    """A day that was asked about: how many measures, how many of them only possibly."""

    day: datetime.date
    label: str
    number: int
    possible: int


def days_of(asked: AskedChart) -> list[tuple[datetime.date, str]]:
    """The last day of each year or month, with what it is called; the one that the chosen day is in, on that day.

    What comes after the chosen day only where somebody asks for it.
    """
    found = []
    for year in range(asked.first_year, asked.last_year + 1):
        for month in range(1, 13) if asked.by == "month" else (12,):
            last = datetime.date(year, month, calendar.monthrange(year, month)[1])
            first = datetime.date(year, month if asked.by == "month" else 1, 1)
            label = (
                date_format(first, pgettext("month, Django date format", "F Y")) if asked.by == "month" else str(year)
            )
            if first > asked.until:
                return found or [(asked.until, label)]
            found.append((asked.clocks.on if first <= asked.clocks.on <= last else last, label))
    return found


def counted(asked: AskedChart, days: list[datetime.date]) -> list[tuple[int, int]]:
    """How many measures the list has on each of these days, which come in order, and how many only possibly; one query.

    As many as the list itself finds on that day.
    """
    wanted = asked.wanted
    columns = ("id", "measure_id", "provision_id", "material_id", "sequence", "status", "certain", "possible")
    periods = compiled(asked.filterset.answering().order_by().values_list(*columns), NO_PERIODS)
    base = asked.measures("status", "certainty")
    given = {
        "first": days[0],
        "last": days[-1],
        "days": days,
        "count": len(days),
        "codes": wanted.codes,
        "without": wanted.without,
        "any": wanted.unknown or wanted.without_unknown,
        "unknown": wanted.unknown,
        "without_unknown": wanted.without_unknown,
        "narrowed": wanted.is_narrowed,
        "certain": wanted.certain,
    }
    with connection.cursor() as cursor:
        # The parts bring parameters of their own, which are written in before those that go by a name.
        parts = {
            name: cursor.mogrify(*part).decode().replace("%", "%%")
            for name, part in (("base", base), ("periods", periods))
        }
        # A measure without any of the statuses counts only where that is asked for.
        join = "LEFT JOIN" if given["any"] else "JOIN"
        cursor.execute(COUNTED.format(**parts, join=join), given)
        changes = {(place, possible): change for place, possible, change in cursor}
    running = [
        list(accumulate(int(changes.get((place, possible), 0)) for place in range(1, len(days) + 1)))
        for possible in (False, True)
    ]
    return list(zip(*running, strict=True))


NO_PERIODS = (
    "SELECT NULL::bigint AS id, NULL::bigint AS measure_id, NULL::bigint AS provision_id, NULL::bigint AS material_id,"
    " NULL::int AS sequence, NULL::text AS status, NULL::daterange AS certain, NULL::daterange AS possible WHERE false"
)


# The height of the drawing, and how many bars have room for their numbers.
PIXELS, NUMBERED = 170, 13


def chart(asked: AskedChart) -> Chart:
    """The stock at the end of each year or month; three shapes for each of them."""
    days = days_of(asked)
    counts = counted(asked, [day for day, _label in days])
    points = [Point(*day, *count) for day, count in zip(days, counts, strict=True)]
    figures = [Figure(each.number, each.possible, asked.standing_address(on=each.day)) for each in points]
    table = FigureTable(
        _("Measures on the last day of each year")
        if asked.by == "year"
        else _("Measures on the last day of each month"),
        _("Day"),
        [(_("Measures"), "")],
        [FigureRow(day(point.day), [figure]) for point, figure in zip(points, figures, strict=True)],
    )
    return Chart(
        NAME,
        _("Stock: measures in force over time") if not asked.wanted.is_asked else _("Stock: measures over time"),
        sentence(asked, points),
        [Panel([drawing(points, figures, asked)])],
        key=[("sure", _("for certain")), ("maybe", _("only possibly"))],
        tables=[table],
        header=["day", "measures", "possible", "list"],
        rows=[
            [point.day.isoformat(), point.number, point.possible, figure.url]
            for point, figure in zip(points, figures, strict=True)
        ],
    )


def sentence(asked: AskedChart, points: list[Point]) -> str:
    """What the drawing shows, for those who do not see it."""
    now = points[-1]
    chosen = next((point for point in points if point.day == asked.clocks.on), now)
    most = max(points, key=lambda point: point.number)
    told = standing_sentence(asked.wanted, chosen.day, chosen.number, chosen.possible)
    compared = _("On %(first)s there were %(count)s; the most, %(most)s, on %(day)s.") % {
        "first": day(points[0].day),
        "count": points[0].number,
        "most": most.number,
        "day": day(most.day),
    }
    return f"{told} {compared}"


def drawing(points: list[Point], figures: list[Figure], asked: AskedChart) -> Plot:
    """A bar for each day, what is only possible on top of what is certain."""
    grid = steps(max(point.number for point in points))
    height, width = Height(grid[-1], PIXELS, head=18), 100 / len(points)
    shapes: list[Bar | Label | Line] = []
    for step in grid:
        shapes.append(Line(0, 100, height.y(step), height.y(step), "grid" if step else "axis"))
    air = 0.18 if len(points) <= 40 else 0.05
    for number, (point, figure) in enumerate(zip(points, figures, strict=True)):
        x, certain = number * width, point.number - point.possible
        title = told(point)
        bar = {"x": x + width * air / 2, "width": width * (1 - air), "title": title, "url": figure.url}
        if certain:
            shapes.append(Bar(y=height.foot - height.of(certain), height=height.of(certain), look="sure", **bar))
        if point.possible:
            top = height.foot - height.of(certain) - height.of(point.possible)
            shapes.append(Bar(y=top, height=height.of(point.possible), look="maybe", **bar))
        if len(points) <= NUMBERED or point.day == asked.clocks.on:
            shapes.append(Label(x + width / 2, height.y(point.number) - 5, str(point.number), "mid", "strong"))
    # The scale stands over its lines, so that it takes no room beside them.
    shapes += [Label(0, height.y(step) - 3, f"{step:g}") for step in grid[1:] if len(points) > NUMBERED]
    shapes += under(points, width, height.foot + 15, asked)
    return Plot(height.foot + 22, shapes)


def told(point: Point) -> str:
    if point.possible:
        return _("%(day)s: %(count)s, %(possible)s of them only possibly") % {
            "day": day(point.day),
            "count": point.number,
            "possible": point.possible,
        }
    return _("%(day)s: %(count)s") % {"day": day(point.day), "count": point.number}


def under(points: list[Point], width: float, y: float, asked: AskedChart) -> list[Label]:
    """The years below the bars: as many as fit, every other of which is left out where there is little room."""
    by_year = [number for number, point in enumerate(points) if asked.by == "year" or point.day.month == 1]
    step = max(1, -(-len(by_year) // 14))
    shown = by_year[::step]
    if asked.by == "month" and len(by_year) <= 2:
        # Within a year or two, the months themselves.
        shown = list(range(0, len(points), max(1, len(points) // 6)))
        names = [
            date_format(points[at].day, pgettext("month and year on a time axis, Django date format", "M Y"))
            for at in shown
        ]
    else:
        names = [str(points[at].day.year) for at in shown]
    middle = width / 2 if asked.by == "year" else 0
    anchor = "mid" if asked.by == "year" else ""
    return [
        Label(at * width + middle, y, name, anchor, spare=number % 2 == 1 and len(shown) > 7)
        for number, (at, name) in enumerate(zip(shown, names, strict=True))
    ]
