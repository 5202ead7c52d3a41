"""Kinds of rows: what a table of measures, events or observations holds, and how its rows find their records.

Apps declare theirs by subclassing `RowKind` in a module `imports`; the one declaration serves import and export.
"""

import functools
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import Promise, classproperty
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from records import roles
from records.dataset.reading import Place, Reading, shown
from records.exports import Cell
from records.imports.columns import Column, LookUp, Plain, Reference
from records.imports.links import Links
from records.models import Record

ID = "id"
# What stands in place of an id where somebody knows that a row is a record of its own.
NEW = "new"
READ_AT_ONCE = 500


@dataclass
class Line:
    """One row of a file on its way: its cells by header, and the record that it is about, None for a new one."""

    number: int
    cells: dict[str, str]
    record: Any = None
    key: str = ""
    # Why the row should have named the record that was found for it; it may say the same and nothing else.
    asks: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    # What is written beside the cells, by column of the table.
    derived: dict[str, Any] = field(default_factory=dict)

    def cell(self, header: str) -> str:
        return self.cells.get(header, "")


Fault = Callable[[Line, str, str], None]


@dataclass(frozen=True)
class Alike:
    """Columns that are hardly ever the same by chance; `paths` lead to them in the database.

    `grave`: two such rows are a fault and not only a doubt.
    """

    headers: tuple[str, ...]
    paths: tuple[str, ...]
    grave: bool = False
    is_address: bool = False

    def of(self, texts: tuple[Any, ...]) -> tuple[str, ...] | None:
        """What is compared; None where one of them is empty."""
        normal = tuple(address(str(text or "")) if self.is_address else same(str(text or "")) for text in texts)
        return normal if all(normal) else None

    def standing(self, model, found: list[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
        """The records that have what these new rows have."""
        name = "slug" if any(each.name == "slug" for each in model._meta.fields) else "pk"
        rows = model._base_manager.all()
        for place, path in enumerate(self.paths):
            wanted = {each[place] for each in found}
            if self.is_address:
                wanted = {
                    f"{scheme}://{www}{each}{end}"
                    for each in wanted
                    for scheme in ("http", "https")
                    for www in ("", "www.")
                    for end in ("", "/")
                }
            rows = rows.alias(**{f"lower_{place}": Lower(path)}).filter(**{f"lower_{place}__in": wanted})
        known: dict[tuple[str, ...], str] = {}
        for key, *texts in rows.order_by(name).values_list(name, *self.paths):
            if (normal := self.of(tuple(texts))) is not None:
                known.setdefault(normal, str(key))
        return known


def same(text: str) -> str:
    """A text without what people type differently each time."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def address(text: str) -> str:
    bare = text.strip().casefold().partition("://")[2] or text.strip().casefold()
    return bare.removeprefix("www.").rstrip("/")


class RowKind:
    """What one row of a table is."""

    name: str
    title: str | Promise
    model: type[models.Model]
    columns: tuple[Column, ...]
    # Column that leads to what the rows have their position in.
    positioned_in: str | None = None
    # Column that leads to the record whose version counts, where the rows are no records themselves.
    owner: str | None = None
    # Column that leads to the record from which all follows that follows from the rows; None for the rows themselves.
    followed_by: str | None = None
    # Look-ups that lead to the records without which readers do not see this one.
    within: tuple[str, ...] = ()
    alikes: tuple[Alike, ...] = ()
    order: tuple[str, ...] = ("slug",)
    # Rules that rows of the data set have to keep as well.
    rules: tuple[Callable[[dict, Place, Reading], None], ...] = ()
    has_id = True
    # Whether a new record has to be given its id, or gets one from what it is.
    needs_id = True
    # How a row without an id is understood, for people who fill in a table.
    without_id: str | Promise = ""

    @classproperty
    def record_model(cls) -> type[Record]:
        """The kind of record whose permissions count."""
        return cls.model._meta.get_field(cls.owner).related_model if cls.owner else cls.model

    @classproperty
    def headers(cls) -> tuple[str, ...]:
        return (*((ID,) if cls.has_id else ()), *(column.header for column in cls.columns))

    @classmethod
    def column(cls, header: str) -> Column:
        return next(column for column in cls.columns if column.header == header)

    @classmethod
    def described(cls) -> list[tuple[str, bool, str]]:
        """For people who fill in a table: header, whether a new record needs it, and what it is for."""
        about = _("Public id, lower-case words with hyphens; it never changes")
        first = [(ID, cls.needs_id, about)] if cls.has_id else []
        return first + [(column.header, column.needed, column.about) for column in cls.columns]

    @classmethod
    def may_bring(cls, user) -> bool:
        acts = ("add", "change")
        return all(user.has_perm(roles.permission(act, cls.record_model)) for act in acts)

    @classmethod
    def may_decide(cls, user) -> bool:
        return user.has_perm(roles.permission("publish", cls.record_model))

    @classmethod
    def leading(cls) -> Reference | None:
        """The column that leads to another record of the kind, if it has one."""
        found = (each for each in cls.columns if isinstance(each, Reference) and each.target is cls.model)
        return next(found, None)

    # Reading records

    @classmethod
    def records(cls) -> models.QuerySet:
        """The records with all that their cells tell, in a fixed number of queries."""
        joined, beside = [], []
        for column in cls.columns:
            for each in column.prefetches(cls.model):
                (joined if isinstance(each, str) else beside).append(each)
        query = cls.model._base_manager.select_related(*joined, *([cls.owner] if cls.owner else []))
        return query.prefetch_related(*beside)

    @classmethod
    def readable(cls) -> models.QuerySet:
        """Those that visitors may read."""
        return cls._reached([Record.State.PUBLISHED])

    @classmethod
    def visible(cls) -> models.QuerySet:
        """Those that visitors may know of: of the withdrawn ones, that they were."""
        return cls._reached([Record.State.PUBLISHED, Record.State.WITHDRAWN])

    @classmethod
    def _reached(cls, states: list[str]) -> models.QuerySet:
        reached = Q()
        for path in ("", *(f"{each}__" for each in cls.within)):
            if not path and not issubclass(cls.model, Record):
                continue
            own = states if not path else [Record.State.PUBLISHED]
            reached &= Q(**{f"{path}state__in": own, f"{path}embargo_until": None})
        return cls.records().filter(reached).order_by(*cls.order)

    @classmethod
    def rows(cls, records: models.QuerySet, *, public: bool) -> Iterator[list[Cell]]:
        """The rows of a table with these records; memory holds a few hundred at a time."""
        for record in records.iterator(chunk_size=READ_AT_ONCE):
            yield cls.cells(record, public=public)

    @classmethod
    def cells(cls, record: Any, *, public: bool) -> list[Cell]:
        """One row of a table; numbers stay numbers."""
        cells: list[Cell] = [record.slug] if cls.has_id else []
        for column in cls.columns:
            value = getattr(record, column.column) if column.numeric and isinstance(column, Plain) else None
            cells.append(column.text(record, public=public) if value is None else value)
        return cells

    # Reading files

    @classmethod
    def identify(cls, lines: list[Line], look_up: LookUp, fault: Fault) -> None:
        """Tell for each row which record it is about."""
        ids = [line.cell(ID) for line in lines]
        found = {record.slug: record for record in cls.records().filter(slug__in=[each for each in ids if each])}
        for line in lines:
            line.key = line.cell(ID)
            line.record = found.get(line.key)
            if not line.key:
                fault(line, ID, _("is missing: a new record needs an id of its own."))
            elif line.record is None:
                cls.refuse_bad_id(line, fault)

    @classmethod
    def refuse_bad_id(cls, line: Line, fault: Fault) -> None:
        try:
            cls.model._meta.get_field("slug").run_validators(line.key)
        except ValidationError:
            fault(
                line,
                ID,
                _("“%(text)s” is no id: lower-case letters, digits and hyphens, at most 120.")
                % {"text": shown(line.key)},
            )

    @classmethod
    def check(cls, line: Line, row: dict[str, Any], look_up: LookUp, fault: Fault) -> None:
        """What is more than a matter of one cell. `row` has what the record will hold, by column of the model."""

    @classmethod
    def row_of(cls, line: Line) -> dict[str, Any]:
        """What the record will hold, by column of the model."""
        row: dict[str, Any] = {}
        for column in cls.columns:
            if isinstance(column, Links):
                continue
            name = getattr(column, "column", "")
            if column.header in line.values:
                row[name] = line.values[column.header]
            elif line.record is not None:
                row[name] = getattr(line.record, name, None)
            elif isinstance(column, Plain) and column._field.has_default():
                row[name] = column._field.get_default()
            else:
                row[name] = None
        return row

    @classmethod
    def linked(cls, line: Line, header: str) -> list[str]:
        """The ids that the record will have in a column with several."""
        column = cls.column(header)
        assert isinstance(column, Links)
        if header in line.values:
            return [key for key, _target in line.values[header]]
        return column.keys_of(column.rows(line.record), public=False) if line.record is not None else []


@functools.cache
def kinds() -> dict[str, type[RowKind]]:
    """Every kind of rows by its name."""
    autodiscover_modules("imports")
    return {kind.name: kind for kind in sorted(_declared(RowKind), key=lambda each: each.name)}


def _declared(base: type[RowKind]) -> Iterator[type[RowKind]]:
    for each in base.__subclasses__():
        yield from _declared(each)
        if "name" in vars(each):
            yield each
