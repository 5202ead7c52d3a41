"""A word is found in whatever script and width it is written, and every word has to occur."""

import pytest

from measures.models import Material, Organization
from records.models import Name
from records.search import plain
from tests.measures import recorded

pytestmark = pytest.mark.django_db


def found(text):
    def places(word):
        return plain.in_record(Material, word, "name", "formula", "cas")

    return set(plain.matching(Material.objects.all(), text, places).values_list("slug", flat=True))


@pytest.fixture
def fluoride():
    material = recorded.material("hydrogen-fluoride")
    Material.objects.filter(pk=material.pk).update(name="Hydrogen fluoride", formula="HF", cas="7664-39-3")
    for language, text in {"ko": "불화수소", "ja": "フッ化水素", "zh-Hans": "氟化氢", "en": "Ätzgas №1"}.items():
        Name.objects.create(subject=material, language=language, kind="alias", text=text)
    recorded.material("photoresist")
    return material


@pytest.mark.parametrize(
    "text",
    [
        "hydrogen",
        "HYDROGEN  fluoride",
        "fluoride hydrogen",
        "불화수소",
        "수소",
        "フッ化水素",
        "ﾌｯ化水素",
        "氟化氢",
        "7664-39-3",
        "７６６４-39-3",
        "ätzgas no1",
        "ＨＦ 불화",
    ],
)
def test_finds_a_record_by_every_name_it_has(fluoride, text):
    assert found(text) == {"hydrogen-fluoride"}


@pytest.mark.parametrize("text", ["hydrogen resist", "%", "_", "fluorideHF", "水素 resist", "7664_39"])
def test_does_not_find_what_does_not_occur(fluoride, text):
    assert found(text) == set()


def test_hangul_is_found_in_both_of_its_spellings(fluoride):
    decomposed = "\u1107\u116e\u11af\u1112\u116a\u1109\u116e\u1109\u1169"
    assert found(decomposed) == {"hydrogen-fluoride"}


def test_names_of_other_kinds_of_records_do_not_count(fluoride):
    body = recorded.authority()
    Name.objects.create(subject=Organization.objects.get(pk=body.pk), language="ko", text="불화수소")
    resist = recorded.material("photoresist")
    Name.objects.filter(subject_id=body.pk).update(subject_id=resist.pk)
    assert found("불화수소") == {"hydrogen-fluoride"}


def test_no_words_leave_the_list_as_it_is(fluoride):
    assert found("  ") == {"hydrogen-fluoride", "photoresist"}


def test_a_word_counts_once():
    assert plain.words("Gas gas  ＧＡＳ mask") == ["gas", "mask"]
