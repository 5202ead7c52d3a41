"""The page of charts, and its files: on any day, as known ever, in as many queries for one measure as for many."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.models import Instrument, MeasureInstrument
from records import derived, publishing
from records.models import ChangeSet
from tests.measures import recorded

pytestmark = pytest.mark.django_db
QUERIES = 8


def instrument(code):
    return Instrument.objects.get_or_create(code=code)[0]


@pytest.fixture
def measures():
    """One measure sure, one unsure, one with two instruments that ended, one that nobody may see."""
    sure = recorded.imposed(recorded.measure("sure", ["gallium"]), by=["JP"], on=["KR"])
    recorded.event(sure, "announced", "2019-07-01")
    recorded.event(sure, "effective", "2019-07-04")
    unsure = recorded.imposed(recorded.measure("unsure", ["gallium"]), by=["JP", "CN"])
    recorded.event(unsure, "effective", "[2019..2021]")
    over = recorded.imposed(recorded.measure("over", ["germanium"]), by=["CN"])
    recorded.event(over, "effective", "2018")
    recorded.event(over, "revoked", "2020-05-01")
    hidden = recorded.imposed(recorded.measure("hidden", ["germanium"], state="draft"), by=["US"])
    recorded.event(hidden, "effective", "2018")
    for code in ("export_ban", "export_licensing"):
        MeasureInstrument.objects.create(measure=over, instrument=instrument(code))
    MeasureInstrument.objects.create(measure=sure, instrument=instrument("export_licensing"))
    derived.rebuild()


def taken(client, name, **query):
    response = client.get(reverse("measures:chart", args=[name, "csv"]), query)
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_stock_tells_certain_from_possible_on_the_last_day_of_each_year(client, measures):
    rows = taken(client, "stock", **{"from": "2017", "to": "2021", "on": "2020-03-01"})
    assert [(row["day"], row["measures"], row["possible"]) for row in rows] == [
        ("2017-12-31", "0", "0"),
        ("2018-12-31", "1", "0"),
        ("2019-12-31", "3", "1"),
        # The year that the chosen day is in is read on that day.
        ("2020-03-01", "3", "1"),
        ("2021-12-31", "2", "0"),
    ]
    monthly = taken(client, "stock", by="month", on="2020-05-15")
    assert monthly[-1]["day"] == "2020-05-15"
    assert [(row["day"], row["measures"]) for row in monthly[-2:]] == [("2020-04-30", "3"), ("2020-05-15", "2")]


def test_the_stock_of_other_statuses(client, measures):
    ended = taken(client, "stock", status="lifted", **{"from": "2019", "to": "2021"})
    assert [row["measures"] for row in ended] == ["0", "1", "1"]
    # Without any status on the day: nothing had happened to it yet.
    silent = taken(client, "stock", status="unknown", **{"from": "2017", "to": "2019"})
    assert [row["measures"] for row in silent] == ["3", "2", "0"]
    sure = taken(client, "stock", certainty="certain", **{"from": "2019", "to": "2019"})
    assert [(row["measures"], row["possible"]) for row in sure] == [("2", "0")]
    maybe = taken(client, "stock", certainty="possible", **{"from": "2019", "to": "2019"})
    assert [(row["measures"], row["possible"]) for row in maybe] == [("1", "1")]


def test_the_flow_counts_a_measure_under_each_instrument_and_once_in_all(client, measures):
    rows = taken(client, "flow", **{"from": "2018", "to": "2021"})
    found = {(row["what"], row["instrument"], row["year"]): (row["measures"], row["possible"]) for row in rows}
    assert found["in_force", "all", "2018"] == ("1", "0")
    assert found["in_force", "export_ban", "2018"] == found["in_force", "export_licensing", "2018"] == ("1", "0")
    assert found["in_force", "all", "2019"] == ("2", "1")
    assert found["in_force", "unknown", "2021"] == ("1", "1")
    assert found["announced", "all", "2019"] == ("1", "0")
    assert found["ended", "export_ban", "2020"] == ("1", "0")
    assert found["ended", "all", "2019"] == ("0", "0")
    # What is chosen of its own time hides no year of it, and says so.
    chosen = taken(client, "flow", announced="2019", **{"from": "2019", "to": "2019"})
    assert {(row["what"], row["measures"]) for row in chosen if row["instrument"] == "all"} == {
        ("announced", "1"),
        ("in_force", "1"),
        ("ended", "0"),
    }
    page = client.get(reverse("measures:charts"), {"announced": "2019"}).content.decode()
    assert "“Announced” is counted for every year" in page
    only = taken(client, "flow", instrument="export_ban", **{"from": "2018", "to": "2018"})
    assert {row["instrument"] for row in only} == {"all", "export_ban"}


def test_the_heat_map_has_each_issuer_and_material_of_the_day(client, measures):
    rows = taken(client, "heat", on="2019-12-31")
    found = {(row["material"], row["issuer"]): (row["measures"], row["possible"]) for row in rows}
    assert found["all", "all"] == ("3", "1")
    assert found["gallium", "JP"] == ("2", "1")
    assert found["gallium", "CN"] == ("1", "1")
    assert found["germanium", "CN"] == ("1", "0")
    assert found["germanium", "JP"] == ("0", "0")
    assert "US" not in {row["issuer"] for row in rows}
    later = taken(client, "heat", on="2021-12-31")
    assert {row["material"] for row in later} == {"all", "gallium"}


def test_a_group_of_materials_opens_into_its_parts(client):
    of_whole = recorded.imposed(recorded.measure("whole", ["rare-earths"]), by=["CN"])
    recorded.event(of_whole, "effective", "2019")
    of_part = recorded.imposed(recorded.measure("part", ["dysprosium"]), by=["US"])
    recorded.event(of_part, "effective", "2019")
    recorded.material("terbium")
    derived.rebuild()
    top = {row["material"]: row["measures"] for row in taken(client, "heat") if row["issuer"] == "all"}
    assert top == {"all": "2", "rare-earths": "2"}
    page = client.get(reverse("measures:charts"))
    heat = next(chart for chart, _files in page.context["charts"] if chart.name == "heat")
    assert [row.url for row in heat.tables[0].rows if row.url] == ["?material=rare-earths"]
    opened = {
        row["material"]: row["measures"]
        for row in taken(client, "heat", material="rare-earths")
        if row["issuer"] == "all"
    }
    # The one that lists the whole answers for each part that it does not list.
    assert opened == {"all": "2", "rare-earths": "2", "dysprosium": "2", "terbium": "1"}


def test_charts_are_read_as_they_were_known(client, measures):
    before = ChangeSet.objects.latest("pk").pk
    asked = {"on": "2020-03-01", "from": "2018", "to": "2020"}
    told = {name: taken(client, name, **asked) for name in ("stock", "flow", "heat")}
    with publishing.change(by=None, reason="Later"):
        more = recorded.imposed(recorded.measure("more", ["gallium"]), by=["JP"])
        recorded.event(more, "effective", "2018")
    derived.rebuild()

    def figures(rows):
        return [{name: value for name, value in row.items() if name != "list"} for row in rows]

    for name, rows in told.items():
        assert figures(taken(client, name, **asked, known=before)) == figures(rows), name
        assert figures(taken(client, name, **asked)) != figures(rows), name
    linked = taken(client, "stock", **asked, known=before)[0]["list"]
    assert f"known={before}" in linked
    assert client.get(linked).context["page_obj"].paginator.count == 1


def test_as_many_queries_for_one_measure_as_for_fifty(client, django_assert_num_queries):
    def make(number):
        made = recorded.imposed(recorded.measure(f"m{number}", [f"good-{number % 7}"]), by=["JP"], on=["KR"])
        recorded.event(made, "effective", "2019")

    make(0)
    derived.rebuild()
    client.get(reverse("measures:charts"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("measures:charts"))
    for number in range(1, 50):
        make(number)
    derived.rebuild()
    with django_assert_num_queries(QUERIES):
        response = client.get(reverse("measures:charts"))
    assert response.context["count"] == 50
    for name, most in (("stock", 6), ("flow", 6), ("heat", 9)):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("measures:chart", args=[name, "svg"]))
        assert len(asked) <= most, name


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("colour=red", "colour"),
        ("by=day", "by"),
        ("cells=some", "cells"),
        ("by=year&by=month", "by"),
        ("from=12", "from"),
        ("from=2020&to=2010", "from"),
        ("from=1900&to=2000", "to"),
        ("by=month&from=2000&to=2020", "to"),
        ("issuer=XX", "issuer"),
        ("status=standing", "status"),
        ("on=2019-02-30", "on"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_reason(client, query, name):
    for address in (reverse("measures:charts"), reverse("measures:chart", args=["stock", "svg"])):
        response = client.get(f"{address}?{query}")
        assert response.status_code == 400
    if name != "on":
        assert name in client.get(f"{reverse('measures:charts')}?{query}").content.decode()


@pytest.mark.parametrize("words", ["100% {sure} %s", "nothing's \\", "'; --"])
def test_words_are_only_looked_for(client, measures, words):
    response = client.get(reverse("measures:charts"), {"q": words})
    assert (response.status_code, response.context["count"]) == (200, 0)
    for name in ("stock", "flow", "heat"):
        assert {row["measures"] for row in taken(client, name, q=words)} == {"0"}


def test_there_are_no_other_charts(client):
    for name, format in (("stocks", "csv"), ("stock", "pdf")):
        assert client.get(reverse("measures:chart", args=[name, format])).status_code == 404


def test_years_reach_to_the_chosen_day_unless_asked(client, measures):
    def years(**query):
        return [row["day"] for row in taken(client, "stock", **query)]

    assert years(on="2019-12-21")[-1] == "2019-12-21"
    assert len(years(on="2019-12-21")) == 12
    assert years(on="2019-12-21", to="2021")[-3:] == ["2019-12-21", "2020-12-31", "2021-12-31"]
    assert years(**{"from": "1900"})[::11] == ["1900-12-31", "1911-12-31"]
    assert years(on="2019-12-21", **{"from": "2018"}) == ["2018-12-31", "2019-12-21"]
    assert years(on="2019-12-21", **{"from": "2020"})[0] == "2020-12-31"
    assert years(on="1900-06-01") == ["1900-06-01"]


def test_an_empty_chart_says_so_and_is_drawn(client):
    response = client.get(reverse("measures:charts"), {"destination": "KR"})
    assert "0 measures" in response.content.decode()
    for name in ("stock", "flow", "heat"):
        assert client.get(reverse("measures:chart", args=[name, "png"])).status_code == 200


def test_a_page_tells_in_words_what_it_draws(client, measures):
    page = client.get(reverse("measures:charts"), {"on": "2020-03-01"}).content.decode()
    assert "In force or eased on 1 March 2020: 3 measures, 1 of them only possibly." in page
    for name in ("stock", "flow", "heat"):
        assert f'aria-labelledby="{name}" aria-describedby="{name}-says"' in page
        assert f'id="{name}-says"' in page
    # What is drawn is hidden from those who are read to, and told by the sentence and the table.
    drawings = re.findall(r'<svg class="x ch"[^>]*>', page)
    assert drawings
    assert all('aria-hidden="true"' in drawing for drawing in drawings)
    # Links within drawings are those of the table, where the keyboard finds them.
    assert page.count('tabindex="-1"') == len(re.findall(r'<a href="[^"]*" tabindex="-1"><rect', page)) > 0
    assert page.count("The figures as a table") == 2


def test_lists_and_charts_lead_to_each_other(client, measures):
    listed = client.get(reverse("measures:list"), {"issuer": "JP", "page": "1", "sort": "title", "on": "2020-03-01"})
    assert 'href="/charts/?issuer=JP&amp;on=2020-03-01"' in listed.content.decode()
    drawn = client.get(reverse("measures:charts"), {"issuer": "JP", "by": "month", "on": "2020-03-01"})
    assert 'href="/measures/?issuer=JP&amp;on=2020-03-01"' in drawn.content.decode()


def test_files_say_what_they_show(client, measures):
    query = {"on": "2020-03-01", "issuer": "JP"}
    for format, content_type in (("csv", "text/csv"), ("svg", "image/svg+xml"), ("png", "image/png")):
        response = client.get(reverse("measures:chart", args=["stock", format]), query)
        assert response["Content-Type"].startswith(content_type)
        assert response["Content-Disposition"] == f'attachment; filename="stock.{format}"'
        assert "on=2020-03-01" in response["Link"]
        assert "known=" in response["Link"]
    drawn = client.get(reverse("measures:chart", args=["stock", "svg"]), query).content.decode()
    root = ElementTree.fromstring(drawn)
    texts = " ".join(root.itertext())
    assert root.find("{http://www.w3.org/2000/svg}title").text == "Stock: measures in force over time"
    assert "Filters: Imposed by: Japan" in texts
    assert "True on 2020-03-01, known on" in texts
    assert client.get(reverse("measures:chart", args=["stock", "png"]), query).content.startswith(b"\x89PNG")
