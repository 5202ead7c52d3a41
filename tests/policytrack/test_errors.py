import kombu.exceptions
import psycopg2.errors
import pytest
import redis.exceptions
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path

from policytrack import urls as site
from records import privileges


def raising(error):
    def view(request):
        raise error

    return view


def too_slow(request):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        cursor.execute("SELECT pg_sleep(5)")
    return HttpResponse()


def asking(statement):
    def view(request):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return HttpResponse()

    return view


ERRORS = {
    "database": OperationalError("connection to server at db failed: password for policytrack"),
    "connection": InterfaceError("connection already closed"),
    "broker": kombu.exceptions.OperationalError("Error 111"),
    "redis": redis.exceptions.ConnectionError("Error 111"),
    "redis-slow": redis.exceptions.TimeoutError("Timeout"),
    "bug": ZeroDivisionError("secret detail"),
    "integrity": IntegrityError("secret detail"),
    "missing": Http404("There is no measure zz-1."),
    "missing-default": Http404("No Measure matches the given query."),
    "forbidden": PermissionDenied("Reports are for managers."),
    "bad": BadRequest("The day 2019-13-45 does not exist."),
    "suspicious": SuspiciousOperation("secret detail"),
}
urlpatterns = [
    *(path(f"raise/{name}", raising(error)) for name, error in ERRORS.items()),
    *(path(f"api/raise/{name}", raising(error)) for name, error in ERRORS.items()),
    path("raise/slow", too_slow),
    path("raise/no-table", asking("SELECT FROM no_such_table")),
    path("raise/no-column", asking("SELECT no_such_column FROM measures_measure")),
    *site.urlpatterns,  # where the links of the pages lead
]
handler400, handler403, handler404, handler500 = site.handler400, site.handler403, site.handler404, site.handler500

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("database", "database does not answer"),
        ("connection", "database does not answer"),
        ("broker", "job queue does not answer"),
        ("redis", "job queue does not answer"),
        ("redis-slow", "job queue does not answer"),
    ],
)
def test_a_server_that_is_away_is_a_503_that_asks_to_come_back(visitor, name, words, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = visitor.get(f"/raise/{name}")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Cache-Control"] == "no-store"
    assert words in response.text
    assert "password" not in response.text


def test_a_statement_that_takes_too_long_is_told_apart(visitor):
    response = visitor.get("/raise/slow")
    assert response.status_code == 503
    assert "needed too long" in response.text


@pytest.mark.parametrize("name", ["bug", "integrity"])
def test_a_bug_is_a_500_without_its_details_and_without_a_query_of_its_own(visitor, name, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = visitor.get(f"/raise/{name}")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Something went wrong" in response.text


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("missing", 404, "There is no measure zz-1."),
        ("missing-default", 404, "There is no such page"),
        ("forbidden", 403, "Reports are for managers."),
        ("bad", 400, "The day 2019-13-45 does not exist."),
        ("suspicious", 400, "cannot be"),
    ],
)
def test_a_request_that_cannot_be_answered_is_told_why(visitor, name, status, words):
    response = visitor.get(f"/raise/{name}")
    assert response.status_code == status
    assert words in response.text
    assert "secret" not in response.text
    assert "matches the given query" not in response.text


@pytest.mark.parametrize(("name", "status"), [("database", 503), ("bug", 500), ("missing", 404), ("bad", 400)])
def test_programs_get_json(visitor, name, status):
    response = visitor.get(f"/api/raise/{name}")
    assert response.status_code == status
    assert set(response.json()) == {"detail"}
    assert "secret" not in response.text


def test_an_outage_outside_a_view_is_a_503_too(visitor, monkeypatch):
    def away(*_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", away)
    assert visitor.get("/raise/missing").status_code == 503


@pytest.mark.parametrize("name", ["missing", "bug", "database", "bad", "forbidden"])
def test_error_pages_carry_the_security_headers(visitor, name):
    response = visitor.get(f"/raise/{name}")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_cause_of_a_timeout_is_read_from_the_driver():
    # The rule leans on psycopg2's mapping of PostgreSQL's error codes to classes.
    assert psycopg2.errors.lookup("57014") is psycopg2.errors.QueryCanceled


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_being_restored_is_a_503_until_its_roles_may_read_again(visitor):
    """A restored table is open to its owner alone, until a migration settles what the roles may do."""

    def asked():
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION AUTHORIZATION {privileges.app_role()}")
        try:
            return visitor.get("/measures/")
        finally:
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON measures_measure FROM {privileges.app_role()}")
    try:
        response = asked()
        assert response.status_code == 503
        assert "being restored" in response.content.decode()
        assert response["Retry-After"]
    finally:
        privileges.settle()
    assert asked().status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "status"), [("no-table", 503), ("no-column", 500)])
def test_a_table_that_is_not_there_yet_is_a_503_and_another_mistake_in_a_statement_is_none(visitor, name, status):
    assert visitor.get(f"/raise/{name}").status_code == status
