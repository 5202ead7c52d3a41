"""A phase report as CSV: a zip with one file for each section, column names the same in every language."""

import csv
import datetime
import io
import zipfile

from programs.reports.content import Column, Report, Row, Section, Value
from records import dates
from records.exports import guarded

# Equal content gives equal bytes, so the zip tells no time; this is the earliest that the format knows.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def write(report: Report) -> bytes:
    head = {
        "program": report.program,
        "title": report.title,
        "true_on": report.on,
        "known_on": report.known_at and report.known_at.astimezone(datetime.UTC).isoformat(),
        "language": report.language,
        "data_hash": report.data_hash,
        **{f"rows_{section.name}": len(section.rows) for section in report.sections},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "report", [["key", "value"], *([key, value] for key, value in head.items())])
        for section in report.sections:
            _add(archive, section.name, [_header(section), *(_row(section, row) for row in section.rows)])
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, rows: list[list]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([_plain(value) for value in row] for row in rows)
    entry = zipfile.ZipInfo(f"{name}.csv", NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text.getvalue().encode("utf-8-sig"))


def _header(section: Section) -> list[str]:
    names = []
    for column in section.columns:
        names.append(column.name)
        if column.kind == "date":
            names += [f"{column.name}_earliest", f"{column.name}_latest"]
    return [*names, *(["state"] if any(row.state for row in section.rows) else []), "sources"]


def _row(section: Section, row: Row) -> list:
    values = []
    for column in section.columns:
        values += _values(column, row[column.name])
    if any(each.state for each in section.rows):
        values.append(row.state)
    return [*values, " ".join(map(str, row.sources))]


def _values(column: Column, value: Value) -> list:
    if column.kind != "date":
        return [value]
    day = dates.parse(value) if value else None
    return [value, day and day.earliest, day and day.latest]


def _plain(value: Value | datetime.date) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return guarded(value)
        case datetime.date():
            return value.isoformat()
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
