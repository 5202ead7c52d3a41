"""What the database itself lets its roles do: no mistake and no intruder in the application can rewrite history."""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

from measures.models import Measure
from records import privileges, publishing
from records.models import ChangeSet, OutboxEntry, Snapshot, Source
from tests.measures import recorded
from tests.records.anything import row

pytestmark = pytest.mark.django_db

DENIED = "permission denied|must be owner"
OTHERS = ("auth_user", "django_session", "axes_accesslog", "programs_phasereportfile", "records_outboxentry")


@contextmanager
def connected_as(role):
    """The test's connection as if it had logged in as a role; what the role wrote is kept."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION AUTHORIZATION {role}")
        try:
            with transaction.atomic():
                yield cursor
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")


@pytest.fixture
def app():
    return privileges.app_role()


@pytest.fixture
def readonly():
    return privileges.readonly_role()


@pytest.fixture
def measure():
    return recorded.measure("m")


@pytest.fixture
def owner():
    """A role of its own that owns the table of the migrations, and so is taken for the owner of all."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE some_owner; ALTER TABLE django_migrations OWNER TO some_owner")
    return "some_owner"


def retitle(measure, title):
    measure.title = title
    publishing.save(measure, by=None, reason="a better word", kind="correction")


def titles(measure):
    return list(measure.versions.order_by("superseded_by").values_list("title", flat=True))


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def faults(role):
    with connected_as(role) as cursor:
        return privileges.faults(cursor)


def test_app_edits_records_and_the_database_keeps_what_was_there(app, measure):
    by = User.objects.create_user("editor")
    with connected_as(app):
        retitle(measure, "one")
        measure.title = "two"
        change_set = publishing.save(measure, by=by, reason="because", kind="development")
        source = row(Source, state="draft")
        publishing.delete(source, by=None, reason="not needed")
    assert titles(measure) == ["m", "one"]
    kept = ChangeSet.objects.get(pk=change_set.pk)
    assert (kept.kind, kept.reason, kept.by, kept.at) == ("development", "because", by, change_set.at)
    assert Source.versions.rel.related_model.objects.get().title == source.title
    assert OutboxEntry.objects.filter(topic="timeline").count() == 3


REWRITING = [
    "UPDATE measures_measureversion SET title = 'never said'",
    "DELETE FROM measures_measureversion",
    "TRUNCATE measures_measureversion",
    "INSERT INTO measures_measureversion SELECT * FROM measures_measureversion",
    "UPDATE records_changeset SET reason = 'another'",
    "DELETE FROM records_changeset",
    "TRUNCATE records_changeset CASCADE",
    "INSERT INTO records_changeset (kind, reason, at) VALUES ('correction', 'long ago', '2019-07-01')",
    "SELECT setval('records_changeset_id_seq', 1)",
    "SELECT nextval('records_changeset_id_seq')",
    "SELECT records_change_set()",
    "UPDATE records_snapshot SET text = 'never said'",
    "UPDATE django_content_type SET model = 'another'",
    "DELETE FROM django_migrations",
    "TRUNCATE measures_measure CASCADE",
    "ALTER TABLE measures_measure DISABLE TRIGGER USER",
    "ALTER TABLE measures_measure DROP COLUMN known_since",
    "ALTER TABLE measures_measureversion DISABLE TRIGGER USER",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id bigint)",
    "CREATE FUNCTION public.lower(bigint) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
    "CREATE TRIGGER late BEFORE UPDATE ON measures_measure EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE never AS ON UPDATE TO measures_measure DO INSTEAD NOTHING",
]


@pytest.mark.parametrize("statement", REWRITING)
def test_app_cannot_rewrite_history(app, measure, statement):
    retitle(measure, "one")
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(app) as cursor:
        cursor.execute(statement)
    assert titles(measure) == ["m"]


