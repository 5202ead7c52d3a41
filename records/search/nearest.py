"""What somebody may have meant: words that are spelled alike, and names that begin as what is being typed."""

import difflib
import json
import re
from dataclasses import dataclass

from django.db import connection

from records.search.asking import Asked
from records.search.finding import IMPORTANCE, ORDER, UNIMPORTANT
from records.search.marking import Snippet, folded, marked_in, pattern_of
from records.search.phrases import tokens_of
from records.search.terms import IS_PAIRED, cleaned

# How alike the spellings of a word have to be, by trigrams for the index and by letters for the reader.
# A name of four syllables with a wrong one in its middle shares two trigrams of eight with the right one.
ALIKE_TRIGRAMS, ALIKE_PAIRS, ALIKE = 0.3, 0.2, 0.7
CANDIDATES, SHORTEST = 60, 3
# Of each kind so many are suggested, out of so many that are looked at.
OF_KIND, LOOKED_AT = 4, 400


@dataclass(frozen=True)
class Suggestion:
    """A record that begins to match, by one of its names."""

    kind: str
    slug: str
    title: str
    path: str
    field: str
    language: str
    snippet: Snippet


def did_you_mean(asked: Asked) -> str | None:
    """The search with the words that nothing says spelled as the nearest that something does; None without such."""
    text, changed = asked.text, False
    for wanted in asked.positive:
        if wanted.occurs or wanted.field not in ("", "title"):
            continue
        for term in wanted.terms:
            if nearest := _nearest(term.text):
                text = text.replace(term.text, nearest, 1)
                changed = True
    return text if changed else None


def _nearest(word: str) -> str | None:
    seen = folded(word).text
    paired = IS_PAIRED.search(seen)
    if len(seen) < SHORTEST:
        return None
    with connection.cursor() as cursor:
        threshold = ALIKE_PAIRS if paired else ALIKE_TRIGRAMS
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(threshold)])
        cursor.execute(
            "SELECT spellings FROM records_searchentry WHERE NOT (spellings = '') AND %(word)s <%% spellings"
            " ORDER BY word_similarity(%(word)s, spellings) DESC, id LIMIT %(most)s",
            {"word": seen, "most": CANDIDATES},
        )
        lines = {line for (spellings,) in cursor.fetchall() for line in spellings.split("\n")}
    words = lines if paired else {part for line in lines for part in re.findall(r"[^\W\d_]+", line)}
    found = difflib.get_close_matches(seen, sorted(words - {seen}), n=1, cutoff=ALIKE)
    return found[0] if found else None


def suggestions(text: str, *, kind: str = "", of_kind: int = OF_KIND) -> list[tuple[str, list[Suggestion]]]:
    """Records of which a name has all these words, the last perhaps unfinished; by kind, the likeliest kinds first.

    Of one kind only where asked, and so many of each.
    """
    text = " ".join(cleaned(text).split())
    tokens = tokens_of([text])[text]
    if not tokens:
        return []
    query = tokens.query("A", begins=True)
    factors = IMPORTANCE | UNIMPORTANT
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH found AS MATERIALIZED (
                (SELECT * FROM records_searchentry
                 WHERE NOT (names = '{}') AND vector @@ %(query)s::tsquery
                   AND (%(kind)s = '' OR kind = %(kind)s) LIMIT %(most)s)
                UNION ALL
                (SELECT * FROM records_searchentry
                 WHERE names = '{}' AND kind <> 'passage' AND vector @@ %(query)s::tsquery
                   AND (%(kind)s = '' OR kind = %(kind)s) LIMIT %(most)s)
            )
            SELECT kind, slug, title, path, texts::text FROM (
                SELECT *, row_number() OVER (PARTITION BY kind ORDER BY
                    -- First what is called so, or shortly so.
                    (SELECT min(length(name)) FROM unnest(names) name WHERE starts_with(name, %(name)s)),
                    ts_rank(vector, %(query)s::tsquery, 1) DESC, length(title), subject_id
                ) AS place FROM found
            ) ranked WHERE place <= %(of_kind)s ORDER BY kind, place
            """,
            {"query": query, "name": tokens.name, "most": LOOKED_AT, "of_kind": of_kind, "kind": kind},
        )
        rows = cursor.fetchall()
    pattern = pattern_of([tokens], begins=True)
    found: dict[str, list[Suggestion]] = {}
    for kind_found, slug, title, path, texts in rows:
        suggested = _suggested(kind_found, slug, title, path, json.loads(texts), pattern)
        found.setdefault(kind_found, []).append(suggested)
    return sorted(found.items(), key=lambda each: (-factors.get(each[0], 0.8), each[0]))


def _suggested(kind, slug, title, path, texts, pattern) -> Suggestion:
    for weight, field, language, text in texts:
        seen = folded(text)
        if ORDER[weight] == ORDER["A"] and pattern and pattern.search(seen.text):
            return Suggestion(kind, slug, title, path, field, language, marked_in(text, seen, pattern, whole=True))
    return Suggestion(kind, slug, title, path, "title", "en", Snippet((title,)))
