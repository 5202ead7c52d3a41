"""What stands in one column of a table: how its cells are read, checked and written, and where their values are kept.

A column is declared once, for import and export alike. Cells are texts; a column that reads the text it has written
finds no difference, whatever is stored.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.dataset.parts import LANGUAGE_TAG, Value
from records.dataset.reading import Place, Reading, shown
from records.exports import plain
from records.fields import BOUNDS, EDTFBoundField, EDTFField, bound_name
from records.models import Citation, Name, Record

YES, NO = ("true", "yes", "1"), ("false", "no", "0")
MOST_WORDS = 400


class Refused(Exception):
    """A cell cannot be taken; the message says why, for whoever mends the file."""


def split(text: str) -> list[str]:
    """The parts of a cell with several values; a backslash keeps a semicolon in its value."""
    parts, part, characters = [], "", iter(text)
    for character in characters:
        if character == "\\":
            part += next(characters, "\\")
        elif character == ";":
            parts.append(part.strip())
            part = ""
        else:
            part += character
    parts.append(part.strip())
    return parts if any(parts) else []


def joined(values: Iterable[str]) -> str:
    """A cell that `split` takes apart again."""
    return "; ".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def is_shown(target: models.Model | None) -> bool:
    """Whether visitors may know of what a cell names."""
    return not isinstance(target, Record) or target.is_visible


def nearest(text: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(text[:MOST_WORDS], list(known), n=1, cutoff=0.7)
    return " " + _("Did you mean “%(nearest)s”?") % {"nearest": found[0]} if found else ""


class LookUp:
    """Rows that cells name, found in few queries: one for each model and each batch of rows."""

    MOST_KEPT = 50_000

    def __init__(self):
        self._found: dict[tuple[type, str], dict[str, Any]] = {}
        # Ids that rows of this very file will have.
        self.coming: dict[type, set[str]] = {}
        # What a kind of rows has to know of what its rows belong to.
        self.remembered: dict[str, Any] = {}

    def gather(self, model: type[models.Model], key: str, texts: Iterable[str]) -> None:
        found = self._found.setdefault((model, key), {})
        if len(found) > self.MOST_KEPT:
            found.clear()
        missing = [text for text in dict.fromkeys(texts) if text and text not in found]
        if missing:
            found.update(dict.fromkeys(missing))
            rows = model._base_manager.filter(**{f"{key}__in": missing})
            found.update((str(getattr(row, key)), row) for row in rows)

    def find(self, model: type[models.Model], key: str, text: str) -> Any:
        return self._found.get((model, key), {}).get(text)


@dataclass(frozen=True)
class Column:
    """A column of a table. `needed`: a new record cannot do without it."""

    header: str

    needed = False
    # Whether a cell is a number in a spreadsheet.
    numeric = False

    @property
    def about(self) -> str:
        """What it is for, in one sentence."""
        raise NotImplementedError

    def prefetches(self, model) -> Iterator[Prefetch | str]:
        """What has to be read beside the records so that `text` asks nothing."""
        return iter(())

    def text(self, record: models.Model, *, public: bool) -> str:
        """The cell of a record, for the desk or for visitors, who learn nothing of what they may not see."""
        raise NotImplementedError

    def gather(self, texts: list[str], look_up: LookUp) -> None:
        """Prepare to read the cells of many rows."""

    def read(self, text: str, record: models.Model | None, look_up: LookUp) -> Any:
        """What the cell says; raises Refused. `record` is the one that the row changes, if any."""
        raise NotImplementedError

    def written(self, value: Any) -> str:
        """The cell that says the value, for comparing and for showing."""
        raise NotImplementedError

    def stored(self, value: Any) -> dict[str, Any]:
        """The value as JSON, by column of the record's own table; or for other tables by a name of its own."""
        raise NotImplementedError


