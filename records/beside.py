"""What records say, fact by fact, so that several can be laid beside each other: what differs first, what agrees last.

A column is a record as it was on one day and as known at one moment; a line is one fact in all columns.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records import naming
from records.models import Citation, Name, Record
from records.templatetags.marks import language_label

# What stands at the head of a column where the columns are several records, and is a fact where they are one.
TITLE = ("title",)
# So many entries of a cell are in sight, the others are folded away.
IN_SIGHT = 5


@dataclass(frozen=True)
class Entry:
    """One thing that a fact says, and the citations that it stands on: None where a fact of ours needs none.

    `date` and `since` are EDTF. `status` is one of `records.statuses`, `milestone` the state of a milestone.
    """

    text: str = ""
    url: str = ""
    language: str = ""
    date: str | None = None
    role: str = ""
    status: str | None = None
    possible: bool = False
    never_began: bool = False
    since: str | None = None
    milestone: str = ""
    note: str = ""
    citations: tuple[Citation, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Fact:
    """What a record says about one thing. The same `key` in another record is the same thing.

    A fact of one part of the record, such as a material, names it in `part`; its key begins as that of the whole does.
    """

    key: tuple
    label: str
    entries: tuple[Entry, ...] = ()
    # What a cell without entries says, and one of a record that has no such fact.
    missing: str = ""
    absent: str = ""
    part: str = ""


class Facts:
    """What records of one kind say on a day, supplied by the apps and found through `__subclasses__()`.

    Several of one `model` follow each other, so that an app above adds to the facts of one below. Everything that
    `of` needs is asked for by `__init__`, for all records at once.
    """

    model: type[Record]

    def __init__(self, records: list[Record], day: datetime.date):
        raise NotImplementedError

    def of(self, record: Record) -> Iterator[Fact]:
        raise NotImplementedError


class Kind(Facts):
    """A kind of record that can be compared: the first facts of it, and how a page finds and names one."""

    @classmethod
    def visible(cls) -> QuerySet:
        """What visitors may know of."""
        return cls.model.objects.published()

    @classmethod
    def address(cls, record: Record) -> str:
        return record.get_absolute_url()

    @classmethod
    def owner(cls, record: Record) -> Record:
        """The record with the page and the history that this one is told in."""
        return record

    @classmethod
    def days(cls, record: Record) -> list[tuple[datetime.date, str, str]]:
        """Days by which something had happened to it, each with the date as it is known (EDTF) and what happened."""
        return []


def kinds() -> dict[str, type[Kind]]:
    """What can be compared, by the name of the model."""
    return {kind.model._meta.model_name: kind for kind in Kind.__subclasses__()}


def facts(model: type[Record], records: list[Record], day: datetime.date) -> dict[int, dict[tuple, Fact]]:
    """What each of these records says on a day, by its id and the key of the fact."""
    found: dict[int, dict[tuple, Fact]] = {record.pk: {} for record in records}
    for supplier in (*Kind.__subclasses__(), *Facts.__subclasses__()):
        if getattr(supplier, "model", None) is model and records:
            told = supplier(records, day)
            for record in records:
                found[record.pk] |= {fact.key: fact for fact in told.of(record)}
    return found


@dataclass(frozen=True)
class Column:
    """A record on a day, as known at a moment. Without facts it says why, in `notice`."""

    label: str
    url: str
    facts: dict[tuple, Fact] = field(default_factory=dict)
    notice: str = ""
    # The comparison without this column; empty where there is nothing to take away.
    without: str = ""


@dataclass(frozen=True)
class Cell:
    """A fact in one column: its entries, of which the later ones are `folded`, and how many are in every column."""

    column: Column
    entries: tuple[Entry, ...]
    folded: tuple[Entry, ...]
    in_all: int
    missing: str
    # What the same record says beside it, where that is one text, so that the words that differ can be marked.
    other: str = ""


@dataclass(frozen=True)
class Line:
    """One fact in all columns; of several `parts` where all columns say the same of each.

    It `stands_alone` where it is about parts that only one of several records has.
    """

    label: str
    cells: list[Cell]
    agrees: bool
    parts: list[str] = field(default_factory=list)
    stands_alone: bool = False

    @property
    def shared(self) -> Cell:
        """What the columns say that say something, where they agree."""
        return next(cell for cell in self.cells if cell.column.facts)


def lines(columns: list[Column], *, of_one: bool) -> list[Line]:
    """Fact by fact what the columns say. Of one record, what all columns say is left out where some of it differs.

    Columns without facts say nothing: what the others agree on, agrees.
    """
    told = [column for column in columns if column.facts]
    if len(told) < 2:
        return []
    found: dict[tuple, Line] = {}
    for key in _in_order(told):
        if key == TITLE and not of_one:
            continue
        own = [column.facts.get(key) for column in told]
        first = next(fact for fact in own if fact)
        said = tuple(fact.entries if fact else () for fact in own)
        if first.part and (line := found.get((key[0], said))):
            # What holds for the whole needs no telling part by part.
            line.parts.extend([first.part] if line.parts else [])
            continue
        agrees = all(entries == said[0] for entries in said)
        common = set(said[0]).intersection(*said[1:]) if of_one and not agrees else set()
        cells = [_cell(column, key, first, common, told if of_one else []) for column in columns]
        alone = bool(first.part) and not of_one and own.count(None) == len(own) - 1
        found[key[0], said] = Line(first.label, cells, agrees, [first.part] if first.part else [], alone)
    return list(found.values())


def _in_order(columns: list[Column]) -> list[tuple]:
    """The keys of all columns; one that the first has not comes after the one that it follows in its own."""
    order: list[tuple] = []
    for column in columns:
        place = 0
        for key in column.facts:
            if key in order:
                place = order.index(key) + 1
            else:
                order.insert(place, key)
                place += 1
    return order


def _cell(column: Column, key: tuple, first: Fact, common: set[Entry], versions: list[Column]) -> Cell:
    fact = column.facts.get(key)
    missing = fact.missing if fact else first.absent or first.missing
    entries = tuple(entry for entry in (fact.entries if fact else ()) if entry not in common)
    others = [other.facts[key].entries for other in versions if other is not column and key in other.facts]
    beside = others[0][0].text if len(others) == 1 == len(others[0]) == len(entries) else ""
    return Cell(column, entries[:IN_SIGHT], entries[IN_SIGHT:], len(common), missing, beside)


def said(key: str, label: str, *texts: str | None, missing: str = "", citations: Iterable | None = None) -> Fact:
    """A fact in words; texts that are empty are not stated."""
    cited = None if citations is None else tuple(citations)
    return Fact((key,), label, tuple(Entry(text, citations=cited) for text in texts if text), missing)


def dated(key: str, label: str, text: str | None, citations: Iterable | None = None) -> Fact:
    """A fact that is a date (EDTF)."""
    cited = None if citations is None else tuple(citations)
    return Fact((key,), label, (Entry(date=text, citations=cited),) if text else ())


def link(record: Record, note: str = "", citations: Iterable | None = None) -> Entry:
    """An entry that leads to a record with a page, under the name that its readers know it by."""
    cited = None if citations is None else tuple(citations)
    called = naming.called(record)
    language = naming.language_of(record) if called == str(record) else ""
    return Entry(called, record.get_absolute_url(), language, note=note, citations=cited)


def linked(key: str, label: str, records: Iterable[Record | None]) -> Fact:
    return Fact((key,), label, tuple(link(record) for record in records if record is not None))


def title(record: Record) -> Fact:
    return Fact(TITLE, capfirst(_("title")), (Entry(str(record), language=naming.language_of(record)),))


def names(found: Iterable[Name]) -> Fact:
    """What a record is called besides its English title."""
    entries = (Entry(name.text, language=name.language, note=language_label(name.language)) for name in found)
    return Fact(("names",), _("Names"), tuple(entries))


def footing(rows: Iterable[Model]) -> Fact:
    """On how much these rows stand: citations, sources, official ones. Their citations have to be fetched."""
    citations = [citation for row in rows for citation in row.citations.all()]
    sources = {citation.source for citation in citations}
    official = sum(source.is_official for source in sources)
    texts = [
        ngettext("%(count)d citation", "%(count)d citations", len(citations)) % {"count": len(citations)},
        ngettext("%(count)d source", "%(count)d sources", len(sources)) % {"count": len(sources)},
        ngettext("%(count)d of them official", "%(count)d of them official", official) % {"count": official},
    ]
    return said("citations", _("Rests on"), *(texts if sources else ()), missing=_("no source"))
