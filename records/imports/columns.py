"""What stands in one column of a table: how its cells are read, checked and written, and where their values are kept.

A column is declared once, for import and export alike. Cells are texts; a column that reads the text it has written
finds no difference, whatever is stored.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from records.dataset.parts import Value
from records.dataset.reading import Place, Reading, shown
from records.exports import plain
from records.fields import BOUNDS, EDTFBoundField, EDTFField, bound_name
from records.models import Record

YES, NO = ("true", "yes", "1"), ("false", "no", "0")
MOST_WORDS = 400


class Refused(Exception):
    """A cell cannot be taken; the message says why, for whoever mends the file."""


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
