"""What a phase report says: counts, states on the chosen day, and nothing that is not published."""

import dataclasses
import datetime
import json

import pytest
from django.utils import timezone

from programs.models import Directive, Program, Project, Response
from programs.reports.build import build
from programs.reports.pages import pages
from records.models import Name
from tests.programs import reported

pytestmark = pytest.mark.django_db

QUERIES = 31


def rows(report, section, *columns):
    return [tuple(row[column] for column in columns) for row in report.section(section).rows]


def everything(report):
    return json.dumps(dataclasses.asdict(report), default=str, ensure_ascii=False)


@pytest.fixture
def program():
    return reported.full_program()


@pytest.fixture
def report(program):
    return build(reported.manifest(program))


def test_every_section_tells_its_rows(report):
    assert {section.name: len(section.rows) for section in report.sections} == {
        "phases": 2,
        "measures": 0,
        "care": 3,
        "milestones": 2,
        "directives": 1,
        "responses": 3,
        "surveys": 1,
        "integrations": 1,
        "projects": 2,
        "budgets": 2,
        "norms": 1,
        "indicators": 1,
        "values": 3,
        "disputes": 2,
        "statements": 1,
        "effects": 1,
        "names": 8,
        "sources": 16,
    }


def test_a_request_counts_whom_it_asked_and_who_answered(report):
    assert rows(report, "directives", "asked", "named", "council", "answers", "unnamed") == [(10, None, "NST", 3, 2)]
    assert report.facts["Requests"] == "10 asked, 3 answers, 2 of them unnamed"


def test_several_requests_are_not_added_up(program):
    first = Directive.objects.get()
    reported.made(
        Directive, program=program, issued_by=first.issued_by, title="Again", date="2019-08", count=10, asks="…"
    )
    assert build(reported.manifest(program)).facts["Requests"] == "2 requests, 3 answers, 2 of them unnamed"


def test_a_project_row_stands_for_its_count(report):
    assert rows(report, "projects", "title", "stands_for") == [
        ("High-purity gas line", 1),
        ("Further laboratories", 17),
    ]
    assert report.facts["Projects"] == "18"


def test_amounts_keep_currency_and_count_and_are_nowhere_added_up(report):
    assert rows(report, "budgets", "of", "amount", "currency", "approximate", "per") == [
        ("The program", 7_800_000_000_000, "KRW", True, "for the whole program"),
        ("High-purity gas line", 28_000_000, "USD", False, None),
    ]
    assert str(7_800_000_000_000 + 28_000_000) not in everything(report)


def test_a_survey_tells_what_it_feeds_and_an_integration_what_it_merges(report):
    assert rows(report, "surveys", "feeds") == [("A project plan uses the survey",)]
    assert rows(report, "integrations", "inputs") == [("Demand survey; Request for countermeasures",)]


def test_a_milestone_keeps_its_wording_and_how_it_is_read(report):
    assert rows(report, "milestones", "wording", "said_on", "expected", "actual") == [
        ("soon", "2019-07-22", None, "2019-08-05"),
        ("August next year", "2019-07-22", "2020-08", None),
    ]


@pytest.mark.parametrize(
    ("on", "states"),
    [
        ("2019-07-21", []),
        ("2019-07-22", ["planned", "planned"]),
        ("2019-08-05", ["achieved", "planned"]),
        ("2020-08-31", ["achieved", "planned"]),
        ("2020-09-01", ["achieved", "overdue"]),
    ],
)
def test_the_state_of_a_milestone_is_that_of_the_day(program, on, states):
    report = build(reported.manifest(program, on))
    assert [row.state for row in report.section("milestones").rows] == states
    assert ("Overdue" in dict(rows(report, "care", "kind", "text"))) == ("overdue" in states)


def test_what_came_after_the_day_is_left_out_and_counted(program):
    report = build(reported.manifest(program, "2019-07-20"))
    assert rows(report, "responses", "by") == [("a research institution",), ("research institutes",)]
    assert rows(report, "statements", "said") == []
    assert rows(report, "values", "kind", "date") == [("measured", "2019"), ("target", "2025")]
    assert "rows dated after the chosen day are left out." in dict(rows(report, "care", "kind", "text"))["Later"]


