"""The timeline: every date of every record, refreshed by what changed, rebuilt without writing what is the same."""

import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures import status, tasks, timeline
from measures.models import (
    Announcement,
    AnnouncementMeasure,
    Measure,
    MeasureEvent,
    MeasureIssuer,
    StatusPeriod,
    TimelineEntry,
)
from records import derived, outbox, publishing
from records.models import Heartbeat, JobSlot, OutboxEntry
from tests.hidden import hide
from tests.measures import recorded
from tests.threads import at_once

pytestmark = pytest.mark.django_db

FIELDS = [field.attname for field in TimelineEntry._meta.concrete_fields if field.name not in ("id", "subject_id")]


def entries():
    return sorted(TimelineEntry.objects.order_by().values_list(*FIELDS), key=repr)


def versions():
    """What is kept of the entries, and since when they stand; the same where nothing was written."""
    kept = TimelineEntry.versions.rel.related_model.objects.count()
    return kept, sorted(TimelineEntry.objects.values_list("pk", "known_since"))


@pytest.fixture
def measure():
    made = recorded.measure("m", ["gallium"])
    MeasureIssuer.objects.create(measure=made, country=recorded.country("JP"))
    return made


def test_an_event_is_one_entry(measure):
    event = recorded.event(measure, "effective", "2020-03", order=2)
    timeline.refresh([event])
    entry = TimelineEntry.objects.get()
    assert (entry.key, entry.kind, entry.role) == ("event:m-0", "event", "effective")
    assert (entry.date, entry.earliest, entry.latest, entry.sorted_on) == (
        "2020-03",
        date(2020, 3, 1),
        date(2020, 3, 31),
        date(2020, 3, 1),
    )
    assert (entry.measure, entry.country_id, entry.program, entry.owner) == (
        measure,
        "JP",
        None,
        f"measures.measure:{measure.pk}",
    )
    assert entry.path == "/measures/m/#m-0"
    assert entry.subject_type == ContentType.objects.get_for_model(MeasureEvent)
    assert (entry.published, entry.planned) == (True, False)


def test_background_is_told_as_such_and_an_overtaken_plan_is_settled(measure):
    recorded.event(measure, "statement", "2019", background=True)
    recorded.event(measure, "effective", "2021-01-01", planned=True, overtaken_by="2020-11-10")
    timeline.rebuild()
    told, plan = TimelineEntry.objects.all()
    assert told.role == "background"
    assert (plan.planned, plan.settled_on) == (True, date(2020, 11, 10))


def test_an_announcement_is_shown_with_its_first_published_measure(measure):
    recorded.measure("draft", state="draft")
    act = Announcement.objects.create(
        slug="act", title="Act", country=recorded.country("JP"), authority=recorded.authority(), date="2019-07-01",
        state="published",
    )  # fmt: skip
    timeline.refresh([act])
    assert TimelineEntry.objects.get().path == "/timeline/#act"
    for position, slug in enumerate(("draft", "m")):
        AnnouncementMeasure.objects.create(announcement=act, measure=Measure.objects.get(slug=slug), position=position)
    timeline.refresh([measure])
    assert TimelineEntry.objects.get().path == "/measures/m/#act"


def test_the_order_is_total_and_puts_open_starts_where_they_are_known_to_have_begun(measure):
    for number, day in enumerate(["2020-02-01", "../2020-01-15", "2020-01", "2020-01-01", "2020-01-01"]):
        recorded.event(measure, "statement", day, slug=f"e{number}")
    timeline.rebuild()
    assert [entry.key for entry in TimelineEntry.objects.all()] == [f"event:e{number}" for number in (2, 3, 4, 1, 0)]


@pytest.mark.parametrize("hidden", ["event", "measure"])
@pytest.mark.parametrize("state", ["draft", "in_review", "withdrawn"])
def test_visitors_do_not_see_what_is_not_published(measure, hidden, state):
    event = recorded.event(measure, "effective", "2020")
    timeline.refresh([event])
    assert TimelineEntry.objects.visible().count() == 1
    record = {"event": event, "measure": measure}[hidden]
    record.state, record.withdrawal_notice = state, "in error"
    record.save()
    timeline.refresh([record])
    assert not TimelineEntry.objects.visible().exists()


@pytest.mark.parametrize("hidden", ["event", "measure"])
def test_visitors_see_an_embargoed_entry_from_when_its_embargo_is_lifted(measure, hidden):
    event = recorded.event(measure, "effective", "2020")
    record = {"event": event, "measure": measure}[hidden]
    hide(type(record).objects.filter(pk=record.pk), embargo_until=timezone.now() - timedelta(seconds=1))
    timeline.refresh([record])
    assert not TimelineEntry.objects.visible().exists()
    publishing.lift_embargoes()
    outbox.relay()
    assert TimelineEntry.objects.visible().exists()


