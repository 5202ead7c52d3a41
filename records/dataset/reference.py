"""Reference rows that the data set points at and does not change: countries, nomenclatures."""

import csv
from pathlib import Path

from records.dataset.reading import Place, Reading
from records.dataset.rows import Layout, Row


class Reference:
    """Rows of one reference model, from a CSV file with the header `columns` or from a library; apps subclass it."""

    layout: Layout
    file = ""
    columns: tuple[str, ...] = ()

    @classmethod
    def read(cls, directory: Path, reading: Reading) -> None:
        """Every row, and every fault of the file."""
        lines = list(csv.reader(cls._text(directory, reading)))
        if lines and tuple(lines[0]) != cls.columns:
            reading.fault(Place(cls.file, "line 1"), f"the header must be {','.join(cls.columns)}.")
            lines = []
        if not lines:
            reading.unread.add(cls.layout.model)
        for number, line in enumerate(lines[1:], start=2):
            at = Place(cls.file, f"line {number}")
            if len(line) != len(cls.columns) or not all(line):
                reading.fault(at, f"must have {len(cls.columns)} values.")
            elif row := cls.row(dict(zip(cls.columns, line, strict=True)), at, reading):
                cls.add(row, at, reading)

    @classmethod
    def row(cls, line: dict[str, str], at: Place, reading: Reading) -> Row | None:
        """The row that a line of the file says; None where it says none."""
        raise NotImplementedError

    @classmethod
    def add(cls, row: Row, at: Place, reading: Reading) -> None:
        for column, value in row.items():
            if (target := cls.layout.points_at(column)) and value is not None:
                reading.references.append((at.within(column), target, value))
        reading.add(cls.layout.model, tuple(row[column] for column in cls.layout.key), row, at)

    @classmethod
    def _text(cls, directory: Path, reading: Reading) -> list[str]:
        try:
            return Path(directory, cls.file).read_text(encoding="utf-8-sig").splitlines(keepends=True)
        except FileNotFoundError:
            reading.fault(Place(cls.file), "is missing.")
        except UnicodeDecodeError as error:
            reading.fault(Place(cls.file), f"is not UTF-8 at byte {error.start}.")
        return []
