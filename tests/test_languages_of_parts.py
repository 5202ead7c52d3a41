"""Words of another language than the page's say so (WCAG 3.1.2): English titles and texts on pages in Korean."""

from html.parser import HTMLParser

import pytest

from measures import timeline
from measures.models import Measure, MeasureEvent, Organization
from programs.models import Milestone, Program
from records.models import Source
from tests.audit.pages import LICENSING, PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Spoken(HTMLParser):
    """The texts of a page, each with the language that it is said to be in."""

    def __init__(self):
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        assert not any("<span" in (value or "") for _name, value in attrs), attrs
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        # Titles of drawings are attributes in all but name: SVG has no language of a part of one.
        if self.open and not {tag for tag, _lang in self.open} & {"script", "style", "svg", "head", "option"}:
            self.texts.append((data, self.open[-1][1]))


def spoken(client, address, language):
    page = Spoken()
    page.feed(client.get(address, headers={"accept-language": language}).content.decode())
    return page.texts


@pytest.fixture
def english(loaded):
    """Titles that nobody could take for Korean, and that are no part of another text."""
    timeline.rebuild()
    found = set()
    for model, field in ((Measure, "title"), (Program, "title"), (MeasureEvent, "title"), (Milestone, "title")):
        found |= set(model.objects.values_list(field, flat=True))
    found |= set(Organization.objects.values_list("name", flat=True))
    # A source, too, may be called so, in a translation of its title.
    found -= set(Source.objects.values_list("title", flat=True))
    return {text for text in found if len(text) > 12}


ADDRESSES = [address for addresses in PAGES.values() for address in addresses]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_title_in_english_says_so_on_a_korean_page(client, english, address):
    silent = [text for text, language in spoken(client, address, "ko") if text.strip() in english and language != "en"]
    assert silent == []


@pytest.mark.parametrize("address", ["/", f"/measures/{LICENSING}/", "/timeline/?view=list"])
def test_an_english_page_needs_no_marks(client, english, address):
    assert {language for text, language in spoken(client, address, "en") if text.strip() in english} == {"en"}
    assert '<span lang="en">' not in client.get(address, headers={"accept-language": "en"}).content.decode()
