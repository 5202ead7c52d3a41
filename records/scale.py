"""A stretch of days laid out over the width of a drawing."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext

# Months between two labels, and the longest scale in months that leaves room for them on a phone, 320 px wide.
STEPS = [(3, 15), (6, 30), (12, 108), (24, 222), (60, 540), (120, 1080)]
CENTURY = 1200
# Where a label would run out of the page, in percent.
LAST_YEAR_LABEL, LAST_MONTH_LABEL = 92, 86


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
        """First days of years, quarters or months on the scale, each with its label, or "" where there is no room.

        `step` is their distance in months (12, 3, 1); by default as narrow as the labels allow on a phone.
        """
        label_step = self._label_step()
        step = step or label_step
        labelled = max(step, label_step)
        # Months are counted from year 0, so that years and quarters fall on multiples of 12 and 3.
        first = self.start.year * 12 + self.start.month - 1 + (self.start.day > 1)
        last = self.end.year * 12 + self.end.month - 1
        days = [(n, date(n // 12, n % 12 + 1, 1)) for n in range(-(-first // step) * step, last + 1, step)]
        return [(day, "" if n % labelled else self._label(day, labelled)) for n, day in days]

    def _months(self) -> int:
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    def _label_step(self) -> int:
        # Months go without their year only where a January among them names it.
        if self._months() <= (9 if self.start.year < self.end.year else 5):
            return 1
        return next((step for step, longest in STEPS if self._months() <= longest), CENTURY)

    def _label(self, day: date, step: int) -> str:
        if step % 12 == 0 or (step == 1 and day.month == 1):
            return str(day.year) if self.position(day) <= LAST_YEAR_LABEL else ""
        if self.position(day) > LAST_MONTH_LABEL:
            return ""
        if step == 1 and self.start.year < self.end.year:
            return date_format(day, pgettext("month on a time axis, Django date format", "M"))
        return date_format(day, pgettext("month and year on a time axis, Django date format", "M Y"))
