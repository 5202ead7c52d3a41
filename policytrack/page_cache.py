"""Pages for readers who are not logged in, kept until something is known anew.

All that a public page says follows from what is known, from its address, which names the two clocks, from the day that
it is today and from the reader's language. A page is kept with what was known when it was made, and is given out again
as long as nothing newer is. What is not a record, such as whether the address of a source still answers, is shown at
most KEPT_SECONDS late.
"""

import datetime
import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request

from records import known
from records.clocks import LIVE

KEPT_SECONDS = 60
# What a page may follow from besides its address: whether it is asked for as a fragment, and as which site.
VARIES_WITH = ("HX-Request", "HX-Target", "Host")


@dataclass(frozen=True)
class KeptPage:
    """An answer as it is kept: packed, as nearly every browser wants it, and what it was made from."""

    basis: tuple
    packed: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, request: HttpRequest, response: HttpResponse) -> "KeptPage":
        clocks = request.clocks  # type: ignore[attr-defined]  # set by ClocksMiddleware
        packed = gzip.compress(response.content, 6, mtime=0)
        return cls(_basis(clocks.newest, clocks.today), packed, dict(response.headers))

    @property
    def is_of_now(self) -> bool:
        """Whether nothing is known that was not when it was made, and it is the same day; asks the database."""
        newest = known.newest()
        return newest.is_complete and self.basis == _basis(newest, timezone.localdate())

    def answer(self, request: HttpRequest, key: str) -> HttpResponse:
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(self.packed if is_packed else gzip.decompress(self.packed), headers=self.headers)
        if is_packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
        etag = response["ETag"] = f'W/"{_digest(key, self.basis)}"'
        # Asked for again each time: what is known may have changed.
        response["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
        return get_conditional_response(request, etag=etag, response=response) or response


class PageCacheMiddleware:
    """Stands before all that makes a page for one reader: sessions, languages, tokens, the two clocks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (key := key_of(request)):
            return self.get_response(request)
        pages = caches["pages"]
        if (page := pages.get(key)) and page.is_of_now:
            return page.answer(request, key)
        with alone(key):
            if (made := pages.get(key)) and made != page and made.is_of_now:
                return made.answer(request, key)
            response = self.get_response(request)
            if not is_for_everybody(request, response):
                return response
            page = KeptPage.of(request, response)
            pages.set(key, page, KEPT_SECONDS)
        return page.answer(request, key)


def key_of(request: HttpRequest) -> str:
    """What a page follows from besides what is known, as a short text; empty where that is one reader."""
    if request.method != "GET" or request.path.startswith((*LIVE, "/api/")):
        return ""
    # Whoever is logged in has a session, and may see more; others have a message waiting, or columns that they chose.
    if request.COOKIES.keys() - {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}:
        return ""
    asked = [request.headers.get(name, "") for name in VARIES_WITH]
    return _digest(request.scheme, request.get_full_path(), get_language_from_request(request), asked)


def _basis(newest: known.Knowledge, today: datetime.date) -> tuple:
    return newest.number, newest.at, today


def _digest(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether it is a whole page without anything in it for this one reader, such as the token of a form."""
    newest = request.clocks.newest if hasattr(request, "clocks") else None
    return (
        response.status_code == 200
        and newest is not None
        and newest.is_complete
        and not response.streaming
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not {"Cache-Control", "ETag", "Content-Encoding"} & response.headers.keys()
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    )


_making: WeakValueDictionary[str, "_Turn"] = WeakValueDictionary()
_finding = threading.Lock()


class _Turn:
    """A lock that is forgotten when nobody waits for it any more."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


@contextmanager
def alone(key: str) -> Iterator[None]:
    """Let one thread make a page while others that want the same wait for it."""
    with _finding:
        turn = _making.get(key)
        if turn is None:
            turn = _making[key] = _Turn()
    with turn.lock:
        yield
