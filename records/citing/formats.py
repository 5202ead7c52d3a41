"""Works as RIS, BibTeX, CSL-JSON and plain text.

RIS after the tags that Zotero, EndNote and Mendeley share; BibTeX for UTF-8 (biber, or bibtex8); CSL-JSON after the
schema of CSL 1.0.2, https://github.com/citation-style-language/schema.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from records.citing.works import Work
from records.models import Source

Kind = Source.Kind
# What a kind of source is in each format: CSL type and genre, RIS type, BibTeX entry and its field for the publisher.
# A missing kind, and an entry of this base, is a page of the web.
TYPES: dict[str, tuple[str, str, str, str, str]] = {
    Kind.OFFICIAL: ("document", "Official publication", "GOVDOC", "misc", "publisher"),
    Kind.LEGAL_TEXT: ("legislation", "", "STAT", "misc", "publisher"),
    Kind.PRESS_RELEASE: ("document", "Press release", "GEN", "misc", "publisher"),
    Kind.NEWS: ("article-newspaper", "", "NEWS", "article", "journal"),
    Kind.REPORT: ("report", "", "RPRT", "techreport", "institution"),
    Kind.DATASET: ("dataset", "", "DATA", "misc", "publisher"),
    Kind.ACADEMIC: ("article-journal", "", "JOUR", "article", "journal"),
    Kind.ENCYCLOPEDIA: ("entry-encyclopedia", "", "ENCYC", "misc", "publisher"),
}
PAGE = ("webpage", "", "ELEC", "misc", "publisher")
# What of it is a container: the paper that an article stands in.
IN_CONTAINER = ("article-newspaper", "article-journal", "entry-encyclopedia")


def line(text: str) -> str:
    """A text on one line; a break in it would begin a new field."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


def ris(works: Iterable[Work]) -> Iterator[str]:
    for work in works:
        csl_type, _genre, ris_type, _entry, _field = TYPES.get(work.kind, PAGE)
        holder = work.part_of or (work.publisher if csl_type in IN_CONTAINER else "")
        fields = [
            ("TY", ris_type),
            ("TI", work.title),
            ("T2", holder),
            ("PB", work.publisher),
            ("PY", work.year),
            ("DA", _ris_date(work.moment)),
            ("LA", work.language),
            ("UR", work.url or work.permalink),
            ("Y2", _ris_date(work.read_on.isoformat()) if work.read_on else ""),
            ("ID", work.key),
            *(("N1", note) for note in work.notes),
        ]
        if work.date and not work.moment:
            fields.append(("N1", f"Date (EDTF): {work.date}"))
        yield "".join(f"{tag}  - {line(value)}\r\n" for tag, value in fields if value) + "ER  - \r\n\r\n"


def _ris_date(moment: str) -> str:
    """ "2019-07" as 2019/07//, as RIS has dates: year/month/day/other."""
    return "/".join([*moment.split("-"), "", "", ""][:4]) if moment else ""


# Characters that TeX takes for something else.
TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
# In an address they are no TeX, but a brace would end the field.
IN_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}


def bibtex(works: Iterable[Work]) -> Iterator[str]:
    for work in works:
        _type, _genre, _ris, entry, field = TYPES.get(work.kind, PAGE)
        year, month = [*work.moment.split("-"), "", ""][:2] if work.moment else (work.year, "")
        notes = "; ".join([*work.notes, *([f"Date (EDTF): {work.date}"] if work.date and not work.moment else [])])
        fields = [
            # In two braces, so that no style changes its capitals.
            ("title", f"{{{_tex(work.title)}}}"),
            (field, _tex(work.publisher)),
            ("howpublished", _tex(work.part_of)),
            ("year", year),
            ("month", str(int(month)) if month else ""),
            ("date", work.moment),
            ("language", _tex(work.language)),
            ("url", _address(work.url or work.permalink)),
            ("urldate", work.read_on.isoformat() if work.read_on else ""),
            ("note", _tex(notes)),
        ]
        body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
        yield f"@{entry}{{{work.key},\n{body}}}\n\n"


def _tex(text: str) -> str:
    return "".join(TEX.get(character, character) for character in line(text))


def _address(url: str) -> str:
    return "".join(IN_ADDRESS.get(character, character) for character in line(url))


def csl(works: Iterable[Work]) -> Iterator[str]:
    yield "["
    for number, work in enumerate(works):
        yield (",\n" if number else "\n") + json.dumps(csl_item(work), ensure_ascii=False)
    yield "\n]\n"


def csl_item(work: Work) -> dict[str, Any]:
    """One work by the names of CSL's schema."""
    csl_type, genre, *_others = TYPES.get(work.kind, PAGE)
    item: dict[str, Any] = {
        "id": work.key,
        "type": csl_type,
        "title": work.title,
        "genre": genre,
        "publisher": work.publisher,
        "container-title": work.part_of or (work.publisher if csl_type in IN_CONTAINER else ""),
        "issued": _csl_date(work),
        "URL": work.url or work.permalink,
        "language": work.language,
        "accessed": work.read_on and {"date-parts": [_numbers(work.read_on.isoformat())]},
        "note": "; ".join(work.notes),
    }
    return {name: value for name, value in item.items() if value}


def _csl_date(work: Work) -> dict[str, Any] | None:
    day = work.day
    if day is None:
        return None
    if work.moment:
        return {"date-parts": [_numbers(work.moment)]}
    length = {"day": 3, "month": 2, "year": 1}.get(day.precision)
    if length and day.start:
        return {"date-parts": [_numbers(day.start.earliest.isoformat())[:length]], "circa": True}
    # Less than a day, a month or a year of the calendar: as it was recorded, in words that no style reckons with.
    return {"literal": work.date}


def _numbers(moment: str) -> list[int]:
    return [int(number) for number in moment.split("-")]


def text(works: Iterable[Work]) -> Iterator[str]:
    for work in works:
        yield f"{sentence(work)}\n"


def sentence(work: Work) -> str:
    """A work in one line, for people."""
    publisher = "" if work.publisher == work.part_of else work.publisher
    told = [publisher, work.title, work.part_of, work.date, work.url or work.permalink, *work.notes]
    return ". ".join(line(each).rstrip(".") for each in told if each) + "."


FORMATS: dict[str, tuple[str, str, Callable[[Iterable[Work]], Iterator[str]]]] = {
    "ris": ("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "bibtex": ("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "csl": ("CSL-JSON", "application/vnd.citationstyles.csl+json; charset=utf-8", csl),
}
# For one work there is a line of text as well.
OF_ONE = {**FORMATS, "txt": ("Text", "text/plain; charset=utf-8", text)}
ENDINGS = {"ris": "ris", "bibtex": "bib", "csl": "json", "txt": "txt"}
