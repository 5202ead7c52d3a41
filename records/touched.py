"""Which public records each change set touched, read from the rows and versions that carry its number, set by set.

What visitors may not see is as if it were not: a row counts where it, and all that it belongs to, was public after the
change set or, for what was replaced, before it, and still is. A record that is hidden now has no public past.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Model

from records import belonging
from records.history import version_table
from records.models import ChangeSet, Citation, Record

# Of one change set, as many rows are looked at to tell what it touched.
MOST_ROWS = 500
# Of what is no record itself, as many rows are asked whether what they belong to is hidden.
MOST_PARTS = 2_000


@dataclass
class Touched:
    """What a change set did to one public record: rows by model, and which of them began and ended with it."""

    owner: tuple[str, int]
    began: dict[tuple[type[Model], int], "Said"] = field(default_factory=dict)
    ended: dict[tuple[type[Model], int], "Said"] = field(default_factory=dict)

    @property
    def rows(self) -> set[tuple[type[Model], int]]:
        return self.began.keys() | self.ended.keys()

    def aspects(self, kind: str) -> list[str]:
        """What is new about the record, in the order in which it matters; never empty."""
        own = (belonging.owners()[self.owner[0]], self.owner[1])
        if own in self.began and own not in self.ended:
            return ["new"]
        if own in self.began and self.began[own].state != self.ended[own].state == Record.State.PUBLISHED:
            return ["withdrawn"]
        changed = {row for row in self.rows if self.began.get(row) != self.ended.get(row)}
        found = ["status"] if any(model in belonging.status_columns() for model, _pk in changed) else []
        if any(belonging.dates_of(model) for model, _pk in changed):
            found.append("dates")
        if kind == ChangeSet.Kind.CORRECTION:
            found.append("correction")
        elif kind == ChangeSet.Kind.SOURCE_ONLY or (
            all(model is Citation for model, _pk in self.rows - {own}) and (self.rows - {own})
        ):
            found.append("source_only")
        return found or ["other"]


@dataclass(frozen=True)
class Said:
    """The state of a row, and its dates or its status as text."""

    state: str | None
    text: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of a public record with a change set; `slug` where it is gone, and there is no row to ask."""

    owner: tuple[str, int]
    what: str
    slug: str | None = None


@dataclass(frozen=True)
class Listed:
    """One public change set."""

    number: int
    kind: str
    reason: str
    at: object
    by_person: bool


def change_sets(
    *,
    after: int = 0,
    until: int | None = None,
    kinds: Iterable[str] = (),
    of: str = "",
    numbers: list[int] | None = None,
    limit: int,
) -> list[Listed]:
    """The newest change sets in (after, until] that touched a public record, of one kind of record if asked.

    Of `numbers` it is known already that they did.
    """
    listed = _public_set(of) if numbers is None else "change.id = ANY(%(numbers)s::bigint[])"
    rows = fetch(
        "SELECT change.id, change.kind, change.reason, change.at, change.by_id IS NOT NULL"
        f" FROM {_sets(of) if numbers is None else 'records_changeset'} change WHERE {listed}"
        " AND change.id > %(after)s AND (%(until)s::bigint IS NULL OR change.id <= %(until)s)"
        " AND (%(kinds)s::text[] IS NULL OR change.kind = ANY(%(kinds)s))"
        " ORDER BY change.id DESC LIMIT %(limit)s",
        {"after": after, "until": until, "kinds": list(kinds) or None, "numbers": numbers, "limit": limit},
    )
    return [Listed(*row) for row in rows]


def following(*, after: int, kinds: Iterable[str] = (), of: str = "", limit: int) -> list[Listed]:
    """The oldest change sets after one that touched a public record, or took one away; one query."""
    rows = fetch(
        "SELECT change.id, change.kind, change.reason, change.at, change.by_id IS NOT NULL"
        f" FROM {_sets(of)} change WHERE ({_public_set(of)} OR EXISTS ({_gone(of)})) AND change.id > %(after)s"
        " AND (%(kinds)s::text[] IS NULL OR change.kind = ANY(%(kinds)s)) ORDER BY change.id LIMIT %(limit)s",
        {"after": after, "kinds": list(kinds) or None, "limit": limit},
    )
    return [Listed(*row) for row in rows]


def sizes(numbers: Iterable[int]) -> dict[int, int]:
    """How many rows each of these change sets wrote or replaced, public or not; one query."""
    written = " UNION ALL ".join(
        f"SELECT {column} AS number FROM public.{source} WHERE {column} = ANY(%(numbers)s)"
        for model in belonging.hops()
        for source, column in (
            (model._meta.db_table, "known_since"),
            (version_table(model), "known_since"),
            (version_table(model), "superseded_by"),
        )
    )
    rows = fetch(f"SELECT number, count(*) FROM ({written}) written GROUP BY 1", {"numbers": list(numbers)})
    return dict(rows)


