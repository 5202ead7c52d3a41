"""What was known at a moment: the same tables, under the same names, as they were after a change set.

The schema `as_known` holds a view for every tracked table. It shows the rows that the change sets up to a number had
written, live and from the versions. A transaction that puts this schema first on its search path reads all of them as
of then, and whoever asks does not notice. docs/adr/0008 tells why.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

SCHEMA = "as_known"


class NotKnown(LookupError):
    """There is no such moment: the change set does not exist, or the moment is still to come."""


@dataclass(frozen=True)
class Knowledge:
    """What the change sets up to this number say; `at` is when the last of them was complete.

    Within the transaction of a change, the newest one is not complete yet.
    """

    number: int
    at: datetime.datetime | None
    is_complete: bool = True


_NEWEST = """
    SELECT id, at, coalesce(current_setting('policytrack.change_set', true), '') = ''
    FROM records_changeset ORDER BY id DESC LIMIT 1
"""


def newest() -> Knowledge:
    """What is known now, or, inside of `as_of`, what was known then."""
    return _ask(_NEWEST, complete=2)


def at_moment(moment: datetime.datetime) -> Knowledge:
    """What was known at a moment. Raises NotKnown where the database's clock has not reached it."""
    found = _ask(
        "SELECT last.id, last.at, %(moment)s <= clock_timestamp() FROM (SELECT 1) one LEFT JOIN LATERAL"
        " (SELECT id, at FROM records_changeset WHERE at <= %(moment)s ORDER BY id DESC LIMIT 1) last ON true",
        {"moment": moment},
        wanted=2,
    )
    return Knowledge(found.number, found.at or moment)


def after(number: int) -> Knowledge:
    """What was known when this change set was complete. Raises NotKnown where there is none of this number."""
    return _ask(
        "SELECT id, at, true FROM (SELECT 1) one LEFT JOIN records_changeset ON id = %(number)s",
        {"number": number},
        wanted=0,
    )


def _ask(
    statement: str, parameters: dict | None = None, *, wanted: int | None = None, complete: int | None = None
) -> Knowledge:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    if wanted is not None and not row[wanted]:
        raise NotKnown
    return Knowledge(row[0] or 0, row[1], complete is None or row[complete]) if row else Knowledge(0, None)


@contextmanager
def one_reading() -> Iterator[Knowledge]:
    """A transaction in which everything is read as it was at one moment, and which knows what that moment knew.

    Within another transaction, what that one sees.
    """
    if connection.in_atomic_block:
        yield newest()
        return
    with transaction.atomic():
        yield _ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; " + _NEWEST, complete=2)


@contextmanager
def as_of(knowledge: Knowledge) -> Iterator[None]:
    """Inside a transaction: let every tracked table be as it was known then."""
    with _search_path(f"{SCHEMA}, public", knowledge.number):
        # A view has no primary key that a grouping could be known by. One moment may be read within another.
        features, outer = connection.features, "allows_group_by_selected_pks" in vars(connection.features)
        features.allows_group_by_selected_pks = False
        try:
            yield
        finally:
            if not outer:
                del features.allows_group_by_selected_pks


@contextmanager
def as_now() -> Iterator[None]:
    """Inside of `as_of`: let every table be as it is, for instance to count what changed since."""
    with _search_path('"$user", public', None):
        yield


@contextmanager
def _search_path(path: str, number: int | None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_setting('policytrack.known', true)")
        before = cursor.fetchone()
        _set(cursor, path, number)
        try:
            yield
        finally:
            # A failed transaction takes its settings with it.
            if connection.connection.get_transaction_status() == TRANSACTION_STATUS_INTRANS:
                _set(cursor, *before)


def _set(cursor, path: str, number: int | str | None) -> None:
    cursor.execute(
        "SELECT set_config('search_path', %s, true), set_config('policytrack.known', %s, true)",
        [path, "" if number is None else str(number)],
    )


# The views follow from the tables themselves, so that they fit in whichever migration the database is.
_MAKE_VIEWS = """
CREATE SCHEMA IF NOT EXISTS as_known;
DO $views$
DECLARE
    known CONSTANT text := 'nullif(current_setting(''policytrack.known''), '''')::bigint';
    tracked record;
BEGIN
    FOR tracked IN
        SELECT live.relname AS live, versions.relname AS versions,
               string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS live_columns,
               string_agg(
                   CASE WHEN attnum = primary_key.indkey[0] THEN 'pgh_obj_id' ELSE quote_ident(attname) END,
                   ', ' ORDER BY attnum
               ) AS version_columns
        FROM pg_class live
        JOIN pg_class versions
          ON versions.relname = live.relname || 'version' AND versions.relnamespace = live.relnamespace
        JOIN pg_index primary_key ON primary_key.indrelid = live.oid AND primary_key.indisprimary
        JOIN pg_attribute ON attrelid = live.oid AND attnum > 0 AND NOT attisdropped
        WHERE live.relkind = 'r' AND live.relnamespace = 'public'::regnamespace AND EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = versions.oid AND attname = 'superseded_by' AND NOT attisdropped
        )
        GROUP BY live.relname, versions.relname
    LOOP
        EXECUTE format(
            'CREATE VIEW as_known.%I AS SELECT %s FROM public.%I WHERE known_since <= %s'
            ' UNION ALL SELECT %s FROM public.%I WHERE known_since <= %s AND superseded_by > %s',
            tracked.live, tracked.live_columns, tracked.live, known,
            tracked.version_columns, tracked.versions, known, known
        );
    END LOOP;
    IF to_regclass('public.records_changeset') IS NOT NULL THEN
        EXECUTE 'CREATE VIEW as_known.records_changeset AS'
            ' SELECT * FROM public.records_changeset WHERE id <= ' || known;
    END IF;
END
$views$
"""


def drop_views(*, using: str = DEFAULT_DB_ALIAS, plan=None, **_signal) -> None:
    """Before a migration, which could not change a table that a view shows; a receiver of pre_migrate."""
    if plan is None or plan:
        with connections[using].cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def make_views(*, using: str = DEFAULT_DB_ALIAS, **_signal) -> None:
    """Make the views of all tracked tables anew where they are missing; a receiver of post_migrate."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NULL", [SCHEMA])
        if cursor.fetchone()[0]:
            cursor.execute(_MAKE_VIEWS)
