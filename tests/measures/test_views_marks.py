"""What a disc of the timeline counts is what its list holds, whatever is dated how, and however much."""

import datetime
import gzip
import random

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.asserts import assertContains

from measures import status, timeline
from measures.models import Announcement, MeasureEvent, TimelineEntry
from measures.views.timeline import Timeline
from records import dates
from records.clocks import clock_from
from records.models import Name
from records.queries import BadQuery
from tests.measures import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

KINDS = ("announced", "effective", "licence", "statement", "dispute", "eased", "amended", "suspended", "negotiation")
DATES = (
    "{y}-{m:02}-{d:02}",
    "{y}-{m:02}-{d:02}",
    "{y}-{m:02}",
    "{y}",
    "{y}-{m:02}~",
    "{y}-{m:02}/{z}-{m:02}",
    "../{y}-{m:02}-{d:02}",
    "{y}-{m:02}/..",
    "[{y}-{m:02}-{d:02}..{z}-{m:02}-{d:02}]",
)


@pytest.fixture
def november():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC), tick=False):
        yield


def view(query):
    """The page at this query, as it would be asked for."""
    request = RequestFactory().get(f"/timeline/{query if query.startswith('?') else f'?{query}'}")
    request.clocks = clock_from(request)
    page = Timeline()
    page.setup(request)
    return page


def discs(context):
    return [dot for lane, _url in context["lanes"] for row in lane.rows for dot in row.bar.dots if dot.count > 1]


def keys(query):
    return set(view(query).lines().values_list("key", flat=True))


@pytest.fixture
def crowd(db):
    """Three measures of two issuers with events of every sort of date, and announcements beside them."""
    chance = random.Random(22)

    def date():
        year = chance.choice((2018, 2019, 2019, 2019, 2020, 2021, 2026))
        text = chance.choice(DATES).format(y=year, z=year + 1, m=chance.randint(1, 12), d=chance.randint(1, 28))
        return str(dates.parse(text) and text)

    materials = ["hydrogen-fluoride-gas", "photoresist"]
    for slug, issuers in (("one", ["JP"]), ("two", ["JP", "CN"]), ("three", ["CN"])):
        made = recorded.imposed(recorded.measure(slug, materials), by=issuers, on=["KR"])
        for _number in range(40):
            scope = chance.choice(([], [], materials[:1], materials[1:]))
            background = chance.random() < 0.1
            recorded.event(made, chance.choice(KINDS), date(), scope, background=background)
    for number in range(12):
        Announcement.objects.create(
            slug=f"act-{number}",
            title=f"Act {number}",
            country=recorded.country(chance.choice(("JP", "FR"))),
            authority=recorded.authority(),
            date=date(),
            state="published",
        )
    status.StatusDerivation().rebuild()
    timeline.rebuild()


@pytest.mark.parametrize("lanes", ["issuer", "material", "program"])
@pytest.mark.parametrize(
    "period",
    [
        "",
        "zoom=quarter&from=2018&to=2020",
        "zoom=month&from=2019-03&to=2020-02",
        "zoom=month&from=2019-07-04&to=2019-09",
    ],
)
def test_every_disc_leads_to_the_lines_it_counts_and_no_line_is_in_two(crowd, lanes, period):
    context = view(f"lanes={lanes}&{period}").get_context_data()
    whole = keys(f"lanes={lanes}&{period}")
    assert context["line_count"] == len(whole)
    assert discs(context)
    for lane, _url in context["lanes"]:
        seen = set()
        for row in lane.rows:
            for dot in row.bar.dots:
                if dot.count > 1:
                    found = keys(dot.address)
                    assert len(found) == dot.count, dot.address
                    assert found <= whole
                    assert not found & seen
                    seen |= found


def test_what_no_bar_shows_is_a_mark(crowd):
    for lane, _url in view("lanes=issuer&from=2018&to=2027").get_context_data()["lanes"]:
        for row in lane.rows:
            of = row.measure.slug if row.measure else "unknown"
            marked = sum(dot.count for dot in row.bar.dots)
            every = keys(f"from=2018&to=2027&lane={lane.heading.code}&row={of}&marks=0001-01-01..9999-12-31")
            assert marked == len(every) > 0
            lines = keys(f"from=2018&to=2027&lane={lane.heading.code}&row={of}")
            begun = set()
            if row.measure:
                ids = row.measure.status_periods.exclude(status="unconfirmed").values_list("event__slug", flat=True)
                begun = {f"event:{slug}" for slug in ids}
            assert {key for key in lines if not key.endswith(":until")} - begun == every


