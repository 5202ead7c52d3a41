"""`?fields=`: each field alone says what it says among all, and what is not asked for is not read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Measure
from records.models import Record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

KINDS = ("measures", "materials", "organizations", "programs", "events", "sources")
LICENSING = "jp-2019-three-materials-licensing"


def get(client, path, **query):
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def rich(client):
    """The address of a record of each kind: the one that says most among the first."""

    def found(kind):
        rows = get(client, f"{kind}/", fields="id", limit=20)["results"]
        wholes = [get(client, f"{kind}/{row['id']}/") for row in rows]
        return max(wholes, key=lambda whole: sum(bool(value) for value in whole.values()))

    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_alone_says_what_it_says_among_all(client, rich, kind):
    whole = rich(kind)
    for name, value in whole.items():
        assert get(client, f"{kind}/{whole['id']}/", fields=name) == {name: value}
    assert get(client, f"{kind}/{whole['id']}/", fields=",".join(whole)) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_lists_are_sparse_too(client, kind):
    whole = get(client, f"{kind}/", limit=20)
    for name in whole["results"][0]:
        sparse = get(client, f"{kind}/", limit=20, fields=name)
        assert sparse["results"] == [{name: row[name]} for row in whole["results"]]
        assert sparse["count"] == whole["count"]
        if sparse["next"]:
            assert f"fields={name}" in sparse["next"]


@pytest.mark.parametrize(
    ("path", "fields", "queries"),
    [
        ("measures/", "id,title", 3),
        ("measures/", "id,statuses", 4),
        ("events/", "id,date", 3),
        ("materials/", "id,hs_codes", 3),
        ("organizations/", "name,parent", 3),
        ("programs/", "title,lead", 3),
        (f"measures/{LICENSING}/", "title,issuers", 2),
        (f"measures/{LICENSING}/", "events", 5),
        ("materials/hydrogen-fluoride/", "cas", 2),
        ("organizations/jp-meti/", "children", 3),
    ],
)
def test_what_is_not_asked_for_is_not_read(client, path, fields, queries):
    get(client, path)  # what a process looks up once
    with CaptureQueriesContext(connection) as asked:
        get(client, path, fields=fields)
    assert len(asked) <= queries, [each["sql"][:100] for each in asked]


@pytest.mark.parametrize("path", ["measures/", f"measures/{LICENSING}/"])
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("id,titel", "Did you mean “title”?"),
        ("state,slug", "“slug” is not a known value of “fields”."),
        ("id,", "“” is not a known value"),
        ("\x00", "is not a known value"),
        ("x," * 3000, "is not a known value"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest_known_one(client, path, fields, words):
    response = client.get(f"/api/v1/{path}", {"fields": fields})
    assert response.status_code == 400
    assert words in response.json()["fields"][0]
    assert len(response.content) < 2000


def test_a_field_of_the_record_alone_is_none_of_a_row(client):
    assert client.get("/api/v1/measures/", {"fields": "events"}).status_code == 400
    response = client.get("/api/v1/measures/?fields=id&fields=title")
    assert response.json()["fields"] == ["“fields” can be given only once."]


def test_empty_means_all(client):
    assert get(client, "sources/", fields=" ")["results"] == get(client, "sources/")["results"]
    assert get(client, "sources/", fields=" id , title")["results"][0].keys() == {"id", "title"}


def test_what_is_left_of_a_withdrawn_record_is_told_whole(client):
    Measure.objects.filter(slug=LICENSING).update(state=Record.State.WITHDRAWN, withdrawal_notice="A mistake.")
    left = {"id": LICENSING, "state": "withdrawn", "withdrawal_notice": "A mistake."}
    assert get(client, f"measures/{LICENSING}/", fields="title") == left
    assert left in get(client, "measures/", fields="title", limit=200)["results"]


def test_the_tag_is_that_of_what_was_asked_for(client):
    path = f"/api/v1/measures/{LICENSING}/"
    whole, sparse = client.get(path)["ETag"], client.get(path, {"fields": "title"})["ETag"]
    assert whole != sparse
    assert client.get(path, {"fields": "title"}, headers={"if-none-match": sparse}).status_code == 304
    assert client.get(path, {"fields": "title"}, headers={"if-none-match": whole}).status_code == 200
