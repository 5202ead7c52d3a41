"""A phase report as PDF: A4, tagged, the same bytes for the same content."""

import json
import unicodedata
from functools import cache
from pathlib import Path

import typst
from django.utils import translation
from django.utils.translation import ngettext

from programs.reports.content import Report, Unprintable
from programs.reports.pages import pages, texts
from records import fonts

HERE = Path(__file__).parent


def write(report: Report) -> bytes:
    """The PDF file. Raises Unprintable where a text has characters that no font of ours can show."""
    with translation.override(report.language):
        page = _without_controls(pages(report))
        if missing := sorted(set().union(*texts(page)) - fonts.characters()):
            raise Unprintable(_refusal(missing))
    return _compiler().compile(format="pdf", sys_inputs={"data": json.dumps(page)}, pdf_standards=["ua-1"])


def _refusal(missing: list[str]) -> str:
    # The characters themselves cannot be shown everywhere; their names can.
    named = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in missing[:10])
    text = ngettext(
        "The PDF cannot be made: no font here has the character %(named)s.",
        "The PDF cannot be made: no font here has %(count)s of its characters, such as %(named)s.",
        len(missing),
    )
    return text % {"count": len(missing), "named": named}


def _without_controls(value):
    """The same data without control and format characters: they have no shape, and could turn the text around."""
    if isinstance(value, str):
        spaced = " ".join(value.split())
        return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    if isinstance(value, dict):
        return {key: item if key in ("svg", "link") else _without_controls(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_controls(item) for item in value]
    return value


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(HERE / "template.typ", root=HERE, font_paths=[fonts.DIRECTORY], ignore_system_fonts=True)
