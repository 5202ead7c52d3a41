"""Which records of a kind a text may be the name of, and how like one of their names it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from records.search.nearest import ALIKE_TRIGRAMS
from records.search.phrases import Tokens, tokens_of
from records.search.terms import MAX_LENGTH, cleaned

# What is no more like a name than this is no candidate.
LEAST_LIKE = 0.25


@dataclass(frozen=True)
class Candidate:
    """A record; `likeness` of its nearest name from 0 to 1, by trigrams, and whether one of its names is the text."""

    pk: int
    likeness: float
    exactly: bool


_FOUND = f"""
    (SELECT %s::int, * FROM (
        SELECT subject_id, %s = ANY(names) AS exactly,
               (SELECT max(similarity(called, %s)) FROM unnest(names) called) AS likeness
        FROM records_searchentry
        WHERE kind = %s AND NOT (names = '{{}}') AND (
            names && ARRAY[%s] OR vector @@ %s::tsquery OR (NOT (spellings = '') AND %s <%% spellings)
        )
    ) alike WHERE exactly OR likeness >= {LEAST_LIKE} ORDER BY exactly DESC, likeness DESC, subject_id LIMIT %s)
"""


def candidates(texts: Iterable[str], kind: str, *, most: int) -> dict[str, list[Candidate]]:
    """For each text the records of a named kind that it may name, the likeliest first. Two queries for all of them."""
    texts = list(dict.fromkeys(texts))
    looked_for = {text: _printable(" ".join(cleaned(text[:MAX_LENGTH]).split())) for text in texts}
    tokens = tokens_of(filter(None, looked_for.values()))
    asked = [(place, looked_for[text]) for place, text in enumerate(texts) if tokens.get(looked_for[text])]
    found: dict[str, list[Candidate]] = {text: [] for text in texts}
    if not asked:
        return found
    parameters = []
    for place, text in asked:
        name = tokens[text].name
        parameters += [place, name, name, kind, name, _any(tokens[text]), name, most]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE_TRIGRAMS)])
        cursor.execute(" UNION ALL ".join([_FOUND] * len(asked)), parameters)
        for place, pk, exactly, likeness in cursor.fetchall():
            found[texts[place]].append(Candidate(pk, 1.0 if exactly else min(likeness, 0.99), exactly))
    return found


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))


def _any(tokens: Tokens) -> str:
    """The tsquery that finds names with one of the words."""
    return " | ".join(f"'{token}':A" for token in dict.fromkeys(token for token, _place in tokens.tokens))
