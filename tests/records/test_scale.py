from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from records.scale import Scale

days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def test_positions_are_percent_of_the_days():
    scale = Scale(date(2019, 1, 1), date(2019, 1, 11))
    assert scale.x(date(2019, 1, 1)) == "0.00%"
    assert scale.x(date(2019, 1, 6)) == "50.00%"
    assert scale.width(date(2019, 1, 2), date(2019, 1, 4)) == "20.00%"


def test_what_lies_outside_is_clamped():
    scale = Scale(date(2019, 1, 1), date(2020, 1, 1))
    assert scale.x(date(2010, 1, 1)) == "0.00%"
    assert scale.x(date(2030, 1, 1)) == "100.00%"
    assert scale.width(date(2010, 1, 1), date(2030, 1, 1)) == "100.00%"
    assert scale.width(date(2021, 1, 1), date(2022, 1, 1)) == "0.00%"
    assert scale.width(date(2019, 6, 1), date(2019, 5, 1)) == "0.00%"
    assert scale.covers(date(2019, 1, 1))
    assert not scale.covers(date(2018, 12, 31))


def test_a_scale_without_length_is_refused():
    with pytest.raises(ValueError, match="must end after it starts"):
        Scale(date(2019, 1, 1), date(2019, 1, 1))


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        (date(2019, 6, 20), date(2019, 10, 20), ["Jul 2019", "Aug 2019", "Sep 2019", "Oct 2019"]),
        (date(2019, 10, 20), date(2020, 4, 20), ["Nov", "Dec", "2020", "Feb", "Mar", ""]),
        (date(2019, 6, 15), date(2020, 6, 10), ["Jul 2019", "Oct 2019", "Jan 2020", "Apr 2020"]),
        (date(2019, 1, 1), date(2020, 10, 1), ["Jan 2019", "Jul 2019", "Jan 2020", "Jul 2020"]),
        (date(2019, 1, 1), date(2022, 1, 1), ["2019", "2020", "2021", ""]),
        (date(2009, 3, 1), date(2027, 7, 1), ["2010", "2012", "2014", "2016", "2018", "2020", "2022", "2024", "2026"]),
    ],
)
def test_ticks_fit_the_span(start, end, labels):
    assert [label for _day, label in Scale(start, end).ticks()] == labels


def test_a_finer_step_draws_more_lines_but_no_more_labels():
    scale = Scale(date(2019, 1, 1), date(2024, 1, 1))
    ticks = scale.ticks(step=3)
    assert len(ticks) == 21
    assert [label for _day, label in ticks if label] == ["2019", "2020", "2021", "2022", "2023"]


def test_month_names_follow_the_language():
    with translation.override("ko"):
        assert Scale(date(2019, 10, 20), date(2020, 4, 20)).ticks()[0][1] == "11월"


@given(days, st.integers(1, 90_000))
def test_there_are_always_some_ticks_in_order_and_never_too_many(start, length):
    scale = Scale(start, start + timedelta(days=length))
    ticks = [day for day, _label in scale.ticks()]
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 10
    assert all(scale.covers(day) and day.day == 1 for day in ticks)
    assert ticks or length < 92 or length > 30_000
