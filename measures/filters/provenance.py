"""Filters by what records rest on: their sources, what bodies tell differently, and what no source carries."""

from functools import reduce
from operator import or_

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from measures.models import DisputedFact, Measure, MeasureEvent
from records import footing
from records.filters import ChoicesFilter, LanguageFilter, pairs
from records.models import Citation, Record, Source

YES_OR_NO = {"yes": _("yes"), "no": _("no")}


def disputed(model: type[Record], **parts: type[Record]) -> Q:
    """Condition on records: bodies differ about one, or about one of its `parts`, which are models by their column."""
    ContentType.objects.get_for_models(model, *parts.values())
    told = Q(Exists(DisputedFact.objects.touching(model)))
    for owner, part in parts.items():
        of_record = part.objects.readable().filter(**{owner: OuterRef("pk")}).order_by()
        told |= Q(Exists(of_record.filter(Exists(DisputedFact.objects.touching(part)))))
    return told


def marked(queryset: QuerySet, **parts: type[Record]) -> QuerySet:
    """These records, each with whether it `is_disputed`; `parts` as above."""
    return queryset.annotate(is_disputed=ExpressionWrapper(disputed(queryset.model, **parts), BooleanField()))


class DisputedFilter(ChoicesFilter):
    """Records about which bodies tell different things; `parts` are models whose rows belong to one, by the column."""

    ordered, signed = "declared", False

    def __init__(self, **parts):
        self.parts = parts
        super().__init__(choices=YES_OR_NO, label=_("Disputed"))

    def narrowed(self, queryset, value):
        if len(value) == 2:
            return queryset
        condition = disputed(queryset.model, **self.parts)
        return queryset.filter(condition if "yes" in value else ~condition)

    def pairs(self):
        return answered(self.model, disputed(self.model, **self.parts))


def answered(model: type[Record], condition: Q) -> list[QuerySet]:
    """The pairs of a question that each record answers with yes or no."""
    answer = Case(When(condition, then=Value("yes")), default=Value("no"))
    return [pairs(model._base_manager.all(), "pk", answer)]


class UncitedFilter(ChoicesFilter):
    """Records with a fact, of their own or of a part of theirs, that no source carries."""

    ordered, signed = "declared", False

    def __init__(self, **kwargs):
        super().__init__(choices=YES_OR_NO, label=_("Without a source"), **kwargs)

    def condition(self) -> Q:
        parts = [
            (model, column.attname)
            for model in footing.kinds().values()
            for column in footing.owners(model)
            if column.related_model is self.model
        ]
        lacking = [(self.model, "pk"), *parts]
        return reduce(or_, (Q(pk__in=footing.lacking(model).values(column)) for model, column in lacking))

    def narrowed(self, queryset, value):
        if len(value) == 2:
            return queryset
        return queryset.filter(self.condition() if "yes" in value else ~self.condition())

    def pairs(self):
        return answered(self.model, self.condition())


class SourceKindFilter(ChoicesFilter):
    """Measures that rest on a source of some kind, or in some language, for themselves or for an event of theirs."""

    def narrowed(self, queryset, value):
        cited = (each.filter(of_choice__in=list(value)).values("of_record") for each in self.pairs())
        return queryset.filter(reduce(or_, (Q(pk__in=records) for records in cited)))

    def pairs(self):
        sources = Source.objects.readable().order_by().values("pk")
        own = Citation.objects.filter(subject_type=ContentType.objects.get_for_model(Measure), source__in=sources)
        events = MeasureEvent.objects.readable().filter(citations__source__in=sources)
        return [
            pairs(own, "subject_id", f"source__{self.field_name}"),
            pairs(events, "measure_id", f"citations__source__{self.field_name}"),
        ]


class SourceLanguageFilter(SourceKindFilter, LanguageFilter):
    """Measures that rest on a source in a language."""

    def occurring_in(self):
        return Source.objects.readable()
