"""What was known at a moment: rows and versions between change sets, and views that show them as of then."""

import datetime
import json
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.utils import timezone

from measures.models import Measure, MeasureMaterial
from records import known, publishing
from records.history import version_model
from records.models import ChangeSet, Source
from records.tables import _FROM_EVENTS
from tests.measures import recorded
from tests.records.anything import row
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def change(reason="because"):
    return publishing.change(by=None, reason=reason)


def titles(**conditions):
    return sorted(Source.objects.filter(**conditions).values_list("title", flat=True))


def as_known(knowledge, ask):
    with transaction.atomic(), known.as_of(knowledge):
        return ask()


def test_a_row_is_shown_as_it_was_after_each_change_set():
    moments = [known.newest()]
    with change():
        source = row(Source, title="first")
    moments.append(known.newest())
    with change():
        Source.objects.filter(pk=source.pk).update(title="second")
    moments.append(known.newest())
    with change():
        source.delete()
    moments.append(known.newest())
    assert [as_known(moment, titles) for moment in moments] == [[], ["first"], ["second"], []]
    assert titles() == []


def test_what_one_change_set_writes_twice_leaves_no_version():
    with change() as made:
        source = row(Source, title="first")
        Source.objects.filter(pk=source.pk).update(title="second")
    assert not version_model(Source).objects.exists()
    assert Source.objects.get().known_since == made.pk


def test_an_update_that_changes_nothing_is_no_change():
    with change() as made:
        row(Source, title="first")
    with change():
        Source.objects.update(title="first")
    assert Source.objects.get().known_since == made.pk
    assert not version_model(Source).objects.exists()


def test_what_is_written_outside_of_a_change_gets_a_change_set_of_its_own():
    source = row(Source)
    made = ChangeSet.objects.get(pk=Source.objects.get(pk=source.pk).known_since)
    assert (made.kind, made.by) == ("upkeep", None)


def test_nobody_can_choose_since_when_a_row_is_known():
    with change() as made:
        row(Source, known_since=7)
    assert Source.objects.get().known_since == made.pk
    with change() as again:
        Source.objects.update(known_since=7, title="other")
    assert Source.objects.get().known_since == again.pk


def test_links_are_as_they_were():
    with change():
        measure = recorded.measure("m", ["gallium"])
    before = known.newest()
    with change():
        measure.material_links.all().delete()
        MeasureMaterial.objects.create(measure=measure, material=recorded.material("germanium"))
    linked = lambda: list(Measure.objects.values_list("material_links__material__slug", flat=True))  # noqa: E731  # asked twice
    assert (as_known(before, linked), linked()) == (["gallium"], ["germanium"])


def test_later_change_sets_are_hidden():
    with change("first"):
        row(Source)
    before = known.newest()
    with change("second"):
        row(Source)
    reasons = lambda: set(ChangeSet.objects.values_list("reason", flat=True))  # noqa: E731  # asked twice
    assert "second" in reasons() - as_known(before, reasons)


def test_the_present_can_be_asked_from_within_the_past():
    with change():
        row(Source, title="first")
    before = known.newest()
    with change():
        Source.objects.update(title="second")
    with transaction.atomic(), known.as_of(before):
        with known.as_now():
            assert titles() == ["second"]
        assert titles() == ["first"]
    assert titles() == ["second"]


def test_groups_are_counted_as_of_then():
    with change():
        recorded.measure("m", ["gallium", "germanium"])
    before = known.newest()
    counted = lambda: [measure.n for measure in Measure.objects.annotate(n=Count("material_links"))]  # noqa: E731
    assert as_known(before, counted) == [2]


def test_an_error_leaves_the_present_behind():
    before = known.newest()
    with pytest.raises(DatabaseError), transaction.atomic(), known.as_of(before), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    with change():
        row(Source, title="first")
    assert titles() == ["first"]


