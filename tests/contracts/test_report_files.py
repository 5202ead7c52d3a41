"""The files of phase reports, opened with others' programs: the same figures, every script right, no formula."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from hashlib import sha256

import openpyxl
import pypdf
import pytest

from measures.models import Claim, DisputedFact
from programs.models import Program
from programs.reports import csv as csv_files
from programs.reports import pdf, xlsx
from programs.reports.build import build
from programs.reports.content import Unprintable
from programs.reports.pages import pages
from records import fonts
from records.models import Name
from tests.programs import reported

pytestmark = pytest.mark.django_db
FONTS = fonts.DIRECTORY
HEAD, FOOT = 780, 57  # of an A4 page, in points from its lower edge
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.fixture
def program():
    return reported.full_program()


@pytest.fixture
def report(program):
    return build(reported.manifest(program))


def workbook(report):
    return openpyxl.load_workbook(io.BytesIO(xlsx.write(report)))


def table(report, section):
    """The rows of a sheet as dictionaries by the titles of columns."""
    head, *rows = workbook(report)[report.section(section).title].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def csv_table(report, section):
    with zipfile.ZipFile(io.BytesIO(csv_files.write(report))) as archive:
        text = archive.read(f"{section}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def text(content):
    """The text of a PDF, without regard to how it was broken into lines."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def squeezed(words):
    return "".join(unicodedata.normalize("NFKC", words).split())


def pdf_text(report):
    return squeezed(text(pdf.write(report)))


def test_the_same_figures_stand_in_every_format(report):
    printed = pdf_text(report)
    states = [row["state"] for row in csv_table(report, "milestones")]
    assert states == [row["State"].lower() for row in table(report, "milestones")] == ["achieved", "overdue"]
    assert squeezed("2: 1 achieved, 1 overdue") in printed

    request = csv_table(report, "directives")[0]
    assert (request["asked"], request["answers"], request["unnamed"]) == ("10", "3", "2")
    sheet = table(report, "directives")[0]
    assert (sheet["Asked"], sheet["Answers"], sheet["Of these by unnamed bodies"]) == (10, 3, 2)
    assert squeezed("10 asked, 3 answers, 2 of them unnamed") in printed

    stands_for = [int(row["stands_for"]) for row in csv_table(report, "projects")]
    assert stands_for == [row["Stands for"] for row in table(report, "projects")] == [1, 17]
    assert squeezed("stands for 17") in printed
    assert squeezed("2 rows that stand for 18 projects or bodies") in printed

    amounts = [(row["amount"], row["currency"]) for row in csv_table(report, "budgets")]
    assert amounts == [(f"{row['Amount']:.0f}", row["Currency"]) for row in table(report, "budgets")]
    assert amounts == [("7800000000000", "KRW"), ("28000000", "USD")]
    assert squeezed("about 7.8 trillion KRW for the whole program") in printed
    assert squeezed("28 million USD") in printed

    values = [(row["date"], row["value"]) for row in csv_table(report, "values")]
    assert values == [(row["Date"], f"{row['Value']:g}") for row in table(report, "values")]
    assert values == [("2019", "31.4"), ("2021", "24.9"), ("2025", "12.5")]
    assert all(value in printed for _date, value in values)


def test_every_row_and_source_stands_in_every_format(report):
    printed = pdf_text(report)
    sheets = workbook(report)
    for section in report.sections:
        assert len(csv_table(report, section.name)) == len(section.rows)
        assert sheets[section.title].max_row == len(section.rows) + 1
        for row in section.rows:
            for column in section.columns:
                if column.kind == "text" and section.name not in ("indicators", "values", "names") and row[column.name]:
                    if column.name in ("language", "url", "inputs", "feeds"):
                        continue
                    assert squeezed(row[column.name]) in printed, (section.name, column.name)


def test_all_formats_carry_the_day_and_the_hash_of_the_data(report):
    head = dict(row for row in workbook(report)["Report"].iter_rows(values_only=True) if row[0])
    assert head["True on"].date() == report.on
    assert head["Data hash (SHA-256)"] == report.data_hash
    facts = {row["key"]: row["value"] for row in csv_table(report, "report")}
    assert (facts["true_on"], facts["data_hash"]) == ("2026-11-24", report.data_hash)
    assert report.data_hash[:12] in pdf_text(report)
    assert squeezed("True on 24 November 2026") in pdf_text(report)


