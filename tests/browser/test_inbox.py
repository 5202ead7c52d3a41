"""The inbox by keyboard, with the focus in sight, and all of it without any script."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from measures.models import Material
from records import publishing, roles
from records.models import DeskRules
from tests.records.anything import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (360, 768, 1440)


@pytest.fixture
def three():
    """Three submitted materials, the oldest first."""
    roles.ensure_groups()
    DeskRules.objects.get_or_create(pk=1)
    editor = User.objects.create_user("editor")
    records = [row(Material, slug=f"material-{number}", name=f"Material {number}") for number in range(3)]
    for record in records:
        publishing.submit(record, by=editor, reason="ready")
    return records


@pytest.fixture
def desk(work_as, three):
    """Opens the inbox of a reviewer."""

    def opened(**options):
        page = work_as("reviewer", **options)
        page.goto(reverse("admin:inbox"))
        return page

    return opened


def focused(page):
    return page.evaluate("document.activeElement.textContent")


def test_keys_move_and_the_focus_is_seen(desk):
    page = desk()
    assert page.locator(".keys").is_visible()
    page.keyboard.press("j")
    assert focused(page) == "Material 0"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "Material 2"
    page.keyboard.press("k")
    assert focused(page) == "Material 1"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    marked = "getComputedStyle(document.activeElement.closest('tr')).boxShadow"
    assert page.evaluate(marked) != "none"
    assert page.complaints == []


@pytest.mark.parametrize(("key", "step"), [("a", "publish"), ("r", "send-back")])
def test_keys_open_the_form_for_what_has_the_focus(desk, three, key, step):
    page = desk()
    page.keyboard.press(key)
    assert page.url.endswith(reverse("admin:inbox"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press(key)
    page.wait_for_url(f"**/desk/measures/material/{three[1].pk}/move/{step}/")


def test_keys_can_be_turned_off_and_stay_off(desk):
    page = desk()
    page.locator(".keys input").uncheck()
    page.keyboard.press("j")
    assert focused(page) != "Material 0"
    page.reload()
    assert not page.locator(".keys input").is_checked()
    page.keyboard.press("j")
    assert focused(page) != "Material 0"


def test_the_browsers_own_keys_are_left_alone(desk):
    page = desk()
    page.keyboard.press("j")
    page.keyboard.press("Control+a")
    assert page.url.endswith(reverse("admin:inbox"))
    assert focused(page) == "Material 0"


def test_all_of_it_works_without_a_script(desk, three):
    page = desk(java_script_enabled=False)
    assert not page.locator(".keys").is_visible()
    page.locator(".tabs a", has_text="Submitted records").click()
    for box in page.locator("input[name=entry]").all()[:2]:
        box.check()
    page.click("text=Look at the chosen ones together")
    page.fill("#id_change_reason", "All read")
    page.click("text=Publish them")
    assert page.locator("text=2 records are published").is_visible()
    assert Material.objects.filter(state="published").count() == 2
    page.click("td.nw >> text=Approve")
    assert "/move/publish/" in page.url


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(desk, width):
    page = desk()
    page.set_viewport_size({"width": width, "height": 900})
    for query in ("", "?kind=submitted"):
        page.goto(reverse("admin:inbox") + query)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
