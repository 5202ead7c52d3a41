"""A proposal in a real browser: an editor proposes, a reviewer looks, approves and merges; readers see it then."""

import pytest
from django.urls import reverse

from measures.models import Measure, MeasureEvent, MeasureMaterial
from records import publishing
from records.models import Citation, Proposal, Source
from tests.records.anything import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (360, 768, 1440)


@pytest.fixture
def measure():
    made = row(Measure, slug="licensing", title="Licensing of resist", summary="As it was.", state="published")
    row(MeasureMaterial, measure=made)
    source = row(Source, title="Official gazette", state="published")
    Citation.objects.create(subject=made, field="summary", source=source, quote="from the first of July")
    return made


def change_page(measure):
    return reverse("admin:measures_measure_change", args=[measure.pk])


def test_an_editor_proposes_and_a_reviewer_approves_beside_the_passage(work_as, measure):
    editor, reviewer = work_as("editor"), work_as("reviewer")
    editor.goto(change_page(measure))
    editor.fill("#id_summary", "As it is.")
    editor.click("#events-group .add-row a")
    editor.fill("#id_events-0-title", "Announced")
    editor.select_option("#id_events-0-kind", "announced")
    editor.fill("#id_events-0-date", "2019-07")
    editor.click("#events-0 .row-passages .select2-selection")
    editor.fill(".select2-search__field", "gazette")
    editor.click(".select2-results__option:has-text('Official gazette')")
    editor.locator("#events-0 .row-passages").get_by_label("Title", exact=True).first.check()
    editor.fill("#id_events-0-passage-0-quote", "announced it")
    editor.fill("#id_change_reason", "The gazette says so")
    editor.click("input[value=Propose]")
    editor.get_by_text("Your proposal waits for a reviewer").wait_for()
    assert editor.locator("button[value=approve]").count() == 0
    reviewer.goto(reverse("admin:index"))
    reviewer.click("text=The gazette says so")
    reviewer.get_by_text("from the first of July").wait_for()
    assert reviewer.locator("blockquote", has_text="announced it").is_visible()
    assert reviewer.locator("del", has_text="As it was.").is_visible()
    assert reviewer.locator("ins", has_text="As it is.").is_visible()
    reviewer.get_by_label("Every changed fact is cited").check()
    reviewer.click("button[value=approve]")
    reviewer.get_by_text("The proposal is approved").wait_for()
    measure.refresh_from_db()
    assert (measure.summary, measure.approved_by, measure.events.get().state) == (
        "As it is.",
        reviewer.user,
        "published",
    )
    assert measure.events.get().citations.get().quote == "announced it"
    assert Proposal.objects.get().checks == ["cited"]
    editor.goto(measure.get_absolute_url())
    editor.get_by_text("As it is.").first.wait_for()
    assert editor.complaints == reviewer.complaints == []


def test_a_reviewer_says_what_holds_and_edits_before_approving(work_as, measure):
    editor, reviewer = work_as("editor"), work_as("reviewer")
    for summary in ("First proposal.", "Second proposl."):
        editor.goto(change_page(measure))
        editor.fill("#id_summary", summary)
        editor.fill("#id_change_reason", summary)
        editor.click("input[value=Propose]")
        editor.get_by_text("Your proposal waits for a reviewer").wait_for()
    measure.refresh_from_db()
    measure.summary = "Changed meanwhile."
    publishing.save(measure, by=None, reason="meanwhile")
    first, second = Proposal.objects.order_by("pk")
    reviewer.goto(reverse("admin:records_proposal_change", args=[first.pk]))
    for heading in ("As proposed on", "Stored now", "Proposed"):
        assert reviewer.get_by_role("columnheader", name=heading, exact=True).is_visible()
    reviewer.click("button[value=approve]")
    reviewer.get_by_text("say for each field what holds").wait_for()
    reviewer.get_by_label("First proposal.").check()
    reviewer.click("button[value=approve]")
    reviewer.get_by_text("The proposal is approved").wait_for()
    reviewer.goto(reverse("admin:records_proposal_change", args=[second.pk]))
    reviewer.click("text=Edit and approve")
    assert reviewer.input_value("#id_summary") == "Second proposl."
    reviewer.fill("#id_summary", "Second proposal.")
    reviewer.click("text=Approve with these changes")
    reviewer.get_by_text("The reviewer changed it before approving").wait_for()
    measure.refresh_from_db()
    assert measure.summary == "Second proposal."
    # The browser itself remarks on the answer that asks what holds.
    assert [each for each in editor.complaints + reviewer.complaints if "409 (Conflict)" not in each] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_proposals_fit_every_width_and_keep_the_content_policy(work_as, measure, scheme):
    editor, reviewer = work_as("editor"), work_as("reviewer")
    event = row(MeasureEvent, measure=measure, state="published")
    editor.goto(change_page(measure))
    editor.fill("#id_summary", "A" * 90 + " long " * 90)
    editor.fill("#id_change_reason", "Long words " + "B" * 70)
    editor.click("input[value=Propose]")
    editor.get_by_text("Your proposal waits for a reviewer").wait_for()
    event.delete()
    measure.refresh_from_db()
    measure.summary = "C" * 30
    publishing.save(measure, by=None, reason="meanwhile")
    proposal = Proposal.objects.get()
    pages = [
        reverse("admin:records_proposal_changelist"),
        reverse("admin:records_proposal_change", args=[proposal.pk]),
        f"{reverse('admin:records_proposal_together')}?ids={proposal.pk}",
        f"{change_page(measure)}?proposal={proposal.pk}",
    ]
    reviewer.emulate_media(color_scheme=scheme)
    for width in WIDTHS:
        reviewer.set_viewport_size({"width": width, "height": 900})
        for address in pages:
            reviewer.goto(address)
            assert reviewer.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    assert reviewer.complaints == []
