"""Writes an edition: every kind of rows as CSV and JSON Lines, described by a data package, with checksums and licence.

The package keeps to Frictionless Data Package 1 and Table Schema 1, https://specs.frictionlessdata.io.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone, translation

from records import exports, known, taking
from records.citing.heads import LICENSE
from records.editions import shelf
from records.imports import told
from records.imports.columns import Plain, Reference
from records.imports.kinds import ID, RowKind, kinds

NOTICE = settings.BASE_DIR / "data" / "LICENSE.md"


class Counted:
    """Passes things on and counts them."""

    def __init__(self, things: Iterable[Any]):
        self.things, self.count = things, 0

    def __iter__(self) -> Iterator[Any]:
        for thing in self.things:
            self.count += 1
            yield thing


def write(day: str) -> shelf.Edition:
    """Write the edition of a day beside the others and put it in its place; one that is there is replaced.

    What it says is of one moment. Memory holds a few hundred rows at a time.
    """
    place = shelf.folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".new-{day}-", dir=place))
    try:
        # In the language of the columns, whoever asks.
        with translation.override("en"), known.one_reading() as knowledge:
            resources = [described for kind in kinds().values() for described in _write_kind(beside, kind)]
        _write_package(beside, day, knowledge, resources)
        shutil.copyfile(NOTICE, beside / shelf.LICENCE)
        names = sorted(each.name for each in beside.iterdir())
        sums = "".join(f"{_digest(beside / name)}  {name}\n" for name in names)
        (beside / shelf.SUMS).write_text(sums)
        if (place / day).exists():
            shelf.take_away(place / day)
        beside.rename(place / day)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    edition = shelf.edition(day)
    assert edition is not None
    return edition


def _write_kind(beside: Path, kind: type[RowKind]) -> Iterator[dict[str, Any]]:
    """The two files of a kind, each with how the package describes it."""
    title = str(kind.title)

    def rows() -> models.QuerySet:
        return told.fetched(kind, kind.visible().order_by(*kind.order))

    table = Counted(told.table(kind, rows()))
    with (beside / f"{kind.name}.csv").open("wb") as file:
        exports.write_csv(file, told.headers(kind), table, marked=False)
    yield _described(beside / f"{kind.name}.csv", kind.name, title, "text/csv") | {
        "rows": table.count,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema(kind),
    }
    lines = Counted(taking.lines(kind, rows()))
    with (beside / f"{kind.name}.jsonl").open("wb") as file:
        file.writelines(line.encode() for line in lines)
    yield _described(beside / f"{kind.name}.jsonl", f"{kind.name}-lines", title, "application/jsonl") | {
        "lines": lines.count,
        # Not a table to programs that would read it by a schema.
        "type": "file",
        "profile": "data-resource",
        "encoding": "utf-8",
    }


def _described(path: Path, name: str, title: str, media_type: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "path": path.name,
        "format": path.suffix[1:],
        "mediatype": media_type,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{_digest(path)}",
    }


def schema(kind: type[RowKind]) -> dict[str, Any]:
    """The Table Schema of a kind's CSV file."""
    about = {header: text for header, _needed, text in kind.described()}
    fields: list[dict[str, Any]] = []
    if kind.has_id:
        unique = {"required": True, "unique": True}
        fields.append({"name": ID, "type": "string", "description": str(about[ID]), "constraints": unique})
    for column in kind.columns:
        fields.append({"name": column.header, "type": _type(column), "description": str(about[column.header])})
    for told_column in told.columns(kind):
        fields.append({"name": told_column.header, "type": told_column.type, "description": told_column.about})
    tables = {each.model: each.name for each in kinds().values() if each.has_id}
    links = [
        {"fields": column.header, "reference": {"resource": _own(tables[column.target], kind), "fields": ID}}
        for column in kind.columns
        if isinstance(column, Reference) and column.key == "slug" and column.target in tables
    ]
    made: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if kind.has_id:
        made["primaryKey"] = ID
    return made | ({"foreignKeys": links} if links else {})


def _own(name: str, kind: type[RowKind]) -> str:
    """A table by its name; the table itself is the empty name, by the specification."""
    return "" if name == kind.name else name


def _type(column) -> str:
    field = column.model._meta.get_field(column.column) if isinstance(column, Plain) else None
    if isinstance(field, models.BooleanField):
        return "boolean"
    if isinstance(field, models.IntegerField):
        return "integer"
    return "number" if isinstance(field, models.DecimalField) else "string"


def _write_package(beside: Path, day: str, knowledge: known.Knowledge, resources: list[dict[str, Any]]) -> None:
    now = timezone.now()
    package = {
        "profile": "data-package",
        "name": "policytrack",
        "title": "policytrack: export restrictions and the localization programs that answer them",
        "description": (
            "Every published record, as readers see it. Dates are EDTF texts with the first and last day that they"
            " allow. In CSV, a text that a spreadsheet would take for a formula has an apostrophe in front; JSON Lines"
            f" has it as it is. Cite as: policytrack data set, edition {day}."
        ),
        "version": day,
        "created": now.isoformat(timespec="seconds"),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENSE, "title": "Creative Commons Attribution 4.0"}],
        "policytrack": {
            "known": knowledge.at.isoformat() if knowledge.at else "",
            "changeSet": knowledge.number,
        },
        "resources": resources,
    }
    (beside / shelf.PACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
