from datetime import date
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from records import dates, drawing
from records.scale import Scale
from records.shapes import Span

TODAY = date(2026, 11, 24)
SCALE = Scale(date(2017, 1, 1), date(2027, 1, 1))


def period(status, since, until=None, *, planned=False, material_id=None):
    since, until = (day if isinstance(day, tuple) else (day, day) for day in (since, until))
    return SimpleNamespace(
        status=status,
        since_earliest=since[0],
        since_latest=since[1],
        until_earliest=until[0],
        until_latest=until[1],
        planned=planned,
        material_id=material_id,
        provision_id=None,
    )


def event(text, **more):
    day = dates.parse(text)
    return SimpleNamespace(title="Licence", date=text, earliest=day.earliest, latest=day.latest, **more)


def draw(periods, events=(), today=TODAY, scale=SCALE):
    return drawing.row_from_periods(periods, events, scale, today, label="Licensing")


def looks(row):
    return [(s.status, s.maybe, s.future) for s in row.segments]


def test_a_bar_lasts_from_its_start_to_what_comes_next():
    row = draw([period("in_force", date(2019, 7, 4), date(2023, 3, 23)), period("lifted", date(2023, 3, 23))])
    [bar] = row.segments
    assert (bar.x, bar.width) == (SCALE.x(date(2019, 7, 4)), SCALE.width(date(2019, 7, 4), date(2023, 3, 23)))
    [stroke] = row.whiskers
    assert stroke.x1 == stroke.x2 == SCALE.x(date(2023, 3, 23))
    assert row.arrows == []
    assert row.label == "Licensing: in force 4 July 2019, lifted 23 March 2023"


def test_what_still_holds_ends_in_an_arrow_at_today():
    row = draw([period("in_force", date(2019, 7, 4))])
    [arrow] = row.arrows
    assert arrow.x == SCALE.x(TODAY)
    assert row.segments[-1].width == SCALE.width(date(2019, 7, 4), TODAY)


def test_a_scale_that_ends_before_today_has_no_arrow():
    early = Scale(date(2019, 1, 1), date(2020, 1, 1))
    assert draw([period("in_force", date(2019, 7, 4))], scale=early).arrows == []


def test_a_loose_start_is_pale_under_a_whisker():
    row = draw([period("announced", (date(2023, 3, 31), date(2023, 4, 30)))])
    assert looks(row) == [("announced", True, False), ("announced", False, False)]
    [whisker] = row.whiskers
    assert whisker.caps == (SCALE.x(date(2023, 3, 31)), SCALE.x(date(2023, 4, 30)))


def test_an_unknown_start_has_no_cap_on_its_open_side():
    row = draw([period("in_force", (None, date(2022, 6, 1)))])
    assert looks(row)[0] == ("in_force", True, False)
    [whisker] = row.whiskers
    assert (whisker.x1, whisker.caps) == ("0.00%", (SCALE.x(date(2022, 6, 1)),))


def test_the_future_is_an_outline():
    row = draw([period("suspended", date(2025, 11, 9), date(2026, 12, 20)), period("unconfirmed", date(2026, 12, 20))])
    assert looks(row) == [("suspended", False, False), ("suspended", False, True)]
    assert [(note.text, note.x) for note in row.notes] == [("?", SCALE.x(date(2026, 12, 20)))]


def test_a_plan_is_an_outline_even_when_its_day_has_passed():
    row = draw(
        [
            period("announced", date(2024, 1, 1), (date(2025, 6, 1), None)),
            period("in_force", date(2025, 6, 1), planned=True),
        ]
    )
    assert ("in_force", False, True) in looks(row)
    assert ("in_force", False, False) not in looks(row)
    assert ("announced", True, False) in looks(row), "what held before may still hold"
    assert row.arrows == []


def test_different_materials_split_the_bar_the_strictest_above():
    row = draw(
        [
            period("in_force", date(2019, 7, 4), date(2019, 12, 20), material_id=1),
            period("eased", date(2019, 12, 20), material_id=1),
            period("in_force", date(2019, 7, 4), material_id=2),
            period("in_force", date(2019, 7, 4), material_id=3),
        ]
    )
    upper = [s.status for s in row.segments if s.y < 10]
    lower = [s.status for s in row.segments if s.y > 10]
    assert (upper, lower) == (["in_force"], ["in_force", "eased"])
    assert row.segments[-1].hatched


def test_materials_on_the_same_course_share_one_bar():
    row = draw([period("in_force", date(2019, 7, 4), material_id=n) for n in range(6)])
    assert len(row.segments) == 1


