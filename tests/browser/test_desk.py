"""The desk in a real browser: dates are read while they are typed, rows are added, and nothing breaks the policy."""

import pytest
from django.urls import reverse

from measures.models import Measure, MeasureEvent
from tests.records.anything import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (360, 768, 1440)


@pytest.fixture
def desk(work_as):
    """A page of somebody who may do everything."""
    return work_as("admin")


def test_a_date_is_read_while_it_is_typed_also_in_a_new_row(desk):
    measure = row(Measure)
    desk.goto(reverse("admin:measures_measure_change", args=[measure.pk]))
    desk.click("#events-group .add-row a")
    field = desk.locator("#id_events-0-date")
    field.press_sequentially("2019-07-15/2019-07-21")
    reading = field.locator("xpath=following-sibling::p")
    reading.get_by_text("from 15 July 2019 to 21 July 2019").wait_for()
    field.fill("soon")
    reading.get_by_text("is not a date").wait_for()
    desk.fill("#id_events-0-title", "Announced")
    desk.select_option("#id_events-0-kind", "announced")
    field.fill("2019-07")
    desk.fill("#id_change_reason", "First event")
    desk.click("input[name=_save]")
    desk.wait_for_url("**/desk/measures/measure/")
    assert MeasureEvent.objects.get().date == "2019-07"
    assert desk.complaints == []


def test_what_may_be_recorded_already_is_told_beside_the_row_that_is_typed(desk):
    measure = row(Measure, title="Licensing of resist", state="published")
    row(MeasureEvent, measure=measure, kind="announced", date="2019-07-01", title="Told by the ministry")
    desk.goto(reverse("admin:measures_measure_change", args=[measure.pk]))
    desk.click("#events-group .add-row a")
    desk.select_option("#id_events-1-kind", "announced")
    desk.fill("#id_events-1-date", "2019-07")
    told = desk.locator("#events-1 .likeness")
    told.get_by_text("the dates may be one: 1 July 2019").wait_for()
    assert told.get_by_role("link", name="Told by the ministry").is_visible()
    desk.fill("#id_events-1-date", "2019-08")
    told.get_by_text("may be the same").wait_for(state="detached")
    row(Measure, title="Licensing of gas")
    desk.fill("#id_title", "Licensing of gas")
    desk.locator("main .likeness").first.get_by_text("it has the same title").wait_for()
    assert desk.complaints == []


def test_a_picker_finds_and_chooses(desk):
    wanted = row(Measure, title="Licensing of resist")
    event = row(MeasureEvent)
    desk.goto(reverse("admin:measures_measureevent_change", args=[event.pk]))
    desk.click(".field-measure .select2-selection")
    desk.locator(".select2-search__field").press_sequentially("resist")
    desk.locator(".select2-results__option", has_text="Licensing of resist").click()
    desk.fill("#id_change_reason", "It belongs there")
    desk.click("input[name=_save]")
    desk.wait_for_url("**/desk/measures/measureevent/")
    event.refresh_from_db()
    assert event.measure == wanted
    assert desk.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_every_width_and_keep_the_content_policy(desk, scheme):
    event = row(MeasureEvent, state="published")
    pages = [
        reverse("admin:index"),
        reverse("admin:measures_measure_changelist"),
        reverse("admin:measures_measure_add"),
        reverse("admin:measures_measure_change", args=[event.measure_id]),
        reverse("admin:measures_measureevent_change", args=[event.pk]),
        reverse("admin:measures_measureevent_history", args=[event.pk]),
        reverse("admin:measures_measureevent_move", args=[event.pk, "withdraw"]),
        reverse("admin:auth_user_add"),
    ]
    desk.emulate_media(color_scheme=scheme)
    for width in WIDTHS:
        desk.set_viewport_size({"width": width, "height": 900})
        for address in pages:
            desk.goto(address)
            assert desk.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
    assert desk.complaints == []