def test_sources_are_numbered_as_they_are_first_cited(report):
    numbers = [row["number"] for row in report.section("sources").rows]
    assert numbers == list(range(1, len(numbers) + 1))
    cited = [number for section in report.sections for row in section.rows for number in row.sources]
    assert set(cited) == set(numbers)
    assert [row.sources for row in report.section("milestones").rows] == [(1,), (1,)]


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "in_review"},
        {"state": "withdrawn", "withdrawal_notice": "It was wrong."},
        {"embargo_until": timezone.now() + datetime.timedelta(days=1)},
    ],
    ids=["draft", "in review", "withdrawn", "embargoed"],
)
def test_only_what_is_published_is_counted(program, hidden):
    before = build(reported.manifest(program))
    phase = program.phases.first()
    reported.milestone(phase, "hidden milestone", expected="2020", **hidden)
    reported.made(Project, program=program, title="hidden project", status="running", **hidden)
    reported.made(Response, program=program, actor="hidden", action="other", title="hidden", date="2019", **hidden)
    reported.phase(program, 3, title="hidden phase", **hidden)
    reported.indicator(program, [("2019", 1)], title="hidden series", **hidden)
    after = build(reported.manifest(program))
    assert after == before
    assert after.data_hash == before.data_hash


def test_the_name_in_a_language_is_the_official_one_or_else_an_alias(program):
    gas = program.materials.get()
    Name.objects.filter(subject_id=gas.pk, language="ja").update(kind="alias")
    Name.objects.create(subject=gas, language="ko", kind="alias", text="불산")
    Name.objects.create(subject=gas, language="ja", kind="former", text="弗化水素")
    names = rows(build(reported.manifest(program)), "names", "short", "native")
    assert [native for short, native in names if short == gas.name] == ["フッ化水素", "불화수소", "氟化氢"]


def test_bodies_and_sources_that_are_not_published_are_not_told(program):
    secret = reported.body("Secret Institute", "SECRET", "company", state="draft")
    reported.cite(
        reported.made(Response, program=program, organization=secret, action="other", title="An answer", date="2019"),
        reported.source("Secret Source", state="draft"),
    )
    report = build(reported.manifest(program))
    assert ("not published", "An answer") in rows(report, "responses", "by", "title")
    assert "secret" not in everything(report).lower()
    assert "1" in dict(rows(report, "care", "kind", "text"))["Uncited"]


@pytest.mark.parametrize(
    ("language", "titles"), [("en", ["en", "ja", "ko"]), ("ko", ["ko", "en", "ja"]), ("ja", ["ja", "en", "ko"])]
)
def test_a_report_is_titled_in_its_language(program, language, titles):
    report = build(reported.manifest(program, language=language))
    assert [language for _text, language in report.titles] == titles
    page = pages(report)
    assert (page["title"], [name["lang"] for name in page["natives"]]) == (report.titles[0][0], titles[1:])
    assert page["running-title"] == page["title"]


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_there_is_no_report_on_a_program_that_is_not_published(program, state):
    Program.objects.update(state=state)
    with pytest.raises(Program.DoesNotExist):
        build(reported.manifest(program))


def test_a_program_without_phases_and_dates_has_a_report_that_says_so():
    report = build(reported.manifest(reported.program()))
    assert dict(rows(report, "care", "kind", "text"))["Phases"] == "No phase of this program is recorded."
    assert report.facts["Milestones"] == "none recorded"


def test_the_hash_tells_whether_anything_changed(program, report):
    assert build(reported.manifest(program)).data_hash == report.data_hash
    observation = program.indicators.get().observations.first()
    observation.value = 31
    observation.save()
    assert build(reported.manifest(program)).data_hash != report.data_hash


def test_many_rows_take_as_many_queries_as_one(program, django_assert_num_queries):
    build(reported.manifest(program))  # kinds of content are asked for once in a process
    with django_assert_num_queries(QUERIES):
        build(reported.manifest(program))
    phase = program.phases.first()
    for number in range(20):
        body = reported.body(f"Body {number}", f"B{number}", "company", native=f"기관 {number}")
        reported.cite(reported.milestone(phase, expected="2020"))
        reported.cite(
            reported.made(Response, program=program, organization=body, action="other", title="…", date="2019")
        )
        reported.indicator(program, [("2019", number)])
    with django_assert_num_queries(QUERIES):
        build(reported.manifest(program))
