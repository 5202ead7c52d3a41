"""Proposals: what a save would have written, decided on once by somebody else, merged with what came meanwhile."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from measures.models import EventMaterial, Material, Measure, MeasureEvent, MeasureMaterial, Ministry
from records import proposals, publishing, roles
from records.models import ChangeSet, Citation, Name, OutboxEntry, Proposal, Source
from records.proposals.contents import contents
from records.proposals.merging import merge
from records.publishing import NotAllowed
from tests.records.anything import row
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return User.objects.create_user("editor")


@pytest.fixture
def reviewer():
    return User.objects.create_user("reviewer")


@pytest.fixture
def measure():
    return row(Measure, slug="licensing", state="published", title="Licensing", summary="as it was", legal_basis="act")


def proposed(record, by, kind="correction", reason="to be exact", **values):
    """A proposal to give a record's columns these values."""
    mine = type(record).objects.get(pk=record.pk)
    with proposals.rehearsal(mine) as rehearsed:
        for name, value in values.items():
            setattr(mine, name, value)
        mine.save()
    return proposals.propose(mine, rehearsed, by=by, reason=reason, kind=kind)


def stored(record):
    return type(record).objects.get(pk=record.pk)


# Proposing


def test_a_rehearsal_writes_nothing_and_tells_what_it_would_have_written(measure):
    link = row(MeasureMaterial, measure=measure)
    number = link.pk
    other, source = row(Material), row(Source)
    before = ChangeSet.objects.count()
    with proposals.rehearsal(measure) as rehearsed:
        measure.summary = "as it is"
        measure.save()
        link.delete()
        Name.objects.create(subject=measure, language="ko", text="허가")
        event = row(MeasureEvent, measure=measure, slug="licensing-new")
        EventMaterial.objects.create(event=event, material=other)
        Citation.objects.create(subject=event, field="date", source=source)
    acts = [(each["model"], each["act"]) for each in rehearsed.rows]
    assert sorted(acts) == [
        ("measures.eventmaterial", "add"),
        ("measures.measure", "change"),
        ("measures.measureevent", "add"),
        ("measures.measurematerial", "remove"),
        ("records.citation", "add"),
        ("records.name", "add"),
    ]
    changed = next(each for each in rehearsed.rows if each["act"] == "change")
    assert changed["values"] == {"summary": {"old": "as it was", "new": "as it is"}}
    assert (stored(measure).summary, stored(measure).version) == ("as it was", 1)
    assert MeasureMaterial.objects.filter(pk=number).exists()
    assert not MeasureEvent.objects.filter(slug="licensing-new").exists()
    assert ChangeSet.objects.count() == before


def test_what_the_database_refuses_is_refused_when_it_is_proposed(measure):
    measure.effect = "delights"
    with pytest.raises(IntegrityError), proposals.rehearsal(measure):
        measure.save()


def test_a_draft_takes_no_proposals_and_nothing_is_no_proposal(editor, measure):
    with pytest.raises(NotAllowed, match="draft"):
        proposed(row(Measure), editor, summary="new")
    with pytest.raises(NotAllowed, match="Nothing is different"):
        proposed(measure, editor)
    assert not Proposal.objects.exists()


def test_what_belongs_to_a_record_is_found_at_every_depth(measure):
    event = row(MeasureEvent, measure=measure)
    link = row(EventMaterial, event=event)
    cited = Citation.objects.create(subject=event, source=row(Source))
    row(MeasureEvent)
    assert contents(measure)[0] == measure
    assert {link, cited, event} <= set(contents(measure))
    assert len(contents(measure)) == 4


# Deciding


