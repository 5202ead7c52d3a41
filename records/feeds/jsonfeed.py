"""A feed as JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""

import json

from records import dates
from records.feeds.entries import LICENCE, LICENCE_URL, Entry, Feed, printable

CONTENT_TYPE = "application/feed+json"


def write(feed: Feed) -> bytes:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": printable(feed.title),
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": printable(feed.description),
        "language": feed.language,
        "authors": [{"name": "policytrack"}],
        # An extension of one's own has a name with an underscore and says what it is about.
        "_policytrack": {
            "about": "Dates of entries as EDTF with their bounds, and the licence",
            "license": LICENCE,
            "license_url": LICENCE_URL,
        },
        "items": [_item(entry) for entry in feed.entries],
    }
    if feed.next:
        told["next_url"] = feed.next
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict:
    edtf = dates.parse(entry.date) if entry.date else None
    return {
        "id": f"urn:uuid:{entry.id}",
        "url": entry.url,
        "title": printable(entry.title),
        "content_html": entry.html,
        "date_published": entry.moments.first.isoformat(),
        "date_modified": entry.moments.told.isoformat(),
        "language": entry.language,
        "tags": entry.tags,
        "_policytrack": {
            "key": entry.key,
            "state": "withdrawn" if entry.notice else "published",
            "date": entry.date or None,
            "earliest": _day(edtf and edtf.earliest),
            "latest": _day(edtf and edtf.latest),
            "role": str(entry.role) or None,
            "expectation": entry.state or None,
            "corrected": entry.moments.corrected and entry.moments.corrected.isoformat(),
        },
    }


def _day(day) -> str | None:
    return day.isoformat() if day else None
