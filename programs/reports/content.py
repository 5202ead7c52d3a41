"""What a phase report says: sections of typed rows, the same for every format."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


class Unprintable(Exception):
    """The content cannot be shown rightly in a format; the message tells a reader why."""


Value = str | int | Decimal | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a section; a `date` holds EDTF text, whose bounds formats may show beside it, a `flag` yes or no."""

    name: str
    title: str
    kind: Literal["text", "date", "number", "flag"] = "text"


@dataclass(frozen=True)
class Row:
    """Values by column name, None where not stated; numbers of the sources they rest on; the code of its state."""

    values: dict[str, Value]
    sources: tuple[int, ...] = ()
    state: str = ""

    def __getitem__(self, name: str) -> Value:
        return self.values[name]


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remark: str = ""


@dataclass(frozen=True)
class Report:
    """A report in one language; `facts` are its head, labels and words.

    `known_at` is when the last of what it knows was written.
    """

    program: str
    title: str
    language: str
    on: datetime.date
    known_at: datetime.datetime | None
    facts: dict[str, str]
    summary: str
    sections: tuple[Section, ...]

    def section(self, name: str) -> Section:
        return next(section for section in self.sections if section.name == name)

    @property
    def titles(self) -> list[tuple[str, str]]:
        """All that the program is called, each with its language; first what it is called in that of the report."""
        names = [row for row in self.section("names").rows if row["short"] == self.title and row["native"]]
        titles = [(self.title, "en"), *((str(row["native"]), str(row["language"])) for row in names)]
        return sorted(titles, key=lambda title: title[1].split("-")[0] != self.language.split("-")[0])

    @property
    def data_hash(self) -> str:
        """SHA-256 of the canonical JSON of all it says, whenever that was known."""
        said = dataclasses.asdict(self)
        del said["known_at"]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_canonical)
        return hashlib.sha256(text.encode()).hexdigest()


def joined(texts: Iterable[str]) -> str | None:
    """Several texts as the value of one cell."""
    return "; ".join(texts) or None


def _canonical(value: Decimal | datetime.date) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value.isoformat()
