"""From a copy's text to a quote in a real browser: by mouse, by keyboard, without a script, at every width."""

import pytest
from django.urls import reverse

from measures.models import Measure, MeasureEvent
from records.models import Citation, Snapshot, Source
from tests.records.anything import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (360, 768, 1440)
# Before the quote stand characters that are two units long in a browser and one for the server.
TEXT = "😀 𠮷野家 said on 4 July:\nexports of resist need a licence.\n\nNothing else. " + "More words. " * 300
QUOTE = "exports of resist need a licence."
START = TEXT.index(QUOTE)


@pytest.fixture
def copy(transactional_db):
    return row(Snapshot, source=row(Source, title="The notice"), text=TEXT, media_type="text/plain")


@pytest.fixture
def measure(transactional_db):
    return row(Measure, title="The licensing", legal_basis="An act", summary="In short")


def address(measure, copy):
    return f"{reverse('admin:passages', args=['measures.measure', measure.pk])}?copy={copy.pk}"


def tick(page, measure, *fields):
    for field in fields:
        page.check(f'input[value="measures.measure:{measure.pk}:{field}"]')


def test_a_passage_selected_by_keyboard_is_cited_for_two_facts_in_one_click(work_as, measure, copy):
    page = work_as("editor")
    page.goto(address(measure, copy))
    page.focus("#copied")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+End")
    assert page.input_value("#id_quote") == QUOTE
    page.get_by_text("6 words of at most 25 · as in the text").wait_for()
    tick(page, measure, "summary", "legal_basis")
    page.get_by_text("2 facts ticked").wait_for()
    page.click("input[type=submit].default")
    page.get_by_text("The passage is cited for 2 facts.").wait_for()
    assert {citation.field for citation in Citation.objects.all()} == {"summary", "legal_basis"}
    for citation in Citation.objects.all():
        assert (citation.start, citation.end) == (START, START + len(QUOTE))
        assert copy.text[citation.start : citation.end] == citation.quote == QUOTE
    assert page.complaints == []


def test_a_passage_selected_by_mouse_loses_the_spaces_around_it(work_as, measure, copy):
    page = work_as("editor")
    page.goto(address(measure, copy))
    page.click("#copied", click_count=3, position={"x": 60, "y": 24})
    selected = page.input_value("#id_quote")
    assert selected == "😀 𠮷野家 said on 4 July:"
    assert [page.input_value(f"#id_{name}") for name in ("start", "end")] == ["0", str(len(selected))]
    page.press("#id_quote", "End")
    page.keyboard.type("!")
    assert page.input_value("#id_start") == page.input_value("#id_end") == ""
    tick(page, measure, "summary")
    page.click("input[type=submit].default")
    page.get_by_text("The copy does not say this").wait_for()
    assert not Citation.objects.exists()


def test_too_long_a_passage_is_told_at_once(work_as, measure, copy):
    page = work_as("editor")
    page.goto(address(measure, copy))
    page.focus("#copied")
    page.keyboard.press("Control+A")
    assert "over" in page.get_attribute("#words", "class")


def test_without_a_script_the_quote_is_pasted_and_asked_about(work_as, measure, copy):
    page = work_as("editor", java_script_enabled=False)
    page.goto(address(measure, copy))
    page.fill("#id_quote", "More words.")
    tick(page, measure, "summary")
    page.click("input[type=submit].default")
    page.locator(".places input").nth(2).check()
    page.click("input[type=submit].default")
    citation = Citation.objects.get()
    assert citation.start == TEXT.index("More words.") + 2 * len("More words. ")


def test_from_the_record_to_the_source_to_the_passage(work_as, measure, copy):
    row(MeasureEvent, measure=measure)
    page = work_as("editor")
    page.goto(reverse("admin:measures_measure_change", args=[measure.pk]))
    page.locator("#attach-a-passage").get_by_label("Legal basis").check()
    with page.expect_popup() as opening:
        page.click("#attach-a-passage button")
    chosen = opening.value
    chosen.fill("#q", "notice")
    chosen.press("#q", "Enter")
    chosen.get_by_text("from the copy of").click()
    assert chosen.is_checked(f'input[value="measures.measure:{measure.pk}:legal_basis"]')
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_every_width_and_keep_the_content_policy(work_as, measure, copy, scheme):
    row(Citation, subject=measure, field="summary", source=copy.source, snapshot=copy, quote=QUOTE)
    pages = [
        address(measure, copy),
        reverse("admin:passages", args=["measures.measure", measure.pk]),
        reverse("admin:copy", args=[copy.pk]),
        reverse("admin:take_copy", args=[copy.source_id]),
        reverse("admin:measures_measure_change", args=[measure.pk]),
        reverse("admin:records_source_change", args=[copy.source_id]),
        reverse("admin:measures_disputedfact_dispute", args=["measures.measure", measure.pk]),
        reverse("records:uncited"),
    ]
    page = work_as("editor")
    page.emulate_media(color_scheme=scheme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in pages:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    assert page.complaints == []
