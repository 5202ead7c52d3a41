"""Sparse answers: of a record only the fields that are asked for, and nothing read for the others."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from django.db.models import Model, Prefetch, QuerySet
from rest_framework.exceptions import ValidationError

from records.api.visible import cite
from records.models import Source
from records.queries import unknown

FIELDS = "fields"
Names = str | tuple[str, ...]
Part = str | dict | Prefetch


class AskingMixin:
    """A view of records that answers `?fields=id,title` with these fields alone."""

    @property
    def askable(self) -> list[str]:
        """The fields of an answer, in their order."""
        return list(self.get_serializer_class().Meta.fields)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The fields that are asked for; without `fields` all. Raises ValidationError where one is not known."""
        text, known = self.request.query_params.get(FIELDS, "").strip(), self.askable
        names = list(dict.fromkeys(name.strip() for name in text.split(","))) if text else []
        if strange := [name for name in names if name not in known]:
            raise ValidationError({FIELDS: [unknown(FIELDS, name, known) for name in strange[: len(known)]]})
        return frozenset(names or known)

    def asks(self, *names: str) -> bool:
        """Whether one of these fields is asked for."""
        return not self.asked.isdisjoint(names)

    def reading(self, queryset: QuerySet, parts: Mapping[Names, Part]) -> QuerySet:
        """The records with what their fields need, for each field or several: a join, annotations or a prefetch."""
        for names, part in parts.items():
            if not self.asks(*_several(names)):
                continue
            if isinstance(part, dict):
                queryset = queryset.annotate(**part)
            elif isinstance(part, Prefetch):
                queryset = queryset.prefetch_related(part)
            else:
                queryset = queryset.select_related(part)
        return queryset

    def footing(self, facts: Mapping[Names, Iterable[Model]]) -> list[Source]:
        """Give their citations to the facts that these fields, or the bibliography, tell; returns the sources."""
        told = [fact for names, rows in facts.items() if self.asks(*_several(names), "bibliography") for fact in rows]
        return cite(told)

    def get_serializer(self, *args, **kwargs):
        serializer = super().get_serializer(*args, **kwargs)
        row = getattr(serializer, "child", serializer)
        for name in [name for name in row.fields if name not in self.asked]:
            row.fields.pop(name)
        return serializer


def _several(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
