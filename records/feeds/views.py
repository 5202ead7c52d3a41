"""How feeds answer: what is asked for, in which words and format, and whether it changed since."""

import datetime
import functools
import hashlib
from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.functional import cached_property
from django.utils.http import http_date, parse_etags
from django.utils.translation import gettext as _
from django.views.generic import View

from records.clocks import PARAMETERS
from records.feeds import links, news
from records.feeds.entries import Feed, Text
from records.feeds.kinds import Kind, told
from records.feeds.news import Found
from records.filtersets import RecordFilterSet
from records.lists import chips
from records.queries import BadQuery

PER_PAGE, MOST_PAGES = 100, 1000
IN_CALENDAR = 2000


class FeedView(View):
    """A feed, in the language and the format that the address names; 304 where the reader has it already.

    Without a language the address answers in the reader's own, as pages do.
    """

    name: str  # of the address
    page_name: str  # of the address of the page with the same rows
    title: Text
    formats: Sequence[str] = tuple(links.FORMATS)
    without: dict[str, Text] = {}  # what to say of formats that there are not

    def get(self, request, *, format: str, language: str | None = None):
        if format not in self.formats or (language and language not in dict(settings.LANGUAGES)):
            raise Http404(self.refusal(format))
        with translation.override(language or links.language()):
            if kept := self.kept():
                return kept
            content = links.FORMATS[format].write(self.feed(format))
            return self.answer(content, format)

    def refusal(self, format: str) -> str:
        if format in self.without:
            return str(self.without[format])
        return _("There is no such feed. The formats are: %(formats)s.") % {"formats": ", ".join(self.formats)}

    def feed(self, format: str) -> Feed:
        raise NotImplementedError

    @cached_property
    def basis(self) -> str:
        """What the answer follows from: the address, what is known, the day, the language and the program."""
        clocks = self.request.clocks
        told = [self.request.build_absolute_uri(), clocks.knowledge.number, clocks.on, clocks.today]
        return _digest("\n".join(map(str, [*told, links.language(), program_changed_at()])).encode())

    def kept(self) -> HttpResponse | None:
        """304 for the copy that somebody has of an answer from the same basis, without making it anew."""
        for etag in parse_etags(self.request.headers.get("If-None-Match", "")):
            if etag.removeprefix("W/").strip('"').partition(".")[0] == self.basis:
                return self.stamped(HttpResponse(status=304), etag)
        return None

    def answer(self, content: bytes, format: str) -> HttpResponse:
        type, digest = links.FORMATS[format].CONTENT_TYPE, _digest(content)
        response = HttpResponse(content, content_type=type if format == "json" else f"{type}; charset=utf-8")
        etag = f'"{self.basis}.{digest}"'
        for copy in parse_etags(self.request.headers.get("If-None-Match", "")):
            # From another basis, and yet the same.
            if copy.removeprefix("W/").strip('"').partition(".")[2] == digest:
                response, etag = HttpResponse(status=304), copy
        self.stamped(response, etag)
        modified = last_modified(self.request.clocks)
        if modified:
            response["Last-Modified"] = http_date(int(modified.timestamp()))
        return get_conditional_response(
            self.request, etag=etag, last_modified=modified and int(modified.timestamp()), response=response
        )

    def stamped(self, response: HttpResponse, etag: str) -> HttpResponse:
        response["ETag"] = etag
        response["Content-Language"] = links.language()
        # Whoever keeps a copy asks whether it is still right; mostly it is.
        response["Cache-Control"] = "no-cache"
        return response


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def last_modified(clocks) -> datetime.datetime | None:
    """Until when the answer may have changed: with what is known, with midnight where it asks about today, or with us.

    None while the second of that is not over: another change in it could not be told from this one.
    """
    moments = [program_changed_at()]
    if clocks.knowledge.at:
        moments.append(clocks.knowledge.at)
    if clocks.is_today:
        moments.append(datetime.datetime.combine(clocks.today, datetime.time(), timezone.get_current_timezone()))
    newest = max(moments)
    return None if timezone.now() - newest < datetime.timedelta(seconds=2) else newest


@functools.cache
def program_changed_at() -> datetime.datetime:
    """When this program itself was last changed, since another one may say the same in other words."""
    apps = ("records", "measures", "programs", "locale")
    files = [path for app in apps for kind in ("*.py", "*.mo") for path in (settings.BASE_DIR / app).rglob(kind)]
    newest = max(int(path.stat().st_mtime) for path in files)
    return min(datetime.datetime.fromtimestamp(newest, datetime.UTC), timezone.now())


