"""How long a page waits for a database that has fallen silent.

A frozen PostgreSQL (a stopped process, a suspended machine, a disk that hangs) has a kernel that goes on acknowledging
packets, so keepalives and TCP's timeouts never end the wait, and statement_timeout is counted by the server that has
stopped. So one thread in each web process watches the pages: where one has put a question to the database and has no
answer after PAGE_DEADLINE seconds, it shuts the page's connections down. psycopg2 takes that for a server that went
away, and `policytrack.errors` says so to the reader.

The clock starts anew with each question and each answer, and not with the page: an upload over a slow line and a long
act at the desk are made of many short questions and need no rule of their own. A file that is read from the database
while it is sent is watched piece by piece, and not while the reader takes one.
"""

import contextlib
import math
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg2
import structlog
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

log = structlog.get_logger(__name__)

# Seconds for the check of a kept connection, which comes before a page's first question. A server that is awake answers
# it at once, and one cut too early, under an upload that takes long, costs no more than a new connection.
CHECK_SECONDS = 5.0


class Page:
    """A request that is being answered, and second descriptors of its thread's database connections.

    They are made in that thread, which alone opens and closes its connections, and stay with the socket they were made
    of. The number of the first descriptor may meanwhile belong to another reader's socket.
    """

    def __init__(self, path: str, seconds: float):
        self.path = path
        self.seconds = seconds
        self.over_at = time.monotonic() + min(seconds, CHECK_SECONDS)
        self.lines: list[int] = []

    def cut(self) -> None:
        """End the connections, for this side at once and whatever their server does."""
        while self.lines:
            with socket.socket(fileno=self.lines.pop()) as connection, contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Watch:
    """The pages this process is answering, and the thread that looks after them, started with the first."""

    def __init__(self, inherited: Iterable[Any] = ()):
        self.pages: set[Page] = set()
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None
        self.wakes_at = math.inf
        # Connections of the parent process, which are not this one's to end.
        self.inherited = list(inherited)

    @contextlib.contextmanager
    def over(self, page: Page) -> Iterator[None]:
        """Watch a page. Once this is left, nothing is cut for it any more: the thread's next page may have begun."""
        before, here.page = getattr(here, "page", None), page
        try:
            with self.changed:
                self.pages.add(page)
                if self.thread is None:
                    self.thread = threading.Thread(target=self.look_after, name="deadline", daemon=True)
                    self.thread.start()
                elif page.over_at < self.wakes_at:
                    self.changed.notify()
            yield
        finally:
            here.page = before
            with self.changed:
                self.pages.discard(page)
            while page.lines:
                os.close(page.lines.pop())

    def take(self, page: Page, wrapper: BaseDatabaseWrapper) -> None:
        """Answer for a connection of this thread."""
        connection = wrapper.connection
        if connection is None or any(connection is other for other in self.inherited):
            return
        # One that is broken already has no descriptor, and raises an error of its own when it is used.
        with contextlib.suppress(OSError, psycopg2.Error):
            line = os.dup(connection.fileno())
            with self.changed:
                page.lines.append(line)

    def restart(self, page: Page) -> None:
        with self.changed:
            page.over_at = time.monotonic() + page.seconds

    def look_after(self) -> None:
        while True:
            with self.changed:
                now = time.monotonic()
                late = [page for page in self.pages if page.over_at <= now]
                given_up = [page for page in late if page.lines]
                for page in late:
                    page.cut()
                    page.over_at = now + page.seconds  # for the connection that it may open instead
                self.wakes_at = min((page.over_at for page in self.pages), default=math.inf)
                if not late:
                    self.changed.wait(None if self.wakes_at == math.inf else self.wakes_at - now)
            for page in given_up:
                log.warning("database connection given up", path=page.path)


here = threading.local()
watch = Watch()


def begin_anew() -> None:
    """In a process just forked: the thread, the lock and the pages are the parent's."""
    global watch
    here.page = None
    watch = Watch(wrapper.connection for wrapper in connections.all(initialized_only=True) if wrapper.connection)


os.register_at_fork(after_in_child=begin_anew)


def take_new_connection(connection: BaseDatabaseWrapper, **_: object) -> None:
    if page := getattr(here, "page", None):
        watch.take(page, connection)


connection_created.connect(take_new_connection)


class DeadlineMiddleware:
    """Stands before everything that asks the database, /readyz and the saving of sessions included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_DEADLINE:
            return self.get_response(request)
        page = Page(request.path, settings.PAGE_DEADLINE)

        def ask(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
            watch.restart(page)
            try:
                return execute(sql, params, many, context)
            finally:
                watch.restart(page)

        with watch.over(page), contextlib.ExitStack() as stack:
            for wrapper in connections.all():
                watch.take(page, wrapper)
                stack.enter_context(wrapper.execute_wrapper(ask))
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = piece_by_piece(page, response.streaming_content)
        return response


def piece_by_piece(page: Page, content: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces, with the page watched while one is made."""
    pieces = iter(content)
    try:
        while True:
            with watch.over(page):
                watch.restart(page)
                for wrapper in connections.all():
                    watch.take(page, wrapper)
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        # Abandoned by the reader: what the pieces were read from ends as well.
        if hasattr(pieces, "close"):
            pieces.close()
