"""Charts of indicators: what was measured, over which time, and what was aimed at."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.models import Material
from programs.models import Indicator, Observation, Target
from records import dates, naming
from records.charts.scales import Height, steps
from records.charts.shapes import Chart, Label, Line, Mark, Panel, Plot, Shape
from records.clocks import FIRST_YEAR, LAST_YEAR, Clocks
from records.scale import Scale

ONE_DAY = datetime.timedelta(days=1)


def bounds(text: str) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day that a value is for; None where it has neither."""
    day = dates.parse(text)
    known = day.earliest or day.latest
    return known and (day.earliest or known, day.latest or known)


def runs(spans: Sequence[tuple[datetime.date, datetime.date]]) -> list[list[int]]:
    """Which of these stretches of time adjoin, in order of time; only their values may be joined by a line.

    Like is joined to like: a year to the year after it, not to five months of it.
    """

    def months(number: int) -> int:
        first, last = spans[number]
        return round((last - first).days / 30)

    found: list[list[int]] = []
    for number in sorted(range(len(spans)), key=lambda number: (months(number), spans[number])):
        before = found[-1][-1] if found else None
        if before is not None and spans[number][0] - spans[before][1] == ONE_DAY and months(before) == months(number):
            found[-1].append(number)
        else:
            found.append([number])
    return found


@dataclass(frozen=True)
class Value:
    """One number of a series, and the days that it is for."""

    row: Observation | Target
    first: datetime.date
    last: datetime.date

    @property
    def number(self) -> float:
        return float(self.row.value)

    @property
    def words(self) -> str:
        return dates.short_label(self.row.date)


@dataclass(frozen=True)
class Series:
    """An indicator with what was measured and what was aimed at."""

    indicator: Indicator
    observations: list[Value]
    targets: list[Value]

    @classmethod
    def of(cls, indicator: Indicator) -> "Series":
        return cls(indicator, _values(indicator.observations.all()), _values(indicator.targets.all()))

    @property
    def values(self) -> list[Value]:
        return [*self.observations, *self.targets]

    @property
    def says(self) -> str:
        """From where to where it went, in words."""
        in_time = sorted(self.observations, key=lambda value: (value.first, value.last))
        unit = self.indicator.get_unit_display()
        told = []
        if in_time:
            first, last = in_time[0], in_time[-1]
            words = {"value": first.row.number, "unit": unit, "date": first.words}
            if len(in_time) == 1:
                told.append(_("%(value)s %(unit)s in %(date)s") % words)
            else:
                told.append(
                    _("from %(value)s (%(date)s) to %(end)s %(unit)s (%(until)s)")
                    % {**words, "end": last.row.number, "until": last.words}
                )
        for target in self.targets:
            words = {"value": target.row.number, "unit": unit, "date": target.words}
            told.append(_("target: %(value)s %(unit)s by %(date)s") % words)
        return "; ".join(told)


def _values(rows: Iterable[Observation | Target]) -> list[Value]:
    dated = ((row, bounds(row.date)) for row in rows)
    return [Value(row, *days) for row, days in dated if days and in_sight(*days)]


def in_sight(first: datetime.date, last: datetime.date) -> bool:
    """Whether somebody could look at these days; a chart of ten thousand years would show nothing."""
    return first.year >= FIRST_YEAR and last.year <= LAST_YEAR


def series_of(indicators: Iterable[Indicator]) -> list[Series]:
    """Series with something to draw; those of the same unit stand together, so that they can be compared."""
    every = [each for each in map(Series.of, indicators) if each.values]
    units = list(dict.fromkeys(each.indicator.unit for each in every))
    return sorted(every, key=lambda each: units.index(each.indicator.unit))


NAME = "dependence"
PIXELS, AIR = 110, 0.07
# A number takes about so many percent of a panel on a phone, and so many pixels of its height.
APART, LINE = 10, 12
HEADER = ["series", "title", "unit", "definition", "kind", "date", "earliest", "latest", "value", "note", "sources"]


