"""What the roles of the database may do: the owner migrates, app serves and cannot rewrite history, readonly looks.

The rules of one role for one table are in `privileges_on`; `settle` makes the database follow them, and `faults` tells
why a role must not serve. docs/adr/0010 gives the reasons.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast

import structlog
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections, models, transaction
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

log = structlog.get_logger(__name__)

READ, WRITE = frozenset({"SELECT"}), frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

# What is written by the database's own functions and by migrations alone, besides the version tables.
RECORDED = {"records.changeset", "records.deskrules", "pghistory.context", "contenttypes.contenttype"}
MIGRATIONS = "django_migrations"
# A snapshot is what a source said at a moment; it may go with its source, and never say something else.
UNCHANGING = {"records.snapshot"}

# What readonly sees without having versions: who changed what, the archived sources, and the codes of others.
LOOKED_UP = {"records.changeset", "records.snapshot", "measures.country", "measures.hscode", "measures.hssection"}

# Every role together. The name cannot be that of a single one: PostgreSQL reserves it.
PUBLIC = "public"

SCHEMA = "public"
# Views under the names of the tables, showing what was known at a moment.
SCHEMA_AS_KNOWN = "as_known"

# Who migrates owns the tables; NULL where there are none.
_OWNER = f"(SELECT relowner FROM pg_class WHERE oid = to_regclass('{SCHEMA}.{MIGRATIONS}'))"

# By these a change set begins and ends. The triggers alone ask what is written now for the number of its set.
CHANGE_FUNCTIONS = ("records_begin_change", "records_end_change")
ASKED_BY_TRIGGERS = "records_change_set"


def app_role() -> str:
    return settings.DATABASE_APP_ROLE


def readonly_role() -> str:
    return settings.DATABASE_READONLY_ROLE


def tables_of(labels: Iterable[str]) -> set[str]:
    """The tables of models, named as Django names them."""
    return {apps.get_model(label)._meta.db_table for label in labels}


@cache
def version_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def tracked_tables() -> set[str]:
    """The tables whose rows have versions."""
    tracked = [cast(Any, model).pgh_tracked_model for model in version_models()]
    return {model._meta.db_table for model in tracked}


def history_tables() -> set[str]:
    """What triggers, functions and migrations write, and nobody else."""
    return {model._meta.db_table for model in version_models()} | tables_of(RECORDED) | {MIGRATIONS}


def privileges_on(table: str) -> dict[str, frozenset[str]]:
    """What app and readonly may do with a table."""
    app = WRITE
    if table in history_tables():
        app = READ
    elif table in tables_of(UNCHANGING):
        app = WRITE - {"UPDATE"}
    known = table in tracked_tables() | tables_of(LOOKED_UP)
    return {app_role(): app, readonly_role(): READ if known else frozenset()}


def settle(*, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Give and take what each role must have and must not; safe to run again, and a receiver of post_migrate.

    Whoever neither owns the tables nor is a superuser changes nothing, and roles that are missing are made where the
    connected role may do that. `faults` finds out what was left undone.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not owns_tables(cursor):
            return
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('policytrack.privileges'))")
        roles = _make_roles(cursor)
        statements = [*_on_functions(cursor, roles), *_on_relations(cursor, roles), *_on_schemas(cursor, roles)]
        statements += _on_tables_to_come(cursor, roles)
        if statements:
            cursor.execute(sql.SQL("; ").join(statements))
    if settings.DATABASE_APP_PASSWORD:
        let_in(settings.DATABASE_APP_PASSWORD, using=using)


def owns_tables(cursor) -> bool:
    """Whether the connected role owns the tables, or may do what their owner may; without tables, nobody does."""
    cursor.execute(f"SELECT coalesce(pg_has_role(session_user, {_OWNER}, 'USAGE'), false)")
    return cursor.fetchone()[0]


def may_migrate(cursor) -> bool:
    """Whether the connected role may change the tables, or make them where there are none."""
    cursor.execute(
        f"SELECT coalesce(pg_has_role(session_user, {_OWNER}, 'USAGE'),"
        " has_schema_privilege(session_user, to_regnamespace(%s), 'CREATE'), false)",
        [SCHEMA],
    )
    return cursor.fetchone()[0]


def let_in(password: str, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Let app log in with a password, and tell whether that was allowed.

    The server and its log get to see the password only as a verifier.
    """
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            verifier = encrypt_password(password, app_role(), cursor.connection, "scram-sha-256")
            words = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
            cursor.execute(words.format(sql.Identifier(app_role()), sql.Literal(verifier)))
    except ProgrammingError as error:
        log.warning("database_password_not_set", role=app_role(), why=str(error).strip())
        return False
    return True


def may_log_in(cursor) -> bool:
    """Whether app exists and may log in."""
    cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [app_role()])
    row = cursor.fetchone()
    return row is not None and row[0]


