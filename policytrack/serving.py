"""What web, worker and beat make sure of when they start: that the database would not let them rewrite history."""

import gc
import sys
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from records import privileges

# Gunicorn takes a web process that ends with this number for one that cannot start, and starts no other in its place.
CANNOT_BOOT = 3


# Of objects made since the last look for garbage; a page makes tens of thousands, most of them gone by its end.
COLLECTED_AFTER = 10_000


def spare_garbage_collections() -> None:
    """Have what is loaded by now never looked through for garbage again, and the rest less often.

    Looking through all that Django and the site hold takes a fifth of the time of a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, 20, 20)


class RoleRefused(Exception):
    """Why the site is not served as the connected role, in one sentence for an operator."""


def refuse_owner() -> None:
    """End this process with a sentence where it is connected as a role that may rewrite history.

    Where the database is away, the first connection to it is judged instead, and gives no answer if it is refused.
    """
    if settings.ALLOW_OWNER:
        return
    connection_created.connect(judge)
    try:
        connection.ensure_connection()
    except OperationalError:
        return
    except RoleRefused as refusal:
        # Celery puts its own stream in the place of sys.stderr and would frame the sentence.
        (sys.__stderr__ or sys.stderr).write(f"{refusal}\n")
        sys.exit(CANNOT_BOOT)
    finally:
        # A process that is forked from this one must not share the connection.
        connection.close()


def judge(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Refuse a connection whose role must not serve; once one is good, so are all others of the process."""
    if reason := refusal(connection):
        connection.close()
        raise RoleRefused(reason)
    connection_created.disconnect(judge)


def refusal(connection: BaseDatabaseWrapper) -> str:
    """Why the connected role must not serve, and what to do; empty where it may."""
    with connection.cursor() as cursor:
        faults = privileges.faults(cursor)
        cursor.execute("SELECT session_user")
        (role,) = cursor.fetchone()
    if not faults:
        return ""
    return (
        f"The site is not served as the database role {role}, since {' and '.join(faults)};"
        f" let DATABASE_URL name {privileges.app_role()} instead (docs/operators.md, Roles of the database),"
        " or set DEBUG=true for development."
    )
