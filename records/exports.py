"""Rows as CSV and XLSX: one writer for what lists export, and the quote that keeps texts from being formulas."""

import csv
import datetime
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _

FORMATS = ("csv", "xlsx")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What spreadsheets take for a formula, in normal and full width. A text that was quoted before is quoted once more, so
# that taking one quote off again gives exactly what went in.
FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
MOST_CHARACTERS = 32767  # in a cell of a spreadsheet; XlsxWriter would leave a longer text out without a word
MOST_ROWS = 1_048_575  # below the header
IN_MEMORY = 4 * 1024 * 1024
FIRST_MOMENT = datetime.datetime(2000, 1, 1)  # equal rows give equal bytes, so the file does not tell when it was made
WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Cell = str | int | Decimal


class Unwritable(ValueError):
    """The rows do not fit into a file of this format; the message is written for readers."""


def guarded(text: str) -> str:
    """A text fit for a spreadsheet: what would begin a formula gets a quote in front."""
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded: takes off exactly the quote that `guarded` put there."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def plain(number: Decimal | int) -> str:
    """A number with all its digits and no more, never in powers of ten."""
    return f"{Decimal(number).normalize():f}"


def write(
    format: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    about: Sequence[tuple[str, str]] = (),
) -> IO[bytes]:
    """A file with these rows, read from its start. Texts are guarded; numbers stay numbers. Raises Unwritable.

    `about` says in a second sheet of a workbook what the rows are; CSV has no place for it.
    """
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        if format == "csv":
            write_csv(file, header, rows)
        else:
            _write_xlsx(file, header, rows, title, about)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def write_template(format: str, header: Sequence[str], told: Iterable[Sequence[str]], *, title: str) -> IO[bytes]:
    """A file to be filled in: the header, and in a workbook a second sheet that tells what its columns are for."""
    if format == "csv":
        return write(format, header, (), title=title)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    with xlsxwriter.Workbook(file, WORKBOOK) as book:
        book.set_properties({"title": title, "created": FIRST_MOMENT})
        _write_sheet(book, header, (), title)
        _write_told(book, "columns", told, (18, 18, 90))
    file.seek(0)
    return file


def write_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], *, marked: bool = True) -> None:
    """`csv_lines` into a file."""
    file.writelines(csv_lines(header, rows, marked=marked))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, marked: bool = True) -> Iterator[bytes]:
    """Rows as CSV, `marked` for spreadsheets as UTF-8: without that, most show Korean as noise."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(header)
    yield line.text.encode("utf-8-sig" if marked else "utf-8")
    for row in rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else plain(cell) for cell in row])
        yield line.text.encode()


class _Line:
    """The line that a writer of CSV wrote last."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def _write_xlsx(file, header, rows, title, about) -> None:
    with xlsxwriter.Workbook(file, WORKBOOK) as book:
        book.set_properties({"title": title, "created": FIRST_MOMENT})
        _write_sheet(book, header, rows, title)
        if about:
            _write_told(book, "about", about, (24, 110))


def _write_sheet(book, header, rows, title) -> None:
    # Text, so that nobody's spreadsheet turns “2019-07” into a day when it is typed.
    text, strong = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, max(len(header) - 1, 0), 18, text)
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, strong)
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Unwritable(_("A spreadsheet holds at most %(count)d rows; take CSV.") % {"count": MOST_ROWS})
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                _write_text(sheet, number, column, cell, header[column], text)
            elif exact(cell):
                sheet.write_number(number, column, float(cell))
            else:
                sheet.write_string(number, column, plain(cell), text)


def _write_told(book, name, rows, widths) -> None:
    """A sheet for people, of wrapped texts."""
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, wrapped)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(number, column, guarded(text)[:MOST_CHARACTERS], wrapped)


def _write_text(sheet, number, column, cell, name, text) -> None:
    if not cell:
        return
    cell = guarded(cell)
    if len(cell) > MOST_CHARACTERS:
        raise Unwritable(
            _("“%(column)s” in row %(row)d is longer than a cell of a spreadsheet can be; take CSV.")
            % {"column": name, "row": number + 1}
        )
    sheet.write_string(number, column, cell, text)


def exact(number: Decimal | int) -> bool:
    """Whether a spreadsheet, which counts in floating point, keeps the number as it is."""
    return len(plain(number).lstrip("-").replace(".", "").strip("0")) <= 15
