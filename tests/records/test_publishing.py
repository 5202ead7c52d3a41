"""Writing records: one change set for each change, review by somebody else, and no edit lost."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from measures.models import Measure, MeasureEvent
from programs.models import Milestone, Phase, Program
from records import publishing, roles
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


# Who wrote it does not approve it


@pytest.fixture
def other():
    return User.objects.create_user("other")


def written(measure, by):
    measure.summary = f"as {by} has it"
    publishing.save(measure, by=by, reason="a change")


def test_who_wrote_a_draft_does_not_approve_it_though_another_submitted_it(editor, reviewer, other):
    measure = row(Measure)
    written(measure, reviewer)
    publishing.submit(measure, by=editor, reason="ready")
    with pytest.raises(publishing.NotAllowed, match="somebody else"):
        publishing.publish(measure, by=reviewer, reason="fine")
    publishing.publish(measure, by=other, reason="fine")
    assert (measure.submitted_by, measure.approved_by, measure.self_approved) == (editor, other, False)


def test_who_wrote_a_part_does_not_approve_the_whole(editor, reviewer):
    event = row(MeasureEvent)
    event.title = "as the reviewer has it"
    publishing.save(event, by=reviewer, reason="a change")
    publishing.submit(event.measure, by=editor, reason="ready")
    with pytest.raises(publishing.NotAllowed, match="somebody else"):
        publishing.publish(event.measure, by=reviewer, reason="fine")


def test_who_only_sent_it_back_may_approve_it_later(editor, reviewer):
    measure = row(Measure)
    written(measure, editor)
    publishing.submit(measure, by=editor, reason="ready")
    publishing.send_back(measure, by=reviewer, reason="not yet")
    written(measure, editor)
    publishing.submit(measure, by=editor, reason="now it is")
    assert publishing.authors([measure]) == {measure: {editor.pk}}
    publishing.publish(measure, by=reviewer, reason="fine")


def test_what_was_written_before_it_was_published_last_binds_nobody(editor, reviewer, other):
    measure = row(Measure)
    written(measure, reviewer)
    publishing.submit(measure, by=editor, reason="ready")
    publishing.publish(measure, by=other, reason="fine")
    publishing.withdraw(measure, by=other, reason="wrong", notice="It never was so.")
    assert publishing.authors([measure]) == {measure: set()}
    publishing.publish(measure, by=reviewer, reason="it was so after all")
    assert (measure.state, measure.withdrawal_notice, measure.approved_by) == ("published", "", reviewer)


def test_a_desk_of_one_person_approves_its_own_and_says_so(editor, settings):
    settings.SECOND_PERSON = False
    roles.ensure_rules()
    measure, foreign = row(Measure), row(Measure)
    event = row(MeasureEvent, measure=measure)
    publishing.submit(measure, by=editor, reason="ready")
    publishing.publish(measure, by=editor, reason="fine")
    event.refresh_from_db()
    assert measure.self_approved
    assert event.self_approved
    publishing.submit(foreign, by=User.objects.create_user("guest"), reason="ready")
    publishing.publish(foreign, by=editor, reason="fine")
    assert not foreign.self_approved


# Embargoes


def passed():
    return timezone.now() - timedelta(seconds=1)


def published_under_embargo(by, until, **values):
    measure = row(Measure, embargo_until=until, **values)
    event = row(MeasureEvent, measure=measure)
    publishing.submit(measure, by=None, reason="ready")
    publishing.publish(measure, by=by, reason="fine")
    event.refresh_from_db()
    return measure, event


def test_an_embargo_holds_for_the_parts_until_it_is_lifted_in_one_change(reviewer):
    moment = timezone.now() + timedelta(hours=1)
    measure, event = published_under_embargo(reviewer, moment)
    for record in (measure, event):
        assert (record.state, record.embargo_until, record.is_visible) == ("published", moment, False)
        assert record not in type(record).objects.published()
    assert publishing.lift_embargoes() == 0
    for model in (Measure, MeasureEvent):
        model.objects.update(embargo_until=passed())
    before = ChangeSet.objects.count()
    assert publishing.lift_embargoes() == 2
    change_set = ChangeSet.objects.first()
    assert (ChangeSet.objects.count(), change_set.by, change_set.reason) == (before + 1, None, "The embargo is over")
    for record in (measure, event):
        record.refresh_from_db()
        assert (record.known_since, record.is_visible) == (change_set.pk, True)
    assert publishing.lift_embargoes() == 0
    assert ChangeSet.objects.count() == before + 1


def test_until_an_embargo_is_lifted_it_holds_though_its_moment_is_over(reviewer):
    measure, _ = published_under_embargo(reviewer, timezone.now() + timedelta(hours=1))
    Measure.objects.update(embargo_until=passed())
    assert measure not in Measure.objects.published()


def test_an_embargo_that_is_over_at_publication_is_none(reviewer):
    measure, event = published_under_embargo(reviewer, passed())
    assert (measure.embargo_until, event.embargo_until) == (None, None)


def test_the_embargo_of_a_draft_is_not_lifted_by_the_clock():
    measure = row(Measure, embargo_until=passed())
    assert publishing.lift_embargoes() == 0
    measure.refresh_from_db()
    assert measure.embargo_until is not None


def test_a_reviewer_lifts_an_embargo_early(reviewer):
    measure, event = published_under_embargo(reviewer, timezone.now() + timedelta(days=9))
    publishing.lift_embargo(measure, by=reviewer, reason="It was announced early.")
    event.refresh_from_db()
    assert measure.is_visible
    assert event.is_visible
    with pytest.raises(publishing.NotAllowed):
        publishing.lift_embargo(measure, by=reviewer, reason="Again.")


def test_what_readers_have_seen_is_put_under_no_embargo():
    measure = row(Measure, state="published")
    measure.embargo_until = timezone.now() + timedelta(days=1)
    with pytest.raises(IntegrityError) as caught:
        publishing.save(measure, by=None, reason="too late")
    assert caught.value.__cause__.diag.constraint_name == "records_embargo_before_publication"


@pytest.mark.django_db(transaction=True)
def test_two_workers_lift_an_embargo_once():
    measure = row(Measure, state="published", embargo_until=passed())
    assert sorted(at_once(publishing.lift_embargoes, publishing.lift_embargoes)) == [0, 1]
    measure.refresh_from_db()
    assert (measure.version, measure.is_visible) == (2, True)
    assert ChangeSet.objects.filter(reason="The embargo is over").count() == 1
