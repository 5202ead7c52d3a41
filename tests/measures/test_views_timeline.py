"""The timeline page: what is drawn in which lane, what the list holds, and what an address may ask."""

import datetime
import html
import re

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures import status, timeline
from measures.models import Announcement, MeasureEvent
from programs.models import Milestone, Phase, Program, ProgramMeasure
from records.models import Heartbeat, Name
from tests.hidden import hide
from tests.measures import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

LANES_QUERIES = 15
LIST_QUERIES = 7


@pytest.fixture
def november():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC), tick=False):
        yield


def page(client, **query):
    return client.get(reverse("measures:timeline"), query)


def derive():
    status.StatusDerivation().rebuild()
    timeline.rebuild()


@pytest.fixture
def licensing(db):
    made = recorded.imposed(
        recorded.measure("licensing", ["hydrogen-fluoride-gas", "photoresist"]), by=["JP"], on=["KR"]
    )
    recorded.event(made, "announced", "2019-07-01")
    recorded.event(made, "effective", "2019-07-04")
    recorded.event(made, "licence", "2019-08-07", ["photoresist"], title="First licence")
    recorded.event(made, "eased", "2019-12-20", ["photoresist"])
    recorded.event(made, "revoked", "2023-03-23")
    derive()
    return made


@pytest.fixture
def program(licensing):
    made = Program.objects.create(
        slug="roadmap",
        title="The roadmap",
        country=recorded.country("KR"),
        lead=recorded.authority(),
        summary="…",
        verification="verified",
        state="published",
    )
    ProgramMeasure.objects.create(program=made, measure=licensing)
    phase = Phase.objects.create(
        program=made, slug="one", number=1, title="First", objective="…", status="running", state="published"
    )
    for slug, expected in (("a-plan", "2020-08"), ("a-plant", "2027")):
        Milestone.objects.create(
            phase=phase, slug=slug, title=slug, expected=expected, status="planned", state="published"
        )
    derive()
    return made


def lanes(response):
    """The measures of each lane; what is dated there beside them has no name of its own."""
    found = {
        lane.title: [row.measure.slug for row in lane.rows if row.measure] for lane, _url in response.context["lanes"]
    }
    return {title: measures for title, measures in found.items() if measures}


def titles(response):
    return [line.entry.title for stretch in response.context["stretches"] for line in stretch.lines]


@pytest.mark.parametrize(
    "query", [{}, {"view": "list", "zoom": "month"}, {"on": "2019-12-21", "zoom": "quarter"}, {"to": "2021"}]
)
def test_a_permalink_shows_the_same_days_for_ever(client, program, query):
    def told(response):
        context = response.context
        link = re.search(r'class="permalink" href="([^"]*)"', response.content.decode())[1]
        counted = context["measure_count"], context["line_count"]
        return context["asked"].period, counted, titles(response), html.unescape(link)

    shown = told(page(client, **query))
    with time_machine.travel(datetime.datetime(2031, 2, 3, 12, tzinfo=datetime.UTC), tick=False):
        assert told(page(client, **query))[0] != shown[0] or "on" in query or "to" in query
        assert told(client.get(reverse("measures:timeline") + shown[-1])) == shown


def test_lanes_are_by_issuer_at_first(client, licensing):
    recorded.imposed(recorded.measure("nobody"), on=["KR"])
    recorded.event(recorded.Measure.objects.get(slug="nobody"), "effective", "2020")
    derive()
    response = page(client)
    assert lanes(response) == {"Japan": ["licensing"], "No issuer recorded": ["nobody"]}
    assert response.context["measure_count"] == 2


def test_lanes_by_material_draw_the_course_of_that_material_alone(client, licensing):
    response = page(client, lanes="material", on="2020-01-01")
    gas, resist = sorted((lane for lane, _url in response.context["lanes"]), key=lambda lane: lane.title)
    assert [group.status for group in gas.rows[0].groups] == ["in_force"]
    assert [group.status for group in resist.rows[0].groups] == ["eased"]
    assert "eased" not in gas.rows[0].bar.label
    assert "eased 20 December 2019" in resist.rows[0].bar.label
    assert [dot.title for dot in gas.rows[0].bar.dots] == []
    assert [dot.title for dot in resist.rows[0].bar.dots] == ["First licence, 7 August 2019"]