def keeper(table):
    """The trigger that keeps a table's versions, and its function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgfoid::regproc::text FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND starts_with(tgname, 'pgtrigger_keep')",
            [table],
        )
        (found,) = cursor.fetchall()
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER {trigger} ON measures_measure",
        "ALTER TABLE measures_measure DISABLE TRIGGER {trigger}",
        "ALTER FUNCTION {function}() SECURITY INVOKER",
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP FUNCTION {function}() CASCADE",
        # What a trigger writes comes from its table: on a table of one's own, it would write whatever one likes.
        "CREATE TEMPORARY TABLE mine (LIKE measures_measure);"
        " CREATE TRIGGER fed BEFORE DELETE ON mine FOR EACH ROW EXECUTE FUNCTION {function}()",
    ],
)
def test_app_cannot_touch_what_keeps_the_versions(app, measure, statement):
    trigger, function = keeper("measures_measure")
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(app) as cursor:
        cursor.execute(statement.format(trigger=trigger, function=function))


def test_no_setting_keeps_a_version_from_being_written(app, measure):
    trigger, _function = keeper("measures_measure")
    with connected_as(app) as cursor:
        # What the triggers' library understands as "not now", and tables that stand before the real ones.
        cursor.execute(f"SET LOCAL pgtrigger.ignore = '{{{trigger},public.measures_measure:{trigger}}}'")
        cursor.execute("CREATE TEMPORARY TABLE measures_measureversion (LIKE public.measures_measureversion)")
        cursor.execute("CREATE TEMPORARY TABLE records_changeset (LIKE public.records_changeset)")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        retitle(measure, "one")
        cursor.execute("SELECT count(*) FROM pg_temp.measures_measureversion")
        assert cursor.fetchone() == (0,)
        cursor.execute("DROP TABLE pg_temp.measures_measureversion, pg_temp.records_changeset")
    assert titles(measure) == ["m"]


@pytest.mark.parametrize("declared", ["", "yes"])
@pytest.mark.parametrize("beyond", [0, 1000])
@pytest.mark.django_db(transaction=True)
def test_a_number_that_the_transaction_has_not_begun_is_not_believed(app, measure, declared, beyond):
    retitle(measure, "one")
    old = ChangeSet.objects.latest("pk").pk
    with connected_as(app) as cursor:
        cursor.execute(
            "SELECT set_config('policytrack.change_set', %s, true),"
            " set_config('policytrack.change_set_declared', %s, true)",
            [str(old + beyond), declared],
        )
        cursor.execute("UPDATE measures_measure SET title = 'two' WHERE id = %s", [measure.pk])
    measure.refresh_from_db()
    assert titles(measure) == ["m", "one"]
    new = ChangeSet.objects.latest("pk")
    assert measure.known_since == new.pk
    assert old < new.pk < old + 1000
    assert new.kind == "upkeep"


@pytest.mark.django_db(transaction=True)
def test_a_change_set_of_another_transaction_cannot_be_told_anew(app, measure):
    retitle(measure, "one")
    old = ChangeSet.objects.latest("pk")
    with pytest.raises(InternalError, match="not begun by this transaction"), connected_as(app) as cursor:
        cursor.execute("SELECT records_end_change(%s, 'correction', 'another reason', NULL)", [old.pk])
    assert ChangeSet.objects.get(pk=old.pk).reason == old.reason


def test_a_change_set_begun_behind_a_savepoint_is_this_transactions_own(app, measure):
    with connected_as(app):
        for title in ("one", "two"):
            with transaction.atomic(), transaction.atomic():
                retitle(measure, title)
        with transaction.atomic():
            Measure.objects.filter(pk=measure.pk).update(title="three")
        Measure.objects.filter(pk=measure.pk).update(title="four")
    assert titles(measure) == ["m", "one", "two"]


def test_a_snapshot_may_be_added_and_go_with_its_source(app):
    with connected_as(app):
        row(Snapshot).delete()


def test_readonly_sees_what_is_known_and_nothing_of_people_and_jobs(readonly, measure):
    with connected_as(readonly) as cursor:
        for table in ("measures_measure", "records_changeset", "records_source", "measures_country"):
            cursor.execute(f"SELECT count(*) FROM {table}")
    for table in (*OTHERS, "measures_measureversion"):
        with pytest.raises(ProgrammingError, match=DENIED), connected_as(readonly) as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO measures_country (code) VALUES ('XX')",
        "UPDATE measures_measure SET title = 'another'",
        "DELETE FROM measures_measure",
        "SELECT records_begin_change()",
        "SELECT nextval('measures_measure_id_seq')",
        "CREATE TABLE mine (id bigint)",
    ],
)
def test_readonly_writes_nothing(readonly, statement):
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(readonly) as cursor:
        cursor.execute(statement)


def test_readonly_is_shown_a_table_without_versions_only_by_name():
    untracked = {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if privileges.privileges_on(model._meta.db_table)[privileges.readonly_role()]
        and model._meta.db_table not in privileges.tracked_tables()
    }
    assert untracked == privileges.LOOKED_UP


def test_views_of_what_was_known_are_as_open_as_their_tables_and_never_written(app, readonly):
    execute(
        "CREATE SCHEMA IF NOT EXISTS as_known",
        "DROP VIEW IF EXISTS as_known.measures_country, as_known.auth_user CASCADE",
        "CREATE VIEW as_known.measures_country AS SELECT * FROM public.measures_country",
        "CREATE VIEW as_known.auth_user AS SELECT * FROM public.auth_user",
    )
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(app) as cursor:
        cursor.execute("SELECT 1 FROM as_known.measures_country")
    privileges.settle()
    for role in (app, readonly):
        with connected_as(role) as cursor:
            cursor.execute("SELECT 1 FROM as_known.measures_country")
    with connected_as(app) as cursor:
        cursor.execute("SELECT 1 FROM as_known.auth_user")
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(readonly) as cursor:
        cursor.execute("SELECT 1 FROM as_known.auth_user")
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(app) as cursor:
        cursor.execute("DELETE FROM as_known.measures_country")


def held(role):
    """All privileges of a role on the tables and sequences of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)"
            " WHERE relnamespace = 'public'::regnamespace AND grantee = %s::regrole",
            [role],
        )
        return set(cursor.fetchall())


