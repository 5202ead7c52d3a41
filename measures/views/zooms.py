"""Which days of the timeline an address asks for, how closely, and the addresses of those around them."""

import calendar
import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import dates
from records.clocks import FIRST_YEAR, LAST_YEAR, Clocks
from records.queries import BadQuery

PARAMETERS = ("from", "to")
# A year, a month or a day, as EDTF writes them; no season.
TEXT = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")


@dataclass(frozen=True)
class Zoom:
    """How closely to look: months between two lines, years at most on a page, and what is shown unasked.

    That is so far around the chosen day, in whole years; around what was looked at before, `months` in all.
    """

    label: str
    step: int
    most_years: int
    before: datetime.timedelta
    after: datetime.timedelta
    months: int


YEAR = datetime.timedelta(days=365)
ZOOMS = {
    "year": Zoom(gettext_lazy("year"), 12, 80, 7 * YEAR, YEAR, 108),
    "quarter": Zoom(gettext_lazy("quarter"), 3, 16, 2 * YEAR, YEAR, 36),
    "month": Zoom(gettext_lazy("month"), 1, 5, YEAR / 2, YEAR / 2, 12),
}


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    @property
    def months(self) -> int:
        """How many months it touches."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def asked(self) -> dict[str, str]:
        """It as an address asks for it, as coarsely as it can be said."""
        texts = self.first.isoformat(), self.last.isoformat()
        if self.first.day == 1 and self.last == _end(self.last.year, self.last.month):
            texts = texts[0][:7], texts[1][:7]
            if self.first.month == 1 and self.last.month == 12:
                texts = texts[0][:4], texts[1][:4]
        return dict(zip(PARAMETERS, texts, strict=True))

    @property
    def words(self) -> tuple[str, str]:
        """Its first and its last day, month or year in words."""
        first, last = (dates.label(text) for text in self.asked.values())
        return first, last

    def moved(self, share: int) -> "Period | None":
        """What lies so many halves of it later, or earlier; None where that would leave the years there are."""
        step = max(self.months // 2, 1)
        if self.months % 12 == 0 and self.first.month == 1:
            step = max(step // 12, 1) * 12
        return _months_from(_month(self.first) + share * step, self.months)

    def around(self, zoom: Zoom) -> "Period":
        """What to show of another zoom with the same middle, in whole steps of it."""
        middle = self.first + (self.last - self.first) / 2
        start = _month(middle) - zoom.months // 2
        start = (start + zoom.step // 2) // zoom.step * zoom.step
        first = min(max(start, FIRST_YEAR * 12), (LAST_YEAR + 1) * 12 - zoom.months)
        found = _months_from(first, zoom.months)
        assert found is not None
        return found


def _month(day: datetime.date) -> int:
    """Months are counted from year 0."""
    return day.year * 12 + day.month - 1


def _months_from(first: int, count: int) -> Period | None:
    last = first + count - 1
    if first < FIRST_YEAR * 12 or last >= (LAST_YEAR + 1) * 12:
        return None
    return Period(datetime.date(first // 12, first % 12 + 1, 1), _end(last // 12, last % 12 + 1))


def _end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def _read(text: str) -> Period | None:
    """The days of a year, a month or a day; None where it is none of the years there are."""
    if not TEXT.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        return None
    try:
        day = dates.parse(text)
    except ValueError:
        return None
    return Period(day.earliest, day.latest) if day.earliest and day.latest else None


def asked_periods(data, problems: dict[str, list[str]]) -> dict[str, str]:
    """What an address gives as “from” and “to”; what is wrong with them is added to the problems."""
    texts: dict[str, str] = {}
    for name in PARAMETERS:
        text = (data.get(name) or "").strip()
        if not text:
            continue
        if _read(text):
            texts[name] = text
        else:
            problems[name] = [
                _("“%(name)s” must be a year from %(first)d to %(last)d, or a month or a day, such as 2019-07.")
                % {"name": name, "first": FIRST_YEAR, "last": LAST_YEAR}
            ]
    return texts


def asked_days(data) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day that an address asks for; None where it leaves none out. Raises BadQuery."""
    problems: dict[str, list[str]] = {}
    texts = asked_periods(data, problems)
    if problems:
        raise BadQuery(problems)
    if not texts:
        return None
    first = _read(texts["from"]).first if "from" in texts else datetime.date.min
    last = _read(texts["to"]).last if "to" in texts else datetime.date.max
    if first > last:
        raise _turned_round()
    return first, last


def _turned_round() -> BadQuery:
    return BadQuery({"from": [_("The period must not end before it begins: “from” is later than “to”.")]})


def period(zoom: Zoom, texts: dict[str, str], clocks: Clocks) -> Period:
    """The days to show; what is not asked for lies around the chosen day, and reaches today. Raises BadQuery."""
    usual = (zoom.before + zoom.after) // YEAR
    if not texts:
        first, last = (clocks.on - zoom.before).year, (clocks.on + zoom.after).year
        if clocks.today.year - first < zoom.most_years // 4:
            last = max(last, (clocks.today + zoom.after).year)
        start, end = str(first), str(last)
    else:
        start = texts.get("from") or _years_from(texts["to"], -usual)
        end = texts.get("to") or _years_from(texts["from"], usual)
    shown = Period(_clamped(start).first, _clamped(end).last)
    if shown.first > shown.last:
        raise _turned_round()
    if shown.months > zoom.most_years * 12:
        raise BadQuery(
            {
                "to": [
                    _("Seen by the %(zoom)s, the timeline can show at most %(years)d years at once.")
                    % {"zoom": zoom.label, "years": zoom.most_years}
                ]
            }
        )
    return shown


def _years_from(text: str, years: int) -> str:
    # A leap day has no fellow in most years.
    return f"{int(text[:4]) + years:04}{text[4:]}".replace("-02-29", "-02-28")


def _clamped(text: str) -> Period:
    year = min(max(int(text[:4]), FIRST_YEAR), LAST_YEAR)
    found = _read(text if int(text[:4]) == year else f"{year}")
    assert found is not None
    return found
