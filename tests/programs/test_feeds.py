"""Feeds of programs: what happens in them is news, and their calendar has their dates, and what has none as well."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures import timeline
from measures.feeds import Undated
from measures.models import Measure, Organization
from programs.models import Milestone, Phase, Program, ProgramMeasure
from records.models import ChangeSet
from tests.consequences import carry_out
from tests.records.anything import row
from tests.records.test_changes import changed, made
from tests.records.test_feeds import lines, said, titles

pytestmark = pytest.mark.django_db

QUERIES = {"atom": 8, "ics": 18}


@pytest.fixture
def roadmap(db):
    program = made(
        Program, slug="roadmap", title="The roadmap", lead=row(Organization, state="published", name="Lead body")
    )
    made(Program, slug="other", title="The other one")
    phase = made(
        Phase, program=program, slug="first", number=1, title="First phase", planned="2019-07/2024", actual=None
    )
    milestone = {"phase": phase, "said_on": None, "actual": None, "expected": None, "status": "planned"}
    made(Milestone, **{**milestone, "slug": "plan", "title": "A plan", "expected": "2020-08"})
    made(Milestone, **{**milestone, "slug": "soon", "title": "A law", "wording": "soon"})
    timeline.rebuild()
    carry_out()
    return program


def summaries(client, list="programs", **query):
    return [line.removeprefix("SUMMARY:") for line in lines(client, list, **query) if line.startswith("SUMMARY:")]


def test_what_has_a_place_in_the_timeline_and_no_date_is_this():
    assert {kind.__name__ for kind in Undated.__subclasses__()} == {"UndatedMilestone"}


def test_the_calendar_of_programs_has_their_dates_and_what_has_none(client, roadmap):
    assert summaries(client, q="roadmap") == [
        "Ends: First phase (2024)",
        "Expected: A plan (August 2020)",
        "Starts: First phase (July 2019)",
        "A law · The roadmap",
    ]
    content = lines(client, "programs")
    assert content.count("BEGIN:VJOURNAL") == 2  # the law, and the program of which no date is known
    assert "The other one" in summaries(client)
    assert any("soon" in line for line in content if line.startswith("DESCRIPTION:"))


def test_the_timeline_includes_what_has_no_date(client, roadmap):
    assert "A law · The roadmap" in summaries(client, "timeline")
    item = next(item for item in said(client, "timeline")["items"] if item["title"] == "A law · The roadmap")
    assert item["_policytrack"]["key"] == "milestone:soon:expected"
    assert (item["_policytrack"]["date"], item["_policytrack"]["earliest"]) == (None, None)
    assert "not stated" in item["content_html"]
    # Which is in no year.
    assert "A law · The roadmap" not in titles(client, "timeline", **{"from": "2019"})


def test_a_milestone_keeps_its_id_when_its_date_becomes_known(client, roadmap):
    before = {item["title"]: item["id"] for item in said(client, "timeline")["items"]}
    changed(Milestone.objects.get(slug="soon"), reason="A day was named", expected="2026-12")
    timeline.rebuild()
    item = said(client, "timeline")["items"][0]
    assert (item["title"], item["id"]) == ("A law", before["A law · The roadmap"])


def test_what_is_overdue_says_so_on_the_day_that_is_asked_about(client, roadmap):
    def plan(**query):
        items = said(client, "timeline", **query)["items"]
        return next(item for item in items if item["title"] == "A plan")["_policytrack"]["expectation"]

    assert plan(on="2020-08-15") == "planned"
    assert plan(on="2020-09-01") == "overdue"


def test_what_happens_in_a_program_is_news_of_it(client, roadmap):
    made(Program, slug="newest", title="The newest one")
    assert titles(client, "programs") == ["The newest one", "The roadmap", "The other one"]
    changed(Milestone.objects.get(slug="plan"), reason="A word", kind=ChangeSet.Kind.CORRECTION, title="The plan")
    assert titles(client, "programs")[0] == "The newest one"
    changed(Milestone.objects.get(slug="plan"), reason="It is there", actual="2020-10", status="achieved")
    assert titles(client, "programs")[0] == "The roadmap"


def test_programs_tell_nothing_of_what_is_hidden(client, roadmap):
    lead = Organization.objects.get(name="Lead body")
    for state in ("published", "draft"):
        ProgramMeasure.objects.create(program=roadmap, measure=row(Measure, state=state, title=f"A {state} measure"))
    before = json.dumps(said(client, "programs"))
    assert "A published measure" in before
    assert "A draft measure" not in before
    assert "Lead body" in before
    Organization.objects.filter(pk=lead.pk).update(state="draft")
    assert "Lead body" not in json.dumps(said(client, "programs"))


def test_a_hidden_phase_keeps_its_milestones_back(client, roadmap):
    Phase.objects.update(state="draft")
    timeline.rebuild()
    for list in ("programs", "timeline"):
        assert "A law" not in json.dumps(said(client, list))
        assert not [line for line in summaries(client, list) if "A law" in line or "A plan" in line]


def test_pages_of_programs_lead_to_their_feeds(client, roadmap):
    for page, address in (
        ("/programs/?q=roadmap", "/programs/feed.en.ics?q=roadmap"),
        ("/programs/roadmap/", "/changes/feed.en.atom?of=program&amp;record=roadmap"),
    ):
        assert client.get(page).content.decode().count(f'href="{address}"') == 2


@pytest.mark.parametrize("format", QUERIES)
def test_as_many_queries_for_one_as_for_many(client, roadmap, format):
    found = []
    for number in range(11):
        if number in (1, 10):
            timeline.rebuild()
            client.get(f"/programs/feed.en.{format}")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/programs/feed.en.{format}")
            found.append(len(queries))
        program = made(Program, slug=f"program-{number}")
        phase = made(Phase, program=program, slug=f"phase-{number}", number=1, planned="2020/2021", actual=None)
        made(Milestone, phase=phase, slug=f"milestone-{number}", expected=None, actual=None, said_on=None)
    assert found == [QUERIES[format]] * 2
