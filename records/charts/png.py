"""Charts as PNG, made from their SVG by typst with the fonts that come along."""

import unicodedata
from functools import cache
from pathlib import Path

import typst
from django.utils.translation import ngettext

from records import fonts

HERE = Path(__file__).parent
# Of a screen with two points for each pixel.
DOTS_PER_INCH = 144


class Undrawable(ValueError):
    """A text has characters that no font here can show; the message is written for readers."""


def write(svg: str) -> bytes:
    """The picture, twice as large as the SVG says. Raises Undrawable."""
    if missing := sorted(set(svg) - fonts.characters() - {"\n"}):
        named = ", ".join(f"U+{ord(each):04X} {unicodedata.name(each, '')}".strip() for each in missing[:10])
        text = ngettext(
            "The picture cannot be made: no font here has the character %(named)s. The SVG can.",
            "The picture cannot be made: no font here has %(count)s of its characters, such as %(named)s. The SVG can.",
            len(missing),
        )
        raise Undrawable(text % {"count": len(missing), "named": named})
    picture = _compiler().compile(format="png", ppi=DOTS_PER_INCH, sys_inputs={"svg": svg})
    assert isinstance(picture, bytes)  # one page
    return picture


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(HERE / "picture.typ", root=HERE, font_paths=[fonts.DIRECTORY], ignore_system_fonts=True)