def test_an_approved_proposal_is_one_change_of_the_record_its_rows_and_new_parts(editor, reviewer, measure):
    link, material, source = row(MeasureMaterial, measure=measure), row(Material), row(Source)
    with proposals.rehearsal(measure) as rehearsed:
        measure.summary = "as it is"
        measure.save()
        link.delete()
        event = row(MeasureEvent, measure=measure, slug="licensing-new", date="2019-07")
        EventMaterial.objects.create(event=event, material=material)
        Citation.objects.create(subject=event, field="date", source=source, quote="in July")
    proposal = proposals.propose(measure, rehearsed, by=editor, reason="It began.", kind="development")
    OutboxEntry.objects.all().delete()
    change_set = proposals.approve([proposal], by=reviewer, checks=["cited"])
    measure = stored(measure)
    event = measure.events.get()
    assert (measure.summary, measure.version, measure.submitted_by, measure.approved_by) == (
        "as it is",
        2,
        editor,
        reviewer,
    )
    assert (event.state, event.submitted_by, event.approved_by, event.earliest.isoformat()) == (
        "published",
        editor,
        reviewer,
        "2019-07-01",
    )
    assert [each.material for each in event.material_links.all()] == [material]
    assert event.citations.get().quote == "in July"
    assert not measure.material_links.exists()
    assert {measure.known_since, event.known_since, event.material_links.get().known_since} == {change_set.pk}
    assert (change_set.by, change_set.kind, change_set.reason) == (reviewer, "development", "It began.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.change_set, proposal.checks, proposal.self_approved) == (
        "approved",
        reviewer,
        change_set,
        ["cited"],
        False,
    )
    touched = OutboxEntry.objects.get(topic="timeline").payload["records"]
    assert touched == sorted([f"measures.measure:{measure.pk}", f"measures.measureevent:{event.pk}"])


def test_nobody_decides_on_what_they_proposed(editor, measure):
    proposal = proposed(measure, editor, summary="new")
    with pytest.raises(NotAllowed, match="somebody else"):
        proposals.approve([proposal], by=editor)
    with pytest.raises(NotAllowed, match="somebody else"):
        proposals.reject(proposal, by=editor, reason="no")
    assert Proposal.objects.open().count() == 1
    proposals.withdraw(proposal, by=editor)
    assert (Proposal.objects.get().state, stored(measure).summary) == ("withdrawn", "as it was")


def test_nobody_else_takes_a_proposal_back(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="new")
    with pytest.raises(NotAllowed, match="Only its author"):
        proposals.withdraw(proposal, by=reviewer)


def test_at_a_desk_of_one_person_the_author_approves_and_it_is_noted(editor, measure, settings):
    settings.SECOND_PERSON = False
    roles.ensure_rules()
    proposal = proposed(measure, editor, summary="new")
    proposals.approve([proposal], by=editor)
    assert (stored(measure).summary, stored(measure).self_approved) == ("new", True)
    assert Proposal.objects.get().self_approved


def test_a_rejection_has_reasons_and_writes_nothing_else(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="new")
    with pytest.raises(IntegrityError), transaction.atomic():
        proposals.reject(proposal, by=reviewer, reason="")
    proposals.reject(proposal, by=reviewer, reason="The source does not say so.", checks=["once"])
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decision, proposal.decided_by) == (
        "rejected",
        "The source does not say so.",
        reviewer,
    )
    assert (stored(measure).summary, stored(measure).version) == ("as it was", 1)


def test_a_decision_is_taken_once(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="new")
    proposals.approve([proposal], by=reviewer)
    for act in (
        partial(proposals.approve, [proposal], by=reviewer),
        partial(proposals.reject, proposal, by=reviewer, reason="no"),
        partial(proposals.withdraw, proposal, by=editor),
    ):
        with pytest.raises(NotAllowed, match="already"):
            act()
    assert stored(measure).version == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["approve", "reject"])
def test_of_two_reviewers_at_once_one_decides(editor, reviewer, measure, second):
    proposal = proposed(measure, editor, summary="new")
    other = User.objects.create_user("other reviewer")

    def decide(by, act):
        try:
            if act == "approve":
                proposals.approve([proposal], by=by)
            else:
                proposals.reject(proposal, by=by, reason="no")
        except NotAllowed:
            return False
        return True

    before = ChangeSet.objects.exclude(kind="upkeep").count()
    assert sorted(at_once(partial(decide, reviewer, "approve"), partial(decide, other, second))) == [False, True]
    approved = Proposal.objects.get().state == "approved"
    assert (stored(measure).summary == "new") is approved
    assert stored(measure).version == (2 if approved else 1)
    assert ChangeSet.objects.exclude(kind="upkeep").count() - before == (1 if approved else 0)


# Several at once


def test_several_of_one_kind_become_one_change_set(editor, reviewer, measure):
    other = row(Measure, state="published")
    first = proposed(measure, editor, summary="new", reason="one")
    second = proposed(other, User.objects.create_user("another"), summary="new too", reason="two")
    change_set = proposals.approve([first, second], by=reviewer)
    assert (stored(measure).known_since, stored(other).known_since) == (change_set.pk, change_set.pk)
    assert set(change_set.proposals.all()) == {first, second}
    assert change_set.reason == "one; two"


