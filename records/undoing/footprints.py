"""What a change set wrote: for each table the rows that it made, deleted and changed, and how to take that back.

The rows before it are the versions that it superseded, the rows after it those that are known since it, live or by now
versions themselves. Counters say nothing: a row that differs in its version alone was not changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import connection, models

from records import history
from records.derived import derived_models

Keys = set[Any]
COUNTERS = ("known_since", "version")


@dataclass
class Footprint:
    """What a change set did to the rows of one table, by their keys."""

    model: type[models.Model]
    number: int
    made: list = field(default_factory=list)
    deleted: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    # Of the changed ones, those whose old values others of them may hold until they are set back as well.
    told_apart: list = field(default_factory=list)
    # Of all of them, those that are no longer as the change set left them.
    overwritten: list = field(default_factory=list)

    @property
    def keys(self) -> list:
        return [*self.made, *self.deleted, *self.changed]

    @property
    def coming(self) -> list:
        """The rows that have their old values again after the undoing."""
        return [*self.deleted, *self.changed]

    def remove(self, cursor) -> None:
        """Delete what the change set made, and what cannot be set back in place."""
        if keys := [*self.made, *self.told_apart]:
            cursor.execute(f"DELETE FROM {_table(self.model)} WHERE {_key(self.model)} = ANY(%s)", [keys])

    def change_back(self, cursor) -> None:
        keys = set(self.changed) - set(self.told_apart)
        if not keys:
            return
        columns = compared(self.model)
        sets = [f"{each} = before.{each}" for each in columns]
        if _counts_versions(self.model):
            sets.append("version = live.version + 1")
        cursor.execute(
            f"UPDATE {_table(self.model)} live SET {', '.join(sets)} FROM {_versions(self.model)} before"
            f" WHERE before.superseded_by = %s AND before.pgh_obj_id = live.{_key(self.model)}"
            f" AND live.{_key(self.model)} = ANY(%s)",
            [self.number, list(keys)],
        )

    def restore(self, cursor) -> None:
        """Insert under their old keys what the change set deleted, and what `remove` deleted."""
        keys = [*self.deleted, *self.told_apart]
        if not keys:
            return
        columns = compared(self.model)
        names, values = [_key(self.model), *columns], ["before.pgh_obj_id", *(f"before.{each}" for each in columns)]
        versions = _versions(self.model)
        if _counts_versions(self.model):
            names.append("version")
            # The last that it had before it went, just now or at any time.
            values.append(
                f"1 + (SELECT max(each.version) FROM {versions} each WHERE each.pgh_obj_id = before.pgh_obj_id)"
            )
        cursor.execute(
            f"INSERT INTO {_table(self.model)} ({', '.join(names)}) SELECT {', '.join(values)} FROM {versions} before"
            " WHERE before.superseded_by = %s AND before.pgh_obj_id = ANY(%s)",
            [self.number, keys],
        )


def tracked_models() -> list[type[models.Model]]:
    """The models whose rows people and jobs write; what is derived from them is derived again."""
    derived = derived_models()
    return [model for model in tables() if model not in derived]


def tables() -> list[type[models.Model]]:
    """The models whose rows have versions."""
    found = [model for model in apps.get_models() if not model._meta.proxy]
    return [model for model in found if history.version_model(model) is not None]


def of(number: int) -> list[Footprint]:
    """What the change set of this number wrote, table by table, as far as it changed anything."""
    with connection.cursor() as cursor, many_rows(cursor):
        found = [_read(cursor, model, number) for model in _written(cursor, number)]
    return [footprint for footprint in found if footprint.keys]


def _written(cursor, number: int) -> list[type[models.Model]]:
    """The models of the tables that the change set wrote to."""
    tracked = tracked_models()
    cursor.execute(
        " UNION ALL ".join(
            f"""SELECT {place} WHERE EXISTS (SELECT FROM {_table(model)} WHERE known_since = %(number)s)
                OR EXISTS (SELECT FROM {_versions(model)} WHERE %(number)s IN (known_since, superseded_by))"""
            for place, model in enumerate(tracked)
        ),
        {"number": number},
    )
    return [tracked[place] for (place,) in sorted(cursor.fetchall())]


@contextmanager
def many_rows(cursor) -> Iterator[None]:
    """Inside a transaction: let statements be planned for many rows.

    What was just written is unknown to the planner, and compiling takes longer than running.
    """
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
    yield
    # A failed transaction takes its settings with it.
    cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


def _read(cursor, model, number: int) -> Footprint:
    columns = compared(model)
    written = f"SELECT {{key}} AS key, {', '.join(columns)} FROM {{table}} WHERE {{number}} = %(number)s"
    live = {"key": _key(model), "table": _table(model), "number": "known_since"}
    past = {"key": "pgh_obj_id", "table": _versions(model)}
    names = sorted(told_apart_by(cursor, model) & set(columns))
    cursor.execute(
        f"""
        WITH before AS ({written.format(**past, number="superseded_by")}),
        after AS ({written.format(**live)} UNION ALL {written.format(**past, number="known_since")})
        SELECT key, before.key IS NULL, after.key IS NULL,
               {f"{_row('before', names)} IS DISTINCT FROM {_row('after', names)}" if names else "false"},
               {_row("live", [_key(model), *columns])} IS DISTINCT FROM {_row("after", ["key", *columns])}
        FROM before FULL JOIN after USING (key) LEFT JOIN {_table(model)} live ON live.{_key(model)} = key
        WHERE {_row("before", ["key", *columns])} IS DISTINCT FROM {_row("after", ["key", *columns])}
        ORDER BY key
        """,
        {"number": number},
    )
    footprint = Footprint(model, number)
    for key, is_new, is_gone, differs_apart, is_overwritten in cursor.fetchall():
        (footprint.made if is_new else footprint.deleted if is_gone else footprint.changed).append(key)
        if differs_apart and not is_new and not is_gone:
            footprint.told_apart.append(key)
        if is_overwritten:
            footprint.overwritten.append(key)
    return footprint


def compared(model: type[models.Model]) -> list[str]:
    """The columns, quoted, that say what a row says; not its key, not its counters, not what the database computes."""
    return [
        f'"{each.column}"'
        for each in model._meta.concrete_fields
        if not each.primary_key and not isinstance(each, models.GeneratedField) and each.column not in COUNTERS
    ]


def told_apart_by(cursor, model: type[models.Model]) -> set[str]:
    """The columns, quoted, by which the database tells rows apart."""
    cursor.execute(
        """
        SELECT attname, bool_or(indexprs IS NOT NULL OR indpred IS NOT NULL) OVER ()
        FROM pg_index LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey::smallint[])
        WHERE indrelid = %s::regclass AND (indisunique OR indisexclusion) AND NOT indisprimary
        """,
        [f'"{model._meta.db_table}"'],
    )
    found = cursor.fetchall()
    # What an expression or a condition looks at is not told by the catalogue in words.
    return set(compared(model)) if any(anything for _name, anything in found) else {f'"{name}"' for name, _ in found}


def values_of(model: type[models.Model], column: str, rows: Footprint | Keys, *, where: str = "true") -> Keys:
    """What rows have in a column now; of a footprint, also what they had before."""
    found = f'SELECT "{column}" FROM {_table(model)} WHERE {_key(model)} = ANY(%(keys)s) AND {where}'
    parameters: dict[str, Any] = {"keys": rows.keys if isinstance(rows, Footprint) else list(rows)}
    if isinstance(rows, Footprint):
        found += (
            f' UNION SELECT "{column}" FROM {_versions(model)}'
            f" WHERE superseded_by = %(number)s AND pgh_obj_id = ANY(%(keys)s) AND {where}"
        )
        parameters["number"] = rows.number
    with connection.cursor() as cursor:
        cursor.execute(found, parameters)
        return {value for (value,) in cursor.fetchall() if value is not None}


def generic(model: type[models.Model]) -> GenericForeignKey | None:
    """The column by which rows of the model are about a row of any model."""
    return next((each for each in model._meta.private_fields if isinstance(each, GenericForeignKey)), None)


def version_of(model: type[models.Model]) -> models.QuerySet:
    return history.version_model(model)._base_manager.all()


def _counts_versions(model: type[models.Model]) -> bool:
    return any(each.column == "version" for each in model._meta.concrete_fields)


def _row(table: str, columns) -> str:
    return f"ROW({', '.join(f'{table}.{each}' for each in columns)})"


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _versions(model: type[models.Model]) -> str:
    return f'"{history.version_table(model)}"'


def _key(model: type[models.Model]) -> str:
    return f'"{model._meta.pk.column}"'
