"""The format of the data set, declared: which key of a mapping is which column of which row.

Each part of a mapping knows how to read its key, reporting every fault, and how to write it back. Apps declare their
files by subclassing `File` in their own `dataset` module.
"""

import datetime
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models

from records import dates
from records.dataset.rows import SUBJECT, Key, Layout, Row, State
from records.fields import EDTFField
from records.models import Citation, Name, Source


@dataclass(frozen=True)
class Place:
    """Where in the files something stands."""

    file: str
    record: str = ""
    path: str = ""

    def within(self, step: object) -> "Place":
        return replace(self, path=f"{self.path}/{step}" if self.path else str(step))

    def __str__(self):
        return ", ".join(filter(None, (self.file, self.record, self.path)))


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in the files, for whoever has to mend it."""

    place: Place
    message: str

    def __str__(self):
        return f"{self.place}: {self.message}"


class Grouped:
    """A state whose rows can be found by what they hang on."""

    def __init__(self, state: State):
        self.state = state
        self._groups: dict[tuple[type, str], dict[object, list[tuple[Key, Row]]]] = {}

    def hanging_on(self, model, column: str, owner) -> list[tuple[Key, Row]]:
        groups = self._groups.get((model, column))
        if groups is None:
            groups = self._groups[model, column] = {}
            for key, row in self.state[model].items():
                groups.setdefault(row[column], []).append((key, row))
        return groups.get(owner, [])


@dataclass
class Reading:
    """What was read so far: rows, faults, and the references that are still to be looked up.

    Of the models in `unread` nothing is known, because their file could not be read; what points at them is no fault.
    `held` is what the database holds, from which rows without an id of their own learn under which one they stand.
    """

    held: Grouped = field(default_factory=lambda: Grouped(State()))
    state: State = field(default_factory=State)
    documents: dict[str, list | None] = field(default_factory=dict)
    unread: set[type] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    references: list[tuple[Place, type, Key]] = field(default_factory=list)
    places: dict[tuple[type, Key], Place] = field(default_factory=dict)

    def fault(self, place: Place, message: str) -> None:
        self.faults.append(Fault(place, message))

    def add(self, model, key: Key, row: Row, place: Place) -> None:
        if key in self.state[model]:
            self.fault(place, f"stands twice; it is already at {self.places[model, key]}.")
            return
        self.state[model][key] = row
        self.places[model, key] = place

    def look_up(self) -> None:
        """Report every reference that leads nowhere."""
        for place, model, key in self.references:
            if key not in self.state[model] and model not in self.unread:
                self.fault(place, f"“{key[-1]}” is no known {model._meta.verbose_name}.")


class Part:
    """One key of a mapping, or several that belong together."""

    keys: tuple[str, ...]

    def read(self, mapping: dict, row: Row, at: Place, reading: Reading) -> None:
        """Put what the mapping says into the row."""
        raise NotImplementedError

    def read_below(self, mapping: dict, model, key: Key, at: Place, reading: Reading) -> None:
        """Read the rows that hang on this one, once its key is known."""

    def write(self, row: Row, mapping: dict) -> None:
        """Put what the row says into the mapping."""

    def write_below(self, model, key: Key, mapping: dict, state: Grouped) -> None:
        """Put what hangs on the row into the mapping."""

    def layouts(self, model) -> Iterator[Layout]:
        return iter(())

    def columns(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Value(Part):
    """A key that holds one value: text, number, yes or no, EDTF date, or the id of another row.

    What is allowed follows from the column, and from `complaint`, which tells what is wrong with a value. `stored` and
    `written` translate between the file's value, of the type `raw_type`, and the key of the row it points at, for
    references by something else than the id.
    """

    key: str
    model: type[models.Model]
    column: str
    stored: Callable[[object, Row], object] | None = None
    written: Callable[[object, Row], object] | None = None
    raw_type: type = str
    complaint: Callable[[object], str | None] | None = None
    optional: bool = False

    @property
    def keys(self):
        return (self.key,)

    def columns(self):
        return (self.column,)

    @property
    def _field(self):
        return self.model._meta.get_field(self.column)

    def read(self, mapping, row, at, reading):
        row[self.column] = self.value(mapping.get(self.key), row, at.within(self.key), reading)

    def value(self, raw, row, at, reading):
        column = self._field
        if raw is None:
            if column.has_default():
                return column.get_default()
            if not column.null and not self.optional:
                reading.fault(at, "is missing.")
            return None
        if self.stored:
            if type(raw) is not self.raw_type:
                wanted = "a whole number" if self.raw_type is int else "text in quotes"
                reading.fault(at, f"must be {wanted}, not {in_words(raw)}.")
                return None
            raw = self.stored(raw, row)
            if raw is None:
                return None
        if self.complaint and (complaint := self.complaint(raw)):
            reading.fault(at, complaint)
            return None
        if target := column.related_model:
            if not isinstance(raw, str):
                reading.fault(at, f"must be an id in quotes, not {in_words(raw)}.")
                return None
            reading.references.append((at, target, (raw,)))
            return (raw,)
        return self._plain(raw, column, at, reading)

    def _plain(self, raw, column, at, reading):
        if isinstance(column, models.BooleanField):
            if not isinstance(raw, bool):
                reading.fault(at, f"must be true or false, not {in_words(raw)}.")
                return None
            return raw
        if isinstance(column, models.DecimalField | models.IntegerField):
            whole = isinstance(column, models.IntegerField)
            if isinstance(raw, bool) or not isinstance(raw, int if whole else int | float):
                reading.fault(at, f"must be a {'whole ' if whole else ''}number, not {in_words(raw)}.")
                return None
            raw = raw if whole else Decimal(repr(raw))
        elif not isinstance(raw, str):
            reading.fault(at, f"must be text in quotes, not {in_words(raw)}.")
            return None
        elif raw != raw.strip():
            reading.fault(at, f"“{shown(raw)}” begins or ends with a space or an empty line.")
            return None
        elif not raw.replace("\n", "").isprintable():
            reading.fault(at, f"“{shown(raw)}” holds a character that cannot be printed.")
            return None
        if isinstance(column, EDTFField):
            try:
                dates.parse(raw)
            except dates.EDTFError as error:
                reading.fault(at, str(error))
                return None
        try:
            return self._kept(column.clean(raw, None), column)
        except ValidationError as error:
            reading.fault(at, f"“{shown(str(raw))}”: {' '.join(error.messages)}")
            return None

    @staticmethod
    def _kept(value, column):
        if isinstance(column, models.DecimalField):
            return value.quantize(Decimal(1).scaleb(-column.decimal_places))
        return value

    def write(self, row, mapping):
        if (value := self.raw(row[self.column], row)) is not None:
            mapping[self.key] = value

    def raw(self, value, row):
        column = self._field
        if value is None or (column.has_default() and value == column.get_default()):
            return None
        if isinstance(value, tuple):
            value = value[0]
        if self.written:
            value = self.written(value, row)
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return value


@dataclass(frozen=True)
class Either(Part):
    """A value that is the id of a row where there is such a row, and else words."""

    key: str
    model: type[models.Model]
    column: str
    words: str

    @property
    def keys(self):
        return (self.key,)

    def columns(self):
        return (self.column, self.words)

    def read(self, mapping, row, at, reading):
        raw = mapping.get(self.key)
        target = self.model._meta.get_field(self.column).related_model
        known = isinstance(raw, str) and (raw,) in reading.state[target]
        row[self.column] = (raw,) if known else None
        row[self.words] = None
        if not known:
            # Words have capitals or spaces; what has neither was meant as an id.
            if isinstance(raw, str) and re.fullmatch("[a-z0-9]+(-[a-z0-9]+)+", raw):
                reading.references.append((at.within(self.key), target, (raw,)))
            row[self.words] = Value(self.key, self.model, self.words).value(raw, row, at.within(self.key), reading)
            if raw is None:
                reading.fault(at.within(self.key), "is missing.")

    def write(self, row, mapping):
        mapping[self.key] = row[self.column][0] if row[self.column] else row[self.words]


@dataclass(frozen=True)
class OneOf(Part):
    """The id of a row of one of several models, each with its own column."""

    key: str
    model: type[models.Model]
    choices: tuple[str, ...]

    @property
    def keys(self):
        return (self.key,)

    def columns(self):
        return self.choices

    def read(self, mapping, row, at, reading):
        raw = mapping.get(self.key)
        row.update(dict.fromkeys(self.choices))
        for column in self.choices if isinstance(raw, str) else ():
            if (raw,) in reading.state[self.model._meta.get_field(column).related_model]:
                row[column] = (raw,)
                return
        known = ", ".join(str(self.model._meta.get_field(column).verbose_name) for column in self.choices)
        reading.fault(at.within(self.key), f"{in_words(raw)} is none of these: {known}.")

    def write(self, row, mapping):
        mapping[self.key] = next(row[column][0] for column in self.choices if row[column])


@dataclass(frozen=True)
class Strings(Part):
    """A list of words kept in one column."""

    key: str
    model: type[models.Model]
    column: str

    @property
    def keys(self):
        return (self.key,)

    def columns(self):
        return (self.column,)

    def read(self, mapping, row, at, reading):
        raw = listed(mapping, self.key, at, reading)
        if any(each in raw[:place] for place, each in enumerate(raw)):
            reading.fault(at.within(self.key), "says the same twice.")
        try:
            row[self.column] = self.model._meta.get_field(self.column).clean(raw, None)
        except ValidationError as error:
            reading.fault(at.within(self.key), " ".join(error.messages))

    def write(self, row, mapping):
        if row[self.column]:
            mapping[self.key] = row[self.column]


@dataclass(frozen=True)
class Group(Part):
    """A mapping within the mapping, whose values are columns of the same row."""

    key: str
    parts: tuple[Part, ...]

    @property
    def keys(self):
        return (self.key,)

    def columns(self):
        return tuple(column for part in self.parts for column in part.columns())

    def layouts(self, model):
        for part in self.parts:
            yield from part.layouts(model)

    def _inner(self, mapping, at, reading):
        inner = mapping.get(self.key)
        if inner is not None and not isinstance(inner, dict):
            reading.fault(at.within(self.key), f"must be a mapping, not {in_words(inner)}.")
            return {}
        return inner or {}

    def read(self, mapping, row, at, reading):
        inner = self._inner(mapping, at, reading)
        refuse_unknown(inner, self.parts, at.within(self.key), reading)
        for part in self.parts:
            part.read(inner, row, at.within(self.key), reading)

    def read_below(self, mapping, model, key, at, reading):
        inner = mapping.get(self.key)
        if isinstance(inner, dict):
            for part in self.parts:
                part.read_below(inner, model, key, at.within(self.key), reading)

    def write(self, row, mapping):
        inner: dict = {}
        for part in self.parts:
            part.write(row, inner)
        if inner:
            mapping[self.key] = inner

    def write_below(self, model, key, mapping, state):
        inner = mapping.setdefault(self.key, {})
        for part in self.parts:
            part.write_below(model, key, inner, state)
        if not inner:
            del mapping[self.key]


@dataclass(frozen=True)
class Sources(Part):
    """`sources`: the ids of the sources that the row, or one of its fields, rests on."""

    field: str = ""
    keys = ("sources",)

    def read(self, mapping, row, at, reading):
        pass

    def read_below(self, mapping, model, key, at, reading):
        for position, source in enumerate(listed(mapping, "sources", at, reading)):
            place = at.within("sources").within(position)
            if not isinstance(source, str):
                reading.fault(place, f"must be an id, not {in_words(source)}.")
                continue
            reading.references.append((place, Source, (source,)))
            row = {SUBJECT: (model, key), "field": self.field, "source": (source,), "position": position}
            reading.add(Citation, ((model, key), self.field, (source,)), row, place)

    def write_below(self, model, key, mapping, state):
        rows = [row for _, row in state.hanging_on(Citation, SUBJECT, (model, key)) if row["field"] == self.field]
        if rows:
            mapping["sources"] = [row["source"][0] for row in sorted(rows, key=lambda row: row["position"])]


@dataclass(frozen=True)
class Names(Part):
    """Names by language: one each, or with `several` a list each."""

    key: str
    kind: str
    several: bool = False

    @property
    def keys(self):
        return (self.key,)

    def read(self, mapping, row, at, reading):
        pass

    def read_below(self, mapping, model, key, at, reading):
        names = mapping.get(self.key)
        at = at.within(self.key)
        if names is not None and not isinstance(names, dict):
            reading.fault(at, f"must be a mapping of languages, not {in_words(names)}.")
            return
        for language, text in (names or {}).items():
            tag = Value("language", Name, "language", complaint=untagged).value(
                language, {}, at.within(language), reading
            )
            if tag is None:
                continue
            texts = listed(names, language, at, reading) if self.several else [text] if text is not None else []
            for position, each in enumerate(texts):
                place = at.within(language)
                row = {SUBJECT: (model, key), "kind": self.kind, "position": position, "language": tag}
                row["text"] = Value("text", Name, "text").value(each, row, place, reading)
                reading.add(Name, ((model, key), row["language"], self.kind, row["text"]), row, place)

    def write_below(self, model, key, mapping, state):
        names: dict[str, list] = {}
        rows = [row for _, row in state.hanging_on(Name, SUBJECT, (model, key)) if row["kind"] == self.kind]
        for row in sorted(rows, key=lambda row: row["position"]):
            names.setdefault(row["language"], []).append(row["text"])
        if names:
            order = sorted(names, key=lambda tag: (LANGUAGES.index(tag) if tag in LANGUAGES else len(LANGUAGES), tag))
            mapping[self.key] = {tag: names[tag] if self.several else names[tag][0] for tag in order}


LANGUAGES = ("en", "ko", "ja", "zh")
LANGUAGE_TAG = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"


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


def refuse_unknown(mapping: dict, parts: tuple[Part, ...], at: Place, reading: Reading) -> None:
    known = [key for part in parts for key in part.keys]
    for key in mapping:
        if key not in known:
            reading.fault(at.within(key), f"is no key of the format; known here: {', '.join(known)}.")


def listed(mapping: dict, key: str, at: Place, reading: Reading) -> list:
    value = mapping.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        reading.fault(at.within(key), f"must be a list, not {in_words(value)}.")
        return []
    return value


def mappings(mapping: dict, key: str) -> list[dict]:
    """The mappings listed under the key; what is none of these is reported where they are read."""
    found = mapping.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def in_words(value: object) -> str:
    """What kind of thing a wrong value is."""
    if isinstance(value, bool):
        return f"{str(value).lower()} (put words such as NO into quotes)"
    if isinstance(value, datetime.date):
        return f"the unquoted date {value}"
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"the text “{shown(value)}”"
    return {dict: "a mapping", list: "a list"}.get(type(value)) or f"the number {value}"


def shown(text: str) -> str:
    """The text, short and printable, for a message."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:60]) + "…" * (
        len(text) > 60
    )


def untagged(language: object) -> str | None:
    if isinstance(language, str) and not re.fullmatch(LANGUAGE_TAG, language):
        return f"“{shown(language)}” is no language tag, such as ko or zh-Hans."
    return None


def values(model, **columns: str) -> tuple[Value, ...]:
    """Plain values: key of the format = column of the model."""
    return tuple(Value(key, model, column) for key, column in columns.items())


def check_quote(row: Row, at: Place, reading: Reading) -> None:
    if row.get("quote") and len(row["quote"].split()) > 25:
        reading.fault(at.within("quote"), "has more than 25 words.")


def refuse_circles(model, column: str, reading: Reading) -> None:
    """Report rows that lead back to themselves."""
    rows = reading.state[model]
    for key in rows:
        seen, step = {key}, rows[key].get(column)
        while step is not None and step in rows:
            if step in seen:
                if step == key:
                    reading.fault(reading.places[model, key].within(column), "leads back to itself.")
                break
            seen.add(step)
            step = rows[step].get(column)
