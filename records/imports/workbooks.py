"""Opening a workbook that somebody sent: what is in the zip is judged before any of it is unpacked."""

import re
import zipfile
from collections.abc import Generator, Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from records.exports import plain
from records.imports.tables import MOST_COLUMNS, Cell, Row, Table, Unreadable

MOST_ENTRIES = 1000
# What the entries say they unpack to; Python's zipfile gives no byte more. Of the texts that cells share, all are held
# in memory at once.
MOST_BYTES = 1_000_000_000
MOST_SHARED_BYTES = 80_000_000
MOST_OTHER_BYTES = 20_000_000
MOST_RATIO = 200
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
SHARED = "xl/sharedstrings.xml"
MACROS = re.compile(r"(vbaproject|vbadata)[^/]*\.bin$|^xl/macrosheets/", re.IGNORECASE)
# XML knows no control characters; spreadsheets write them so.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", OLE))


def refuse_unsafe(file: BinaryIO) -> None:
    """Raise Unreadable where the file is no workbook that may be opened; reads its table of contents only."""
    file.seek(0)
    if file.read(8) == OLE:
        raise Unreadable(_("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without one."))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(_("This file is damaged: it is no workbook that can be opened.")) from error
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(
            _("This workbook holds %(count)d files, and a real one at most %(most)d. It was not opened.")
            % {"count": len(entries), "most": MOST_ENTRIES}
        )
    names = [entry.filename for entry in entries]
    if any(MACROS.search(name) for name in names):
        raise Unreadable(_("This workbook holds macros. Save it as .xlsx, which has none."))
    if "[Content_Types].xml" not in names or not any(SHEET.fullmatch(name) for name in names):
        raise Unreadable(_("This zip file is no workbook with a sheet."))
    if len(set(names)) != len(names):
        raise Unreadable(_("This workbook names one of its files twice. It was not opened."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(_("This workbook is protected with a password. Save it without one."))
    for entry in entries:
        name = entry.filename.lower()
        most = MOST_SHARED_BYTES if name == SHARED else MOST_BYTES if SHEET.fullmatch(name) else MOST_OTHER_BYTES
        if entry.file_size > most and name.endswith((".xml", ".rels")):
            raise Unreadable(_too_large(entry.file_size))
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if unpacked > MOST_BYTES or (unpacked > MOST_OTHER_BYTES and unpacked > MOST_RATIO * max(packed, 1)):
        raise Unreadable(_too_large(unpacked))


def _too_large(size: int) -> str:
    return _("Unpacked, this workbook would take %(size)d MB. It was not opened; split it, or send CSV.") % {
        "size": size // 1_000_000
    }


def read(file: BinaryIO, sheet_name: str) -> Table:
    """The rows of the sheet of that name, else of the first sheet that is shown. Raises Unreadable, also later."""
    refuse_unsafe(file)
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    except Exception as error:  # of whatever kind: what it is, openpyxl does not tell, and the sender is to blame
        raise Unreadable(_("This workbook cannot be read: %(reason)s.") % {"reason": _reason(error)}) from error
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Unreadable(_("This workbook has no sheet with cells."))
    sheet = next((each for each in sheets if each.title.strip().casefold() == sheet_name), sheets[0])
    rows = _rows(sheet, MOST_COLUMNS + 1)
    header = next(((number, cells) for number, cells in rows if any(cells)), None)
    rows.close()
    if header is None:
        raise Unreadable(_("The sheet “%(name)s” is empty.") % {"name": sheet.title[:60]})
    number, cells = header
    opened = sheet._get_source()
    # How far it is unpacked is the only measure of a sheet that can be trusted.
    sheet._get_source = lambda: opened
    size = max(book._archive.getinfo(sheet._worksheet_path).file_size, 1)
    return Table(
        number, cells, _below(sheet, number, len(cells)), lambda: 1.0 if opened.closed else opened.tell() / size
    )


def _below(sheet, header: int, width: int) -> Iterator[Row]:
    for number, cells in _rows(sheet, width + 1):
        if number > header and any(cells):
            yield number, cells


def _rows(sheet, width: int) -> Generator[Row, None, None]:
    # Believed, a wrong <dimension> would cut rows off without a word.
    sheet.reset_dimensions()
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=width), start=1):
            read = [_cell(cell) for cell in cells]
            while read and not read[-1]:
                read.pop()
            yield number, read
    except (DefusedXmlException, ParseError, zipfile.BadZipFile, InvalidFileException) as error:
        raise Unreadable(_("This workbook cannot be read: %(reason)s.") % {"reason": _reason(error)}) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OverflowError) as error:
        raise Unreadable(_("This workbook is damaged: %(reason)s.") % {"reason": _reason(error)}) from error


def _reason(error: Exception) -> str:
    if isinstance(error, DefusedXmlException) or isinstance(error.__context__, DefusedXmlException):
        return _("its XML declares entities, which no spreadsheet does")
    return type(error).__name__


def _cell(cell: Any) -> Cell | str:
    """The text of a cell, or what is wrong with it."""
    value = cell.value
    if value is None:
        return ""
    match cell.data_type:
        case "f":
            return Cell("", _("holds a formula; put its value there instead."))
        case "e":
            return Cell("", _("holds the error %(error)s.") % {"error": str(value)[:20]})
        case "b":
            return "true" if value else "false"
        case "d":
            return _day(cell, value)
        case "n":
            if "%" in _format(cell):
                return Cell("", _("is shown as a percentage, and stored as a fraction; write a plain number."))
            return _number(value)
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))


def _format(cell) -> str:
    return str(cell.number_format or "")


def _number(value: float | int) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return plain(Decimal(repr(value)))


def _day(cell, value) -> Cell | str:
    text = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", _format(cell).lower())
    if not isinstance(value, datetime) or value.time() != time():
        return Cell("", _("holds a time of day; write the day as text, such as 2019-07-01."))
    # The sheet shows “Jul 2019” and stores the first of the month: a day that nobody wrote.
    if "d" not in text:
        return Cell("", _("is shown as a month or year, but stored as a day; write it as text, such as 2019-07."))
    return value.date().isoformat()