@dataclass(frozen=True)
class Plain(Column):
    """A column of the record's own table."""

    model: type[models.Model]
    column: str
    complaint: Callable[[object], str | None] | None = None

    @cached_property
    def _field(self) -> Any:
        return self.model._meta.get_field(self.column)

    @cached_property
    def needed(self):
        return not self._field.null and not self._field.has_default()

    @cached_property
    def numeric(self):
        return isinstance(self._field, models.IntegerField | models.DecimalField)

    @property
    def about(self):
        about = str(self._field.help_text or self._field.verbose_name)
        if isinstance(self._field, models.BooleanField):
            return f"{about} ({_('true or false')})"
        if self._field.choices:
            return f"{about} ({', '.join(value for value, _label in self._field.flatchoices)})"
        return about

    def text(self, record, *, public):
        return self.written(getattr(record, self.column))

    def written(self, value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return plain(value) if isinstance(value, Decimal) else str(value)

    def read(self, text, record, look_up):
        if isinstance(self._field, models.BooleanField):
            return self._flag(text)
        if not text:
            raw: Any = None
        elif isinstance(self._field, models.DecimalField):
            return self._decimal(text)
        elif isinstance(self._field, models.IntegerField):
            raw = self._integer(text)
        else:
            raw = text
        if raw is None and self._field.null:
            return None
        reading = Reading()
        value = Value(self.header, self.model, self.column, complaint=self.complaint).value(
            raw, {}, Place("", "", self.header), reading
        )
        if reading.faults:
            reason = reading.faults[0].message
            if self._field.choices and raw is not None:
                reason += nearest(str(raw), (value for value, _label in self._field.flatchoices))
            raise Refused(reason)
        return value

    def _flag(self, text):
        word = text.casefold()
        if not text:
            return self._field.get_default()
        if word not in (*YES, *NO):
            raise Refused(_("“%(text)s” is neither true nor false.") % {"text": shown(text)})
        return word in YES

    def _integer(self, text):
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text, re.ASCII):
            raise Refused(_("“%(text)s” is no whole number.") % {"text": shown(text)})
        return int(text)

    def _decimal(self, text):
        if not re.fullmatch(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?", text, re.ASCII):
            hint = " " + _("Write it without separators of thousands, with a point.") if "," in text else ""
            raise Refused(_("“%(text)s” is no number.") % {"text": shown(text)} + hint)
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise Refused(_("“%(text)s” is no number.") % {"text": shown(text)}) from error
        if self.complaint and (complaint := self.complaint(float(value))):
            raise Refused(complaint)
        places = self._field.decimal_places
        if value != round(value, places):
            raise Refused(_("“%(text)s” has more than %(places)d decimals.") % {"text": text, "places": places})
        if abs(value) >= Decimal(10) ** (self._field.max_digits - places):
            raise Refused(_("“%(text)s” has too many digits.") % {"text": text})
        return value

    def stored(self, value):
        values = {self._field.column: str(value) if isinstance(value, Decimal) else value}
        if isinstance(self._field, EDTFField):
            holder = self.model(**{self.column: value})
            for bound in BOUNDS:
                column: Any = self.model._meta.get_field(bound_name(self.column, bound))
                assert isinstance(column, EDTFBoundField)
                day = column.pre_save(holder, add=True)
                values[column.column] = day and day.isoformat()
        return values


def plains(model, **columns: str) -> tuple[Plain, ...]:
    """Plain columns: header of the table = column of the model."""
    return tuple(Plain(header, model, column) for header, column in columns.items())


@dataclass(frozen=True)
class Reference(Column):
    """The id of another row. `key` is the column that readers know it by."""

    model: type[models.Model]
    column: str
    key: str = "slug"

    @cached_property
    def _field(self) -> Any:
        return self.model._meta.get_field(self.column)

    @property
    def target(self) -> type[models.Model]:
        return self._field.related_model

    @cached_property
    def needed(self):
        return not self._field.null

    @property
    def about(self):
        about = str(self._field.help_text or self._field.verbose_name)
        return f"{about} ({_('its id')})" if self.key == "slug" else f"{about} ({_('its code')})"

    def prefetches(self, model):
        yield self.column

    def text(self, record, *, public):
        target = getattr(record, self.column)
        if target is None or (public and not is_shown(target)):
            return ""
        return str(getattr(target, self.key))

    def gather(self, texts, look_up):
        look_up.gather(self._field.related_model, self.key, texts)

    def read(self, text, record, look_up):
        if not text:
            if self.needed:
                raise Refused(_("is missing."))
            return None
        target = look_up.find(self._field.related_model, self.key, text)
        if target is None:
            if self._field.related_model is self.model and text in look_up.coming.get(self.model, ()):
                return text
            raise Refused(unknown(self._field.related_model, text))
        return target

    def written(self, value):
        return "" if value is None else value if isinstance(value, str) else str(getattr(value, self.key))

    def stored(self, value):
        if isinstance(value, str):
            # Made by another row of this file; its number is known when it is there.
            return {self._field.column: None, f"~{self._field.column}": value}
        return {self._field.column: value and value.pk}


def unknown(model, text: str) -> str:
    reason = _("“%(text)s” is no known %(kind)s.") % {"text": shown(text), "kind": model._meta.verbose_name}
    if text != text.strip().lower() and hasattr(model, "slug"):
        reason += " " + _("An id has lower-case letters, digits and hyphens only.")
    return reason


@dataclass(frozen=True)
class Links(Column):
    """Rows that hang on the record, several in one cell, parted by semicolons.

    `to` is what a row points at, found by `key`; with `words`, what is no id is kept there as text. `fixed` are columns
    that are the same for all rows. What visitors may not see stays, whatever a file without it says.
    """

    model: type[models.Model]
    owner: str
    to: str
    key: str = "slug"
    words: str | None = None
    related_name: str = ""
    required: bool = False
    complaint: Callable[[object], str | None] | None = None
    fixed: dict[str, Any] = field(default_factory=dict, hash=False)
    note: str | Promise = ""

    @property
    def needed(self):
        return self.required

    @cached_property
    def target(self) -> type[models.Model]:
        return self.model._meta.get_field(self.to).related_model  # type: ignore[return-value]

    @property
    def about(self):
        which = _("ids") if self.key == "slug" else _("codes")
        about = str(self.note or self.target._meta.verbose_name_plural)
        return f"{about} ({which}, {_('several with semicolons')})"

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that tell the rows of one record apart."""
        return (self.to, self.words) if self.words else (self.to,)

    @property
    def is_generic(self) -> bool:
        """Whether the rows hang on records of any kind."""
        return self.owner == "subject"

    def prefetches(self, model):
        rows = self.model._base_manager.select_related(self.to).order_by("position", "pk")
        yield Prefetch(self.related_name, rows.filter(**self.fixed), to_attr=self._kept_as)

    @property
    def _kept_as(self) -> str:
        return f"read_{self.header}"

    def rows(self, record) -> list[Any]:
        return getattr(record, self._kept_as)

    def keys_of(self, rows: Iterable[Any], *, public: bool) -> list[str]:
        """What the cell names, in order and once."""
        shown_rows = [row for row in rows if not public or is_shown(getattr(row, self.to))]
        return list(dict.fromkeys(self._key_of(row) for row in shown_rows))

    def _key_of(self, row) -> str:
        target = getattr(row, self.to)
        return str(getattr(target, self.key)) if target is not None else getattr(row, self.words)

    def text(self, record, *, public):
        return joined(self.keys_of(self.rows(record), public=public))

    def gather(self, texts, look_up):
        look_up.gather(self.target, self.key, (part for text in texts for part in split(text)))

    def read(self, text, record, look_up):
        parts = split(text)
        if not parts and self.required:
            raise Refused(_("is missing."))
        if "" in parts:
            raise Refused(_("has an empty value between two semicolons."))
        if len(set(parts)) < len(parts):
            raise Refused(_("says the same twice."))
        for part in parts:
            if self.complaint and (complaint := self.complaint(part)):
                raise Refused(complaint)
        found = [self._found(part, look_up) for part in parts]
        if record is not None:
            hidden = [row for row in self.rows(record) if not is_shown(getattr(row, self.to))]
            found += [(key, getattr(row, self.to)) for row in hidden if (key := self._key_of(row)) not in parts]
        return found

    def _found(self, part, look_up):
        target = look_up.find(self.target, self.key, part)
        if target is None:
            # Words have capitals or spaces; what has neither was meant as an id.
            if not self.words or re.fullmatch("[a-z0-9]+(-[a-z0-9]+)+", part):
                raise Refused(unknown(self.target, part))
            limit = self.model._meta.get_field(self.words).max_length
            if limit and len(part) > limit:
                raise Refused(_("“%(text)s” is longer than %(limit)d.") % {"text": shown(part), "limit": limit})
        return part, target

    def written(self, value):
        return joined(key for key, _target in value)

    def stored(self, value):
        rows = [
            {self.to: target and target.pk} | ({self.words: None if target else key} if self.words else {})
            for key, target in value
        ]
        return {f"~{self.header}": rows}


@dataclass(frozen=True)
class Beside(Column):
    """What is told of each of the rows of another column, in the same order; an empty one where nothing is told."""

    links: Links
    column: str

    @property
    def about(self):
        field: Any = self.links.model._meta.get_field(self.column)
        return f"{field.help_text} ({_('as many as %(header)s, parted by semicolons') % {'header': self.links.header}})"

    def text(self, record, *, public):
        rows = {self.links._key_of(row): row for row in self.links.rows(record)}
        told = [getattr(rows[key], self.column) or "" for key in self.links.keys_of(rows.values(), public=public)]
        return joined(told) if any(told) else ""

    def read(self, text, record, look_up):
        return split(text)

    def written(self, value):
        return joined(value)

    def stored(self, value):
        raise NotImplementedError


@dataclass(frozen=True)
class Names(Links):
    """Names in several languages: “ko: 불화수소; ja: フッ化水素”."""

    key: str = ""

    @property
    def identity(self):
        return ("language", "text")

    def prefetches(self, model):
        rows = Name.objects.filter(**self.fixed).order_by("language", "position", "pk")
        yield Prefetch("names", rows, to_attr=self._kept_as)

    @property
    def about(self):
        return _("Names, each with its language: “ko: 불화수소; ja: フッ化水素”")

    def text(self, record, *, public):
        return joined(f"{row.language}: {row.text}" for row in self.rows(record))

    def gather(self, texts, look_up):
        pass

    def read(self, text, record, look_up):
        found = []
        for part in split(text):
            language, colon, name = part.partition(":")
            language, name = language.strip(), name.strip()
            if not colon or not re.fullmatch(LANGUAGE_TAG, language) or not name:
                raise Refused(
                    _("“%(text)s” is no name with its language, such as “ko: 불화수소”.") % {"text": shown(part)}
                )
            if len(language) > 12 or len(name) > 300 or not name.isprintable():
                raise Refused(_("“%(text)s” is too long or cannot be printed.") % {"text": shown(part)})
            found.append((language, name))
        if len(set(found)) < len(found):
            raise Refused(_("says the same twice."))
        return found

    def written(self, value):
        return joined(f"{language}: {name}" for language, name in value)

    def stored(self, value):
        return {f"~{self.header}": [{"language": language, "text": name} for language, name in value]}


def names(header: str, kind: str) -> Names:
    return Names(header, Name, "subject", "", related_name="names", fixed={"kind": kind})


@dataclass(frozen=True)
class Sources(Links):
    """The sources that the record as a whole rests on."""

    def read(self, text, record, look_up):
        found = super().read(text, record, look_up)
        kept = {key for key, _target in found}
        for row in self.rows(record) if record is not None else ():
            # A passage that somebody marked is worth more than a cell that forgot its source.
            if (row.quote or row.locator or row.snapshot_id) and self._key_of(row) not in kept:
                raise Refused(
                    _("“%(source)s” is cited with a passage; take it away at the desk.") % {"source": self._key_of(row)}
                )
        return found


def sources() -> Sources:
    return Sources(
        "sources",
        Citation,
        "subject",
        "source",
        related_name="citations",
        fixed={"field": ""},
        note=gettext_lazy("Sources that it rests on"),
    )
