"""A table as it comes out of a file: a header and rows of texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

MOST_COLUMNS = 100
MOST_ROWS = 250_000


class Unreadable(Exception):
    """The file cannot be taken as a table; the message is written for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell whose text cannot be taken, and why."""

    text: str
    complaint: str

    def __bool__(self):
        return True


# The number that the sender's program shows beside the row, and its cells; an empty cell is an empty text.
Row = tuple[int, list[Cell | str]]


@dataclass(frozen=True)
class Table:
    """The cells of the first row, the rows below it as they are read, and how much of the file that was, of 1."""

    header_number: int
    header: list[Cell | str]
    rows: Iterator[Row]
    fraction: Callable[[], float]
