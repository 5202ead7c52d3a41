"""Which records the words of a search may stand for, and whether the words occur."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from records.search.phrases import Tokens, tokens_of

# So many records may be meant by `source:` and the like; more would make a query that takes longer than an answer may.
MOST_MEANT = 1000
CODES = ("cas", "hs")
IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True)
class Meant:
    """A record that a term may stand for: it is called so, or a part of its name says so."""

    kind: str
    pk: int
    title: str
    path: str
    texts: list[list[str]] = field(hash=False, compare=False, repr=False)

    @property
    def link(self) -> str:
        return f"@{self.kind}{self.pk}"

    @property
    def names(self) -> list[str]:
        """All that it is called, without what stands in brackets; not its codes, which others share."""
        names = [text for weight, field, _language, text in self.texts if weight == "A" and field not in CODES]
        return [IN_BRACKETS.sub("", name) or name for name in names]


@dataclass
class Found:
    """What was looked up, by the texts and queries that were asked about."""

    # Records of which the whole name is this text.
    named: dict[str, list[Meant]] = field(default_factory=dict)
    # Materials and organizations with a name that this query finds, and records of a kind that it finds.
    alike: dict[str, list[Meant]] = field(default_factory=dict)
    of_kind: dict[tuple[str, str], list[Meant]] = field(default_factory=dict)
    # Of the queries those that find something, whatever it is.
    occurring: set[str] = field(default_factory=set)


# A name is asked for as `records_search_name` writes it. Only so many rows of one kind are read that one more tells
# that there are too many.
_LOOK_UP = """
SELECT 'named', asked.name, entry.kind, entry.subject_id, entry.title, entry.path, entry.texts
FROM records_searchentry entry JOIN unnest(%(names)s::text[]) asked (name) ON asked.name = ANY(entry.names)
WHERE NOT (entry.names = '{}') AND entry.names && %(names)s::text[]
UNION ALL
SELECT 'alike', asked.query, entry.kind, entry.subject_id, entry.title, entry.path, entry.texts
FROM unnest(%(alike)s::text[]) asked (query)
JOIN records_searchentry entry ON NOT (entry.names = '{}') AND entry.vector @@ asked.query::tsquery
UNION ALL
SELECT 'of_kind', asked.query, entry.kind, entry.subject_id, entry.title, entry.path, entry.texts
FROM unnest(%(kinds)s::text[], %(of_kind)s::text[]) asked (kind, query)
CROSS JOIN LATERAL (
    SELECT * FROM records_searchentry entry
    WHERE entry.kind = asked.kind AND entry.vector @@ asked.query::tsquery ORDER BY entry.id LIMIT %(most)s
) entry
UNION ALL
SELECT 'occurring', asked.query, NULL, NULL, NULL, NULL, NULL
FROM unnest(%(occurring)s::text[]) asked (query)
WHERE EXISTS (SELECT FROM records_searchentry entry WHERE entry.vector @@ asked.query::tsquery)
"""


def look_up(
    *, names: Iterable[str], alike: Iterable[str], of_kind: Iterable[tuple[str, str]], occurring: Iterable[str]
) -> Found:
    """Look all of these up at once; one query."""
    of_kind = list(dict.fromkeys(of_kind))
    found = Found()
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOK_UP,
            {
                "names": _distinct(names),
                "alike": _distinct(alike),
                "kinds": [kind for kind, _query in of_kind],
                "of_kind": [query for _kind, query in of_kind],
                "occurring": _distinct(occurring),
                "most": MOST_MEANT + 1,
            },
        )
        for how, asked, kind, pk, title, path, texts in cursor.fetchall():
            if how == "occurring":
                found.occurring.add(asked)
                continue
            meant = Meant(kind, pk, title, path, json.loads(texts))
            if how == "of_kind":
                found.of_kind.setdefault((kind, asked), []).append(meant)
            else:
                getattr(found, how).setdefault(asked, []).append(meant)
    return found


def names_of(meant: Iterable[Meant]) -> dict[str, Tokens]:
    """The tokens of all names of these records; one query, or none without records."""
    return tokens_of(name for each in meant for name in each.names)


def narrower_than(meant: Iterable[Meant]) -> dict[str, list[str]]:
    """The links of what is a form or part of these records, by theirs; one query, or none without records."""
    links = _distinct(each.link for each in meant)
    found: dict[str, list[str]] = {}
    if links:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT asked.link, '@' || entry.kind || entry.subject_id FROM unnest(%s::text[]) asked (link)"
                " JOIN records_searchentry entry"
                " ON NOT (entry.names = '{}') AND entry.vector @@ quote_literal(asked.link)::tsquery",
                [links],
            )
            for link, own in cursor.fetchall():
                found.setdefault(link, []).append(own)
    return found


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
