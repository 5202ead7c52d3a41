"""Filters that read the clock: the status on the day, and the years and months in which something happened."""

import datetime
import re
from calendar import monthrange
from collections.abc import Callable

from django.db.models import (
    BigIntegerField,
    BooleanField,
    ExpressionWrapper,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Trunc
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import pgettext

from measures.models import MeasureEvent, StatusPeriod
from records.clocks import FIRST_YEAR, LAST_YEAR
from records.filters import ChoicesFilter, pairs

BRINGS_IN = (MeasureEvent.Kind.ANNOUNCED, MeasureEvent.Kind.PUBLISHED, MeasureEvent.Kind.CONSULTATION)
# The bounds of the day on which a period of a status began.
SINCE = {"earliest": "since_earliest", "latest": "since_latest"}


def own_events(*kinds: str) -> QuerySet[MeasureEvent]:
    """Events of a measure's own life that visitors may see, of these kinds where there are some given."""
    events = MeasureEvent.objects.readable().filter(background=False, overtaken_by=None)
    return events.filter(kind__in=kinds) if kinds else events


def brought_in() -> QuerySet[MeasureEvent]:
    return own_events(*BRINGS_IN)


def with_day(measures: QuerySet) -> QuerySet:
    """Measures, each with the day that it is `announced_on`; where that is not recorded, of whatever came first."""
    own = own_events().filter(measure=OuterRef("pk")).order_by().values("measure")
    first = own.annotate(first=Min("earliest")).values("first")
    return measures.annotate(announced_on=Coalesce(Subquery(first.filter(kind__in=BRINGS_IN)), Subquery(first)))


class DayNumber(Func):
    """How many days after 1 January 1 a day is."""

    template = "(%(expressions)s - DATE '0001-01-01')"
    output_field = BigIntegerField()


def periods(*of: str) -> Callable[[], QuerySet[StatusPeriod]]:
    return lambda: StatusPeriod.objects.visible().filter(status__in=of)


class MeasureStatusFilter(ChoicesFilter):
    """Measures of which a part has the status on the day, for certain or possibly.

    Beside a material filter only the parts count that answer for the material.
    """

    ordered, shows_status, goes_with = "declared", True, ("certainty",)
    varies, varies_with = True, ("material",)

    def narrowed(self, queryset, value):
        return queryset.filter(
            pk__in=self.parent.periods().filter(**{f"{self.field_name}__in": list(value)}).values("measure")
        )

    def valued(self):
        return Q(pk__in=self.parent.periods().values("measure"))

    def pairs(self):
        standing = self.parent.answering().standing_on(self.parent.on)
        statement, parameters = standing.values_list("measure_id", self.field_name, "holds").query.sql_with_params()
        return [
            (
                "SELECT standing.measure, standing.status::text, ''::text, 0::bigint, standing.holds"
                f" FROM ({statement}) standing(measure, status, holds)",
                parameters,
            )
        ]


class CertaintyFilter(ChoicesFilter):
    """Narrows the status filter to what holds for certain, or only possibly; alone, any status will do."""

    signed = False

    def narrowed(self, queryset, value):
        chosen = self.parent.values["status"]
        periods = self.parent.periods()
        if chosen:
            periods = periods.filter(status__in=list(chosen))
        return queryset.filter(pk__in=periods.filter(holds__in=[text == "certain" for text in value]).values("measure"))


class Stretches(Func):
    """The months or the years from one day to another, each in a row of its own, as "2019-07" or "2019"."""

    set_returning = True
    template = "to_char(generate_series(%(expressions)s, interval '1 %(unit)s'), '%(form)s')"
    forms = {"year": "YYYY", "month": "YYYY-MM"}

    def __init__(self, unit: str, first: Combinable, last: Combinable):
        super().__init__(Trunc(first, unit), last, unit=unit, form=self.forms[unit], output_field=TextField())


class WhenFilter(ChoicesFilter):
    """Records with a day of some sort in a year, “2019”, or a month, “2019-07”, for certain or possibly.

    `rows` are what has the days, of which `earliest`, `latest` and `record` name the columns; where only one bound is
    known, the day lies there. What is planned can lie nowhere for certain.
    """

    ordered = "latest"
    schema = {"type": "array", "items": {"type": "string", "pattern": r"^-?[0-9]{4}(-(0[1-9]|1[0-2]))?$"}}

    def __init__(
        self, *, rows: Callable[[], QuerySet], earliest: str, latest: str, record: str = "measure_id", **kwargs
    ):
        self.rows, self.earliest, self.latest, self.record = rows, earliest, latest, record
        super().__init__(choices={}, **kwargs)

    @cached_property
    def field(self):
        return self.asking(
            of=lambda values: {value: self.told(value, value) for value in values if self.days(value)}, known=list
        )

    @staticmethod
    def days(value: str) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day of a year or a month; None where it is neither."""
        if not re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", value) or not FIRST_YEAR <= int(value[:4]) <= LAST_YEAR:
            return None
        year, month = int(value[:4]), int(value[5:] or 1)
        last_month = month if value[5:] else 12
        return datetime.date(year, month, 1), datetime.date(year, last_month, monthrange(year, last_month)[1])

    def dated(self) -> QuerySet:
        first, last = F(self.earliest), F(self.latest)
        return self.rows().order_by().alias(begins=Coalesce(first, last), ends=Coalesce(last, first))

    def narrowed(self, queryset, value):
        within = Q()
        for stretch in value:
            first, last = self.days(stretch)
            within |= Q(begins__lte=last, ends__gte=first)
        return queryset.filter(pk__in=self.dated().filter(within).values(self.record))

    def valued(self):
        return Q(pk__in=self.dated().exclude(begins=None).values(self.record))

    def pairs(self):
        rows = self.dated().exclude(begins=None)
        return [
            pairs(
                rows.alias(first=Trunc(self.earliest, unit), last=Trunc(self.latest, unit)),
                self.record,
                Stretches(unit, F("begins"), F("ends")),
                holds=ExpressionWrapper(Q(first=F("last"), planned=False), BooleanField()),
            )
            for unit in Stretches.forms
        ]

    def told(self, value, label):
        first, _last = self.days(value)
        return date_format(first, pgettext("heading, Django date format", "F Y")) if "-" in value else value

    def above(self, value):
        return value[:4] if "-" in value else ""
