"""The clocks a page is read by. `?on=2019-12-21` asks what was true on that day; without it the day is today."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2200
# date.fromisoformat also takes 20191221 and 2019-W51-6; one spelling of a day means one URL of a page.
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadClock(ValueError):
    """A day that does not exist or that no record can speak about; the message is written for readers."""


@dataclass(frozen=True)
class Clocks:
    """The day a request asks about, and the day on which it asks."""

    on: datetime.date
    today: datetime.date

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def query(self) -> str:
        """What an address needs to keep the chosen day: "on=2019-12-21", or nothing for today."""
        return "" if self.is_today else urlencode({"on": self.on.isoformat()})


def clock_from(request) -> Clocks:
    """The clocks of a request. Raises BadClock where `on` is not a day from 1900 to 2200."""
    today = timezone.localdate()
    text = request.GET.get("on", "").strip()
    return Clocks(on=_day(text) if text else today, today=today)


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise BadClock(_("The day to look at is not a date. Write it as year-month-day, such as 2019-12-21."))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadClock(
            _("The day to look at must lie between the years %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return day


class ClocksMiddleware:
    """Sets `request.clocks`, and answers a request about an impossible day with 400 and the reason."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            request.clocks = clock_from(request)
        except BadClock as error:
            return self._refuse(request, str(error))
        return self.get_response(request)

    def _refuse(self, request, reason):
        if request.path.startswith("/api/"):
            return JsonResponse({"on": [reason]}, status=400)
        today = timezone.localdate()
        request.clocks = Clocks(on=today, today=today)
        return render(request, "400.html", {"reason": reason}, status=400)


def clocks(request) -> dict:
    """Context processor: `clocks` for every template."""
    today = timezone.localdate()
    return {"clocks": getattr(request, "clocks", Clocks(on=today, today=today))}