def test_lanes_keep_to_the_material_that_is_asked_about(client, licensing):
    response = page(client, lanes="material", material="hydrogen-fluoride")
    assert set(lanes(response)) == {"hydrogen-fluoride-gas"}


def test_lanes_by_program_lead_to_what_answers_a_measure(client, program):
    other = recorded.imposed(recorded.measure("other"), by=["CN"], on=["ALL"])
    recorded.event(other, "effective", "2020")
    derive()
    response = page(client, lanes="program")
    assert lanes(response) == {"The roadmap": ["licensing"], "No program answers it": ["other"]}
    assertContains(response, reverse("programs:detail", args=["roadmap"]))
    Program.objects.update(state="draft")
    assert set(lanes(page(client, lanes="program"))) == {"No program answers it"}


def test_lines_name_the_program_that_they_belong_to(client, program):
    Name.objects.create(subject=program, language="ko", text="소재 대책", kind="official")
    for language, title in (("en", "The roadmap"), ("ko", "소재 대책")):
        feed = client.get(f"/timeline/feed.{language}.json", {"from": "2020", "to": "2020"}).json()
        query = {"view": "list", "from": "2020", "to": "2020"}
        lines = client.get(reverse("measures:timeline"), query, headers={"accept-language": language})
        assertContains(lines, f" · {title}")
        assertNotContains(lines, " · roadmap")
        assert f">{title}</a>" in feed["items"][0]["content_html"]


def test_only_what_touches_the_years_is_drawn(client, licensing):
    assert lanes(page(client, **{"from": "2010", "to": "2018"})) == {}
    assert lanes(page(client, **{"from": "2019", "to": "2019"})) == {"Japan": ["licensing"]}
    assert lanes(page(client, **{"from": "2023", "to": "2024"})) == {"Japan": ["licensing"]}
    assert lanes(page(client, **{"from": "2024", "to": "2026"})) == {}


def test_filters_are_those_of_the_measure_list(client, licensing):
    assert lanes(page(client, issuer="JP")) == {"Japan": ["licensing"]}
    assert lanes(page(client, issuer="CN")) == {}
    assert lanes(page(client, status="in_force", on="2019-07-04")) == {"Japan": ["licensing"]}
    assert lanes(page(client, status="in_force", on="2019-07-03")) == {}
    response = page(client, issuer="JP", view="list", zoom="month", on="2019-12-21")
    assert titles(response) != []
    [chip] = response.context["chips"]
    assert (chip.label, chip.url) == ("Imposed by: Japan", "?view=list&zoom=month&on=2019-12-21")
    assert response.context["clear_url"] == "?on=2019-12-21&view=list&zoom=month"


def test_the_form_keeps_what_it_has_no_field_for(client, licensing):
    response = page(client, certainty="certain", lanes="material", issuer="JP", on="2019-12-21")
    assert response.context["kept"] == [("certainty", "certain"), ("lanes", "material")]
    form = response.content.decode().partition('<form action="/timeline/">')[2]
    for name, value in (("certainty", "certain"), ("lanes", "material"), ("on", "2019-12-21")):
        assert form.count(f'<input type="hidden" name="{name}" value="{value}">') == 1


def test_the_list_has_every_dated_line_the_newest_first(client, program):
    response = page(client, view="list")
    assert titles(response)[0] == "a-plant"
    assert titles(response)[-1] == "announced 2019-07-01"
    assert titles(response).count("First licence") == 1
    assert [stretch.title for stretch in response.context["stretches"]] == ["2027", "2023", "2020", "2019"]


def test_what_was_expected_is_planned_or_overdue(client, program):
    states = {
        line.entry.title: line.state
        for stretch in page(client, view="list").context["stretches"]
        for line in stretch.lines
    }
    assert (states["a-plan"], states["a-plant"], states["First licence"]) == ("overdue", "planned", "")
    early = page(client, view="list", on="2020-01-01").context["stretches"]
    assert {line.state for stretch in early for line in stretch.lines if line.entry.title == "a-plan"} == {"planned"}


