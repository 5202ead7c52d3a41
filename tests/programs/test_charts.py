"""Charts of indicators: series side by side, gaps as gaps, targets apart."""

import csv
import datetime
import io

import pytest
from django.urls import reverse

from programs.charts import runs
from programs.models import Indicator, Observation, Target
from records.charts.shapes import Label, Line, Mark
from records.models import Citation, Source
from tests.measures import recorded
from tests.records.anything import row

pytestmark = pytest.mark.django_db


def year(number):
    return datetime.date(number, 1, 1), datetime.date(number, 12, 31)


@pytest.fixture
def material():
    return recorded.material("hydrogen-fluoride")


def indicator(material, slug, values=(), targets=(), unit="percent"):
    made = row(
        Indicator, slug=slug, title=f"Title of {slug}", unit=unit, material=material, state="published", definition="…"
    )
    made.program.state = "published"
    made.program.save()
    for model, pairs in ((Observation, values), (Target, targets)):
        for position, (date, value) in enumerate(pairs):
            row(model, indicator=made, date=date, value=value, position=position)
    return made


def drawn(client, material, **query):
    response = client.get(material.get_absolute_url(), query)
    assert response.status_code == 200
    part = next(part for part in response.context["parts"] if hasattr(part, "chart"))
    return part.chart, response.content.decode()


def shapes(panel, kind, look):
    return [shape for shape in panel.plots[0].shapes if isinstance(shape, kind) and shape.look == look]


def test_only_what_adjoins_is_joined():
    spans = [year(2018), year(2021), year(2019), (datetime.date(2020, 1, 1), datetime.date(2020, 5, 31)), year(2022)]
    assert sorted(map(tuple, runs(spans))) == [(0, 2), (1, 4), (3,)]


def test_a_gap_is_a_gap(client, material):
    indicator(material, "share", [("2018", 42), ("2019", 32), ("2022", 8)])
    chart, _page = drawn(client, material)
    (panel,) = chart.panels
    assert len(shapes(panel, Line, "series")) == 1
    assert len(shapes(panel, Line, "span")) == len(shapes(panel, Mark, "dot")) == 3
    assert [label.text for label in shapes(panel, Label, "strong")] == ["42", "32", "8"]
    assert panel.note == "from 42 (2018) to 8 percent (2022)"


def test_numbers_do_not_cover_each_other(client, material):
    indicator(material, "share", [("2019", 85), ("2019-01/2019-11", 85.5), ("2019-01/2019-06", 92)])
    chart, _page = drawn(client, material)
    labels = shapes(chart.panels[0], Label, "strong")
    assert len({(label.x, label.y) for label in labels}) == 3
    assert all(
        abs(one.x - other.x) >= 10 or abs(one.y - other.y) >= 12
        for number, one in enumerate(labels)
        for other in labels[:number]
    )


def test_series_that_conflict_stand_beside_each_other_on_one_scale(client, material):
    indicator(material, "one", [("2018", 41.9), ("2019", 32)])
    indicator(material, "money", [("2018", 900)], unit="million USD")
    indicator(material, "other", [("2018", 32)])
    chart, page = drawn(client, material)
    assert [panel.label for panel in chart.panels] == ["Title of one", "Title of other", "Title of money"]
    one, other, money = ([label.text for label in shapes(panel, Label, "text")] for panel in chart.panels)
    assert one == other != money
    # The same year lies in the same place.
    assert shapes(chart.panels[0], Mark, "dot")[0].x == shapes(chart.panels[2], Mark, "dot")[0].x
    for slug in ("one", "other", "money"):
        assert f'href="#{slug}"' in page
        assert f'id="{slug}"' in page


@pytest.mark.parametrize("date", ["9999", "0001", "2019?", "../2019", "2019/..", "[2019..2020]", "201X"])
def test_dates_and_numbers_of_any_sort_are_shown(client, material, date):
    indicator(material, "odd", [(date, -3.5), ("2020", 4)])
    chart, page = drawn(client, material)
    assert len(chart.rows) == 2
    assert len(shapes(chart.panels[0], Mark, "dot")) == 1 + (date not in ("9999", "0001"))
    assert "-3.5" in page


def test_targets_are_drawn_apart(client, material):
    indicator(material, "rate", [("2019", 10)], [("2023", 70)])
    chart, page = drawn(client, material)
    (panel,) = chart.panels
    assert len(shapes(panel, Mark, "diamond")) == 1
    assert shapes(panel, Line, "series") == []
    assert panel.note == "10 percent in 2019; target: 70 percent by 2023"
    assert ("diamond", "target") in chart.key
    assert "ch-diamond" in page


def test_the_chosen_day_is_drawn_where_it_is_not_today(client, material):
    indicator(material, "rate", [("2019", 10), ("2022", 12)])
    assert shapes(drawn(client, material)[0].panels[0], Line, "chosen") == []
    assert len(shapes(drawn(client, material, on="2020-06-01")[0].panels[0], Line, "chosen")) == 1


def test_what_is_not_measured_has_no_chart(client, material):
    chart, page = drawn(client, material)
    assert chart is None
    assert "dependence" not in page
    assert client.get(reverse("programs:dependence", args=[material.slug, "svg"])).status_code == 404


def test_the_files_have_every_value_with_its_unit_definition_and_sources(client, material):
    made = indicator(material, "rate", [("2019", 10.5), ("2020-07/2020-12", 12)], [("2023", 70)])
    source = row(Source, slug="report", state="published")
    row(Citation, source=source, subject=made.observations.all()[0], field="")
    address = reverse("programs:dependence", args=[material.slug, "csv"])
    rows = list(csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))
    assert [(each["kind"], each["date"], each["value"]) for each in rows] == [
        ("observation", "2019", "10.5"),
        ("observation", "2020-07/2020-12", "12"),
        ("target", "2023", "70"),
    ]
    assert (rows[0]["unit"], rows[0]["definition"], rows[0]["sources"]) == ("percent", "…", "report")
    assert (rows[1]["earliest"], rows[1]["latest"]) == ("2020-07-01", "2020-12-31")
    for format, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        response = client.get(reverse("programs:dependence", args=[material.slug, format]))
        assert response.content.startswith(start)
    assert client.get(f"{address}?colour=red").status_code == 400
    assert client.get(address.replace(".csv", ".pdf")).status_code == 404
