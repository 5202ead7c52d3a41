"""What programs add to the timeline."""

from datetime import date

import pytest

from measures import timeline
from measures.models import TimelineEntry
from measures.timeline import TimelineSource
from programs.models import Directive, Milestone, Phase, Program, Response, Statement, Survey
from tests.records.anything import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return row(Program, slug="roadmap", state="published")


@pytest.fixture
def phase(program):
    return row(
        Phase,
        slug="first",
        state="published",
        program=program,
        planned=None,
        actual=None,
        status="running",
        title="First",
    )


def told(record, *fields):
    timeline.refresh([record])
    fields = fields or ("role", "date", "planned", "settled_on")
    return list(TimelineEntry.objects.values_list(*fields))


def test_the_kinds_of_dated_records_are_these():
    assert {source.__name__ for source in TimelineSource.__subclasses__()} == {
        "EventSource",
        "LapseSource",
        "AnnouncementSource",
        "PhaseSource",
        "MilestoneSource",
        "DirectiveSource",
        "ResponseSource",
        "SurveySource",
        "StatementSource",
    }


def test_a_milestone_is_expected_and_reached(phase):
    milestone = row(
        Milestone, slug="half", state="published", phase=phase, expected="2020-08", actual="2020-10-14",
        status="achieved", said_on=None,
    )  # fmt: skip
    assert told(milestone) == [
        ("expected", "2020-08", True, date(2020, 10, 14)),
        ("achieved", "2020-10-14", False, None),
    ]
    entry = TimelineEntry.objects.first()
    assert (entry.kind, entry.program, entry.path) == ("milestone", "roadmap", "/programs/roadmap/#half")
    assert entry.country_id == phase.program.country_id
    assert TimelineEntry.objects.overdue_on(date(2020, 9, 1)).count() == 1
    assert TimelineEntry.objects.overdue_on(date(2020, 8, 31)).count() == 0
    assert TimelineEntry.objects.overdue_on(date(2020, 10, 14)).count() == 0


@pytest.mark.parametrize(("status", "overdue"), [("planned", 1), ("unknown", 1), ("missed", 0)])
def test_a_milestone_is_overdue_exactly_when_the_record_says_so(phase, status, overdue):
    milestone = row(
        Milestone, state="published", phase=phase, expected="2020-08", actual=None, said_on=None, status=status
    )
    timeline.refresh([milestone])
    day = date(2020, 9, 1)
    assert TimelineEntry.objects.overdue_on(day).count() == overdue == milestone.is_overdue(day)


def test_a_milestone_without_a_date_has_no_entry(phase):
    milestone = row(
        Milestone, state="published", phase=phase, expected=None, actual=None, said_on=None, status="planned"
    )
    assert told(milestone) == []


@pytest.mark.parametrize(
    ("planned", "actual", "status", "expected"),
    [
        (
            "2019-08/2020-12",
            "2019-09-02/..",
            "running",
            [
                ("starts", "2019-08", True, date(2019, 9, 2)),
                ("starts", "2019-09-02", False, None),
                ("ends", "2020-12", True, None),
            ],
        ),
        (
            "2019-08/2020",
            None,
            "ended",
            [("starts", "2019-08", True, None), ("ends", "2020", True, date(2020, 12, 31))],
        ),
        ("../2020", None, "planned", [("ends", "2020", True, None)]),
        ("2019-08/", None, "planned", [("starts", "2019-08", True, None)]),
        (None, "2019-08-05", "started", [("runs", "2019-08-05", False, None)]),
        (None, None, "unknown", []),
    ],
)
def test_a_phase_starts_and_ends(phase, planned, actual, status, expected):
    phase.planned, phase.actual, phase.status = planned, actual, status
    phase.save()
    assert told(phase) == expected


def test_the_bounds_of_a_start_are_its_own(phase):
    phase.planned = "2019-08/2020"
    phase.save()
    bounds = ("role", "earliest", "start_latest", "end_earliest", "latest")
    august, december = date(2019, 8, 31), date(2020, 12, 31)
    assert told(phase, *bounds) == [
        ("starts", date(2019, 8, 1), august, date(2019, 8, 1), august),
        ("ends", date(2020, 1, 1), december, date(2020, 1, 1), december),
    ]


def test_a_directive_is_due_until_somebody_answers(program):
    directive = row(Directive, state="published", program=program, date="2019-07-08", due="2019-07-20", council=None)
    assert told(directive) == [("issued", "2019-07-08", False, None), ("due", "2019-07-20", True, None)]
    answer = row(Response, state="draft", program=program, directive=directive, date="2019-07-22", title="Answer")
    assert told(answer)[1] == ("due", "2019-07-20", True, None)
    answer.state = "published"
    answer.save()
    assert told(answer) == [
        ("issued", "2019-07-08", False, None),
        ("due", "2019-07-20", True, date(2019, 7, 22)),
        ("answered", "2019-07-22", False, None),
    ]


def test_surveys_and_statements(program):
    row(Survey, state="published", program=program, period="2019-07/2019-08", title="Demand")
    said = row(Statement, state="published", program=program, date="2019-07-10", speaker="An official", said="x" * 400)
    timeline.refresh([program])
    survey, statement = TimelineEntry.objects.all()
    assert (survey.role, survey.earliest, survey.latest) == ("conducted", date(2019, 7, 1), date(2019, 8, 31))
    assert statement.title == f"{said.speaker}: {said.said}"[:300]


@pytest.mark.parametrize("hidden", ["milestone", "phase", "program"])
def test_visitors_do_not_see_what_belongs_to_a_draft(phase, hidden):
    milestone = row(
        Milestone, state="published", phase=phase, expected="2020", actual=None, said_on=None, status="planned"
    )
    timeline.refresh([milestone])
    assert TimelineEntry.objects.visible().count() == 1
    record = {"milestone": milestone, "phase": phase, "program": phase.program}[hidden]
    record.state = "draft"
    record.save()
    timeline.refresh([record])
    assert not TimelineEntry.objects.visible().exists()


def test_a_deleted_program_takes_its_entries_with_it(phase):
    row(Milestone, state="published", phase=phase, expected="2020", actual=None, said_on=None, status="planned")
    timeline.refresh([phase])
    label = f"programs.program:{phase.program.pk}"
    phase.program.delete()
    timeline.refresh([label])
    assert not TimelineEntry.objects.exists()


def test_a_rebuild_agrees_with_what_was_refreshed(phase):
    row(Milestone, state="published", phase=phase, expected="2020", actual="2021", said_on=None, status="achieved")
    timeline.refresh([phase])
    assert timeline.rebuild() == 0
