"""Charts draw what was measured, and nothing where nobody measured."""

from xml.etree import ElementTree

import pytest

from programs.reports import charts
from programs.reports.content import Row


def series(*values, kind="measured"):
    return [Row({"date": date, "value": value}, (), kind) for date, value in values]


def runs(rows):
    """Values that a line joins, as lists."""
    joined = {}
    for point in charts.specification(rows)["data"]["values"]:
        joined.setdefault(point["run"], []).append(point["value"])
    return list(joined.values())


def test_times_that_adjoin_are_joined():
    assert runs(series(("2019", 1), ("2020", 2), ("2021", 3))) == [[1, 2, 3]]
    assert runs(series(("2020-07/2020-12", 1), ("2021-01/2021-06", 2))) == [[1, 2]]
    assert runs(series(("2020-12-31", 1), ("2021-01-01", 2))) == [[1, 2]]


@pytest.mark.parametrize(
    "rows",
    [
        series(("2019", 1), ("2021", 2)),
        series(("2019-01", 1), ("2019-03", 2)),
        series(("2019", 1), ("2019", 2)),
    ],
    ids=["a year between", "a month between", "two tellings of one year"],
)
def test_a_gap_is_a_gap(rows):
    assert runs(rows) == [[1], [2]]


def test_years_are_joined_across_the_months_told_within_them():
    assert sorted(runs(series(("2018", 1), ("2019-01/2019-05", 9), ("2019", 2)))) == [[1, 2], [9]]


def test_a_target_is_never_joined_to_what_was_measured():
    rows = series(("2019", 1), ("2020", 2)) + series(("2021", 3), kind="target")
    assert runs(rows) == [[1, 2], [3]]


@pytest.mark.parametrize("date", ["2019?", "../2019", "2019/..", "[2019..2020]", "201X", "9999"])
def test_dates_of_any_form_are_drawn(date):
    picture = ElementTree.fromstring(charts.svg(series((date, 5), ("2022-05-12", 7))))
    assert picture.tag.endswith("svg")