def test_several_are_approved_all_or_none(editor, reviewer, measure):
    first = proposed(measure, editor, summary="new")
    own = proposed(row(Measure, state="published"), reviewer, summary="my own")
    with pytest.raises(NotAllowed):
        proposals.approve([first, own], by=reviewer)
    conflicting = proposed(measure, editor, summary="newer")
    with pytest.raises(proposals.Conflicting):
        proposals.approve([first, conflicting], by=reviewer)
    assert (Proposal.objects.open().count(), stored(measure).summary) == (3, "as it was")


def test_developments_and_corrections_are_not_approved_together(editor, reviewer, measure):
    first = proposed(measure, editor, summary="new", kind="correction")
    second = proposed(measure, editor, title="New", kind="development")
    with pytest.raises(NotAllowed, match="one kind"):
        proposals.approve([first, second], by=reviewer)
    with pytest.raises(NotAllowed, match="one kind"):
        proposals.approve([], by=reviewer)


def test_two_proposals_of_one_record_are_both_written(editor, reviewer, measure):
    first = proposed(measure, editor, summary="new")
    second = proposed(measure, User.objects.create_user("another"), title="New")
    proposals.approve([first, second], by=reviewer)
    assert (stored(measure).summary, stored(measure).title, stored(measure).version) == ("new", "New", 3)


# Merging with what came meanwhile


def changed(record, by, **values):
    mine = stored(record)
    for name, value in values.items():
        setattr(mine, name, value)
    publishing.save(mine, by=by, reason="meanwhile")


def test_what_nobody_else_touched_is_merged_silently(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="new")
    changed(measure, reviewer, title="Changed meanwhile")
    proposals.approve([proposal], by=reviewer)
    assert (stored(measure).summary, stored(measure).title) == ("new", "Changed meanwhile")


def test_the_same_change_made_meanwhile_is_no_conflict(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="new", title="New")
    changed(measure, reviewer, summary="new")
    proposals.approve([proposal], by=reviewer)
    assert (stored(measure).summary, stored(measure).title) == ("new", "New")


@pytest.mark.parametrize(("choice", "summary"), [("stored", "meanwhile"), ("proposed", "new")])
def test_of_a_field_that_both_changed_the_reviewer_says_what_holds(editor, reviewer, measure, choice, summary):
    proposal = proposed(measure, editor, summary="new", title="New")
    changed(measure, reviewer, summary="meanwhile")
    (merged,) = merge(proposal.rows)
    columns = {column.name: (column.old, column.stored, column.new, column.conflicts) for column in merged.columns}
    assert columns == {
        "summary": ("as it was", "meanwhile", "new", True),
        "title": ("Licensing", "Licensing", "New", False),
    }
    with pytest.raises(proposals.Conflicting):
        proposals.approve([proposal], by=reviewer)
    path = next(column.path for column in merged.columns if column.name == "summary")
    proposals.approve([proposal], by=reviewer, choices={proposal.pk: {path: choice}})
    assert (stored(measure).summary, stored(measure).title) == (summary, "New")


def test_a_choice_is_about_what_the_reviewer_saw(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="new")
    changed(measure, reviewer, summary="meanwhile")
    seen = {proposal.pk: proposals.stored_digest(proposal.rows)}
    choices = {proposal.pk: {"0.summary": "proposed"}}
    changed(measure, reviewer, summary="and once more")
    with pytest.raises(proposals.Conflicting):
        proposals.approve([proposal], by=reviewer, choices=choices, seen=seen)
    assert stored(measure).summary == "and once more"


def removal_proposed(measure, link, editor):
    with proposals.rehearsal(measure) as rehearsed:
        link.delete()
    return proposals.propose(measure, rehearsed, by=editor, reason="not that one", kind="correction")


def test_a_row_to_be_removed_that_somebody_changed_is_asked_about(editor, reviewer, measure):
    for choice, stays in (("stored", True), ("proposed", False)):
        link = row(MeasureMaterial, measure=measure, scope="all of it")
        proposal = removal_proposed(measure, MeasureMaterial.objects.get(pk=link.pk), editor)
        MeasureMaterial.objects.filter(pk=link.pk).update(scope="some of it")
        with pytest.raises(proposals.Conflicting):
            proposals.approve([proposal], by=reviewer)
        proposals.approve([proposal], by=reviewer, choices={proposal.pk: {"0": choice}})
        assert MeasureMaterial.objects.filter(pk=link.pk).exists() is stays


