import contextlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import psycopg2
import pytest

from policytrack import embedded, launch
from policytrack.supervisor import Child, Supervisor, born, end_leftovers
from tests.policytrack.processes import policytrack, refused

# Seconds after which a start is taken for hung, on a machine that is busy with other tests.
STARTS_WITHIN = 180
ENDS_WITHIN = 15


def read_until(process, words):
    """What a run says up to the line with these words; fails with all it said when it ends before."""
    said = ""
    deadline = time.monotonic() + STARTS_WITHIN
    while words not in said:
        line = process.stdout.readline()
        assert line, said + process.stderr.read()
        assert time.monotonic() < deadline, said
        said += line
    return said


def ended(process):
    """Wait for a run to end; everything it said since."""
    began = time.monotonic()
    said, errors = process.communicate(timeout=ENDS_WITHIN)
    assert time.monotonic() - began < ENDS_WITHIN
    assert process.returncode == 0, errors
    return said


def read(state, name):
    return json.loads((state / name).read_text())


def children(state):
    return [entry["pid"] for entry in read(state, "processes.json")]


def as_owner(state, *statements):
    """Do something to a running trial's database as its owner; what the last statement answers."""
    url = json.loads((state / "owner.json").read_text())["DATABASE_URL"]
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def serving_roles(state):
    """As whom the site is connected to its database, besides the one who asks."""
    return as_owner(
        state,
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def log_in(address, account):
    """The page that a log-in leads to, and what it shows."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with opener.open(f"{address}/desk/login/?next=/desk/") as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]
    form = {key: account[key] for key in ("username", "password")} | {"csrfmiddlewaretoken": token, "next": "/desk/"}
    with opener.open(f"{address}/desk/login/", data=urllib.parse.urlencode(form).encode()) as page:
        return urllib.parse.urlsplit(page.url).path


def test_a_trial_from_the_first_start_over_a_kill_9_to_the_end(directory, free_port):
    state, address = directory / "state", f"http://localhost:{free_port}"
    run = policytrack("run", STATE_DIR=state, PORT=free_port)
    try:
        said = read_until(run, "ready after")
        assert f"at {address}/" in said
        for doing in ("Starting PostgreSQL", "Bringing the database up to date", "Loading the data set"):
            assert doing in said

        accounts = json.loads((state / "accounts.json").read_text())
        assert [account["role"] for account in accounts] == ["analyst", "editor", "reviewer", "manager", "admin"]
        assert (state / "accounts.json").stat().st_mode & 0o777 == 0o600
        assert all(account["password"] in said for account in accounts)
        for account in accounts:
            at_desk = log_in(address, account) == "/desk/"
            assert at_desk == (account["role"] != "analyst"), account["role"]

        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert json.load(answer)["status"] == "ready"
        assert "already running" in refused("run", STATE_DIR=state, PORT=free_port)

        # The planner knows how full the tables are.
        counted = "SELECT reltuples > 0 FROM pg_class WHERE oid = 'public.records_citation'::regclass"
        assert as_owner(state, counted) == [(True,)]
        assert serving_roles(state) == [("policytrack_app",)]
        assert as_owner(state, "SELECT DISTINCT usesuper FROM pg_user WHERE usename = 'policytrack_app'") == [(False,)]
        assert urllib.parse.urlsplit(read(state, "servers.json")["DATABASE_URL"]).username == "policytrack_app"
        for name in ("owner.json", "secrets.json", "servers.json"):
            assert (state / name).stat().st_mode & 0o777 == 0o600

        # An installation that was made before there were roles.
        as_owner(state, "DROP OWNED BY policytrack_app", "DROP ROLE policytrack_app")
        secrets = read(state, "secrets.json")
        del secrets["database_app"]
        (state / "secrets.json").write_text(json.dumps(secrets))

        orphans = children(state)
        assert len(orphans) == 5
        run.kill()
        run.communicate()
        run = policytrack("run", STATE_DIR=state, PORT=free_port)
        said = read_until(run, "ready after")
        assert "Ended postgresql, left over" in said
        assert "Loading the data set" not in said
        assert "Demo accounts" not in said
        assert not any(born(pid) for pid in orphans)
        assert json.loads((state / "accounts.json").read_text()) == accounts
        assert log_in(address, accounts[-1]) == "/desk/"
        assert serving_roles(state) == [("policytrack_app",)]

        last = children(state)
        run.send_signal(signal.SIGTERM)
        assert "Stopped." in ended(run)
        assert not any(born(pid) for pid in last)
        assert read(state, "servers.json") == read(state, "owner.json") == {}
    finally:
        run.kill()
        run.communicate()
        if state.exists():
            end_leftovers(launch.StateDir(state))


def test_ctrl_c_while_the_servers_start_leaves_nothing_behind(directory, free_port):
    state = directory / "state"
    run = policytrack("run", STATE_DIR=state, PORT=free_port)
    try:
        read_until(run, "Starting Valkey")
        os.killpg(run.pid, signal.SIGINT)
        assert "Stopped." in ended(run)
        assert children(state) == []
    finally:
        run.kill()
        run.communicate()


def test_a_port_in_use_is_refused(directory, free_port):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", free_port))
        holder.listen()
        sentence = refused("run", STATE_DIR=directory / "state", PORT=free_port)
    assert sentence == f"Port {free_port} is in use; set PORT to another one or stop what holds it."


@pytest.mark.parametrize("port", ["zero", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(directory, port):
    assert "it must be a number from 1 to 65535" in refused("run", STATE_DIR=directory / "state", PORT=port)


@pytest.mark.skipif(sys.platform != "linux", reason="asks for a directory that even root may not make, in /sys")
def test_a_state_directory_that_may_not_be_written_is_refused(free_port):
    sentence = refused("run", STATE_DIR="/sys/policytrack", PORT=free_port)
    assert sentence == "/sys/policytrack may not be written by this user; set STATE_DIR to a directory you own."


def test_a_database_that_does_not_answer_is_said_in_a_sentence(directory, free_port):
    sentence = refused(
        "run",
        STATE_DIR=directory / "state",
        PORT=free_port,
        DATABASE_URL="postgres://policytrack@127.0.0.1:1/policytrack",
        REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert sentence.startswith("The database does not answer: ")


def test_words_that_are_no_command_are_refused():
    assert refused("walk").startswith("Usage: ")


def test_a_command_gets_servers_of_its_own_and_hands_its_exit_code_on():
    program = (
        "import os, psycopg2, redis\n"
        "c = psycopg2.connect(os.environ['DATABASE_URL']).cursor(); c.execute('SHOW fsync'); print(c.fetchone()[0])\n"
        "print(redis.Redis.from_url(os.environ['REDIS_URL']).ping())\n"
        "print(os.environ['STATE_DIR']); raise SystemExit(7)"
    )
    process = policytrack("with-servers", sys.executable, "-W", "ignore", "-c", program)
    said, errors = process.communicate(timeout=STARTS_WITHIN)
    assert process.returncode == 7, errors
    fsync, pong, state = said.splitlines()[-3:]
    assert (fsync, pong) == ("off", "True")
    assert not os.path.exists(state)


def get(address):
    """Status, headers and text of an answer, whatever the status."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def wait_for_status(address, status):
    deadline = time.monotonic() + 20
    while True:
        try:
            if get(address)[0] == status:
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, f"{address} did not answer {status}"
        time.sleep(0.1)


def test_the_site_says_when_the_database_or_the_queue_is_away_and_recovers_by_itself(state, programs, free_port):
    address = f"http://127.0.0.1:{free_port}"
    page = f"{address}/programs/"
    with Supervisor(state) as supervisor:
        database = embedded.Postgres(state, programs=programs, durable=False)
        queue = embedded.Valkey(state)
        embedded.start(database, supervisor)
        embedded.start(queue, supervisor)
        environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "REDIS_URL": queue.url,
            "STATE_DIR": str(state.path),
            "DJANGO_SETTINGS_MODULE": "tests.owned",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=launch.BASE_DIR, env=environment, check=True
        )
        gunicorn = [sys.executable, "-m", "gunicorn", "policytrack.wsgi", "--bind", f"127.0.0.1:{free_port}"]
        options = ["--worker-class=gthread", "--threads=2", "--no-control-socket", "--graceful-timeout=1"]
        supervisor.start(Child("web", [*gunicorn, *options], environment, launch.BASE_DIR))
        wait_for_status(page, 200)

        server = supervisor.children[0].process
        server.send_signal(signal.SIGINT)
        server.wait(10)
        status, headers, text = get(page)
        assert status == 503
        assert headers["Retry-After"] == "5"
        assert "The database does not answer" in text
        assert get(f"{address}/healthz")[0] == 200
        status, _, text = get(f"{address}/readyz")
        assert status == 503
        assert json.loads(text)["checks"]["database"] == {"ok": False, "why": "does not answer (OperationalError)"}

        embedded.start(database, supervisor)
        assert get(page)[0] == 200

        server = supervisor.children[1].process
        server.terminate()
        server.wait(10)
        assert get(page)[0] == 200
        checks = json.loads(get(f"{address}/readyz")[2])["checks"]
        assert checks["database"]["ok"]
        assert checks["broker"] == {"ok": False, "why": "does not answer (ConnectionError)"}
