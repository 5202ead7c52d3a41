"""Where the feeds of a page are, for the page itself and for the feeds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from records.clocks import PARAMETERS
from records.feeds import atom, calendar, jsonfeed
from records.feeds.entries import Text

FORMATS = {"atom": atom, "json": jsonfeed, "ics": calendar}
LABELS = {"atom": "Atom", "json": "JSON Feed", "ics": _("Calendar")}
# What has moments and no days.
WITHOUT_DAYS = ("atom", "json")


def route(page: str) -> str:
    """The pattern of the addresses of a page's feeds: "measures/feed.ko.atom", or without a language."""
    return rf"^{page}/feed(?:\.(?P<language>[a-z]{{2}}))?\.(?P<format>[a-z]+)$"


@dataclass(frozen=True)
class Link:
    """One feed of a page; `of` says what it is of, where that is not what the page lists."""

    label: Text
    url: str
    content_type: str
    of: Text = ""


def language() -> str:
    """The language of the interface that a feed is asked for in."""
    code = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def address(name: str, format: str, query: str = "", language_code: str = "") -> str:
    """The path of a feed with what stands behind it."""
    path = reverse(name, kwargs={"language": language_code or language(), "format": format})
    return f"{path}?{query}" if query else path


def kept(data: QueryDict, names: Iterable[str]) -> str:
    """The part of a query that a feed takes as well; empty values ask for nothing."""
    query = data.copy()
    for name in list(query):
        values = [value for value in query.getlist(name) if value.strip()] if name in names else []
        query.setlist(name, values) if values else query.pop(name)
    return query.urlencode(safe=":")


def feeds_of(
    name: str, data: QueryDict, names: Iterable[str], *, formats: Iterable[str] = tuple(FORMATS), of: Text = ""
) -> list[Link]:
    """The feeds of a page that say what it says: with its filters, of which there are these `names`, and its clocks."""
    query = kept(data, (*names, *PARAMETERS))
    return [Link(LABELS[each], address(name, each, query), FORMATS[each].CONTENT_TYPE, of) for each in formats]


def feeds_about(
    name: str, filters: Mapping[str, str], clocks, *, of: Text, formats: Iterable[str] = tuple(FORMATS)
) -> list[Link]:
    """The feeds of another list that are about one record, by the filters that find what belongs to it."""
    data = QueryDict(mutable=True)
    data.update({**filters, **clocks.kept})
    return feeds_of(name, data, filters, formats=formats, of=of)
