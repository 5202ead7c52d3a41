"""How many measures were announced, came into force and ended each year, by instrument."""

from collections.abc import Iterable

from django.db import connection
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measures.charts.asked import TIMES, AskedChart
from measures.filters.days import WhenFilter
from measures.models import Instrument, MeasureInstrument
from records.charts.shapes import Bar, Chart, Figure, FigureRow, FigureTable, Label, Line, Panel, Plot
from records.parameters import NOT_KNOWN, UNKNOWN

NAME = "flow"
LABELS = {
    "announced": gettext_lazy("Announced"),
    "in_force": gettext_lazy("Came into force"),
    "ended": pgettext_lazy("measures in a year", "Ended"),
}
LOOKS = {"announced": "announced", "in_force": "sure", "ended": "ended"}
# All measures of a year, whatever their instruments; no code is empty.
ALL = ""
# A year of a measure is certain where it is for one of the days that it has for this. A measure that has two
# instruments counts under both, and once in all; none has an instrument twice, so that rows are counted as they are.
DATED = """
    {name} AS MATERIALIZED (
        SELECT pair.id, pair.choice, bool_or(pair.certain) AS certain
        FROM ({pairs}) pair(id, choice, label, chosen, certain) JOIN ({base}) base(id) ON base.id = pair.id
        WHERE pair.choice BETWEEN %s AND %s GROUP BY pair.id, pair.choice
    )
"""
COUNTED = """
    SELECT %s, choice, %s, count(*), count(*) FILTER (WHERE certain) FROM {name} GROUP BY choice
    UNION ALL
    SELECT %s, choice, coalesce(instrument.code, %s), count(*), count(*) FILTER (WHERE certain)
    FROM {name} LEFT JOIN {links} link ON link.measure_id = {name}.id
        LEFT JOIN {instruments} instrument ON instrument.id = link.instrument_id
    GROUP BY choice, instrument.code
"""

Counts = dict[tuple[str, str, str], tuple[int, int]]


def counted(asked: AskedChart) -> Counts:
    """How many measures have a day of each sort in a year, and how many only possibly, by sort, year and instrument.

    The filter by the time in question is left out, as it is where its own choices are counted. One query.
    """
    dated, dated_parameters, statements, parameters = [], [], [], []
    tables = {"links": MeasureInstrument._meta.db_table, "instruments": Instrument._meta.db_table}
    for name in TIMES:
        declared: WhenFilter = asked.filterset.filters[name]
        by_year = declared.pairs()[0].filter(begins__lte=asked.last, ends__gte=asked.first)
        pairs, more = by_year.query.sql_with_params()
        base, others = asked.measures(name)
        dated.append(DATED.format(name=name, pairs=pairs, base=base))
        dated_parameters += [*more, *others, asked.years[0], asked.years[-1]]
        statements.append(COUNTED.format(name=name, **tables))
        parameters += [name, ALL, name, UNKNOWN]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {','.join(dated)} {' UNION ALL '.join(statements)}", [*dated_parameters, *parameters])
        return {(name, year, code): (count, count - certain) for name, year, code, count, certain in cursor}


def instruments(asked: AskedChart, counts: Counts) -> list[str]:
    """The instruments that are drawn: those asked for, else all that occur, the most frequent first."""
    chosen = asked.filterset.values["instrument"]
    total = dict.fromkeys([*chosen] or {code for _name, _year, code in counts} - {ALL}, 0)
    for (_name, _year, code), (count, _possible) in counts.items():
        if code in total and code not in chosen.excluded:
            total[code] += count
    shown = [code for code in total if code not in chosen.excluded]
    return sorted(shown, key=lambda code: (code == UNKNOWN, -total[code], code))


def called(code: str) -> str:
    if code == ALL:
        return _("All")
    return capfirst(str(NOT_KNOWN if code == UNKNOWN else Instrument.LABELS[code]))


# Pixels for the most that a year has, and the least height of a row.
PIXELS, LEAST = 84, 30


