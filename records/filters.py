"""Filters shared by pages and API: strict, so that no list is ever silently unfiltered.

A parameter may be repeated: its values are alternatives, but for those with a minus before them, which no record may
have; “unknown” asks for records that have none. Different parameters all have to hold. A value or a parameter that is
not known is an error with the nearest known one, never ignored; empty ones count as not given.
"""

import copy
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.db.models import F, Model, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from records.models import Record, SlugRedirect
from records.naming import language_label, worded
from records.parameters import MAX_SEARCH, NOT_KNOWN, UNKNOWN, Asked, DayField, SearchField, ValuesField
from records.search.asking import matching

# A day as OpenAPI describes it; a form sends its empty fields too.
DAY = {"type": "string", "anyOf": [{"format": "date"}, {"maxLength": 0}]}
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def pairs(
    rows: QuerySet,
    record: str,
    choice: str | Combinable,
    *,
    label: str | Combinable = "",
    row: str = "",
    holds: Combinable | None = None,
) -> QuerySet:
    """Which values which records have: (record, choice, label, row, holds) for each of the rows.

    `record` and `row` name the columns of the keys of the record and, where the choice is a row itself, of that one,
    which `label` then calls by its name. `holds` tells whether the record has the value for certain.
    """

    def text(value: str | Combinable) -> Combinable:
        column = F(value) if isinstance(value, str) and value else value or Value("")
        return Cast(column, TextField())

    return (
        rows.order_by()
        .annotate(
            of_record=F(record),
            of_choice=text(choice),
            of_label=text(label),
            of_row=F(row) if row else Value(0),
            of_holds=Value(True) if holds is None else holds,
        )
        .values_list("of_record", "of_choice", "of_label", "of_row", "of_holds")
    )


def title_column(model: type[Model]) -> str:
    """The column that rows of a model are called by."""
    return next(name for name in ("title", "name", "description") if name in {each.name for each in model._meta.fields})


class ChoicesFilter(django_filters.Filter):
    """One of a closed list of codes. `choices`: codes and labels, or a TextChoices.

    `ordered` says how a facet shows them: by "count", as "declared", or the "latest" value first.
    """

    ordered = "count"
    # Whether values can be excluded, and a record be asked for that has none.
    signed = True
    # Filters that say something about this one only, and are left out with it where its choices are counted.
    goes_with: tuple[str, ...] = ()
    shows_status = False
    # Whether the values that records have depend on the day of the address, and then on which other filters besides.
    varies = False
    varies_with: tuple[str, ...] = ()
    # Whether there may be nearly as many values as records: too many for a bitmap of each.
    numerous = False

    def __init__(self, *args, choices, **kwargs):
        self.choices = dict(getattr(choices, "choices", choices))
        super().__init__(*args, **kwargs)

    def __deepcopy__(self, memo):
        # Each list has filters of its own, made from those of its class; hundreds of choices are the same in all.
        return copy.copy(self)

    @property
    def schema(self) -> dict:
        values = list(self.choices)
        if self.signed:
            values += [UNKNOWN] * (UNKNOWN not in values)
            values += [f"-{value}" for value in values]
        return {"type": "array", "items": {"type": "string", "enum": values}}

    @cached_property
    def field(self) -> forms.Field:
        return self.asking(
            of=lambda values: {value: self.choices[value] for value in values if value in self.choices},
            known=lambda: self.choices,
        )

    def asking(self, **given) -> ValuesField:
        unknown = self.choices.get(UNKNOWN, NOT_KNOWN) if self.signed else None
        return ValuesField(name=self.parameter, unknown=unknown, required=False, label=self.label, **given)

    @property
    def parameter(self) -> str:
        return next(name for name, declared in self.parent.filters.items() if declared is self)

    def filter(self, queryset: QuerySet, value: Asked) -> QuerySet:
        if value:
            every = queryset.model._base_manager.order_by()
            if len(value):
                queryset = self.having(queryset, value)
            if value.excluded:
                queryset = queryset.exclude(pk__in=self.having(every, value.excluded).values("pk"))
        return queryset

    def having(self, queryset: QuerySet, values: dict) -> QuerySet:
        """Those with one of the values, of which UNKNOWN is none at all."""
        if UNKNOWN not in values or UNKNOWN in self.choices:
            return self.narrowed(queryset, values)
        known = {value: meaning for value, meaning in values.items() if value != UNKNOWN}
        if not known:
            return queryset.exclude(self.valued())
        every = queryset.model._base_manager.order_by()
        return queryset.filter(Q(pk__in=self.narrowed(every, known).values("pk")) | ~self.valued())

    def valued(self) -> Q:
        """Condition on records: there is some value."""
        told = (each.exclude(of_choice=None).exclude(of_choice="").values("of_record") for each in self.pairs())
        return reduce(or_, (Q(pk__in=records) for records in told))

    def narrowed(self, queryset: QuerySet, value: dict) -> QuerySet:
        return queryset.filter(**{f"{self.field_name}__in": list(value)})

    def pairs(self) -> list[QuerySet]:
        """Which values which records have: all that `pairs` gives of these together."""
        return [pairs(self.model._base_manager.all(), "pk", self.field_name)]

    def kept_by(self, values: Iterable[str]) -> list[str]:
        """The values of which one is enough for a record to be kept where these are asked for."""
        return list(values)

    def told(self, value: str, label: str):
        """What a choice is called in a facet; `label` comes from the pairs."""
        return self.choices.get(value, label or value)

    def worded(self, value: str, meaning) -> str:
        """What a value in use is called; `meaning` is what it stands for."""
        return capfirst(str(meaning if value == UNKNOWN else self.told(value, str(meaning))))

    def above(self, value: str) -> str:
        """The wider choice that a facet shows this one under, once that is chosen; most have none."""
        return ""

    def summed(self, counts: dict[str, tuple]) -> dict[str, tuple]:
        """The counts of all choices, from those of the pairs."""
        return counts


