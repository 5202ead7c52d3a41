"""Filters shared by pages and API: strict, so that no list is ever silently unfiltered.

A parameter may be repeated: its values are alternatives. Different parameters all have to hold. A value or a
parameter that is not known is an error with the nearest known one, never ignored; empty ones count as not given.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.clocks import PARAMETERS, BadClock, clock_from
from records.models import Record, SlugRedirect, Source
from records.queries import MAX_LENGTH, BadQuery, refuse_unknown, unknown, unprintable
from records.search.asking import matching
from records.search.terms import MAX_LENGTH as MAX_SEARCH
from records.search.terms import MAX_WORDS, cleaned, terms

MAX_VALUES = 50
# A day as OpenAPI describes it; a form sends its empty fields too.
DAY = {"type": "string", "anyOf": [{"format": "date"}, {"maxLength": 0}]}
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class ValuesField(forms.Field):
    """Values of a repeated parameter, all of them known; `of` tells what the known ones stand for."""

    widget = forms.SelectMultiple

    def __init__(self, *, name: str, of: Callable[[list[str]], dict], known: Callable[[], Iterable[str]], **kwargs):
        self.name, self.of, self.known = name, of, known
        super().__init__(**kwargs)

    def to_python(self, value) -> dict:
        values = list(dict.fromkeys(text.strip() for text in value or () if text.strip()))
        if len(values) > MAX_VALUES:
            raise ValidationError(
                _("“%(name)s” can have at most %(count)d values.") % {"name": self.name, "count": MAX_VALUES}
            )
        if not values:
            return {}
        askable = [value for value in values if len(value) <= MAX_LENGTH and not unprintable(value)]
        found = self.of(askable) if askable else {}
        if missing := [value for value in values if value not in found]:
            known = self.known()
            raise ValidationError([unknown(self.name, value, known) for value in missing])
        return {value: found[value] for value in values}


class ChoicesFilter(django_filters.Filter):
    """One of a closed list of codes. `choices`: codes and labels, or a TextChoices."""

    def __init__(self, *args, choices, **kwargs):
        self.choices = dict(getattr(choices, "choices", choices))
        super().__init__(*args, **kwargs)

    def __deepcopy__(self, memo):
        # Each list has filters of its own, made from those of its class; hundreds of choices are the same in all.
        return copy.copy(self)

    @property
    def schema(self) -> dict:
        return {"type": "array", "items": {"type": "string", "enum": list(self.choices)}}

    @cached_property
    def field(self) -> forms.Field:
        return ValuesField(
            name=self.parameter,
            of=lambda values: {value: self.choices[value] for value in values if value in self.choices},
            known=lambda: self.choices,
            required=False,
            label=self.label,
        )

    @property
    def parameter(self) -> str:
        return next(name for name, declared in self.parent.filters.items() if declared is self)

    def filter(self, queryset, value):
        return self.narrowed(queryset, value) if value else queryset

    def narrowed(self, queryset: QuerySet, value: dict) -> QuerySet:
        return queryset.filter(**{f"{self.field_name}__in": list(value)})

    def counted(self, rows: QuerySet) -> dict[str, int]:
        """How many of these records have each value, in one query; for filters on a column."""
        return dict(rows.order_by().values_list(self.field_name).annotate(Count("pk")))


class OccurringFilter(ChoicesFilter):
    """One of the values that some record, which visitors may read, has in the column."""

    schema = {"type": "array", "items": {"type": "string"}}

    def __init__(self, field_name: str, **kwargs):
        super().__init__(field_name, choices={}, **kwargs)

    @cached_property
    def field(self):
        published = self.model.objects.readable().order_by()
        values = published.values_list(self.field_name, flat=True).distinct()
        return ValuesField(
            name=self.parameter,
            of=lambda asked: {value: value for value in values.filter(**{f"{self.field_name}__in": asked})},
            known=values.all,
            required=False,
            label=self.label,
        )


class RowsFilter(ChoicesFilter):
    """One of the rows of a table, by a column that readers know: a slug or a code."""

    def __init__(self, *args, rows: Callable[[], QuerySet], key: str = "slug", pattern: str = SLUG, **kwargs):
        self.rows, self.key, self.pattern = rows, key, pattern
        super().__init__(*args, choices={}, **kwargs)

    @property
    def schema(self) -> dict:
        return {"type": "array", "items": {"type": "string", "pattern": self.pattern}}

    @cached_property
    def field(self) -> forms.Field:
        return ValuesField(
            name=self.parameter,
            of=self.asked,
            known=lambda: {getattr(row, self.key): row for row in self.rows()},
            required=False,
            label=self.label,
        )

    def asked(self, values: list[str]) -> dict:
        """What the values stand for; the id of a record that was merged into another stands for that one."""
        found, model = self.found(values), self.rows().model
        if self.key != "slug" or not issubclass(model, Record):
            return found
        gone = [value for value in values if value not in found or found[value].state == Record.State.WITHDRAWN]
        targets = {value: SlugRedirect.objects.target(model, value) for value in gone}
        onward = {value: target.slug for value, target in targets.items() if target}
        merged = self.found(list(onward.values())) if onward else {}
        return found | {value: merged[slug] for value, slug in onward.items() if slug in merged}

    def found(self, values: list[str]) -> dict:
        return {getattr(row, self.key): row for row in self.rows().filter(**{f"{self.key}__in": values})}

    def narrowed(self, queryset, value):
        return queryset.filter(**{f"{self.field_name}__in": [row.pk for row in value.values()]})


class LinkedFilter(ChoicesFilter):
    """Records with a link to one of the codes; `to` is the column at the far end of the link."""

    def __init__(self, links: str, *, to: str, **kwargs):
        self.to = to
        super().__init__(links, **kwargs)

    def narrowed(self, queryset, value):
        links = linked(queryset.model, self.field_name)
        return queryset.filter(pk__in=links.filter(**{f"{self.to}__in": list(value)}))


def linked(model, links: str) -> QuerySet:
    """Primary keys of the records at the near end of link rows, to be narrowed by their far end."""
    relation = model._meta.get_field(links)
    return relation.related_model._base_manager.order_by().values(relation.field.attname)


class FlagFilter(ChoicesFilter):
    """Yes or no."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, choices={"true": _("yes"), "false": _("no")}, **kwargs)

    def narrowed(self, queryset, value):
        return queryset.filter(**{f"{self.field_name}__in": [text == "true" for text in value]})