def chart(asked: AskedChart) -> Chart:
    counts = counted(asked)
    rows = [ALL, *instruments(asked, counts)]
    most = max((count for count, _possible in counts.values()), default=0)
    scale = PIXELS / max(most, 1)
    figures = {
        (name, code): [figure(counts.get((name, year, code), (0, 0)), asked, name, year, code) for year in asked.years]
        for name in TIMES
        for code in rows
    }
    panels = []
    for code in rows:
        highest = max((each.number for name in TIMES for each in figures[name, code]), default=0)
        plots = [
            drawing(figures[name, code], name, asked, scale, max(highest * scale, LEAST - 14) + 14, code)
            for name in TIMES
        ]
        panels.append(Panel(plots, called(code), strong=code == ALL))
    return Chart(
        NAME,
        _("Flow: what was announced, came into force and ended, by instrument"),
        sentence(asked, figures),
        panels,
        key=[
            *((LOOKS[name], str(LABELS[name])) for name in TIMES),
            ("maybe", _("only possibly in that year")),
        ],
        remarks=list(remarks(asked)),
        tables=[table(name, rows, figures, asked) for name in TIMES],
        header=["what", "instrument", "year", "measures", "possible", "list"],
        rows=[
            [name, code or "all", year, each.number, each.possible, each.url]
            for name in TIMES
            for code in rows
            for year, each in zip(asked.years, figures[name, code], strict=True)
        ],
        label_width=170,
    )


def figure(counted: tuple[int, int], asked: AskedChart, name: str, year: str, code: str) -> Figure:
    instead = {name: [year]} | ({} if code == ALL else {"instrument": [code]})
    return Figure(*counted, asked.list_address(**instead))


def table(name: str, rows: list[str], figures: dict, asked: AskedChart) -> FigureTable:
    return FigureTable(
        str(LABELS[name]),
        _("Instrument"),
        [(year, "") for year in asked.years],
        [FigureRow(called(code), figures[name, code], whole=code == ALL) for code in rows],
    )


def sentence(asked: AskedChart, figures: dict) -> str:
    """What the drawing shows, for those who do not see it: the year with the most of each sort."""
    told = []
    for name in TIMES:
        years = list(zip(figures[name, ALL], asked.years, strict=True))
        most, year = max(years, key=lambda pair: pair[0].number)
        total = sum(each.number for each, _year in years)
        words = {"what": str(LABELS[name]), "most": most.number, "year": year}
        told.append(_("%(what)s: most in %(year)s, %(most)s") % words if total else _("%(what)s: none") % words)
    words = {"first": asked.first_year, "last": asked.last_year, "told": "; ".join(told)}
    return _("Measures from %(first)s to %(last)s. %(told)s.") % words


def remarks(asked: AskedChart) -> Iterable[str]:
    yield _(
        "A measure with two instruments counts under both, and once under “All”; a day that may lie in two years counts"
        " in both."
    )
    for name in TIMES:
        if name in asked.filterset.in_use:
            filter_label = str(asked.filterset.filters[name].label)
            yield _("“%(filter)s” is counted for every year, whichever ones are chosen.") % {"filter": filter_label}


def drawing(figures: list[Figure], name: str, asked: AskedChart, scale: float, foot: float, code: str) -> Plot:
    """A bar for each year; the number stands over the highest."""
    width = 100 / len(figures)
    shapes: list[Bar | Label | Line] = [Line(0, 100, foot, foot, "axis")]
    highest = max(figures, key=lambda each: each.number)
    for number, (each, year) in enumerate(zip(figures, asked.years, strict=True)):
        x, certain, title = number * width, each.number - each.possible, told(each, year, name, code)
        bar = {"x": x + width * 0.1, "width": width * 0.8, "title": title, "url": each.url}
        high, more = (
            max(certain * scale, 1.0 if certain else 0),
            max(each.possible * scale, 1.0 if each.possible else 0),
        )
        if certain:
            shapes.append(Bar(y=round(foot - high, 2), height=round(high, 2), look=LOOKS[name], **bar))
        if each.possible:
            shapes.append(Bar(y=round(foot - high - more, 2), height=round(more, 2), look="maybe", **bar))
        if each is highest and each.number:
            shapes.append(Label(x + width / 2, round(foot - high - more - 3, 2), str(each.number), "mid", "strong"))
    if code == ALL:
        shapes += [
            Label(0, foot + 14, asked.years[0], ""),
            *([Label(100, foot + 14, asked.years[-1], "end")] if len(figures) > 1 else []),
        ]
    return Plot(foot + (19 if code == ALL else 4), shapes, str(LABELS[name]) if code == ALL else "")


def told(each: Figure, year: str, name: str, code: str) -> str:
    words = {
        "year": year,
        "what": str(LABELS[name]),
        "of": called(code),
        "count": each.number,
        "possible": each.possible,
    }
    if each.possible:
        return _("%(of)s, %(what)s in %(year)s: %(count)s, %(possible)s of them only possibly") % words
    return _("%(of)s, %(what)s in %(year)s: %(count)s") % words