def _make_roles(cursor) -> list[str]:
    """Those of app and readonly that there are, after making what is missing where that is allowed."""
    wanted = [app_role(), readonly_role()]
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    (may_make,) = cursor.fetchone()
    there = _existing(cursor, wanted)
    for role in wanted:
        if role not in there and may_make:
            # Roles belong to all databases of the server, in one of which somebody may do the same at this moment.
            cursor.execute(
                sql.SQL(
                    "DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
                ).format(sql.Identifier(role))
            )
            there.append(role)
    if missing := [role for role in wanted if role not in there]:
        log.warning("database_roles_missing", roles=missing, why="the connected role may not create roles")
    return there


def _existing(cursor, roles: list[str]) -> list[str]:
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND NOT rolsuper", [roles])
    return [name for (name,) in cursor.fetchall()]


def _differences(
    kind: str, name: sql.Composable, held: str, wanted: dict[str, frozenset[str]]
) -> Iterator[sql.Composable]:
    """The statements that turn the privileges that are held on something into those that are wanted."""
    holders = json.loads(held)
    for role, privileges in wanted.items():
        grantee = sql.SQL("PUBLIC") if role == PUBLIC else sql.Identifier(role)
        has = frozenset(holders.get(role, ()))
        for verb, preposition, some in (("GRANT", "TO", privileges - has), ("REVOKE", "FROM", has - privileges)):
            if some:
                yield sql.SQL(f"{verb} {', '.join(sorted(some))} ON {kind} {{}} {preposition} {{}}").format(
                    name, grantee
                )


# Who holds what, as the JSON text {"role": ["SELECT", ...]}, of the access list that is put in.
_HELD = """
    (SELECT coalesce(jsonb_object_agg(grantee, privileges), '{{}}')::text FROM (
        SELECT CASE acl.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(acl.grantee)::text END AS grantee,
               jsonb_agg(DISTINCT acl.privilege_type) AS privileges
        FROM aclexplode({}) acl GROUP BY 1) held)
"""

_RELATIONS = f"""
SELECT space.nspname, this.relname, this.relkind::text,
       (SELECT of_table.relname FROM pg_depend JOIN pg_class of_table ON of_table.oid = pg_depend.refobjid
        WHERE pg_depend.classid = 'pg_class'::regclass AND pg_depend.objid = this.oid
          AND pg_depend.refclassid = 'pg_class'::regclass AND pg_depend.deptype IN ('a', 'i')) AS of_table,
       {_HELD.format("this.relacl")}
FROM pg_class this JOIN pg_namespace space ON space.oid = this.relnamespace
WHERE space.nspname IN ('{SCHEMA}', '{SCHEMA_AS_KNOWN}') AND this.relkind IN ('r', 'p', 'v', 'm', 'S')
  AND (this.relowner = {_OWNER} OR this.relname = ANY(%s)) AND pg_has_role(session_user, this.relowner, 'USAGE')
ORDER BY 1, 2
"""


def _on_relations(cursor, roles: list[str]) -> Iterator[sql.Composable]:
    # Those of the owner, and of the models where somebody else made some of the tables.
    cursor.execute(_RELATIONS, [[model._meta.db_table for model in apps.get_models(include_auto_created=True)]])
    for schema, name, kind, of_table, held in cursor.fetchall():
        allowed = privileges_on(of_table if kind == "S" else name)
        if kind == "S":
            # Whoever inserts takes the next number; the numbers of history are taken by its own functions.
            allowed = {role: frozenset({"USAGE"} if "INSERT" in some else ()) for role, some in allowed.items()}
        elif schema == SCHEMA_AS_KNOWN:
            allowed = {role: some & READ for role, some in allowed.items()}
        wanted = {role: allowed[role] for role in roles} | {PUBLIC: frozenset()}
        identifier = sql.Identifier(schema, name)
        yield from _differences("SEQUENCE" if kind == "S" else "TABLE", identifier, held, wanted)


# As the catalog spells it.
_PATH = f"pg_catalog, {SCHEMA}, pg_temp"

_FUNCTIONS = f"""
SELECT this.proname, pg_get_function_identity_arguments(this.oid),
       this.prosecdef AND coalesce(this.proconfig, '{{}}') = ARRAY['search_path={_PATH}'],
       {_HELD.format("coalesce(this.proacl, acldefault('f', this.proowner))")}
FROM pg_proc this
WHERE this.pronamespace = '{SCHEMA}'::regnamespace AND pg_has_role(session_user, this.proowner, 'USAGE')
  AND (this.proname = ANY(%(named)s) OR this.oid IN (
    SELECT tgfoid FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND pg_class.relnamespace = '{SCHEMA}'::regnamespace AND relname = ANY(%(tracked)s)))
"""


