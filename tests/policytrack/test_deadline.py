"""A PostgreSQL that falls silent while its kernel goes on acknowledging, as one that is frozen does."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections, transaction
from django.db.utils import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path

from policytrack import deadline, launch
from policytrack import urls as site

DEADLINE = 2
CONNECT_TIMEOUT = 2  # the shortest that libpq knows
SLACK = 1.5

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


class Relay:
    """Stands before PostgreSQL; stalled, it takes every byte and every connection and passes none of them on."""

    def __init__(self, host, port):
        self.upstream = (
            (socket.AF_UNIX, f"{host}/.s.PGSQL.{port}") if host.startswith("/") else (socket.AF_INET, (host, port))
        )
        self.flows = threading.Event()
        self.flows.set()
        self.ends = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                inner = self.door.accept()[0]
                self.ends.append(inner)
                self.flows.wait()
                outer = socket.socket(self.upstream[0])
                self.ends.append(outer)
                outer.connect(self.upstream[1])
                for source, target in ((inner, outer), (outer, inner)):
                    threading.Thread(target=self.pump, args=(source, target), daemon=True).start()

    def pump(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.flows.wait()
                target.sendall(data)
            self.flows.wait()
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self.flows.set()
        with contextlib.suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        # A connection that it was just passing on is closed as well.
        self.accepting.join(10)
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def relay(monkeypatch, db):
    connection.ensure_connection()
    info = connection.connection.info
    relay = Relay(info.host, info.port)
    wiring = connections.settings["default"]
    monkeypatch.setitem(wiring, "HOST", "127.0.0.1")
    monkeypatch.setitem(wiring, "PORT", str(relay.port))
    monkeypatch.setitem(wiring, "OPTIONS", {**wiring["OPTIONS"], "connect_timeout": CONNECT_TIMEOUT})
    yield relay
    relay.close()


@pytest.fixture
def server(relay, settings):
    """One thread of the web server: it answers a path with the status, the words and the seconds it took.

    The reader pauses after each piece.
    """
    settings.PAGE_DEADLINE = DEADLINE
    settings.ALLOWED_HOSTS = ["testserver"]
    handler, requests = WSGIHandler(), RequestFactory()

    def answer(address, pause):
        statuses, began = [], time.monotonic()
        environ = requests.get(address).environ | {"wsgi.errors": BytesIO()}
        response = handler(environ, lambda status, headers: statuses.append(int(status.split()[0])))
        pieces = []
        for piece in response:
            pieces.append(piece)
            time.sleep(pause)
        words = b"".join(pieces).decode()
        response.close()
        return statuses[0], words, time.monotonic() - began

    with ThreadPoolExecutor(1) as thread:
        yield lambda address, pause=0: thread.submit(answer, address, pause).result(30)
        relay.flows.set()
        thread.submit(connections.close_all).result(30)


def ask(question="SELECT pg_backend_pid()"):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


relays = []


def page(request):
    return HttpResponse(str(ask()))


def freezes(request):
    ask()
    relays[0].flows.clear()
    return HttpResponse(str(ask()))


def freezes_before_commit(request):
    with transaction.atomic():
        ask()
        relays[0].flows.clear()
    return HttpResponse()


def freezes_while_it_is_sent(request):
    def pieces():
        yield str(ask()).encode()
        relays[0].flows.clear()
        yield str(ask()).encode()

    return StreamingHttpResponse(pieces())


def a_slow_reader(request):
    def pieces():
        for _ in range(3):
            yield f"{ask()} ".encode()

    return StreamingHttpResponse(pieces())


def many_questions(request):
    for _ in range(4):
        ask("SELECT pg_sleep(0.6)")
    return HttpResponse("all answered")


def waits_for_its_reader(request):
    """A body that comes over a slow line: nothing is asked before it is there."""
    time.sleep(DEADLINE * 1.5)
    return HttpResponse(str(ask()))


urlpatterns = [
    path("page", page),
    path("freezes", freezes),
    path("freezes-before-commit", freezes_before_commit),
    path("freezes-while-it-is-sent", freezes_while_it_is_sent),
    path("a-slow-reader", a_slow_reader),
    path("many-questions", many_questions),
    path("login/waits-for-its-reader", waits_for_its_reader),
    *site.urlpatterns,
]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500


@pytest.fixture(autouse=True)
def known_relay(relay):
    relays[:] = [relay]
    yield
    relays.clear()


@pytest.mark.parametrize(
    # Django answers a commit that failed with a new connection, which waits for its own time.
    ("address", "patience"),
    [("/freezes", DEADLINE), ("/freezes-before-commit", DEADLINE + CONNECT_TIMEOUT)],
)
def test_a_question_without_an_answer_is_a_503_and_the_next_page_works(server, relay, address, patience):
    status, words, took = server(address)
    assert status == 503
    assert "The database does not answer" in words
    assert DEADLINE <= took < patience + SLACK
    relay.flows.set()
    assert server("/page")[0] == 200


def test_a_kept_connection_that_went_silent_between_two_pages(server, relay):
    assert server("/page")[0] == 200
    relay.flows.clear()
    status, words, took = server("/page")
    # The check of the kept connection waits for the deadline, and then the new one for its own.
    assert (status, took < DEADLINE + CONNECT_TIMEOUT + SLACK) == (503, True)
    assert "The database does not answer" in words
    status, _, took = server("/page")
    assert (status, took < CONNECT_TIMEOUT + SLACK) == (503, True)
    relay.flows.set()
    status, _, took = server("/page")
    assert (status, took < SLACK) == (200, True)


def test_a_file_whose_database_falls_silent_while_it_is_sent_ends(server, relay):
    with pytest.raises(OperationalError):
        server("/freezes-while-it-is-sent")
    relay.flows.set()
    assert server("/page")[0] == 200


def test_a_reader_may_take_longer_over_a_piece_than_the_database_may_over_an_answer(server):
    status, words, _ = server("/a-slow-reader", DEADLINE * 1.2)
    assert (status, len(set(words.split()))) == (200, 1)


def test_readiness_says_so_too(server, relay):
    server("/page")
    relay.flows.clear()
    status, words, _ = server("/readyz")
    assert status == 503
    assert "does not answer" in words


def test_many_short_questions_may_take_longer_together(server):
    status, words, took = server("/many-questions")
    assert (status, words) == (200, "all answered")
    assert took > DEADLINE


def test_a_page_that_waits_for_its_reader_loses_nothing(server):
    server("/page")
    assert server("/login/waits-for-its-reader")[0] == 200


def test_a_page_that_is_done_leaves_its_connection_alone(server):
    _, backend, _ = server("/page")
    time.sleep(DEADLINE * 1.5)
    assert server("/page")[1] == backend


def test_the_check_of_a_kept_connection_has_less_time_than_a_question(server, relay, settings):
    settings.PAGE_DEADLINE = 60
    server("/page")
    relay.flows.clear()
    status, _, took = server("/page")
    assert (status, took < deadline.CHECK_SECONDS + CONNECT_TIMEOUT + SLACK) == (503, True)


def test_no_deadline_where_it_is_turned_off(server, settings):
    settings.PAGE_DEADLINE = 0
    server("/page")
    assert not deadline.watch.pages


def test_the_watch_holds_no_descriptor_after_the_page(server):
    server("/page")
    before = len(os.listdir("/dev/fd"))
    for _ in range(5):
        server("/page")
    assert len(os.listdir("/dev/fd")) == before
    assert not deadline.watch.pages


def test_a_descriptor_that_belongs_to_somebody_else_by_now_is_not_cut():
    wrapper = connections.create_connection("default")
    wrapper.connect()
    number = wrapper.connection.fileno()
    page = deadline.Page("/", 60)
    with deadline.watch.over(page):
        deadline.watch.take(page, wrapper)
        wrapper.close()
        ours, theirs = socket.socketpair()
        ours = socket.socket(fileno=os.dup2(ours.detach(), number))
        page.cut()
        ours.sendall(b"still here")
        assert theirs.recv(20) == b"still here"
    for each in (ours, theirs):
        each.close()


def test_the_connection_of_a_parent_process_is_not_cut():
    wrapper = connections.create_connection("default")
    wrapper.connect()
    watch, page = deadline.Watch([wrapper.connection]), deadline.Page("/", 60)
    watch.take(page, wrapper)
    assert page.lines == []
    wrapper.close()


def test_a_forked_process_watches_anew(relay):
    script = """if True:
        import os, django
        django.setup()
        from django.db import connection
        from policytrack import deadline
        with deadline.watch.over(deadline.Page("/", 60)):
            connection.ensure_connection()
            child = os.fork()
            if not child:
                watch = deadline.watch
                fresh = not watch.pages and watch.thread is None and deadline.here.page is None
                os._exit(0 if fresh and watch.inherited == [connection.connection] else 1)
            raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "policytrack.settings"}
    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0


def test_a_slow_server_speaks_before_the_deadline():
    assert settings.PAGE_DEADLINE > settings.STATEMENT_TIMEOUT
    script = "from django.conf import settings; print(settings.PAGE_DEADLINE)"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "policytrack.settings",
        "STATEMENT_TIMEOUT": launch.WEB_STATEMENT_TIMEOUT,
    }
    answer = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    assert answer == "20\n"
