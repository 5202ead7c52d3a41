"""Every kind of public page, of the shipped data, as axe and the Nu HTML checker judge it.

`make audit` asks for more: all widths in both schemes, three languages, Lighthouse.
"""

import re

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.audit import tools
from tests.audit.pages import ADDRESSES, IS_NO_PAGE, PAGES
from tests.doors.cast import VISITOR
from tests.doors.declared import DOORS

pytestmark = pytest.mark.django_db

LOOKS = [(360, "light"), (768, "dark"), (1440, "light")]


@pytest.fixture(scope="module")
def site(loaded, django_db_blocker):
    """The address of the site with the shipped data, which nobody changes."""
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        yield server.url
        server.stop()


def test_each_page_that_visitors_can_open_is_audited():
    opened = {name for name, door in DOORS.items() if any(door.get(VISITOR, state) == 200 for state in door.states)}
    pages = {name for name in opened if not re.fullmatch(IS_NO_PAGE, name)}
    forgotten = [f"{name} is a public page: give tests/audit/pages.py an address of it." for name in pages - {*PAGES}]
    assert not forgotten, "\n".join(sorted(forgotten))
    assert not PAGES.keys() - pages


@pytest.fixture(scope="module")
def page(browser):
    # Without movement nothing has to be waited for after a change of width or scheme.
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.browser
@pytest.mark.axe
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_paper_gets_no_controls(site, page, address):
    page.goto(site + address)
    found = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} px, {scheme}: {finding}" for finding in tools.accessibility(page)]
    found += tools.controls_on_paper(page)
    assert not found, "\n".join(found)


@pytest.mark.vnu
def test_the_html_checker_finds_nothing(site, client, tmp_path):
    files = {}
    for number, address in enumerate(ADDRESSES):
        files[address] = tmp_path / f"{number}.html"
        files[address].write_bytes(client.get(address).content)
    found = tools.validity(files)
    assert not found, "\n".join(found)
