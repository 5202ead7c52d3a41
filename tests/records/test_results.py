"""The page of results, its suggestions, and the search of the API: found, explained, refused in words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import HSCode, HSSection, Material, MaterialHSCode
from records import derived, known, publishing
from records.models import Name
from tests.consequences import carry_out
from tests.measures import recorded

pytestmark = pytest.mark.django_db

NAMES = {"ko": ["불화수소", "에칭가스"], "ja": ["フッ化水素"], "zh": ["氟化氢"], "en": ["HF", "etching gas"]}
ONE_CONCEPT = [
    "불화수소", "フッ化水素", "ﾌｯ化水素", "氟化氢", "hydrogen fluoride", "HF", "etching gas", "에칭가스", "7664-39-3",
    "281111", "불화수소를", "Hydrogen Fluorides", "불화\u200b수소",
]  # fmt: skip


@pytest.fixture
def licensing():
    material = recorded.material("hydrogen-fluoride")
    Material.objects.filter(pk=material.pk).update(name="Hydrogen fluoride (any form)", cas="7664-39-3", formula="HF")
    for language, texts in NAMES.items():
        for text in texts:
            Name.objects.create(subject=material, language=language, kind="alias", text=text)
    section = HSSection.objects.create(code="VI", name="Chemicals")
    code = HSCode.objects.create(code="281111", description="…", section=section)
    MaterialHSCode.objects.create(material=material, hs_code=code)
    measure = recorded.measure("licensing", ["hydrogen-fluoride"], title="Individual licences for three goods")
    recorded.event(measure, "effective", "2019-07-04")
    recorded.measure("ban", ["gallium"], title="A ban on metals", legal_basis="MOFCOM Announcement No. 46 of 2024")
    derived.rebuild()
    return measure


def api(client, **query):
    return client.get("/api/v1/search/", query)


def page(client, **query):
    return client.get("/search/", query)


@pytest.mark.parametrize("query", ONE_CONCEPT)
def test_one_concept_has_many_names(client, licensing, query):
    found = api(client, q=query, kind="measure").json()
    assert [hit["id"] for hit in found["results"]] == ["licensing"]
    assert api(client, q=query).json()["results"][0]["id"] == "hydrogen-fluoride"
    assert [row["id"] for row in client.get("/api/v1/measures/", {"q": query}).json()["results"]] == ["licensing"]


def test_an_answer_says_why(client, licensing):
    answer = api(client, q="에칭가스").json()
    assert set(answer) == {"count", "results", "did_you_mean"}
    first = answer["results"][0]
    assert first == {
        "kind": "material",
        "id": "hydrogen-fluoride",
        "title": "Hydrogen fluoride (any form)",
        "url": "/materials/hydrogen-fluoride/",
        "why": {"field": "alias", "language": "ko", "snippet": "<mark>에칭가스</mark>"},
    }
    measure = next(hit for hit in answer["results"] if hit["kind"] == "measure")
    assert measure["why"]["field"] == "material"
    assert measure["why"]["snippet"] == "Hydrogen fluoride (any form): <mark>에칭가스</mark>"


def test_markup_in_texts_stays_text(client, licensing):
    recorded.measure("odd", title="<script>alert(1)</script> & zirconium")
    derived.rebuild()
    [hit] = api(client, q="zirconium").json()["results"]
    assert hit["why"]["snippet"] == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>zirconium</mark>"
    assertNotContains(page(client, q="zirconium"), "<script>alert")


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ('"three goods"', {"licensing"}),
        ('"goods three"', set()),
        ("metals -gallium", set()),
        ("metals -helium", {"ban"}),
        ("licensing", {"licensing"}),
        ("title:ban", {"ban"}),
        ("title:announcement", set()),
        ("legal:announcement", {"ban"}),
        ("material:에칭가스", {"licensing"}),
        ("hs:2811", {"licensing"}),
        ("cas:7664-39-3", {"licensing"}),
        ("kind:measure ban", {"ban"}),
        ("商务部公告2024年第46号", {"ban"}),
        ("Announcement No. 46 of 2024", {"ban"}),
        ("Announcement No. 47 of 2024", set()),
        ("material:nothing", set()),
    ],
)
def test_operators(client, licensing, query, slugs):
    assert {hit["id"] for hit in api(client, q=query, kind="measure").json()["results"]} == slugs


@pytest.mark.parametrize(
    ("query", "meant"), [("licenzes", "licences"), ("불하수소", "불화수소"), ("etchin gass", None)]
)
def test_the_nearest_spelling_is_offered_where_nothing_is_found(client, licensing, query, meant):
    material = recorded.material("resist")
    Material.objects.filter(pk=material.pk).update(name="Goods under licences")
    derived.rebuild()
    answer = api(client, q=query).json()
    if meant:
        assert (answer["count"], answer["did_you_mean"]) == (0, meant)
        assertContains(page(client, q=query), meant)


def test_the_page_shows_kinds_and_narrows_by_them(client, licensing):
    response = page(client, q="불화수소")
    kinds = {option.value: option.count for option in response.context["facets"][0].options}
    assert kinds == {"material": 1, "measure": 1}
    assertContains(response, "<mark>불화수소</mark>")
    narrowed = page(client, q="불화수소", kind="measure")
    assert [hit.slug for hit in narrowed.context["page_obj"].object_list] == ["licensing"]
    assert {option.value: option.count for option in narrowed.context["facets"][0].options} == kinds


def test_a_page_without_words_asks_for_some(client):
    assertContains(page(client), 'name="q"')
    assertContains(page(client, q="-gallium"), "no word to look for")
    assertContains(page(client, q="the"), "Too common")
    assert api(client).status_code == 400


def test_suggestions_are_grouped_and_say_which_name_matched(client, licensing):
    response = client.get("/search/suggestions/", {"q": "에칭"})
    assertContains(response, 'aria-label="Materials"')
    assertContains(response, "<mark>에칭</mark>가스")
    assertContains(client.get("/search/suggestions/", {"q": "hydrog"}), "Hydrogen fluoride")
    assertNotContains(client.get("/search/suggestions/", {"q": "zzz"}), "option")


def test_what_was_known_before_is_searched_as_of_then(client, licensing):
    before = known.newest().number
    licensing.title = "Quotas"
    publishing.save(licensing, by=None, reason="Clearer")
    carry_out()
    assert api(client, q="individual").json()["count"] == 0
    then = api(client, q="individual", known=before).json()
    assert [hit["id"] for hit in then["results"]] == ["licensing"]
    assertContains(page(client, q="individual", known=before), "Individual")


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("q=x&kind=mesure", "kind", "Did you mean “measure”?"),
        ("q=kind:mesure", "q", "Did you mean “measure”?"),
        ("q=x&knd=measure", "knd", "Did you mean “kind”?"),
        ("q=a&q=b", "q", "only once"),
        ("q=%00", "q", "cannot be printed"),
        ("q=" + "x" * 201, "q", "at most"),
        ("q=x&limit=0", "limit", "whole number"),
        ("q=x&known=tomorrow", "known", ""),
    ],
)
def test_what_is_not_understood_is_refused_in_words(client, query, name, words):
    response = client.get(f"/api/v1/search/?{query}")
    assert response.status_code == 400
    assert words in response.json()[name][0]
    if name != "limit":
        assert client.get(f"/search/?{query}").status_code == 400


BAD = [
    *("-", "--", '"', '""', '"""', '"a', 'a"', '-"', ":", "title:", "-title:", "(", ")", "&", "|", "!", "!!", "<->"),
    *("*", "a*", "'", "''", "\\", "%", "_", "@material1", "'@nothing'", "a & b | !c", "a:*", "\u200b", "\u202eabc"),
    *("a\u200db", "\ufeff", "\ufffe", "\U0001f600", "e\u0301" * 60, "\ufdfa" * 11, "가" * 200, "a " * 24, "\u3000"),
    *("'; DROP TABLE x; --", "no 0 of 0", "№" * 50, "title:title:title:", "-" * 200, '"' * 200, "İ", "ß", "ｶﾞ" * 60),
    *("\u1100" * 60, "hs:", "cas:x", "issuer:-", "hs:" + "9" * 150, "source:the", "kind:", "-kind:measure"),
]


@pytest.mark.parametrize("text", BAD)
def test_nothing_that_is_typed_breaks_anything(client, licensing, text):
    for address in ("/search/", "/search/suggestions/", "/api/v1/search/", "/api/v1/measures/", "/measures/"):
        response = client.get(address, {"q": text})
        assert response.status_code in (200, 400), (address, text)


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%FF", "%00", "x" * 100_000, "%2B" * 30_000, '"' * 100_000])
def test_what_nobody_types_is_refused(client, raw):
    for address in ("/search/", "/search/suggestions/", "/api/v1/search/"):
        assert client.get(f"{address}?q={raw}").status_code in (200, 400)


@pytest.mark.parametrize("address", ["/search/", "/api/v1/search/", "/search/suggestions/"])
def test_many_hits_take_no_more_queries_than_few(client, licensing, address):
    def asked():
        client.get(address, {"q": "불화수소"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, {"q": "불화수소"}).status_code == 200
        return len(queries)

    few = asked()
    for number in range(50):
        recorded.measure(f"licensing-{number}", ["hydrogen-fluoride"])
    derived.rebuild()
    assert asked() == few
    assert few <= 12
