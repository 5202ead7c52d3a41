"""The format of the data set, declared: lists of mappings, each a row, with the rows that hang on it.

Each part of a mapping knows how to read its key, reporting every fault, and how to write it back. Apps declare their
files by subclassing `File` in their own `dataset` module.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import models

from records.dataset.parts import Part, Value, refuse_unknown
from records.dataset.reading import Grouped, Place, Reading, in_words, listed
from records.dataset.rows import Key, Layout, Row
from records.models import Record

WITHDRAWN = "withdrawn"


def with_withdrawal(model: type[models.Model], parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts of a mapping, and for a record the key that tells why it was withdrawn; no file declares it itself."""
    if not issubclass(model, Record) or any(WITHDRAWN in part.keys for part in parts):
        return parts
    return (*parts, Value(WITHDRAWN, model, "withdrawal_notice"))


@dataclass(frozen=True)
class Rows(Part):
    """A list of mappings, or of single values (`scalar`), each a row of `model` that hangs on the owner.

    `parent` is the column that points at the owner, `identity` the columns of the key. Rows with a public id take it
    from `id`, or where they have none from `slug`, called with the owner's key and the row; the columns `alike` tell
    which row of the database it is when its date, or the row before it, changed.
    """

    key: str
    model: type[models.Model]
    parent: str
    parts: tuple[Part, ...]
    identity: tuple[str, ...] = ("slug",)
    slug: Callable[[Key, Row], str] | None = None
    alike: tuple[str, ...] = ()
    scalar: bool = False
    positioned: bool = True
    required: bool = False
    check: Callable[[Row, Place, Reading], None] | None = None

    def __post_init__(self):
        object.__setattr__(self, "parts", with_withdrawal(self.model, self.parts))

    @property
    def keys(self):
        return (self.key,)

    @property
    def layout(self) -> Layout:
        columns = dict.fromkeys((self.parent, *(c for part in self.parts for c in part.columns())))
        if self.identity == ("slug",):
            columns["slug"] = None
        if self.positioned:
            columns["position"] = None
        return Layout(self.model, self.identity, tuple(columns))

    def layouts(self, model):
        yield self.layout
        for part in self.parts:
            yield from part.layouts(self.model)

    def read(self, mapping, row, at, reading):
        pass

    def read_below(self, mapping, model, key, at, reading):
        read: list[tuple[dict, Row, Place]] = []
        found = listed(mapping, self.key, at, reading)
        if self.required and not found and mapping.get(self.key) in (None, []):
            reading.fault(at.within(self.key), "is missing.")
        for position, inner in enumerate(found):
            place = at.within(self.key)
            if self.scalar:
                inner = {self.parts[0].keys[0]: inner}
                place = place.within(position)
            elif not isinstance(inner, dict):
                reading.fault(place.within(position), f"must be a mapping, not {in_words(inner)}.")
                continue
            else:
                place = place.within(inner.get("id", inner.get("number", position)))
                refuse_unknown(inner, self.parts, place, reading)
            row: Row = {self.parent: key}
            if self.positioned:
                row["position"] = position
            for part in self.parts:
                part.read(inner, row, place, reading)
            read.append((inner, row, place))
        if self.slug:
            self._name(key, [row for _, row, _ in read], reading.held)
        for inner, row, place in read:
            if self.check:
                self.check(row, place, reading)
            row_key = tuple(row.get(column) for column in self.identity)
            reading.add(self.model, row_key, row, place)
            for part in self.parts:
                part.read_below(inner, self.model, row_key, place, reading)

    def _name(self, owner: Key, rows: list[Row], held: Grouped) -> None:
        """Give every row without an id its own: the one under which the database has it, or one that is free.

        Rows that nothing makes alike have no choice: their id follows from what they are, and none can stand twice.
        """
        if not self.alike:
            for row in rows:
                row["slug"] = self.slug(owner, row)
            return
        present = {key[0]: row for key, row in held.hanging_on(self.model, self.parent, owner)}
        taken = {row["slug"] for row in rows if row.get("slug")}
        unnamed = [row for row in rows if not row.get("slug")]

        def known(row, slugs):
            same = [slug for slug in slugs if slug in present and slug not in taken and self._alike(row, present[slug])]
            return same[0] if len(same) == 1 else None

        for slugs in (lambda row: (self.slug(owner, row),), lambda row: present, None):
            for row in unnamed:
                if row.get("slug") is None:
                    row["slug"] = known(row, slugs(row)) if slugs else self._free(self.slug(owner, row), taken)
                    taken.add(row["slug"])

    def _alike(self, row, other):
        return all(row[column] == other[column] for column in self.alike)

    @staticmethod
    def _free(slug: str, taken: set[str]) -> str:
        numbered = (f"{slug}-{number}" if number > 1 else slug for number in itertools.count(1))
        return next(each for each in numbered if each not in taken)

    def write_below(self, model, key, mapping, state):
        written = []
        taken: set[str] = set()
        for row_key, row in state.hanging_on(self.model, self.parent, key):
            inner: dict = {}
            for part in self.parts:
                part.write(row, inner)
                part.write_below(self.model, row_key, inner, state)
            if self.alike:
                derived = self._free(self.slug(key, row), taken)
                taken.add(derived)
                if inner.get("id") == derived:
                    del inner["id"]
            written.append(inner[self.parts[0].keys[0]] if self.scalar else inner)
        if written:
            mapping[self.key] = written


