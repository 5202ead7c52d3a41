"""Which days the timeline shows, and which lie around them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.views import zooms
from measures.views.zooms import ZOOMS, Period
from records.clocks import FIRST_YEAR, LAST_YEAR, Clocks
from records.queries import BadQuery

day = datetime.date
TODAY = Clocks(on=day(2026, 11, 24), today=day(2026, 11, 24))
PERIODS = st.tuples(st.dates(day(1900, 1, 1), day(2200, 12, 31)), st.dates(day(1900, 1, 1), day(2200, 12, 31))).map(
    lambda pair: Period(min(pair), max(pair))
)


def shown(zoom, **texts):
    found = zooms.period(ZOOMS[zoom], {name.rstrip("_"): text for name, text in texts.items()}, TODAY)
    return found.first.isoformat(), found.last.isoformat()


@pytest.mark.parametrize(
    ("zoom", "texts", "days"),
    [
        ("year", {"from_": "2019", "to": "2021"}, ("2019-01-01", "2021-12-31")),
        ("quarter", {"from_": "2019-07", "to": "2019-12"}, ("2019-07-01", "2019-12-31")),
        ("month", {"from_": "2019-07-04", "to": "2019-08"}, ("2019-07-04", "2019-08-31")),
        ("month", {"from_": "2019-07"}, ("2019-07-01", "2020-07-31")),
        ("month", {"to": "2020-02"}, ("2019-02-01", "2020-02-29")),
        ("month", {"from_": "2020-02-29"}, ("2020-02-29", "2021-02-28")),
        ("year", {"from_": "2199"}, ("2199-01-01", "2200-12-31")),
        ("year", {"to": "1900-06"}, ("1900-01-01", "1900-06-30")),
    ],
)
def test_a_year_a_month_or_a_day_is_where_a_period_begins_and_ends(zoom, texts, days):
    assert shown(zoom, **texts) == days


@pytest.mark.parametrize("text", ["2019-13", "2019-21", "2019-02-30", "19", "2019-7", "2019~", "201X", "2019-07-04T10"])
def test_nothing_else_is_a_period(text):
    problems = {}
    assert zooms.asked_periods({"from": text}, problems) == {}
    assert list(problems) == ["from"]
    with pytest.raises(BadQuery):
        zooms.asked_days({"to": text})


def test_days_are_those_of_all_time_where_one_end_is_not_asked_for():
    assert zooms.asked_days({}) is None
    assert zooms.asked_days({"from": "2019-07"}) == (day(2019, 7, 1), datetime.date.max)
    assert zooms.asked_days({"to": "2019-07"}) == (datetime.date.min, day(2019, 7, 31))


@pytest.mark.parametrize("zoom", ["month", "quarter"])
def test_more_than_a_zoom_can_show_is_refused(zoom):
    most = ZOOMS[zoom].most_years
    assert shown(zoom, from_="2001-02", to=f"{2001 + most}-01")
    with pytest.raises(BadQuery):
        shown(zoom, from_="2001-02", to=f"{2001 + most}-02")


@given(PERIODS, st.sampled_from(list(ZOOMS.values())))
def test_another_zoom_keeps_the_middle_and_can_be_asked_for(period, zoom):
    found = period.around(zoom)
    assert zooms.period(zoom, found.asked, TODAY) == found
    middle = period.first + (period.last - period.first) / 2
    assert found.first <= middle <= found.last
    assert found.months == zoom.months


@given(PERIODS, st.sampled_from([-1, 1]))
def test_what_lies_beside_is_as_long_and_leaves_nothing_out(period, share):
    found = period.moved(share)
    if found is None:
        edge = period.first.year if share < 0 else period.last.year
        assert edge in (FIRST_YEAR, LAST_YEAR) or period.months > 12
        return
    assert found.months == period.months
    moved = (found.first.year - period.first.year) * 12 + found.first.month - period.first.month
    assert 0 < moved * share <= max(period.months / 2, 1) or (moved * share == period.months == 12)


def test_whole_years_move_by_whole_years_and_are_asked_for_as_such():
    period = Period(day(2019, 1, 1), day(2021, 12, 31))
    assert period.asked == {"from": "2019", "to": "2021"}
    assert period.moved(1).asked == {"from": "2020", "to": "2022"}
    assert Period(day(2019, 7, 1), day(2019, 12, 31)).moved(-1).asked == {"from": "2019-04", "to": "2019-09"}
    assert period.words == ("2019", "2021")
