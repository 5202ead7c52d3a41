"""What `make run` and `make test` start: servers, database, accounts, web, worker and beat."""

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from policytrack import embedded, serving
from policytrack.handover import hand_over
from policytrack.state import CannotRun, StateDir, explain, port_is_free
from policytrack.supervisor import Child, Stopped, Supervisor, end_leftovers
from records import privileges

BASE_DIR = Path(__file__).resolve().parent.parent
READY_WITHIN = 60.0

# On a Mac, libpq's first look at Kerberos kills a forked process (github.com/psycopg/psycopg2/issues/1593), and
# Objective-C ends one for what its parent was in the midst of (github.com/celery/celery/issues/7324).
FORKING_ON_MACOS = {"PGGSSENCMODE": "disable", "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
LOG_READ = 20_000

INSUFFICIENT_PRIVILEGE = "42501"  # PostgreSQL, appendix A

# Seconds a statement may take: a page gives up early, a job may rebuild a whole table.
WEB_STATEMENT_TIMEOUT = "15"
WORKER_STATEMENT_TIMEOUT = "600"


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(doing: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    say(f"{doing} ...")
    yield
    say(f"  done in {time.monotonic() - began:.1f} s")


def run() -> int:
    """Run everything until Ctrl-C or SIGTERM; 0 then, else CannotRun is raised."""
    began = time.monotonic()
    if sys.platform == "darwin":
        os.environ.update(FORKING_ON_MACOS | os.environ)
    host, port = os.environ.get("BIND") or "127.0.0.1", port_wanted()
    state = StateDir(os.environ.get("STATE_DIR") or BASE_DIR / "var")
    with state.held():
        for name in end_leftovers(state):
            say(f"Ended {name}, left over from a run that was killed")
        if not port_is_free(host, port):
            raise CannotRun(f"Port {port} is in use; set PORT to another one or stop what holds it.")
        with Supervisor(state) as supervisor:
            try:
                os.environ["STATE_DIR"] = str(state.path)
                servers = start_servers(state, supervisor)
                # For backups and migrations by hand; nothing that serves reads it.
                state.write("owner.json", {name: url for name, url in servers.items() if name == "DATABASE_URL"})
                os.environ.update(servers)
                os.environ.setdefault("SECRET_KEY", state.secret("secret_key"))
                accounts = prepare_database(state)
                # For a `manage.py shell` beside the running site; settings.py reads it where the environment is silent.
                state.write("servers.json", {name: os.environ[name] for name in servers})
                with step("Starting web, worker and beat"):
                    for child in programs(state, host, port):
                        supervisor.start(child)
                    wait_until_ready(supervisor, host, port)
                introduce(state, host, port, accounts, time.monotonic() - began)
                supervisor.watch()
            except (Stopped, KeyboardInterrupt):
                say("\nStopping ...")
                supervisor.ending = True
            finally:
                state.write("owner.json", {})
                state.write("servers.json", {})
        say("Stopped.")
    return 0


def with_servers(command: list[str], *, durable: bool = False) -> int:
    """Run a command against throw-away servers, for what the environment does not name; its exit code.

    With `durable` a commit waits for the disk, as it does in service: what a save costs is measured so.
    """
    with tempfile.TemporaryDirectory(prefix="policytrack-") as directory:
        state = StateDir(directory)
        with Supervisor(state) as supervisor:
            try:
                environment = {**os.environ, **start_servers(state, supervisor, durable=durable)}
                # In this process group, so that Ctrl-C reaches it and a debugger can read the terminal.
                process = subprocess.Popen(command, env={**environment, "STATE_DIR": directory})
                try:
                    return process.wait()
                except Stopped:
                    supervisor.ending = True
                    process.terminate()
                    process.wait()
                    return 130
            except Stopped:
                return 130
            finally:
                remove_outside(state, supervisor)


def remove_outside(state: StateDir, supervisor: Supervisor) -> None:
    supervisor.ending = True
    supervisor.stop()
    outside = state.read("embedded.json")
    if outside:
        shutil.rmtree(outside["home"], ignore_errors=True)


def start_servers(state: StateDir, supervisor: Supervisor, *, durable: bool = True) -> dict[str, str]:
    """Start the packaged servers that the environment does not replace; the variables that lead to them."""
    environment = {}
    for variable, server, name in (
        ("DATABASE_URL", embedded.Postgres, "PostgreSQL"),
        ("REDIS_URL", embedded.Valkey, "Valkey"),
    ):
        if os.environ.get(variable):
            continue
        embedded.check_platform()
        service = server(state, durable=durable)
        with step(f"Starting {name} on port {service.port}"):
            embedded.start(service, supervisor)
        environment[variable] = service.url
    return environment


def count_rows(owner: str) -> None:
    """Let the planner know how full the tables are, which only their owner may; some pages would take a minute."""
    import environ
    import psycopg2

    told = environ.Env.db_url_config(owner)
    where = {"dbname": told["NAME"], **{name: told[name.upper()] for name in ("user", "password", "host", "port")}}
    with contextlib.closing(psycopg2.connect(**{name: value for name, value in where.items() if value})) as session:
        session.autocommit = True
        session.cursor().execute("ANALYZE")


def prepare_database(state: StateDir) -> list[dict[str, str]]:
    """Migrate, load the data set unless this database has it, make the demo accounts; the new accounts.

    The given role of the database migrates. From then on everything is done as app, which DATABASE_URL names then.
    """
    os.environ["STATEMENT_TIMEOUT"] = "0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "policytrack.settings"
    import django
    from django.core.management import CommandError, call_command
    from django.db import OperationalError, ProgrammingError, connection

    try:
        django.setup()
        serving.spare_garbage_collections()
        migrate(connection)
        owner = os.environ["DATABASE_URL"]
        os.environ["DATABASE_URL"] = hand_over(owner, state)
        os.environ.pop("DATABASE_APP_PASSWORD", None)
        loaded = data_fingerprint(connection)
        if state.read("loaded.json") != loaded:
            with step("Loading the data set"):
                report = io.StringIO()
                call_command("load_data", stdout=report)
                say(f"  {report.getvalue().splitlines()[-1]}")
                count_rows(owner)
            state.write("loaded.json", loaded)
        from policytrack.accounts import make_demo_accounts

        return list(make_demo_accounts(state))
    except OperationalError as error:
        # The server's own log knows of a full disk even where the connection just broke.
        log = state.path / "logs" / f"{embedded.Postgres.name}.log"
        full = log.exists() and "No space left on device" in log.read_text(errors="replace")[-LOG_READ:]
        reason = "the disk is full" if full else str(error).strip().splitlines()[0]
        raise CannotRun(f"The database does not answer: {reason}.") from error
    except ProgrammingError as error:
        if getattr(error.__cause__, "pgcode", None) != INSUFFICIENT_PRIVILEGE:
            raise
        reason = str(error).strip().splitlines()[0]
        raise CannotRun(f"The database refuses what the role of DATABASE_URL asks: {reason}.") from error
    except CommandError as error:
        raise CannotRun(str(error)) from error
    finally:
        connection.close()


def migrate(connection) -> None:
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        return
    with connection.cursor() as cursor:
        if not privileges.may_migrate(cursor):
            raise CannotRun(
                f"The database lacks {missing} migrations, which the role of DATABASE_URL may not apply;"
                " run manage.py migrate as the owner of the tables first."
            )
    with step(f"Bringing the database up to date ({missing} migrations)"):
        call_command("migrate", interactive=False, verbosity=0)


def data_fingerprint(connection) -> str:
    """Of the data set and of this very database: its migrations' moments are no other's."""
    digest = hashlib.sha256()
    for path in sorted((BASE_DIR / "data").iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(applied)::text || max(applied)::text FROM django_migrations")
        digest.update(cursor.fetchone()[0].encode())
    return digest.hexdigest()


def programs(state: StateDir, host: str, port: int) -> list[Child]:
    """Worker, beat and web; they are ended at once, and the servers that they use after them."""
    environment = {**os.environ, "STATEMENT_TIMEOUT": WORKER_STATEMENT_TIMEOUT}
    cores = str(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)
    celery = [sys.executable, "-m", "celery", "--app", "policytrack"]
    schedule = state.directory("beat") / "schedule"
    return [
        Child(
            name="worker",
            argv=[
                *celery,
                "worker",
                "--concurrency",
                cores,
                "--loglevel",
                "INFO",
                "--without-gossip",
                "--without-mingle",
            ],
            env=environment,
            cwd=BASE_DIR,
            grace=4.0,
            tier="site",
        ),
        Child(
            name="beat",
            argv=[*celery, "beat", "--schedule", str(schedule), "--pidfile", "", "--loglevel", "INFO"],
            env=environment,
            cwd=BASE_DIR,
            grace=1.5,
            tier="site",
        ),
        Child(
            name="web",
            argv=[
                *(sys.executable, "-m", "gunicorn", "policytrack.wsgi", "--bind", f"{host}:{port}", "--preload"),
                *(
                    "--worker-class",
                    "gthread",
                    "--workers",
                    os.environ.get("WEB_CONCURRENCY") or cores,
                    "--threads",
                    "4",
                    "--no-control-socket",
                ),
                *("--graceful-timeout", "2", "--keep-alive", "5"),
            ],
            env={**environment, "STATEMENT_TIMEOUT": WEB_STATEMENT_TIMEOUT},
            cwd=BASE_DIR,
            grace=3.0,
            tier="site",
        ),
    ]


def wait_until_ready(supervisor: Supervisor, host: str, port: int) -> None:
    deadline, answer = time.monotonic() + READY_WITHIN, ""
    while time.monotonic() < deadline:
        supervisor.look_after()
        try:
            with urllib.request.urlopen(f"{address(host, port)}/readyz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")
        except OSError as error:
            answer = str(error)
        time.sleep(0.2)
    raise CannotRun(f"The site did not become ready within {READY_WITHIN:.0f} seconds: {answer}")


def introduce(state: StateDir, host: str, port: int, accounts: list[dict[str, str]], took: float) -> None:
    if accounts:
        say("\nDemo accounts; the passwords are shown only now and kept in")
        say(f"{state.path / 'accounts.json'}")
        for account in accounts:
            say(f"  {account['role']:<10} {account['username']:<16} {account['password']}")
    say(f"\npolicytrack is ready after {took:.1f} s at {address(host, port)}/  (Ctrl-C ends it)")
    say(f"Logs are in {state.path / 'logs'}")


def address(host: str, port: int) -> str:
    return f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"


def port_wanted() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def main(arguments: list[str]) -> int:
    """`run`, or `with-servers [--durable] COMMAND...`; the exit code."""
    try:
        match arguments:
            case ["run"]:
                return run()
            case ["with-servers", "--durable", *command] if command:
                return with_servers(command, durable=True)
            case ["with-servers", *command] if command:
                return with_servers(command)
            case _:
                raise CannotRun("Usage: python -m policytrack run | with-servers [--durable] COMMAND...")
    except CannotRun as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.stderr.write(f"{explain(error, Path(error.filename or os.environ.get('STATE_DIR', 'var')))}\n")
        return 1
