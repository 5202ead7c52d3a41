"""The two clocks a page is read by.

`?on=2019-12-21` asks what was true on that day; without it the day is today. `?known=2026-11-01T00:00Z`, or the number
of a change set, asks what this knowledge base said then; without it, what it says now.
"""

import datetime
import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from records import known
from records.known import Knowledge

FIRST_YEAR, LAST_YEAR = 1900, 2200
# date.fromisoformat also takes 20191221 and 2019-W51-6; one spelling of a day means one URL of a page.
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A sign in a query string that was not escaped arrives as a space.
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+ -][0-9]{2}:?[0-9]{2})"
)
NUMBER = re.compile(r"[0-9]{1,18}")

# What an address says about the clocks, and every public door takes.
PARAMETERS = ("on", "known")

# What is always of now: the desk writes, and whoever logs in does so today.
LIVE = ("/desk/", "/login/", "/logout/", "/i18n/")


class BadClock(ValueError):
    """A day or moment that does not exist or that no record can speak about; the message is written for readers.

    `name` is the parameter that holds it.
    """

    def __init__(self, name: str, reason: str):
        self.name = name
        super().__init__(reason)


@dataclass(frozen=True)
class Clocks:
    """The day a request asks about, the day on which it asks, and what is known when it reads.

    `asked_known` is what the address says, and None where it asks for what is known now. `newest` is what is known now.
    """

    on: datetime.date
    today: datetime.date
    knowledge: Knowledge | None = None
    asked_known: str | None = None
    newest: Knowledge | None = None

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def is_now(self) -> bool:
        return self.asked_known is None

    @property
    def kept(self) -> dict[str, str]:
        """What an address or a form needs to keep the chosen day and moment: nothing for today and now."""
        kept = {} if self.is_today else {"on": self.on.isoformat()}
        return kept if self.asked_known is None else kept | {"known": self.asked_known}

    @cached_property
    def query(self) -> str:
        """`kept` as it stands in an address: "on=2019-12-21", or nothing."""
        return urlencode(self.kept, safe=":")

    @property
    def pinned(self) -> dict[str, str]:
        """Both clocks as they stand, so that the address says for ever what it says now."""
        pinned = {"on": self.on.isoformat()}
        if self.knowledge and self.knowledge.at:
            pinned["known"] = f"{self.knowledge.at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        return pinned


def clock_from(request) -> Clocks:
    """The day a request asks about. Raises BadClock where `on` is not a day from 1900 to 2200."""
    today = timezone.localdate()
    text = request.GET.get("on", "").strip()
    return Clocks(on=day_of(text) if text else today, today=today)


def day_of(text: str) -> datetime.date:
    """The day that an address names. Raises BadClock where it is none from 1900 to 2200."""
    try:
        day = datetime.date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise BadClock("on", _("The day to look at is not a date. Write it as year-month-day, such as 2019-12-21."))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadClock(
            "on",
            _("The day to look at must lie between the years %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return day


def knowledge_of(text: str) -> Knowledge:
    """What was known at a moment with its zone, or after a change set. Raises BadClock where there is no such thing."""
    try:
        if NUMBER.fullmatch(text):
            return known.after(int(text))
        return known.at_moment(_moment(text))
    except known.NotKnown:
        pass
    if NUMBER.fullmatch(text):
        raise BadClock("known", _("There is no change set of this number."))
    raise BadClock("known", _("What will be known at a moment that is still to come cannot be told."))


def _moment(text: str) -> datetime.datetime:
    found = MOMENT.fullmatch(text)
    try:
        moment = parse_datetime(found[1] + found[2].replace(" ", "+")) if found else None
        # Moments near the ends of the calendar have no counterpart in other zones.
        moment = moment and moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise BadClock(
            "known",
            _(
                "The moment to look from is not one. Write it with its time zone, such as 2026-11-01T00:00Z,"
                " or give the number of a change set."
            ),
        )
    return moment


class ClocksMiddleware:
    """Sets `request.clocks`, and lets a public page read everything as of one moment: that of `known`, or now.

    A request about an impossible day or moment is answered with 400 and the reason.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            request.clocks = clock_from(request)
            if request.method not in ("GET", "HEAD") or request.path.startswith(LIVE):
                return self.get_response(request)
            with ExitStack() as reading:
                return self._read(request, reading)
        except BadClock as error:
            return self._refuse(request, error)

    def _read(self, request, reading: ExitStack):
        newest, asked = reading.enter_context(known.one_reading()), request.GET.get("known", "").strip()
        knowledge = newest
        if asked:
            knowledge = knowledge_of(asked)
            reading.enter_context(known.as_of(knowledge))
        told = asked.replace(" ", "+") or None
        request.clocks = replace(request.clocks, knowledge=knowledge, asked_known=told, newest=newest)
        response = self.get_response(request)
        if response.streaming:
            # What is still to be sent is read from the same moment.
            response.streaming_content = _until_sent(response.streaming_content, reading.pop_all())
        elif hasattr(response, "render") and not response.is_rendered:
            response.render()
        return response

    def _refuse(self, request, error: BadClock):
        if request.path.startswith("/api/"):
            return JsonResponse({error.name: [str(error)]}, status=400)
        today = timezone.localdate()
        request.clocks = Clocks(on=today, today=today)
        return render(request, "400.html", {"reason": str(error)}, status=400)


def _until_sent(content, reading: ExitStack):
    with reading:
        yield from content


def clocks(request) -> dict:
    """Context processor: `clocks` for every template."""
    today = timezone.localdate()
    return {"clocks": getattr(request, "clocks", Clocks(on=today, today=today))}
