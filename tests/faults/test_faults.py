"""What breaks in real life, broken on purpose: a change that was accepted has its consequences, exactly once."""

import datetime
import time

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from measures import timeline
from measures.models import Measure, TimelineEntry
from records import outbox, publishing
from records.models import Heartbeat, JobSlot, OutboxEntry
from tests.faults.interrupted import APPLICATION_NAME
from tests.faults.processes import eventually
from tests.measures import recorded

pytestmark = pytest.mark.django_db(transaction=True)


def ask_for_slow_work(*keys, seconds):
    with transaction.atomic():
        for key in keys:
            outbox.write(key=key, topic="slow", payload={"seconds": seconds})


def half_way():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [APPLICATION_NAME])
        return cursor.fetchone()[0]


def carried_out():
    return dict(Heartbeat.objects.filter(note="carried out").values_list("name", "note"))


def all_done():
    return not outbox.pending().exists()


def titles():
    return set(TimelineEntry.objects.values_list("title", flat=True))


@pytest.fixture
def event():
    measure = recorded.measure("m")
    event = recorded.event(measure, "effective", "2020-01-01", title="before")
    timeline.rebuild()
    return event


def change_title(event, title):
    """Publish a correction as the desk does; return how long that took."""
    event.title = title
    started = time.monotonic()
    publishing.save(event, by=None, reason="a correction", kind="correction")
    return time.monotonic() - started


def test_a_worker_killed_half_way_leaves_nothing_half_done_and_nothing_undone(worker):
    first = worker()
    ask_for_slow_work("a", seconds=60)
    eventually(half_way)
    first.kill()
    eventually(lambda: not half_way())
    assert carried_out() == {}
    OutboxEntry.objects.update(payload={"seconds": 0}, claimed_until=Now())
    worker()
    outbox.nudge()
    eventually(all_done)
    assert carried_out() == {"a": "carried out"}
    assert OutboxEntry.objects.get().attempts >= 2


def test_messages_delivered_many_times_and_two_workers_at_once(worker, broker):
    worker(2)
    keys = [str(number) for number in range(6)]
    ask_for_slow_work(*keys, seconds=0.2)
    for _ in range(6):
        outbox.nudge()
    eventually(all_done)
    assert carried_out() == dict.fromkeys(keys, "carried out")
    assert set(OutboxEntry.objects.values_list("attempts", flat=True)) == {1}


def test_the_timeline_follows_a_change(worker, event):
    worker()
    change_title(event, "after")
    eventually(lambda: titles() == {"after"})


@pytest.mark.parametrize("fault", ["stop", "freeze"])
def test_without_a_broker_changes_are_accepted_quickly_and_followed_once_it_is_back(fault, broker, worker, beat, event):
    getattr(broker, fault)()
    assert change_title(event, "while it was away") < 2
    assert change_title(event, "and once more") < 0.5
    event.refresh_from_db()
    assert event.title == "and once more"
    assert titles() == {"before"}
    broker.thaw() if fault == "freeze" else broker.start()
    worker()
    beat()
    eventually(lambda: titles() == {"and once more"})
    eventually(all_done)


def test_a_broker_that_goes_and_comes_back_under_a_running_worker(broker, worker, beat, event):
    worker()
    beat()
    change_title(event, "one")
    eventually(lambda: titles() == {"one"})
    broker.stop()
    change_title(event, "two")
    broker.start()
    eventually(lambda: titles() == {"two"}, within=30)


def test_two_beats_turn_the_day_once(worker, beat):
    worker()
    beat()
    beat()
    today = timezone.localdate().isoformat()
    done = JobSlot.objects.filter(slot=today, done_at__isnull=False)
    eventually(lambda: done.filter(job__in=["turn_day", "rebuild_timeline"]).count() == 2)
    eventually(lambda: Heartbeat.objects.filter(name="beat").exists())
    time.sleep(1)
    assert JobSlot.objects.filter(job="turn_day").count() == 1
    assert JobSlot.objects.filter(job="rebuild_timeline").count() == 1


def test_a_day_turn_whose_worker_was_killed_is_taken_up_again(worker, broker):
    from policytrack.celery import app

    lost = JobSlot.objects.take("turn_day", timezone.localdate().isoformat(), lease=datetime.timedelta(0))
    JobSlot.objects.filter(pk=lost.pk).update(taken_at=Now() - datetime.timedelta(hours=1))
    worker()
    app.send_task("measures.tasks.turn_day")
    eventually(lambda: JobSlot.objects.filter(pk=lost.pk, done_at__isnull=False).exists())


def test_changes_and_rebuilds_at_once_end_as_a_rebuild_alone(worker, event):
    from policytrack.celery import app

    worker(2)
    for number in range(8):
        change_title(event, f"title {number}")
        app.send_task("measures.tasks.rebuild_timeline")
        app.send_task("measures.tasks.refresh_timeline", [[f"measures.measure:{event.measure_id}"]])
    eventually(all_done)
    eventually(lambda: titles() == {"title 7"})
    assert timeline.rebuild() == 0
    assert Measure.objects.count() == 1
