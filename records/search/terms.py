"""What somebody typed, taken apart into terms; pure, and total: every text has its terms, if only none.

Words are separated by spaces and all have to be found. "Quotes" make a phrase, a minus excludes, and `field:` in front
of a word or phrase looks in one place only.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

MAX_LENGTH, MAX_WORDS = 200, 24

# Where a term may be looked for. What a place is in the entries, `asking` tells.
FIELDS = (
    "title",
    "legal",
    "material",
    "organization",
    "authority",
    "issuer",
    "destination",
    "program",
    "measure",
    "source",
    "cas",
    "hs",
    "kind",
)
QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\u2033'
MINUS = "-\u2010\u2011\u2012\u2013\u2212"
# Signs without a width, and those that turn the direction of writing: they look like nothing, and mean nothing here.
INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
HANGUL = "\uac00-\ud7a3"
# The scripts of which tokens are pairs of characters; the same as in the database's functions.
PAIRED = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
IS_PAIRED = re.compile(f"[{PAIRED}]")

TERM = re.compile(
    rf"(?P<minus>[{re.escape(MINUS)}])?(?:(?P<field>{'|'.join(FIELDS)})\s?:(?=\S))?"
    rf"(?:[{QUOTES}](?P<phrase>[^{QUOTES}]*)(?:[{QUOTES}]|$)|(?P<word>[^\s{QUOTES}]+))",
    re.IGNORECASE,
)
# "No. 46 of 2024", "2024年第46号", "제2024-46호": one act, however its number is written.
LEGAL_NUMBERS = (
    re.compile(
        r"(?:\b(?P<act>announcement|notice|order|decree|decision|regulation|resolution|law|act|bill)s?\s+)?"
        r"(?:\bno\b\.?|\bnos\b\.?|\bnumber\b|№|#)\s*(?P<number>\d{1,5})\s*(?:of|/|,|\(|-)?\s*(?P<year>(?:19|20)\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<year>(?:19|20)\d\d)\s*(?:年|년)?\s*(?:第|제)?\s*-?\s*(?P<number>\d{1,5})\s*[号號호]"),
)

# Korean particles, longest first, and what has to stand before them: a closed syllable, an open one, or any.
CLOSED, OPEN, ANY = "closed", "open", "any"
PARTICLES = {
    "으로부터": CLOSED,
    "으로서": CLOSED,
    "으로써": CLOSED,
    "에서는": ANY,
    "에서의": ANY,
    "으로는": CLOSED,
    "으로": CLOSED,
    "에게서": ANY,
    "로부터": OPEN,
    "에서": ANY,
    "에게": ANY,
    "에는": ANY,
    "에도": ANY,
    "까지": ANY,
    "부터": ANY,
    "보다": ANY,
    "처럼": ANY,
    "마다": ANY,
    "조차": ANY,
    "밖에": ANY,
    "이라는": CLOSED,
    "라는": OPEN,
    "이나": CLOSED,
    "이며": CLOSED,
    "이란": CLOSED,
    "하고": ANY,
    "로서": OPEN,
    "로써": OPEN,
    "로는": OPEN,
    "은": CLOSED,
    "는": OPEN,
    "이": CLOSED,
    "가": OPEN,
    "을": CLOSED,
    "를": OPEN,
    "과": CLOSED,
    "와": OPEN,
    "로": OPEN,
    "의": ANY,
    "에": ANY,
    "도": ANY,
    "만": ANY,
    "나": OPEN,
    "란": OPEN,
}
SHORTEST_STEM = 2
HANGUL_WORD = re.compile(f"[{HANGUL}]+$")


@dataclass(frozen=True)
class Term:
    """One thing to look for: its text, the place to look in or "", and whether it must not be found."""

    text: str
    field: str = ""
    excluded: bool = False
    is_phrase: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class LegalNumber:
    """The number of an act, the year it counts in, what the act is called if it is, and where in the text it stands."""

    number: str
    year: str
    act: str
    start: int
    end: int

    @property
    def token(self) -> str:
        """The token that stands for it in the index."""
        return f"n{int(self.number)}y{self.year}"

    @property
    def spellings(self) -> list[str]:
        """How it is written; with the sort of act first, if it was said, since other languages say it otherwise."""
        number, year = str(int(self.number)), self.year
        act = [f"{self.act} no {number} of {year}"] if self.act else []
        return [*act, f"no {number} of {year}", f"no {number} {year}", f"{year}年第{number}号", f"제{year}-{number}호"]


def cleaned(text: str) -> str:
    """The text in one form (NFKC), without signs that cannot be seen."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def terms(text: str) -> list[Term]:
    """The terms of a text that was cleaned, in their order, each once."""
    found: dict[tuple, Term] = {}
    for match in TERM.finditer(text):
        phrase, word = match["phrase"], match["word"]
        said = (phrase if word is None else word).strip()
        if not any(character.isalnum() for character in said):
            continue
        term = Term(
            said, (match["field"] or "").lower(), bool(match["minus"]), word is None, match.start(), match.end()
        )
        found.setdefault((term.text.casefold(), term.field, term.excluded, term.is_phrase), term)
    return list(found.values())


def legal_numbers(text: str) -> list[LegalNumber]:
    """The numbers of acts in a text that was cleaned."""
    return [
        LegalNumber(match["number"], match["year"], match.groupdict().get("act") or "", *match.span())
        for pattern in LEGAL_NUMBERS
        for match in pattern.finditer(text)
    ]


# Stems of one English word that its verb and its noun part in; what ends otherwise shares its stem.
_KIN = {
    "suspend": "suspens",
    "extend": "extens",
    "expand": "expans",
    "decid": "decis",
    "exclud": "exclus",
    "includ": "inclus",
    "permit": "permiss",
    "submit": "submiss",
    "reduc": "reduct",
    "produc": "product",
    "acquir": "acquisit",
    "appli": "applic",
    "certifi": "certif",
    "classifi": "classif",
    "modifi": "modif",
    "notifi": "notif",
    "specifi": "specif",
    "verifi": "verif",
}
KIN = _KIN | {noun: verb for verb, noun in _KIN.items()}
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def in_other_characters(word: str) -> list[str]:
    """A word with Han characters as it is written in simplified, in traditional and in Japanese characters."""
    if not HAN.search(word):
        return []
    simplified = _converter("t2s").convert(_converter("jp2t").convert(word))
    traditional = _converter("s2t").convert(simplified)
    written = (simplified, traditional, _converter("t2jp").convert(traditional))
    return [each for each in dict.fromkeys(written) if each != word]


def without_particle(word: str) -> list[str]:
    """What a Korean word may be without the particle at its end, the longest particle first."""
    stems = []
    for particle, before in PARTICLES.items():
        stem = word[: -len(particle)]
        tail = HANGUL_WORD.search(stem)
        if not word.endswith(particle) or tail is None or len(tail[0]) < SHORTEST_STEM:
            continue
        final = (ord(stem[-1]) - 0xAC00) % 28
        # 로 also follows ㄹ, the eighth final.
        closed = final != 0 and not (particle.startswith("로") and final == 8)
        if before == ANY or closed == (before == CLOSED):
            stems.append(stem)
    return stems
