"""Marks that would overlap on a phone are joined, and none other."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import clusters
from records.scale import Scale
from records.shapes import Dot

# A scale for each zoom: years, quarters, months.
SCALES = [
    Scale(date(2019, 1, 1), date(2028, 1, 1)),
    Scale(date(2024, 1, 1), date(2027, 1, 1)),
    Scale(date(2026, 6, 1), date(2027, 6, 1)),
]
DAYS = st.lists(st.dates(date(2018, 1, 1), date(2028, 12, 31)), max_size=80)


def dots(days, scale):
    return [Dot(scale.position(day), first=day, last=day, events=(day,)) for day in days]


def pixels(dot, width=320):
    """From where to where a mark is drawn, with its stroke, on the narrowest drawing."""
    middle, reach = dot.position * width / 100, dot.reach + 0.875
    return middle - reach, middle + reach


@given(DAYS, st.sampled_from(SCALES))
def test_no_two_marks_overlap_at_any_zoom(days, scale):
    drawn = clusters.cluster(dots(days, scale))
    for left, right in pairwise(drawn):
        assert pixels(left)[1] <= pixels(right)[0]


@given(DAYS, st.sampled_from(SCALES))
def test_discs_count_everything_and_hold_all_there_is_between_their_ends(days, scale):
    drawn = clusters.cluster(dots(days, scale))
    assert sum(dot.count for dot in drawn) == len(days)
    for dot in drawn:
        assert dot.count == sum(dot.first <= day <= dot.last for day in days)


def test_what_has_room_stays_apart():
    far = dots([date(2020, 1, 1), date(2022, 1, 1), date(2026, 1, 1)], SCALES[0])
    assert clusters.cluster(far) == far


def test_a_disc_that_grows_takes_in_what_it_would_touch():
    # Two dots 10 px apart have room; one and a disc do not.
    places = [0, 3.2, 3.2]
    assert [dot.count for dot in clusters.cluster(Dot(place) for place in places[:2])] == [1, 1]
    assert [dot.count for dot in clusters.cluster(Dot(place) for place in places)] == [3]


@pytest.mark.parametrize(("count", "reach"), [(1, 4), (2, 8), (99, 8), (100, 12), (1000, 16)])
def test_a_disc_is_as_wide_as_its_number(count, reach):
    assert Dot(50, count=count).reach == reach


def test_thousands_in_one_row_are_few_marks():
    days = [date(2019, 1, 1) + timedelta(number % 3000) for number in range(10_000)]
    drawn = clusters.cluster(dots(days, SCALES[0]))
    assert sum(dot.count for dot in drawn) == 10_000
    assert len(drawn) <= 320 / 16
    assert [day for dot in drawn for day in dot.events] == sorted(days)
