"""Lists of records: all choices of a facet, and which filter to take away where nothing is found."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Material, MeasureIssuer, MeasureMaterial
from records import derived, facets
from records.models import Name
from tests.measures import recorded

pytestmark = pytest.mark.django_db

CHOICES_QUERIES = 1


@pytest.fixture
def many(db):
    """A measure that lists sixty materials, one of them hidden, and one that lists nothing."""
    measure = recorded.measure("many")
    for number in range(60):
        material = Material.objects.create(slug=f"metal-{number}", name=f"Metal {number}", state="published")
        MeasureMaterial.objects.create(measure=measure, material=material, position=number)
    Material.objects.filter(slug="metal-59").update(state="draft")
    MeasureIssuer.objects.create(measure=measure, country=recorded.country("JP"))
    recorded.measure("none")
    derived.rebuild()
    return measure


def choices(client, facet="material", door="measures:choices", **query):
    return client.get(reverse(door, args=[facet]), query)


def values(response):
    return [option.value for option in response.context["facet"].options]


def test_a_long_facet_leads_to_all_its_choices(client, many):
    response = client.get(reverse("measures:list"))
    facet = next(facet for facet in response.context["facets"] if facet.name == "material")
    assert (len(facet.options), len(facet.more), facet.left, facet.size) == (8, 32, 20, 60)
    assertContains(response, '<button class="all" formaction="choices/material/">Search all 60</button>', html=True)
    assert len(values(choices(client))) == 60
    assert "metal-59" not in values(choices(client))


def test_choices_are_looked_through_by_any_name(client, many):
    Name.objects.create(subject=Material.objects.get(slug="metal-7"), language="ko", text="금속")
    assert values(choices(client, find="metal 1")) == ["metal-1", *(f"metal-{number}" for number in range(10, 20))]
    assert values(client.get(reverse("measures:choices", args=["material"]), {"find": "금속"})) == []
    client.cookies.load({"django_language": "ko"})
    assert values(choices(client, find="금속")) == ["metal-7"]
    client.cookies.load({"django_language": "en"})
    assertContains(choices(client, find="gold"), "No choice is called so.")


def test_choices_of_a_list_are_called_in_the_readers_language(client, many):
    Name.objects.create(subject=Material.objects.get(slug="metal-0"), language="ko", text="금속 영")
    client.cookies.load({"django_language": "ko"})
    assertContains(client.get(reverse("measures:list")), "<span>금속 영</span>", html=True)


def test_what_is_chosen_stays_chosen(client, many):
    response = choices(client, material="metal-3", issuer="JP", on="2020-01-01", find="metal 4")
    assert response.context["kept"] == [("material", "metal-3"), ("issuer", "JP"), ("on", "2020-01-01")]
    response = choices(client, material=["metal-3", "-metal-5"], issuer="JP")
    assert values(response)[:2] == ["metal-3", "metal-5"]
    assert response.context["kept"] == [("issuer", "JP")]
    assertContains(response, '<input type="checkbox" name="material" value="metal-3" checked>', html=True)
    assertContains(response, 'value="-metal-5" aria-label="Leave out: Metal 5" checked', count=1)
    back = client.get(response.context["back_url"].replace("../../", reverse("measures:list")))
    assert back.status_code == 200


@pytest.mark.parametrize(
    ("facet", "query", "status", "words"),
    [
        ("colour", {}, 404, ""),
        ("q", {}, 404, ""),
        ("material", {"material": "metal-59"}, 400, "metal-59"),
        ("material", {"metal": "1"}, 400, "not a parameter"),
        ("material", {"page": "-1"}, 400, "must be a number"),
        ("material", {"page": "7"}, 404, "last one is 1"),
        ("material", {"find": ["a", "b"]}, 400, "only once"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(client, many, facet, query, status, words):
    response = choices(client, facet, **query)
    assertContains(response, words, status_code=status)


@pytest.mark.parametrize("find", ["\0", "‮", "x" * 5000, "%", "_", "(", "\ud800"])
def test_strange_words_find_nothing_and_break_nothing(client, many, find):
    assert choices(client, find=find.encode("utf-8", "surrogatepass")).status_code in (200, 400)


@pytest.mark.parametrize(
    "page",
    [
        ("measures:timeline_choices", "material"),
        ("measures:material_choices", "hs"),
        ("measures:organization_choices", "country"),
        ("programs:choices", "country"),
        ("records:source_choices", "publisher"),
    ],
)
def test_every_list_has_such_pages(client, many, page):
    assert choices(client, page[1], page[0]).status_code == 200


def test_one_choice_or_sixty_take_the_same_queries(client, many, django_assert_num_queries):
    recorded.settle()
    for query in ({}, {"issuer": "JP"}):
        choices(client, **query)
        with django_assert_num_queries(CHOICES_QUERIES):
            choices(client, **query)


def test_where_nothing_is_found_it_is_said_which_filter_hides_what(client, many):
    response = client.get(reverse("measures:list"), {"issuer": "JP", "material": "unknown"})
    relaxations = response.context["relaxations"]
    assert [(each.label, each.count) for each in relaxations] == [("Imposed by", 1), ("Material", 1)]
    for relaxation in relaxations:
        found = client.get(reverse("measures:list") + relaxation.url)
        assert found.context["page_obj"].paginator.count == relaxation.count
    assertContains(response, "Without “Material”")
    assertNotContains(client.get(reverse("measures:list"), {"issuer": "FR"}), "Without “")
    both = client.get(reverse("measures:list"), {"issuer": "FR", "destination": "FR"})
    assert both.context["relaxations"] == []


def test_of_many_records_the_facets_are_counted_that_the_page_shows_and_others_when_asked(client, many, monkeypatch):
    monkeypatch.setattr(facets, "COUNTED_AT_ONCE", 1)
    response = client.get(reverse("measures:list"), {"effect": "restricts"})
    counted = [facet.name for facet in response.context["facets"] if facet.is_counted]
    assert counted == ["status", "issuer", "destination", "material", "effect"]
    assertContains(response, '<button class="all" formaction="choices/hs/">Show the choices</button>', html=True)
    assert values(choices(client, "hs", effect="restricts")) == ["unknown"]
    few = client.get(reverse("measures:list"), {"issuer": "JP"})
    assert all(facet.is_counted for facet in few.context["facets"])
