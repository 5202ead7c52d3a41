"""What a chart consists of: shapes for those who look, tables of the same figures for those who read.

Positions across are percent of the width of a plot, heights are pixels, so that one drawing serves every width
(docs/look.md). How a shape looks is said by name; `records.charts.svg` and static/policytrack.css know these names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Cell = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `title` shows on pointing, `url` leads to the list that it stands for."""

    x: float
    width: float
    y: float
    height: float
    look: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    x2: float
    y1: float
    y2: float
    look: str = "grid"


@dataclass(frozen=True, slots=True)
class Mark:
    """A value: a "dot" that was measured, or a "diamond" that is aimed at."""

    x: float
    y: float
    look: str = "dot"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Words that begin at x, end there ("end") or have it in their middle ("mid"); `dx` is in pixels.

    A `turned` one runs upwards to the right. One that is `spare` is left out where there is little room.
    """

    x: float
    y: float
    text: str
    anchor: str = ""
    look: str = "text"
    dx: int = 0
    turned: bool = False
    spare: bool = False


Shape = Bar | Line | Mark | Label


@dataclass(frozen=True)
class Plot:
    """A drawing of this height, in pixels; `label` is the heading above it, if it needs one."""

    height: float
    shapes: Sequence[Shape]
    label: str = ""


@dataclass(frozen=True)
class Panel:
    """Plots beside each other, with what they are about; `note` is in small type below that, `url` where it leads."""

    plots: Sequence[Plot]
    label: str = ""
    note: str = ""
    url: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Figure:
    """A number, how much of it is only possible, and the address of the list that has as many; `look` is its shade."""

    number: int
    possible: int = 0
    url: str = ""
    look: str = ""


@dataclass(frozen=True)
class FigureRow:
    label: str
    figures: Sequence[Figure]
    url: str = ""
    whole: bool = False


@dataclass(frozen=True)
class FigureTable:
    """The figures of a chart as a table: `corner` heads its first column, `columns` are labels with addresses."""

    caption: str
    corner: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[FigureRow]


@dataclass(frozen=True)
class Chart:
    """A chart under a name that addresses know it by; `sentence` says in words what it shows."""

    name: str
    title: str
    sentence: str
    panels: Sequence[Panel]
    key: Sequence[tuple[str, str]] = ()
    remarks: Sequence[str] = ()
    tables: Sequence[FigureTable] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    # How much of the width of a file the labels of panels take, in pixels.
    label_width: int = 0
