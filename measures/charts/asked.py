"""What a chart of measures is asked for: the filters of the list, the status that counts, and the years."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.urls import reverse

from measures.filters import MeasureFilter
from measures.folding import WORKING
from measures.models import Status
from records.clocks import Clocks
from records.models import Record
from records.parameters import UNKNOWN, Asked

Statement = tuple[str, tuple]
NOTHING = "SELECT NULL::bigint WHERE false"
# What counts where nobody asks for a status: what is in force, be it in a milder form.
USUAL = tuple(status for status in Status.values if status in WORKING)


@dataclass(frozen=True)
class Wanted:
    """Which statuses on a day count, as the filters “status” and “certainty” of a list have it.

    `certain` and `possible` say which of the two will do. UNKNOWN stands for measures without any status on the day.
    """

    codes: list[str]
    unknown: bool
    without: list[str]
    without_unknown: bool
    certain: bool
    possible: bool
    is_asked: bool

    @classmethod
    def of(cls, filterset: MeasureFilter) -> "Wanted":
        asked, certainty = filterset.values["status"], filterset.values["certainty"]
        wanted = list(asked) or list(USUAL)
        return cls(
            codes=[code for code in wanted if code != UNKNOWN],
            unknown=UNKNOWN in wanted,
            without=[code for code in asked.excluded if code != UNKNOWN],
            without_unknown=UNKNOWN in asked.excluded,
            certain=not certainty or "certain" in certainty,
            possible=not certainty or "possible" in certainty,
            is_asked=bool(len(asked)),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether only what is certain, or only what is possible, counts."""
        return not (self.certain and self.possible)

    @property
    def values(self) -> list[str]:
        return [*self.codes, *([UNKNOWN] if self.unknown else [])]


@dataclass(frozen=True)
class AskedChart:
    """A checked list of measures, the years to look at, until which day, and how closely.

    `whole` asks for all rows and columns of a chart that would have too many to be taken in.
    """

    filterset: MeasureFilter
    clocks: Clocks
    first_year: int
    last_year: int
    until: datetime.date
    by: str = "year"
    whole: bool = False

    @cached_property
    def wanted(self) -> Wanted:
        return Wanted.of(self.filterset)

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.first_year, 1, 1)

    @property
    def last(self) -> datetime.date:
        return datetime.date(self.last_year, 12, 31)

    @property
    def years(self) -> list[str]:
        return [str(year) for year in range(self.first_year, self.last_year + 1)]

    def measures(self, *leaving_out: str) -> Statement:
        """The keys of the measures that the filters find without these."""
        rows = self.filterset.filter_queryset(self.filterset.queryset, leaving_out=leaving_out)
        return compiled(rows.filter(state=Record.State.PUBLISHED).order_by().values_list("pk"))

    @cached_property
    def _given(self) -> dict[str, list[str]]:
        data = self.filterset.data
        given = {name: [value for value in data.getlist(name) if value.strip()] for name in self.filterset.filters}
        return {name: values for name, values in given.items() if values}

    def list_address(self, *, on: datetime.date | None = None, **instead: Iterable[str]) -> str:
        """The address of the list of measures with these filters, and of some the values `instead` of those given.

        What is to be left out stays left out, but for a filter that is given nothing else.
        """
        filters = dict(self._given)
        for name, values in instead.items():
            asked = self.filterset.values[name]
            without = [f"-{value}" for value in asked.excluded] if isinstance(asked, Asked) else []
            filters[name] = [*values, *(without if name not in TIMES else [])]
        day = on or self.clocks.on
        kept = self.clocks.kept | {"on": day.isoformat()}
        if day == self.clocks.today:
            del kept["on"]
        query = urlencode([(name, value) for name, values in filters.items() for value in values] + [*kept.items()])
        return f"{reverse('measures:list')}?{query}" if query else reverse("measures:list")

    def standing_address(self, *, on: datetime.date | None = None, **instead: Iterable[str]) -> str:
        """The same of the measures with a status that counts."""
        return self.list_address(on=on, status=self.wanted.values, **instead)


# The filters by the time in which something happened.
TIMES = ("announced", "in_force", "ended")


def compiled(rows: QuerySet, nothing: str = NOTHING) -> Statement:
    """The statement of a query set with its parameters; `nothing` where Django knows that there is none."""
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return nothing, ()
