"""Statements that a connection plans once."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from records import prepared

pytestmark = pytest.mark.django_db

STATEMENT = "SELECT number * %(factor)s FROM unnest(%(numbers)s) number ORDER BY 1"
TYPES = {"factor": "integer", "numbers": "integer[]"}


@pytest.fixture
def name(request):
    """A name that no other test has prepared on this connection."""
    return request.node.name.lower()[:60]


def fetch(name, *numbers, factor=2, statement=STATEMENT):
    return [row[0] for row in prepared.fetch(name, statement, TYPES, {"numbers": list(numbers), "factor": factor})]


def test_it_is_planned_once_and_asked_with_other_values(name):
    with CaptureQueriesContext(connection) as queries:
        assert fetch(name, 1, 2) == [2, 4]
        assert fetch(name, 3, factor=10) == [30]
        assert fetch(name) == []
    assert [query["sql"].split()[0] for query in queries] == ["PREPARE", "EXECUTE", "EXECUTE", "EXECUTE"]


def test_it_outlives_a_transaction_that_is_undone(name):
    with transaction.atomic():
        fetch(name, 1)
        transaction.set_rollback(True)
    assert fetch(name, 2) == [4]


def test_one_that_could_not_be_planned_is_planned_again(name):
    with pytest.raises(DatabaseError), transaction.atomic():
        fetch(name, 1, statement="SELECT %(factor)s + %(numbers)s")
    assert fetch(name, 1) == [2]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_plans_anew(name):
    assert fetch(name, 1) == [2]
    connection.close()
    assert fetch(name, 1) == [2]
