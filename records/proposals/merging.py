"""What was proposed beside what is stored now."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model

from records.proposals.contents import values_of


@dataclass
class Merged:
    """One column of a row: as proposed on, as stored now, as proposed."""

    name: str
    path: str
    old: Any
    stored: Any
    new: Any

    act: str = "change"

    @property
    def is_done(self) -> bool:
        return self.act == "change" and self.stored == self.new

    @property
    def conflicts(self) -> bool:
        """Whether somebody else changed it meanwhile, and to something else."""
        return self.act != "add" and self.stored != self.old and not self.is_done


@dataclass
class MergedRow:
    """One row of a proposal beside what is stored now; `stored` is None where it is new, or gone."""

    place: int
    model: type[Model]
    act: str
    title: str
    stored: Model | None
    columns: list[Merged] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        return self.act == "change" and self.stored is None

    @property
    def conflicts(self) -> bool:
        """Whether somebody has to say what holds: of a row to be removed, whether it still is to be."""
        return self.is_gone or any(column.conflicts for column in self.columns)

    @property
    def path(self) -> str:
        return str(self.place)


def merge(rows: list[dict]) -> list[MergedRow]:
    """The rows of a proposal beside what is stored now, one query for each model."""
    keys: dict[str, list] = {}
    for row in rows:
        if row["key"] is not None:
            keys.setdefault(row["model"], []).append(row["key"])
    stored = {model: apps.get_model(model)._base_manager.in_bulk(found) for model, found in keys.items()}
    merged = []
    for place, row in enumerate(rows):
        model = apps.get_model(row["model"])
        live = stored.get(row["model"], {}).get(row["key"])
        now = values_of(live) if live is not None else {}
        each = MergedRow(place, model, row["act"], row["title"], live)
        for name, value in row["values"].items():
            old = value.get("old")
            each.columns.append(Merged(name, f"{place}.{name}", old, now.get(name, old), value.get("new"), row["act"]))
        merged.append(each)
    return merged


def stored_digest(rows: list[dict]) -> str:
    """A digest of what is stored now where these rows would write; somebody's choice is about that and nothing else."""
    stored = [
        [row.stored is None, *(column.stored for column in row.columns)] for row in merge(rows) if row.act != "add"
    ]
    return hashlib.sha256(json.dumps(stored).encode()).hexdigest()[:16]
