"""Files as they come: encodings, separators, workbooks, and such as nobody should open."""

import datetime
import io
import struct
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from records.imports import encodings, reading, workbooks
from records.imports.links import joined, split
from records.imports.tables import MOST_COLUMNS, Cell, Unreadable
from tests.records.brought import table, workbook

KOREAN = "id,name\na,불화수소의 수출 허가를 개별로 전환한다고 발표하였다\nb,포토레지스트와 불화폴리이미드\n"
JAPANESE = "id,name\na,フッ化水素の輸出を個別許可に切り替えると発表した\nb,レジストとフッ化ポリイミド\n"
CHINESE = "id,name\na,镓和锗相关物项实施出口管制\nb,石墨\n"
HEADER = ["id", "name", "date"]


def rows(content, *, encoding="utf-8-sig", known=HEADER, sheet="events"):
    found = reading.read(io.BytesIO(content), encoding=encoding, sheet=sheet, known=known)
    return [*found.header], [(number, cells) for number, cells in found.rows]


def refused(content):
    with pytest.raises(Unreadable) as caught:
        rows(content)
    return str(caught.value)


def repacked(content, **changes):
    """The workbook with entries replaced, by their name in the zip; None leaves one out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, text in changes.items():
            if text is not None:
                new.writestr(name, text)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def edited(content, old, new):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(SHEET).decode()
    assert old in text
    return repacked(content, **{SHEET: text.replace(old, new)})


class TestEncodings:
    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            (KOREAN, "cp949"),
            (JAPANESE, "cp932"),
            (KOREAN, "utf-8"),
            (JAPANESE, "utf-16"),
            (CHINESE, "utf-8-sig"),
            (KOREAN, "utf-16-le"),
            ("id,name\na,plain\n", "ascii"),
        ],
    )
    def test_told_by_the_bytes(self, text, encoding):
        content = text.encode(encoding)
        found = encodings.readings(io.BytesIO(content))
        assert len(found) == 1
        header, read = rows(content, encoding=found[0].encoding)
        assert header == ["id", "name"]
        assert read[0][1] == text.splitlines()[1].split(",")

    @pytest.mark.parametrize(
        ("text", "encoding"), [(CHINESE, "gb18030"), (JAPANESE, "euc_jp"), ("id,name\na,車\n", "big5")]
    )
    def test_asked_where_several_make_sense(self, text, encoding):
        found = encodings.readings(io.BytesIO(text.encode(encoding)))
        assert len(found) > 1
        assert text.splitlines()[1] in {each.sample.splitlines()[0] for each in found if each.encoding == encoding}

    def test_nothing_where_it_is_no_text(self):
        assert encodings.readings(io.BytesIO(b"\x89PNG\x00\x00\x00\r\xff\xfe\x00\xd8\x00\x00\x00")) == []

    def test_a_file_that_turns_out_otherwise_is_named_with_its_line(self):
        with pytest.raises(Unreadable, match=r"After line \d+ .* encoding"):
            rows(b"id,name\n" + b"a,b\n" * 40000 + "a,불\n".encode("cp949"))


class TestText:
    @pytest.mark.parametrize("separator", ",;\t|")
    def test_the_separator_is_the_one_that_makes_known_headers(self, separator):
        content = table([["a", "x,y;z", "2019"]], HEADER, separator=separator)
        assert rows(content) == (HEADER, [(2, ["a", "x,y;z", "2019"])])

    def test_rows_keep_the_numbers_that_a_spreadsheet_shows(self):
        content = b'id,name\n\na,"two\nlines"\n,\nb,x\n'
        assert [number for number, _cells in rows(content)[1]] == [3, 5]

    def test_a_quotation_mark_that_is_never_closed(self):
        assert "quotation mark" in refused(b'id,name\na,"never closed\nb,x\n')

    def test_an_empty_file(self):
        assert "empty" in refused(b"\n\n")

    def test_a_quote_before_a_formula_is_taken_off_once(self):
        assert rows(b"id,name\na,'=1+1\nb,''=1\nc,'x\n")[1] == [(2, ["a", "=1+1"]), (3, ["b", "'=1"]), (4, ["c", "'x"])]

    def test_a_character_that_no_record_can_hold(self):
        cell = rows(b"id,name\na,x\0y\n")[1][0][1][1]
        assert isinstance(cell, Cell)
        assert "character" in cell.complaint

    def test_too_many_columns_and_rows(self, monkeypatch):
        assert "columns" in refused(",".join("x" * (MOST_COLUMNS + 1)).encode())
        monkeypatch.setattr(reading, "MOST_ROWS", 3)
        assert "3 rows" in refused(b"id,name\n" + b"a,b\n" * 4)


class TestWorkbooks:
    def cell(self, write):
        return rows(workbook([["id"], [write]]))[1][0][1][0]

    def test_cells_are_read_as_they_are_shown(self):
        content = workbook([["id", "name", "date"], ["a", 12, 0.1], ["b", True, "2019-07"]])
        assert rows(content)[1] == [(2, ["a", "12", "0.1"]), (3, ["b", "true", "2019-07"])]

    def test_a_day_is_a_day(self):

        def write(book, sheet, row, column):
            sheet.write_datetime(
                row, column, datetime.datetime(2019, 7, 1), book.add_format({"num_format": "d mmm yyyy"})
            )

        assert self.cell(write) == "2019-07-01"

    @pytest.mark.parametrize(("format", "part"), [("mmm yyyy", "month"), ("yyyy", "month"), ("0%", "percentage")])
    def test_what_is_shown_otherwise_than_stored_is_a_complaint(self, format, part):
        def write(book, sheet, row, column):
            sheet.write_number(row, column, 43647 if part == "month" else 0.12, book.add_format({"num_format": format}))

        cell = self.cell(write)
        assert isinstance(cell, Cell)
        assert part in cell.complaint

    def test_a_time_of_day_is_a_complaint(self):
        def write(book, sheet, row, column):
            sheet.write_number(row, column, 43647.5, book.add_format({"num_format": "d/m/yyyy h:mm"}))

        assert "time of day" in self.cell(write).complaint

    def test_an_error_is_a_complaint(self):
        cell = self.cell(lambda book, sheet, row, column: sheet.write_formula(row, column, "=1/0", None, "#DIV/0!"))
        assert "formula" in cell.complaint

    def test_a_lying_dimension_cuts_nothing_off(self):
        content = workbook([["id", "name"], *([f"a{number}", "x"] for number in range(50))])
        lying = edited(content, '<dimension ref="A1:B51"/>', '<dimension ref="A1:A2"/>')
        assert len(rows(lying)[1]) == 50
        huge = edited(content, '<dimension ref="A1:B51"/>', '<dimension ref="A1:XFD1048576"/>')
        assert len(rows(huge)[1]) == 50

    def test_a_cell_far_out_takes_no_room(self):
        content = workbook([["id"], ["a"]])
        far = edited(content, '<row r="2"', '<row r="2" spans="1:1"><c r="XFD2"><v>1</v></c></row><row r="3"')
        assert [number for number, _cells in rows(far)[1]] == [3]

    def test_the_sheet_that_has_the_name_of_its_rows_is_read(self):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            for name in ("Notes", "Events"):
                book.add_worksheet(name).write_column(0, 0, ["id", name])
        assert rows(file.getvalue())[1] == [(2, ["Events"])]

    def test_macros(self):
        content = repacked(workbook([["id"], ["a"]]), **{"xl/vbaProject.bin": b"\0" * 10})
        assert "macros" in refused(content)

    def test_ten_thousand_entries(self):
        content = repacked(workbook([["id"], ["a"]]), **{f"xl/media/{number}.bin": b"" for number in range(10_000)})
        assert "10" in refused(content)
        assert "not opened" in refused(content)

    def test_a_zip_bomb(self):
        content = repacked(workbook([["id"], ["a"]]), **{SHEET: b"0" * 300_000_000})
        assert len(content) < 1_000_000
        assert "300 MB" in refused(content)

    def test_a_bomb_that_lies_about_its_size(self):
        content = bytearray(repacked(workbook([["id"], ["a"]]), **{SHEET: b"0" * 30_000_000}))
        # The size that the table of contents declares for the sheet.
        place = content.rfind(SHEET.encode())
        content[place - 22 : place - 18] = struct.pack("<I", 1000)
        assert "read" in refused(bytes(content)) or "damaged" in refused(bytes(content))

    def test_xml_that_unpacks_without_end(self):
        bomb = (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
            '<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
        )
        assert "entities" in refused(repacked(workbook([["id"], ["a"]]), **{SHEET: bomb}))

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (workbooks.OLE + b"\0" * 600, "password"),
            (b"PK\x03\x04" + b"\0" * 50, "damaged"),
            (repacked(workbook([["id"]]), **{SHEET: None}), "no workbook"),
            (repacked(workbook([["id"], ["a"]]), **{SHEET: b"<not xml"}), "cannot be read"),
        ],
    )
    def test_what_is_no_workbook(self, content, word):
        assert word in refused(content)

    def test_how_far_it_is_read_never_falls(self):
        content = workbook([["id"], *([f"a{number}"] for number in range(2000))])
        found = reading.read(io.BytesIO(content), encoding="", sheet="x", known=["id"])
        told = [found.fraction() for _row in found.rows]
        assert told == sorted(told)
        assert 0 < told[0] <= told[-1] <= 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(str.strip).filter(bool), max_size=5))
def test_a_cell_with_several_values_comes_apart_as_it_was_joined(values):
    assert split(joined(values)) == values
