"""Words on the timeline: lines of every kind are found by what they say and by what they belong to, wherever asked."""

import csv
import io
import json

import pytest

from measures import status, timeline
from measures.models import Announcement, TimelineEntry
from programs.models import Directive, Milestone, Phase, Program, Statement
from records import derived, known, publishing
from records.models import Name
from tests.measures import recorded

pytestmark = pytest.mark.django_db


def derive():
    status.StatusDerivation().rebuild()
    timeline.rebuild()
    derived.rebuild()


@pytest.fixture
def base(db):
    licensing = recorded.imposed(recorded.measure("licensing", ["photoresist"]), by=["JP"], on=["KR"])
    recorded.event(licensing, "announced", "2019-07-01")
    recorded.event(
        licensing, "licence", "2019-08-07", title="Turnstile opened", description="첫 개별허가가 나왔다 (the first)"
    )
    quota = recorded.imposed(recorded.measure("quota", ["gallium"]), by=["CN"], on=["US"])
    recorded.event(quota, "effective", "2019-08")
    program = Program.objects.create(
        slug="roadmap",
        title="The roadmap",
        country=recorded.country("KR"),
        lead=recorded.authority(),
        summary="Independence in materials",
        verification="verified",
        state="published",
    )
    Name.objects.create(subject=program, language="ko", text="소재부품장비 대책", kind="official")
    phase = Phase.objects.create(
        program=program, slug="one", number=1, title="First", objective="…", status="running", state="published"
    )
    Milestone.objects.create(
        phase=phase,
        slug="a-plant",
        title="A plant opens",
        wording="실증 설비를 완공한다",
        description="A pilot foundry stands",
        expected="2020-08",
        status="planned",
        state="published",
    )
    Milestone.objects.create(
        phase=phase, slug="a-plan", title="A plan", expected="2020-03", status="planned", state="published"
    )
    Directive.objects.create(
        program=program,
        slug="asked",
        title="Ministries are asked",
        asks="A stocktake of warehouses",
        issued_by=recorded.authority(),
        date="2019-09-01",
        state="published",
    )
    Statement.objects.create(
        program=program,
        slug="heard",
        speaker="The minister",
        said="We shall persevere",
        date="2019-10-01",
        state="published",
    )
    Announcement.objects.create(
        slug="notice",
        title="A gazette notice",
        country=recorded.country("JP"),
        authority=recorded.authority(),
        date="2019-07-02",
        state="published",
    )
    derive()
    return licensing


EVENT, MILESTONE = {"event:licensing-1"}, {"milestone:a-plant:expected"}
PROGRAM = MILESTONE | {"milestone:a-plan:expected", "directive:asked:issued", "statement:heard"}


def in_api(client, **query):
    response = client.get("/api/v1/timeline/", query)
    assert response.status_code == 200, response.content
    return {line["key"] for line in response.json()["results"]}


def on_page(client, **query):
    context = client.get("/timeline/", {"view": "list", "from": "2018", "to": "2021", **query}).context
    found = {line.entry.key for stretch in context["stretches"] for line in stretch.lines}
    assert context["line_count"] == len(found)
    return found


def in_feed(client, **query):
    return {item["url"] for item in json.loads(client.get("/timeline/feed.en.json", query).content)["items"]}


def in_file(client, **query):
    response = client.get("/timeline/", {"from": "2018", "to": "2021", "rows": "lines", "format": "csv", **query})
    return {row["id"] for row in csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))}


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("turnstile", EVENT),
        ("개별허가", EVENT),
        ("foundry", MILESTONE),
        ("실증 설비", MILESTONE),
        ("warehouses", {"directive:asked:issued"}),
        ("persevere", {"statement:heard"}),
        ("gazette", {"announcement:notice"}),
        # What a line belongs to is told by all of its names, and a word may stand here and another there.
        ("소재부품장비", PROGRAM),
        ("roadmap foundry", MILESTONE),
        ("roadmap -foundry", PROGRAM - MILESTONE),
        ("licensing turnstile", EVENT),
        ("roadmap turnstile", set()),
        ("kind:milestone roadmap", MILESTONE | {"milestone:a-plan:expected"}),
        ("kind:event roadmap", set()),
        ("kind:program foundry", MILESTONE),
        ("nowhere", set()),
    ],
)
def test_words_find_lines_of_every_kind_wherever_they_are_asked(client, base, words, lines):
    assert in_api(client, q=words) == on_page(client, q=words) == in_file(client, q=words) == lines
    paths = TimelineEntry.objects.filter(key__in=lines).values_list("path", flat=True)
    assert in_feed(client, q=words) == {f"http://testserver{path}" for path in paths}


def test_a_measure_is_drawn_whose_event_says_the_words(client, base):
    def drawn(**query):
        context = client.get("/timeline/", {"from": "2018", "to": "2021", **query}).context
        return context["measure_count"], [row.measure for lane, _url in context["lanes"] for row in lane.rows]

    assert drawn(q="turnstile") == (1, [base])
    # What is of no measure has a row of its own, in the lane of its country.
    assert drawn(q="foundry") == (0, [None])
    assert drawn(q="turnstile", issuer="CN") == (0, [])
    # Facets count under all other filters what the page would show.
    page = client.get("/timeline/", {"from": "2018", "to": "2021", "q": "turnstile"})
    issuers = next(facet for facet in page.context["facets"] if facet.name == "issuer")
    assert [(option.value, option.count) for option in issuers.all] == [("JP", 1)]


def test_a_filter_of_measures_leaves_out_what_is_of_none(client, base):
    assert in_api(client, q="turnstile", issuer="JP") == on_page(client, q="turnstile", issuer="JP") == EVENT
    assert in_api(client, q="foundry", issuer="JP") == on_page(client, q="foundry", issuer="JP") == set()
    assert in_api(client, q="turnstile", issuer="CN") == set()
    # A filter that an app above has joined to those of measures.
    assert in_api(client, program="unknown", q="turnstile") == EVENT


def test_it_finds_what_was_said_at_a_moment(client, base):
    before = known.newest().number
    with publishing.change(by=None, reason="Another word"):
        milestone = Milestone.objects.get(slug="a-plant")
        milestone.wording, milestone.description = "다른 낱말", "A pilot smelter stands"
        milestone.save()
        derive()
    for words, then in (("foundry", MILESTONE), ("실증 설비", MILESTONE), ("smelter", set()), ("낱말", set())):
        assert in_api(client, q=words, known=before) == on_page(client, q=words, known=before) == then
        assert in_api(client, q=words) == MILESTONE - then
        assert in_file(client, q=words, known=before) == then
