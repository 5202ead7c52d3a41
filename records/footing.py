"""Which facts rest on a source that readers may see, and which do not: counted and listed in the database.

What counts as a fact is declared by each model: `Cited.facts`.
"""

import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import (
    CASCADE,
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Field,
    ForeignKey,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.models import Citation, Cited, Record, Source
from records.models.record import DRIVEN_FIELDS
from records.revisions import told_fields


@dataclass(frozen=True)
class Share:
    """How many of some facts rest on a source."""

    cited: int = 0
    all: int = 0

    @property
    def uncited(self) -> int:
        return self.all - self.cited

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 says that nothing is missing."""
        return 100 * self.cited // self.all if self.all else 100


def cited_fields(model: type[Model]) -> list[tuple[str, str]]:
    """What a citation can be about: the record as a whole, or one of its fields; an amount with its currency is one."""
    fields = {each.name: each.verbose_name for each in told_fields(model, (*DRIVEN_FIELDS, "slug", "embargo_until"))}
    for amount in [name for name in fields if name.endswith("amount")]:
        stem = amount.removesuffix("amount")
        for name in ("amount", "currency", "approximate", "per"):
            del fields[f"{stem}{name}"]
        fields[stem.rstrip("_") or "amount"] = gettext_lazy("budget") if stem else gettext_lazy("amount")
    return [("", gettext_lazy("the record as a whole")), *fields.items()]


def kinds() -> dict[str, type[Cited]]:
    """Every kind of row with facts, by the name of its model."""
    return {
        model._meta.model_name: model
        for model in apps.get_models()
        if issubclass(model, Cited) and model.facts and not model._meta.proxy
    }


def told(model: type[Model]) -> QuerySet:
    """The rows that visitors may read: neither hidden themselves nor part of something hidden."""
    rows = model._base_manager.order_by()
    if issubclass(model, Record):
        rows = model.objects.readable().order_by()
    for column in owners(model):
        rows = rows.filter(**{f"{column.name}__in": told(column.related_model).values("pk")})
    for column in links(model):
        # A link to something hidden is not shown either.
        rows = rows.filter(**{f"{column.name}__in": column.related_model.objects.published().order_by().values("pk")})
    for column in model._meta.private_fields:
        if isinstance(column, GenericForeignKey):
            rows = rows.filter(_points_at_something_told(column))
    return rows


def owners(model: type[Model]) -> list[Field]:
    """The columns that lead to what the row is a part of."""
    return [column for column in _keys(model, Cited) if column.remote_field.on_delete is CASCADE]


def links(model: type[Model]) -> list[Field]:
    """The columns by which a row that is no record joins what it is a part of to other records."""
    if issubclass(model, Record):
        return []
    return [
        column for column in _keys(model, Record) if column.remote_field.on_delete is not CASCADE and not column.null
    ]


def _keys(model: type[Model], to: type[Model]) -> list[Field]:
    return [
        column
        for column in model._meta.fields
        if isinstance(column, ForeignKey) and issubclass(column.related_model, to)
    ]


def _points_at_something_told(column: GenericForeignKey) -> Q:
    wholes = [model for model in kinds().values() if issubclass(model, Record)]
    types = ContentType.objects.get_for_models(*wholes)
    return functools.reduce(
        operator.or_,
        (
            Q(**{column.ct_field: types[whole]}) & Q(Exists(told(whole).filter(pk=OuterRef(column.fk_field))))
            for whole in wholes
        ),
    )


def stated(model: type[Cited], fact: str) -> QuerySet:
    """The rows that visitors may read and that say something in this fact."""
    if not fact:
        return told(model)
    column = column_of(model, fact)
    return told(model).exclude(**{f"{column.name}__isnull": True} if column.null else {column.name: ""})


def cited(model: type[Cited], fact: str) -> Exists:
    """Condition on rows of the model: the fact rests on a source that visitors may see.

    The same as `Cited.footing`: a citation of the whole record carries each of its facts, and the fact that is the row
    as such is carried by a citation of any of its fields that is no fact of its own.
    """
    citations = Citation.objects.filter(
        subject_type=ContentType.objects.get_for_model(model),
        subject_id=OuterRef("pk"),
        source__in=Source.objects.published().order_by().values("pk"),
    ).order_by()
    if fact:
        return Exists(citations.filter(field__in=["", fact]))
    return Exists(citations.exclude(field__in=[own for own in model.facts if own]))


def coverage() -> dict[str, Share]:
    """For each kind, how many of its facts are cited, in one query."""
    models = kinds()
    types = ContentType.objects.get_for_models(*models.values())
    found = dict.fromkeys(models, Share())
    with connection.cursor() as cursor:
        cursor.execute(*_counting(tuple(types[model].pk for model in models.values())))
        for kind, is_cited, number in cursor.fetchall():
            share = found[kind]
            found[kind] = Share(share.cited + number, share.all) if is_cited else Share(share.cited, share.all + number)
    return found


@functools.lru_cache(maxsize=2)
def _counting(types: tuple[int, ...]) -> tuple[str, tuple]:
    """The statement that counts, and its parameters; putting it together takes longer than running it.

    It holds the keys of the kinds of content, `types`, and nothing else that could change while a process lives.
    """
    # Two counts and not one with a condition, which would look for the citations of each row by itself.
    counts = [
        rows.annotate(of=Value(kind, CharField()), is_cited=Value(is_cited, BooleanField()))
        .values("of", "is_cited")
        .annotate(number=Count("pk"))
        .values_list("of", "is_cited", "number")
        for kind, model in kinds().items()
        for fact in model.facts
        for is_cited, rows in ((False, stated(model, fact)), (True, stated(model, fact).filter(cited(model, fact))))
    ]
    return counts[0].union(*counts[1:], all=True).query.sql_with_params()


def total(shares: dict[str, Share]) -> Share:
    return Share(sum(share.cited for share in shares.values()), sum(share.all for share in shares.values()))


def uncited(kinds_asked: Iterable[str] = ()) -> QuerySet:
    """Keys (kind, pk) of the rows with a fact that no source carries, in a total order. No kind asked: of all."""
    asked = [(kind, model) for kind, model in kinds().items() if kind in kinds_asked or not kinds_asked]
    ContentType.objects.get_for_models(*(model for _kind, model in asked))
    rows = [
        lacking(model).annotate(of=Value(kind, CharField()), row=F("pk")).values_list("of", "row")
        for kind, model in asked
    ]
    return rows[0].union(*rows[1:], all=True).order_by("of", "row")


def lacking(model: type[Cited]) -> QuerySet:
    """The rows that visitors may read and that have a fact without a source."""
    facts = [Q(pk__in=stated(model, fact).exclude(cited(model, fact)).values("pk")) for fact in model.facts]
    return model._base_manager.order_by().filter(functools.reduce(operator.or_, facts))


def missing(row: Cited) -> list[str]:
    """The facts of a row that no source carries; its citations are fetched as pages show them."""
    return [fact for fact in row.facts if says(row, fact) and not row.footing(fact)]


def says(row: Cited, fact: str) -> bool:
    return not fact or getattr(row, column_of(type(row), fact).name) not in (None, "", [])


def column_of(model: type[Cited], fact: str) -> Field:
    """The column of a fact; of an amount with its currency, that of the amount."""
    return model._meta.get_field("budget_amount" if fact == "budget" else fact)


def label(model: type[Cited], fact: str) -> str:
    """What a fact is called; empty for the row as such."""
    if not fact:
        return ""
    if fact in ("budget", "amount"):
        return _("budget") if fact == "budget" else _("amount")
    return str(column_of(model, fact).verbose_name)
