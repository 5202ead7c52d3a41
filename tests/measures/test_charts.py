"""Charts of the shipped measures: each number is that of the list it leads to, whatever the filters, on any day."""

import gzip
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse

from measures.filters import MeasureFilter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


def figures(client, query):
    """Every number of every chart of a page, with what it stands for."""
    response = client.get(f"{reverse('measures:charts')}?{query}")
    assert response.status_code == 200, response.content[:500]
    for chart, _files in response.context["charts"]:
        for table in chart.tables:
            for row in table.rows:
                for (column, _url), figure in zip(table.columns, row.figures, strict=True):
                    yield (chart.name, table.caption, row.label, column), figure


@pytest.mark.parametrize(
    "query",
    [
        "from=2025",
        "on=2019-12-21&from=2017&to=2020&issuer=JP&issuer=KR",
        "by=month&from=2025&to=2025&destination=KR&on=2025-06-15&issuer=CN",
        "material=gallium&from=2024",
        "material=rare-earths&material=-dysprosium&issuer=CN&from=2026",
        "material=photoresist-euv&material=hydrogen-fluoride&on=2020-01-05&from=2019&to=2020",
        "material=-rare-earths&material=-unknown&issuer=MM&from=2025",
        "material=unknown&from=2024",
        "status=suspended&status=unknown&from=2024&destination=US",
        "status=-lifted&effect=restricts&from=2026&issuer=US",
        "status=eased&status=lifted&status=-unknown&certainty=certain&from=2024&issuer=JP",
        "certainty=possible&issuer=-CN&effect=restricts&from=2026",
        "instrument=export_ban&instrument=-export_licensing&announced=2023-07&announced=2024&from=2022&cells=all",
        "announced=unknown&ended=-2023&from=2026&destination=KR&issuer=CN",
        "q=graphite&verification=verified&from=2025&issuer=CN",
        "hs=28&disputed=yes&from=2019&to=2020&on=2019-07-04",
    ],
)
def test_every_number_is_that_of_its_list(client, query):
    different, counts = [], {}
    for place, figure in figures(client, query):
        address = urlsplit(figure.url)
        assert address.path == reverse("measures:list")
        if address.query not in counts:
            counts[address.query] = MeasureFilter(QueryDict(address.query)).checked.count()
        if counts[address.query] != figure.number:
            different.append((*place, figure.number, counts[address.query], address.query))
    assert different == []
    assert any(counts.values())


def test_the_page_of_the_list_and_the_api_have_as_many_too(client):
    seen = 0
    for place, figure in figures(client, "on=2019-12-21&from=2019&to=2019&destination=KR&issuer=JP"):
        if not figure.number:
            continue
        page = client.get(figure.url).context
        assert page["page_obj"].paginator.count == figure.number, place
        if place[0] != "flow":
            assert page["possible"] == figure.possible, place
        api = client.get(f"/api/v1/measures/?{urlsplit(figure.url).query}&limit=1&fields=id")
        assert api.json()["count"] == figure.number, place
        seen += 1
    assert seen > 20


def test_what_is_possible_in_a_year_is_what_its_facet_says(client):
    response = client.get(reverse("measures:list"), {"destination": "KR"})
    facets = {facet.name: facet for facet in response.context["facets"]}
    drawn = {
        (chart.name, table.caption, column): figure
        for chart, _files in client.get(reverse("measures:charts"), {"destination": "KR"}).context["charts"]
        for table in chart.tables
        for row in table.rows
        if row.whole
        for (column, _url), figure in zip(table.columns, row.figures, strict=True)
    }
    compared = 0
    for name, caption in (("announced", "Announced"), ("in_force", "Came into force"), ("ended", "Ended")):
        for option in facets[name].all:
            if ("flow", caption, option.value) in drawn:
                figure = drawn["flow", caption, option.value]
                assert (figure.number, figure.possible) == (option.count, option.possible)
                compared += 1
    assert compared > 15


def test_every_figure_is_in_the_table_and_in_the_file(client):
    response = client.get(reverse("measures:charts"))
    for chart, files in response.context["charts"]:
        shown = sum(len(row.figures) for table in chart.tables for row in table.rows)
        assert len(chart.rows) == shown > 10
        taken = client.get(dict(files)["CSV"]).content.decode("utf-8-sig").splitlines()
        assert len(taken) == shown + 1
        assert all("http://testserver/measures/?" in line for line in taken[1:])


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
def test_pages_with_charts_are_small(client, language):
    for query in ({}, {"by": "month"}, {"cells": "all", "from": "1980"}):
        content = client.get(reverse("measures:charts"), query, headers={"accept-language": language}).content
        assert len(gzip.compress(content)) <= 60 * 1024