def _on_functions(cursor, roles: list[str]) -> Iterator[sql.Composable]:
    """What keeps history runs as its owner, so that nobody else has to be able to write there."""
    named = [*CHANGE_FUNCTIONS, ASKED_BY_TRIGGERS]
    cursor.execute(_FUNCTIONS, {"named": named, "tracked": list(tracked_tables())})
    for name, arguments, safe, held in cursor.fetchall():
        function = sql.SQL("{}({})").format(sql.Identifier(SCHEMA, name), sql.SQL(arguments))
        if not safe and name != ASKED_BY_TRIGGERS:
            # With a path of the caller's choice, the function would write where the caller wants.
            yield sql.SQL(f"ALTER FUNCTION {{}} SECURITY DEFINER SET search_path = {_PATH}").format(function)
        # Whoever may execute a trigger's function may put it on a table of their own, and so feed it what they like.
        wanted: dict[str, frozenset[str]] = {role: frozenset() for role in [*roles, PUBLIC]}
        if name in CHANGE_FUNCTIONS and app_role() in roles:
            wanted[app_role()] = frozenset({"EXECUTE"})
        yield from _differences("FUNCTION", function, held, wanted)
    # The library asks here whether a trigger is switched off, and believes a setting that anybody may set.
    cursor.execute(
        "SELECT 1 FROM pg_proc WHERE oid = to_regprocedure(%s) AND prosrc <> %s"
        " AND pg_has_role(session_user, proowner, 'USAGE')",
        [_SWITCHED_OFF, "SELECT false"],
    )
    if cursor.fetchone():
        yield sql.SQL(
            "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
            " LANGUAGE sql IMMUTABLE AS 'SELECT false'"
        )


_SWITCHED_OFF = f"{SCHEMA}._pgtrigger_should_ignore(name)"

_SCHEMAS = f"""
SELECT nspname, {_HELD.format("coalesce(nspacl, acldefault('n', nspowner))")}
FROM pg_namespace WHERE nspname IN ('{SCHEMA}', '{SCHEMA_AS_KNOWN}') AND pg_has_role(session_user, nspowner, 'USAGE')
"""


def _on_schemas(cursor, roles: list[str]) -> Iterator[sql.Composable]:
    """Everybody may look names up and nobody may add any, which before PostgreSQL 15 everybody might."""
    cursor.execute(_SCHEMAS)
    for name, held in cursor.fetchall():
        wanted = {role: frozenset({"USAGE"}) for role in roles} | {
            PUBLIC: frozenset(json.loads(held).get(PUBLIC, ())) & {"USAGE"}
        }
        yield from _differences("SCHEMA", sql.Identifier(name), held, wanted)


_TO_COME = f"""
SELECT pg_get_userbyid(defaclrole), nspname, defaclobjtype::text, {_HELD.format("defaclacl")}
FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
WHERE defaclobjtype IN ('r', 'S') AND defaclrole = {_OWNER}
"""


def _on_tables_to_come(cursor, roles: list[str]) -> Iterator[sql.Composable]:
    """Take back what a new table would give by itself: each gets its privileges here, by what it holds."""
    cursor.execute(_TO_COME)
    for owner, schema, kind, held in cursor.fetchall():
        for role in [*roles, PUBLIC]:
            if role in json.loads(held):
                yield sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {}{} REVOKE ALL ON {} FROM {}").format(
                    sql.Identifier(owner),
                    sql.SQL(" IN SCHEMA {}").format(sql.Identifier(schema)) if schema else sql.SQL(""),
                    sql.SQL("TABLES" if kind == "r" else "SEQUENCES"),
                    sql.SQL("PUBLIC") if role == PUBLIC else sql.Identifier(role),
                )


_RIGHTS = """
SELECT this.relname, pg_get_userbyid(this.relowner),
       pg_has_role(session_user, this.relowner, 'MEMBER') AS owned,
       has_table_privilege(session_user, this.oid, 'SELECT') AS readable,
       has_table_privilege(session_user, this.oid, 'TRUNCATE, TRIGGER')
       OR this.relname = ANY(%(history)s)
          AND (has_table_privilege(session_user, this.oid, 'DELETE')
               OR has_any_column_privilege(session_user, this.oid, 'INSERT, UPDATE')) AS forgeable
FROM pg_class this
WHERE this.relnamespace = to_regnamespace(%(schema)s) AND this.relname = ANY(%(tables)s) AND this.relkind IN ('r', 'p')
ORDER BY 1
"""


def faults(cursor) -> list[str]:
    """Why the connected role must not serve readers and editors: what it may do and should not, and the reverse."""
    cursor.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = session_user")
    superuser, makes_roles = cursor.fetchone()
    if superuser:
        return ["it is a superuser"]
    found = ["it may create roles, and so become the owner"] if makes_roles else []
    tracked = tracked_tables()
    history = history_tables()
    cursor.execute(_RIGHTS, {"schema": SCHEMA, "history": list(history), "tables": list(tracked | history)})
    rights = cursor.fetchall()
    for told, of in (
        ("it owns the table {} or may become its owner {}", [row[:2] for row in rights if row[2]]),
        ("it may rewrite the table {}", [row[:1] for row in rights if row[4] and not row[2]]),
        ("it may not read the table {}, which migrating as the owner mends", [row[:1] for row in rights if not row[3]]),
    ):
        if of:
            found.append(told.format(*of[0]))
    cursor.execute("SELECT has_schema_privilege(session_user, to_regnamespace(%s), 'CREATE')", [SCHEMA])
    if rights and cursor.fetchone()[0]:
        found.append(f"it may create tables and functions in the schema {SCHEMA}")
    return found