class ListFeed(FeedView):
    """The newest entries of a list, by the filters of its page; a calendar has the latest dated ones."""

    filter_class: type[RecordFilterSet]
    also: Sequence[str] = ()

    @cached_property
    def filterset(self) -> RecordFilterSet:
        return self.filter_class(self.request.GET, request=self.request, also=("page", *self.also))

    def parts(self, by_day: bool) -> list[tuple[Kind, QuerySet]]:
        """The rows of the feed, each kind of them with how they are told."""
        raise NotImplementedError

    @cached_property
    def number(self) -> int:
        """The page that is asked for."""
        text = self.request.GET.get("page", "").strip() or "1"
        if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
            raise BadQuery({"page": [_("“page” must be a number from 1 on.")]})
        return int(text[:9])

    def feed(self, format):
        by_day = format == "ics"
        parts, number = self.parts(by_day), self.number
        if by_day and number > 1:
            raise BadQuery({"page": [_("A calendar has no pages: leave “page” out.")]})
        if number > MOST_PAGES:
            raise Http404(_("This feed has no such page; it ends before."))
        size = IN_CALENDAR if by_day else PER_PAGE
        start = (number - 1) * size
        found = self.found(parts, start + size + 1, by_day)
        shown, has_more = found[start : start + size], len(found) > start + size
        if not shown and number > 1:
            raise Http404(_("This feed has no such page; it ends before."))
        entries = told(shown)
        absolute = self.request.build_absolute_uri
        query = links.kept(self.request.GET, self.request.GET)
        return Feed(
            key=f"feed:{self.name}:{links.language()}:{self.asked}",
            title=self.full_title,
            description=self.description(by_day, has_more),
            language=links.language(),
            page=absolute(self.page_address),
            url=absolute(f"{self.request.path}?{query}" if query else self.request.path),
            updated=max((entry.moments.told for entry in entries), default=self.moment),
            entries=entries,
            previous=absolute(self.address(format, number - 1)) if number > 1 else "",
            next=absolute(self.address(format, number + 1)) if has_more and number < MOST_PAGES and not by_day else "",
            others=self.others(format),
        )

    def found(self, parts, limit: int, by_day: bool) -> list[tuple[Kind, Found]]:
        found = [
            (kind, one)
            for kind, rows in parts
            for one in news.newest(
                rows,
                list(kind.bearing()),
                limit=limit,
                day=kind.day,
                key=kind.key,
                columns=kind.columns,
                by_day=by_day,
            )
        ]
        order = _by_day if by_day else _by_news
        return sorted(found, key=lambda each: order(each[1]))[:limit]

    @cached_property
    def moment(self) -> datetime.datetime:
        knowledge = self.request.clocks.knowledge
        return (knowledge.at or datetime.datetime.fromtimestamp(0, datetime.UTC)).astimezone(datetime.UTC)

    @property
    def asked(self) -> str:
        """What the feed is narrowed to, the same for every spelling of the address."""
        pairs = [(name, value.strip()) for name, values in self.request.GET.lists() for value in values]
        return urlencode(sorted({(name, value) for name, value in pairs if value and name != "page"}))

    @property
    def query(self) -> str:
        return links.kept(self.request.GET, [name for name in self.request.GET if name != "page"])

    def address(self, format: str, page: int = 1) -> str:
        query = "&".join(filter(None, [self.query, f"page={page}" if page > 1 else ""]))
        return links.address(self.name, format, query)

    def others(self, format: str) -> dict[str, str]:
        """The addresses of the same feed in other formats, by content type."""
        absolute = self.request.build_absolute_uri
        others = [each for each in self.formats if each != format]
        return {links.FORMATS[each].CONTENT_TYPE: absolute(self.address(each)) for each in others}

    @property
    def page_address(self) -> str:
        path = reverse(self.page_name)
        return f"{path}?{self.query}" if self.query else path

    @property
    def full_title(self) -> str:
        applied = ", ".join(chip.label for chip in chips(self.filterset))
        clocks = "; ".join(f"{name}={self.request.GET[name]}" for name in PARAMETERS if self.request.GET.get(name))
        return " · ".join(filter(None, [f"policytrack: {self.title}", applied, clocks]))

    def description(self, by_day: bool, has_more: bool) -> str:
        if by_day:
            said = [
                _("An entry over several days happened on one of them, unless its text says that it lasted."),
                _("What has no date is a note without a day."),
            ]
            if has_more:
                said.append(_("Only the %(count)d entries with the latest dates are here.") % {"count": IN_CALENDAR})
        else:
            said = [
                _("What came in last or developed last stands first."),
                _("A correction changes its entry in place, and is not news."),
            ]
            if has_more or self.number > 1:
                said.append(_("%(count)d entries to a page.") % {"count": PER_PAGE})
        return " ".join(said)


def _by_news(found: Found):
    return -found.told, found.day is None, -(found.day.toordinal() if found.day else 0), found.key


def _by_day(found: Found):
    return found.day is None, -(found.day.toordinal() if found.day else 0), found.key