def test_a_filtered_list_keeps_to_the_measures_that_fit(client, program):
    Announcement.objects.create(
        slug="act",
        title="An act",
        country=recorded.country(),
        authority=recorded.authority(),
        date="2020",
        state="published",
    )
    derive()
    assert {"An act", "a-plan", "First licence"} <= set(titles(page(client, view="list")))
    filtered = titles(page(client, view="list", issuer="JP"))
    assert "First licence" in filtered
    assert not {"An act", "a-plan"} & set(filtered)


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "in_review"},
        {"state": "withdrawn", "withdrawal_notice": "Wrong."},
        {"embargo_until": datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)},
    ],
    ids=["draft", "in review", "withdrawn", "embargoed"],
)
def test_what_visitors_may_not_read_is_neither_drawn_nor_listed_nor_counted(client, licensing, hidden):
    hide(MeasureEvent.objects.filter(kind="licence"), **hidden)
    derive()
    assertNotContains(page(client), "First licence")
    assertNotContains(page(client, view="list"), "First licence")
    hide(recorded.Measure.objects.all(), **hidden)
    derive()
    response = page(client)
    assert (response.context["lanes"], response.context["measure_count"]) == ([], 0)
    assert titles(page(client, view="list")) == []


def test_materials_that_visitors_may_not_read_have_no_lane_and_no_course(client, licensing):
    gas = recorded.material("hydrogen-fluoride-gas")
    gas.state = "draft"
    gas.save()
    assert set(lanes(page(client, lanes="material"))) == {"photoresist"}
    [(lane, _url)] = page(client, on="2020-01-01").context["lanes"]
    assert [group.status for group in lane.rows[0].groups] == ["eased"]


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ({}, (2019, 2027)),
        ({"zoom": "month"}, (2026, 2027)),
        ({"zoom": "month", "on": "2019-12-21"}, (2019, 2020)),
        ({"zoom": "quarter", "on": "2019-12-21"}, (2017, 2020)),
        ({"on": "2019-12-21"}, (2012, 2027)),
        ({"on": "1900-01-01"}, (1900, 1901)),
        ({"on": "2200-06-30"}, (2193, 2200)),
        ({"from": "2001"}, (2001, 2009)),
        ({"to": "2001"}, (1993, 2001)),
        ({"from": "2001", "to": "2003"}, (2001, 2003)),
        ({"from": "", "to": ""}, (2019, 2027)),
    ],
)
def test_the_years_follow_from_the_address(client, licensing, query, years):
    asked = page(client, **query).context["asked"]
    assert (asked.period.first, asked.period.last) == (datetime.date(years[0], 1, 1), datetime.date(years[1], 12, 31))


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"zoom": "week"}, "must be one of: year, quarter, month"),
        ({"lanes": "destination"}, "must be one of: issuer, material, program"),
        ({"view": "map"}, "must be one of: lanes, list"),
        ({"from": "1899"}, "a year from 1900 to 2200"),
        ({"to": "9999999999999999999"}, "a year from 1900 to 2200"),
        ({"from": "２０１９"}, "a year from 1900 to 2200"),
        ({"from": "20\x0019"}, "a year from 1900 to 2200"),
        ({"from": "2020", "to": "2019"}, "must not end before it begins"),
        ({"from": "1900", "to": "2000"}, "at most 80 years"),
        ({"from": "2010", "to": "2020", "zoom": "month"}, "at most 5 years"),
        ({"issuer": "XX"}, "not a known value"),
        ({"page": "one"}, "must be a number"),
        ({"status": "gone"}, "not a known value"),
        ({"colour": "red"}, "not a parameter"),
        ({"on": "2019-13-45"}, "not a date"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(client, query, reason):
    assertContains(page(client, **query), reason, status_code=400)


def tabs(response, name):
    return {
        value: url for each, _label, tabs in response.context["choices"] if each == name for value, _, url, _ in tabs
    }


def test_another_zoom_shows_what_suits_it_of_the_same_days(client, licensing):
    assert tabs(page(client, page="1"), "zoom") == {zoom: f"?zoom={zoom}" for zoom in ("year", "quarter", "month")}
    assert tabs(page(client, **{"from": "2015", "to": "2023"}), "zoom") == {
        "year": "?from=2015&to=2023&zoom=year",
        "quarter": "?from=2018&to=2020&zoom=quarter",
        "month": "?from=2019&to=2019&zoom=month",
    }


def test_what_lies_beside_is_one_step_away(client, licensing):
    context = page(client, zoom="month", **{"from": "2019-07", "to": "2019-12", "page": "1"}).context
    assert context["earlier"] == "?zoom=month&from=2019-04&to=2019-09"
    assert context["later"] == "?zoom=month&from=2019-10&to=2020-03"
    assert (context["first"], context["last"]) == ("July 2019", "December 2019")
    assert page(client, **{"from": "1900", "to": "1901"}).context["earlier"] == ""


def test_announcements_have_a_row_in_the_lane_of_their_country(client, licensing):
    for slug, country in (("act", "JP"), ("law", "FR")):
        Announcement.objects.create(
            slug=slug,
            title=slug,
            country=recorded.country(country),
            authority=recorded.authority(),
            date="2020-05",
            state="published",
        )
    derive()

    def drawn(**query):
        return {
            lane.title: [(row.measure and row.measure.slug, len(row.bar.dots)) for row in lane.rows]
            for lane, _url in page(client, **query).context["lanes"]
        }

    assert drawn() == {"Japan": [("licensing", 1), (None, 1)], "France": [(None, 1)]}
    assert drawn(lanes="material")["No material listed"] == [(None, 1)]
    assert drawn(lane="FR") == {"France": [(None, 1)]}
    assert drawn(issuer="JP") == {"Japan": [("licensing", 1)]}
    assert titles(page(client, lane="FR", row="unknown", view="list")) == ["law"]
    assertContains(page(client), "Announcements and programs")


def test_dates_of_a_program_are_in_its_lane(client, program):
    [(lane, _url)] = page(client, lanes="program").context["lanes"]
    assert [row.measure and row.measure.slug for row in lane.rows] == ["licensing", None]
    [late, later] = lane.rows[1].bar.dots
    assert (late.title, later.title) == ("a-plan, August 2020", "a-plant, 2027")
    assert [dot.solid for dot in lane.rows[1].bar.dots] == [False, False]


def test_it_tells_when_it_was_refreshed(client, licensing):
    # The moment is on the clock of the database, which nobody can stop.
    beat = Heartbeat.objects.get(name=timeline.HEARTBEAT)
    assertContains(page(client), f"Timeline refreshed {beat.at:%-d %b %Y, %H:%M} UTC")
    Heartbeat.objects.all().delete()
    assertContains(page(client), "The timeline has not been built yet.")


def test_links_keep_the_chosen_day(client, licensing):
    assertContains(page(client, on="2019-12-21"), f"{licensing.get_absolute_url()}?on=2019-12-21")
    assertContains(
        page(client, on="2019-12-21", view="list"), f"{licensing.get_absolute_url()}?on=2019-12-21#licensing-"
    )


def test_long_timelines_come_in_pages_with_whole_counts(client, django_assert_num_queries):
    first = recorded.imposed(recorded.measure("m"), by=["CN"], on=["ALL"])
    recorded.event(first, "effective", "2020")
    recorded.event(first, "licence", "2020")
    derive()
    for query in ({}, {"view": "list"}):
        page(client, **query)
        with django_assert_num_queries(LIST_QUERIES if query else LANES_QUERIES):
            page(client, **query)
    for number in range(120):
        made = recorded.imposed(recorded.measure(f"m{number}"), by=["CN"], on=["ALL"])
        recorded.event(made, "effective", "2020")
    derive()
    for query in ({}, {"view": "list"}):
        with django_assert_num_queries(LIST_QUERIES if query else LANES_QUERIES):
            response = page(client, **query)
        assert response.context["page_obj"].paginator.count == (122 if query else 121)
        assertContains(response, "1–100 of 122" if query else "1–50 of 121")
    [(lane, _url)] = page(client).context["lanes"]
    assert (lane.count, len(lane.rows)) == (121, 50)
    assert page(client, page="4").status_code == 404
