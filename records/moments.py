"""Transactions whose queries agree with each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment(*, writing: bool = False) -> Iterator[None]:
    """A transaction that sees the database as it was at its first query; within another one, what that one sees.

    With `writing` it may change rows, and raises OperationalError where somebody else changed the same ones meanwhile.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                mode = "READ WRITE" if writing else "READ ONLY"
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, {mode}")
        yield