def test_a_moment_is_what_the_last_change_set_before_it_left():
    with change():
        row(Source)
    first = known.newest()
    with change():
        row(Source)
    second = known.newest()
    assert second.at > first.at
    assert known.at_moment(first.at) == first
    assert known.at_moment(second.at - datetime.timedelta(microseconds=1)) == first
    assert known.at_moment(second.at) == known.after(second.number) == second


def test_a_moment_before_everything_knows_nothing():
    row(Source)
    long_ago = datetime.datetime(1990, 1, 1, tzinfo=datetime.UTC)
    assert known.at_moment(long_ago) == known.Knowledge(0, long_ago)
    assert as_known(known.Knowledge(0, long_ago), titles) == []


def test_the_future_and_unknown_numbers_are_refused():
    with pytest.raises(known.NotKnown):
        known.at_moment(timezone.now() + datetime.timedelta(minutes=1))
    with pytest.raises(known.NotKnown):
        known.after(10**12)


def test_a_change_within_a_change_is_refused():
    with pytest.raises(DatabaseError, match="open already"), change(), change():
        pass


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_come_one_after_another():
    source = row(Source, title="0")

    def write(number):
        for turn in range(5):
            with change(f"{number}-{turn}"):
                Source.objects.filter(pk=source.pk).update(title=f"{number}-{turn}")

    at_once(*(partial(write, number) for number in range(6)))
    sets = list(ChangeSet.objects.order_by("pk").values_list("at", flat=True))
    assert len(sets) == 31
    assert sets == sorted(set(sets))
    # Each change set is a moment at which the source had the title that it gave.
    for made in ChangeSet.objects.exclude(kind="upkeep"):
        assert as_known(known.after(made.pk), titles) == [made.reason]


@pytest.mark.django_db(transaction=True)
def test_a_page_is_read_from_one_moment():
    row(Source, title="first")
    with known.one_reading() as knowledge:
        at_once(partial(Source.objects.update, title="second"))
        assert titles() == ["first"]
        assert known.newest() == knowledge
    assert titles() == ["second"]


@pytest.mark.django_db(transaction=True)
def test_a_reading_writes_nothing():
    with pytest.raises(DatabaseError, match="read-only"), known.one_reading():
        row(Source)


def test_every_tracked_table_has_its_view():
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'as_known'")
        views = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'superseded_by' AND table_name LIKE '%version'"
        )
        tracked = {name.removesuffix("version") for (name,) in cursor.fetchall()}
    assert views == tracked | {"records_changeset"}
    assert len(tracked) > 50


def test_tables_of_events_become_tables_of_replaced_rows():
    """A history kept by earlier versions of this program: row 1 was made, changed twice; row 2 made and deleted."""
    events = [(1, "insert", "a", 10), (1, "update", "b", 11), (2, "insert", "x", 11)]
    events += [(1, "update", "c", 13), (2, "delete", "x", 14)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE kept (pgh_id int, pgh_obj_id int, pgh_label text, title text,"
            " pgh_context_id uuid, known_since bigint DEFAULT 0, superseded_by bigint DEFAULT 0);"
            "CREATE TEMPORARY TABLE live (id int, title text, known_since bigint DEFAULT 0);"
            "INSERT INTO live VALUES (1, 'c', 0)"
        )
        for number, (key, label, title, made) in enumerate(events):
            cursor.execute(
                "INSERT INTO pghistory_context (id, created_at, updated_at, metadata)"
                " VALUES (gen_random_uuid(), now(), now(), %s) RETURNING id",
                [json.dumps({"change_set": made})],
            )
            context = cursor.fetchone()[0]
            cursor.execute("INSERT INTO kept VALUES (%s, %s, %s, %s, %s)", [number, key, label, title, context])
        cursor.execute(_FROM_EVENTS.format(versions="kept", live="live"))
        cursor.execute("SELECT pgh_obj_id, title, known_since, superseded_by FROM kept ORDER BY pgh_id")
        assert cursor.fetchall() == [(1, "a", 10, 11), (1, "b", 11, 13), (2, "x", 11, 14)]
        cursor.execute("SELECT title, known_since FROM live")
        assert cursor.fetchall() == [("c", 13)]
