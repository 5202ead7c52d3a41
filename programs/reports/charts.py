"""Charts of indicators as SVG: what was measured, over which time, and what was aimed at."""

from collections.abc import Iterable
from functools import cache
from itertools import groupby

import vl_convert

from programs.charts import bounds, runs
from programs.reports.content import Row
from records import fonts

WIDTH, HEIGHT = 300, 96

# The tokens of static/policytrack.css, light scheme.
INK, MUTED, RULE, GRID, SERIES = "#17201f", "#515c5a", "#858f8c", "#e6e8e4", "#0b5a5e"


@cache
def _fonts_registered() -> None:
    # The widths of labels are measured with the fonts that the PDF will use.
    vl_convert.register_font_directory(str(fonts.DIRECTORY))


def svg(rows: Iterable[Row]) -> str:
    """The chart of one series; `rows` are its rows of the section "values"."""
    _fonts_registered()
    return vl_convert.vegalite_to_svg(specification(rows))


def specification(rows: Iterable[Row]) -> dict:
    """The Vega-Lite description of the chart.

    A value stands over the whole time that it is for. Only values whose times adjoin are joined by a line, so that
    nothing is drawn where nobody measured; targets are hollow and never joined to what was measured.
    """
    points = _points(rows)
    measured = {"filter": "datum.kind == 'measured'"}
    x = {"field": "middle", "type": "temporal", **_years(points)}
    y = {
        "field": "value",
        "type": "quantitative",
        "axis": {"tickCount": 3, "grid": True},
        "scale": {"zero": True, "nice": 3},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "padding": 2,
        "background": None,
        "data": {"values": points},
        "config": {
            "font": "Noto Sans KR",
            "view": {"stroke": None},
            "axis": {
                "title": None,
                "labelColor": MUTED,
                "labelFontSize": 10,
                "domainColor": RULE,
                "tickColor": RULE,
                "gridColor": GRID,
                "tickSize": 3,
            },
            "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
            "axisX": {"grid": False},
        },
        "layer": [
            {
                "transform": [measured],
                "mark": {"type": "rule", "color": SERIES, "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "first"}, "x2": {"field": "last"}, "y": y},
            },
            {
                "transform": [measured],
                "mark": {"type": "line", "color": SERIES, "strokeWidth": 1.25},
                "encoding": {"x": x, "y": y, "detail": {"field": "run", "type": "nominal"}},
            },
            {
                "transform": [measured],
                "mark": {"type": "point", "shape": "circle", "filled": True, "color": SERIES, "size": 30, "opacity": 1},
                "encoding": {"x": x, "y": y},
            },
            {
                "transform": [{"filter": "datum.kind == 'target'"}],
                "mark": {
                    "type": "point",
                    "shape": "diamond",
                    "filled": False,
                    "color": INK,
                    "size": 55,
                    "strokeWidth": 1.5,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": y},
            },
        ],
    }


def _points(rows: Iterable[Row]) -> list[dict]:
    """What is drawn, by time; values of one `run` are joined."""
    points = []
    for kind, alike in groupby(sorted(rows, key=lambda row: row.state), key=lambda row: row.state):
        values = [(row, days) for row in alike if (days := bounds(row["date"]))]
        for run in runs([days for _row, days in values]):
            for number in run:
                row, (first, last) = values[number]
                points.append(
                    {
                        "first": first.isoformat(),
                        "middle": (first + (last - first) / 2).isoformat(),
                        "last": last.isoformat(),
                        "value": float(row["value"]),
                        "kind": kind,
                        "run": f"{kind} {run[0]}",
                    }
                )
    return points


def _years(points: list[dict]) -> dict:
    """Scale and axis over whole years, with a tick at the beginning of at most about eight of them."""
    first = min(int(point["first"][:4]) for point in points)
    last = max(int(point["last"][:4]) for point in points) + 1
    step = max(1, -(-(last - first) // 8))

    def new_year(year: int) -> dict:
        return {"year": year, "month": "january", "date": 1, "utc": True}

    return {
        "scale": {"type": "utc", "domain": [new_year(first), new_year(last)]},
        "axis": {"format": "%Y", "values": [new_year(year) for year in range(first, last + 1, step)]},
    }
