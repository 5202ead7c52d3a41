"""/healthz: this process answers. /readyz: what it leans on answers too."""

import datetime
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from measures import timeline
from records.models import Heartbeat


class NotReady(Exception):
    """Why a part is not ready, in words for an operator."""


def database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return {"version": cursor.fetchone()[0]}


def migrations() -> dict[str, Any]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied; run manage.py migrate")
    return {}


def broker() -> dict[str, Any]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
    try:
        client.ping()
    finally:
        client.close()
    return {}


def beat() -> dict[str, Any]:
    """Beat sends the heartbeat and a worker writes it, so its age speaks for both."""
    last = Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()
    return age("the last heartbeat", last, settings.HEARTBEAT_MAX_AGE)


def timeline_age() -> dict[str, Any]:
    return age("the timeline", timeline.refreshed_at(), settings.TIMELINE_MAX_AGE)


def age(what: str, moment: datetime.datetime | None, limit: int) -> dict[str, Any]:
    if moment is None:
        raise NotReady(f"{what} is not there yet")
    seconds = round((timezone.now() - moment).total_seconds())
    if seconds > limit:
        raise NotReady(f"{what} is {seconds} seconds old; {limit} are allowed")
    return {"age_seconds": seconds}


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "beat": beat,
    "timeline": timeline_age,
}


def check(name: str) -> dict[str, Any]:
    try:
        return {"ok": True, **CHECKS[name]()}
    except NotReady as reason:
        return {"ok": False, "why": str(reason)}
    except Exception as error:  # whatever is wrong with a part, the report on the others goes out
        # The text of a connection error can hold an address or a user name; its kind is enough for a stranger.
        return {"ok": False, "why": f"does not answer ({type(error).__name__})"}


class HealthMiddleware:
    """Stands before host checks and redirects to HTTPS, since a load balancer asks by address and in plain HTTP."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            checks = {name: check(name) for name in CHECKS}
            ready = all(result["ok"] for result in checks.values())
            response = JsonResponse(
                {"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503
            )
            response["Cache-Control"] = "no-store"
            return response
        return self.get_response(request)
