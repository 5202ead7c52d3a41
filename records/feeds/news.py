"""What is new in a list: when readers were first told of each record in it, and when something last happened to it.

Read from the rows and versions of the records themselves, and from the change sets that wrote them. A record is news
when it comes in and with each development; a correction, a new source and upkeep change what an entry says, and are no
news. Each moment answers as it did then, since all that counts was written until then.
"""

import datetime
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Model, QuerySet

from records import belonging
from records.feeds.entries import Moments
from records.history import version_table
from records.models import ChangeSet, Record


class Counts(enum.Enum):
    """How rows bear on an entry."""

    OWN = "it came in with the first, was corrected with each, and a development of one is its own"
    PART = "a development of one is its own"
    WHOLE = "readers were told nothing of it before the first"


@dataclass(frozen=True)
class Bearing:
    """Rows of a model that bear on entries; `near` joins one, `this` with the key `{key}`, to the entry, `asked`."""

    model: type[Model]
    near: str
    counts: Counts = Counts.PART


@dataclass(frozen=True)
class Found:
    """One entry of a list, by its row, and the change sets that tell its moments."""

    pk: int
    first: int
    told: int
    corrected: int | None
    revised: int
    day: datetime.date | None
    key: str


def newest(
    rows: QuerySet,
    bearing: Sequence[Bearing],
    *,
    limit: int,
    day: str = "NULL::date",
    key: str = "slug",
    columns: Sequence[str] = (),
    by_day: bool = False,
) -> list[Found]:
    """The rows of a list that are news, the newest first; the latest dated ones where asked for `by_day`.

    `day` and `key` are SQL for what decides between equally new ones, `columns` more of the row for `bearing`.
    One query.
    """
    asked, parameters = rows.order_by().values("pk").query.sql_with_params()
    listed = "".join(f", {column}" for column in columns)
    last = 'key COLLATE "C"'  # the order that Python has too, where several lists become one
    order = f"day DESC NULLS LAST, {last}" if by_day else f"told DESC, day DESC NULLS LAST, {last}"
    places = {counts: [n for n, each in enumerate(bearing) if each.counts is counts] for counts in Counts}
    own, wholes = places[Counts.OWN], places[Counts.WHOLE]
    # One pass: of the rows that are its own, and of each kind of whole, the first; of these the last.
    opened = ["min(number) FILTER (WHERE place = ANY (%s))", *["min(number) FILTER (WHERE place = %s)"] * len(wholes)]
    statement = f"""
        WITH asked AS MATERIALIZED (
            SELECT id AS entry, {day} AS day, {key} AS key{listed} FROM {rows.model._meta.db_table}
            WHERE id IN ({asked})
        ), bearing AS (
            {" UNION ALL ".join(_written(place, each) for place, each in enumerate(bearing))}
        ), moments AS (
            SELECT entry, greatest({", ".join(opened)}) AS first,
                   max(number) FILTER (WHERE place <> ALL (%s) AND kind = '{ChangeSet.Kind.DEVELOPMENT}') AS developed,
                   max(number) FILTER (WHERE place = ANY (%s) AND kind = '{ChangeSet.Kind.CORRECTION}') AS corrected,
                   max(number) FILTER (WHERE place = ANY (%s)) AS revised
            -- Of a moment, only the change sets are there that were known then.
            FROM bearing JOIN records_changeset change ON change.id = number
            GROUP BY entry
        )
        SELECT entry, first, greatest(first, developed) AS told, CASE WHEN corrected > first THEN corrected END,
               greatest(first, revised), day, key
        FROM asked JOIN moments USING (entry) WHERE revised IS NOT NULL
        ORDER BY {order} LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, own, *wholes, wholes, own, own, limit])
        return [Found(*row) for row in cursor.fetchall()]


def _written(place: int, bearing: Bearing) -> str:
    """Every public state that the rows were written to: the entry, and the change set."""
    table, key = bearing.model._meta.db_table, bearing.model._meta.pk.column
    public = f" AND {belonging.PUBLIC.format('this')}" if issubclass(bearing.model, Record) else ""
    # What leads to something hidden is told nowhere, nor when it was written.
    for link in belonging.links_of(bearing.model):
        far = link.related_model._meta.concrete_model._meta.db_table
        shown = belonging.PUBLIC.format("far")
        public += f" AND (this.{link.column} IS NULL OR this.{link.column} IN (SELECT id FROM {far} far WHERE {shown}))"
    selected = f"SELECT asked.entry, {place} AS place, this.known_since AS number"
    return " UNION ALL ".join(
        f"{selected} FROM asked JOIN {source} this ON {bearing.near.format(key=f'this.{pk}')}{public}"
        for source, pk in ((table, key), (f"public.{version_table(bearing.model)}", "pgh_obj_id"))
    )


def moments(found: Iterable[Found]) -> dict[int, Moments]:
    """The moments of entries, by their row; one query."""
    found = list(found)
    numbers = {number for one in found for number in (one.first, one.told, one.corrected, one.revised) if number}
    at = dict(ChangeSet.objects.filter(pk__in=numbers).values_list("pk", "at"))
    at = {number: moment.astimezone(datetime.UTC) for number, moment in at.items()}
    return {
        one.pk: Moments(at[one.first], at[one.told], at[one.corrected] if one.corrected else None, at[one.revised])
        for one in found
    }