def outcomes(numbers: Iterable[int], *, of: str = "", at_most: int) -> dict[int, list[Outcome]]:
    """What became of each public record that these change sets touched, told from at most so many rows of each.

    One query. A record that is gone since, and was public, is told of by the change set that took it away.
    """
    owners = belonging.owners()
    kinds = {model._meta.db_table: name for name, model in owners.items()}
    places = {model: index for index, model in enumerate(belonging.hops())}
    whens = " ".join(f"WHEN '{table}' THEN {places[owners[name]]}" for table, name in kinds.items())
    own = f"touch.pk = touch.row_id AND touch.model = CASE touch.row_table {whens} END"
    statement = f"""
        SELECT change.id, touch.row_table, touch.row_id, NULL::text,
               max(touch.state) FILTER (WHERE {own} AND NOT touch.began),
               max(touch.state) FILTER (WHERE {own} AND touch.began),
               coalesce(bool_or({own}), false)
        FROM unnest(%(numbers)s::bigint[]) AS change (id)
        CROSS JOIN LATERAL ({_touches(of)} LIMIT {at_most}) touch GROUP BY 1, 2, 3
        UNION ALL
        SELECT change.id, gone.row_table, gone.row_id, gone.slug, gone.state, NULL, true
        FROM unnest(%(numbers)s::bigint[]) AS change (id) CROSS JOIN LATERAL ({_gone(of)}) gone
    """
    found: dict[int, list[Outcome]] = {number: [] for number in numbers}
    for number, table, pk, slug, before, after, itself in fetch(statement, {"numbers": list(found)}):
        found[number].append(Outcome((kinds[table], pk), _became(before, after) if itself else "changed", slug))
    order = list(kinds.values())
    return {
        number: sorted(outcomes, key=lambda each: (order.index(each.owner[0]), each.owner[1]))
        for number, outcomes in found.items()
    }


def _became(before: str | None, after: str | None) -> str:
    """What a change set did to a record that readers knew in one state and know in another; None for not at all."""
    if before is None or after is None:
        return "created" if before is None else "deleted"
    if before == after:
        return "changed"
    return "withdrawn" if after == Record.State.WITHDRAWN else "restored"


def count(*, after: int, of: str = "", at_most: int) -> int:
    """How many public change sets there are after one, counted up to a number; one query."""
    rows = fetch(
        f"SELECT count(*) FROM (SELECT FROM {_sets(of)} change WHERE {_public_set(of)}"
        " AND change.id > %(after)s ORDER BY change.id DESC LIMIT %(limit)s) found",
        {"after": after, "limit": at_most},
    )
    return next(iter(rows))[0]


def changed_records(*, after: int, until: int, of: str, at_most: int) -> set[int]:
    """The records of a kind that change sets in (after, until] touched, found in at most so many rows; one query."""
    rows = fetch(
        f"SELECT DISTINCT found.row_id FROM (SELECT touch.row_id FROM {_sets(of)} change CROSS JOIN LATERAL"
        f" ({_touches(of)}) touch WHERE change.id > %(after)s AND change.id <= %(until)s LIMIT %(limit)s) found",
        {"after": after, "until": until, "limit": at_most},
    )
    return {pk for (pk,) in rows}


def touched(numbers: Iterable[int], *, of: str = "") -> dict[int, list[Touched]]:
    """What each of these change sets did to public records; of one with very many rows, to some. One query."""
    found: dict[int, dict[tuple[str, int], Touched]] = {number: {} for number in numbers}
    if not found:
        return {}
    statement = (
        "SELECT change.id, touch.* FROM unnest(%(numbers)s::bigint[]) AS change (id) CROSS JOIN LATERAL"
        f" ({_touches(of)} LIMIT {MOST_ROWS}) touch"
    )
    models = list(belonging.hops())
    kinds = {model._meta.db_table: name for name, model in belonging.owners().items()}
    for number, model, pk, began, owner_table, owner, state, text in fetch(statement, {"numbers": list(found)}):
        key = (kinds[owner_table], owner)
        record = found[number].setdefault(key, Touched(key))
        (record.began if began else record.ended)[models[model], pk] = Said(state, text)
    order = list(kinds.values())
    return {
        number: sorted(records.values(), key=lambda each: (order.index(each.owner[0]), each.owner[1]))
        for number, records in found.items()
    }


