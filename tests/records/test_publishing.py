"""Writing records: one change set for each change, review by somebody else, and no edit lost."""

from functools import partial

import pytest
from django.contrib.auth.models import User

from measures.models import Measure, MeasureEvent
from programs.models import Milestone, Phase, Program
from records import publishing
from records.models import ChangeSet, Stale
from tests.records.anything import row
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return User.objects.create_user("editor")


@pytest.fixture
def reviewer():
    return User.objects.create_user("reviewer")


def test_parts_are_found_at_every_depth_and_once():
    program = row(Program)
    phase = row(Phase, program=program)
    milestone = row(Milestone, phase=phase)
    row(Phase)
    assert set(publishing.parts(program)) == {phase, milestone}
    assert publishing.parts(milestone) == []


def test_a_part_that_was_published_before_stays_out_of_the_review_of_its_whole(editor):
    measure = row(Measure)
    published = row(MeasureEvent, measure=measure, state="published")
    draft = row(MeasureEvent, measure=measure, position=2)
    publishing.submit(measure, by=editor, reason="ready")
    states = dict(measure.events.values_list("pk", "state"))
    assert states == {published.pk: "published", draft.pk: "in_review"}


def test_a_draft_with_a_part_that_readers_have_seen_cannot_be_deleted(editor):
    measure = row(Measure)
    event = row(MeasureEvent, measure=measure, state="published")
    with pytest.raises(publishing.NotAllowed, match="Only drafts"):
        publishing.delete(measure, by=editor, reason="It was a slip.")
    MeasureEvent.objects.filter(pk=event.pk).update(state="draft")
    publishing.delete(measure, by=editor, reason="It was a slip.")
    assert not Measure.objects.filter(pk=measure.pk).exists()


def test_publishing_is_one_change_set_and_takes_somebody_else(editor, reviewer):
    measure = row(Measure)
    event = row(MeasureEvent, measure=measure)
    publishing.submit(measure, by=editor, reason="ready")
    with pytest.raises(publishing.NotAllowed, match="somebody else"):
        publishing.publish(measure, by=editor, reason="fine")
    change_set = publishing.publish(measure, by=reviewer, reason="fine")
    for record in (measure, event):
        record.refresh_from_db()
        assert record.known_since == change_set.pk


@pytest.mark.parametrize(
    ("state", "act", "more"),
    [
        ("in_review", "submit", {}),
        ("published", "submit", {}),
        ("draft", "publish", {}),
        ("published", "publish", {}),
        ("published", "send_back", {}),
        ("draft", "withdraw", {"notice": "gone"}),
        ("in_review", "delete", {}),
        ("published", "delete", {}),
        ("withdrawn", "delete", {}),
    ],
)
def test_an_act_that_the_state_rules_out_writes_nothing(state, act, more, reviewer):
    measure = row(Measure, state=state, withdrawal_notice="told" if state == "withdrawn" else "")
    with pytest.raises(publishing.NotAllowed):
        getattr(publishing, act)(measure, by=reviewer, reason="because", **more)
    assert Measure.objects.get(pk=measure.pk).state == state
    assert not ChangeSet.objects.exclude(kind="upkeep").exists()


def test_a_change_that_fails_leaves_no_change_set(editor):
    measure = row(Measure)
    Measure.objects.filter(pk=measure.pk).update(version=7)
    with pytest.raises(Stale):
        publishing.save(measure, by=editor, reason="late")
    assert not ChangeSet.objects.exclude(kind="upkeep").exists()


@pytest.mark.django_db(transaction=True)
def test_eight_writers_with_ten_edits_each_lose_none():
    measure = row(Measure, summary="0")
    writers = [User.objects.create_user(f"writer{number}") for number in range(8)]
    acknowledged = []

    def write(writer):
        for turn in range(10):
            while True:
                mine = Measure.objects.get(pk=measure.pk)
                mine.summary = f"{writer}-{turn}"
                try:
                    publishing.save(mine, by=writer, reason="one of eighty")
                except Stale:
                    continue
                acknowledged.append(mine.summary)
                break

    at_once(*(partial(write, writer) for writer in writers))
    measure.refresh_from_db()
    assert measure.version - 1 == len(acknowledged) == ChangeSet.objects.exclude(kind="upkeep").count() == 80
    written = [version.summary for version in measure.versions.order_by("pgh_id")[1:]]
    assert sorted([*written, measure.summary]) == sorted(acknowledged)
