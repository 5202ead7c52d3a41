"""Web, worker and beat as processes: they serve as a role that cannot rewrite history, and end as one that can."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
import pytest

from policytrack import embedded, launch, serving
from policytrack.state import StateDir
from policytrack.supervisor import Supervisor

APP_PASSWORD = "the password of app"
WITHIN = 60

GUNICORN = ("gunicorn", "policytrack.wsgi", "--worker-class=gthread", "--threads=2", "--no-control-socket")
PROGRAMS = {
    "web": GUNICORN,
    "web, loaded before the fork": (*GUNICORN, "--preload"),
    "worker": ("celery", "--app=policytrack", "worker", "--concurrency=1", "--without-gossip", "--without-mingle"),
    "beat": ("celery", "--app=policytrack", "beat", "--pidfile=", "--loglevel=INFO"),
}


class Server:
    """A PostgreSQL of these tests' own, migrated by its superuser, with a role of the application that may log in."""

    def __init__(self, supervisor, programs):
        self.supervisor = supervisor
        self.state = supervisor.state
        self.service = embedded.Postgres(self.state, programs=programs, durable=False)
        self.owner = self.start()
        environment = {**os.environ, "DATABASE_URL": self.owner, "DATABASE_APP_PASSWORD": APP_PASSWORD}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=launch.BASE_DIR, env=environment, check=True
        )

    def start(self):
        embedded.start(self.service, self.supervisor)
        return self.service.url

    def stop(self):
        self.supervisor.dismiss(self.supervisor.children[0])

    def url(self, role, password=APP_PASSWORD):
        return f"postgres://{role}:{password.replace(' ', '%20')}@127.0.0.1:{self.service.port}/policytrack"

    @property
    def app(self):
        return self.url("policytrack_app")

    def execute(self, *statements):
        with contextlib.closing(psycopg2.connect(self.owner)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            for statement in statements:
                cursor.execute(statement)


@pytest.fixture(scope="module")
def server(programs):
    directory = Path(tempfile.mkdtemp(prefix="pt-"))
    directory.chmod(0o755)
    with Supervisor(StateDir(directory / "state")) as supervisor:
        yield Server(supervisor, programs)


@pytest.fixture
def run(directory, free_port):
    """Start a program of the site as a role; ended after the test."""
    started = []

    def start(name, url, **environment):
        arguments = list(PROGRAMS[name])
        if name == "beat":
            arguments.append(f"--schedule={directory / 'schedule'}")
        if name.startswith("web"):
            arguments.append(f"--bind=127.0.0.1:{free_port}")
        log = directory / f"{len(started)}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=launch.BASE_DIR,
                # A broker that does not answer: it is not asked before the database.
                env={**os.environ, "DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0", **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process.log = log
        process.address = f"http://127.0.0.1:{free_port}/programs/"
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def refusal(process):
    """The sentence a program ended with."""
    code = process.wait(WITHIN)
    said = process.log.read_text()
    assert code == serving.CANNOT_BOOT, said
    (sentence,) = {line for line in said.splitlines() if "is not served as" in line}
    assert "Traceback" not in said
    return sentence


def eventually(condition):
    deadline = time.monotonic() + WITHIN
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value


def status(process):
    try:
        with urllib.request.urlopen(process.address, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        assert process.poll() is None, process.log.read_text()
        return None


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_starts_as_the_owner(name, server, run):
    assert refusal(run(name, server.owner)) == (
        "The site is not served as the database role policytrack, since it is a superuser; let DATABASE_URL name"
        " policytrack_app instead (docs/operators.md, Roles of the database), or set DEBUG=true for development."
    )


@pytest.mark.parametrize("name", ["web", "web, loaded before the fork"])
def test_the_site_is_served_as_app(name, server, run):
    web = run(name, server.app)
    assert eventually(lambda: status(web)) == 200


# What each does next, and cannot without its broker.
@pytest.mark.parametrize(("name", "ready"), [("worker", "Cannot connect to redis"), ("beat", "catch_up")])
def test_jobs_are_done_as_app(name, ready, server, run):
    process = run(name, server.app)
    eventually(lambda: ready in process.log.read_text())
    assert process.poll() is None


def test_a_developer_may_serve_as_the_owner(server, run):
    web = run("web", server.owner, DEBUG="true")
    assert eventually(lambda: status(web)) == 200


@pytest.mark.parametrize("said", [{"ALLOW_OWNER": "true"}, {"ALLOW_OWNER": "false", "DEBUG": "true"}])
def test_a_variable_can_forbid_the_owner_and_cannot_let_it(said, server, run):
    assert "since it is a superuser" in refusal(run("web", server.owner, **said))


def test_app_itself_is_refused_once_somebody_gave_it_too_much(server, run):
    server.execute("GRANT DELETE ON measures_measureversion TO policytrack_app")
    try:
        sentence = refusal(run("web", server.app))
    finally:
        server.execute("REVOKE DELETE ON measures_measureversion FROM policytrack_app")
    assert "policytrack_app, since it may rewrite the table measures_measureversion;" in sentence


def test_a_stranger_is_told_to_migrate(server, run):
    server.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{APP_PASSWORD}'")
    assert "may not read the table" in refusal(run("web", server.url("stranger")))


@pytest.mark.parametrize(("role", "answer"), [("app", 200), ("owner", 500)])
def test_where_the_database_is_away_at_the_start_the_first_connection_is_judged(role, answer, server, run):
    server.stop()
    try:
        web = run("web", getattr(server, role))
        assert eventually(lambda: status(web)) == 503
    finally:
        server.start()
    assert eventually(lambda: status(web) != 503 and status(web)) == answer
    assert status(web) == answer
    told = [line for line in web.log.read_text().splitlines() if "is not served as" in line]
    assert bool(told) == (answer == 500)


def test_the_image_s_programs_are_those_that_are_tried_here(state):
    ours = {child.name: child.argv for child in launch.programs(state, "127.0.0.1", 8000)}
    assert set(ours) == {name.partition(",")[0] for name in PROGRAMS}
    for name, argv in PROGRAMS.items():
        assert argv[0] in ours[name.partition(",")[0]]
    assert json.dumps(ours["web"]).count("policytrack.wsgi") == 1