def guarded(numbers: Iterable[int], *, gone_is_told: bool = False) -> set[int]:
    """Those of the change sets that also touched something hidden now, of which their reasons could tell.

    With `gone_is_told`, what was public until a change set took it away does not count as hidden in that one.
    """
    parts = f"SELECT * FROM ({_rows('', hidden=True)}) touch LIMIT {MOST_PARTS}"
    hidden_parts = _with_owner(f"({parts})", "", hidden=True)
    if gone_is_told:
        taken = " UNION ALL ".join(map(_taken, belonging.hops()))
        hidden_parts += f" AND NOT (owner.row_table, owner.row_id) IN ({taken})"
    statement = (
        "SELECT change.id FROM unnest(%(numbers)s::bigint[]) AS change (id)"
        f" WHERE EXISTS ({_hidden_records(gone_is_told)}) OR EXISTS ({hidden_parts})"
    )
    return {number for (number,) in fetch(statement, {"numbers": list(numbers)})}


@functools.cache
def _hidden_records(gone_is_told: bool) -> str:
    """The records that a change set wrote or replaced and that visitors may not know of now."""
    # What ended with the change set, and is in no table since, was not hidden but taken away, if it was public.
    taken = f"present.id IS NULL AND this.superseded_by = change.id AND {belonging.PUBLIC.format('this')}"
    return " UNION ALL ".join(
        f"SELECT FROM public.{source} this LEFT JOIN {model._meta.db_table} present ON present.id = this.{pk}"
        f" WHERE this.{column} = change.id AND NOT coalesce({belonging.PUBLIC.format('present')}, false)"
        + (f" AND NOT ({taken})" if gone_is_told and column == "superseded_by" else "")
        for model in belonging.hops()
        if issubclass(model, Record)
        for source, pk, column in (
            (model._meta.db_table, "id", "known_since"),
            (version_table(model), "pgh_obj_id", "known_since"),
            (version_table(model), "pgh_obj_id", "superseded_by"),
        )
    )


@functools.cache
def _gone(of: str = "") -> str:
    """The records with a page that were public until a change set took them away, and that are not hidden since."""
    models = [model for name, model in belonging.owners().items() if of in ("", name)]
    return " UNION ALL ".join(_taken(model, ", this.slug, this.state") for model in models)


def _taken(model: type[Model], columns: str = "") -> str:
    """The rows that a change set took away, and that are nowhere since; of records the public ones, also if public."""
    table, versions, key = model._meta.db_table, version_table(model), model._meta.pk.column
    public, hidden = "", ""
    if issubclass(model, Record):
        public = f" AND {belonging.PUBLIC.format('this')}"
        hidden = f" AND NOT {belonging.PUBLIC.format('present')}"
    written = "".join(
        f" AND NOT EXISTS (SELECT FROM public.{source} again"
        f" WHERE again.{pk} = this.pgh_obj_id AND again.known_since = change.id)"
        for source, pk in ((table, key), (versions, "pgh_obj_id"))
    )
    return (
        f"SELECT '{table}' AS row_table, this.pgh_obj_id AS row_id{columns} FROM public.{versions} this"
        f" WHERE this.superseded_by = change.id{public}"
        f" AND NOT EXISTS (SELECT FROM {table} present WHERE present.{key} = this.pgh_obj_id{hidden}){written}"
    )