TAMPERING = [
    "GRANT UPDATE ON measures_measureversion TO {role}",
    "GRANT TRUNCATE, TRIGGER ON measures_measure TO {role}",
    "GRANT INSERT ON records_changeset TO PUBLIC",
    "GRANT UPDATE ON SEQUENCE records_changeset_id_seq TO {role}",
    "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "REVOKE SELECT ON measures_measure FROM {role}",
    "REVOKE USAGE ON SEQUENCE measures_measure_id_seq FROM {role}",
]


@pytest.mark.parametrize("statement", TAMPERING)
def test_settling_mends_what_somebody_changed_by_hand(app, statement):
    before = held(app)
    execute(statement.format(role=app))
    assert faults(app) or held(app) != before
    privileges.settle()
    assert faults(app) == []
    assert held(app) == before


def test_settling_makes_the_functions_of_history_safe_again(app, measure):
    _trigger, function = keeper("measures_measure")
    execute(
        f"ALTER FUNCTION {function}() SECURITY INVOKER RESET search_path",
        f"GRANT EXECUTE ON FUNCTION {function}(), records_change_set() TO PUBLIC",
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
        " LANGUAGE plpgsql AS 'BEGIN RETURN true; END'",
    )
    privileges.settle()
    with connected_as(app):
        retitle(measure, "one")
    assert titles(measure) == ["m"]
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(app) as cursor:
        cursor.execute("SELECT records_change_set()")


