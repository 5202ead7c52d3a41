"""The parts of a mapping: which key is which column of the row, or of the rows that hang on it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models

from records import dates
from records.dataset.reading import Grouped, Place, Reading, in_words, listed, shown
from records.dataset.rows import SUBJECT, Key, Layout, Row
from records.fields import EDTFField
from records.models import Citation, Name, Source


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
        if column.choices and raw not in (known := [value for value, _ in column.flatchoices]):
            reading.fault(at, f"“{shown(str(raw))}” is none of these: {', '.join(known)}.")
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


def values(model, **columns: str) -> tuple[Value, ...]:
    """Plain values: key of the format = column of the model."""
    return tuple(Value(key, model, column) for key, column in columns.items())


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


LANGUAGES = ("en", "ko", "ja", "zh")


LANGUAGE_TAG = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"


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


def untagged(language: object) -> str | None:
    if isinstance(language, str) and not re.fullmatch(LANGUAGE_TAG, language):
        return f"“{shown(language)}” is no language tag, such as ko or zh-Hans."
    return None


def refuse_unknown(mapping: dict, parts: tuple[Part, ...], at: Place, reading: Reading) -> None:
    known = [key for part in parts for key in part.keys]
    for key in mapping:
        if key not in known:
            reading.fault(at.within(key), f"is no key of the format; known here: {', '.join(known)}.")
