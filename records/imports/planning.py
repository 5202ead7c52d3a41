"""The dry run: what a file would do, and all that is wrong with it; nothing but the plan is written."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from records.dataset.reading import Place, Reading, shown
from records.imports.columns import Column, LookUp, Refused, nearest
from records.imports.kinds import ID, READ_AT_ONCE, Line, RowKind
from records.imports.links import Beside, Links, split
from records.imports.tables import Cell, Table
from records.imports.told import WITHDRAWN
from records.imports.told import columns as told_columns
from records.models import Import, ImportFault, ImportRow, Record

MOST_FAULTS = 3000
MOST_POSITION = 32767  # what the column holds
COLUMNS = ("of_id", "number", "act", "record_key", "record_id", "version", "values", "before", "after")

Tell = Callable[[float, int], None]


@dataclass
class Plan:
    """What came of the check."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: int = 0
    doubts: int = 0
    kept: list[ImportFault] = field(default_factory=list)

    def fault(self, row: int | None, column: str, reason: str, *, doubt: bool = False) -> None:
        count = self.doubts if doubt else self.faults
        if doubt:
            self.doubts += 1
        else:
            self.faults += 1
        if count < MOST_FAULTS:
            self.kept.append(ImportFault(row=row, column=column[:100], reason=reason, is_doubt=doubt))


def check(order: Import, kind: type[RowKind], table: Table, tell: Tell) -> Plan:
    """Compare every row with its record, and keep what differs. Raises Unreadable where the file breaks off."""
    return _Check(order, kind, table, tell).run()


