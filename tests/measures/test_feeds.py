"""Feeds of measures, events, materials, organizations and the timeline: the rows of their pages, and what is news."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures import timeline
from measures.models import Announcement, Measure, MeasureEvent, MeasureMaterial
from measures.views.zooms import asked_periods
from records import derived
from records.models import ChangeSet, Citation, Name, Source
from tests.hidden import hide
from tests.measures import recorded
from tests.records.anything import row
from tests.records.test_changes import changed
from tests.records.test_feeds import lines, said, titles

pytestmark = pytest.mark.django_db

# By list and format. None depends on how many rows there are.
QUERIES = {
    ("measures", "atom"): 11,
    ("measures", "ics"): 7,
    ("events", "atom"): 8,
    ("timeline", "atom"): 7,
    ("timeline", "ics"): 7,
    ("materials", "atom"): 6,
    ("organizations", "atom"): 5,
}


def derive():
    derived.rebuild()
    timeline.rebuild()


def beginning(content, start):
    return [line.removeprefix(start) for line in content if line.startswith(start)]


@pytest.fixture
def licensing(db):
    made = recorded.imposed(
        recorded.measure("licensing", ["hydrogen-fluoride", "photoresist"], title="The licensing"),
        by=["JP"],
        on=["KR"],
    )
    recorded.event(made, "announced", "2019-07-01", title="Licences announced")
    recorded.event(made, "effective", "2019-07-04", title="Licences needed")
    recorded.event(made, "eased", "[2019-12-18..2019-12-20]", ["photoresist"], title="Resist eased")
    recorded.event(made, "confirmed", "../2020-03", title="Still there")
    return made


@pytest.fixture
def ban(licensing):
    recorded.later()
    made = recorded.imposed(recorded.measure("ban", ["gallium"], title="The ban"), by=["CN"], on=["ALL"])
    recorded.event(made, "effective", "2023-08-01", title="Ban begins")
    recorded.later()
    recorded.imposed(recorded.measure("quiet", title="The quiet one"), by=["CN"])
    derive()
    return made


# Measures


def test_measures_are_told_with_status_and_sides(client, ban):
    assert titles(client, "measures") == ["The quiet one", "The ban", "The licensing"]
    item = said(client, "measures", issuer="JP", on="2020-01-01")["items"][0]
    assert item["url"] == "http://testserver/measures/licensing/?on=2020-01-01"
    for words in (
        "Status:</b> In force (hydrogen-fluoride); Eased (photoresist)",
        "Imposed by:</b> Japan",
        "Affects:</b> South Korea",
        "Material:</b> hydrogen-fluoride; photoresist",
        "Latest event:</b>",
    ):
        assert words in item["content_html"]
    # On another day it says something else, as its page does.
    then = said(client, "measures", issuer="JP", on="2019-07-02")["items"][0]
    assert "Status:</b> Possibly in force</p>" in then["content_html"]


@pytest.mark.parametrize(
    "query",
    ["", "issuer=CN", "status=eased&on=2020-01-01", "q=licens", "material=gallium", "disputed=no", "effect=neutral"],
)
def test_a_feed_of_measures_has_what_the_page_has(client, ban, query):
    page = client.get(f"/measures/?{query}")
    feed = json.loads(client.get(f"/measures/feed.en.json?{query}").content)
    assert {item["title"] for item in feed["items"]} == {measure.title for measure in page.context["measures"]}


def test_what_happens_to_a_measure_is_news_of_it_and_a_correction_is_not(client, ban, licensing):
    before = {item["id"]: item["date_modified"] for item in said(client, "measures")["items"]}
    changed(licensing.events.first(), reason="A day later", kind=ChangeSet.Kind.CORRECTION, date="2019-07-02")
    assert {item["id"]: item["date_modified"] for item in said(client, "measures")["items"]} == before
    changed(licensing.events.first(), reason="It was lifted", title="Lifted in the end")
    first = said(client, "measures")["items"][0]
    assert first["title"] == "The licensing"
    assert first["date_modified"] > before[first["id"]]
    # Another material is reached: a development, though the record itself was not written.
    changed(
        MeasureMaterial(measure=ban, material=recorded.material("germanium"), position=9), reason="Germanium as well"
    )
    assert titles(client, "measures")[0] == "The ban"


def test_the_calendar_of_measures_has_their_days_and_those_without_any(client, ban):
    content = lines(client, "measures")
    assert beginning(content, "SUMMARY:") == [
        "In force: Ban begins · The ban",
        "Seen in force: Still there · The licensing (by March 2020)",
        "Eased: Resist eased · The licensing (18–20 December 2019)",
        "In force: Licences needed · The licensing",
        "Announced: Licences announced · The licensing",
        "The quiet one",
    ]
    assert beginning(content, "DTSTART;VALUE=DATE:") == ["20230801", "20200301", "20191218", "20190704", "20190701"]
    assert beginning(content, "DTEND;VALUE=DATE:") == ["20230802", "20200401", "20191221", "20190705", "20190702"]
    assert content.count("BEGIN:VJOURNAL") == 1
    assert beginning(lines(client, "measures", issuer="JP"), "SUMMARY:") == beginning(content, "SUMMARY:")[1:5]


def test_names_are_told_in_the_language_of_the_feed(client, ban):
    Name.objects.create(subject=ban, text="금지", language="ko", kind="official", position=0)
    items = json.loads(client.get("/measures/feed.ko.json?issuer=CN").content)["items"]
    assert [(item["title"], item["language"]) for item in items] == [("The quiet one", "en"), ("금지", "ko")]


# Events


def test_events_are_told_one_by_one_with_what_they_stand_on(client, licensing):
    eased = MeasureEvent.objects.get(title="Resist eased")
    official = row(
        Source, state="published", title="Gazette", publisher="Ministry", kind="official", url="https://g.jp/"
    )
    secret = row(Source, state="draft", title="Secret", publisher="Nobody")
    for position, source in enumerate((secret, official)):
        Citation.objects.create(subject=eased, source=source, position=position)
    item = said(client, "events", kind="eased")["items"][0]
    assert item["title"] == "Resist eased · The licensing"
    for words in (
        "Eased 18–20 December 2019; EDTF [2019-12-18..2019-12-20]",
        "One day within this span; which one is not known.",
        '<a href="https://g.jp/">Ministry: Gazette</a>',
        "Material:</b> photoresist",
    ):
        assert words in item["content_html"]
    assert "Secret" not in item["content_html"]
    assert item["_policytrack"] == {
        "key": "event:licensing-2",
        "state": "published",
        "date": "[2019-12-18..2019-12-20]",
        "earliest": "2019-12-18",
        "latest": "2019-12-20",
        "role": "Eased",
        "expectation": None,
        "corrected": None,
    }
    assert "Sources:</b> unsourced" in said(client, "events", kind="announced")["items"][0]["content_html"]


def test_open_bounds_are_not_made_up(client, licensing):
    item = said(client, "events", kind="confirmed")["items"][0]
    assert (item["_policytrack"]["earliest"], item["_policytrack"]["latest"]) == (None, "2020-03-31")
    assert "It had begun by then; since when is not known." in item["content_html"]


@pytest.mark.parametrize(
    "query", ["", "kind=eased", "measure=ban", "material=gallium", "after=2020-01-01", "issuer=CN"]
)
def test_a_feed_of_events_has_what_the_list_has(client, ban, query):
    listed = client.get(f"/api/v1/events/?{query}").json()["results"]
    feed = json.loads(client.get(f"/events/feed.en.json?{query}").content)
    assert feed["home_page_url"].removeprefix("http://testserver") == "/events/" + (query and f"?{query}")
    assert {item["_policytrack"]["key"] for item in feed["items"]} == {f"event:{event['id']}" for event in listed}


def test_a_withdrawn_event_leaves_its_notice(client, ban):
    before = said(client, "events", kind="eased")["items"][0]["id"]
    eased = MeasureEvent.objects.get(title="Resist eased")
    changed(eased, reason="Wrong", kind="correction", state="withdrawn", withdrawal_notice="It never was.")
    item = next(item for item in said(client, "events")["items"] if item["id"] == before)
    assert item["title"] == "Withdrawn: licensing-2"
    assert "It never was." in item["content_html"]
    assert "Resist" not in json.dumps(said(client, "events"))
    content = lines(client, "events")
    note = content[content.index("BEGIN:VJOURNAL") : content.index("END:VJOURNAL")]
    assert "STATUS:CANCELLED" in note
    assert not beginning(note, "DTSTART")


def test_what_is_planned_says_so(client, ban):
    recorded.event(ban, "revoked", "2030-01-01", title="Ban to end", planned=True, slug="end")
    recorded.event(ban, "eased", "2024", title="Never came", planned=True, overtaken_by="2024-05-01", slug="never")
    items = {item["title"]: item for item in said(client, "events", measure="ban")["items"]}
    assert "Planned, not observed." in items["Ban to end · The ban"]["content_html"]
    assert items["Never came · The ban"]["_policytrack"]["expectation"] == "settled"
    # As it was seen on a day before.
    then = said(client, "events", measure="ban", on="2024-01-01")["items"]
    assert {item["_policytrack"]["expectation"] for item in then} == {None, "planned"}
    assert beginning(lines(client, "events", measure="ban"), "STATUS:") == ["TENTATIVE", "TENTATIVE", "CONFIRMED"]


# The timeline


def keys(client, **query):
    return {item["_policytrack"]["key"] for item in said(client, "timeline", **query)["items"]}


@pytest.mark.parametrize(
    "query", [{}, {"issuer": "JP"}, {"from": "2019", "to": "2020"}, {"issuer": "CN", "from": "2020"}]
)
def test_a_feed_of_the_timeline_has_what_its_list_has(client, ban, query):
    row(Announcement, slug="act", state="published", date="2019-07-01", country=recorded.country("JP"))
    timeline.rebuild()
    page = client.get("/timeline/", {"view": "list", "from": "2015", "to": "2026", **query})
    shown = {line.entry.key for stretch in page.context["stretches"] for line in stretch.lines}
    assert shown
    assert keys(client, **query) == shown


def test_a_feed_of_the_timeline_leaves_no_years_out_unasked(client, ban):
    recorded.event(ban, "announced", "1995", title="Long ago", slug="long-ago")
    timeline.rebuild()
    assert "event:long-ago" in keys(client)
    assert "event:long-ago" not in keys(client, **{"from": "1996"})


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("from=20190", "“from” must be a year from 1900 to 2200, or a month"),
        ("from=2020&to=2019", "“from” is later than “to”."),
        ("view=list", "“view” is not a parameter of this address."),
        ("issuer=Japan", "Did you mean “JP”?"),
    ],
)
def test_what_the_timeline_cannot_be_asked(client, ban, query, reason):
    response = client.get(f"/timeline/feed.en.atom?{query}")
    assert response.status_code == 400
    assert reason in response.content.decode()


def test_periods_are_read_as_on_the_page():
    problems = {}
    assert asked_periods({"from": "2019", "to": "x"}, problems) == {"from": "2019"}
    assert list(problems) == ["to"]


def test_an_event_has_one_id_in_all_feeds(client, ban):
    events = {item["id"] for item in said(client, "events")["items"]}
    assert {item["id"] for item in said(client, "timeline")["items"]} == events


def test_a_line_is_news_when_its_record_is_and_not_when_the_timeline_is_refreshed(client, ban, licensing):
    before = [item["date_modified"] for item in said(client, "timeline")["items"]]
    changed(licensing.events.first(), reason="A day later", kind=ChangeSet.Kind.CORRECTION, date="2019-07-02")
    recorded.later()
    timeline.rebuild()
    after = said(client, "timeline")["items"]
    assert [item["date_modified"] for item in after] == before
    assert "2 July 2019" in json.dumps(after)
    event = recorded.event(licensing, "revoked", "2023-03-23", title="Lifted", slug="lifted")
    changed(event, reason="It was lifted", description="By agreement.")
    timeline.rebuild()
    assert titles(client, "timeline")[0] == "Lifted · The licensing"


def test_what_is_hidden_is_on_no_line(client, ban):
    hide(Measure.objects.filter(slug="ban"), state="draft")
    derive()
    assert "The ban" not in json.dumps([said(client, "timeline"), said(client, "events"), said(client, "measures")])


# Materials and organizations


def test_materials_and_organizations_are_told_by_their_filters(client, ban):
    assert set(titles(client, "materials")) == {"hydrogen-fluoride", "photoresist", "gallium"}
    assert titles(client, "materials", q="gallium") == ["gallium"]
    assert titles(client, "organizations", kind="ministry") == ["Ministry"]
    assert titles(client, "organizations", kind="company") == []


# Pages and queries


def test_pages_lead_to_the_feeds_of_what_they_are_about(client, ban):
    for page, addresses in (
        ("/measures/?issuer=CN&sort=title", ["/measures/feed.en.ics?issuer=CN"]),
        ("/timeline/?issuer=CN&view=list&from=2020", ["/timeline/feed.en.atom?issuer=CN&amp;from=2020"]),
        ("/measures/ban/", ["/events/feed.en.ics?measure=ban", "/changes/feed.en.json?of=measure&amp;record=ban"]),
        ("/measures/ban/history/", ["/changes/feed.en.atom?of=measure&amp;record=ban"]),
        ("/materials/gallium/?on=2024-01-01", ["/events/feed.en.atom?material=gallium&amp;on=2024-01-01"]),
        (
            "/organizations/ministry/",
            ["/events/feed.en.atom?authority=ministry", "/changes/feed.en.atom?of=organization&amp;record=ministry"],
        ),
        ("/", ["/timeline/feed.en.ics", "/changes/feed.en.atom"]),
        ("/measures/?effect=neutral", ["/measures/feed.en.atom?effect=neutral"]),
    ):
        content = client.get(page).content.decode()
        for address in addresses:
            assert content.count(f'href="{address}"') == 2, (page, address)
            assert client.get(address.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(("list", "format"), QUERIES)
def test_as_many_queries_for_one_as_for_many(client, licensing, list, format):
    address, found = f"/{list}/feed.en.{format}", []
    for number in range(21):
        if number in (1, 20):
            derive()
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.append(len(queries))
        made = recorded.imposed(recorded.measure(f"measure-{number}", ["gallium"]), by=["CN"], on=["KR"])
        event = recorded.event(made, "effective", "2020")
        Citation.objects.create(subject=event, source=row(Source, state="published"), position=0)
    assert found == [QUERIES[list, format]] * 2
