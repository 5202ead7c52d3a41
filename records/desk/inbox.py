"""What waits at the desk, for one person: drafts, reviews, proposals, imports, error reports and failed jobs.

Every kind of thing is a `Waiting` with queries of the same columns; they are read as one list in two statements,
however many kinds and things there are. Apps add theirs by subclassing it.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import BigIntegerField, DateTimeField, F, IntegerField, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from records.models import Assignment, Priority, Record

PER_PAGE = 50
WHOSE = {"": gettext_lazy("everybody's"), "mine": gettext_lazy("mine"), "nobody": gettext_lazy("nobody's yet")}
COLUMNS = ("of_kind", "of_type", "key", "told", "about_type", "since", "writer", "own_priority", "own_assignee")


@dataclass(frozen=True)
class Way:
    """Where something is done about an entry, what that is called, and the key for it."""

    label: str
    url: str
    key: str = ""


@dataclass(frozen=True)
class Entry:
    """One thing that waits; `by` is who wrote it, `since` None where nobody knows when."""

    kind: "Waiting"
    type: int
    key: int
    title: str
    about: str
    since: datetime.datetime | None
    writer: int | None
    by: str | None
    priority: int
    assignee: int | None
    assigned_to: str | None
    url: str = ""
    ways: Sequence[Way] = field(default_factory=tuple)
    # Whether it can be chosen for approval together with others.
    together: bool = False

    @property
    def mark(self) -> str:
        return f"{self.type}:{self.key}"

    @property
    def priority_label(self) -> str:
        return Priority(self.priority).label

    @property
    def is_high(self) -> bool:
        return self.priority == Priority.HIGH


class Waiting:
    """One kind of things that wait, found through `__subclasses__()`; `place` is its order among the choices."""

    name: str
    label: Promise
    place = 50
    # Where something has columns of its own for who deals with it, its own page changes them.
    assigns_itself = False

    def queries(self, user) -> Iterable[QuerySet]:
        """What waits that this person may do something about, each made by `listed`."""
        raise NotImplementedError

    def url(self, model: type[Model], key: int) -> str:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])

    def ways(self, user, entry: Entry, model: type[Model]) -> Sequence[Way]:
        """What can be done about it; the first is what moves it on."""
        return ()

    def may_together(self, user, entry: Entry) -> bool:
        return False

    def listed(self, rows: QuerySet, *, title, since, writer, about=None, priority=None, assignee=None) -> QuerySet:
        """Rows with the columns of every kind; `title` to `assignee` are expressions or names of columns."""
        model = rows.model._meta.concrete_model
        kind = ContentType.objects.get_for_model(model).pk
        none = Value(None, BigIntegerField())
        columns = {
            "of_kind": Value(self.name, TextField()),
            "of_type": Value(kind, IntegerField()),
            "key": Cast(F(model._meta.pk.name), BigIntegerField()),
            "told": Cast(_named(title), TextField()),
            "about_type": Cast(_named(about) if about else Value(kind), IntegerField()),
            "since": Cast(_named(since), DateTimeField()),
            "writer": Cast(_named(writer) if writer else none, BigIntegerField()),
            "own_priority": Cast(_named(priority) if priority else none, IntegerField()),
            "own_assignee": Cast(_named(assignee) if assignee else none, BigIntegerField()),
        }
        # The rows may have columns of these names themselves.
        named = {f"waiting_{name}": columns[name] for name in COLUMNS}
        return rows.order_by().annotate(**named).values_list(*named)


def _named(expression):
    return F(expression) if isinstance(expression, str) else expression


def kinds() -> list[Waiting]:
    return [kind() for kind in sorted(Waiting.__subclasses__(), key=lambda kind: (kind.place, kind.name))]


class Inbox:
    """What waits for one person: all of it, of one kind, theirs or nobody's, the most urgent and oldest first."""

    def __init__(self, user, *, kind: str = "", whose: str = ""):
        self.user, self.kind, self.whose = user, kind, whose
        self.kinds = {each.name: each for each in kinds()}
        statements, self.parameters = [], []
        for each in self.kinds.values():
            for rows in each.queries(user):
                try:
                    statement, parameters = rows.query.sql_with_params()
                except EmptyResultSet:
                    continue
                statements.append(statement)
                self.parameters += parameters
        self.waiting = " UNION ALL ".join(statements)
        self.counts = self._count() if statements else {}

    # Things with columns of their own have no row beside them.
    _SELECT = f"""
        SELECT waiting.*, coalesce(own_priority, beside.priority, {Priority.NORMAL.value}) AS priority,
               coalesce(own_assignee, beside.assignee_id) AS assignee
        FROM (%s) waiting ({", ".join(COLUMNS)})
        LEFT JOIN records_assignment beside ON beside.subject_type_id = of_type AND beside.subject_id = key
    """

    def _count(self) -> dict[tuple[str, str], int]:
        """How many wait, by kind and by whose they are; under "" all of them."""
        found: dict[tuple[str, str], int] = {}
        for kind, *counts in self._ask(
            "SELECT of_kind, count(*), count(*) FILTER (WHERE assignee = %s), count(*) FILTER (WHERE assignee IS NULL)"
            f" FROM ({self._SELECT % self.waiting}) found GROUP BY 1",
            [self.user.pk, *self.parameters],
        ):
            for whose, count in zip(WHOSE, counts, strict=True):
                found[kind, whose] = count
                found["", whose] = found.get(("", whose), 0) + count
        return found

    @property
    def total(self) -> int:
        return self.counts.get((self.kind, self.whose), 0)

    def count(self, kind: str, whose: str) -> int:
        return self.counts.get((kind, whose), 0)

    def paginator(self) -> Paginator:
        return Paginator(_Lines(self), PER_PAGE)

    def find(self, kind_of: int, key: int) -> Entry | None:
        """One thing that waits for this person, by the number of its content type and its own."""
        found = self._entries("of_type = %s AND key = %s", [kind_of, key], 0, 1)
        return found[0] if found else None

    def find_all(self, marks: Iterable[tuple[int, int]]) -> list[Entry]:
        marks = list(marks)
        types, keys = [mark[0] for mark in marks], [mark[1] for mark in marks]
        return self._entries(
            "(of_type, key) IN (SELECT * FROM unnest(%s::int[], %s::bigint[]))", [types, keys], 0, len(marks)
        )

    def slice(self, start: int, stop: int) -> list[Entry]:
        conditions, parameters = ["true"], []
        if self.kind:
            conditions.append("of_kind = %s")
            parameters.append(self.kind)
        if self.whose == "mine":
            conditions.append("assignee = %s")
            parameters.append(self.user.pk)
        elif self.whose == "nobody":
            conditions.append("assignee IS NULL")
        return self._entries(" AND ".join(conditions), parameters, start, stop)

    def _entries(self, condition: str, parameters: list, start: int, stop: int) -> list[Entry]:
        if not self.waiting:
            return []
        rows = self._ask(
            f"""
            SELECT of_kind, of_type, key, told, about_type, since, writer, writing.username, priority, assignee,
                   assigned.username
            FROM ({self._SELECT % self.waiting}) found
            LEFT JOIN auth_user writing ON writing.id = writer
            LEFT JOIN auth_user assigned ON assigned.id = assignee
            WHERE {condition}
            ORDER BY priority DESC, since NULLS FIRST, of_kind, of_type, key
            LIMIT %s OFFSET %s
            """,
            [*self.parameters, *parameters, stop - start, start],
        )
        return [self._entry(*row) for row in rows]

    def _entry(self, name, kind, key, told, about, since, writer, by, priority, assignee, assigned_to) -> Entry:
        of, model = self.kinds[name], ContentType.objects.get_for_id(kind).model_class()
        # What kind of record it is about, which of an import or a job its own kind tells already.
        subject = ContentType.objects.get_for_id(about)
        plain = Entry(
            kind=of,
            type=kind,
            key=key,
            title=told,
            about=subject.name if issubclass(subject.model_class(), Record) else "",
            since=since,
            writer=writer,
            by=by,
            priority=priority,
            assignee=assignee,
            assigned_to=assigned_to,
        )
        return Entry(
            **{
                **vars(plain),
                "url": of.url(model, key),
                "ways": tuple(of.ways(self.user, plain, model)),
                "together": of.may_together(self.user, plain),
            }
        )

    def _ask(self, statement: str, parameters: Sequence) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()


class _Lines(Sequence):
    """The inbox as a list that is read page by page."""

    def __init__(self, inbox: Inbox):
        self.inbox = inbox

    def __len__(self):
        return self.inbox.total

    def __getitem__(self, place):
        return self.inbox.slice(place.start, place.stop)


def assign(entry: Entry, *, by, assignee, priority: int) -> None:
    """Say who deals with something that waits, and how urgent it is."""
    Assignment.objects.update_or_create(
        subject_type_id=entry.type,
        subject_id=entry.key,
        defaults={"assignee": assignee, "priority": priority, "changed_by": by},
    )
