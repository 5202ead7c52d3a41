"""A file as a table: CSV in any encoding and with any usual separator, or a workbook; one row in memory at a time."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from records.exports import unguarded
from records.imports import encodings, workbooks
from records.imports.tables import MOST_COLUMNS, MOST_ROWS, Cell, Row, Table, Unreadable

SEPARATORS = ",;\t|"
LONGEST_HEADER = 100_000


def is_text(file: BinaryIO) -> bool:
    file.seek(0)
    return not workbooks.is_workbook(file.read(8))


def read(file: BinaryIO, *, encoding: str, sheet: str, known: Iterable[str]) -> Table:
    """The table in the file; `known` are the headers that tell what separates them. Raises Unreadable, also later."""
    table = _text(file, encoding, set(known)) if is_text(file) else workbooks.read(file, sheet)
    if len(table.header) > MOST_COLUMNS:
        raise Unreadable(_("This table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    return Table(table.header_number, table.header, _checked(table), table.fraction)


def _text(file: BinaryIO, encoding: str, known: set[str]) -> Table:
    file.seek(0)
    first = _lines(file, encoding).readline(LONGEST_HEADER)

    def fitting(separator):
        names = next(csv.reader([first], delimiter=separator), [])
        return sum(name.strip().casefold() in known for name in names), len(names)

    separator = max(SEPARATORS, key=fitting)
    size = max(file.seek(0, io.SEEK_END), 1)
    file.seek(0)
    rows = _parsed(_lines(file, encoding), separator)
    try:
        number, header = next(rows)
    except StopIteration:
        raise Unreadable(_("This file is empty.")) from None
    return Table(number, header, rows, lambda: file.tell() / size)


def _lines(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(cast(BinaryIO, _Kept(file)), encoding=encoding, errors="strict", newline="")


class _Kept(io.BufferedIOBase):
    """The file, which stays open when the text over it is collected."""

    def __init__(self, file: BinaryIO):
        self.file = file

    def readable(self):
        return True

    def read(self, size=-1):
        return self.file.read(size)

    read1 = read


def _parsed(lines: io.TextIOWrapper, separator: str) -> Iterator[Row]:
    """The rows that are not empty, each with the number that a spreadsheet would show."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    try:
        while True:
            try:
                cells: list[Cell | str] = [*next(reader)]
            except StopIteration:
                return
            number += 1
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)d cannot be read (%(reason)s). Is a quotation mark missing?")
            % {"line": reader.line_num, "reason": error}
        ) from error
    except UnicodeError as error:
        raise Unreadable(
            _("After line %(line)d the file is not in the encoding %(encoding)s.")
            % {"line": reader.line_num, "encoding": encodings.NAMES.get(lines.encoding, lines.encoding)}
        ) from error


def _checked(table: Table) -> Iterator[Row]:
    width = len(table.header)
    for count, (number, cells) in enumerate(table.rows, start=1):
        if count > MOST_ROWS:
            raise Unreadable(_("This table has more than %(most)d rows; split it.") % {"most": MOST_ROWS})
        while len(cells) > width and not cells[-1]:
            cells.pop()
        yield number, [_printable(cell) if isinstance(cell, str) else cell for cell in cells]


def _printable(text: str) -> Cell | str:
    """The text without the quote that exports put before formulas; a complaint where no record can hold it."""
    text = unguarded(text)
    if "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        return Cell("", _("holds a character that no record can hold."))
    return text
