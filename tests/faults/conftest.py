"""Real workers and beats on a broker of the tests' own."""

import time

import pytest
from django.conf import settings
from redis import Redis

from tests.faults.processes import Broker, Celery, eventually, server_program


@pytest.fixture(scope="session")
def own_server(tmp_path_factory):
    if server_program() is None:
        pytest.skip("no server that speaks Redis was found")
    broker = Broker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.thaw()
    broker.stop()


@pytest.fixture
def broker(own_server, monkeypatch):
    """The broker, empty and awake, known to this process and to the workers it starts."""
    from policytrack.celery import app
    from records import outbox

    if own_server.process.poll() is not None:
        own_server.start()
    with Redis.from_url(own_server.url) as client:
        client.flushall()
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", own_server.url)
    monkeypatch.setitem(app.conf, "broker_url", own_server.url)
    monkeypatch.setattr(outbox, "_no_nudge_before", 0.0)
    # Forget the connections to the broker of other tests, and then those to this one.
    app._after_fork()
    yield own_server
    own_server.thaw()
    app._after_fork()


@pytest.fixture
def celery(broker, tmp_path):
    """Starts workers and beats; whatever still runs at the end is killed."""
    started = []

    def start(*arguments):
        log = tmp_path / f"celery-{len(started)}.log"
        started.append(Celery(broker, log, *arguments))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def worker(celery):
    """Starts so many workers and waits until all of them are ready."""

    def start(count=1):
        arguments = ("worker", "--concurrency=1", "--loglevel=INFO", "--without-gossip", "--without-mingle")
        started = [celery(*arguments) for _ in range(count)]
        for each in started:
            eventually(lambda each=each: each.says(" ready."))
        return started[0]

    return start


@pytest.fixture
def beat(celery, tmp_path):
    return lambda: celery("beat", "--loglevel=INFO", f"--schedule={tmp_path / f'{time.monotonic_ns()}.schedule'}")
