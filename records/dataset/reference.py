"""Reference rows that the data set points at and does not change: countries, nomenclatures."""

import csv
from collections.abc import Iterator
from pathlib import Path

from records.dataset.rows import Layout, Row


class Reference:
    """Rows of one reference model; apps subclass it."""

    layout: Layout

    @classmethod
    def rows(cls, directory: Path) -> Iterator[Row]:
        """Every row, in the files of the data set or from a library."""
        raise NotImplementedError

    @staticmethod
    def table(directory: Path, name: str) -> Iterator[dict[str, str]]:
        """The lines of a CSV file with a header."""
        with Path(directory, name).open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
