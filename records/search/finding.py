"""What a search finds: the hits in their order, how many there are of each kind, and why each was found."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from records.search.asking import COUNTRY_LINKS, Asked, Wanted
from records.search.countries import called
from records.search.lookup import Meant
from records.search.marking import Snippet, folded, marked, marked_in, pattern_of

# What somebody most likely looks for comes first among equals; what only mentions it, last.
IMPORTANCE = {"material": 3.0, "organization": 2.0, "measure": 2.4, "program": 1.8, "announcement": 1.6, "event": 1.0}
UNIMPORTANT = {"source": 0.6, "passage": 0.5}
ORDINARY = 0.8
# Above so many hits the newest are ranked and the rest is only counted: nobody reads on so far, and ranking reads each.
MOST_RANKED, NEWEST = 30_000, 1_000
# Weights of D, C, B, A. A longer text says more words by chance.
WEIGHTS, BY_LENGTH = "{0.05, 0.2, 0.5, 1.0}", 1
ORDER = {"A": 4, "B": 3, "C": 2, "D": 1}


@dataclass(frozen=True)
class Why:
    """Which field of a record was found, in which language, and the text with what was found marked."""

    field: str
    language: str
    snippet: Snippet


@dataclass
class Hit:
    """One record, or one passage of an archived copy."""

    kind: str
    slug: str
    title: str
    path: str
    texts: list[list[str]]
    links: list[str]
    why: Why | None = None
    heading: Snippet | None = None


class Hits:
    """All that a search finds, read in pieces; `kinds` narrows it, and `counts` does not."""

    def __init__(self, asked: Asked, kinds: Iterable[str] = ()):
        self.asked = asked
        self.kinds = sorted({*kinds} & {*asked.kinds} if kinds and asked.kinds else {*kinds, *asked.kinds})
        # Kinds that exclude each other leave nothing.
        self.impossible = bool(kinds) and bool(asked.kinds) and not self.kinds

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many entries of each kind are found, whatever kinds are asked for; one query."""
        if not self.asked.query or not self.asked.positive:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind, count(*) FROM records_searchentry WHERE vector @@ %s::tsquery GROUP BY 1 ORDER BY 1",
                [self.asked.query],
            )
            return dict(cursor.fetchall())

    @property
    def count(self) -> int:
        if self.impossible:
            return 0
        return sum(count for kind, count in self.counts.items() if not self.kinds or kind in self.kinds)

    def __len__(self) -> int:
        return self.ranked

    def __getitem__(self, places: slice) -> list[Hit]:
        return self.read(places.start or 0, places.stop)

    @property
    def ranked(self) -> int:
        """How many of them can be read, best first."""
        return self.count if self.count <= MOST_RANKED else NEWEST

    def read(self, start: int, end: int) -> list[Hit]:
        """The hits from one place to another, with why they were found; one query."""
        if not self.count or start >= self.ranked:
            return []
        factors = " ".join(f"WHEN '{kind}' THEN {factor}" for kind, factor in (IMPORTANCE | UNIMPORTANT).items())
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH found AS MATERIALIZED (
                    SELECT id, kind, subject_id, part, vector FROM records_searchentry
                    WHERE vector @@ %(query)s::tsquery
                      AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))
                    {"ORDER BY id DESC LIMIT %(newest)s" if self.count > MOST_RANKED else ""}
                ), ranked AS (
                    SELECT id, kind, subject_id, part,
                           ('@' || kind || subject_id) = ANY(%(exactly)s::text[]) AS exactly,
                           ts_rank(%(weights)s::real[], vector, %(ranking)s::tsquery, {BY_LENGTH})
                               * CASE kind {factors} ELSE {ORDINARY} END AS rank
                    FROM found
                    ORDER BY exactly DESC, rank DESC, kind, subject_id, part
                    LIMIT %(limit)s OFFSET %(start)s
                )
                SELECT entry.kind, entry.slug, entry.title, entry.path, entry.texts::text, entry.links
                FROM ranked JOIN records_searchentry entry ON entry.id = ranked.id
                ORDER BY ranked.exactly DESC, ranked.rank DESC, ranked.kind, ranked.subject_id, ranked.part
                """,
                {
                    "query": self.asked.query,
                    "ranking": " | ".join(each.query for each in self.asked.positive),
                    "kinds": self.kinds or None,
                    "exactly": [meant.link for meant in self.asked.exactly],
                    "weights": WEIGHTS,
                    "newest": NEWEST,
                    "start": start,
                    "limit": min(end, self.ranked) - start,
                },
            )
            rows = cursor.fetchall()
        return [self._told(*row) for row in rows]

    def _told(self, kind, slug, title, path, texts, links) -> Hit:
        hit = Hit(kind, slug, title, path, json.loads(texts), links)
        hit.why = self._own(hit) or self._linked(hit)
        hit.heading = marked(title, self._any, whole=True)
        return hit

    @cached_property
    def _any(self) -> re.Pattern | None:
        """All that was typed, and the names that it stands for."""
        return pattern_of(tokens for each in self.asked.positive for tokens in (*each.tokens, *each.names))

    @cached_property
    def _each(self) -> list[tuple[re.Pattern | None, re.Pattern | None]]:
        """For each term what it looks like as typed, and by another name."""
        return [(pattern_of(each.tokens), pattern_of(each.names)) for each in self.asked.positive]

    def _own(self, hit: Hit) -> Why | None:
        """The text of the record that says most of what was asked for, best as it was typed."""
        best, most = None, (0, 0, 0)
        for weight, field, language, text in hit.texts:
            if (len(self._each), len(self._each), ORDER[weight]) <= most:
                break
            seen = folded(text)
            typed = [bool(pattern and pattern.search(seen.text)) for pattern, _names in self._each]
            said = [
                found or bool(names and names.search(seen.text))
                for found, (_pattern, names) in zip(typed, self._each, strict=True)
            ]
            if any(said) and (sum(said), sum(typed), ORDER[weight]) > most:
                best, most = (field, language, text, seen), (sum(said), sum(typed), ORDER[weight])
        if best is None:
            return None
        field, language, text, seen = best
        return Why(field, language, marked_in(text, seen, self._any))

    def _linked(self, hit: Hit) -> Why | None:
        """The name of what the record is about that was asked for."""
        links = set(hit.links)
        for each in self.asked.positive:
            for meant in each.meant:
                if links.intersection(_links_to(meant)):
                    return _by_name(meant, each)
            for code in each.countries:
                for link in COUNTRY_LINKS[""]:
                    if f"@{link}{code}" in links:
                        name = next((name for name in called()[code] if name.casefold() == each.text.casefold()), code)
                        return Why(link, "mul", Snippet(("", name, "")))
        return None


def _links_to(meant: Meant) -> tuple[str, ...]:
    return (meant.link, f"@authority{meant.pk}") if meant.kind == "organization" else (meant.link,)


def _by_name(meant: Meant, wanted: Wanted) -> Why:
    """The name of a record that the words say."""
    pattern = pattern_of(wanted.tokens)
    for weight, _field, language, text in meant.texts:
        snippet = marked(text, pattern, whole=True)
        if weight == "A" and snippet.says:
            if text != meant.title:
                snippet = Snippet((f"{meant.title}: {snippet.pieces[0]}", *snippet.pieces[1:]))
            return Why(meant.kind, language, snippet)
    return Why(meant.kind, "en", Snippet((meant.title,)))
