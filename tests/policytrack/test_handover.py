"""`make run` on a server of somebody's own: from the given role to the one that serves, or a sentence why not."""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg2
import pytest

from policytrack import embedded, handover, launch
from policytrack.state import StateDir
from policytrack.supervisor import Supervisor
from tests.policytrack.processes import refused

PASSWORD = "a password of one's own"
ROLES = ["policytrack_app", "policytrack_readonly", "stranger"]
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
def server(programs):
    """A PostgreSQL with a database whose owner is an ordinary role; it has migrated, and may create no roles."""
    directory = Path(tempfile.mkdtemp(prefix="pt-"))
    directory.chmod(0o755)
    with Supervisor(StateDir(directory / "state")) as supervisor:
        service = embedded.Postgres(supervisor.state, programs=programs, durable=False)
        embedded.start(service, supervisor)
        execute(service, "CREATE ROLE plain LOGIN PASSWORD {}", "CREATE DATABASE theirs OWNER plain")
        manage(url(service, "plain"), "migrate", "-v0")
        yield service


@pytest.fixture
def clean(server):
    """The server without the roles that a test has made, and its owner as it was."""
    yield
    execute(server, "ALTER ROLE plain NOCREATEROLE")
    theirs = server.url.rpartition("/")[0] + "/theirs"
    with contextlib.closing(psycopg2.connect(theirs)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [ROLES])
        for (role,) in cursor.fetchall():
            cursor.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def url(service, role, password=PASSWORD):
    return f"postgres://{role}:{quote(password, safe='')}@127.0.0.1:{service.port}/theirs"


