"""The timeline in a real browser: at every width, in both schemes, on paper and without scripts."""

import pytest
from django.urls import reverse

from measures import status, timeline
from tests.measures import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def licensing(db):
    made = recorded.imposed(recorded.founding("jp-2019-three-materials-licensing"), by=["JP"], on=["KR"])
    made.title = "Individual export licences for fluorinated polyimide, resist and hydrogen fluoride"
    made.save()
    status.StatusDerivation().rebuild()
    timeline.rebuild()
    return made


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def drawn(page, measure):
    """The drawing of a measure: a group where something in it can be followed."""
    return page.get_by_role("group", name=measure.title)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1440, "light")])
@pytest.mark.parametrize("query", ["", "?lanes=material&zoom=month&on=2019-12-21", "?view=list&zoom=quarter"])
def test_it_fits_every_width_and_breaks_no_policy(licensing, opened, width, scheme, query):
    page = opened(reverse("measures:timeline") + query, width, color_scheme=scheme)
    assert page.complaints == []
    assert fits(page)


def test_bars_lie_where_their_days_are(licensing, opened):
    page = opened(reverse("measures:timeline") + "?from=2019&to=2023")
    drawing = drawn(page, licensing).bounding_box()
    # Drawn from 4 July 2019 to 23 March 2023 on a scale from 1 January 2019 to 1 January 2024.
    bars = [bar.bounding_box() for bar in page.locator("svg.x rect.f-in_force").all()]
    start, end = (
        min(bar["x"] for bar in bars),
        max(bar["x"] + bar["width"] for bar in bars),
    )
    assert (start - drawing["x"]) / drawing["width"] == pytest.approx(184 / 1826, abs=0.01)
    assert (end - drawing["x"]) / drawing["width"] == pytest.approx(1542 / 1826, abs=0.01)


def test_dense_events_are_counted(licensing, opened):
    page = opened(reverse("measures:timeline"), 360)
    assert sum(int(text) for text in page.locator("text.cn").all_text_contents()) > 1


def test_a_reader_without_scripts_filters_and_turns_to_the_list(licensing, opened):
    page = opened(reverse("measures:timeline"), java_script_enabled=False)
    page.get_by_label("From", exact=True).fill("2019-07")
    page.get_by_label("to", exact=True).fill("2020")
    page.get_by_role("button", name="Apply").first.click()
    assert "from=2019-07" in page.url
    assert "to=2020" in page.url
    disc = page.locator("svg.x a:has(.cn)").first
    count = disc.locator(".cn").text_content()
    disc.click()
    assert page.locator("#shown").get_by_role("link").text_content() == f"{count} dated lines"
    assert page.locator("ol.story > li").count() == int(count)
    page.go_back()
    page.get_by_role("link", name="As a list").click()
    assert "view=list" in page.url
    assert "from=2019-07" in page.url
    assert page.get_by_role("heading", name="2020", exact=True).is_visible()
    page.get_by_role("link", name="month").click()
    assert "view=list" in page.url


def test_with_scripts_nothing_is_loaded_anew_and_keys_follow_the_links(licensing, opened):
    page = opened(reverse("measures:timeline") + "?from=2018&to=2023")
    page.evaluate("document.body.dataset.kept = 'yes'")
    page.get_by_role("link", name="quarter", exact=True).click()
    page.wait_for_url("**from=2019-07&to=2022-06&zoom=quarter")
    page.locator("a:focus", has_text="quarter").wait_for()
    drawing = page.get_by_role("table", name="Timeline")
    drawing.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**from=2018&to=2020&**")
    page.locator(".tl:focus").wait_for()
    page.keyboard.press("+")
    page.wait_for_url("**zoom=month")
    page.locator(".tl:focus").wait_for()
    page.go_back()
    page.locator('#from[value="2018"]').wait_for()
    page.locator("svg.x a:has(.cn)").first.click()
    page.wait_for_url("**marks=**")
    assert page.locator("body").get_attribute("data-kept") == "yes"
    assert page.complaints == []


def test_paper_gets_the_drawing_and_not_the_form(licensing, opened):
    page = opened(reverse("measures:timeline"))
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Apply").first.is_visible()
    assert drawn(page, licensing).is_visible()
    assert not page.get_by_role("link", name="Earlier").is_visible()
    assert page.locator("ol.story").first.is_visible()
    assert page.get_by_role("link", name=licensing.title).is_visible()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(
    "address",
    [
        "/materials/",
        "/materials/hydrogen-fluoride-gas/?on=2019-12-21",
        "/organizations/",
        "/organizations/ministry/",
        "/sources/",
        "/measures/instruments/",
    ],
)
def test_pages_of_the_world_around_fit_too(licensing, opened, address, width):
    page = opened(address, width)
    assert page.complaints == []
    assert page.locator("h1").count() == 1
    assert fits(page)
