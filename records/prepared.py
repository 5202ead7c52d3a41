"""Statements that a connection plans once: for what every save asks, where planning costs more than running."""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def fetch(name: str, statement: str, types: Mapping[str, str], parameters: Mapping[str, Any]) -> list[tuple]:
    """The rows of a statement with `%(names)s`, prepared under `name` by the first who asks on a connection.

    `types` gives each parameter its type in PostgreSQL. Not for sets whose size decides the plan.
    """
    with connection.cursor() as cursor:
        known = _known.setdefault(connection.connection, set())
        if name not in known:
            places = {parameter: f"${number}" for number, parameter in enumerate(types, 1)}
            cursor.execute(f"PREPARE {name} ({', '.join(types.values())}) AS {statement % places}")
            known.add(name)
        values = [parameters[parameter] for parameter in types]
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
        return cursor.fetchall()