def test_overdue_and_open_on_any_day(measure):
    recorded.event(measure, "effective", "2020-06", planned=True, overtaken_by="2020-09-01")
    recorded.event(measure, "effective", "2020-06", planned=False)
    timeline.rebuild()

    def on(day):
        day = date.fromisoformat(day)
        return TimelineEntry.objects.open_on(day).count(), TimelineEntry.objects.overdue_on(day).count()

    assert [on(day) for day in ("2020-06-30", "2020-07-01", "2020-08-31", "2020-09-01")] == [
        (1, 0), (1, 1), (1, 1), (0, 0),
    ]  # fmt: skip


def test_between_keeps_what_may_fall_there(measure):
    for number, day in enumerate(["2020-06", "2020-07-01", "2019", "../2019-12-31"]):
        recorded.event(measure, "statement", day, slug=f"e{number}")
    timeline.rebuild()
    found = TimelineEntry.objects.between(date(2020, 6, 15), date(2020, 6, 20))
    assert [entry.key for entry in found] == ["event:e0"]
    assert TimelineEntry.objects.between(date(2019, 3, 1), date(2019, 3, 1)).count() == 2


def test_an_unchanged_base_writes_no_version(measure):
    recorded.event(measure, "effective", "2020")
    assert timeline.rebuild() == 1
    before = versions()
    assert timeline.rebuild() == 0
    assert timeline.refresh([measure]) == 0
    assert versions() == before


def test_what_follows_from_nothing_touched_stays(measure):
    other = recorded.measure("other")
    recorded.event(measure, "effective", "2020")
    recorded.event(other, "effective", "2020")
    timeline.rebuild()
    MeasureEvent.objects.update(title="changed")
    assert timeline.refresh([measure]) == 1
    assert sorted(TimelineEntry.objects.values_list("title", flat=True)) == ["changed", "effective 2020"]
    assert timeline.refresh([recorded.material("gallium")]) == 0


def test_deleted_records_leave(measure):
    events = [recorded.event(measure, "effective", "2020"), recorded.event(measure, "eased", "2021")]
    timeline.rebuild()
    label = f"measures.measureevent:{events[0].pk}"
    events[0].delete()
    assert timeline.refresh([label]) == 1
    assert TimelineEntry.objects.get().key == "event:m-1"
    label = f"measures.measure:{measure.pk}"
    measure.delete()
    timeline.refresh([label])
    assert not TimelineEntry.objects.exists()


def test_any_change_ends_as_a_full_rebuild_would():
    chance = random.Random(1)
    measures = [recorded.measure(f"m{number}") for number in range(3)]
    for number in range(50):
        recorded.later()
        measure = chance.choice(measures)
        events = list(measure.events.all())
        act = chance.choice(["add", "add", "title", "state", "move", "delete", "measure"])
        if act == "add" or not events:
            day = str(date(2019, 1, 1) + timedelta(chance.randrange(900)))
            touched = recorded.event(
                measure, chance.choice(["effective", "suspended"]), day, slug=f"e-{number}", position=100 + number,
                until="2021-10-01" if chance.random() < 0.5 else None,
            )  # fmt: skip
        else:
            touched = measure if act == "measure" else chance.choice(events)
            if act == "move":
                touched.measure, touched.position = chance.choice(measures), 500 + number
            elif act in ("state", "measure"):
                touched.state = chance.choice(["draft", "published"])
            else:
                touched.title += "!"
            touched.save()
        label = f"{touched._meta.label_lower}:{touched.pk}"
        if act == "delete":
            touched.delete()
        status.StatusDerivation().refresh([touched])
        timeline.refresh([label])
        after = entries()
        assert timeline.rebuild() == 0, act
        assert entries() == after


def test_a_change_reaches_the_timeline_through_the_outbox(measure):
    event = recorded.event(measure, "effective", "2020", state="in_review")
    publishing.publish(event, by=None, reason="reviewed")
    assert not TimelineEntry.objects.exists()
    assert outbox.relay() == len([each for each in outbox.Consequence.__subclasses__() if each.of_records])
    assert TimelineEntry.objects.visible().count() == 1
    assert Heartbeat.objects.annotate(now=Now()).get(name="timeline").at == timeline.refreshed_at()


def test_the_timeline_is_not_called_fresh_while_a_change_waits(measure):
    for key in ("first", "second"):
        outbox.write(key=key, topic="timeline", payload={"records": [f"measures.measure:{measure.pk}"]})
    outbox.relay(limit=1)
    assert timeline.refreshed_at() is None
    outbox.relay(limit=1)
    assert timeline.refreshed_at() is not None


