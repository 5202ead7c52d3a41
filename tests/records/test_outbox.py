"""The outbox: nothing is lost, nothing is done twice, a dead broker costs half a second."""

import datetime
import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from records import outbox
from records.models import Heartbeat, OutboxEntry
from tests.threads import at_once

MINUTE = datetime.timedelta(minutes=1)


class Noting(outbox.Consequence):
    """Counts in the database how often each key was carried out."""

    topic = "test-note"

    def carry_out(self, key, payload):
        note, created = Heartbeat.objects.get_or_create(name=key, defaults={"at": Now(), "note": "1"})
        if not created:
            Heartbeat.objects.filter(pk=note.pk).update(note=str(int(note.note) + 1))
        if seconds := payload.get("seconds"):
            time.sleep(seconds)
        if payload.get("fails"):
            raise ValueError("as asked \0")


def write(key, **payload):
    with transaction.atomic():
        outbox.write(key=key, topic="test-note", payload=payload)


def notes():
    return dict(Heartbeat.objects.values_list("name", "note"))


def make_due():
    OutboxEntry.objects.filter(done_at=None).exclude(claim=None).update(claimed_until=Now() - MINUTE)


@pytest.mark.django_db
def test_an_entry_is_carried_out_once():
    write("a")
    assert outbox.relay() == 1
    assert outbox.relay() == 0
    assert notes() == {"a": "1"}
    entry = OutboxEntry.objects.get()
    assert entry.done_at
    assert (entry.claim, entry.error, entry.attempts) == (None, None, 1)


@pytest.mark.django_db
def test_a_key_written_twice_is_one_entry():
    write("a")
    write("a")
    outbox.relay()
    write("a")
    assert outbox.relay() == 0
    assert notes() == {"a": "1"}


@pytest.mark.django_db
def test_the_entry_shares_the_fate_of_the_change():
    with transaction.atomic():
        outbox.write(key="a", topic="test-note", payload={})
        transaction.set_rollback(True)
    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db
def test_a_failure_takes_its_effect_back_keeps_the_error_and_is_tried_again_later():
    write("bad", fails=True)
    write("good")
    assert outbox.relay() == 1
    assert notes() == {"good": "1"}
    entry = OutboxEntry.objects.get(key="bad")
    assert entry.error == "ValueError: as asked ?"
    assert entry.done_at is None
    assert outbox.relay() == 0, "it waits before it is tried again"
    OutboxEntry.objects.filter(key="bad").update(payload={})
    make_due()
    assert outbox.relay() == 1
    entry.refresh_from_db()
    assert (entry.error, entry.attempts) == (None, 2)


@pytest.mark.django_db
def test_the_wait_grows_and_is_bounded():
    write("bad", fails=True)
    waits = []
    for attempts in (0, 1, 5, 30, 3000):
        OutboxEntry.objects.update(attempts=attempts)
        make_due()
        outbox.relay()
        entry = OutboxEntry.objects.annotate(now=Now()).get()
        waits.append(round((entry.claimed_until - entry.now).total_seconds()))
    assert waits == [2, 4, 64, 3600, 3600]


@pytest.mark.django_db
def test_an_unknown_topic_is_an_error_on_the_entry_not_a_crash():
    with transaction.atomic():
        outbox.write(key="new", topic="from-the-future", payload={})
    write("a")
    assert outbox.relay() == 1
    assert OutboxEntry.objects.get(key="new").error == "UnknownTopic: from-the-future"


@pytest.mark.django_db
def test_an_entry_with_a_moment_waits_for_it():
    with transaction.atomic():
        later = datetime.datetime.now(datetime.UTC) + MINUTE
        outbox.write(key="a", topic="test-note", payload={}, not_before=later)
    assert outbox.relay() == 0
    make_due()
    assert outbox.relay() == 1


@pytest.mark.django_db
def test_the_limit_bounds_one_relay():
    for number in range(3):
        write(str(number))
    assert [outbox.relay(limit=2), outbox.relay(limit=2)] == [2, 1]


@pytest.mark.django_db
def test_only_what_was_done_long_ago_is_forgotten():
    for key in ("done", "long ago", "waiting"):
        write(key)
    OutboxEntry.objects.filter(key="done").update(done_at=Now())
    OutboxEntry.objects.filter(key="long ago").update(done_at=Now() - outbox.KEPT - MINUTE)
    OutboxEntry.objects.filter(key="waiting").update(created_at=Now() - 2 * outbox.KEPT)
    assert outbox.prune() == 1
    assert set(OutboxEntry.objects.values_list("key", flat=True)) == {"done", "waiting"}


@pytest.mark.django_db
def test_the_database_refuses_a_second_entry_of_one_key_and_a_claim_without_a_lease():
    OutboxEntry.objects.create(key="a", topic="test-note")
    with pytest.raises(IntegrityError, match="key"), transaction.atomic():
        OutboxEntry.objects.create(key="a", topic="test-note")
    with pytest.raises(IntegrityError, match="claim_leased"), transaction.atomic():
        OutboxEntry.objects.update(claimed_until=Now())


@pytest.mark.django_db(transaction=True)
def test_relays_at_once_share_the_work():
    for number in range(40):
        write(str(number), seconds=0.002)
    assert sum(at_once(*[outbox.relay] * 4)) == 40
    assert notes() == {str(number): "1" for number in range(40)}


@pytest.mark.django_db(transaction=True)
def test_a_consequence_that_outlasts_its_lease_is_not_started_again(monkeypatch):
    monkeypatch.setattr(outbox, "LEASE", datetime.timedelta(0))
    write("slow", seconds=0.5)
    assert sorted(at_once(*[outbox.relay] * 3)) == [0, 0, 1]
    assert notes() == {"slow": "1"}


@pytest.mark.django_db(transaction=True)
def test_a_relay_that_lost_its_claim_leaves_the_entry_alone(monkeypatch):
    write("a")
    entry = outbox._claim()
    make_due()
    assert outbox.relay() == 1
    assert outbox._carry_out(entry) is False
    assert notes() == {"a": "1"}


@pytest.mark.django_db
def test_a_dead_broker_does_not_fail_the_change_and_is_not_asked_again_at_once(settings, monkeypatch):
    monkeypatch.setattr(outbox, "_no_nudge_before", 0.0)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    started = time.monotonic()
    with transaction.atomic():
        outbox.write(key="a", topic="test-note", payload={})
    outbox.nudge()
    assert time.monotonic() - started < 1
    assert outbox._no_nudge_before > time.monotonic()
    assert OutboxEntry.objects.filter(key="a").exists()


@pytest.mark.django_db
def test_claiming_costs_the_same_however_much_is_done():
    OutboxEntry.objects.bulk_create(OutboxEntry(key=f"done {n}", topic="test-note", done_at=Now()) for n in range(2000))
    write("a")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE records_outboxentry")
        query, parameters = outbox.pending().order_by("pk").query.sql_with_params()
        cursor.execute(f"EXPLAIN {query}", parameters)
        assert "records_outbox_pending" in " ".join(line for (line,) in cursor.fetchall())
