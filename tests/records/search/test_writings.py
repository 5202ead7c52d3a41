"""One word in other characters, and the two stems of an English one: each finds what is written in the other."""

import pytest

from records import derived
from records.models import Name
from records.search.asking import ask
from records.search.finding import Hits
from records.search.terms import KIN, in_other_characters
from tests.measures import recorded


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("氟化氫", ["氟化氢"]),
        ("氟化氢", ["氟化氫"]),
        ("生産", ["生产", "生產"]),
        ("生产", ["生產", "生産"]),
        ("输出管制", ["輸出管制"]),
        ("国産化", ["国产化", "國產化"]),
        ("出口", []),
        ("국산화", []),
        ("フッ化", []),
        ("licence", []),
    ],
)
def test_a_word_is_written_in_three_ways(word, others):
    assert in_other_characters(word) == others


def test_every_stem_has_one_other():
    assert all(KIN[other] == stem for stem, other in KIN.items())


@pytest.fixture
def base(db):
    recorded.measure("one", title="Suspension of cobalt exports", legal_basis="生产许可")
    recorded.measure("two", title="Cobalt exports were suspended", legal_basis="輸出管制")
    recorded.measure("three", title="An extension")
    material = recorded.material("hydrogen-fluoride")
    Name.objects.create(subject=material, language="zh-Hant", kind="official", text="氟化氫")
    Name.objects.create(subject=material, language="ko", kind="official", text="불화수소")
    recorded.measure("four", ["hydrogen-fluoride"], title="A licence")
    recorded.measure("five", title="About 불화수소")
    derived.rebuild()


def found(text):
    return {(hit.kind, hit.slug): hit for hit in Hits(ask(text)).read(0, 50)}


def slugs(text):
    return {slug for kind, slug in found(text) if kind == "measure"}


@pytest.mark.parametrize("text", ["suspend", "suspends", "suspending", "suspended", "suspension", "suspensions"])
def test_verbs_and_their_nouns_find_one_another_and_are_marked(base, text):
    assert slugs(text) == {"one", "two"}
    headings = [hit.heading.html for (kind, _slug), hit in found(text).items() if kind == "measure"]
    assert all("<mark>" in heading for heading in headings)
    assert slugs(f"cobalt {text}") == {"one", "two"}
    assert slugs(f"-{text} cobalt") == set()
    assert slugs("extend") == {"three"}


def test_a_phrase_is_found_as_it_stands(base):
    assert slugs('"cobalt exports were suspended"') == {"two"}
    assert slugs('"输出管制"') == set()


@pytest.mark.parametrize(
    ("text", "measures"), [("生産", {"one"}), ("生產許可", {"one"}), ("输出管制", {"two"}), ("输出", {"two"})]
)
def test_forms_of_characters_find_one_another(base, text, measures):
    assert slugs(text) == measures
    assert all(hit.why.snippet.says for (kind, _slug), hit in found(text).items() if kind == "measure")


def test_a_name_in_other_characters_stands_for_all_names(base):
    assert ("material", "hydrogen-fluoride") in found("氟化氢")
    assert slugs("氟化氢") == slugs("氟化氫") == {"four", "five"}
