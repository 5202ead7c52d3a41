"""Which parts of records changed between two moments: events of measures, projects of programs, by what leads to them.

`touched` tells what change sets did to records with a page of their own; a part has none, and a list all the same.
"""

from django.db.models import Model

from records import belonging
from records.history import version_table
from records.models import Record
from records.touched import fetch


def changed_parts(part: type[Model], *, after: int, until: int, at_most: int) -> dict[tuple[type[Model], int], int]:
    """The rows of a part of records, and those that lead to it, that change sets in (after, until] wrote or ended.

    Each with the key of the part, found in at most so many rows; one query.
    """
    ways = belonging.ways(part)
    rows = fetch(
        " UNION ALL ".join(f"({_leading(number, *way)} LIMIT %(limit)s)" for number, way in enumerate(ways)),
        {"after": after, "until": until, "limit": at_most},
    )
    return {(ways[number][0], pk): found for number, pk, found in rows}


def _leading(number: int, model: type[Model], steps: tuple[belonging.Hop, ...]) -> str:
    """Public rows of a model that were written or ended within the window, and what these steps lead to."""
    within = "{0} > %(after)s AND {0} <= %(until)s".format
    links = [(column.column, column.related_model._meta.concrete_model) for column in belonging.links_of(model)]
    columns = "".join(f", {column}" for column in (*_columns(steps[:1]), *(column for column, _model in links)))
    public = f" AND {belonging.PUBLIC.format('this')}" if issubclass(model, Record) else ""
    told = [f"as_known.public_now('{linked._meta.db_table}', step_0.{column})" for column, linked in links]
    live = f"SELECT {model._meta.pk.column} AS row_id{columns} FROM public.{model._meta.db_table} this"
    ended = f"SELECT pgh_obj_id{columns} FROM public.{version_table(model)} this"
    rows = (
        f"{live} WHERE {within('known_since')}{public} UNION {ended} WHERE {within('known_since')}{public}"
        f" UNION {ended} WHERE {within('superseded_by')}{public}"
    )
    joins, leads = "", "step_0.row_id"
    for place, hop in enumerate(steps):
        if hop.type_column:
            told.append(f"step_{place}.{hop.type_column} = {hop.type_id}")
        leads = f"step_{place}.{hop.column}"
        if place + 1 < len(steps):
            onward = "".join(f", {column}" for column in _columns(steps[place + 1 : place + 2]))
            key = hop.to._meta.pk.column
            joins += (
                f" CROSS JOIN LATERAL (SELECT {key} AS row_id{onward} FROM public.{hop.to._meta.db_table}"
                f" WHERE {key} = {leads} UNION SELECT pgh_obj_id{onward} FROM public.{version_table(hop.to)}"
                f" WHERE pgh_obj_id = {leads}) step_{place + 1}"
            )
    conditions = f" WHERE {' AND '.join(told)}" if told else ""
    return f"SELECT {number}, step_0.row_id, {leads} FROM ({rows}) step_0{joins}{conditions}"


def _columns(steps: tuple[belonging.Hop, ...]) -> list[str]:
    return [column for hop in steps for column in (hop.column, hop.type_column) if column]
