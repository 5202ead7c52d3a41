"""Columns whose cells hold several values: rows that hang on the record, in the order of the cell."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.dataset.parts import LANGUAGE_TAG
from records.dataset.reading import shown
from records.imports.columns import Column, Refused, is_shown, unknown
from records.models import Citation, Name


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