def test_a_single_day_does_not_vanish():
    row = draw([period("announced", date(2019, 7, 1), date(2019, 7, 2)), period("in_force", date(2019, 7, 2))])
    assert row.segments[0].width == "0.35%"


def test_nothing_outside_the_scale_is_drawn():
    row = draw([period("in_force", date(2001, 1, 1), date(2002, 1, 1)), period("lifted", date(2002, 1, 1))])
    assert row.segments == row.whiskers == row.arrows == []


def test_events_known_to_the_day_are_solid_others_stand_on_a_whisker():
    row = draw([], [event("2019-08-07"), event("2021"), event("2000-01-01")])
    assert [dot.solid for dot in row.dots] == [True, False]
    assert len(row.whiskers) == 1
    assert row.dots[0].title == "Licence, 7 August 2019"
    assert row.height > 28


def test_dense_events_become_one_disc_without_whiskers():
    row = draw([], [event("2019-08-07"), event("2019-08"), event("2019-09-10"), event("2024-01-01")])
    assert [dot.count for dot in row.dots] == [3, 1]
    assert row.whiskers == []


def test_of_many_events_a_disc_names_the_first():
    row = draw([], [event(f"2019-08-{day:02}") for day in range(1, 20)])
    [disc] = row.dots
    assert disc.title.split("\n") == ["Licence, 1 August 2019", "Licence, 2 August 2019", "Licence, 3 August 2019", "…"]


def test_an_event_is_marked_in_the_middle_of_its_days_whatever_the_scale():
    row = draw([], [event("2016-12/2017-02"), event("../2019-07-04"), event("2026-06/..")])
    assert [dot.first for dot in row.dots] == [date(2017, 1, 14), date(2019, 7, 4), date(2026, 6, 1)]
    assert row.dots[0].position == SCALE.position(date(2017, 1, 14))
    open_start = next(whisker for whisker in row.whiskers if whisker.x1 == "0.00%" and len(whisker.caps) == 1)
    assert open_start.x2 in (SCALE.x(date(2019, 7, 4)), SCALE.x(date(2017, 2, 28)))


def test_a_phase_shows_its_plan_beside_what_was_done():
    row = drawing.row_from_spans(
        Span(date(2019, 7, 1), date(2019, 7, 1), None, None),
        Span(date(2019, 8, 9), date(2019, 8, 9), date(2019, 12, 1), date(2019, 12, 31)),
        [event("2019-07-22", solid=True), event("2026-08", solid=False, note="overdue")],
        SCALE,
        label="Phase 1",
    )
    assert {s.status for s in row.segments} == {"plan", "act"}
    assert [arrow.status for arrow in row.arrows] == ["plan"]
    assert [dot.solid for dot in row.dots] == [True, False]
    assert [(note.text, note.css) for note in row.notes] == [("overdue", "late endt")]


def test_an_activity_without_a_recorded_end_says_so():
    activity = Span(date(2019, 8, 9), date(2019, 8, 9), None, None)
    row = drawing.row_from_spans(None, activity, [], SCALE, label="Phase 1")
    assert [note.text for note in row.notes] == ["end not recorded"]
    assert row.segments[0].width == "0.35%"


def test_axis_marks_today_and_the_chosen_day():
    marked = drawing.axis(SCALE, TODAY, date(2019, 12, 21)).days
    assert [(day.css, day.label) for day in marked] == [("now", "today"), ("on", "21 Dec 2019")]
    assert [day.css for day in drawing.axis(SCALE, TODAY, TODAY).days] == ["now"]
    assert drawing.axis(Scale(date(2019, 1, 1), date(2020, 1, 1)), TODAY).days == []


def test_labels_of_two_near_days_do_not_overprint():
    marked = drawing.axis(SCALE, TODAY, date(2026, 10, 1)).days
    assert [day.label for day in marked] == ["", "1 Oct 2026"]


@pytest.mark.parametrize("template", ["timeline_row", "timeline_axis"])
def test_templates_write_what_was_drawn(template):
    row = draw([period("eased", date(2019, 7, 4), date(2020, 1, 1)), period("in_force", date(2020, 1, 1))])
    row.label = "<Licensing>"
    html = render_to_string(f"components/{template}.html", {"row": row, "axis": drawing.axis(SCALE, TODAY)})
    assert html.count("<svg") == html.count("</svg>")
    assert 'style="' not in html
    if template == "timeline_row":
        assert 'aria-label="&lt;Licensing&gt;"' in html
        assert 'class="f-eased" fill="url(#hatch)"' in html
    else:
        assert ">2018</text>" in html
        assert ">today</text>" in html
