"""A feed as iCalendar (RFC 5545, with the properties of RFC 7986).

What has a date is an all-day entry over the days on which it may have fallen. What has none is a note without a day,
which RFC 5545 calls a journal entry: it is included, and stands on no day.
"""

import datetime

from records import dates
from records.feeds import spans
from records.feeds.entries import LICENCE, LICENCE_URL, Entry, Feed, Text, printable

CONTENT_TYPE = "text/calendar"
LINE = 75  # octets, the line break left out
REFRESH = "PT6H"
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def write(feed: Feed) -> bytes:
    revised = max((entry.moments.revised for entry in feed.entries), default=feed.updated)
    description = f"{feed.description} {LICENCE}, {LICENCE_URL}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//policytrack//policytrack//EN",
        "CALSCALE:GREGORIAN",
        # No id of the calendar itself, which RFC 7986 allows: vdirsyncer takes it for that of every entry.
        f"LAST-MODIFIED:{_moment(revised)}",
        f"URL:{feed.page}",
        f"SOURCE;VALUE=URI:{feed.url}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        # The names of RFC 7986, and those that programs read before it was written.
        f"NAME;LANGUAGE={feed.language}:{_text(feed.title)}",
        f"X-WR-CALNAME:{_text(feed.title)}",
        f"DESCRIPTION;LANGUAGE={feed.language}:{_text(description)}",
        f"X-WR-CALDESC:{_text(description)}",
    ]
    for entry in feed.entries:
        lines += _dated(entry) if entry.date and not entry.notice else _undated(entry)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _dated(entry: Entry) -> list[str]:
    edtf = dates.parse(entry.date)
    first, last = spans.days(edtf)
    # To the day, the calendar itself tells the date; of a span, only the title can say that it is one.
    title = entry.title if edtf.precision == "day" else f"{entry.title} ({dates.label(edtf)})"
    doubtful = entry.state or edtf.approximate or edtf.uncertain
    return [
        "BEGIN:VEVENT",
        *_told(entry, f"{entry.role}: {title}" if entry.role else title),
        f"DTSTART;VALUE=DATE:{_day(first)}",
        _end(first, last),
        f"X-POLICYTRACK-EDTF:{entry.date}",
        f"STATUS:{'TENTATIVE' if doubtful else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _end(first: datetime.date, last: datetime.date) -> str:
    """The end is the day after; of the last day of the calendar there is none, and the length tells it as well."""
    if last == datetime.date.max:
        return f"DURATION:P{(last - first).days + 1}D"
    return f"DTEND;VALUE=DATE:{_day(last + datetime.timedelta(1))}"


def _undated(entry: Entry) -> list[str]:
    status = "CANCELLED" if entry.notice else "FINAL"
    return ["BEGIN:VJOURNAL", *_told(entry, entry.title), f"STATUS:{status}", "END:VJOURNAL"]


def _told(entry: Entry, title: Text) -> list[str]:
    lines = [
        f"UID:{entry.id}",
        # Of an entry that is published and not sent, the stamp is the moment of its last revision.
        f"DTSTAMP:{_moment(entry.moments.revised)}",
        f"LAST-MODIFIED:{_moment(entry.moments.revised)}",
        f"CREATED:{_moment(entry.moments.first)}",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(entry.text)}",
        f"URL:{entry.url}",
    ]
    if entry.tags:
        lines.append(f"CATEGORIES:{','.join(map(_text, entry.tags))}")
    return lines


def _day(day: datetime.date) -> str:
    return day.isoformat().replace("-", "")


def _moment(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"


def _text(text: Text) -> str:
    return printable(text).replace("\t", " ").translate(ESCAPED)


def _folded(line: str) -> bytes:
    """A line as it is sent: cut between characters, so that no piece is longer than the standard allows."""
    octets, pieces, start, size = line.encode(), [], 0, LINE
    while len(octets) - start > size:
        end = start + size
        while octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        pieces.append(octets[start:end])
        start, size = end, LINE - 1  # the space in front counts
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