class DayField(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        try:
            return clock_from(SimpleNamespace(GET={"on": text})).on if text else None
        except BadClock as error:
            raise ValidationError(str(error)) from error


class DayFilter(django_filters.Filter):
    """Rows whose bound lies on one side of a day; an open bound lies on both."""

    schema = DAY

    def __init__(self, field_name: str, *, bound: str, **kwargs):
        super().__init__(field_name, bound, **kwargs)

    @cached_property
    def field(self):
        field = DayField(required=False, label=self.label)
        field.validators = []
        return field

    def filter(self, queryset, value):
        if value is None:
            return queryset
        return queryset.filter(
            Q(**{f"{self.field_name}__{self.lookup_expr}": value}) | Q(**{f"{self.field_name}__isnull": True})
        )


class SearchField(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        if unprintable(text):
            raise ValidationError(_("The words to look for hold characters that cannot be printed."))
        if len(text) > MAX_SEARCH or len(terms(cleaned(text))) > MAX_WORDS:
            raise ValidationError(
                _("Look for at most %(words)d words with %(length)d characters in all.")
                % {"words": MAX_WORDS, "length": MAX_SEARCH}
            )
        return text


class SearchFilter(django_filters.Filter):
    """What a search for the words finds among the records of a kind; see `records.search.asking.matching`.

    `of` names kinds whose texts count for a record too, by the columns that lead to them.
    """

    schema = {"type": "string", "maxLength": MAX_SEARCH}

    def __init__(self, *args, kind: str, of: dict[str, str] | None = None, **kwargs):
        self.kind, self.of = kind, of or {}
        super().__init__(*args, **kwargs)

    @cached_property
    def field(self):
        # CharField's own refusal of NUL says less than ours.
        field = SearchField(required=False, strip=True, label=self.label)
        field.validators = []
        return field

    def filter(self, queryset, value):
        return matching(queryset, value, self.kind, **self.of) if value else queryset


class RecordFilterSet(django_filters.FilterSet):
    """A list of records as asked for by the address; see the module for the rules.

    `also` names parameters of the page that do not filter, such as "page" or "view".
    """

    def __init__(self, data=None, queryset=None, *, request=None, also: Iterable[str] = (), **kwargs):
        data = QueryDict() if data is None else data
        if queryset is None:
            queryset = self.visible()
        super().__init__(data, queryset, request=request, **kwargs)
        self.also = tuple(also)

    @classmethod
    def visible(cls) -> QuerySet:
        """What a visitor may see of the list, unfiltered."""
        model = cls._meta.model
        return SlugRedirect.objects.leave_out(model.objects.published()) if model.merges else model.objects.published()

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
            self.data, [*self.filters, *PARAMETERS, *self.also], single=[*singles, *PARAMETERS, *self.also]
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
            name: value if isinstance(value, dict) else {value: value} for name, value in self.values.items() if value
        }

    def filter_queryset(self, queryset, *, leaving_out: Iterable[str] = ()):
        chosen = self.chosen
        if chosen:
            # A withdrawn record says nothing any more, so nothing that it said finds it.
            queryset = queryset.filter(state=Record.State.PUBLISHED)
        for name in chosen:
            if name not in leaving_out:
                queryset = self.filters[name].filter(queryset, self.values[name])
        return queryset

    def without(self, name: str, value: str) -> str:
        """The query string of this list with one chosen value taken away, and back on its first page."""
        data = self.data.copy()
        for page in ("page", "offset"):
            data.pop(page, None)
        data.setlist(name, [given for given in data.getlist(name) if given.strip() not in ("", value)])
        return data.urlencode()


@dataclass(frozen=True)
class Option:
    """One choice of a facet, and how many records it would show; `possible` of them only possibly."""

    value: str
    label: str
    count: int
    possible: int = 0
    selected: bool = False
    status: str = ""


@dataclass(frozen=True)
class Facet:
    """A filter with its choices, for components/facet.html; those in `more` are folded away."""

    name: str
    label: str
    options: list[Option]
    more: list[Option]


class SourceFilter(RecordFilterSet):
    """The list of sources."""

    q = SearchFilter(kind="source", label=gettext_lazy("Words"))
    kind = ChoicesFilter("kind", choices=Source.Kind, label=gettext_lazy("Kind"))
    language = OccurringFilter("language", label=gettext_lazy("Language"))
    publisher = OccurringFilter("publisher", label=gettext_lazy("Publisher"))
    consulted = ChoicesFilter("consulted", choices=Source.Consulted, label=gettext_lazy("Consulted"))
    after = DayFilter("latest", bound="gte", label=gettext_lazy("May be published on this day or later"))
    before = DayFilter("earliest", bound="lte", label=gettext_lazy("May be published on this day or earlier"))

    class Meta:
        model = Source
        fields = []
