"""Jobs run once for each slot, whoever sends them how often."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from records import outbox, tasks
from records.models import Heartbeat, JobSlot, OutboxEntry
from tests.threads import at_once

HOUR = datetime.timedelta(hours=1)


class Runs(list):
    def __call__(self):
        self.append(1)
        Heartbeat.objects.note(f"run {len(self)}")
        return "done"


@pytest.mark.django_db
def test_one_run_per_slot():
    runs = Runs()
    assert tasks.once("job", "2026-11-24", runs) == "done"
    assert tasks.once("job", "2026-11-24", runs) is None
    assert tasks.once("job", "2026-11-25", runs) == "done"
    assert tasks.once("other", "2026-11-24", runs) == "done"
    assert len(runs) == 3
    assert JobSlot.objects.filter(done_at__isnull=False, outcome="done").count() == 3


@pytest.mark.django_db
def test_a_failed_run_is_rolled_back_and_its_slot_free_at_once():
    def fail():
        Heartbeat.objects.note("half")
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        tasks.once("job", "a", fail)
    assert not Heartbeat.objects.exists()
    assert JobSlot.objects.get().outcome == "ValueError: half way"
    assert tasks.once("job", "a", Runs()) == "done"


@pytest.mark.django_db
def test_the_slot_of_a_crashed_run_is_free_after_its_lease():
    assert JobSlot.objects.take("job", "a", lease=tasks.SLOT_LEASE)
    assert tasks.once("job", "a", Runs()) is None
    JobSlot.objects.update(taken_at=Now() - HOUR)
    assert tasks.once("job", "a", Runs()) == "done"


@pytest.mark.django_db
def test_a_run_that_lost_its_slot_writes_nothing():
    def slow():
        Heartbeat.objects.note("late")
        JobSlot.objects.update(taken_at=Now() + HOUR)
        return "late"

    with pytest.raises(tasks.SlotLost):
        tasks.once("job", "a", slow)
    assert not Heartbeat.objects.exists()
    assert JobSlot.objects.get().done_at is None


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_runs():
    runs = Runs()
    at_once(*[lambda: tasks.once("job", "a", runs)] * 6)
    assert len(runs) == 1


@pytest.mark.django_db
def test_the_database_refuses_a_second_row_of_one_slot():
    JobSlot.objects.create(job="job", slot="a")
    with pytest.raises(IntegrityError, match="jobslot_once"), transaction.atomic():
        JobSlot.objects.create(job="job", slot="a")


@pytest.mark.django_db
def test_the_heartbeat_is_one_row_that_moves():
    tasks.note_heartbeat()
    Heartbeat.objects.update(at=Now() - HOUR)
    tasks.note_heartbeat()
    beat = Heartbeat.objects.annotate(now=Now()).get(name="beat")
    assert beat.now - beat.at < datetime.timedelta(seconds=5)


@pytest.mark.django_db
def test_the_relay_wakes_the_next_one_only_where_more_is_waiting(monkeypatch):
    nudges = []
    monkeypatch.setattr(outbox, "nudge", lambda: nudges.append(1))
    for number in range(2):
        outbox.write(key=str(number), topic="timeline", payload={"records": []})
    tasks.relay_outbox(limit=1)
    tasks.relay_outbox(limit=2)
    assert len(nudges) == 1
    assert not outbox.pending().exists()


@pytest.mark.django_db
def test_old_outbox_entries_and_slots_are_forgotten():
    OutboxEntry.objects.create(key="a", topic="t", done_at=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
    JobSlot.objects.create(job="job", slot="a", done_at=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
    JobSlot.objects.create(job="job", slot="b")
    tasks.prune()
    assert not OutboxEntry.objects.exists()
    assert list(JobSlot.objects.values_list("slot", flat=True)) == ["b"]