def fetch(statement: str, parameters: dict) -> Iterator[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return iter(cursor.fetchall())


def _public_set(of: str) -> str:
    """Condition: readers may know of the change set. Of upkeep, where it changed a status that they are told."""
    models = belonging.family(belonging.owners()[of]) if of else belonging.hops()
    statuses = tuple(model for model in belonging.status_columns() if model in models)
    upkeep = f"EXISTS ({_touches(of, only=statuses)})" if statuses else "false"
    return f"CASE change.kind WHEN '{ChangeSet.Kind.UPKEEP}' THEN {upkeep} ELSE EXISTS ({_touches(of)}) END"


def _sets(of: str) -> str:
    """The change sets after one to look at; most are of other kinds than `of`, and rows tell at once which are not."""
    if not of:
        return "records_changeset"
    # The offset keeps what is asked of each from being asked of all.
    return f"(SELECT * FROM records_changeset WHERE id IN ({_written(of)}) ORDER BY id DESC OFFSET 0)"


@functools.cache
def _written(of: str) -> str:
    """The change sets that wrote or replaced a row of a kind of record or of its parts, public or not."""
    family = belonging.family(belonging.owners()[of])
    tables = ", ".join(f"'{model._meta.db_table}'" for model in family)
    types = f"(SELECT id FROM django_content_type WHERE app_label || '_' || model IN ({tables}))"
    parts = []
    for model in family:
        type_columns = {hop.type_column for hop in belonging.hops()[model] if hop.type_column}
        of_kind = "".join(f" AND {column} IN {types}" for column in type_columns)
        for source, column in (
            (model._meta.db_table, "known_since"),
            (version_table(model), "known_since"),
            (version_table(model), "superseded_by"),
        ):
            parts.append(f"SELECT {column} FROM public.{source} WHERE {column} > %(after)s{of_kind}")
    return " UNION ALL ".join(parts)


@functools.cache
def _touches(of: str, *, only: tuple[type[Model], ...] | None = None) -> str:
    """The rows that a change set wrote or replaced, with the public records that they belong to."""
    return _with_owner(f"({_rows(of, only=only)})", of)


def _rows(of: str, *, only: tuple[type[Model], ...] | None = None, hidden: bool = False) -> str:
    wanted = belonging.family(belonging.owners()[of]) if of else belonging.hops()
    return " UNION ALL ".join(
        _touches_of(index, model, hidden)
        for index, model in enumerate(belonging.hops())
        if model in wanted and (only is None or model in only)
    )


def _with_owner(rows: str, of: str, *, hidden: bool = False) -> str:
    now = "owner.told_now AND touch.told_now"
    return (
        "SELECT touch.model, touch.pk, touch.began, owner.row_table, owner.row_id, touch.state, touch.said"
        f" FROM {rows} touch CROSS JOIN LATERAL as_known.owner_at(touch.onto_table, touch.onto_id, change.id) owner"
        f" WHERE {f'NOT ({now})' if hidden else f'owner.told_then AND {now}'}"
        + (f" AND owner.row_table = '{belonging.owners()[of]._meta.db_table}'" if of else "")
    )


def _touches_of(index: int, model: type[Model], hidden: bool) -> str:
    table, versions, key = model._meta.db_table, version_table(model), model._meta.pk.column
    steps, is_record = belonging.hops()[model], issubclass(model, Record)
    told = belonging.status_columns().get(model) or [column.column for column in belonging.dates_of(model)]
    said = row_text(told) if told else "NULL::text"
    if not steps:
        onto_table, onto = f"'{table}'", "{key}"
    elif steps[0].type_column:
        onto_table = f"(SELECT app_label || '_' || model FROM django_content_type WHERE id = {steps[0].type_column})"
        onto = steps[0].column
    else:
        whens = "".join(f" WHEN {hop.column} IS NOT NULL THEN '{hop.to._meta.db_table}'" for hop in steps)
        onto_table, onto = f"CASE{whens} END", f"coalesce({', '.join(hop.column for hop in steps)})"
    now = [f"as_known.public_now('{table}', {{key}})"] if is_record else []
    now += [
        f"as_known.public_now('{link.related_model._meta.concrete_model._meta.db_table}', {link.column})"
        for link in belonging.links_of(model)
    ]
    columns = (
        f"{index} AS model, {{key}} AS pk, {{began}} AS began, {onto_table} AS onto_table, {onto} AS onto_id,"
        f" {'this.state' if is_record else 'NULL::text'} AS state, {said} AS said,"
        f" {' AND '.join(now) or 'true'} AS told_now"
    )
    condition = f" AND {belonging.PUBLIC.format('this')}" if is_record and not hidden else ""
    parts = (
        (table, key, "true", "known_since", "change.id"),
        (versions, "pgh_obj_id", "true", "known_since", "change.id"),
        (versions, "pgh_obj_id", "false", "superseded_by", "change.id"),
    )
    rows = " UNION ALL ".join(
        f"SELECT {columns.format(key=pk, began=began)} FROM public.{source} this WHERE {column} = {number}{condition}"
        for source, pk, began, column, number in parts
    )
    if model not in belonging.status_columns() or hidden:
        return rows
    return f"SELECT * FROM ({rows}) touch WHERE {_differs(model)}"


def _differs(model: type[Model]) -> str:
    """Condition on a touched derived row: readers are told something else, and not only, say, a newer evidence."""
    table, versions, key = model._meta.db_table, version_table(model), model._meta.pk.column
    told = row_text(belonging.status_columns()[model])
    return (
        f"NOT EXISTS (SELECT FROM public.{versions} WHERE touch.began AND pgh_obj_id = touch.pk"
        f" AND superseded_by = change.id AND {told} = touch.said)"
        f" AND NOT EXISTS (SELECT FROM public.{table} WHERE NOT touch.began AND {key} = touch.pk"
        f" AND known_since = change.id AND {told} = touch.said)"
        f" AND NOT EXISTS (SELECT FROM public.{versions} WHERE NOT touch.began AND pgh_obj_id = touch.pk"
        f" AND known_since = change.id AND {told} = touch.said)"
    )


def row_text(columns: Iterable[str]) -> str:
    return "ROW(" + ", ".join(f'"{column}"' for column in columns) + ")::text"
