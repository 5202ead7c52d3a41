"""The fonts that files are set in, so that they look the same everywhere; subset.py makes them."""

import json
import re
from functools import cache
from itertools import groupby
from pathlib import Path

DIRECTORY = Path(__file__).parent
# A character that one lacks is set in the next.
OTHERS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans Hebrew", "Noto Sans Thai")
KOREAN, JAPANESE, CHINESE = "Noto Sans KR", "Noto Sans JP", "Noto Sans SC"


@cache
def _of_family() -> dict[str, frozenset[str]]:
    """The characters of each family."""
    fonts = json.loads((DIRECTORY / "fonts.json").read_text())
    found: dict[str, frozenset[str]] = {}
    for file, font in fonts.items():
        family = FAMILY.sub(r" \1", file.partition("-")[0].removeprefix("NotoSans")).strip()
        name = f"Noto Sans {family}".strip()
        ranges = (range(first, last + 1) for first, last in font["characters"])
        found[name] = found.get(name, frozenset()) | {chr(code) for codes in ranges for code in codes}
    return found


FAMILY = re.compile(r"((?<=[a-z])[A-Z])")


@cache
def characters() -> frozenset[str]:
    """Every character that the fonts have. typst itself would print a box without a warning."""
    return frozenset().union(*_of_family().values())


def families(language: str) -> tuple[str, ...]:
    """The families for a text in this language, the first choice first."""
    first = {"ja": JAPANESE, "zh": CHINESE}.get(language.split("-")[0], KOREAN)
    return (first, *(family for family in (KOREAN, JAPANESE, CHINESE) if family != first), *OTHERS)


def runs(text: str, language: str) -> list[tuple[str, str]]:
    """A text cut into pieces, each with the first family that has its characters; what none has stays with the first.

    Japanese and Chinese have no Latin letters here, so that a text in either is set in two fonts.
    """
    order, found = families(language), _of_family()

    def family_of(character: str) -> str:
        return next((family for family in order if character in found[family]), order[0])

    return [(family, "".join(characters)) for family, characters in groupby(text, key=family_of)]
