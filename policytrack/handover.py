"""From the role of the database that migrates to the one that serves and cannot rewrite history."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import environ
from django.conf import settings
from django.db import OperationalError, connection

from policytrack import serving
from policytrack.state import CannotRun, StateDir
from records import privileges


def hand_over(given: str, state: StateDir) -> str:
    """Connect this process as the role that serves; its URL. Raises CannotRun where there is none.

    An owner, whom ``given`` names, sets app up with a password of this installation's own. Any other role is taken for
    app. An owner stays where ALLOW_OWNER is set and app cannot be had.
    """
    with connection.cursor() as cursor:
        owner = privileges.owns_tables(cursor)
    url = given
    if owner:
        privileges.settle()
        try:
            url = become_app(given, state)
        except CannotRun:
            if not settings.ALLOW_OWNER:
                raise
            connect_as(given)
    if not settings.ALLOW_OWNER and (reason := serving.refusal(connection)):
        raise CannotRun(reason)
    return url


def become_app(given: str, state: StateDir) -> str:
    """Connect as app to the server of ``given``, letting it in where nobody has done so; its URL."""
    password = settings.DATABASE_APP_PASSWORD or state.secret("database_app")
    urls = urls_of_app(given, password)
    if url := first_that_answers(urls):
        return url
    connect_as(given)
    name = privileges.app_role()
    with connection.cursor() as cursor:
        known = privileges.may_log_in(cursor)
    # A password that somebody has chosen is not taken away: other databases of the server may be served with it.
    if known and not settings.DATABASE_APP_PASSWORD:
        raise CannotRun(
            f"The database role {name} has a password that this installation does not know;"
            " set DATABASE_APP_PASSWORD to it, or DATABASE_APP_ROLE to the name of another role."
        )
    if not privileges.let_in(password):
        raise CannotRun(
            f"The site is served as the database role {name}, which {connection.settings_dict['USER'] or 'this role'}"
            f" may not set up; let an administrator of the server say CREATE ROLE {name} LOGIN PASSWORD '...',"
            " and set DATABASE_APP_PASSWORD to the same (docs/operators.md, Roles of the database)."
        )
    if url := first_that_answers(urls):
        return url
    connect_as(given)
    raise CannotRun(
        f"The database does not let {name} in with its password; allow it in the server's pg_hba.conf, or let"
        " DATABASE_URL name a host where it is allowed."
    )


def urls_of_app(given: str, password: str) -> list[str]:
    """Where app may be let in: at the place that ``given`` names, or by TCP where that is a socket on this machine."""
    place = urlsplit(given)
    query = dict(parse_qsl(place.query))
    for name in ("user", "password"):
        query.pop(name, None)
    who = f"{quote(privileges.app_role(), safe='')}:{quote(password, safe='')}"
    host = place.netloc.rpartition("@")[2]
    urls = [urlunsplit(place._replace(netloc=f"{who}@{host}", query=urlencode(query)))]
    if not place.hostname and query.get("host", "/").startswith("/"):
        # At its socket a server commonly asks for the name of the system's user instead of a password.
        query.pop("host", None)
        port = query.pop("port", None) or connection.settings_dict["PORT"] or port_of_server()
        urls.append(urlunsplit(place._replace(netloc=f"{who}@127.0.0.1:{port}", query=urlencode(query))))
    return urls


def port_of_server() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW port")
        return cursor.fetchone()[0]


def first_that_answers(urls: list[str]) -> str:
    """Connect by the first of the URLs that lets us; it, or the empty text."""
    for url in urls:
        connect_as(url)
        try:
            connection.ensure_connection()
        except OperationalError:
            continue
        return url
    return ""


def connect_as(url: str) -> None:
    """Let this process go on as the role that ``url`` names."""
    connection.close()
    chosen = environ.Env.db_url_config(url)
    options = {
        name: value
        for name, value in connection.settings_dict["OPTIONS"].items()
        if name not in ("user", "password", "host", "port")
    }
    connection.settings_dict.update(chosen, OPTIONS=options | chosen.get("OPTIONS", {}))
