"""Pages by cursor: every row once, in the order of the list, whatever comes or goes meanwhile."""

import base64
import json

import pytest

from measures.models import MeasureEvent
from records.models import Source
from tests.measures import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def sources(db):
    return [
        Source.objects.create(
            slug=f"source-{number:02}",
            title=f"Notice {number}",
            publisher="METI",
            language="ja",
            kind="official" if number % 2 else "news",
            consulted="excerpt",
            state="published",
        )
        for number in range(20)
    ]


@pytest.fixture
def events(db):
    """Events that tie in their dates, and some of which nobody knows since when."""
    made = recorded.measure("licensing")
    dates = ["2019-07-04", "2019-07-04", "2019-07", "../2012-03-13", "2019-07-04", "../2011", "2020", "../2012"]
    for number, date in enumerate(dates):
        recorded.event(made, "effective", date, order=number % 2)
    return list(MeasureEvent.objects.order_by("earliest", "order", "slug").values_list("slug", flat=True))


def get(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()


def walked(client, address):
    """The ids on all pages, from one on."""
    found = []
    while address:
        page = get(client, address)
        found.append([row["id"] for row in page["results"]])
        address = page["next"]
    return found


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 9])
def test_ties_and_missing_dates_are_told_once_and_in_order(client, events, limit):
    pages = walked(client, f"/api/v1/events/?limit={limit}")
    assert [slug for page in pages for slug in page] == events
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_without_an_offset_the_next_page_is_one_after_a_cursor(client, sources):
    page = get(client, "/api/v1/sources/?limit=8&kind=news")
    assert (page["count"], page["previous"]) == (10, None)
    assert "cursor=" in page["next"]
    assert "offset" not in page["next"]
    assert "kind=news" in page["next"]
    page = get(client, page["next"])
    assert [row["id"] for row in page["results"]] == ["source-16", "source-18"]
    assert (page["count"], page["next"], page["previous"]) == (None, None, None)


def test_an_empty_cursor_is_the_beginning(client, sources):
    assert get(client, "/api/v1/sources/?cursor=&limit=3")["count"] == 20
    assert "offset" not in get(client, "/api/v1/sources/?cursor=&offset=&limit=3")["next"]


def test_with_an_offset_the_next_page_is_at_an_offset(client, sources):
    page = get(client, "/api/v1/sources/?limit=8&offset=8")
    assert "offset=16" in page["next"]
    assert "cursor" not in page["next"]
    assert "offset" not in page["previous"]
    assert get(client, page["next"])["next"] is None


def test_what_comes_or_goes_before_moves_nothing(client, sources):
    page = get(client, "/api/v1/sources/?limit=5")
    Source.objects.filter(slug__in=["source-01", "source-04"]).delete()
    Source.objects.create(
        slug="source-00-a",
        title="New",
        publisher="METI",
        language="ja",
        kind="news",
        consulted="none",
        state="published",
    )
    rest = [slug for ids in walked(client, page["next"]) for slug in ids]
    assert rest == [f"source-{number:02}" for number in range(5, 20)]


def test_what_is_hidden_is_on_no_page(client, sources):
    page = get(client, "/api/v1/sources/?limit=5")
    Source.objects.filter(slug__in=["source-06", "source-19"]).update(state="draft")
    rest = [slug for ids in walked(client, page["next"]) for slug in ids]
    assert rest == [f"source-{number:02}" for number in range(5, 19) if number != 6]


@pytest.mark.parametrize(
    "query",
    [
        "x",
        "%00",
        "é",
        "9" * 600,
        cursor("measure", "source-01"),
        cursor("source"),
        cursor("source", "source-01", "more"),
        cursor("source", None),
        cursor("source", 1),
        cursor("source", "No slug"),
        cursor("source", "\x00"),
        cursor("source", "a" * 200),
        cursor(["source"]),
        base64.urlsafe_b64encode(b'{"source": 1}').decode(),
        base64.urlsafe_b64encode(b"[" * 300).decode(),
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused(client, sources, query):
    response = client.get(f"/api/v1/sources/?cursor={query}")
    assert response.status_code == 400
    assert response.json() == {"cursor": ["This is no cursor of this list. Take the address that “next” gives."]}


@pytest.mark.parametrize(
    "values",
    [("1999-99-99", "0", "x"), ("2019-07-04", "70000", "x"), ("2019-07-04", "0", None), ("99999-01-01", "0", "x")],
)
def test_a_cursor_with_impossible_values_is_refused(client, events, values):
    assert client.get(f"/api/v1/events/?cursor={cursor('measureevent', *values)}").status_code == 400


def test_a_cursor_and_an_offset_are_not_asked_for_together(client, sources):
    response = client.get(f"/api/v1/sources/?offset=3&cursor={cursor('source', 'source-01')}")
    assert response.json() == {"cursor": ["Ask by a cursor or by an offset, not by both."]}


@pytest.mark.parametrize("kind", ["measures", "materials", "organizations", "programs", "events", "sources"])
def test_every_list_has_a_total_order_to_go_on_by(client, kind):
    assert get(client, f"/api/v1/{kind}/?limit=1")["next"] is None


def test_a_list_has_a_tag(client, sources):
    tag = client.get("/api/v1/sources/")["ETag"]
    assert client.get("/api/v1/sources/", headers={"if-none-match": tag}).status_code == 304
    Source.objects.filter(slug="source-01").update(title="Another")
    assert client.get("/api/v1/sources/", headers={"if-none-match": tag}).status_code == 200


def test_a_page_after_a_cursor_counts_nothing(client, sources, django_assert_num_queries):
    first = get(client, "/api/v1/sources/?limit=5")
    with django_assert_num_queries(2):  # what is known, and the page
        get(client, first["next"])
