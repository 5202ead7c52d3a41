"""Public pages by keyboard alone: everything is reached, seen where it is, and left again."""

import pytest
from django.urls import reverse

from measures import timeline
from records import derived
from tests.measures import recorded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LICENSING = "jp-2019-three-materials-licensing"
# Whoever holds the focus: what it is called, the parts of the page around it, and whether one sees that it has it.
FOCUSED = """parts => {
    const one = document.activeElement
    if (one === document.body) return null
    const ring = one.closest('.find') || one, style = getComputedStyle(ring), box = one.getBoundingClientRect()
    one.dataset.reached = Number(one.dataset.reached || 0) + 1
    return {
        name: (one.getAttribute('aria-label') || one.innerText || one.name || '').trim(),
        around: parts.filter(part => one.closest(part)),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
        html: one.outerHTML.slice(0, 120),
        again: Number(one.dataset.reached) > 1,
    }
}"""
PARTS = [".skip", ".nav", ".tools", ".clock", ".crumb", ".facets", "table", ".foot"]
MANY = 400


@pytest.fixture(autouse=True)
def measures(db):
    recorded.imposed(recorded.founding(LICENSING), by=["JP"], on=["KR"])
    derived.rebuild()
    timeline.rebuild()


def walked(page, key="Tab"):
    """Everything that has the focus, one after the other, until it leaves the page or comes round."""
    found = []
    for _ in range(MANY):
        page.keyboard.press(key)
        focused = page.evaluate(FOCUSED, PARTS)
        if focused is None or focused["again"]:
            return found
        found.append(focused)
    raise AssertionError(f"The focus does not leave the page: {found[-3:]}")


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("measures:list", PARTS),
        # What the timeline can be narrowed to stands below it.
        ("measures:timeline", [*PARTS[:5], "table", ".facets", ".foot"]),
        ("measures:detail", [part for part in PARTS if part != ".facets"]),
    ],
    ids=["list", "timeline", "measure"],
)
def test_tab_reaches_every_part_in_order_shows_where_it_is_and_leaves(opened, address, parts, width):
    page = opened(reverse(address, args=[LICENSING] if address == "measures:detail" else []), width)
    found = walked(page)
    first = {}
    for place, focused in enumerate(found):
        for part in focused["around"]:
            first.setdefault(part, place)
    assert sorted(first, key=first.get) == parts
    assert [focused["html"] for focused in found if not focused["seen"]] == []
    if width == 1440:
        # And back again, past the same things.
        page.evaluate("document.querySelectorAll('[data-reached]').forEach(one => delete one.dataset.reached)")
        assert len(walked(page, "Shift+Tab")) >= len(found) - 1
    assert page.complaints == []


def test_the_skip_link_leads_past_the_navigation(opened):
    page = opened(reverse("measures:list"))
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_day_is_changed_by_keyboard(opened):
    page = opened(reverse("measures:list"))
    page.locator(".clock summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "clock-on"
    page.locator("#clock-on").fill("2020-02-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**on=2020-02-01**")
    assert page.get_by_text("True on 1 February 2020").is_visible()


def test_a_facet_is_opened_and_its_choice_applied_by_keyboard(opened):
    page = opened(reverse("measures:list"))
    facet = page.locator("details.facet").filter(has_text="Effect")
    facet.locator("summary").first.focus()
    if facet.get_attribute("open") is None:
        page.keyboard.press("Enter")
    choice = facet.get_by_role("checkbox").first
    for _ in range(3):
        page.keyboard.press("Tab")
        if choice.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**effect=**")
    assert page.get_by_role("link", name="Remove Effect").first.is_visible()
