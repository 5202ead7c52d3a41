"""Rows as files: what a spreadsheet makes of them, and what comes back."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import exports
from records.imports import reading
from records.imports.tables import Cell
from tests.records.brought import workbook

# Texts that a record can hold, and such as spreadsheets take for something else.
PIECES = ["'", "=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", ";", "1", "a", "_x0041_", '"', ",", "\n"]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=30),
    st.builds("".join, st.lists(st.sampled_from(PIECES))),
)
NUMBERS = st.decimals(min_value=-(10**13), max_value=10**13, places=6, allow_nan=False)


def read(content, header, sheet="rows"):
    table = reading.read(io.BytesIO(content), encoding="utf-8-sig", sheet=sheet, known=header)
    return table.header, [cells for _number, cells in table.rows]


@given(TEXTS)
def test_a_guarded_text_is_no_formula_and_comes_back_exactly(text):
    guarded = exports.guarded(text)
    assert not guarded or guarded[0] not in "=+-@\t\r＝＋－＠"
    assert exports.unguarded(guarded) == text


@pytest.mark.parametrize("text", ["'quoted'", "it's", "", "−1", "'"])
def test_a_text_that_is_no_formula_stays_as_it_is(text):
    assert exports.guarded(text) == text == exports.unguarded(text)


@pytest.mark.parametrize("format", exports.FORMATS)
@given(rows=st.lists(st.tuples(st.sampled_from(["x", "y"]), TEXTS, NUMBERS), max_size=4))
def test_what_was_written_is_read_as_it_was(format, rows):
    header = ["id", "text", "number"]
    with exports.write(format, header, rows, title="rows") as file:
        found, cells = read(file.read(), header)
    assert found == header
    wanted = [[key, text, exports.plain(number)] for key, text, number in rows]
    assert cells == wanted


@pytest.mark.parametrize("format", exports.FORMATS)
def test_equal_rows_give_equal_bytes(format):
    written = []
    for _time in range(2):
        with exports.write(format, ["id"], [["a"], ["b"]], title="rows") as file:
            written.append(file.read())
    assert written[0] == written[1]


def test_a_workbook_holds_numbers_as_numbers_and_texts_as_texts():
    with exports.write("xlsx", ["a", "b"], [["2019-07", Decimal("12.50")], ["=1+1", 3]], title="rows") as file:
        cells = [list(row) for row in openpyxl.load_workbook(file).active.iter_rows(min_row=2)]
    assert [[cell.value for cell in row] for row in cells] == [["2019-07", 12.5], ["'=1+1", 3]]
    assert cells[0][0].number_format == "@"
    assert cells[1][0].data_type == "s"


def test_a_number_that_floating_point_cannot_hold_is_text():
    number = Decimal("12345678901234.567891")
    with exports.write("xlsx", ["n"], [[number]], title="rows") as file:
        assert openpyxl.load_workbook(file).active["A2"].value == "12345678901234.567891"


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut():
    with pytest.raises(exports.Unwritable, match="“text” in row 3"):
        exports.write("xlsx", ["id", "text"], [["a", "short"], ["b", "x" * 32768]], title="rows")
    with exports.write("csv", ["id", "text"], [["b", "x" * 32768]], title="rows") as file:
        assert len(file.read()) > 32768


def test_a_csv_file_opens_as_unicode_in_spreadsheets():
    with exports.write("csv", ["name"], [["불화수소"]], title="rows") as file:
        content = file.read()
    assert content.startswith(b"\xef\xbb\xbf")
    assert next(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == ["name"]


def test_a_template_explains_its_columns():
    with exports.write_template("xlsx", ["id", "title"], [("id", "needed", "=Public id")], title="rows") as file:
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["rows", "columns"]
    assert [cell.value for cell in book["columns"][1]] == ["id", "needed", "'=Public id"]


def test_a_formula_is_a_complaint_and_not_a_value():
    content = workbook([["id"], [lambda book, sheet, row, column: sheet.write_formula(row, column, "=1+1")]])
    assert isinstance(read(content, ["id"])[1][0][0], Cell)
