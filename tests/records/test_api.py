"""The rules of every list and record of the API: strict questions, plain refusals, pages, nothing but reading."""

import pytest

from records import derived
from records.models import Source, SourceStatement

pytestmark = pytest.mark.django_db

KINDS = ("measures", "materials", "organizations", "programs", "events", "sources")


@pytest.fixture
def sources(db):
    made = [
        Source.objects.create(
            slug=f"source-{number:03}",
            title=f"Notice {number}",
            publisher="METI" if number % 2 else "MOTIE",
            url=f"https://example.org/{number}",
            date=f"2019-{number % 12 + 1:02}",
            language="ja" if number % 2 else "ko",
            kind="official" if number % 3 else "news",
            consulted="excerpt",
            state="published",
        )
        for number in range(120)
    ]
    derived.rebuild()
    return made


def get(client, query="", kind="sources"):
    return client.get(f"/api/v1/{kind}/{query}")


def test_pages_follow_each_other_and_miss_nothing(client, sources):
    page, seen = get(client, "?limit=50&kind=official").json(), []
    assert page["count"] == 80
    assert page["previous"] is None
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        assert "kind=official" in page["next"]
        page = client.get(page["next"]).json()
    assert seen == [source.slug for source in sources if source.kind == "official"]


def test_a_page_has_fifty_rows_and_at_most_two_hundred(client, sources):
    assert len(get(client).json()["results"]) == 50
    assert len(get(client, "?limit=200").json()["results"]) == 120
    assert get(client, "?offset=10000").json()["results"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", "٥"),
        ("limit", "1_0"),
        ("limit", "1e3"),
        ("limit", "9" * 400),
        ("offset", "-1"),
        ("offset", "10001"),
        ("offset", "9" * 400),
    ],
)
def test_numbers_out_of_bounds_are_refused(client, sources, name, value):
    response = client.get("/api/v1/sources/", {name: value})
    assert response.status_code == 400
    assert "has to be a whole number from" in response.json()[name][0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("?on=2019-13-45", "on", "not a date"),
        ("?on=%00", "on", "not a date"),
        ("?on=99999-01-01", "on", "not a date"),
        ("?limt=1", "limt", "Did you mean “limit”?"),
        ("?q=%00", "q", "cannot be printed"),
        ("?limit=1&limit=2", "limit", "only once"),
        ("?format=xml", "format", "is not a parameter"),
    ],
)
def test_every_list_refuses_what_it_does_not_understand(client, kind, query, name, words):
    response = get(client, query, kind)
    assert response.status_code == 400
    assert words in response.json()[name][0]


@pytest.mark.parametrize("query", ["?q=%ED%A0%80", "?q=%FF", "?q=' OR 1=1 --", "?q=%25", "?q=\\", "?q=\ufffe"])
def test_odd_words_find_nothing_and_break_nothing(client, sources, query):
    response = get(client, query)
    assert response.status_code in (200, 400)
    assert response.json().get("count", 0) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "slug", ["nope", "NOPE", "1", "9" * 500, "%00", "%FF", "%ED%A0%80", "a.json", "..", "'--", "불화수소"]
)
def test_an_unknown_id_is_not_found(client, kind, slug):
    response = client.get(f"/api/v1/{kind}/{slug}/")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/json")
    assert list(response.json()) == ["detail"]


def test_the_refusal_names_what_was_asked_for(client):
    assert client.get("/api/v1/sources/nope/").json() == {"detail": "There is no source with the id “nope”."}


def test_a_record_takes_no_filters(client, sources):
    response = client.get("/api/v1/sources/source-001/?kind=news")
    assert response.status_code == 400
    assert response.json() == {"kind": ["“kind” is not a parameter of this address."]}
    assert client.get("/api/v1/sources/source-001/?on=2019-07-04").status_code == 200


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/api/v1/sources/", ["post"]), ("/api/v1/sources/source-001/", ["patch", "delete"])],
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nobody_writes_without_a_token(client, sources, path, methods, method):
    assert getattr(client, method)(path).status_code == (401 if method in methods else 405)
    assert Source.objects.count() == 120


def test_what_a_client_accepts_does_not_turn_it_away(client, sources):
    response = client.get("/api/v1/sources/", headers={"accept": "text/html, image/png"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/json")


def test_wrong_credentials_do_not_matter(client, sources):
    assert client.get("/api/v1/sources/", headers={"authorization": "Basic bm9ib2R5Om5vdGhpbmc="}).status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?kind=news", 40),
        ("?kind=news&kind=official", 120),
        ("?language=ja", 60),
        ("?publisher=METI&kind=news", 20),
        ("?consulted=none", 0),
        ("?q=notice+7", 1),
        ("?q=notice", 120),
        ("?q=notice+-7", 119),
        ("?q=example.org/7", 1),
        ("?after=2019-12-01", 10),
        ("?before=2019-01-31", 10),
    ],
)
def test_sources_are_filtered(client, sources, query, count):
    assert get(client, query).json()["count"] == count


def test_a_language_that_no_source_has_is_refused(client, sources):
    Source.objects.filter(language="ko").update(state="draft")
    assert get(client, "?language=ko").status_code == 400
    assert "MOTIE" not in get(client, "?publisher=MOTI").content.decode().replace("“MOTI”", "")


def test_a_source_tells_where_it_comes_from_and_what_it_says(client, sources):
    Source.objects.filter(slug="source-001").update(derived_from=sources[2])
    SourceStatement.objects.create(source=sources[1], number=1, text="Controls will be tightened.")
    told = client.get("/api/v1/sources/source-001/").json()
    assert told["derived_from"] == "source-002"
    assert told["statements"] == [{"number": 1, "text": "Controls will be tightened."}]
    assert (told["date"], told["earliest"], told["latest"]) == ("2019-02", "2019-02-01", "2019-02-28")
    Source.objects.filter(slug="source-002").update(state="draft")
    assert client.get("/api/v1/sources/source-001/").json()["derived_from"] is None


def test_an_answer_changes_its_tag_with_what_it_says_and_not_without(client, sources):
    path = "/api/v1/sources/source-001/"
    tag = client.get(path)["ETag"]
    assert tag.startswith('"1.')
    assert client.get(path)["ETag"] == tag
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    Source.objects.filter(slug="source-001").update(title="Another title")
    assert client.get(path)["ETag"] != tag
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200
