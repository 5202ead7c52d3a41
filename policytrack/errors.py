"""The pages for requests that cannot be answered, in plain words; none of them asks the database anything."""

import sys
from collections.abc import Callable

import kombu.exceptions
import redis.exceptions
import structlog
from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5
# PostgreSQL, appendix A: query_canceled; insufficient_privilege, invalid_schema_name and undefined_table. The latter
# come while a database is restored or migrated: tables are missing, or still open to their owner alone.
STATEMENT_TIMED_OUT = "57014"
NOT_YET_WHOLE = ("42501", "3F000", "42P01")
BROKER_ERRORS = (
    kombu.exceptions.OperationalError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
)


def outage(error: BaseException | None) -> str:
    """What a reader is told when ``error`` means that a server is away, overloaded or not whole; else empty."""
    if isinstance(error, OperationalError | InterfaceError):
        if getattr(error.__cause__, "pgcode", None) == STATEMENT_TIMED_OUT:
            return _("The database needed too long for this page. Narrow the question, or try again in a moment.")
        return _("The database does not answer at the moment. Nothing that was saved is lost.")
    if isinstance(error, ProgrammingError) and getattr(error.__cause__, "pgcode", None) in NOT_YET_WHOLE:
        return _("The database is being restored or updated at the moment. Nothing that was saved is lost.")
    if isinstance(error, BROKER_ERRORS):
        return _("The job queue does not answer at the moment. Nothing that was saved is lost.")
    return ""


def unavailable(request: HttpRequest, reason: str) -> HttpResponse:
    response = page(request, 503, reason)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    """The answer for an error; 500 and 503 do without the request's context, which asks who is logged in."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        titles = {400: _("Bad request"), 403: _("Forbidden"), 404: _("Not found")}
        titles |= {500: _("Internal error"), 503: _("Temporarily unavailable")}
        response = JsonResponse({"detail": reason or titles[status]}, status=status)
    else:
        template = loader.get_template(f"{status}.html")
        body = template.render({"reason": reason}, request if status < 500 else None)
        response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


class OutageMiddleware:
    """Turns a database or broker that is away or not whole into a 503; the next request tries anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        reason = outage(error)
        if not reason:
            return None
        log.error("outage", path=request.path, error=str(error).strip())
        drop_broken_connections()
        return unavailable(request, reason)


def drop_broken_connections() -> None:
    for connection in connections.all(initialized_only=True):
        try:
            connection.close_if_unusable_or_obsolete()
        except DatabaseError:
            connection.connection = None


def words_of(error: Exception) -> str:
    """What the code that raised ``error`` wrote for the reader; empty for the framework's own phrases."""
    words = error.args[0] if error.args and isinstance(error.args[0], str) else ""
    return "" if words.endswith("matches the given query.") else words


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # A SuspiciousOperation's text is for the log: it repeats what an attacker sent.
    return page(request, 400, words_of(exception) if isinstance(exception, BadRequest) else "")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, words_of(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404, words_of(exception))


def server_error(request: HttpRequest) -> HttpResponse:
    # Errors outside a view, such as the session's in a middleware, come here; an outage among them is a 503.
    reason = outage(sys.exc_info()[1])
    return unavailable(request, reason) if reason else page(request, 500)