def execute(service, *statements):
    """As the server's administrator; {} stands for the password."""
    with contextlib.closing(psycopg2.connect(service.url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for statement in statements:
            cursor.execute(statement.replace("{}", "%s"), [PASSWORD] if "{}" in statement else None)


def manage(url, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=launch.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def handed_over(given, directory, **environment):
    """The URL that a run serves by, and the role it is connected as then; what it said where it refused."""
    code = (
        "import os; from django.db import connection; from policytrack import handover, state\n"
        "try:\n"
        "    url = handover.hand_over(os.environ['DATABASE_URL'], state.StateDir(os.environ['STATE_DIR']))\n"
        "except state.CannotRun as refusal:\n"
        "    print(refusal)\n"
        "else:\n"
        "    cursor = connection.cursor()\n"
        "    cursor.execute('SELECT session_user')\n"
        "    print(url, *cursor.fetchone())\n"
    )
    state = {"STATE_DIR": str(directory / "state")}
    return manage(given, "shell", "--no-imports", "-v0", "-c", code, **state, **environment).strip()


def may_log_in(service, password, role="policytrack_app"):
    try:
        psycopg2.connect(url(service, role, password)).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_an_owner_that_may_create_roles_makes_app_and_hands_over(server, clean, directory):
    execute(server, "ALTER ROLE plain CREATEROLE")
    served, role = handed_over(url(server, "plain"), directory).split()
    assert role == urlsplit(served).username == "policytrack_app"
    assert urlsplit(served).password == StateDir(directory / "state").secret("database_app")
    assert handed_over(url(server, "plain"), directory).split() == [served, role]
    assert not may_log_in(server, "another")


def test_an_owner_that_may_not_is_told_what_an_administrator_has_to_say(server, clean, directory):
    sentence = handed_over(url(server, "plain"), directory)
    assert sentence.startswith("The site is served as the database role policytrack_app, which plain may not set up;")
    assert "CREATE ROLE policytrack_app LOGIN PASSWORD" in sentence
    assert PASSWORD not in sentence
    execute(server, "CREATE ROLE policytrack_app LOGIN PASSWORD {}")
    sentence = handed_over(url(server, "plain"), directory)
    assert "set DATABASE_APP_PASSWORD to it" in sentence
    served, role = handed_over(url(server, "plain"), directory, DATABASE_APP_PASSWORD=PASSWORD).split()
    assert (served, role) == (url(server, "policytrack_app"), "policytrack_app")


def test_a_password_that_somebody_has_chosen_is_not_taken_away(server, clean, directory):
    execute(server, "ALTER ROLE plain CREATEROLE", "SET ROLE plain; CREATE ROLE policytrack_app LOGIN PASSWORD {}")
    assert "has a password that this installation does not know" in handed_over(url(server, "plain"), directory)
    assert may_log_in(server, PASSWORD)
    said = handed_over(url(server, "plain"), directory, DATABASE_APP_PASSWORD="another")
    assert said.split()[1] == "policytrack_app"
    assert may_log_in(server, "another")


def test_a_developer_may_stay_the_owner(server, clean, directory):
    given = url(server, "plain")
    assert handed_over(given, directory, DEBUG="true").split() == [given, "plain"]


def test_app_that_the_server_does_not_let_in_is_told(server, clean, directory):
    execute(
        server,
        "ALTER ROLE plain CREATEROLE",
        "SET ROLE plain; CREATE ROLE policytrack_app CONNECTION LIMIT 0; RESET ROLE",
    )
    assert "The database does not let policytrack_app in" in handed_over(url(server, "plain"), directory)


def test_app_is_served_as_given_once_the_owner_has_migrated(server, clean, directory):
    execute(server, "CREATE ROLE policytrack_app LOGIN PASSWORD {}")
    given = url(server, "policytrack_app")
    assert "may not read the table" in handed_over(given, directory)
    manage(url(server, "plain"), "migrate", "-v0")
    assert handed_over(given, directory).split() == [given, "policytrack_app"]


def test_app_cannot_migrate_and_a_stranger_cannot_even_look(server, clean, directory, free_port):
    execute(server, "CREATE ROLE policytrack_app LOGIN PASSWORD {}", "CREATE ROLE stranger LOGIN PASSWORD {}")
    manage(url(server, "plain"), "migrate", "-v0")
    row = "('programs', (SELECT max(name) FROM django_migrations WHERE app = 'programs'))"
    with contextlib.closing(psycopg2.connect(url(server, "plain"))) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(f"DELETE FROM django_migrations WHERE (app, name) = {row} RETURNING app, name, applied")
        taken = cursor.fetchone()
        try:
            where = {"STATE_DIR": directory / "state", "PORT": free_port, "REDIS_URL": NOWHERE}
            sentence = refused("run", DATABASE_URL=url(server, "policytrack_app"), **where)
            assert sentence == (
                "The database lacks 1 migrations, which the role of DATABASE_URL may not apply;"
                " run manage.py migrate as the owner of the tables first."
            )
            sentence = refused("run", DATABASE_URL=url(server, "stranger"), **where)
            assert sentence == (
                "The database refuses what the role of DATABASE_URL asks:"
                " permission denied for table django_migrations."
            )
        finally:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", taken)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://me:secret@host:99/base", ["postgres://policytrack_app:p%2Fw@host:99/base"]),
        ("postgres://host/base?sslmode=require", ["postgres://policytrack_app:p%2Fw@host/base?sslmode=require"]),
        ("postgres://me@[::1]:99/base", ["postgres://policytrack_app:p%2Fw@[::1]:99/base"]),
        ("postgres:///base?host=db.org&user=me&password=s", ["postgres://policytrack_app:p%2Fw@/base?host=db.org"]),
        (
            "postgres:///base",
            ["postgres://policytrack_app:p%2Fw@/base", "postgres://policytrack_app:p%2Fw@127.0.0.1:5432/base"],
        ),
        (
            "postgres:///base?host=/run/db&port=77&user=me",
            [
                "postgres://policytrack_app:p%2Fw@/base?host=%2Frun%2Fdb&port=77",
                "postgres://policytrack_app:p%2Fw@127.0.0.1:77/base",
            ],
        ),
    ],
)
def test_app_is_looked_for_where_the_given_role_is(given, expected, monkeypatch):
    monkeypatch.setattr(handover, "port_of_server", lambda: "5432")
    monkeypatch.setitem(handover.connection.settings_dict, "PORT", "")
    assert handover.urls_of_app(given, "p/w") == expected
