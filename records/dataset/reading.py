"""Reading the files: where something stands, what was read so far, and what is wrong with it."""

import datetime
from dataclasses import dataclass, field, replace

from records.dataset.rows import Key, Row, State


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
