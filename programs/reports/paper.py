"""The pieces that template.typ sets.

A cell is a list of lines, a line a dictionary with `text` and, where it is not plain, `style` ("strong" or "small"),
`mark` (the sign of a state), `notes` (numbers of sources), `lang` and `link`.
"""

from programs.reports.content import Section
from records import dates


def line(text, style: str = "", *, notes=(), mark: str = "", lang: str = "", link: str = "") -> dict:
    return {"text": str(text), "style": style, "notes": list(notes), "mark": mark, "lang": lang, "link": link}


def cell(*lines: dict | str | None) -> list[dict]:
    return [each if isinstance(each, dict) else line(each) for each in lines if each]


def small(text) -> dict | None:
    return line(text, "small") if text else None


def day(text: str | None, missing: str = "–") -> str:
    return dates.short_label(text) if text else missing


def table(section: Section, columns: dict[str, int], rows: list, remark: str = "") -> dict:
    """A table: titles of columns with their share of the width; a row is a list of cells, or a text as subheading."""
    return {
        "kind": "table",
        "title": section.title,
        "remark": remark or section.remark,
        "columns": [{"title": title, "width": width} for title, width in columns.items()],
        "rows": rows,
    }
