"""The timeline and the instruments as lists of the API."""

import pytest

from measures import timeline
from measures.models import Instrument, Measure, MeasureEvent, TimelineEntry
from records import known, publishing
from records.models import Citation
from tests.hidden import hide
from tests.measures import recorded
from tests.measures.test_api import source
from tests.measures.test_filters import imposed
from tests.records.test_changes import HIDDEN

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/timeline/"


@pytest.fixture
def lines(db):
    licensing = imposed(recorded.measure("licensing", ["photoresist"]), by=["JP"], on=["KR"])
    quota = imposed(recorded.measure("quota", ["gallium"]), by=["CN"], on=["US"])
    recorded.event(licensing, "announced", "2019-07-01")
    recorded.event(licensing, "effective", "2019-07-04")
    recorded.event(licensing, "statement", "../2012")
    recorded.event(quota, "effective", "2023-08")
    timeline.rebuild()
    return TimelineEntry.objects.visible()


def get(client, address=ADDRESS, **query):
    response = client.get(address, query)
    assert response.status_code == 200, response.content
    return response.json()


def dates(client, **query):
    return [line["date"] for line in get(client, **query)["results"]]


def test_the_lines_come_oldest_first_page_by_page(client, lines):
    assert dates(client) == ["../2012", "2019-07-01", "2019-07-04", "2023-08"]
    found, address = [], f"{ADDRESS}?limit=1"
    while address:
        page = get(client, address)
        found += [line["key"] for line in page["results"]]
        address = page["next"]
    assert found == list(lines.order_by("sorted_on", "order", "key").values_list("key", flat=True))


def test_a_line_says_what_its_date_means_and_whose_it_is(client, lines):
    line = get(client)["results"][2]
    assert (line["kind"], line["role"], line["country"]) == ("event", "effective", "JP")
    assert line["measure"] == {"id": "licensing", "name": "licensing"}
    assert line["address"].startswith("/measures/licensing/#")
    assert (line["planned"], line["overdue"]) == (False, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"issuer": "CN"}, ["2023-08"]),
        ({"material": "photoresist"}, ["../2012", "2019-07-01", "2019-07-04"]),
        ({"from": "2019", "to": "2020"}, ["2019-07-01", "2019-07-04"]),
        ({"to": "2015"}, ["../2012"]),
        ({"from": "2019-07-02", "to": "2019-07"}, ["2019-07-04"]),
        ({"from": "2023-08"}, ["2023-08"]),
        ({"from": "2023-09"}, []),
        ({"from": "2020", "issuer": "JP"}, []),
    ],
)
def test_it_takes_the_filters_of_measures_and_years(client, lines, query, found):
    assert dates(client, **query) == found
    assert get(client, **query)["count"] == len(found)


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ({"from": "2020", "to": "2019"}, "from", "must not end before it begins"),
        ({"from": "soon"}, "from", "must be a year"),
        ({"issuer": "Japan"}, "issuer", "Did you mean “JP”?"),
        ({"form": "2019"}, "form", "Did you mean “from”?"),
        ({"fields": "key,dat"}, "fields", "Did you mean “date”?"),
        ({"cursor": "x"}, "cursor", "no cursor of this list"),
        ({"on": "2019-13-01"}, "on", "not a date"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(client, lines, query, name, words):
    response = client.get(ADDRESS, query)
    assert response.status_code == 400
    assert words in response.json()[name][0]


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_has_no_line(client, lines, values):
    hide(Measure.objects.filter(slug="quota"), **values)
    hide(MeasureEvent.objects.filter(slug="licensing-0"), **values)
    timeline.rebuild()
    assert dates(client) == ["../2012", "2019-07-04"]
    assert "quota" not in client.get(ADDRESS).content.decode()


def test_what_was_expected_and_did_not_come_is_overdue_on_a_later_day(client, lines):
    lines.filter(date="2023-08").update(kind="milestone", planned=True)
    overdue = lambda **query: [line["overdue"] for line in get(client, **query)["results"]][-1]  # noqa: E731
    assert overdue(on="2023-08-31") is False
    assert overdue(on="2023-09-01") is True
    lines.filter(date="2023-08").update(settled_on="2023-10-01")
    assert overdue(on="2023-09-01") is True
    assert overdue(on="2023-10-01") is False


def test_it_answers_as_of_a_moment(client, lines):
    before = known.newest().number
    with publishing.change(by=None, reason="More"):
        recorded.event(Measure.objects.get(slug="quota"), "eased", "2024-01")
        timeline.rebuild()
    assert dates(client)[-1] == "2024-01"
    assert dates(client, known=before)[-1] == "2023-08"


def test_nobody_writes_it(client, lines):
    for address in (ADDRESS, "/api/v1/instruments/"):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("count", [1, 50])
def test_a_page_takes_the_same_queries_for_one_line_and_for_fifty(client, count, django_assert_num_queries):
    made = recorded.measure("licensing")
    for number in range(count):
        recorded.event(made, "licence", f"2019-{number % 12 + 1:02}")
    timeline.rebuild()
    with django_assert_num_queries(3):  # what is known, how many there are, the lines with their measures
        assert get(client)["count"] == count


def test_an_instrument_stands_beside_its_neighbours_with_its_sources(client):
    ban = Instrument.objects.create(code="export_ban", oecd_type="Export prohibition")
    Instrument.objects.create(code="export_quota", position=1)
    Citation.objects.create(subject=ban, source=source("a-list"))
    Citation.objects.create(subject=ban, source=source("secret-list", state="draft"))
    answer = get(client, "/api/v1/instruments/")
    assert [(row["code"], row["name"]) for row in answer["results"]] == [
        ("export_ban", "Ban"),
        ("export_quota", "Quota"),
    ]
    assert answer["results"][0]["sources"] == ["a-list"]
    assert get(client, "/api/v1/instruments/", fields="code")["results"][0] == {"code": "export_ban"}
    assert client.get("/api/v1/instruments/", {"code": "x"}).status_code == 400