def test_what_is_settled_is_left_alone():
    privileges.settle()
    with connection.cursor() as cursor:
        roles = [privileges.app_role(), privileges.readonly_role()]
        for differences in (privileges._on_functions, privileges._on_relations, privileges._on_schemas):
            assert list(differences(cursor, roles)) == []


@pytest.mark.parametrize("schema", ["", "IN SCHEMA public"])
def test_a_table_to_come_is_not_open_by_itself(app, schema):
    execute(f"ALTER DEFAULT PRIVILEGES {schema} GRANT ALL ON TABLES TO {app}, PUBLIC")
    privileges.settle()
    execute("CREATE TABLE to_come (id bigint)")
    with pytest.raises(ProgrammingError, match=DENIED), connected_as(app) as cursor:
        cursor.execute("SELECT 1 FROM to_come")


def test_whoever_is_not_the_owner_settles_nothing(app):
    execute(f"GRANT UPDATE ON measures_measureversion TO {app}")
    before = held(app)
    with connected_as(app):
        privileges.settle()
    assert held(app) == before


def test_an_owner_that_may_not_create_roles_does_what_it_may(owner, settings):
    settings.DATABASE_APP_ROLE, settings.DATABASE_READONLY_ROLE = "some_app", "some_readonly"
    settings.DATABASE_APP_PASSWORD = "never set"
    with connected_as(owner):
        privileges.settle()
    execute("CREATE ROLE some_app")
    with connected_as(owner):
        privileges.settle()
    assert held("some_app") == {("django_migrations", "SELECT")}


def test_missing_roles_are_made_and_may_not_log_in_without_a_password(settings):
    settings.DATABASE_APP_ROLE, settings.DATABASE_READONLY_ROLE = "some_app", "some-readonly"
    privileges.settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname IN ('some_app', 'some-readonly')")
        assert cursor.fetchall() == [(False, False)] * 2
        assert not privileges.may_log_in(cursor)
    assert faults("some_app") == []


def test_the_password_reaches_the_server_as_a_verifier_only(settings, app):
    settings.DATABASE_APP_PASSWORD = "a secret of this test"
    settings.DATABASE_APP_ROLE = "some_app"
    with connection.execute_wrapper(lambda run, words, *rest: run(silent(words), *rest)):
        privileges.settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'some_app'")
        assert cursor.fetchone()[0].startswith("SCRAM-SHA-256$")
        assert privileges.may_log_in(cursor)


def silent(statement):
    assert "a secret" not in str(statement)
    return statement


def test_a_role_that_may_rewrite_history_is_told_why_it_must_not_serve(app, owner):
    with connection.cursor() as cursor:
        assert privileges.faults(cursor) == ["it is a superuser"]
    assert faults(app) == []
    assert faults(owner)[0] == "it owns the table django_migrations or may become its owner some_owner"
    for grant, fault in (
        (f"GRANT some_owner TO {app}", "it owns the table django_migrations or may become its owner some_owner"),
        (f"ALTER ROLE {app} CREATEROLE", "it may create roles, and so become the owner"),
        (f"GRANT UPDATE (text) ON records_nameversion TO {app}", "it may rewrite the table records_nameversion"),
        (f"GRANT TRIGGER ON measures_measure TO {app}", "it may rewrite the table measures_measure"),
        (f"GRANT pg_write_all_data TO {app}", "it may rewrite the table django_content_type"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "it may create tables and functions in the schema public"),
        (
            f"REVOKE SELECT ON records_source FROM {app}",
            "it may not read the table records_source, which migrating as the owner mends",
        ),
    ):
        with transaction.atomic():
            execute(grant)
            assert faults(app) == [fault]
            transaction.set_rollback(True)


def test_who_may_migrate(app, owner):
    with connection.cursor() as cursor:
        assert privileges.may_migrate(cursor)
    for role, may in ((app, False), (owner, True)):
        with connected_as(role) as cursor:
            assert privileges.may_migrate(cursor) is may
            assert privileges.owns_tables(cursor) is may
