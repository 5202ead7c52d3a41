"""Searching in a real browser: suggestions by keyboard, and everything but them without JavaScript."""

import pytest
from django.urls import reverse

from records import derived
from records.models import Name
from tests.measures import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fluoride(db):
    material = recorded.material("hydrogen-fluoride")
    for language, text in (("ko", "불화수소"), ("ja", "フッ化水素")):
        Name.objects.create(subject=material, language=language, kind="alias", text=text)
    recorded.measure("licensing", ["hydrogen-fluoride"], title="Individual licences")
    derived.rebuild()
    return material


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1440, "light")])
@pytest.mark.parametrize("query", ["", "?q=불화수소를", "?q=hydrofluric", "?q=-x"])
def test_it_fits_every_width_and_breaks_no_policy(fluoride, opened, width, scheme, query):
    page = opened(reverse("records:search") + query, width, color_scheme=scheme)
    assert page.complaints == []
    assert fits(page)


def test_a_slash_leads_to_the_words_of_a_page_or_to_the_search(fluoride, opened):
    page = opened(reverse("measures:list"))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page = opened(fluoride.get_absolute_url())
    page.keyboard.press("/")
    page.wait_for_url("**/search/#q")
    page.wait_for_function("document.activeElement.id == 'q'")
    page.keyboard.type("a/b")
    assert page.evaluate("document.activeElement.value") == "a/b"


@pytest.mark.parametrize("start", ["records:search", "home"])
def test_suggestions_are_chosen_by_keyboard(fluoride, opened, start):
    page = opened(reverse(start), 360)
    page.keyboard.press("/")
    page.keyboard.type("불화")
    option = page.get_by_role("option", name="hydrogen-fluoride")
    option.wait_for()
    assert page.get_by_role("combobox").get_attribute("aria-expanded") == "true"
    assert fits(page)
    page.keyboard.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert not option.is_visible()
    page.keyboard.type("수")
    option.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/materials/hydrogen-fluoride/")
    assert page.complaints == []


def test_a_reader_without_scripts_searches_and_narrows(fluoride, opened):
    page = opened(reverse("home"), java_script_enabled=False)
    page.get_by_label("Words to look for").fill("フッ化水素")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Measures").check()
    page.get_by_role("button", name="Apply").click()
    assert "kind=measure" in page.url
    page.get_by_role("link", name="Individual licences").click()
    assert page.url.endswith("/measures/licensing/")
