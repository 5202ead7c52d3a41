"""What has changed since a change set: in which tables, and which records the changed rows belong to."""

import functools
from collections.abc import Iterable

from django.apps import apps
from django.db import connection
from django.db.models import Model

from records import belonging
from records.history import version_model, version_table
from records.models import Record


@functools.cache
def tracked() -> dict[str, type[Model]]:
    """The models with history, by their table."""
    return {
        model._meta.db_table: model
        for model in apps.get_models()
        if not model._meta.proxy and version_model(model) is not None
    }


def tables(among: Iterable[str], since: int) -> frozenset[str]:
    """Those of the tables with history in which a change set after this one wrote, replaced or deleted a row."""
    asked = sorted(set(among))
    if not asked:
        return frozenset()
    models = tracked()
    parts = [
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table} WHERE known_since > %(since)s)"
        f" OR EXISTS (SELECT FROM {version_table(models[table])} WHERE superseded_by > %(since)s)"
        for table in asked
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"since": since})
        return frozenset(table for (table,) in cursor)


def records(owner: type[Record], changed: frozenset[str], since: int, most: int) -> set[int]:
    """The keys of records that rows of the changed tables belong to, or belonged to; at most so many.

    Rows count that change sets after `since` wrote, replaced or deleted.
    """
    parts = [_leading(model, way) for model, way in belonging.ways(owner) if model._meta.db_table in changed]
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT id FROM ({' UNION ALL '.join(parts)}) touched(id) WHERE id IS NOT NULL LIMIT %(most)s",
            {"since": since, "most": most},
        )
        return {pk for (pk,) in cursor}


def _leading(model: type[Model], way: tuple[belonging.Hop, ...]) -> str:
    """The records that changed rows of a model lead to, by one way, as a statement."""
    tables = [f"({_rows(model, way[:1], changed=True)}) row0"]
    conditions, led_to = ["true"], "row0.id"
    for number, hop in enumerate(way):
        row = f"row{number}"
        if number:
            tables.append(f"({_rows(way[number - 1].to, [hop])}) {row}")
            conditions.append(f"{row}.id = {led_to}")
        if hop.type_column:
            conditions.append(f'{row}."{hop.type_column}" = {hop.type_id}')
        led_to = f'{row}."{hop.column}"'
    return f"SELECT {led_to} FROM {', '.join(tables)} WHERE {' AND '.join(conditions)}"


def _rows(model: type[Model], hops: Iterable[belonging.Hop], *, changed: bool = False) -> str:
    """The rows of a model, live and replaced ones, with their key and the columns of a hop."""
    columns = "".join(f', "{column}"' for hop in hops for column in (hop.column, hop.type_column) if column)
    live, replaced = (" WHERE known_since > %(since)s", " WHERE superseded_by > %(since)s") if changed else ("", "")
    return (
        f"SELECT {model._meta.pk.column} AS id{columns} FROM {model._meta.db_table}{live}"
        f" UNION ALL SELECT pgh_obj_id{columns} FROM {version_table(model)}{replaced}"
    )