class OccurringFilter(ChoicesFilter):
    """One of the values that some record, which visitors may read, has in the column."""

    schema = {"type": "array", "items": {"type": "string"}}

    def __init__(self, field_name: str, **kwargs):
        super().__init__(field_name, choices={}, **kwargs)

    def occurring_in(self) -> QuerySet:
        """The records in which values occur."""
        return self.model.objects.readable()

    @cached_property
    def field(self):
        recorded = self.occurring_in().order_by().exclude(**{f"{self.field_name}__isnull": True})
        values = recorded.values_list(self.field_name, flat=True).distinct()
        return self.asking(
            of=lambda asked: {value: value for value in values.filter(**{f"{self.field_name}__in": asked})},
            known=values.all,
        )

    def told(self, value, label):
        return worded(value)


class LanguageFilter(OccurringFilter):
    """One of the languages in the column, by its BCP 47 tag."""

    def told(self, value, label):
        return language_label(value)


class RowsFilter(ChoicesFilter):
    """One of the rows of a table, by a column that readers know: a slug or a code."""

    def __init__(self, *args, rows: Callable[[], QuerySet], key: str = "slug", pattern: str = SLUG, **kwargs):
        self.rows, self.key, self.pattern = rows, key, pattern
        self.rows_model = rows().model
        super().__init__(*args, choices={}, **kwargs)

    @property
    def schema(self) -> dict:
        return {"type": "array", "items": {"type": "string", "pattern": self.pattern}}

    @cached_property
    def field(self) -> forms.Field:
        return self.asking(of=self.asked, known=lambda: {getattr(row, self.key): row for row in self.rows()})

    def asked(self, values: list[str]) -> dict:
        """What the values stand for; the id of a record that was merged into another stands for that one."""
        found, model = self.found(values), self.rows_model
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

    def pairs(self):
        return [self.pairs_through(self.model._base_manager.all(), "pk", self.field_name)]

    def pairs_through(self, rows: QuerySet, record: str, choice: str) -> QuerySet:
        """The pairs of rows in which the key `choice` leads to a row that may be chosen."""
        allowed = self.rows().order_by()
        if issubclass(allowed.model, Record):
            allowed = allowed.filter(state=Record.State.PUBLISHED)
        return pairs(
            rows.filter(**{f"{choice}__in": allowed.values("pk")}),
            record,
            f"{choice}__{self.key}",
            label=f"{choice}__{title_column(allowed.model)}",
            row=f"{choice}__pk",
        )


class LinkedRowsFilter(RowsFilter):
    """Records with a link to one of the rows; `to` is the column at the far end of the link."""

    def __init__(self, links: str, *, to: str, **kwargs):
        self.to = to
        super().__init__(links, **kwargs)

    def narrowed(self, queryset, value):
        links = linked(queryset.model, self.field_name)
        return queryset.filter(pk__in=links.filter(**{f"{self.to}__in": [row.pk for row in value.values()]}))

    def pairs(self):
        relation = self.model._meta.get_field(self.field_name)
        return [self.pairs_through(relation.related_model._base_manager.all(), relation.field.attname, self.to)]


class LinkedFilter(ChoicesFilter):
    """Records with a link to one of the codes; `to` is the column at the far end of the link."""

    # The model that has the links, where it is not that of the list.
    links_of: type[Model] | None = None

    def __init__(self, links: str, *, to: str, **kwargs):
        self.to = to
        super().__init__(links, **kwargs)

    @property
    def near(self) -> type[Model]:
        return self.links_of or self.model

    def narrowed(self, queryset, value):
        links = linked(queryset.model, self.field_name)
        return queryset.filter(pk__in=links.filter(**{f"{self.to}__in": list(value)}))

    def valued(self):
        return Q(pk__in=linked(self.near, self.field_name))

    def pairs(self):
        relation = self.near._meta.get_field(self.field_name)
        return [pairs(relation.related_model._base_manager.all(), relation.field.attname, self.to)]


def linked(model, links: str) -> QuerySet:
    """Primary keys of the records at the near end of link rows, to be narrowed by their far end."""
    relation = model._meta.get_field(links)
    return relation.related_model._base_manager.order_by().values(relation.field.attname)


class FlagFilter(ChoicesFilter):
    """Yes or no."""

    ordered, signed = "declared", False
    schema = {"type": "array", "items": {"type": "boolean"}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, choices={"true": gettext_lazy("yes"), "false": gettext_lazy("no")}, **kwargs)

    def narrowed(self, queryset, value):
        return queryset.filter(**{f"{self.field_name}__in": [text == "true" for text in value]})


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