def test_names_in_korean_japanese_and_chinese_are_text_in_the_pdf(report):
    printed = pdf_text(report)
    for name in Name.objects.all():
        assert squeezed(name.text) in printed


def test_a_report_in_another_language_is_marked_as_such(program):
    content = pdf.write(build(reported.manifest(program, language="ko")))
    assert pypdf.PdfReader(io.BytesIO(content)).root_object["/Lang"] == "ko"


def test_the_pdf_is_tagged_has_bookmarks_and_page_numbers(report):
    reader = pypdf.PdfReader(io.BytesIO(pdf.write(report)))
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    titles = [entry.title for entry in reader.outline[1]]
    assert titles[0].endswith("Phases")
    assert titles[-1].endswith("Sources")
    for number, page in enumerate(reader.pages, start=1):
        assert f"Page {number} of {len(reader.pages)}" in " ".join(page.extract_text().split())
    width, height = reader.pages[0].mediabox[2:]
    assert (round(width), round(height)) == (595, 842)


def test_no_glyph_of_the_pdf_is_the_box_for_missing_ones(report):
    reader = pypdf.PdfReader(io.BytesIO(pdf.write(report)))
    fonts = {font["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].get_object().values()}
    assert fonts
    assert all("Noto" in font for font in fonts)
    assert "\ufffd" not in text(pdf.write(report))


def last_lines(content):
    """The lowest line of each page, above its foot."""
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        pieces = []

        def found(words, place, _tm, _font, _size, pieces=pieces):
            if words.strip() and FOOT < place[5] < HEAD:
                pieces.append((place[5], place[4], words))

        page.extract_text(visitor_text=found)
        lowest = min((y for y, _x, _words in pieces), default=0)
        yield squeezed("".join(words for y, _x, words in sorted(pieces, key=lambda p: p[1]) if y - lowest < 4))


def test_no_heading_is_left_alone_at_the_foot_of_a_page(program):
    indicator = program.indicators.first()
    for number in range(60):
        fact = reported.made(DisputedFact, subject=indicator, question=f"Question number {number}?")
        Claim.objects.create(disputed_fact=fact, claimant="Somebody", date="2021", statement="So it is said.")
    summary, long = program.summary, set()
    for lines in range(8):
        # Each line more moves everything after it towards the foot of its page.
        program.summary = summary + " It is longer than it was, to move what comes after it further down." * 2 * lines
        program.save()
        report = build(reported.manifest(program))
        titles = {squeezed(section.title) for section in report.sections}
        rows = [row for block in pages(report)["blocks"] for row in block["rows"]]
        subheadings = {squeezed(row) for row in rows if isinstance(row, str)}
        last = list(last_lines(pdf.write(report)))
        long.add(len(last))
        assert [line for line in last if line in subheadings or re.sub(r"^\d+", "", line) in titles] == []
    assert min(long) > 4


def test_equal_content_gives_equal_bytes(program, report):
    same = build(reported.manifest(program))
    for writer in (pdf.write, xlsx.write, csv_files.write):
        assert writer(report) == writer(same)


def test_dates_are_text_and_typed_bounds(report):
    row = table(report, "milestones")[1]
    assert row["Expected"] == "2020-08"
    assert row["Expected, earliest"].date().isoformat() == "2020-08-01"
    assert row["Expected, latest"].date().isoformat() == "2020-08-31"
    assert csv_table(report, "milestones")[1]["expected_latest"] == "2020-08-31"
    open_ended = csv_table(report, "phases")[0]
    assert (open_ended["actual"], open_ended["actual_latest"]) == ("2019-07-22/..", "")


def test_unknown_is_an_empty_cell_never_zero(report):
    assert csv_table(report, "projects")[1]["period"] == csv_table(report, "projects")[1]["years_min"] == ""
    assert table(report, "projects")[1]["Years, at least"] is None


def test_sheets_are_frozen_filtered_and_drawn(report):
    sheets = workbook(report)
    sheet = sheets[report.section("milestones").title]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert len(sheets["Charts"]._charts) == 1


@pytest.mark.parametrize("start", FORMULA)
def test_no_text_is_ever_a_formula(program, start):
    formula = f"{start}cmd|' /C calc'!A0"
    reported.milestone(program.phases.first(), formula, expected="2020")
    report = build(reported.manifest(program))
    cells = [cell for sheet in workbook(report) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d"}
    assert any(str(cell.value).endswith(formula.strip()) for cell in cells)
    assert not any(cell.hyperlink for cell in cells)
    assert f"'{formula}" in [row["title"] for row in csv_table(report, "milestones")]
    assert all(not value.startswith(FORMULA) for row in csv_table(report, "milestones") for value in row.values())


def test_a_quoted_text_is_quoted_once_more_so_that_one_quote_can_be_taken_off():
    assert csv_files._plain("=1") == "'=1"
    assert csv_files._plain("'=1") == "''=1"
    assert csv_files._plain("'tis") == "'tis"
    assert csv_files._plain(-5) == "-5"


def test_csv_opens_in_a_spreadsheet_as_utf8(report):
    with zipfile.ZipFile(io.BytesIO(csv_files.write(report))) as archive:
        assert archive.testzip() is None
        assert {entry.filename for entry in archive.infolist()} == {
            "report.csv",
            *(f"{section.name}.csv" for section in report.sections),
        }
        for entry in archive.infolist():
            assert archive.read(entry).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "title",
    [
        "가" * 200,
        "漢字" * 100,
        "x" * 200,
        "\u202eright to left override\u202c and \u200bzero\u200dwidth\ufeff",
        "العربية שלום हिन्दी ไทย",
        "#set page(width: 1pt) $x$ *bold* @label <label> \\ // [",
        "\x01\x0b\x7f control",
        "Ångström, naïve, İstanbul, Київ, Ωμέγα",
    ],
    ids=[
        "long Korean",
        "long Chinese",
        "one long word",
        "bidi and zero width",
        "other scripts",
        "markup",
        "controls",
        "Latin",
    ],
)
def test_a_title_of_any_kind_gives_a_right_report(program, title):
    Program.objects.update(title=title)
    report = build(reported.manifest(program))
    visible = "".join(c for c in title if unicodedata.category(c) not in ("Cc", "Cf"))
    if title.isascii() or "가" in title or "漢" in title:
        assert squeezed(visible) in pdf_text(report)
    assert pdf.write(report).startswith(b"%PDF-")
    assert workbook(report)["Report"]["A1"].value
    assert dict(csv.reader(io.StringIO(_head(report))))["title"].lstrip("'") == title.replace("\r", "\n")


def _head(report):
    with zipfile.ZipFile(io.BytesIO(csv_files.write(report))) as archive:
        return archive.read("report.csv").decode("utf-8-sig")


def test_a_thousand_characters_of_korean_are_set_over_lines(program):
    Program.objects.update(summary="가나다라마바사아자차" * 100)
    assert squeezed("가나다라마바사아자차" * 100) in pdf_text(build(reported.manifest(program)))


@pytest.mark.parametrize("character", ["\U00012000", "😀", "ᠮ"])
def test_a_character_that_no_font_has_is_refused_by_name(program, character):
    Program.objects.update(summary=f"Here: {character}")
    with pytest.raises(Unprintable, match=re.escape(unicodedata.name(character))):
        pdf.write(build(reported.manifest(program)))


def test_a_text_longer_than_a_cell_is_refused_not_dropped(program):
    Program.objects.update(summary="x" * 40_000)
    with pytest.raises(Unprintable, match="32767"):
        xlsx.write(build(reported.manifest(program)))


def test_a_program_without_anything_gives_files_too():
    report = build(reported.manifest(reported.program()))
    assert squeezed("No phase of this program is recorded.") in pdf_text(report)
    assert len(workbook(report).sheetnames) == len(report.sections) + 1
    assert csv_table(report, "phases") == []


def test_the_fonts_are_those_whose_characters_are_known():
    recorded = json.loads((FONTS / "fonts.json").read_text())
    assert {path.name for path in FONTS.glob("*.ttf")} == set(recorded)
    for name, font in recorded.items():
        assert sha256((FONTS / name).read_bytes()).hexdigest() == font["sha256"], name
