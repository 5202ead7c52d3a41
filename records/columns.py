"""The columns of a list that somebody sees, and its order: as the address asks, else as the browser keeps it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from records.queries import BadQuery, unknown

KEPT_FOR = 365 * 24 * 60 * 60  # seconds
PARAMETERS = ("columns", "sort", "keep")
Labels = Mapping[str, str | Promise]
COOKIE = re.compile(r"([a-z_.]*)\|([a-z_]*)")


@dataclass(frozen=True)
class Arrangement:
    """The columns beside the first one, and the order."""

    columns: tuple[str, ...]
    sort: str

    @property
    def cookie(self) -> str:
        return f"{'.'.join(self.columns)}|{self.sort}"


def arrangement(
    request: HttpRequest,
    cookie: str,
    columns: Labels,
    usual: Arrangement,
    orders: Mapping[str, object],
) -> Arrangement:
    """What a list is shown with. Raises BadQuery for a column or an order that there is not in the address."""
    given = [value for value in request.GET.getlist("columns") if value]
    sort = request.GET.get("sort", "")
    problems = {}
    if strange := [value for value in given if value not in columns]:
        problems["columns"] = [unknown("columns", value, columns) for value in strange]
    if sort and sort not in orders:
        problems["sort"] = [unknown("sort", sort, orders)]
    if problems:
        raise BadQuery(problems)
    kept = _kept(request, cookie, columns, usual, orders)
    chosen = tuple(name for name in columns if name in given) or kept.columns
    return Arrangement(chosen, sort or kept.sort)


def keep(response: HttpResponse, request: HttpRequest, cookie: str, chosen: Arrangement) -> HttpResponse:
    """Have the browser keep it for a year, for all of the site; nothing but names of columns."""
    secure = request.is_secure()
    response.set_cookie(cookie, chosen.cookie, max_age=KEPT_FOR, samesite="Lax", secure=secure, httponly=True)
    return response


def _kept(
    request: HttpRequest, cookie: str, columns: Mapping, usual: Arrangement, orders: Mapping[str, object]
) -> Arrangement:
    """What the browser keeps; what is not known any more is passed over, since nobody asks for it."""
    told = COOKIE.fullmatch(request.COOKIES.get(cookie, ""))
    if not told:
        return usual
    names = set(told[1].split("."))
    return Arrangement(
        tuple(name for name in columns if name in names) or usual.columns, told[2] if told[2] in orders else usual.sort
    )
