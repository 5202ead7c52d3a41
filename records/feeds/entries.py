"""What feeds are made of, whatever they are written as: entries in words, and the feed that they stand in."""

import datetime
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from records import dates
from records.feeds.spans import certainty

# Ids are made from this and the key of what they stand for, so that they depend neither on the host nor on the wording.
SPACE = uuid.UUID("5f0c1f0e-6a55-5d5e-9a0b-6f0f5d6c7a11")

LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Text = str | Promise


def identity(key: str) -> str:
    """The id that stands for ever for what has this key: a UUID, the same in every feed and at every address."""
    return str(uuid.uuid5(SPACE, key))


def printable(text: Text) -> str:
    """A text without the control characters that neither XML nor a calendar can hold."""
    return CONTROLS.sub("", str(text))


@dataclass(frozen=True)
class Moments:
    """When readers were first told of a record, and what became of it since.

    `told` is the newest moment that is news: the first one, or that of the newest development. A correction is no news,
    it only moves `revised`; `corrected` is None where nothing was.
    """

    first: datetime.datetime
    told: datetime.datetime
    corrected: datetime.datetime | None
    revised: datetime.datetime


@dataclass(frozen=True)
class Fact:
    """A line of an entry: what it is about, and words of which each may lead to a full address."""

    label: Text
    words: Sequence[tuple[Text, str]]

    def __str__(self) -> str:
        return f"{self.label}: {'; '.join(f'{word} <{url}>' if url else str(word) for word, url in self.words)}"

    @property
    def html(self) -> SafeString:
        words = [
            format_html('<a href="{}">{}</a>', url, printable(word)) if url else format_html("{}", printable(word))
            for word, url in self.words
        ]
        return format_html("<b>{}:</b> {}", self.label, format_html_join("; ", "{}", ((word,) for word in words)))


def fact(label: Text, *words: Text) -> Fact:
    """A line without addresses."""
    return Fact(label, [(word, "") for word in words])


def dated(date: str, role: Text, state: str = "") -> list[Fact]:
    """The lines that tell a date: in words and as EDTF, and how sure it is."""
    if not date:
        return [fact(_("Date"), role, _("not stated")) if role else fact(_("Date"), _("not stated"))]
    edtf = dates.parse(date)
    words = f"{role} {dates.label(edtf)}" if role else dates.label(edtf)
    return [fact(_("Date"), words, f"EDTF {date}"), Fact(_("How sure"), [(" ".join(certainty(edtf, state)), "")])]


@dataclass
class Entry:
    """One record, or one date of one, as feeds tell it.

    `key` is what its id is made from. `date` is EDTF, "" where there is none; `role` says what the date means. `state`
    is "planned" or "overdue" for what was not seen to happen. `notice` is what is left of a record that was withdrawn.
    """

    key: str
    title: Text
    url: str
    facts: list[Fact] = field(default_factory=list)
    date: str = ""
    role: Text = ""
    state: str = ""
    tags: list[str] = field(default_factory=list)
    language: str = "en"
    notice: str = ""
    moments: Moments | None = None

    @property
    def id(self) -> str:
        return identity(self.key)

    @property
    def html(self) -> SafeString:
        if self.notice:
            return format_html("<p>{}</p>", printable(self.notice))
        return format_html_join("", "<p>{}</p>", ((one.html,) for one in self.facts))

    @property
    def text(self) -> str:
        return self.notice or "\n".join(map(str, self.facts))


@dataclass
class Feed:
    """A feed as it is written. Addresses are whole; `page`, `previous` and `next` are "" where there is none.

    `others` are the addresses of the same feed in other formats, by content type.
    """

    key: str
    title: str
    description: str
    language: str
    page: str
    url: str
    updated: datetime.datetime
    entries: list[Entry]
    previous: str = ""
    next: str = ""
    others: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return identity(self.key)