def test_a_row_that_is_gone_already_need_not_be_removed(editor, reviewer, measure):
    link = row(MeasureMaterial, measure=measure)
    proposal = removal_proposed(measure, MeasureMaterial.objects.get(pk=link.pk), editor)
    link.delete()
    proposals.approve([proposal], by=reviewer)
    assert not measure.material_links.exists()


def test_the_change_of_a_row_that_is_gone_falls_away_when_the_reviewer_says_so(editor, reviewer, measure):
    link = row(MeasureMaterial, measure=measure)
    with proposals.rehearsal(measure) as rehearsed:
        MeasureMaterial.objects.filter(pk=link.pk).update(scope="some of it")
        measure.summary = "new"
        measure.save()
    proposal = proposals.propose(measure, rehearsed, by=editor, reason="r", kind="correction")
    link.delete()
    with pytest.raises(proposals.Conflicting):
        proposals.approve([proposal], by=reviewer)
    gone = next(each for each in merge(proposal.rows) if each.is_gone)
    proposals.approve([proposal], by=reviewer, choices={proposal.pk: {gone.path: "stored"}})
    assert stored(measure).summary == "new"


def test_two_proposals_may_add_an_event_each_under_one_id(editor, reviewer, measure):
    made = []
    for title in ("first", "second"):
        with proposals.rehearsal(measure) as rehearsed:
            row(MeasureEvent, measure=measure, slug="licensing-measureevent-1", title=title)
        made.append(proposals.propose(measure, rehearsed, by=editor, reason=title, kind="development"))
    proposals.approve(made, by=reviewer)
    assert sorted(measure.events.values_list("title", "slug", "position")) == [
        ("first", "licensing-measureevent-1", 0),
        ("second", "licensing-measureevent-2", 1),
    ]


def test_what_cannot_be_written_any_more_is_refused_and_stays_open(editor, reviewer, measure):
    material = row(Material)
    with proposals.rehearsal(measure) as rehearsed:
        MeasureMaterial.objects.create(measure=measure, material=material)
    proposal = proposals.propose(measure, rehearsed, by=editor, reason="r", kind="correction")
    material.delete()
    with pytest.raises(ValidationError):
        proposals.approve([proposal], by=reviewer)
    assert Proposal.objects.open().count() == 1


def test_what_readers_have_seen_is_not_removed_by_a_proposal(editor, reviewer, measure):
    event = row(MeasureEvent, measure=measure, state="published")
    with proposals.rehearsal(measure) as rehearsed:
        event.delete()
    proposal = proposals.propose(measure, rehearsed, by=editor, reason="r", kind="correction")
    with pytest.raises(NotAllowed, match="withdrawn, not removed"):
        proposals.approve([proposal], by=reviewer)
    assert measure.events.count() == 1


def test_a_proxy_is_the_record_itself(editor, reviewer):
    ministry = row(Ministry, state="published", name="METI")
    proposal = proposed(ministry, editor, name="Ministry of Economy")
    proposals.approve([proposal], by=reviewer)
    assert (stored(ministry).name, stored(ministry).version) == ("Ministry of Economy", 2)


def test_a_new_part_of_what_is_under_embargo_is_so_too(editor, reviewer):
    moment = timezone.now() + timedelta(days=1)
    measure = row(Measure, state="published", embargo_until=moment)
    with proposals.rehearsal(measure) as rehearsed:
        row(MeasureEvent, measure=measure)
    proposals.approve([proposals.propose(measure, rehearsed, by=editor, reason="r", kind="development")], by=reviewer)
    assert measure.events.get().embargo_until == moment


def test_what_the_reviewer_changed_is_written_instead_and_noted(editor, reviewer, measure):
    proposal = proposed(measure, editor, summary="neww")
    mine = stored(measure)
    with proposals.rehearsal(mine) as rehearsed:
        mine.summary = "new"
        mine.save()
    proposals.approve([proposal], by=reviewer, edited=rehearsed)
    proposal.refresh_from_db()
    assert (stored(measure).summary, proposal.edited) == ("new", True)
    assert proposal.rows[0]["values"]["summary"]["new"] == "neww"
