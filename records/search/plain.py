"""Plain search, for the desk: each word has to occur somewhere in a record's texts, whatever its state.

Readers search entries, which exist only of what they may read.
"""

import unicodedata

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from records.models import Name


class Folded(Func):
    """Text without the differences that a searcher does not mean: width, ligatures, subscripts (NFKC), case."""

    template = "lower(normalize(%(expressions)s, NFKC))"
    output_field = CharField()


def words(text: str) -> list[str]:
    """The different words of a query, folded as the texts are."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return list(dict.fromkeys(folded.split()))


def occurs(queryset: QuerySet, word: str, *columns: str) -> QuerySet:
    """Primary keys of the rows in one of whose text columns the word occurs."""
    texts = [Coalesce(F(column), Value(""), output_field=CharField()) for column in columns]
    # The line breaks keep a word from being found across two columns.
    text = texts[0] if len(texts) == 1 else Concat(*_between(texts, Value("\n")), output_field=CharField())
    return queryset.order_by().alias(searched=Folded(text)).filter(searched__contains=word).values("pk")


def named(model: type[Model], word: str) -> QuerySet:
    """Primary keys of the rows that have a name in which the word occurs, in any language."""
    subject_type = ContentType.objects.get_for_model(model)
    return (
        Name.objects.filter(subject_type=subject_type)
        .order_by()
        .alias(searched=Folded(F("text")))
        .filter(searched__contains=word)
        .values("subject_id")
    )


def matching(queryset: QuerySet, text: str, places) -> QuerySet:
    """Rows in which every word occurs; `places` turns a word into the condition that it occurs."""
    for word in words(text):
        queryset = queryset.filter(places(word))
    return queryset


def in_record(model: type[Model], word: str, *columns: str) -> Q:
    """Condition: the word occurs in these columns of the record itself or in one of its names."""
    found = Q(pk__in=occurs(model._base_manager.all(), word, *columns))
    return found | Q(pk__in=named(model, word)) if hasattr(model, "names") else found


def _between(items, separator):
    return [part for item in items for part in (separator, item)][1:]
