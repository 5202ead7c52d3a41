"""The columns of the list of measures, and its order: asked for, kept, refused."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Measure, Organization
from records import derived
from tests.measures import recorded

pytestmark = pytest.mark.django_db

USUAL = ["sides", "instrument", "announced", "status"]


@pytest.fixture
def measures(db):
    for slug in ("beta", "alpha"):
        recorded.event(
            recorded.measure(slug, ["gallium"]), "announced", "2020-01-01" if slug == "beta" else "2019-01-01"
        )
    Measure.objects.update(legal_basis="Order No. 1")
    derived.rebuild()


def listed(client, **query):
    return client.get(reverse("measures:list"), query)


def columns(response):
    return [name for name, _label in response.context["columns"]]


def slugs(response):
    return [measure.slug for measure in response.context["measures"]]


def test_four_columns_are_shown_unasked_and_others_when_asked(client, measures):
    response = listed(client)
    assert columns(response) == USUAL
    assertNotContains(response, "Order No. 1")
    response = listed(client, columns=["legal_basis", "sides"])
    assert columns(response) == ["sides", "legal_basis"]
    assertContains(response, '<th scope="col">Legal basis</th>', html=True)
    assertContains(response, "Order No. 1", count=2)


def test_an_authority_that_is_hidden_is_not_told(client, measures):
    name = Organization.objects.get(slug="ministry").name
    assertContains(listed(client, columns="authority"), name)
    Organization.objects.filter(slug="ministry").update(state="draft")
    assertNotContains(listed(client, columns="authority"), name)


def test_the_address_keeps_columns_and_order_with_everything_else(client, measures):
    response = listed(client, columns=["status", "effect"], sort="title", effect="restricts", on="2020-06-01")
    assert slugs(response) == ["alpha", "beta"]
    for name, value in (("columns", "status"), ("columns", "effect"), ("sort", "title")):
        assertContains(response, f'<input type="hidden" name="{name}" value="{value}">', html=True)
    assertContains(response, '<input type="hidden" name="effect" value="restricts">', html=True)
    cleared = client.get(reverse("measures:list") + response.context["clear_url"])
    assert columns(cleared) == ["status", "effect"]


def test_what_is_kept_is_shown_next_time_until_the_address_says_otherwise(client, measures):
    response = listed(client, columns=["status", "verification"], sort="title", effect="restricts", keep="yes")
    assert response.status_code == 302
    assert response["Location"] == "?effect=restricts"
    assert response.cookies["measures"]["httponly"]
    next_time = listed(client)
    assert columns(next_time) == ["status", "verification"]
    assert slugs(next_time) == ["alpha", "beta"]
    assert columns(listed(client, columns="sides")) == ["sides"]
    assert slugs(listed(client, sort="newest")) == ["beta", "alpha"]


@pytest.mark.parametrize(
    "cookie", ["", "|", "colour|shape", "status", "../../x|title", "sides.sides|newest", "x" * 4000]
)
def test_a_cookie_that_says_nothing_known_is_passed_over(client, measures, cookie):
    client.cookies["measures"] = cookie
    response = listed(client)
    assert response.status_code == 200
    assert columns(response) in (USUAL, ["sides"], ["status"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"columns": "colour"}, "colour"),
        ({"columns": ["status", "statos"]}, "Did you mean “status”?"),
        ({"sort": "size"}, "size"),
        ({"sort": ["title", "newest"]}, "only once"),
        ({"columns": "colour", "keep": "yes"}, "colour"),
        ({"issuer": "Japan", "keep": "yes"}, "Japan"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_plain_words(client, measures, query, words):
    response = listed(client, **query)
    assertContains(response, words, status_code=400)
    assert "measures" not in response.cookies


def test_columns_are_no_filters_of_files(client, measures):
    response = listed(client, columns="effect", sort="title", format="csv")
    assert response.getvalue().decode("utf-8-sig").count("\n") == 3
