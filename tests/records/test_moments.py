"""Queries of one moment, whatever others write meanwhile."""

import threading

import pytest
from django.db import InternalError, OperationalError, connection, transaction

from records.models import Source
from records.moments import one_moment
from tests.records.anything import row

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(act):
    """Do it on a connection of its own, and wait for it."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_what_others_write_meanwhile_is_not_seen():
    row(Source)
    with one_moment():
        assert Source.objects.count() == 1
        elsewhere(lambda: row(Source))
        assert Source.objects.count() == 1
    assert Source.objects.count() == 2


def test_who_only_reads_cannot_write():
    with pytest.raises(InternalError, match="read-only"), one_moment():
        row(Source)


def test_who_writes_what_others_changed_meanwhile_is_refused():
    source = row(Source)

    @one_moment(writing=True)
    def overtaken():
        assert Source.objects.count() == 1
        elsewhere(lambda: Source.objects.update(title="Theirs"))
        Source.objects.update(title="Ours")

    with pytest.raises(OperationalError, match="could not serialize"):
        overtaken()
    source.refresh_from_db()
    assert source.title == "Theirs"


def test_within_another_transaction_it_is_that_one():
    with transaction.atomic(), one_moment():
        row(Source)
    assert Source.objects.count() == 1