@pytest.mark.django_db(transaction=True)
def test_rebuilds_at_once_do_no_harm(measure):
    for number in range(20):
        recorded.event(measure, "effective", f"20{number:02}")
    written = at_once(*[timeline.rebuild] * 4)
    assert sorted(written) == [0, 0, 0, 20]


def test_a_refresh_reads_by_index_and_costs_the_same_queries_however_long_the_timeline(measure):
    counts = []
    for number in (1, 40):
        while measure.events.count() < number:
            recorded.event(measure, "effective", "2020")
        with CaptureQueriesContext(connection) as queries:
            timeline.refresh([measure.events.first()])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_the_database_refuses_two_entries_of_one_key(measure):
    recorded.event(measure, "effective", "2020")
    timeline.rebuild()
    entry = TimelineEntry.objects.get()
    entry.pk = None
    with pytest.raises(IntegrityError, match="key_once"), transaction.atomic():
        entry.save(force_insert=True)


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_the_day_turns_once_and_makes_up_for_days_that_nobody_began():
    measure = recorded.founding("cn-2024-us-gallium-germanium-antimony-ban")
    derived.rebuild()
    StatusPeriod.objects.all().delete()
    JobSlot.objects.create(job=tasks.TURN, slot="2026-11-25", done_at=NOON)
    with time_machine.travel(NOON, tick=False):
        tasks.turn_day()
        tasks.turn_day()
    slots = JobSlot.objects.filter(job=tasks.TURN).order_by("slot")
    assert [slot.slot for slot in slots] == ["2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"]
    assert all(slot.done_at for slot in slots)
    assert measure.status_periods.count() == 0, "nothing turned that day, as far as the periods told"


def test_the_day_that_a_suspension_lapses_brings_its_entries_up_to_date():
    measure = recorded.founding("cn-2024-us-gallium-germanium-antimony-ban")
    derived.rebuild()
    with time_machine.travel(NOON, tick=False):
        tasks.turn_day()
    assert "1 measures" in JobSlot.objects.get(job=tasks.TURN).outcome
    assert TimelineEntry.objects.filter(measure=measure, role="until").exists()


def test_after_a_long_silence_only_the_last_month_is_turned():
    JobSlot.objects.create(job=tasks.TURN, slot="2020-01-01", done_at=NOON)
    with time_machine.travel(NOON, tick=False):
        tasks.turn_day()
    assert JobSlot.objects.filter(job=tasks.TURN).count() == tasks.MOST_DAYS + 2


def test_the_nightly_rebuild_repairs_and_runs_once_a_day(measure):
    recorded.event(measure, "effective", "2020")
    tasks.rebuild_timeline()
    assert TimelineEntry.objects.count() == 1
    assert measure.status_periods.count() == 1
    TimelineEntry.objects.all().delete()
    tasks.rebuild_timeline()
    assert not TimelineEntry.objects.exists()
    assert JobSlot.objects.get(job="rebuild_timeline").outcome == "1 entries were out of date"


def test_refreshing_on_request(measure):
    recorded.event(measure, "effective", "2020")
    tasks.refresh_timeline([f"measures.measure:{measure.pk}"])
    assert TimelineEntry.objects.count() == 1


def test_the_whole_data_set():
    """Loaded by the command: derived at once, and nothing left for a rebuild to write."""
    call_command("load_data", no_progress=True, stdout=StringIO())
    outbox.relay()
    assert OutboxEntry.objects.get(topic="timeline").done_at
    assert TimelineEntry.objects.filter(kind="event").count() == MeasureEvent.objects.count() == 430
    assert timeline.rebuild() == 0
    before = set(StatusPeriod.objects.values_list("pk", "known_since"))
    derived.rebuild()
    assert set(StatusPeriod.objects.values_list("pk", "known_since")) == before
    ban = Measure.objects.get(slug="ga-2029-manganese-ban")
    (row,) = status.rows_on([ban], date(2029, 2, 1))[ban.pk]
    assert (row.status, row.certainty, row.others) == ("in_force", "possible", ("announced",))
    licensing = Measure.objects.get(slug="jp-2019-three-materials-licensing")
    groups = status.grouped(status.rows_on([licensing], date(2020, 2, 1))[licensing.pk])
    assert [group.status for group in groups] == ["in_force", "eased"]
    assert all("resist" in row.material.name.lower() for row in groups[1].rows)
    for entry in TimelineEntry.objects.select_related("subject_type"):
        subject = entry.subject_type.get_object_for_this_type(pk=entry.subject_id)
        assert entry.path.endswith(f"/#{subject.slug}")
        if hasattr(subject, "get_absolute_url"):
            assert entry.path == subject.get_absolute_url()