class _Check:
    def __init__(self, order: Import, kind: type[RowKind], table: Table, tell: Tell):
        self.order, self.kind, self.table, self.tell = order, kind, table, tell
        self.plan, self.look_up = Plan(), LookUp()
        # Row in which an id, or what makes rows alike, stood first; a hash takes less room than the texts.
        self.seen: dict[int, int] = {}
        self.headers: list[str] = []
        # Where exports tell why a record was withdrawn.
        self.notices_at: int | None = None
        self.lacking: set[str] = set()
        self.complained: set[int] = set()
        self.positions: Counter[Any] = Counter()
        self.leading: dict[str, str | None] = {}

    def run(self) -> Plan:
        self.headers = self._read_header()
        columns = [column for column in self.kind.columns if column.header in self.headers]
        rows = iter(self.table.rows)
        while batch := list(islice(rows, READ_AT_ONCE)):
            lines = [line for number, cells in batch if (line := self._line(number, cells)) is not None]
            self._batch(columns, lines)
            self.plan.rows += len(batch)
            self.tell(self.table.fraction(), self.plan.rows)
        for header in sorted(self.lacking):
            self.plan.fault(
                self.table.header_number, header, _("The column is missing, and new records cannot do without it.")
            )
        self._refuse_full()
        self._refuse_circles()
        return self.plan

    # The header

    def _read_header(self) -> list[str]:
        known, found = self.kind.headers, []
        told = {column.header for column in told_columns(self.kind)}
        for place, cell in enumerate(self.table.header):
            text = cell.text if isinstance(cell, Cell) else cell
            header = "_".join(text.strip().casefold().split())
            if not header:
                if any(self.table.header[place:]):
                    self.plan.fault(
                        self.table.header_number, "", _("Column %(number)d has no name.") % {"number": place + 1}
                    )
            elif header in told:
                # Exports tell it beside what can be changed.
                if header == WITHDRAWN:
                    self.notices_at = place
            elif header not in known:
                reason = _("“%(name)s” is no column of this table.") % {"name": shown(text)}
                self.plan.fault(self.table.header_number, shown(text), reason + nearest(header, known))
            elif header in found:
                self.plan.fault(self.table.header_number, header, _("The column stands here twice."))
                header = ""
            found.append(header if header in known else "")
        if not any(found):
            self.plan.fault(self.table.header_number, "", _("The first row names no column of this table."))
        elif self.kind.has_id and self.kind.needs_id and ID not in found and not self.plan.faults:
            self.plan.fault(self.table.header_number, ID, _("The column is missing: it tells which record a row is."))
        return found

    def _line(self, number: int, cells: list[Cell | str]) -> Line | None:
        line = Line(number, {})
        if self._says_nothing(cells):
            return None
        if len(cells) > len(self.headers):
            self._fault(line, "", _("This row has more cells than the header."))
        for header, cell in zip(self.headers, cells, strict=False):
            if isinstance(cell, Cell):
                self._fault(line, header, cell.complaint)
                line.values[header] = None  # so that it is not complained about as empty as well
            elif header:
                line.cells[header] = _plain(cell)
        return line if any(line.cells.values()) or line.values else None

    def _says_nothing(self, cells: list[Cell | str]) -> bool:
        """Whether a row is what exports tell of a withdrawn record: its id and the notice."""
        at = self.notices_at
        if at is None or at >= len(cells) or not cells[at]:
            return False
        return not any(cell for place, cell in enumerate(cells) if self.headers[place : place + 1] not in ([ID], [""]))

    # The rows

    def _fault(self, line: Line, header: str, reason: str) -> None:
        self.complained.add(line.number)
        self.plan.fault(line.number, header, reason)

    def _batch(self, columns: list[Column], lines: list[Line]) -> None:
        faulty = self.plan.faults
        for column in columns:
            column.gather([text for line in lines if (text := line.cell(column.header))], self.look_up)
        broken = {line.number: set(line.values) for line in lines}
        for line in lines:
            line.values = {}
        self.kind.identify(lines, self.look_up, self._fault)
        self.look_up.coming.setdefault(self.kind.model, set()).update(line.key for line in lines if line.record is None)
        once = {line.number for line in lines if self._stands_once(line)}
        for line in lines:
            self._read(columns, line, broken[line.number])
        lines = [line for line in lines if line.number in once]
        self._compare_alike([line for line in lines if line.record is None and line.number not in self.complained])
        if self.kind.positioned_in:
            self._count_positions(lines)
        kept = [row for line in lines if (row := self._row(line)) is not None]
        # Of a file with faults nothing can be applied; what it would have done is not worth its room.
        if self.plan.faults == faulty and kept:
            _copy(kept)

    def _stands_once(self, line: Line) -> bool:
        if not line.key:
            return True
        mark = hash((ID, line.key))
        if (first := self.seen.setdefault(mark, line.number)) != line.number:
            self._fault(
                line,
                ID if self.kind.has_id else self.kind.headers[0],
                _("“%(id)s” stands twice; first in row %(row)d.") % {"id": shown(line.key), "row": first},
            )
            return False
        return True

    def _read(self, columns: list[Column], line: Line, broken: set[str]) -> None:
        for column in columns:
            if column.header in broken:
                continue
            text = line.cell(column.header)
            if line.record is not None:
                was = column.text(line.record, public=False)
                if _alike(text, was) or _alike(text, column.text(line.record, public=True)):
                    continue
            elif not text and not column.needed:
                continue
            try:
                value = column.read(text, line.record, self.look_up)
            except Refused as refusal:
                self._fault(line, column.header, str(refusal))
                broken.add(column.header)
                continue
            if line.record is None or not _alike(column.written(value), was):
                line.values[column.header] = value
        if line.record is None:
            self.lacking |= {each.header for each in self.kind.columns if each.needed and each not in columns}
        elif line.values and line.asks:
            self._fault(line, ID, line.asks)
        elif line.values:
            if isinstance(line.record, Record):
                self._refuse_closed(line)
            self._refuse_move(line)
        self._check_row(line, broken)

    def _refuse_move(self, line: Line) -> None:
        if self.kind.positioned_in in line.values:
            self._fault(
                line,
                self.kind.positioned_in,
                _("differs from where “%(id)s” belongs; a row moves nowhere.") % {"id": line.key},
            )

    def _refuse_closed(self, line: Line) -> None:
        if line.record.state == Record.State.IN_REVIEW:
            self._fault(line, ID, _("“%(id)s” waits for its review and cannot be changed now.") % {"id": line.key})
        elif line.record.state == Record.State.WITHDRAWN:
            self._fault(
                line, ID, _("“%(id)s” was withdrawn; publish it again before it is changed.") % {"id": line.key}
            )

    def _check_row(self, line: Line, broken: set[str]) -> None:
        """Rules over several cells, except such as a complaint about one of them would only repeat."""

        def fault(line, header, reason):
            if header not in broken:
                self._fault(line, header, reason)

        for column in self.kind.columns:
            if isinstance(column, Beside) and {column.header, column.links.header} & {*line.values}:
                told, rows = self._told(line, column), self.kind.linked(line, column.links.header)
                if told and len(told) != len(rows) and column.links.header not in broken:
                    fault(
                        line,
                        column.header,
                        _("has %(told)d values, and “%(header)s” has %(rows)d.")
                        % {"told": len(told), "header": column.links.header, "rows": len(rows)},
                    )
        row, reading = self.kind.row_of(line), Reading()
        for rule in self.kind.rules:
            rule(row, Place(""), reading)
        for each in reading.faults:
            # The data set groups some of the columns: its `currency` within `budget` is `budget_currency` here.
            ending = f"_{each.place.path}"
            grouped = next((header for header in self.kind.headers if header.endswith(ending)), each.place.path)
            header = each.place.path if each.place.path in self.kind.headers else grouped
            fault(line, header, each.message)
        self.kind.check(line, row, self.look_up, fault)

    def _compare_alike(self, lines: list[Line]) -> None:
        for number, alike in enumerate(self.kind.alikes):
            found = {}
            for line in lines:
                texts = tuple(self._written(line, header) for header in alike.headers)
                if (normal := alike.of(texts)) is not None:
                    found[line.number] = normal
            if not found:
                continue
            standing = alike.standing(self.kind.model, list(found.values()))
            for line in lines:
                if (normal := found.get(line.number)) is None:
                    continue
                values = {"columns": ", ".join(alike.headers)}
                if (other := standing.get(normal)) is not None and other != line.key:
                    reason = _("looks like the record “%(other)s”: the same %(columns)s.") % {"other": other, **values}
                elif (first := self.seen.setdefault(hash((number, normal)), line.number)) != line.number:
                    reason = _("looks like row %(row)d: the same %(columns)s.") % {"row": first, **values}
                else:
                    continue
                self.plan.fault(line.number, alike.headers[-1], reason, doubt=not alike.grave)

    def _written(self, line: Line, header: str) -> str:
        if header not in line.values:
            return ""  # empty, or complained about already
        return self.kind.column(header).written(line.values[header])

    # What is kept of a row

    def _row(self, line: Line) -> tuple | None:
        if line.record is not None and not line.values:
            self.plan.unchanged += 1
            return None
        after, before, stored = {}, {}, {}
        for column in self.kind.columns:
            if column.header in line.values:
                value = line.values[column.header]
                after[column.header] = column.written(value)
                if line.record is not None:
                    before[column.header] = column.text(line.record, public=False)
                if not isinstance(column, Links | Beside):
                    stored |= column.stored(value)
        for column in self.kind.columns:
            if isinstance(column, Links):
                stored |= self._linked(line, column)
        stored |= line.derived
        self._lead(line)
        common = (self.order.pk, line.number)
        if line.record is None:
            self.plan.created += 1
            return (*common, ImportRow.Act.CREATE, line.key[:200], None, None, stored, {}, after)
        self.plan.changed += 1
        owner = getattr(line.record, self.kind.owner) if self.kind.owner else line.record
        return (*common, ImportRow.Act.CHANGE, line.key[:200], line.record.pk, owner.version, stored, before, after)

    def _linked(self, line: Line, column: Links) -> dict[str, Any]:
        """The rows of a column with several, each with what other columns tell of it."""
        beside = [each for each in self.kind.columns if isinstance(each, Beside) and each.links is column]
        touched = [each for each in beside if each.header in line.values]
        if column.header not in line.values and not touched:
            return {}
        told_beside = beside and line.record is not None
        held = {column._key_of(row): row for row in column.rows(line.record)} if told_beside else {}
        if column.header in line.values:
            value = line.values[column.header]
        else:
            value = [(key, getattr(row, column.to)) for key, row in held.items()]
        stored = column.stored(value)
        for each in beside:
            told = self._told(line, each)
            for place, (row, (key, _target)) in enumerate(zip(stored[f"~{column.header}"], value, strict=True)):
                if told is not None:
                    row[each.column] = (told[place] or None) if place < len(told) else None
                elif key in held:
                    row[each.column] = getattr(held[key], each.column)
        return stored

    def _told(self, line: Line, column: Beside) -> list[str] | None:
        """What the file says beside the rows of another column; None where it does not speak of it."""
        return split(line.cell(column.header)) if column.header in self.headers else None

    # Over all rows

    def _count_positions(self, lines: list[Line]) -> None:
        for line in lines:
            owner = line.values.get(self.kind.positioned_in) if line.record is None else None
            if owner is not None:
                self.positions[owner.pk] += 1

    def _refuse_full(self) -> None:
        if not self.positions:
            return
        column = self.kind.model._meta.get_field(self.kind.positioned_in)
        table, name = self.kind.model._meta.db_table, column.column
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT "{name}", max(position) FROM "{table}" WHERE "{name}" = ANY(%s) GROUP BY 1',
                [list(self.positions)],
            )
            for owner, last in [*cursor.fetchall(), *((owner, -1) for owner in self.positions)]:
                if last + self.positions.pop(owner, 0) > MOST_POSITION:
                    of = column.related_model._base_manager.get(pk=owner)
                    self.plan.fault(
                        None,
                        column.name,
                        _("“%(of)s” would have more than %(most)d rows.") % {"of": of, "most": MOST_POSITION},
                    )

    def _lead(self, line: Line) -> None:
        """Remember what a row will lead to among records of its own kind."""
        column = self.kind.leading()
        if column is not None and column.header in line.values:
            self.leading[line.key] = column.written(line.values[column.header]) or None
            self.seen[hash(("line", line.key))] = line.number

    def _refuse_circles(self) -> None:
        column = self.kind.leading()
        if column is None or not self.leading:
            return
        stored = self.kind.model._base_manager.exclude(**{column.column: None})
        leads = dict(stored.values_list("slug", f"{column.column}__slug")) | self.leading
        for key in self.leading:
            met, step = {key}, leads.get(key)
            while step is not None and step not in met:
                met.add(step)
                step = leads.get(step)
            if step == key:
                self.plan.fault(self.seen[hash(("line", key))], column.header, _("leads back to itself."))


def _alike(text: str, other: str) -> bool:
    # A browser sends line ends of two characters and XML keeps one.
    return text == other or _plain(text) == _plain(other)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _copy(rows: list[tuple]) -> None:
    """Write rows of the plan as PostgreSQL reads them fastest."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(["" if each is None else json.dumps(each) if isinstance(each, dict) else each for each in row])
    text.seek(0)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY \"{ImportRow._meta.db_table}\" ({names}) FROM STDIN (FORMAT csv, NULL '')", text)
