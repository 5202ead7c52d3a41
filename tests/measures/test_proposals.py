"""Proposals at the desk: the form that proposes, the page that decides, the list, and who may not."""

import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import EventMaterial, Measure, MeasureEvent, MeasureMaterial
from records import roles
from records.models import ChangeSet, Citation, Proposal, Source
from tests.measures.test_admin import address, filled, login, new_row
from tests.records.anything import row

pytestmark = pytest.mark.django_db

LIST = "admin:records_proposal_changelist"


@pytest.fixture
def editor():
    return login("editor")


@pytest.fixture
def reviewer():
    return login("reviewer")


@pytest.fixture
def measure():
    return row(
        Measure,
        title="Licensing of resist",
        slug="licensing",
        legal_basis="an act",
        summary="as it was",
        state="published",
    )


def page(proposal):
    return reverse("admin:records_proposal_change", args=[proposal.pk])


def proposed(client, measure, **changes):
    assert client.post(address(measure), filled(client, address(measure), **changes)).status_code == 302
    return Proposal.objects.latest("pk")


def told(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# Proposing


@pytest.mark.parametrize("role", ["editor", "reviewer", "admin"])
def test_what_is_changed_of_a_published_record_is_a_proposal_whoever_changes_it(role, measure):
    client = login(role)
    assertContains(client.get(address(measure)), "What you change becomes a proposal")
    proposal = proposed(client, measure, summary="as it is")
    assert (proposal.subject, proposal.by, proposal.reason, proposal.kind) == (
        measure,
        client.user,
        "to be exact",
        "correction",
    )
    measure.refresh_from_db()
    assert (measure.summary, measure.version) == ("as it was", 1)
    assert client.post(page(proposal), {"decision": "approve"}).status_code == 403
    assertContains(client.get(page(proposal)), "Take it back")
    assertContains(client.get(address(measure)), page(proposal))


def test_nothing_different_is_no_proposal(editor, measure):
    assert editor.post(address(measure), filled(editor, address(measure))).status_code == 302
    assert not Proposal.objects.exists()


def test_a_change_over_what_somebody_changed_meanwhile_is_shown_beside_it(editor, measure):
    mine = filled(editor, address(measure), summary="mine")
    measure.summary = "meanwhile"
    measure.save()
    response = editor.post(address(measure), mine)
    assert response.status_code == 409
    assertContains(response, "meanwhile", status_code=409)
    assertContains(response, "mine", status_code=409)
    assert not Proposal.objects.exists()


def test_rows_and_the_sources_of_rows_are_proposed_too(editor, reviewer, measure):
    link, source = row(MeasureMaterial, measure=measure), row(Source)
    data = new_row(editor, address(measure), "events", kind="announced", date="2019-07", title="said")
    data |= {f"events-{data['events-TOTAL_FORMS']}-x": ""}
    assert editor.post(address(measure), data).status_code == 302
    prefix = "records-citation-subject_type-subject_id"
    data = new_row(editor, address(link), prefix, source=source.pk, stance="supports", quote="as it says")
    assert editor.post(address(link), data).status_code == 302
    assert not measure.events.exists()
    assert not Citation.objects.exists()
    for proposal in Proposal.objects.order_by("pk"):
        assert reviewer.post(page(proposal), {"decision": "approve"}).status_code == 302
    event = measure.events.get()
    assert (event.state, event.slug) == ("published", "licensing-measureevent-1")
    assert link.citations.get().source == source
    measure.refresh_from_db()
    assert measure.version == 3


def test_what_is_ticked_of_a_new_row_is_shown_to_the_reviewer(editor, reviewer, measure):
    data = new_row(editor, address(measure), "events", kind="effective", date="2030-01", title="soon", planned="on")
    assert editor.post(address(measure), data).status_code == 302
    assertContains(reviewer.get(page(Proposal.objects.get())), "Planned")
    assert reviewer.post(page(Proposal.objects.get()), {"decision": "approve"}).status_code == 302
    assert measure.events.get().planned


def test_an_event_that_readers_see_is_changed_by_a_proposal_of_its_measures_page(editor, reviewer, measure):
    links = [row(MeasureMaterial, measure=measure, position=n) for n in range(2)]
    event = row(MeasureEvent, measure=measure, state="published", title="as it was")
    draft = row(MeasureEvent, measure=measure, title="a draft", position=1)
    data = filled(editor, address(measure), **{"events-0-title": "as it is", "events-1-title": "smuggled"})
    data["events-0-concerns"] = [str(links[1].material_id)]
    assert editor.post(address(measure), data).status_code == 302
    assert not EventMaterial.objects.exists()
    assert reviewer.post(page(Proposal.objects.get()), {"decision": "approve"}).status_code == 302
    event.refresh_from_db()
    draft.refresh_from_db()
    assert (event.title, event.version, draft.title) == ("as it is", 2, "a draft")
    assert [each.material_id for each in event.material_links.all()] == [links[1].material_id]


def test_at_a_desk_of_one_person_it_is_kept_and_approved_at_once(measure, settings):
    settings.SECOND_PERSON = False
    roles.ensure_rules()
    reviewer, editor = login("reviewer"), login("editor")
    assertContains(reviewer.get(address(measure)), "approved at once")
    proposal = proposed(reviewer, measure, summary="as it is")
    measure.refresh_from_db()
    assert (proposal.state, proposal.self_approved, measure.summary) == ("approved", True, "as it is")
    assert proposed(editor, measure, summary="by an editor").state == "open"


# Deciding


def test_old_and_new_stand_beside_the_passages_of_the_field(editor, reviewer, measure):
    source = row(Source, title="Official gazette")
    Citation.objects.create(
        subject=measure, field="summary", source=source, quote="it shall be licensed", locator="p. 3"
    )
    Citation.objects.create(subject=measure, field="title", source=source, quote="of something else")
    proposal = proposed(editor, measure, summary="as it is", legal_basis="another act")
    response = reviewer.get(page(proposal))
    for words in ("as it was", "as it is", "Official gazette", "it shall be licensed", "p. 3", "to be exact", "editor"):
        assertContains(response, words)
    columns = {column.label: column.unsourced for row in response.context["rows"] for column in row.columns}
    assert columns == {"Summary": False, "Legal basis": True}
    assertContains(response, "unsourced", count=2)  # the mark and its class


def test_a_proposal_is_approved_with_what_was_checked(editor, reviewer, measure):
    proposal = proposed(editor, measure, summary="as it is")
    response = reviewer.post(page(proposal), {"decision": "approve", "checks": ["cited", "once"]})
    assert response.status_code == 302
    measure.refresh_from_db()
    proposal.refresh_from_db()
    assert (measure.summary, proposal.state, proposal.checks) == ("as it is", "approved", ["cited", "once"])
    assertContains(editor.get(page(proposal)), "Approved by")
    assertContains(editor.get(reverse("admin:index")), "approved")


def test_a_rejection_needs_reasons_and_its_author_reads_them(editor, reviewer, measure):
    proposal = proposed(editor, measure, summary="as it is")
    assert "required" in told(reviewer.post(page(proposal), {"decision": "reject", "reason": " "}))
    assert reviewer.post(page(proposal), {"decision": "reject", "reason": "Not in the source."}).status_code == 302
    for at in (page(proposal), reverse("admin:index"), f"{reverse(LIST)}?state=all&whose=mine"):
        assertContains(editor.get(at), "ejected")
    assertContains(editor.get(page(proposal)), "Not in the source.")
    measure.refresh_from_db()
    assert measure.summary == "as it was"


def test_what_went_stale_is_shown_in_three_columns_and_merged_field_by_field(editor, reviewer, measure):
    proposal = proposed(editor, measure, summary="as proposed", title="A new title")
    measure.summary = "as changed meanwhile"
    measure.save()
    response = reviewer.get(page(proposal))
    for words in ("As proposed on", "Stored now", "as it was", "as changed meanwhile", "as proposed"):
        assertContains(response, words)
    seen = response.context["seen"]
    refused = reviewer.post(page(proposal), {"decision": "approve", "seen": seen})
    assert refused.status_code == 409
    assert "say for each field what holds" in told(refused)
    done = reviewer.post(page(proposal), {"decision": "approve", "seen": seen, "hold-0.summary": "stored"})
    assert done.status_code == 302
    measure.refresh_from_db()
    assert (measure.summary, measure.title) == ("as changed meanwhile", "A new title")


def test_a_reviewer_edits_a_proposal_and_approves_it(editor, reviewer, measure):
    links = [row(MeasureMaterial, measure=measure, position=n) for n in range(2)]
    event = row(MeasureEvent, measure=measure, state="published", title="old event")
    data = new_row(editor, address(measure), "events", kind="announced", date="2019-07", title="nw event")
    data |= {"summary": "as it iss", "events-0-title": "event", "events-0-concerns": [str(links[0].material_id)]}
    data[f"events-{int(data['events-TOTAL_FORMS']) - 1}-concerns"] = [str(links[1].material_id)]
    assert editor.post(address(measure), data).status_code == 302
    proposal = Proposal.objects.get()
    edit = reviewer.get(page(proposal)).context["edit_page"]
    form = filled(reviewer, edit)
    assert (form["summary"], form["events-0-title"], form["events-1-title"]) == ("as it iss", "event", "nw event")
    assert form["change_reason"] == "to be exact"
    form |= {"summary": "as it is", "events-1-title": "new event", "change_reason": "to be exact, and spelt"}
    assert reviewer.post(edit, form).status_code == 302
    measure.refresh_from_db()
    proposal.refresh_from_db()
    event.refresh_from_db()
    made = measure.events.exclude(pk=event.pk).get()
    assert (measure.summary, event.title, made.title, made.state) == ("as it is", "event", "new event", "published")
    assert [link.material_id for link in event.material_links.all()] == [links[0].material_id]
    assert [link.material_id for link in made.material_links.all()] == [links[1].material_id]
    assert (proposal.state, proposal.edited, proposal.change_set.reason) == ("approved", True, "to be exact, and spelt")


def test_a_proposal_is_edited_only_by_who_may_decide_on_it(editor, reviewer, measure):
    proposal = proposed(editor, measure, summary="as it is")
    own = proposed(reviewer, measure, summary="my own")
    for client, number in (
        (editor, proposal.pk),
        (login("manager"), proposal.pk),
        (reviewer, own.pk),
        (reviewer, 10**17),
    ):
        at = f"{address(measure)}?proposal={number}"
        assert client.get(at).status_code == 302
        assert client.post(at, {"read_version": 1}).status_code in (302, 403)
    assert Proposal.objects.open().count() == 2
    assert editor.get(page(proposal)).context["edit_page"] == ""


def test_a_proposal_that_the_form_has_no_place_for_is_not_edited_there(reviewer, measure, editor):
    proposal = proposed(editor, measure, summary="as it is")
    other = row(Citation, subject_id=row(MeasureEvent, measure=measure).pk)
    rows = [
        *proposal.rows,
        {"model": "records.sourcestatement", "key": other.pk, "act": "change", "title": "", "values": {}},
    ]
    Proposal.objects.update(rows=rows)
    assert reviewer.get(page(proposal)).context["edit_page"] == ""


def test_its_author_takes_it_back_and_nobody_else_does(editor, reviewer, measure):
    proposal = proposed(editor, measure, summary="as it is")
    assert reviewer.post(page(proposal), {"decision": "withdraw"}).status_code == 403
    assert editor.post(page(proposal), {"decision": "withdraw"}).status_code == 302
    assert Proposal.objects.get().state == "withdrawn"
    refused = reviewer.post(page(proposal), {"decision": "approve"})
    assert refused.status_code == 403
    assert "decided on already" in told(refused)


@pytest.mark.parametrize("role", ["editor", "manager"])
@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_only_who_may_publish_decides(measure, role, decision, editor):
    proposal = proposed(editor, measure, summary="as it is")
    somebody = login(role, "somebody")
    assertNotContains(somebody.get(page(proposal)), 'value="approve"')
    assert somebody.post(page(proposal), {"decision": decision, "reason": "x"}).status_code == 403
    assert Proposal.objects.get().is_open


@pytest.mark.parametrize("role", ["visitor", "analyst"])
def test_nobody_without_a_place_at_the_desk_sees_a_proposal(client, measure, role, editor):
    proposal = proposed(editor, measure, summary="nobody knows this yet")
    if role == "analyst":
        client = login("analyst")
    for at in (page(proposal), reverse(LIST), f"{reverse('admin:records_proposal_together')}?ids={proposal.pk}"):
        assert client.get(at).status_code == 302
    for at in (measure.get_absolute_url(), reverse("measures:list"), "/api/v1/measures/licensing/", "/timeline/"):
        assertNotContains(client.get(at), "nobody knows this yet")


def test_an_unknown_decision_or_proposal_is_not_found(reviewer, measure, editor):
    proposal = proposed(editor, measure, summary="as it is")
    assert reviewer.post(page(proposal), {"decision": "vanish"}).status_code == 404
    assert reviewer.get(reverse("admin:records_proposal_change", args=[10**9])).status_code == 302


def test_what_may_be_recorded_already_is_named(editor, reviewer, measure):
    row(MeasureEvent, measure=measure, state="published", kind="announced", date="2019-07", title="it was said")
    data = new_row(editor, address(measure), "events", kind="announced", date="2019-07", title="said")
    assert editor.post(address(measure), data).status_code == 302
    assertContains(reviewer.get(page(Proposal.objects.get())), "Perhaps recorded already")


# The list, and several at once


def test_the_list_holds_what_is_open_with_as_many_queries_for_one_as_for_twenty(
    reviewer, editor, measure, django_assert_num_queries
):
    proposal = proposed(editor, measure, summary="as it is")
    rejected = proposed(editor, measure, summary="no")
    reviewer.post(page(rejected), {"decision": "reject", "reason": "no"})
    response = reviewer.get(reverse(LIST))
    assert list(response.context["cl"].result_list) == [proposal]
    assert len(reviewer.get(f"{reverse(LIST)}?state=all").context["cl"].result_list) == 2
    with django_assert_num_queries(8):
        reviewer.get(reverse(LIST))
    for number in range(19):
        proposed(editor, measure, summary=f"{number}")
    with django_assert_num_queries(8):
        assert len(reviewer.get(reverse(LIST)).context["cl"].result_list) == 20


def test_the_page_of_many_rows_takes_as_many_queries_as_that_of_one(
    editor, reviewer, measure, django_assert_max_num_queries
):
    events = [row(MeasureEvent, measure=measure, state="published", position=n) for n in range(12)]
    for event in events:
        Citation.objects.create(subject=event, source=row(Source))
    changes = {f"events-{number}-title": f"title {number}" for number in range(12)}
    proposal = proposed(editor, measure, **changes)
    reviewer.get(page(proposal))
    with django_assert_max_num_queries(40):
        assertContains(reviewer.get(page(proposal)), "title 11")


def test_chosen_ones_are_approved_together_after_a_look_at_all(editor, reviewer, measure):
    first, second = proposed(editor, measure, summary="as it is"), proposed(editor, measure, title="A new title")
    chosen = {"action": "approve_together", "_selected_action": [first.pk, second.pk]}
    together = reviewer.post(reverse(LIST), chosen).url
    for words in ("as it is", "A new title", "2 proposals become one change set"):
        assertContains(reviewer.get(together), words)
    before = ChangeSet.objects.count()
    assert reviewer.post(together, {"checks": ["cited"]}).status_code == 302
    measure.refresh_from_db()
    assert (measure.summary, measure.title) == ("as it is", "A new title")
    assert ChangeSet.objects.count() == before + 1
    assert reviewer.get(together).status_code == 302


def test_who_may_not_decide_on_one_of_them_approves_none(editor, reviewer, measure):
    first, own = proposed(editor, measure, summary="as it is"), proposed(reviewer, measure, title="My own")
    together = f"{reverse('admin:records_proposal_together')}?ids={first.pk},{own.pk},x,{'9' * 30}"
    refused = reviewer.post(together, {})
    assert refused.status_code == 403
    assert "somebody else" in told(refused)
    for client in (editor, login("manager")):
        assert client.get(together).status_code == 403
        assert client.post(together, {}).status_code == 403
    assert Proposal.objects.open().count() == 2
    assertNotContains(editor.get(reverse(LIST)), "approve_together")