class File:
    """One file of the data set: a list of mappings, each a row of `model`; apps subclass it."""

    name: str
    model: type[models.Model]
    parts: tuple[Part, ...]
    identity: tuple[str, ...] = ("slug",)
    # Files are read in this order, so that what is pointed at comes first.
    rank: int
    positioned = False
    slug: Callable[[Row], str] | None = None

    def __init_subclass__(cls):
        if hasattr(cls, "model") and hasattr(cls, "parts"):
            cls.parts = with_withdrawal(cls.model, cls.parts)

    @classmethod
    def layouts(cls) -> Iterator[Layout]:
        columns = dict.fromkeys((*cls.identity, *(c for part in cls.parts for c in part.columns())))
        if cls.positioned:
            columns["position"] = None
        yield Layout(cls.model, cls.identity, tuple(columns))
        for part in cls.parts:
            yield from part.layouts(cls.model)

    @classmethod
    def read(cls, document: list, reading: Reading) -> None:
        for position in range(len(document)):
            mapping = document[position]
            at = Place(cls.name, f"record {position}")
            if not isinstance(mapping, dict):
                reading.fault(at, f"must be a mapping, not {in_words(mapping)}.")
                continue
            at = Place(cls.name, str(mapping.get(cls.parts[0].keys[0], f"record {position}")))
            refuse_unknown(mapping, cls.parts, at, reading)
            row: Row = {"position": position} if cls.positioned else {}
            for part in cls.parts:
                part.read(mapping, row, at, reading)
            cls.check(row, mapping, at, reading)
            if cls.slug:
                row["slug"] = cls.slug(row)
            key = tuple(row.get(column) for column in cls.identity)
            reading.add(cls.model, key, row, at)
            for part in cls.parts:
                part.read_below(mapping, cls.model, key, at, reading)

    @classmethod
    def check(cls, row: Row, mapping: dict, at: Place, reading: Reading) -> None:
        """What is more than a matter of one key."""

    @classmethod
    def finish(cls, reading: Reading) -> None:
        """What can only be checked when every file is read."""

    @classmethod
    def holds(cls, row: Row) -> bool:
        """Whether a row of the model belongs into this file."""
        return True

    @classmethod
    def write(cls, state: Grouped) -> list[dict]:
        document = []
        for key, row in state.state[cls.model].items():
            if cls.holds(row):
                mapping: dict = {}
                for part in cls.parts:
                    part.write(row, mapping)
                    part.write_below(cls.model, key, mapping, state)
                document.append(mapping)
        return document


def check_quote(row: Row, at: Place, reading: Reading) -> None:
    if row.get("quote") and len(row["quote"].split()) > 25:
        reading.fault(at.within("quote"), "has more than 25 words.")
