"""The shapes a timeline is drawn with; templates/components/timeline_*.html write them out.

Positions across are text such as "41.20%", heights are pixels, so that one drawing serves every width (docs/look.md).
"""

from dataclasses import dataclass, field
from datetime import date

from records.scale import percent

# Top and height of a bar, and of the halves of a split one, in a row 28 px high; the middle of the events below it.
BAR = (9, 10)
UPPER_HALF, LOWER_HALF = (8, 5), (14, 6)
EVENTS_Y = 28


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid, with its label where there is room for one."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class MarkedDay:
    """A day drawn through all rows: today ("now") or the chosen day ("on")."""

    x: str
    css: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The grid that all rows of one timeline share."""

    ticks: list[Tick]
    days: list[MarkedDay]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar. `maybe`: possible only; `future`: after today, drawn as an outline."""

    status: str
    x: str
    width: str
    y: int = BAR[0]
    height: int = BAR[1]
    maybe: bool = False
    future: bool = False

    @property
    def hatched(self) -> bool:
        return self.status == "eased" and not self.future


@dataclass(frozen=True, slots=True)
class Arrow:
    """The head of a bar that still goes on."""

    status: str
    x: str
    y: int = BAR[0]
    height: int = BAR[1]

    @property
    def middle(self) -> str:
        return f"{self.height / 2:g}"

    @property
    def hatched(self) -> bool:
        return self.status == "eased"


@dataclass(frozen=True, slots=True)
class Whisker:
    """Days between which something happened, or with x1 = x2 the stroke that ends a bar. No cap on an open side."""

    x1: str
    x2: str
    y: int
    caps: tuple[str, ...]
    reach: int = 4

    @property
    def top(self) -> int:
        return self.y - self.reach

    @property
    def bottom(self) -> int:
        return self.y + self.reach


@dataclass(frozen=True, slots=True)
class Note:
    """Words in the drawing: `css` is "", "q" (coloured) or "q endt" (ends at x)."""

    x: str
    text: str
    y: int
    dx: int = 6
    css: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """An event, or `count` events too dense to draw apart; solid when known to the day. `note` is a word beside it.

    `events` are those it stands for; `first` and `last` are the places of these, of which nothing else is in between;
    `address` is where the one event, or the list of exactly these, is read.
    """

    position: float
    y: int = EVENTS_Y
    solid: bool = True
    title: str = ""
    count: int = 1
    whisker: Whisker | None = None
    note: str = ""
    first: date | None = None
    last: date | None = None
    address: str = ""
    events: tuple = ()

    @property
    def x(self) -> str:
        return percent(self.position)

    @property
    def text_y(self) -> int:
        return self.y + 4

    @property
    def reach(self) -> int:
        """Pixels from its middle to its side; a disc grows with the digits of its number."""
        return 4 if self.count == 1 else 8 + 4 * max(len(str(self.count)) - 2, 0)

    @property
    def width(self) -> int:
        return 2 * self.reach


@dataclass(slots=True)
class Row:
    """All that components/timeline_row.html draws; `label` says the same in words."""

    label: str
    height: int = 28
    segments: list[Segment] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    whiskers: list[Whisker] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)

    @property
    def leads(self) -> bool:
        """Whether something in it can be followed; an image would hide that from those who do not see it."""
        return any(dot.address for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with uncertain ends; None is an open or unknown bound."""

    since_earliest: date | None
    since_latest: date | None
    until_earliest: date | None
    until_latest: date | None
