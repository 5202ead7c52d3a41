"""Why something was found: which of its texts says what was asked for, and where in it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape

from records.search.phrases import Tokens
from records.search.terms import INVISIBLE, IS_PAIRED

# Characters before and after what is marked; a passage of somebody else's text stays a quote of some words.
BEFORE, AFTER, LONGEST = 60, 110, 180
# What joins the character before it when a text is folded.
JOINING = re.compile("[\u0300-\u036f\u3099\u309a\uff9e\uff9f\u1160-\u11ff]")
# Letters of scripts that are not taken in pairs; roughly, since it only says how far a mark goes.
WORD = "[0-9a-z\u00df-\u10ff]"
# The token that the number of an act has besides its words.
IS_NUMBER = re.compile(r"n\d+y\d{4}$")
BRITISH = (("licens", "licen[cs]"), ("sulf", "sul(?:f|ph)"), ("aluminum", "alumini?um"), ("iz", "i[sz]"))


@dataclass(frozen=True)
class Snippet:
    """A part of a text; `pieces` are its parts, every second of them marked."""

    pieces: tuple[str, ...]

    @property
    def says(self) -> bool:
        """Whether anything is marked."""
        return len(self.pieces) > 1

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def html(self) -> str:
        """Escaped, with what was found in `mark`."""
        return "".join(
            f"<mark>{escape(piece)}</mark>" if place % 2 else escape(piece) for place, piece in enumerate(self.pieces)
        )


@dataclass(frozen=True)
class Folded:
    """A text as the index sees it, and for each of its characters the span of the text that it stands for."""

    text: str
    spans: tuple[tuple[int, int], ...]


def folded(text: str) -> Folded:
    if text.isascii():
        return Folded(text.lower(), tuple((place, place + 1) for place in range(len(text))))
    made, spans, start = [], [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (JOINING.match(text[end]) or INVISIBLE.match(text[end])):
            end += 1
        for sign in _folded(INVISIBLE.sub("", text[start:end])):
            made.append(sign)
            spans.append((start, end))
        start = end
    return Folded("".join(made), tuple(spans))


@lru_cache(maxsize=20_000)
def _folded(cluster: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", cluster) if not "\u0300" <= sign <= "\u036f")
    composed = unicodedata.normalize("NFKC", bare).lower()
    return "".join(chr(ord(sign) + 0x60) if "\u3041" <= sign <= "\u3096" else sign for sign in composed)


def pattern_of(tokens: Iterable[Tokens], *, begins: bool = False) -> re.Pattern | None:
    """What these tokens look like in a folded text, the longest first; `begins` lets the last word go on."""
    parts = {part for each in tokens if (part := _written(each, begins))}
    return re.compile("|".join(sorted(parts, key=lambda part: (-len(part), part)))) if parts else None


def _written(tokens: Tokens, begins: bool) -> str:
    """A regular expression for a sequence of tokens."""
    parts, run = [], ""
    for token, _place in tokens.tokens:
        if IS_NUMBER.match(token):
            continue
        if IS_PAIRED.match(token):
            # The tokens of abc are a ab bc c: the first begins a run, of the pairs the second character is new.
            if len(token) == 2:
                run = (run or token[0]) + token[1]
            elif not run:
                run = token
            else:
                parts.append(re.escape(run))
                run = ""
        else:
            last = begins and token == tokens.tokens[-1][0]
            parts.append(rf"(?<!{WORD}){re.escape(token)}" if last else _of_stem(token))
    if run:
        parts.append(re.escape(run))
    return rf"(?:[^\w]|_){{0,3}}(?:{WORD}{{1,4}}[^\w]{{1,3}})?".join(parts)


def _of_stem(stem: str) -> str:
    """A word by its stem, which may end otherwise: "easi" of easy, "licens" of licences."""
    if stem.isdecimal() or len(stem) < 3:
        return rf"(?<!{WORD}){re.escape(stem)}(?!{WORD})"
    written = re.escape(stem[:-1]) + "[iy]" if stem.endswith("i") else re.escape(stem)
    for american, either in BRITISH:
        written = written.replace(american, either)
    return rf"(?<!{WORD}){written}{WORD}*"


def marked(text: str, pattern: re.Pattern | None, *, whole: bool = False) -> Snippet:
    """The part of a text with the first that was found; all of the text where it is short, or asked for `whole`."""
    return marked_in(text, folded(text), pattern, whole=whole)


def marked_in(text: str, seen: Folded, pattern: re.Pattern | None, *, whole: bool = False) -> Snippet:
    """The same for a text that was folded before."""
    spans = [
        (seen.spans[match.start()][0], seen.spans[match.end() - 1][1])
        for match in (pattern.finditer(seen.text) if pattern else ())
        if match.end() > match.start()
    ]
    start, end = 0, len(text)
    if not whole and len(text) > LONGEST:
        first = spans[0][0] if spans else 0
        start, end = _cut(text, max(first - BEFORE, 0), min(first + AFTER, len(text)))
    pieces, at = ["…" if start else ""], start
    for begins, ends in spans:
        if begins >= at and ends <= end:
            pieces[-1] += text[at:begins]
            pieces += [text[begins:ends], ""]
            at = ends
    pieces[-1] += text[at:end] + ("…" if end < len(text) else "")
    return Snippet(tuple(re.sub(r"\s+", " ", piece) for piece in pieces))


def _cut(text: str, start: int, end: int) -> tuple[int, int]:
    """The same part without halves of words at its ends, where words have spaces between them."""
    if start and (space := text.find(" ", start, start + 20)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", end - 20, end)) >= 0:
        end = space
    return start, end
