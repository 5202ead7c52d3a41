"""The front page, the list of measures and the page of one in a real browser."""

import pytest

from measures import timeline
from records import derived
from tests.measures import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LICENSING, WHITE_LIST = "jp-2019-three-materials-licensing", "jp-2019-korea-white-list-removal"
MEASURE = f"/measures/{LICENSING}/?on=2019-12-21"


@pytest.fixture(autouse=True)
def measures(db):
    for slug in (LICENSING, WHITE_LIST):
        recorded.imposed(recorded.founding(slug), by=["JP"], on=["KR"])
    derived.rebuild()
    timeline.rebuild()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1440, "light")])
@pytest.mark.parametrize(
    "address", ["/", "/measures/?on=2019-12-21", "/measures/?status=suspended", "/charts/?on=2020-02-01", MEASURE]
)
def test_pages_fit_every_width_and_break_no_policy(opened, address, width, scheme):
    page = opened(address, width, color_scheme=scheme)
    assert page.complaints == []
    assert page.locator("h1").count() == 1
    assert fits(page)


def test_a_reader_without_scripts_goes_from_the_front_page_to_a_day_of_a_measure(opened):
    page = opened("/?on=2020-02-01", java_script_enabled=False)
    page.get_by_label("Words to look for").fill("three-materials")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("link", name=LICENSING, exact=True).first.click()
    assert page.url.endswith(f"/measures/{LICENSING}/?on=2020-02-01")
    row = page.get_by_role("row", name="photoresist-euv").first
    assert row.locator("td.now").inner_text() == "Eased"
    page.locator("thead a[href='?on=2023-03-23']").click()
    assert page.get_by_role("row", name="photoresist-euv").first.locator("td.now").inner_text() == "Lifted"


def test_filters_are_applied_and_taken_away_again(opened):
    page = opened("/measures/?on=2020-02-01&sort=title")
    page.get_by_role("checkbox", name="Eased", exact=False).first.check()
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("heading", name="1 measure").is_visible()
    assert "on=2020-02-01" in page.url
    assert "sort=title" in page.url
    page.get_by_role("link", name="Remove Status: Eased").click()
    assert page.get_by_role("heading", name="2 measures").is_visible()
    assert "on=2020-02-01" in page.url


def test_a_key_date_leads_to_its_event(opened):
    page = opened(MEASURE)
    page.locator("#facts + table a[href^='#']").first.click()
    slug = page.evaluate("location.hash.slice(1)")
    assert page.locator(f"[id='{slug}']").evaluate("e => e.matches(':target') && e.getBoundingClientRect().top < 900")


def test_the_materials_of_the_grid_stay_in_sight_on_a_phone(opened):
    page = opened(MEASURE, 360)
    grid = page.get_by_role("region", name="Status by material and day")
    grid.evaluate("e => e.scrollLeft = 400")
    material = grid.get_by_role("rowheader", name="photoresist-euv")
    assert material.bounding_box()["x"] >= 0


def test_paper_gets_the_evidence_and_not_the_controls(opened):
    page = opened(MEASURE)
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="The story").is_visible()
    assert page.get_by_text("True on 21 December 2019").is_visible()
    assert not page.get_by_role("navigation", name="On this page").is_visible()
    assert not page.get_by_text("Change clocks").is_visible()
    page = opened("/measures/?on=2019-12-21")
    page.get_by_text("Columns and order").click()
    assert page.get_by_role("button", name="Show", exact=True).is_visible()
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Show", exact=True).is_visible()
