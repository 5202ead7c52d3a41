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


_COLUMNS = "entry.kind, entry.subject_id, entry.title, entry.path, entry.texts::text"
_ALIKE = (
    f"SELECT 'alike', %s, {_COLUMNS} FROM records_searchentry entry"
    " WHERE NOT (entry.names = '{}') AND entry.vector @@ %s::tsquery"
)
# Only so many are read that one more tells that there are too many.
_OF_KIND = (
    f"(SELECT 'of_kind', %s, {_COLUMNS} FROM records_searchentry entry"
    f" WHERE entry.kind = %s AND entry.vector @@ %s::tsquery ORDER BY entry.id LIMIT {MOST_MEANT + 1})"
)
_OCCURRING = (
    "SELECT 'occurring', %s, NULL, NULL, NULL, NULL, NULL"
    " WHERE EXISTS (SELECT FROM records_searchentry entry WHERE entry.vector @@ %s::tsquery)"
)


def look_up(
    *, names: Iterable[str], alike: Iterable[str], of_kind: Iterable[tuple[str, str]], occurring: Iterable[str]
) -> Found:
    """Look all of these up at once; one query.

    Each is a statement of its own in it, with the tsquery in plain sight: joined to a list of them, the views of what
    was known would be read from end to end.
    """
    names = _distinct(names)
    parts: list[tuple[str, list]] = [
        (
            f"SELECT 'named', asked.name, {_COLUMNS} FROM records_searchentry entry"
            " JOIN unnest(%s::text[]) asked (name) ON asked.name = ANY(entry.names)"
            " WHERE NOT (entry.names = '{}') AND entry.names && %s::text[]",
            [names, names],
        )
    ]
    parts += [(_ALIKE, [query, query]) for query in _distinct(alike)]
    parts += [(_OF_KIND, [query, kind, query]) for kind, query in dict.fromkeys(of_kind)]
    parts += [(_OCCURRING, [query, query]) for query in _distinct(occurring)]
    found = Found()
    with connection.cursor() as cursor:
        # Whether a word occurs, the planner would find out by reading on until it does: quick for most words, and
        # through the whole table for those that do not.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; " + " UNION ALL ".join(statement for statement, _parameters in parts),
            [value for _statement, parameters in parts for value in parameters],
        )
        rows = cursor.fetchall()
        if connection.in_atomic_block:
            cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
        for how, asked, kind, pk, title, path, texts in rows:
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
        own = "SELECT %s, '@' || kind || subject_id FROM records_searchentry"
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join([f"{own} WHERE NOT (names = '{{}}') AND vector @@ %s::tsquery"] * len(links)),
                [value for link in links for value in (link, f"'{link}'")],
            )
            for link, narrower in cursor.fetchall():
                found.setdefault(link, []).append(narrower)
    return found


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
