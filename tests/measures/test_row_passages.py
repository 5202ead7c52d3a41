"""New rows of a record's page and the passages that they rest on: proposed, decided on, merged and undone together."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from measures.models import DisputedFact, EventMaterial, Material, Measure, MeasureEvent
from programs.models import Indicator, Phase
from records import undoing
from records.models import ChangeSet, Citation, Proposal, Snapshot, Source
from records.undoing import footprints
from tests.measures.test_admin import address, filled, login, new_row
from tests.measures.test_proposals import page, told
from tests.records.anything import row

pytestmark = pytest.mark.django_db

TEXT = "Said on 4 July.\nIt begins\nat once. Twice said. Twice said."
QUOTE = "It begins\nat once."


@pytest.fixture
def editor():
    return login("editor")


@pytest.fixture
def reviewer():
    return login("reviewer")


@pytest.fixture
def measure():
    return row(Measure, slug="licensing", summary="as it was", legal_basis="an act", state="published")


@pytest.fixture
def notice():
    return row(Snapshot, source=row(Source, title="The notice"), text=TEXT)


def resting_on(data, notice, prefix="events", place=0, **passage):
    """The form of a page whose last row of a kind has a passage."""
    number = int(data[f"{prefix}-TOTAL_FORMS"]) - 1
    passage = {"source": notice.pk, "stance": "supports", **passage}
    return data | {f"{prefix}-{number}-passage-{place}-{name}": value for name, value in passage.items()}


def new_event(client, measure):
    return new_row(client, address(measure), "events", kind="effective", date="2019-07-04", title="begins")


@pytest.fixture
def proposal(editor, measure, notice):
    """A new event that rests on the notice and on a report; nothing is cited for its title."""
    data = resting_on(new_event(editor, measure), notice.source, quote="It begins  at once.", facts=["kind", "date"])
    data = resting_on(data, row(Source, title="A report"), place=1, locator="p. 3", facts=["date"], stance="disputes")
    response = editor.post(address(measure), data)
    assert response.status_code == 302, response.context["errors"]
    return Proposal.objects.get()


def footing(event):
    return [(each.field, each.quote, each.start, each.locator, each.stance) for each in event.citations.all()]


FOOTING = [
    ("date", QUOTE, TEXT.index(QUOTE), None, "supports"),
    ("date", None, None, "p. 3", "disputes"),
    ("kind", QUOTE, TEXT.index(QUOTE), None, "supports"),
]


def test_a_new_row_is_proposed_with_its_passages_and_the_reviewer_sees_them_beside_it(reviewer, proposal):
    assert not MeasureEvent.objects.exists()
    assert not Citation.objects.exists()
    shown = reviewer.get(page(proposal))
    (event,) = shown.context["rows"]
    told = [(each.label, each.quote, each.source.title, each.is_proposed) for each in event.passages]
    # A passage for two facts is read once.
    assert sorted(told) == [("date", "", "A report", True), ("kind, date", QUOTE, "The notice", True)]
    assert [column.label for column in event.columns if column.unsourced] == ["Title"]
    assertContains(shown, "2 of 3 changed facts have a passage.")


def test_approving_writes_row_and_passages_as_one_change_and_undoing_takes_back_both(reviewer, measure, proposal):
    assert reviewer.post(page(proposal), {"decision": "approve", "checks": ["cited"]}).status_code == 302
    event = measure.events.get()
    assert (event.state, footing(event)) == ("published", FOOTING)
    proposal.refresh_from_db()
    made = {each.model: len(each.made) for each in footprints.of(proposal.change_set_id) if each.made}
    assert (made[MeasureEvent], made[Citation]) == (1, 3)
    back = undoing.undo(proposal.change_set, by=login("reviewer", "another").user, reason="Not so")
    assert not MeasureEvent.objects.exists()
    assert not Citation.objects.exists()
    undoing.undo(back, by=reviewer.user, reason="It was so")
    assert footing(measure.events.get()) == FOOTING


def test_rejecting_writes_neither(reviewer, proposal):
    assert reviewer.post(page(proposal), {"decision": "reject", "reason": "not so"}).status_code == 302
    assert not MeasureEvent.objects.exists()
    assert not Citation.objects.exists()


def test_what_the_reviewer_edits_keeps_its_passages(reviewer, measure, proposal):
    edit = reviewer.get(page(proposal)).context["edit_page"]
    form = filled(reviewer, edit)
    assert form["events-0-passage-0-facts"] == ["kind", "date"]
    form |= {"events-0-title": "it begins", "events-0-passage-1-locator": "p. 4"}
    response = reviewer.post(edit, form)
    assert response.status_code == 302, response.context["errors"]
    event = measure.events.get()
    assert event.title == "it begins"
    assert footing(event) == [FOOTING[0], ("date", None, None, "p. 4", "disputes"), FOOTING[2]]


def test_a_proposal_that_went_stale_keeps_its_passages(reviewer, measure, proposal):
    measure.summary = "as changed meanwhile"
    measure.save()
    assertContains(reviewer.get(page(proposal)), "merged by themselves")
    assert reviewer.post(page(proposal), {"decision": "approve"}).status_code == 302
    assert footing(measure.events.get()) == FOOTING


def test_the_passage_of_a_new_row_is_kept_when_somebody_saved_meanwhile(editor, measure, notice):
    data = resting_on(new_event(editor, measure), notice.source, quote=QUOTE, facts=["kind"])
    measure.summary = "meanwhile"
    measure.save()
    again = editor.post(address(measure), data)
    assert again.status_code == 409
    passage = again.context["inline_admin_formsets"][0].formset.forms[-1].passages[0]
    kept = [passage[name].value() for name in ("source", "quote", "facts")]
    assert kept == [str(notice.source_id), QUOTE, ["kind"]]
    assert "Passages" in told(again)
    Measure.objects.filter(pk=measure.pk).update(state="in_review")
    lost = editor.post(address(measure), data)
    assert "Event 1: quote It begins" in told(lost)


@pytest.mark.parametrize(
    ("passage", "reason"),
    [
        ({"quote": "It ends.", "facts": ["kind"]}, "No copy of this source says this"),
        ({"quote": "Twice said.", "facts": ["kind"]}, "in several places"),
        ({"quote": QUOTE}, "Tick at least one fact"),
        ({"quote": QUOTE, "facts": ["until"]}, "“Until” is empty in this row"),
        ({"quote": "word " * 26, "facts": ["kind"]}, "at most 25 words"),
        ({"quote": QUOTE, "facts": ["kind"], "source": ""}, "This field is required."),
        ({"quote": QUOTE, "facts": ["measure"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_cited_is_told_beside_it_and_nothing_typed_is_lost(editor, measure, notice, passage, reason):
    data = resting_on(new_event(editor, measure), notice.source, **passage)
    response = editor.post(address(measure), data)
    assertContains(response, reason)
    assertContains(response, "begins")
    assert not Proposal.objects.exists()


def test_a_passage_alone_makes_a_row_that_is_not_complete(editor, measure, notice):
    data = new_row(editor, address(measure), "events")
    response = editor.post(address(measure), resting_on(data, notice.source, quote=QUOTE, facts=["kind"]))
    assert response.status_code == 200
    assert response.context["inline_admin_formsets"][0].formset.forms[-1].errors["date"]


def test_a_draft_is_written_with_what_its_new_rows_rest_on(editor, measure, notice):
    Measure.objects.update(state="draft")
    data = resting_on(new_event(editor, measure), notice.source, quote=QUOTE, facts=["", "kind"])
    assert editor.post(address(measure), data).status_code == 302
    event = measure.events.get()
    assert {each.field for each in event.citations.all()} == {"", "kind"}
    assert ChangeSet.objects.exclude(kind="upkeep").count() == 1


@pytest.mark.parametrize(
    ("owner", "prefix", "values", "field"),
    [
        (Measure, "material_links", {"scope": "gas"}, ""),
        (DisputedFact, "claims", {"claimant": "A ministry", "statement": "So", "date": "2019-07"}, "statement"),
        (Phase, "milestones", {"title": "Made in bulk", "status": "planned", "expected": "2021"}, "expected"),
        (Indicator, "observations", {"date": "2021", "value": "12"}, "value"),
    ],
)
def test_every_kind_of_row_that_can_rest_on_sources_takes_them(reviewer, notice, owner, prefix, values, field):
    record, author = row(owner, state="published"), login("manager" if owner in (Phase, Indicator) else "editor")
    at = reverse(f"admin:{owner._meta.app_label}_{owner._meta.model_name}_change", args=[record.pk])
    if owner is Measure:
        values = {**values, "material": row(Material).pk}
    data = resting_on(new_row(author, at, prefix, **values), notice.source, prefix, quote=QUOTE, facts=[field])
    response = author.post(at, data)
    assert response.status_code == 302, [each.formset.errors for each in response.context["inline_admin_formsets"]]
    assert reviewer.post(page(Proposal.objects.get()), {"decision": "approve"}).status_code == 302
    citation = getattr(record, prefix).get().citations.get()
    assert (citation.field, citation.snapshot_id) == (field, notice.pk)


def test_rows_without_facts_of_their_own_ask_for_no_passage(editor, measure):
    assert not hasattr(EventMaterial, "facts")
    formsets = editor.get(address(measure)).context["inline_admin_formsets"]
    asks = {each.opts.model._meta.model_name for each in formsets if getattr(each.formset.empty_form, "passages", ())}
    assert asks == {"measureevent", "measurematerial", "measurerelation", "provision"}
