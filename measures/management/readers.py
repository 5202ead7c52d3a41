"""Many readers at once: how many answers a second a real server gives, over loopback, while all of them ask."""

import http.client
import math
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from records import privileges

AT_ONCE, SECONDS = 16, 5.0
STARTS_WITHIN = 120
THREADS = 4
# So many answers in a row that take no longer than twice the quickest.
WARM = 20
SITE, NOTHING = "policytrack.wsgi", "measures.management.readers:hello"


def hello(_environ: dict, start_response: Callable) -> list[bytes]:
    """The least that a server can answer: what the server itself costs."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"hello\n"]


@dataclass(frozen=True)
class Rate:
    """Answers a second, and after how many seconds half of them and all but a hundredth were there."""

    per_second: float
    half: float
    most: float


@contextmanager
def server(application: str, *, keep_pages: bool) -> Iterator[int]:
    """A web server as the site has it, on a port of its own; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cores = str(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--preload"]
    command += ["--worker-class", "gthread", "--workers", cores, "--threads", str(THREADS), "--keep-alive", "5"]
    command += ["--no-control-socket", "--log-level", "error"]
    environment = {**os.environ, "DATABASE_URL": _as_app(), "KEEP_PAGES": str(keep_pages).lower(), "DEBUG": "false"}
    environment |= {"SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "127.0.0.1"}
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def ask(port: int, address: str) -> Rate:
    """Let all readers ask for one page, each again as soon as it has its answer."""

    def reader() -> Iterator[None]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as place:
            while True:
                place.request("GET", address, headers={"Accept-Encoding": "gzip"})
                answer = place.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"The server answered {answer.status}.")
                yield

    return _rate(reader)


def wait_for_bitmaps(port: int, address: str) -> None:
    """Ask until every process has read what it counts by, which of many records it does in the background."""
    deadline, quick = time.monotonic() + STARTS_WITHIN, 0
    best = math.inf
    while time.monotonic() < deadline and quick < WARM:
        start = time.perf_counter()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}") as answer:
            answer.read()
        took = time.perf_counter() - start
        best = min(best, took)
        quick = quick + 1 if took < 2 * best else 0


def ask_database(statements: tuple[str, ...]) -> Rate:
    """The same of the database alone: as many connections, each of which runs the statements again and again."""

    def reader() -> Iterator[None]:
        own = connection.copy()
        try:
            with own.cursor() as cursor:
                for number, statement in enumerate(statements):
                    cursor.execute(f"PREPARE asked_{number} AS {statement}")
                while True:
                    for number in range(len(statements)):
                        cursor.execute(f"EXECUTE asked_{number}")
                        cursor.fetchall()
                    yield
        finally:
            own.close()

    return _rate(reader)


def _rate(reader: Callable[[], Iterator[None]]) -> Rate:
    """Let so many readers take one step after another for some seconds."""
    took: list[float] = []
    failed: list[Exception] = []
    began = time.perf_counter()

    def read() -> None:
        steps = reader()
        try:
            while (start := time.perf_counter()) < began + SECONDS and not failed:
                next(steps)
                took.append(time.perf_counter() - start)
        except Exception as error:
            failed.append(error)
        finally:
            steps.close()

    threads = [threading.Thread(target=read) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    seconds = time.perf_counter() - began
    if len(took) < 2:
        return Rate(len(took) / seconds, seconds, seconds)
    parts = statistics.quantiles(took, n=100)
    return Rate(len(took) / seconds, parts[49], parts[98])


def _as_app() -> str:
    """The address of the database as the role that serves, which this disposable database lets in."""
    password = secrets.token_urlsafe(24)
    privileges.let_in(password)
    told = connection.settings_dict
    name, host, port = told["NAME"], told["HOST"] or "127.0.0.1", told["PORT"] or "5432"
    return f"postgres://{privileges.app_role()}:{password}@{host}:{port}/{quote(name)}"


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")
