"""Queries of one moment, whatever others write meanwhile."""

import pytest
from django.db import InternalError, OperationalError, transaction

from records.models import Source
from records.moments import one_moment
from tests.records.anything import row
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_others_write_meanwhile_is_not_seen():
    row(Source)
    with one_moment():
        assert Source.objects.count() == 1
        at_once(lambda: row(Source))
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
        at_once(lambda: Source.objects.update(title="Theirs"))
        Source.objects.update(title="Ours")

    with pytest.raises(OperationalError, match="could not serialize"):
        overtaken()
    source.refresh_from_db()
    assert source.title == "Theirs"


def test_within_another_transaction_it_is_that_one():
    with transaction.atomic(), one_moment():
        row(Source)
    assert Source.objects.count() == 1
