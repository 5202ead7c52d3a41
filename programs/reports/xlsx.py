"""A phase report as XLSX: a sheet for the head, one for each section, one with charts of the indicators."""

import datetime
import io
import re
from itertools import groupby

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from programs.reports.content import Report, Section, Unprintable, Value
from programs.reports.words import moment
from records import dates

MOST_CHARACTERS = 32767  # in a cell; XlsxWriter would leave a longer text out without a word
WIDTHS = {"number": 10, "date": 16, "flag": 12}
WIDEST = 60
FIRST_DAY = datetime.date(1900, 3, 1)  # before it, spreadsheets disagree on what day a number is
CHART_ROWS = 16


def write(report: Report) -> bytes:
    """The workbook. Raises Unprintable where a text is longer than a cell can hold."""
    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with translation.override(report.language), xlsxwriter.Workbook(file, options) as book:
        # The day the report is about, so that equal content gives equal bytes.
        book.set_properties(
            {
                "title": report.titles[0][0],
                "created": datetime.datetime.combine(report.on, datetime.time(), datetime.UTC).replace(tzinfo=None),
            }
        )
        sheets = _Sheets(book)
        sheets.head(report)
        for section in report.sections:
            sheets.section(section)
        sheets.charts(report.section("values"))
    return file.getvalue()


class _Sheets:
    """The sheets of one workbook; rows are written once, from the top, and not held in memory."""

    def __init__(self, book: xlsxwriter.Workbook):
        self.book = book
        self.names: dict[str, str] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.label = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.number = book.add_format({"valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})

    def head(self, report: Report) -> None:
        sheet = self._sheet("report", _("Report"))
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, report.titles[0][0], self.title)
        rows = {
            _("Program"): report.program,
            _("True on"): report.on,
            _("Known on"): moment(report.known_at),
            _("Data hash (SHA-256)"): report.data_hash,
            **report.facts,
            _("Summary"): report.summary,
        }
        rows |= {
            _("Rows in “%(section)s”") % {"section": section.title}: len(section.rows) for section in report.sections
        }
        for index, (label, value) in enumerate(rows.items(), start=2):
            sheet.write_string(index, 0, label, self.text)
            self._write(sheet, index, 1, value)

    def section(self, section: Section) -> None:
        sheet = self._sheet(section.name, section.title)
        titles, widths = [], []
        for column in section.columns:
            titles.append(column.title)
            lengths = [len(str(row[column.name] or "")) for row in section.rows]
            widths.append(WIDTHS.get(column.kind) or min(max([12, *lengths]), WIDEST))
            if column.kind == "date":
                titles += [
                    _("%(date)s, earliest") % {"date": column.title},
                    _("%(date)s, latest") % {"date": column.title},
                ]
                widths += [12, 12]
        titles.append(_("Sources"))
        for index, width in enumerate([*widths, 12]):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(1, 0)
        for index, title in enumerate(titles):
            sheet.write_string(0, index, title, self.label)
        for number, row in enumerate(section.rows, start=1):
            values: list = []
            for column in section.columns:
                value = row[column.name]
                values.append(value)
                if column.kind == "date":
                    day = dates.parse(value) if value else None
                    values += [day and day.earliest, day and day.latest]
            for index, value in enumerate([*values, ", ".join(map(str, row.sources))]):
                self._write(sheet, number, index, value)
        if section.rows:
            sheet.autofilter(0, 0, len(section.rows), len(titles) - 1)

    def charts(self, values: Section) -> None:
        """A native chart for each series of several values; dots only, for nothing is known between them."""
        numbered = list(enumerate(values.rows, start=1))
        series = [list(rows) for _key, rows in groupby(numbered, key=lambda pair: pair[1]["series"])]
        drawn = [rows for rows in series if len(rows) > 1]
        if not drawn:
            return
        sheet = self._sheet("charts", _("Charts"))
        position = [column.name for column in values.columns].index("date")
        day, value = position + 1, position + 3
        for index, rows in enumerate(drawn):
            chart = self.book.add_chart({"type": "scatter"})
            for kind, members in groupby(rows, key=lambda pair: pair[1].state):
                numbers = [number for number, _row in members]
                first, last = numbers[0], numbers[-1]
                chart.add_series(
                    {
                        "name": rows[0][1]["kind"] if kind == rows[0][1].state else rows[-1][1]["kind"],
                        "categories": [self.names["values"], first, day, last, day],
                        "values": [self.names["values"], first, value, last, value],
                        "marker": {
                            "type": "circle" if kind == "measured" else "diamond",
                            "fill": {"color": "#0b5a5e"} if kind == "measured" else {"none": True},
                            "border": {"color": "#0b5a5e" if kind == "measured" else "#17201f"},
                        },
                    }
                )
            chart.set_title({"name": rows[0][1]["indicator"], "name_font": {"size": 10}, "overlay": False})
            chart.set_x_axis({"num_format": "yyyy", "major_gridlines": {"visible": False}})
            chart.set_y_axis({"name": rows[0][1]["unit"], "min": 0, "major_gridlines": {"visible": True}})
            chart.set_legend({"position": "bottom"})
            sheet.insert_chart(index // 2 * CHART_ROWS, index % 2 * 8, chart)

    def _sheet(self, key: str, title: str) -> Worksheet:
        name = re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ")
        if name.lower() in {taken.lower() for taken in self.names.values()}:
            name = key
        self.names[key] = name
        return self.book.add_worksheet(name)

    def _write(self, sheet: Worksheet, row: int, column: int, value: Value | datetime.date) -> None:
        match value:
            case None | "":
                pass
            case bool():
                sheet.write_string(row, column, _("yes") if value else _("no"), self.text)
            case str():
                if len(value) > MOST_CHARACTERS:
                    text = _("The XLSX file cannot be made: a text is longer than the %(most)s characters of a cell.")
                    raise Unprintable(text % {"most": MOST_CHARACTERS})
                sheet.write_string(row, column, value, self.text)
            case datetime.date() if value >= FIRST_DAY:
                sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), self.day)
            case datetime.date():
                sheet.write_string(row, column, value.isoformat(), self.text)
            case _number:
                sheet.write_number(row, column, float(value), self.number)