def dependence(material: Material, indicators: Sequence[Indicator], clocks: Clocks) -> Chart | None:
    """The series about a material, a panel for each; those of one unit on one scale, all over the same years."""
    every = series_of(indicators)
    if not every:
        return None
    first = min(value.first for each in every for value in each.values).year
    last = max(value.last for each in every for value in each.values).year
    start, end = datetime.date(first, 1, 1), datetime.date(last + 1, 1, 1)
    # The scale of the values stands to the left of the first year.
    scale = Scale(start - (end - start) * AIR, end)
    panels = []
    for _unit, group in groupby(every, key=lambda each: each.indicator.unit):
        alike = list(group)
        numbers = [value.number for each in alike for value in each.values]
        grid = steps(max(numbers), least=min(numbers), whole=False)
        for each in alike:
            unit = str(each.indicator.get_unit_display())
            plot = Plot(*drawing(each, scale, grid, clocks), unit)
            panels.append(Panel([plot], each.indicator.title, each.says, f"#{each.indicator.slug}"))
    sentence = ngettext(
        "%(count)s series of values, %(first)s to %(last)s.",
        "%(count)s series of values, %(first)s to %(last)s.",
        len(every),
    ) % {"count": len(every), "first": first, "last": last}
    return Chart(
        NAME,
        _("Dependence: %(material)s") % {"material": naming.called(material)},
        f"{sentence} " + _("Each series is drawn by itself, those in the same unit on the same scale."),
        panels,
        key=list(keys(every, clocks, scale)),
        remarks=[_("Where no line is drawn, no value is recorded.")],
        header=HEADER,
        rows=[row for indicator in indicators for row in told(indicator)],
        label_width=340,
    )


def keys(every: list[Series], clocks: Clocks, scale: Scale) -> Iterator[tuple[str, str]]:
    if any(each.observations for each in every):
        yield "dot", _("measured")
        yield "span", _("the time that a value is for")
    if any(each.targets for each in every):
        yield "diamond", _("target")
    if not clocks.is_today and scale.covers(clocks.on):
        day = date_format(clocks.on, pgettext("day on a time axis, Django date format", "j M Y"))
        yield "chosen", day


def told(indicator: Indicator) -> Iterator[list]:
    """The rows of a file: every value, drawn or not."""
    for kind, values in (("observation", indicator.observations.all()), ("target", indicator.targets.all())):
        for value in values:
            days = bounds(value.date)
            yield [
                indicator.slug,
                indicator.title,
                indicator.unit,
                indicator.definition,
                kind,
                value.date,
                *(day.isoformat() for day in days or ()),
                *([] if days else ["", ""]),
                value.value,
                value.note or "",
                " ".join(citation.source.slug for citation in value.citations.all()),
            ]


def drawing(each: Series, scale: Scale, grid: list[float], clocks: Clocks) -> tuple[float, list[Shape]]:
    """The height, and the shapes: a value stands over the whole time that it is for, joined only to what adjoins it."""
    height = Height(grid[-1], PIXELS, head=18, bottom=grid[0])
    shapes: list[Shape] = []
    for step in grid:
        shapes.append(Line(0, 100, height.y(step), height.y(step), "grid" if step else "axis"))
        if step:
            shapes.append(Label(0, height.y(step) - 3, f"{step:g}"))
    if not clocks.is_today and scale.covers(clocks.on):
        at = scale.position(clocks.on)
        shapes.append(Line(at, at, height.head, height.foot, "chosen"))
    for day, label in scale.ticks(12):
        at = scale.position(day)
        shapes.append(Line(at, at, height.foot, height.foot + 4, "axis"))
        if label:
            shapes.append(Label(at, height.foot + 16, label, dx=3))
    for run in runs([(value.first, value.last) for value in each.observations]):
        values = [each.observations[number] for number in run]
        shapes += [
            Line(_middle(one, scale), _middle(other, scale), height.y(one.number), height.y(other.number), "series")
            for one, other in pairwise(values)
        ]
    for value in each.observations:
        y = height.y(value.number)
        shapes.append(Line(scale.position(value.first), scale.position(value.last + ONE_DAY), y, y, "span"))
    places: list[tuple[float, float]] = []
    for look, values in (("dot", each.observations), ("diamond", each.targets)):
        for value in values:
            at, y = _middle(value, scale), height.y(value.number)
            title = f"{value.words}: {value.row.number} {each.indicator.get_unit_display()}"
            shapes.append(Mark(at, y, look, title))
            anchor = "end" if at > 90 else "" if at < 8 else "mid"
            shapes.append(Label(at, free(at, y, places), value.row.number, anchor, "strong"))
    return height.foot + 22, shapes


def free(at: float, y: float, places: list[tuple[float, float]]) -> float:
    """How high a number stands so that it covers none of those at these places, which it joins: above or below."""

    def is_free(height: float) -> bool:
        return all(abs(at - x) >= APART or abs(height - other) >= LINE for x, other in places)

    height = next((y + away for away in (-8, 16, -21, 29) if is_free(y + away)), y - 8)
    places.append((at, height))
    return height


def _middle(value: Value, scale: Scale) -> float:
    return (scale.position(value.first) + scale.position(value.last + ONE_DAY)) / 2
