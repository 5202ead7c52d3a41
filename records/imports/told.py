"""What files tell beside the columns that an import takes: bounds of dates, names, citations, and what was withdrawn.

The same rows as objects with all of it, for JSON Lines. An import passes these columns over: what they say follows from
the others, or is changed at the desk.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import F, Model, Prefetch, QuerySet, prefetch_related_objects

from records import exports
from records.exports import Cell
from records.fields import EDTFField, bound_name
from records.imports.columns import Plain
from records.imports.links import Beside, Links, Names, joined, split
from records.models import Citation, Cited, Name, Named, Record
from records.naming import TITLES

if TYPE_CHECKING:
    from records.imports.kinds import RowKind

LANGUAGES = ("en", "ko", "ja", "zh")
WITHDRAWN = "withdrawn"
READ_AT_ONCE = 200
NAMES, CITATIONS, OWNER = "told_names", "told_citations", "told_owner"


@dataclass(frozen=True)
class Told:
    """A column that is written and never read; `type` as Frictionless Table Schema has it."""

    header: str
    about: str
    text: Callable[[Any], str]
    type: str = "string"


def columns(kind: "type[RowKind]") -> tuple[Told, ...]:
    """The told columns of a kind of rows, which stand behind its own."""
    told = []
    for column in kind.columns:
        if isinstance(column, Plain) and isinstance(column.model._meta.get_field(column.column), EDTFField):
            for bound, about in (("earliest", "First"), ("latest", "Last")):
                told.append(
                    Told(
                        f"{column.header}_{bound}",
                        f"{about} day that “{column.header}” allows; empty where it is open or unknown",
                        _bound(bound_name(column.column, bound)),
                        "date",
                    )
                )
    if issubclass(kind.model, Named):
        for language in LANGUAGES:
            about = f"What it is called in the language “{language}”"
            told.append(Told(f"name_{language}", about, _name(language)))
    if is_cited(kind):
        about = "What its facts rest on: fact, source, stance where it disputes, locator and quote, of each citation"
        told.append(Told("citations", about, lambda row: joined(_cited(*each) for each in _citations(kind, row))))
    if issubclass(kind.model, Record):
        about = "Why it was withdrawn; such a record says nothing else any more"
        told.append(Told(WITHDRAWN, about, lambda row: row.withdrawal_notice if is_withdrawn(row) else ""))
    return tuple(told)


def headers(kind: "type[RowKind]") -> tuple[str, ...]:
    """Every header of a file of this kind, those that are only told last."""
    return (*kind.headers, *(column.header for column in columns(kind)))


def is_cited(kind: "type[RowKind]") -> bool:
    """Whether rows of the kind rest on sources; a source stands for itself."""
    return issubclass(kind.model, Cited) and bool(kind.model.facts)


def is_withdrawn(row: Model) -> bool:
    return isinstance(row, Record) and row.state == Record.State.WITHDRAWN


def fetched(kind: "type[RowKind]", rows: QuerySet) -> QuerySet:
    """Rows of a kind with their names and citations, in two queries more for each batch."""
    if issubclass(kind.model, Named):
        names = Name.objects.order_by("language", "kind", "position", "pk")
        rows = rows.prefetch_related(Prefetch("names", names, to_attr=NAMES))
    if is_cited(kind):
        rows = rows.prefetch_related(_shown())
    return rows


def _shown() -> Prefetch:
    shown = Citation.objects.shown().order_by("field", "position", "pk")
    return Prefetch("citations", shown, to_attr=CITATIONS)


def _cited_links(kind: "type[RowKind]") -> list[Links]:
    """The columns whose rows rest on sources of their own, such as the materials of a measure."""
    links = [column for column in kind.columns if isinstance(column, Links) and not column.is_generic]
    return [column for column in links if issubclass(column.model, Cited)]


def _batches(kind: "type[RowKind]", rows: QuerySet) -> Iterator[list[Any]]:
    """`fetched` rows, a few hundred at a time, with the citations of their links."""
    found = rows.iterator(chunk_size=READ_AT_ONCE)
    while batch := list(islice(found, READ_AT_ONCE)):
        for column in _cited_links(kind):
            prefetch_related_objects([link for row in batch for link in column.rows(row)], _shown())
        yield batch


def _citations(kind: "type[RowKind]", row: Any) -> list[tuple[str, Citation]]:
    """What a row rests on, each with the fact: a field, nothing for the whole row, or a link as "materials/neon"."""
    found = [(citation.field, citation) for citation in getattr(row, CITATIONS)]
    for column in _cited_links(kind):
        for link in column.rows(row):
            for key in column.keys_of([link], public=True):
                found += [(f"{column.header}/{key}", citation) for citation in getattr(link, CITATIONS)]
    return found


def listed(kind: "type[RowKind]", among: QuerySet, lead: str) -> QuerySet:
    """The rows that belong to the records of a list, with all that files tell of them.

    `lead` is the look-up from a row to its record. A list of the rows themselves counts withdrawn ones, and so they are
    here, with their notice; below a record, only what can be read.
    """
    rows = kind.visible() if lead == "pk" else kind.readable()
    return fetched(kind, rows.filter(**{f"{lead}__in": among.order_by().values("pk")}))


def table(kind: "type[RowKind]", rows: QuerySet) -> Iterator[list[Cell]]:
    """Rows of cells below `headers`, as visitors may read them; memory holds a few hundred at a time."""
    more = columns(kind)
    for batch in _batches(kind, rows):
        for row in batch:
            if is_withdrawn(row):
                own: list[Cell] = [row.slug, *([""] * len(kind.columns))]
                yield own + [column.text(row) if column.header == WITHDRAWN else "" for column in more]
            else:
                yield kind.cells(row, public=True) + [column.text(row) for column in more]


def objects(
    kind: "type[RowKind]", rows: QuerySet, parts: "Mapping[type[RowKind], str] | None" = None
) -> Iterator[dict[str, Any]]:
    """The same rows whole, as JSON holds them: lists as lists, names by language, citations with their sources.

    `parts` are kinds whose rows belong to these, each with the look-up that leads here; they stand inside.
    """
    for batch in _batches(kind, rows):
        inside = {part.name: _inside(part, lead, batch) for part, lead in (parts or {}).items()}
        for row in batch:
            if is_withdrawn(row):
                yield _withdrawn(row)
            else:
                yield _whole(kind, row) | {name: found.get(row.pk, []) for name, found in inside.items()}


def _inside(part: "type[RowKind]", lead: str, owners: list[Any]) -> dict[int, list[dict[str, Any]]]:
    """The rows of a part by the key of what they belong to."""
    rows = part.readable().filter(**{f"{lead}__in": [row.pk for row in owners]}).annotate(**{OWNER: F(lead)})
    found: dict[int, list[dict[str, Any]]] = {}
    for batch in _batches(part, fetched(part, rows)):
        for row in batch:
            found.setdefault(getattr(row, OWNER), []).append(_whole(part, row))
    return found


def _withdrawn(row) -> dict[str, Any]:
    return {"id": row.slug, "state": row.state, "withdrawal_notice": row.withdrawal_notice}


def _whole(kind, row) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.slug} if kind.has_id else {}
    if isinstance(row, Record):
        told["state"] = row.state
    for column in kind.columns:
        if not isinstance(column, Names):
            told[column.header] = _value(column, row)
    for column in (each for each in columns(kind) if each.type == "date"):
        told[column.header] = column.text(row) or None
    if issubclass(kind.model, Named):
        told["names"] = [{"language": n.language, "kind": n.kind, "text": n.text} for n in getattr(row, NAMES)]
    if is_cited(kind):
        told["citations"] = [citation_object(*each) for each in _citations(kind, row)]
    if isinstance(row, Record):
        told["checked_on"] = row.checked_on and row.checked_on.isoformat()
    return told


def _value(column, row) -> Any:
    if isinstance(column, Links):
        return column.keys_of(column.rows(row), public=True)
    text = column.text(row, public=True)
    if isinstance(column, Beside):
        return split(text)
    raw = getattr(row, column.column) if isinstance(column, Plain) else text
    if isinstance(raw, Decimal):
        # A number that floating point would change stays the text of its digits.
        return float(raw) if exports.exact(raw) else exports.plain(raw)
    return raw if isinstance(raw, bool | int) else text or None


def citation_object(fact: str, citation: Citation) -> dict[str, Any]:
    """The footing of a fact with its source, as JSON holds it; `fact` is empty for the row as a whole."""
    source = citation.source
    withdrawn = is_withdrawn(source)
    return {
        "fact": fact,
        "stance": citation.stance,
        "quote": citation.quote,
        "locator": citation.locator,
        "source": {
            "id": source.slug,
            "title": None if withdrawn else source.title,
            "publisher": None if withdrawn else source.publisher,
            "url": None if withdrawn else source.url,
            "date": None if withdrawn else source.date,
        },
    }


def _bound(name: str) -> Callable[[Any], str]:
    def text(row) -> str:
        day = getattr(row, name)
        return day.isoformat() if day else ""

    return text


def _name(language: str) -> Callable[[Any], str]:
    def text(row) -> str:
        names = [each for each in getattr(row, NAMES) if each.language.split("-")[0] == language]
        titles = sorted((each for each in names if each.kind in TITLES), key=lambda each: each.kind != "official")
        # English is the language of titles; a name in it is another one.
        return str(row) if language == "en" else titles[0].text if titles else ""

    return text


def _cited(fact: str, citation: Citation) -> str:
    parts = [f"{fact}:" if fact else "", citation.source.slug]
    if citation.stance == Citation.Stance.DISPUTES:
        parts.append("(disputes)")
    parts += [f"[{citation.locator}]" if citation.locator else "", f"“{citation.quote}”" if citation.quote else ""]
    return " ".join(filter(None, parts))
