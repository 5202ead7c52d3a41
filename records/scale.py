"""A stretch of days laid out over the width of a drawing."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext

# Months between two lines of the grid, and how many such steps still leave room for labels on a phone.
STEPS = [(1, 6), (3, 15), (6, 30), (12, 108), (24, 216), (60, 540), (120, 1080), (600, 4200)]
# Of 320 px: a label may run a little into the margin, not out of the page.
LAST_LABEL = {"year": 92, "month": 86}


def percent(position: float) -> str:
    """A position from 0 to 100 as it is written into a drawing."""
    return f"{position:.2f}%"


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from `start` to `end`; positions outside are clamped to the edges."""

    start: date
    end: date

    def __post_init__(self):
        if self.end <= self.start:
            raise ValueError(f"A scale must end after it starts: {self.start} to {self.end}.")

    def position(self, day: date) -> float:
        """Where a day lies, in percent of the width, from 0 to 100."""
        return min(max(100 * (day - self.start).days / (self.end - self.start).days, 0.0), 100.0)

    def x(self, day: date) -> str:
        """Where a day lies, as written into a drawing: "41.20%"."""
        return percent(self.position(day))

    def width(self, first: date, last: date) -> str:
        """How much of the width lies between two days; "0.00%" where all of it is outside or they are turned round."""
        return percent(max(self.position(last) - self.position(first), 0.0))

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.end

    def ticks(self, step: int | None = None) -> list[tuple[date, str]]:
        """First days of the years, quarters or months on the scale, with a label where it fits ("" else).

        `step` is their distance in months (12 years, 3 quarters, 1 months); by default as narrow as a phone allows.
        """
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        roomy = next(step for step, most in STEPS if months <= most or step == STEPS[-1][0])
        step = step or roomy
        labelled = max(step, roomy)
        first = self.start.year * 12 + self.start.month - 1 + (self.start.day > 1)
        last = self.end.year * 12 + self.end.month - 1
        ticks = []
        for count in range(-(-first // step) * step, last + 1, step):
            day = date(count // 12, count % 12 + 1, 1)
            is_first = not any(label for _day, label in ticks)
            ticks.append((day, self._label(day, labelled, is_first) if count % labelled == 0 else ""))
        return ticks

    def _label(self, day: date, step: int, is_first: bool) -> str:
        if step % 12 == 0:
            return str(day.year) if self.position(day) <= LAST_LABEL["year"] else ""
        if self.position(day) > LAST_LABEL["month"]:
            return ""
        if step == 1 and not is_first and day.month != 1:
            return date_format(day, pgettext("month on a time axis, Django date format", "M"))
        return date_format(day, pgettext("month and year on a time axis, Django date format", "M Y"))
