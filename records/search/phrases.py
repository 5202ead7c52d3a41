"""Tokens of a text as the database makes them, and the query that finds their sequence."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from records.search.terms import IS_PAIRED, KIN


@dataclass(frozen=True)
class Tokens:
    """The tokens of a text with their places, and what the text is called as a name."""

    tokens: tuple[tuple[str, int], ...]
    name: str

    def __bool__(self):
        return bool(self.tokens)

    def query(self, weight: str = "", *, whole: bool = False, begins: bool = False) -> str:
        """The tsquery that finds the text; "" where it has no tokens.

        `weight` looks in texts of that weight only. `whole` wants the last run of paired characters to end where the
        text ends; without, any part of a word is found. `begins` lets the last word go on.
        """
        kept = [(f"'{token}'", place) for token, place in self._kept(whole)]
        if not kept:
            return ""
        suffix = f":{weight}" if weight else ""
        parts = [token + suffix for token, _place in kept]
        # A single character is the beginning of a pair, or stands alone at the end of a word.
        if begins or (len(kept) == 1 and not whole and _is_single(self.tokens[-1][0]) and len(self.tokens) == 2):
            parts[-1] = f"{kept[-1][0]}:*{weight}"
        joined = parts[0]
        for part, (_token, place), (_before, previous) in zip(parts[1:], kept[1:], kept, strict=False):
            joined += f" <{place - previous}> {part}"
        return f"({joined})" if len(parts) > 1 else joined

    def _kept(self, whole: bool) -> list[tuple[str, int]]:
        """Without the single characters at both ends, which stand for the ends of words in the texts."""
        kept = list(self.tokens)
        if len(kept) > 1 and _is_single(kept[0][0]):
            kept = kept[1:]
        if not whole and len(kept) > 1 and _is_single(kept[-1][0]):
            kept = kept[:-1]
        return kept

    @property
    def kin(self) -> "Tokens | None":
        """The other stem of a single English word: that of "suspension" for "suspended"."""
        if len(self.tokens) != 1 or self.tokens[0][0] not in KIN:
            return None
        other = KIN[self.tokens[0][0]]
        return Tokens(((other, self.tokens[0][1]),), other)

    @property
    def words(self) -> list[str]:
        """The tokens that are no paired characters: stems, numbers."""
        return [token for token, _place in self.tokens if not IS_PAIRED.match(token)]


def _is_single(token: str) -> bool:
    return len(token) == 1 and bool(IS_PAIRED.match(token))


def tokens_of(texts: Iterable[str]) -> dict[str, Tokens]:
    """The tokens of each text; one query."""
    texts = list(dict.fromkeys(texts))
    found: dict[int, list[tuple[str, int]]] = {}
    names: dict[int, str] = {}
    if texts:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT asked.place, records_search_name(asked.told), token.lexeme, token.positions"
                " FROM unnest(%s::text[]) WITH ORDINALITY asked (told, place)"
                " LEFT JOIN LATERAL unnest(records_search_tokens(asked.told)) token ON true",
                [texts],
            )
            for place, name, lexeme, positions in cursor.fetchall():
                names[place] = name
                found.setdefault(place, []).extend((lexeme, position) for position in positions or ())
    return {
        text: Tokens(tuple(sorted(found[place], key=lambda token: token[1])), names[place])
        for place, text in enumerate(texts, start=1)
    }
