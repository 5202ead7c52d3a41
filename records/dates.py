"""EDTF dates: read the text, derive its bounds, say it in words.

Library of Congress Extended Date/Time Format (ISO 8601-2), levels 0 and 1 without times of day, and of level 2
only the one-of set `[a..b]`. See https://www.loc.gov/standards/datetime/ and docs/adr/0003-edtf.md.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

MAX_LENGTH = 64

PART = re.compile(
    r"""(?: (?P<years> \d{3}X | \d\dXX )
          | (?P<year> \d{4} )
            (?: -XX (?:-XX)? | -(?P<season> 2[1-4] ) | -(?P<month> \d\d ) (?: -XX | -(?P<day> \d\d ) )? )?
        ) (?P<qualifier> [~?%]? )""",
    re.ASCII | re.VERBOSE,
)

NO_SUCH_YEAR = gettext_lazy("years run from 0001 to 9999")

# What editors are likely to try, and why it is refused; the first match speaks.
REFUSALS = [
    (re.compile(rf"(?s).{{{MAX_LENGTH + 1}}}"), gettext_lazy("a date has at most 64 characters")),
    (re.compile(r"\s"), gettext_lazy("leave out the spaces")),
    (
        re.compile(r"[^!-~]"),
        gettext_lazy("it is written with the digits 0 to 9 and the signs - / . [ ] ~ ? % X only"),
    ),
    (re.compile(r"\dT|:"), gettext_lazy("dates here have no time of day")),
    (re.compile(r"(?:^|[/\[.])(?:[Y-]|000[0X]|00XX)"), NO_SUCH_YEAR),
    (
        re.compile(r"[{},ES]"),
        gettext_lazy("of EDTF level 2 only a range of possible dates such as [2019-07-15..2019-07-21] is used"),
    ),
    (
        re.compile(r"[~?%][^/]"),
        # xgettext:no-python-format
        gettext_lazy("the signs ~ ? % stand once, at the end of a whole date, and not inside a range [a..b]"),
    ),
    (
        re.compile(r"X.*[/\]]|[/\[].*X"),
        gettext_lazy("X is not used in intervals and ranges; write the year or the month alone"),
    ),
    (
        re.compile(r"X.*\d"),
        gettext_lazy("X stands for the last digits only, as in 201X, 2019-XX and 2019-07-XX"),
    ),
]


class EDTFError(ValueError):
    """A text that is no date; the message is one sentence for an editor, in the active language."""

    def __init__(self, text: str, reason: str | Promise):
        # A lone surrogate or a NUL in the message would break the response that shows it.
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:MAX_LENGTH])
        if len(text) > MAX_LENGTH:
            shown += "…"
        super().__init__(gettext("“%(text)s” is not a date: %(reason)s.") % {"text": shown, "reason": reason})


@dataclass(frozen=True, slots=True)
class Part:
    """One date within an EDTF text; `precision` is day, month, season, year, decade or century."""

    earliest: date
    latest: date
    precision: str
    qualifier: str


@dataclass(frozen=True, slots=True)
class EDTF:
    """A parsed date: its text and its two ends, equal for a single date; None is an open or unknown end.

    A single date and a set `[a..b]` are one moment, not known exactly, so the bounds of start and end coincide.
    An interval `a/b` lasts: it starts between `earliest` and `start_latest` and ends between `end_earliest` and
    `latest`. Bounds are strict: the qualifiers ~ ? % do not widen them.
    """

    text: str
    start: Part | None
    end: Part | None

    @property
    def is_interval(self) -> bool:
        return "/" in self.text

    @property
    def is_set(self) -> bool:
        return self.text.startswith("[")

    @property
    def earliest(self) -> date | None:
        return self.start.earliest if self.start else None

    @property
    def latest(self) -> date | None:
        return self.end.latest if self.end else None

    @property
    def start_latest(self) -> date | None:
        # With an open or unknown start the interval had begun by its end.
        return self.start.latest if self.is_interval and self.start else self.latest

    @property
    def end_earliest(self) -> date | None:
        if self.is_interval:
            return self.end.earliest if self.end else None
        return self.earliest

    @property
    def approximate(self) -> bool:
        return "~" in self.text or "%" in self.text

    @property
    def uncertain(self) -> bool:
        return "?" in self.text or "%" in self.text

    @property
    def open_start(self) -> bool:
        return self.text.startswith(("../", "[.."))

    @property
    def open_end(self) -> bool:
        return self.text.endswith(("/..", "..]"))

    @property
    def unknown_start(self) -> bool:
        return self.text.startswith("/")

    @property
    def unknown_end(self) -> bool:
        return self.text.endswith("/")

    @property
    def precision(self) -> str:
        """day, month, season, year, decade or century; "range" for a set, "interval" for an interval."""
        if self.is_interval:
            return "interval"
        return "range" if self.is_set or not self.start else self.start.precision

    @property
    def mark(self) -> str:
        """The precision mark drawn after the date: day, month, range, year or about."""
        if self.approximate and not self.is_interval:
            return "about"
        return MARKS[self.precision]

    @property
    def precision_label(self) -> Promise:
        """The precision mark in words."""
        return PRECISION_LABELS["about" if self.mark == "about" else self.precision]

    @property
    def datetime_attribute(self) -> str | None:
        """Value for `<time datetime>`; None where HTML could only say it as more certain than it is."""
        length = {"day": 10, "month": 7, "year": 4}.get(self.precision)
        if length is None or self.start is None or self.start.qualifier:
            return None
        return self.start.earliest.isoformat()[:length]


MARKS = {
    "day": "day",
    "month": "month",
    "season": "range",
    "year": "year",
    "decade": "year",
    "century": "year",
    "range": "range",
    "interval": "range",
}

PRECISION_LABELS = {
    "day": gettext_lazy("to the day"),
    "month": gettext_lazy("to the month"),
    "season": gettext_lazy("to the season"),
    "year": gettext_lazy("to the year"),
    "decade": gettext_lazy("to the decade"),
    "century": gettext_lazy("to the century"),
    "range": gettext_lazy("within a range"),
    "interval": gettext_lazy("a period of time"),
    "about": gettext_lazy("approximate"),
}


@lru_cache(maxsize=8192)
def parse(text: str) -> EDTF:
    """Read an EDTF text exactly as entered; raises EDTFError."""
    for pattern, reason in REFUSALS:
        if pattern.search(text):
            raise EDTFError(text, reason)
    if text.startswith("[") and text.endswith("]") and ".." in text:
        first, _, last = text[1:-1].partition("..")
        ends = [None if piece == "" else _parse_part(piece, text) for piece in (first, last)]
    elif "/" in text:
        first, _, last = text.partition("/")
        ends = [None if piece in ("", "..") else _parse_part(piece, text) for piece in (first, last)]
    else:
        ends = [_parse_part(text, text)] * 2
    start, end = ends
    if start is None and end is None:
        raise EDTFError(text, gettext_lazy("at least one end has to be given"))
    if start and end and start.earliest > end.latest:
        raise EDTFError(text, gettext_lazy("the start lies after the end"))
    return EDTF(text, start, end)


def _parse_part(piece: str, text: str) -> Part:
    match = PART.fullmatch(piece)
    if not match:
        raise EDTFError(
            text,
            gettext_lazy("write it like 2019, 2019-07, 2019-07-22, 2019-07~, 2019-07/2019-09 or [2019-07..2019-09]"),
        )
    qualifier = match["qualifier"]
    if years := match["years"]:
        first, last = int(years.replace("X", "0")), int(years.replace("X", "9"))
        precision = "century" if years.endswith("XX") else "decade"
        return Part(date(first, 1, 1), date(last, 12, 31), precision, qualifier)
    year = int(match["year"])
    if match["season"]:
        return Part(*_season_bounds(year, int(match["season"])), "season", qualifier)
    if not match["month"]:
        return Part(date(year, 1, 1), date(year, 12, 31), "year", qualifier)
    month = int(match["month"])
    if not 1 <= month <= 12:
        raise EDTFError(text, gettext_lazy("months run from 01 to 12, and the seasons 21 to 24 stand without a day"))
    days = monthrange(year, month)[1]
    if not match["day"]:
        return Part(date(year, month, 1), date(year, month, days), "month", qualifier)
    day = int(match["day"])
    if not 1 <= day <= days:
        raise EDTFError(
            text,
            gettext("%(month)s has the days 01 to %(days)s") % {"month": f"{year:04}-{month:02}", "days": days},
        )
    return Part(date(year, month, day), date(year, month, day), "day", qualifier)


def _season_bounds(year: int, season: int) -> tuple[date, date]:
    """First and last day of a northern meteorological season; the winter of a year begins in its December."""
    first = date(year, 3 * (season - 20), 1)
    if season == 24:
        return first, date(year + 1, 3, 1) - timedelta(days=1) if year < 9999 else date.max
    return first, date(year, first.month + 3, 1) - timedelta(days=1)


# Translators order the parts: "%(year)s년 %(month)s %(day)s일". Month names are Django's own ("7월").
SEASONS = {
    3: pgettext_lazy("date", "spring %(year)s"),
    6: pgettext_lazy("date", "summer %(year)s"),
    9: pgettext_lazy("date", "autumn %(year)s"),
    12: pgettext_lazy("date", "winter %(year)s"),
}
PATTERNS = {
    "day": pgettext_lazy("date", "%(day)s %(month)s %(year)s"),
    "month": pgettext_lazy("date", "%(month)s %(year)s"),
    "year": pgettext_lazy("date", "%(year)s"),
    "decade": pgettext_lazy("date", "the %(year)ss"),
    "century": pgettext_lazy("date", "%(year)s–%(last_year)s"),
}


def label(edtf: str | EDTF) -> str:
    """The date in words of the active language: "about July 2019", "15–21 July 2019"."""
    return _in_words(edtf, month_format="F")


def short_label(edtf: str | EDTF) -> str:
    """The date in words for tables, months abbreviated: "22 Jul 2019"."""
    return _in_words(edtf, month_format="M")


def one_moment(text: str) -> str:
    """A start or an end as the moment that it is: of `../2012-03-13` one can say "2012-03-13 or earlier"."""
    day = parse(text)
    return f"[..{text[3:]}]" if day.is_interval and day.open_start and day.end and not day.end.qualifier else text


def _in_words(edtf: str | EDTF, month_format: str) -> str:
    if isinstance(edtf, str):
        edtf = parse(edtf)
    if edtf.is_interval:
        return _interval_in_words(edtf, month_format)
    if edtf.start and edtf.end and edtf.start != edtf.end:
        return _range_in_words(edtf.start, edtf.end, month_format)
    words = next(_part_in_words(part, month_format) for part in (edtf.start, edtf.end) if part)
    if edtf.open_start:
        return pgettext("date", "%(date)s or earlier") % {"date": words}
    if edtf.open_end:
        return pgettext("date", "%(date)s or later") % {"date": words}
    if edtf.uncertain:
        return pgettext("date", "%(date)s, uncertain") % {"date": words}
    return words


def _interval_in_words(edtf: EDTF, month_format: str) -> str:
    ends = {}
    for name, part in (("start", edtf.start), ("end", edtf.end)):
        if part:
            words = _part_in_words(part, month_format)
            if part.qualifier in ("?", "%"):
                words = pgettext("date", "%(date)s (uncertain)") % {"date": words}
            ends[name] = words
    if edtf.open_start:
        return pgettext("date", "by %(end)s") % ends
    if edtf.unknown_start:
        return pgettext("date", "by %(end)s, start not stated") % ends
    if edtf.open_end:
        return pgettext("date", "from %(start)s onwards") % ends
    if edtf.unknown_end:
        return pgettext("date", "from %(start)s, end not stated") % ends
    return pgettext("date", "from %(start)s to %(end)s") % ends


def _range_in_words(start: Part, end: Part, month_format: str) -> str:
    """A set `[a..b]`, with what both ends share said once."""
    values = _values(start.earliest, end.latest, month_format)
    one_year = start.earliest.year == end.latest.year
    match start.precision, end.precision:
        case "day", "day" if one_year and start.earliest.month == end.latest.month:
            return pgettext("date", "%(day)s–%(last_day)s %(month)s %(year)s") % values
        case "day", "day" if one_year:
            return pgettext("date", "%(day)s %(month)s – %(last_day)s %(last_month)s %(year)s") % values
        case "month", "month" if one_year:
            return pgettext("date", "%(month)s–%(last_month)s %(year)s") % values
        case "year", "year":
            return pgettext("date", "%(year)s–%(last_year)s") % values
    return pgettext("date", "%(start)s – %(end)s") % {
        "start": _part_in_words(start, month_format),
        "end": _part_in_words(end, month_format),
    }


def _part_in_words(part: Part, month_format: str) -> str:
    pattern = SEASONS[part.earliest.month] if part.precision == "season" else PATTERNS[part.precision]
    words = pattern % _values(part.earliest, part.latest, month_format)
    return pgettext("date", "about %(date)s") % {"date": words} if part.qualifier in ("~", "%") else words


def _values(first: date, last: date, month_format: str) -> dict[str, int | str]:
    return {
        "day": first.day,
        "month": dateformat.format(first, month_format),
        "year": first.year,
        "last_day": last.day,
        "last_month": dateformat.format(last, month_format),
        "last_year": last.year,
    }


def contains(edtf: EDTF, first: date, last: date) -> Literal["certain", "possible"] | None:
    """Whether the date falls within the days `first` to `last`; an interval, whether it shares a day with them.

    An open or unknown end makes nothing certain beyond the end that is known.
    """
    if (edtf.earliest and edtf.earliest > last) or (edtf.latest and edtf.latest < first):
        return None
    # An interval has begun by its end, and does not end before it begins.
    begun_by = min(filter(None, (edtf.start_latest, edtf.latest)), default=date.max)
    lasted_to = max(filter(None, (edtf.end_earliest, edtf.earliest)), default=date.min)
    return "certain" if begun_by <= last and lasted_to >= first else "possible"
