"""The timeline as files: as many rows as it counts, and what they say of themselves."""

import csv
import io

import openpyxl
import pytest
from pytest_django.asserts import assertContains

from measures import status, timeline
from tests.hidden import hide
from tests.measures import recorded

pytestmark = pytest.mark.django_db

PERIOD = {"from": "2019", "to": "2023-03"}


@pytest.fixture
def measures(db):
    for slug, issuer in (("licensing", "JP"), ("quota", "CN")):
        made = recorded.imposed(recorded.measure(slug, ["photoresist"]), by=[issuer], on=["KR"])
        recorded.event(made, "effective", "2019-07-04")
        recorded.event(made, "licence", "2019-08", title="=First, licence")
        recorded.event(made, "revoked", "2023-04-01")
    status.StatusDerivation().rebuild()
    timeline.rebuild()


def taken(client, **query):
    response = client.get("/timeline/", {**PERIOD, **query})
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def rows(client, **query):
    return list(csv.DictReader(io.StringIO(taken(client, format="csv", **query).decode("utf-8-sig"))))


@pytest.mark.parametrize("query", [{}, {"issuer": "JP"}, {"lane": "CN"}, {"row": "quota"}, {"to": "2024"}])
def test_files_have_as_many_rows_as_the_page_counts(client, measures, query):
    counted = client.get("/timeline/", {**PERIOD, **query}).context
    assert len(rows(client, **query)) == counted["measure_count"] > 0
    assert len(rows(client, rows="lines", **query)) == counted["line_count"] > 0


def test_a_line_says_whose_it_is_and_nothing_is_a_formula(client, measures):
    line = next(line for line in rows(client, rows="lines", issuer="JP") if line["role"] == "licence")
    assert (line["date"], line["title"], line["measure"]) == ("2019-08", "'=First, licence", "licensing")
    assert line["address"] == "http://testserver/measures/licensing/#licensing-1"


def test_a_workbook_says_what_was_asked(client, measures):
    book = openpyxl.load_workbook(io.BytesIO(taken(client, format="xlsx", rows="lines", issuer="JP")))
    about = {name.value: value.value for name, value in book["about"].iter_rows()}
    assert (about["Period"], about["Filters"]) == ("2019-01/2023-03", "Imposed by: Japan")
    assert book["lines"].max_row == 3


@pytest.mark.parametrize("rows", ["lines", "measures"])
def test_the_address_of_a_file_names_its_days(client, measures, rows):
    response = client.get("/timeline/", {"format": "csv", "rows": rows, "on": "2019-12-21", "zoom": "month"})
    response.close()
    assert "zoom=month&from=2019&to=2020&on=2019-12-21&known=" in response["Link"]


def test_what_is_hidden_is_in_no_file(client, measures):
    hide(recorded.Measure.objects.filter(slug="quota"), state="draft")
    timeline.rebuild()
    assert {row["measure"] for row in rows(client, rows="lines")} == {"licensing"}
    assert [row["id"] for row in rows(client)] == ["licensing"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"rows": "events", "format": "csv"}, "“events” is not a known value of “rows”."),
        ({"rows": "lines", "format": "bibtex"}, "“bibtex” is not a known value of “format”."),
        ({"rows": "lines"}, "is not a known value of “format”."),
        ({"format": "csv", "issuer": "XX"}, "is not a known value"),
        ({"format": "csv", "from": ["2019", "2020"]}, "“from” can be given only once."),
    ],
)
def test_there_is_no_other_file(client, measures, query, reason):
    assertContains(client.get("/timeline/", query), reason, status_code=400)
