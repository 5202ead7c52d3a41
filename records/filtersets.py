"""Lists of records as an address asks for them: the filters in use, what is wrong with them, and what is found."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import django_filters
from django.db.models import Count, QuerySet, TextField, Value
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from records.clocks import PARAMETERS, BadClock, clock_from
from records.filters import ChoicesFilter, DayFilter, LanguageFilter, OccurringFilter, SearchFilter
from records.models import Record, SlugRedirect, Source
from records.parameters import Asked
from records.queries import BadQuery, refuse_unknown


class RecordFilterSet(django_filters.FilterSet):
    """A list of records as asked for by the address; see the module for the rules.

    A `queryset` that leaves out nothing of what is visible, but reads more of it, `is_whole`.

    `also` names parameters of the page that do not filter, such as "page" or "view", each given once at most, but for
    those in `repeated`.
    """

    # What the bitmaps of its kind tell this list, from when they were first asked; `records.bitmaps.reading` sets it.
    reading: Any
    # The filters that pages offer the choices of, in order.
    facets: tuple[str, ...] = ()

    def __init__(
        self,
        data=None,
        queryset=None,
        *,
        request=None,
        also: Iterable[str] = (),
        repeated: Iterable[str] = (),
        is_whole: bool = False,
        **kwargs,
    ):
        data = QueryDict() if data is None else data
        self.is_whole = is_whole or queryset is None
        if queryset is None:
            queryset = self.visible()
        super().__init__(data, queryset, request=request, **kwargs)
        self.also, self.repeated = tuple(also), frozenset(repeated)

    @classmethod
    def join(cls, name: str, declared: ChoicesFilter, *, after: str) -> None:
        """Give the list a filter by something that an app above knows of; its facet stands after that of another."""
        cls.base_filters[name] = declared
        place = cls.facets.index(after) + 1
        cls.facets = (*cls.facets[:place], name, *cls.facets[place:])

    @classmethod
    def visible(cls) -> QuerySet:
        """What a visitor may see of the list, unfiltered."""
        model = cls._meta.model
        return SlugRedirect.objects.leave_out(model.objects.published()) if model.merges else model.objects.published()

    # Whether its records are `dated`.
    is_dated = False

    @classmethod
    def dated(cls) -> QuerySet:
        """The records of the list, each with the `day_number` that the newest come first by; see `DayNumber`."""
        raise NotImplementedError

    @cached_property
    def on(self):
        """The day that the list is read on."""
        clocks = getattr(self.request, "clocks", None) or clock_from(SimpleNamespace(GET=self.data))
        return clocks.on

    @cached_property
    def problems(self) -> dict[str, list[str]]:
        """What is wrong with the address, by parameter; empty when nothing is."""
        singles = [name for name, declared in self.filters.items() if not isinstance(declared, ChoicesFilter)]
        problems = refuse_unknown(
            self.data,
            [*self.filters, *PARAMETERS, *self.also],
            single={*singles, *PARAMETERS, *self.also} - self.repeated,
        )
        try:
            # Asked even where no filter needs it: an impossible day is an error on every list.
            _day = self.on
        except BadClock as error:
            problems["on"] = [str(error)]
        return problems | {name: list(reasons) for name, reasons in self.form.errors.items()}

    def is_valid(self) -> bool:
        return not self.problems

    @property
    def checked(self) -> QuerySet:
        """The rows asked for. Raises BadQuery, which a page answers with 400 and the reasons."""
        if self.problems:
            raise BadQuery(self.problems)
        return self.qs

    @property
    def values(self) -> dict:
        """The value of every filter that is not refused."""
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def chosen(self) -> dict[str, dict]:
        """The values of every filter in use, each with what it stands for (a label or a row)."""
        return {
            name: value.meanings if isinstance(value, Asked) else {value: value}
            for name, value in self.values.items()
            if value
        }

    @property
    def in_use(self) -> frozenset[str]:
        return frozenset(self.chosen)

    def filter_queryset(self, queryset, *, leaving_out: Iterable[str] = ()):
        chosen = self.chosen
        if chosen:
            # A withdrawn record says nothing any more, so nothing that it said finds it.
            queryset = queryset.filter(state=Record.State.PUBLISHED)
        for name in chosen:
            if name not in leaving_out:
                queryset = self.filters[name].filter(queryset, self.values[name])
        return queryset

    def counted_without(self, names: Iterable[str]) -> dict[str, int]:
        """How many records would be found without each of these filters, in one query."""
        counted = [
            self.filter_queryset(self.queryset, leaving_out=[name])
            .order_by()
            .annotate(left_out=Value(name, TextField()))
            .values("left_out")
            .annotate(found=Count("pk"))
            .values_list("left_out", "found")
            for name in names
        ]
        return dict(counted[0].union(*counted[1:], all=True)) if counted else {}

    def without(self, name: str, value: str | None = None) -> str:
        """The query string of this list with one chosen value taken away, or all, and back on its first page."""
        data = self.data.copy()
        for page in ("page", "offset"):
            data.pop(page, None)
        kept = [] if value is None else [given for given in data.getlist(name) if given.strip() not in ("", value)]
        data.setlist(name, kept)
        return data.urlencode()


class SourceFilter(RecordFilterSet):
    """The list of sources."""

    q = SearchFilter(kind="source", label=gettext_lazy("Words"))
    kind = ChoicesFilter("kind", choices=Source.Kind, label=gettext_lazy("Kind"))
    language = LanguageFilter("language", label=gettext_lazy("Language"))
    publisher = OccurringFilter("publisher", label=gettext_lazy("Publisher"))
    consulted = ChoicesFilter("consulted", choices=Source.Consulted, label=gettext_lazy("Consulted"))
    after = DayFilter("latest", bound="gte", label=gettext_lazy("May be published on this day or later"))
    before = DayFilter("earliest", bound="lte", label=gettext_lazy("May be published on this day or earlier"))
    facets = ("kind", "language", "publisher", "consulted")

    class Meta:
        model = Source
        fields = []
