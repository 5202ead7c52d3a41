"""Carrying out a plan: a handful of statements over all its rows, inside the change that the caller has begun.

Whoever changes records waits for a change to end, so no row of it passes through Python. Rows of the plan hold their
values by column of the tables; the statements are made from the declaration of the kind.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils.translation import gettext as _

from records import publishing
from records.fields import EDTFBoundField
from records.imports.kinds import RowKind
from records.imports.links import Beside, Links
from records.models import ChangeSet, Citation, Cited, Import, ImportRow, Record

SHOWN_STALE = 100
CARRIED_AT_ONCE = 2000

# Who proposed a record as it stands, and who approved it.
ATTESTED = {"submitted_by_id": "%(by)s", "approved_by_id": "%(approver)s", "self_approved": "%(self_approved)s"}

Tell = Callable[[float], None]


class Outdated(Exception):
    """Records are not what they were when the file was checked; `rows` are pairs of row and what happened."""

    def __init__(self, rows: list[tuple[int, str]]):
        self.rows = rows
        super().__init__("; ".join(f"{row}: {reason}" for row, reason in rows))


def apply(order: Import, kind: type[RowKind], change_set: ChangeSet, tell: Tell) -> None:
    """Make and change the records of an approved import. Raises Outdated; nothing is written then."""
    _Apply(order, kind, change_set, tell).run()


class _Apply:
    def __init__(self, order: Import, kind: type[RowKind], change_set: ChangeSet, tell: Tell):
        self.order, self.kind, self.change_set, self.tell = order, kind, change_set, tell
        self.table = _quoted(kind.model._meta.db_table)
        self.parameters: dict[str, Any] = {
            "import": order.pk,
            "by": order.by_id,
            "approver": order.decided_by_id,
            "self_approved": order.self_approved,
            "subject": ContentType.objects.get_for_model(kind.model).pk,
        }

    def run(self) -> None:
        with connection.cursor() as self.cursor:
            # The planner knows nothing of rows that were just copied in, and takes them for few. A large table may take
            # longer than any page may.
            self.cursor.execute(
                "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB';SET LOCAL statement_timeout = '10min'"
            )
            self._refuse_outdated()
            self.tell(0.05)
            self._number()
            self._create()
            self.tell(0.3)
            self._point_at_new()
            self._change()
            self.tell(0.5)
            for column in self.kind.columns:
                if isinstance(column, Links):
                    self._link(column)
            self._bump_owners()
            # Rules that wait for the end of the transaction speak now, while somebody can still put them in words.
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            self.cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
            self.tell(0.65)
        self._carry()

    def _execute(self, statement: str, **more) -> None:
        self.cursor.execute(statement, {**self.parameters, **more})

    def _planned(self, act: str | None = None) -> str:
        """The rows of the plan, as a table "planned"."""
        condition = f"AND act = '{act}'" if act else ""
        return f"""(SELECT * FROM "{ImportRow._meta.db_table}"
                    WHERE of_id = %(import)s AND rejected_for IS NULL {condition}) planned"""

    # What must still be so

    def _refuse_outdated(self) -> None:
        owner = self.kind.owner
        if owner:
            column = _quoted(self.kind.model._meta.get_field(owner).column)
            versioned = _quoted(self.kind.record_model._meta.db_table)
            joined = (
                f"LEFT JOIN {self.table} record ON record.id = planned.record_id "
                f"LEFT JOIN {versioned} versioned ON versioned.id = record.{column}"
            )
        else:
            joined = f"LEFT JOIN {self.table} versioned ON versioned.id = planned.record_id"
        self._execute(
            f"""SELECT planned.number FROM {self._planned("change")} {joined}
                WHERE versioned.version IS DISTINCT FROM planned.version ORDER BY planned.number LIMIT %(limit)s""",
            limit=SHOWN_STALE,
        )
        changed = _("was changed by somebody else since the check; check the file again.")
        rows = [(number, changed) for (number,) in self.cursor.fetchall()]
        if self.kind.has_id:
            self._execute(
                f"""SELECT planned.number FROM {self._planned("create")} JOIN {self.table} record
                    ON record.slug = planned.record_key ORDER BY planned.number LIMIT %(limit)s""",
                limit=SHOWN_STALE,
            )
            made = _("was made by somebody else since the check; check the file again.")
            rows += [(number, made) for (number,) in self.cursor.fetchall()]
        if rows:
            raise Outdated(rows)

    # The records themselves

    def _number(self) -> None:
        """Give new records their numbers before they are there, so that what hangs on them can be written at once."""
        self._execute(
            f"""UPDATE "{ImportRow._meta.db_table}"
                SET record_id = nextval(pg_get_serial_sequence('{self.table}', 'id'))
                WHERE of_id = %(import)s AND act = 'create' AND rejected_for IS NULL"""
        )

    def _stored(self) -> list[models.Field]:
        """The columns of the table that rows of the plan may hold."""
        names = set()
        for column in self.kind.columns:
            if not isinstance(column, Links | Beside) and hasattr(column, "column"):
                field: Any = self.kind.model._meta.get_field(column.column)
                names.add(field.column)
                names |= {
                    bound.column
                    for bound in self.kind.model._meta.concrete_fields
                    if isinstance(bound, EDTFBoundField) and bound.of == field.name
                }
        return [field for field in self.kind.model._meta.concrete_fields if field.column in names]

    def _typed(self, fields: list[models.Field]) -> str:
        columns = ", ".join(f"{_quoted(field.column)} {field.db_type(connection)}" for field in fields)
        return f"jsonb_to_record(planned.values) AS typed({columns})"

    def _create(self) -> None:
        stored = self._stored()
        columns: dict[str, str] = {"id": "planned.record_id"}
        given: dict[str, Any] = {}
        for field in _defaulted(self.kind.model):
            given[f"default_{field.column}"] = field.get_db_prep_save(field.get_default(), connection)
            columns[field.column] = f"%(default_{field.column})s"
        for field in stored:
            value = f"typed.{_quoted(field.column)}"
            columns[field.column] = f"coalesce({value}, {columns[field.column]})" if field.column in columns else value
        if self.kind.has_id:
            columns["slug"] = "planned.record_key"
        if issubclass(self.kind.model, Record):
            columns |= {"state": f"'{Record.State.PUBLISHED}'", "version": "1", **ATTESTED}
        joined = ""
        if self.kind.positioned_in and "position" in columns:
            owner = _quoted(self.kind.model._meta.get_field(self.kind.positioned_in).column)
            columns["position"] = (
                f"coalesce(last.position, -1) + row_number() OVER (PARTITION BY typed.{owner} ORDER BY planned.number)"
            )
            joined = f"""LEFT JOIN (SELECT {owner} AS owner, max(position) AS position FROM {self.table}
                         GROUP BY {owner}) last ON last.owner = typed.{owner}"""
        names, values = ", ".join(map(_quoted, columns)), ", ".join(columns.values())
        self._execute(
            f"""INSERT INTO {self.table} ({names}) SELECT {values}
                FROM {self._planned("create")} CROSS JOIN {self._typed(stored)} {joined} ORDER BY planned.number""",
            **given,
        )

    def _point_at_new(self) -> None:
        """Let records point at others of their kind that the same file makes."""
        for field in self.kind.model._meta.concrete_fields:
            if field.related_model is not self.kind.model:
                continue
            mark, column = f"~{field.column}", _quoted(field.column)
            self._execute(
                f"""SELECT planned.number, planned.values->>%(mark)s FROM {self._planned()}
                    LEFT JOIN {self.table} target ON target.slug = planned.values->>%(mark)s
                    WHERE planned.values ? %(mark)s AND target.id IS NULL ORDER BY 1 LIMIT %(limit)s""",
                mark=mark,
                limit=SHOWN_STALE,
            )
            if lost := self.cursor.fetchall():
                raise Outdated([(row, _("leads to “%(id)s”, which was left out.") % {"id": key}) for row, key in lost])
            self._execute(
                f"""UPDATE {self.table} record SET {column} = target.id
                    FROM {self._planned()} JOIN {self.table} target ON target.slug = planned.values->>%(mark)s
                    WHERE record.id = planned.record_id""",
                mark=mark,
            )

    def _change(self) -> None:
        stored = self._stored()
        sets = [
            f"{_quoted(field.column)} = CASE WHEN planned.values ? '{field.column}' THEN typed.{_quoted(field.column)} "
            f"ELSE record.{_quoted(field.column)} END"
            for field in stored
            # Rows that lead to new ones of their kind were pointed at them above.
            if field.related_model is not self.kind.model
        ]
        sets += [
            f"{_quoted(field.column)} = CASE WHEN planned.values ? '{field.column}' AND NOT planned.values ? "
            f"'~{field.column}' THEN typed.{_quoted(field.column)} ELSE record.{_quoted(field.column)} END"
            for field in stored
            if field.related_model is self.kind.model
        ]
        if issubclass(self.kind.model, Record):
            sets.append("version = record.version + 1")
            # A draft stays one, and nobody has approved it.
            sets += [
                f"{column} = CASE WHEN record.state = '{Record.State.DRAFT}' THEN record.{column} ELSE {value} END"
                for column, value in ATTESTED.items()
            ]
        self._execute(
            f"""UPDATE {self.table} record SET {", ".join(sets)}
                FROM {self._planned("change")} CROSS JOIN {self._typed(stored)} WHERE record.id = planned.record_id"""
        )

    def _bump_owners(self) -> None:
        """Whoever edits what the rows belong to learns that its rows are not what they were."""
        if not self.kind.owner:
            return
        owner = _quoted(self.kind.model._meta.get_field(self.kind.owner).column)
        self._execute(
            f"""UPDATE {_quoted(self.kind.record_model._meta.db_table)} SET version = version + 1
                WHERE id IN (SELECT record.{owner} FROM {self.table} record
                             JOIN {self._planned()} ON record.id = planned.record_id)"""
        )

    # What hangs on them

    def _link(self, column: Links) -> None:
        """Bring the rows of one column with several values to what the plan says."""
        model, mark = column.model, f"~{column.header}"
        table = _quoted(model._meta.db_table)
        fixed = {model._meta.get_field(name).column: value for name, value in column.fixed.items()}
        if column.is_generic:
            owner = "subject_id"
            fixed["subject_type_id"] = self.parameters["subject"]
        else:
            owner = model._meta.get_field(column.owner).column
        told = column.identity
        beside = [each.column for each in self.kind.columns if isinstance(each, Beside) and each.links is column]
        fields = {name: model._meta.get_field(name) for name in (*told, *beside)}
        typed = ", ".join(f"{_quoted(name)} {field.db_type(connection)}" for name, field in fields.items())
        given = {f"fixed_{name}": value for name, value in fixed.items()}
        is_fixed = "".join(f" AND link.{_quoted(name)} = %(fixed_{name})s" for name in fixed)
        same = " AND ".join(
            f"link.{_quoted(fields[name].column)} IS NOT DISTINCT FROM wanted.{_quoted(name)}" for name in told
        )
        wanted = f"""
            wanted AS MATERIALIZED (
                SELECT planned.record_id, each.place - 1 AS position, {", ".join(f"typed.{_quoted(n)}" for n in fields)}
                FROM {self._planned()}, jsonb_array_elements(planned.values->%(mark)s) WITH ORDINALITY each(row, place),
                     jsonb_to_record(each.row) AS typed({typed})
                WHERE planned.values ? %(mark)s
            )"""
        given["mark"] = mark
        is_told = f"link.{owner} IN (SELECT record_id FROM {self._planned('change')} WHERE planned.values ? %(mark)s)"
        gone = f"""
            DELETE FROM {table} link WHERE {is_told} {is_fixed}
            AND NOT EXISTS (SELECT FROM wanted WHERE wanted.record_id = link.{owner} AND {same})
            RETURNING link.id"""
        self._execute(f"WITH {wanted} {gone}", **given)
        removed = [pk for (pk,) in self.cursor.fetchall()]
        if removed and issubclass(model, Cited):
            Citation.objects.filter(
                subject_type=ContentType.objects.get_for_model(model), subject_id__in=removed
            ).delete()
        kept = ["position", *beside]
        differs = " OR ".join(f"link.{_quoted(name)} IS DISTINCT FROM wanted.{_quoted(name)}" for name in kept)
        self._execute(
            f"""WITH {wanted} UPDATE {table} link
                SET {", ".join(f"{_quoted(name)} = wanted.{_quoted(name)}" for name in kept)}
                FROM wanted WHERE wanted.record_id = link.{owner} AND {same} {is_fixed} AND ({differs})""",
            **given,
        )
        columns: dict[str, str] = {owner: "wanted.record_id", "position": "wanted.position"}
        columns |= {field.column: f"wanted.{_quoted(name)}" for name, field in fields.items()}
        columns |= {name: f"%(fixed_{name})s" for name in fixed}
        for field in model._meta.concrete_fields:
            if (
                field.column not in columns
                and not field.primary_key
                and field.has_default()
                and not field.has_db_default()
            ):
                given[f"default_{field.column}"] = field.get_db_prep_save(field.get_default(), connection)
                columns[field.column] = f"%(default_{field.column})s"
        self._execute(
            f"""WITH {wanted} INSERT INTO {table} ({", ".join(map(_quoted, columns))})
                SELECT {", ".join(columns.values())} FROM wanted
                WHERE NOT EXISTS (SELECT FROM {table} link WHERE link.{owner} = wanted.record_id AND {same} {is_fixed})
                ORDER BY wanted.record_id, wanted.position""",
            **given,
        )

    # What follows from them

    def _carry(self) -> None:
        """Recompute what follows, a few thousand rows at a time, so that memory stays bounded."""
        lead = self.kind.owner or self.kind.followed_by
        model = self.kind.model._meta.get_field(lead).related_model if lead else self.kind.model
        batches = list(self._touched(lead))
        for number, batch in enumerate(batches, start=1):
            publishing.carry(model._base_manager.filter(pk__in=batch), self.change_set)
            self.tell(0.65 + 0.35 * number / len(batches))

    def _touched(self, lead: str | None) -> Iterator[list[int]]:
        """The numbers of the records that what follows is worked out from, in batches of about as many rows."""
        column = f"record.{_quoted(self.kind.model._meta.get_field(lead).column)}" if lead else "record.id"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT {column}, count(*) FROM {self.table} record
                    JOIN {self._planned()} ON record.id = planned.record_id GROUP BY 1 ORDER BY 1""",
                self.parameters,
            )
            found = cursor.fetchall()
        batch: list[int] = []
        rows = 0
        for pk, count in found:
            if batch and rows + count > CARRIED_AT_ONCE:
                yield batch
                batch, rows = [], 0
            batch.append(pk)
            rows += count
        if batch:
            yield batch


def _defaulted(model: type[models.Model]) -> Iterator[Any]:
    """The columns that Django fills where nothing is said."""
    for field in model._meta.concrete_fields:
        if not field.primary_key and field.has_default() and not field.has_db_default():
            yield field


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