def test_lanes_and_list_count_the_same_and_each_lane_leads_to_its_own(client, crowd):
    drawn = client.get("/timeline/").context
    listed = client.get("/timeline/?view=list").context
    assert (drawn["measure_count"], drawn["line_count"]) == (listed["measure_count"], listed["line_count"])
    assert drawn["line_count"] == listed["page_obj"].paginator.count
    shown = {lane.title: (lane.count, url) for lane, url in drawn["lanes"]}
    assert {title: count for title, (count, _url) in shown.items()} == {"China": 2, "Japan": 2, "France": 0}
    for count, url in shown.values():
        assert client.get(f"/timeline/{url}").context["measure_count"] == count


def test_facets_count_what_the_period_shows(client, crowd):
    for query in (
        "",
        "from=2018&to=2018",
        "from=2026&to=2026&zoom=month",
        "lane=CN",
        "lanes=material&lane=photoresist",
    ):
        [issuer] = [facet for facet in client.get(f"/timeline/?{query}").context["facets"] if facet.name == "issuer"]
        for option in issuer.all:
            found = client.get(f"/timeline/?{query}&issuer={option.value}").context
            assert found["measure_count"] == option.count, (query, option)


def test_a_disc_on_the_page_is_a_link_and_its_list_says_what_narrows_it(client, crowd):
    context = client.get("/timeline/?issuer=JP&on=2019-12-21").context
    dot = discs(context)[0]
    response = client.get(f"/timeline/{dot.address}")
    assert response.context["line_count"] == dot.count
    labels = [chip.label for chip in response.context["chips"]]
    assert [label.partition(":")[0] for label in labels] == ["Lane", "Row", "Events about", "Imposed by"]
    assert response.context["clear_url"] == "?on=2019-12-21&view=list"
    assert response.context["feeds"] == []
    assertContains(client.get("/timeline/?issuer=JP&on=2019-12-21"), dot.address.replace("&", "&amp;"))


def test_a_row_is_called_as_its_reader_calls_it(client, crowd):
    Name.objects.create(
        subject=recorded.Measure.objects.get(slug="two"), text="둘째 조치", language="ko", kind="official"
    )
    assertContains(client.get("/timeline/?row=two", headers={"accept-language": "ko"}), "행: 둘째 조치")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("lane=XX", "“XX” is not a known value of “lane”."),
        ("lane=JPN", "“JPN” is not a known value of “lane”. Did you mean “JP”?"),
        ("lanes=material&lane=JP", "“JP” is not a known value of “lane”."),
        ("row=nothing", "“nothing” is not a known value of “row”."),
        ("row=a%00b", "is not a known value of “row”."),
        ("marks=2019", "must be two days in order"),
        ("marks=2019-07-04..2019-07-01", "must be two days in order"),
        ("marks=2019-02-30..2019-07-01", "must be two days in order"),
        ("row=one&row=two", "“row” can be given only once."),
    ],
)
def test_no_part_that_is_not_there_can_be_asked_for(client, crowd, query, reason):
    assertContains(client.get(f"/timeline/?{query}"), reason, status_code=400)


def test_a_hidden_measure_is_no_row(crowd):
    recorded.Measure.objects.filter(slug="one").update(state="draft")
    with pytest.raises(BadQuery):
        view("row=one").get_context_data()
    assert view("row=two").get_context_data()["measure_count"] == 1


def test_ten_thousand_lines_take_as_many_queries_and_no_large_page(client, django_assert_num_queries):
    kind = ContentType.objects.get_for_model(MeasureEvent)
    chance = random.Random(7)

    def entry(measure, number):
        day = datetime.date(2019, 1, 1) + datetime.timedelta(chance.randrange(3280))
        return TimelineEntry(
            key=f"event:{measure.slug}-{number}",
            subject_type=kind,
            subject_id=10_000_000 + number,
            owner=f"measures.measure:{measure.pk}",
            kind="event",
            role="licence",
            title=f"Licence {number} of many granted to somebody",
            date=day.isoformat(),
            earliest=day,
            start_latest=day,
            end_earliest=day,
            latest=day,
            sorted_on=day,
            measure=measure,
            path=f"/measures/{measure.slug}/#{measure.slug}-{number}",
            published=True,
        )

    measures = [recorded.imposed(recorded.measure(f"measure-{number}"), by=["CN"], on=["ALL"]) for number in range(50)]
    for first, last in ((0, 2), (2, 200)):
        TimelineEntry.objects.bulk_create(
            entry(measure, number) for measure in measures for number in range(first, last)
        )
        client.get("/timeline/")
        for query, queries in (("", 15), ("view=list", 7)):
            with django_assert_num_queries(queries):
                response = client.get(f"/timeline/?{query}")
            assert response.context["line_count"] == 50 * last
            assert len(gzip.compress(response.content)) <= 60 * 1024
    assertContains(client.get("/timeline/"), "9900 more in the list")


def test_the_page_says_how_to_get_to_its_list(client, crowd):
    response = client.get(reverse("measures:timeline"))
    assertContains(response, f'<a href="?view=list">{response.context["line_count"]} dated lines</a>', html=True)
