"""Tables of programs, milestones, projects and observations: exported, changed, brought back."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.models import Organization
from programs.models import (
    Indicator,
    Milestone,
    Observation,
    Phase,
    Program,
    ProgramPartner,
    Project,
)
from records.imports.kinds import kinds
from tests.measures import recorded
from tests.records.brought import apply, check, counts, exported, faults, rows_of, somebody, table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def program():
    made = Program.objects.create(
        slug="plan",
        title="Plan",
        country=recorded.country("KR"),
        lead=recorded.authority(),
        summary="…",
        verification="partly",
        state="published",
    )
    for number in (1, 2):
        Phase.objects.create(
            slug=f"plan-phase-{number}",
            program=made,
            number=number,
            title=f"Phase {number}",
            objective="…",
            status="running",
            state="published",
        )
    return made


@pytest.fixture
def indicator(program):
    made = Indicator.objects.create(
        slug="share", program=program, title="Share", unit="percent", definition="…", state="published"
    )
    for position, (date, value) in enumerate([("2018", "43.9"), ("2019", "32.2"), ("2019", "30")]):
        Observation.objects.create(indicator=made, position=position, date=date, value=Decimal(value))
    return made


def milestone(**cells):
    return {"id": "first", "phase": "plan-phase-1", "title": "First", "status": "planned", **cells}


def test_a_program_with_all_that_hangs_on_it(program):
    Organization.objects.create(
        slug="keit", name="KEIT", country=recorded.country("KR"), kind="agency", state="published"
    )
    recorded.measure("licensing")
    row = rows_of(exported("programs"))[0] | {
        "partners": "keit: evaluates; keit: funds",
        "responds_to": "licensing",
        "budget_amount": "7800000000000",
        "budget_currency": "KRW",
        "budget_approximate": "yes",
        "budget_per": "program",
    }
    apply(check("programs", table([row])))
    program.refresh_from_db()
    assert program.budget_amount == Decimal("7800000000000")
    assert program.budget_approximate
    assert list(ProgramPartner.objects.values_list("organization__slug", "role", "position")) == [
        ("keit", "evaluates", 0),
        ("keit", "funds", 1),
    ]
    assert counts(check("programs", exported("programs"))) == (0, 0, 1)
    order = check("programs", table([row | {"partners": "keit", "budget_currency": ""}]))
    assert [(row, column) for row, column, _reason in faults(order)] == [(2, "partners"), (2, "budget_currency")]


def test_milestones_keep_the_rules_of_the_data_set(program):
    rows = [
        milestone(expected="2020", wording="next year", said_on="2019-07-10"),
        milestone(id="second", title="Second", status="achieved"),
        milestone(id="third", title="Third", phase="plan-phase-3"),
        milestone(id="fourth", title="first", expected="2020"),
    ]
    order = check("milestones", table(rows))
    assert [(row, column) for row, column, _reason in faults(order)] == [(3, "actual"), (4, "phase"), (5, "expected")]
    apply(check("milestones", table([*rows[:1], rows[1] | {"actual": "2020-02"}])))
    assert list(Milestone.objects.values_list("slug", "position", "phase__number", "state")) == [
        ("first", 0, 1, "published"),
        ("second", 1, 1, "published"),
    ]


def test_projects_name_their_performers_by_id_or_in_words(program):
    rows = [
        {"id": "lab", "program": "plan", "title": "Lab", "performers": "ministry; A company", "status": "running"},
        {"id": "more", "program": "plan", "title": "More", "count": "3", "unnamed": "true", "status": "selected"},
        {"id": "lost", "program": "plan", "title": "Lost", "performers": "no-such-body", "status": "running"},
        {"id": "odd", "program": "plan", "title": "Odd", "unnamed": "true", "years_min": "3", "status": "running"},
    ]
    order = check("projects", table(rows))
    assert [(row, column) for row, column, _reason in faults(order)] == [
        (4, "performers"),
        (5, "years_min"),
        (5, "count"),
    ]
    apply(check("projects", table(rows[:2])))
    lab = Project.objects.get(slug="lab")
    assert [(link.organization and link.organization.slug, link.name) for link in lab.performers.all()] == [
        ("ministry", None),
        (None, "A company"),
    ]
    assert counts(check("projects", exported("projects"))) == (0, 0, 2)


def test_the_phase_of_a_project_is_one_of_its_program(program):
    other = Program.objects.get()
    other.pk, other.slug = None, "other"
    other._state.adding = True
    other.save()
    rows = [{"id": "lab", "program": "other", "title": "Lab", "phase": "plan-phase-1", "status": "running"}]
    assert faults(check("projects", table(rows))) == [(2, "phase", "“plan-phase-1” is no phase of the program.")]


class TestObservations:
    def test_they_are_found_by_their_date_or_their_place(self, indicator):
        rows = [
            {"indicator": "share", "date": "2018", "value": "44"},
            {"indicator": "share", "position": "2", "date": "2019-12", "value": "30"},
            {"indicator": "share", "date": "2020", "value": "27.5", "note": "provisional"},
        ]
        order = check("observations", table(rows))
        assert counts(order) == (1, 2, 0)
        apply(order)
        assert list(indicator.observations.values_list("position", "date", "value", "note")) == [
            (0, "2018", Decimal(44), None),
            (1, "2019", Decimal("32.2"), None),
            (2, "2019-12", Decimal(30), None),
            (3, "2020", Decimal("27.5"), "provisional"),
        ]
        made = indicator.observations.get(position=3)
        assert (made.earliest.isoformat(), made.latest.isoformat()) == ("2020-01-01", "2020-12-31")

    def test_whoever_edits_the_series_learns_of_it(self, indicator):
        apply(check("observations", table([{"indicator": "share", "date": "2018", "value": "44"}])))
        assert Indicator.objects.get().version == indicator.version + 1

    def test_a_date_with_several_values_needs_the_place(self, indicator):
        order = check("observations", table([{"indicator": "share", "date": "2019", "value": "31"}]))
        assert [(row, column) for row, column, _reason in faults(order)] == [(2, "date")]

    def test_faults_of_values(self, indicator):
        rows = [
            {"indicator": "share", "date": "2021", "value": "1,234"},
            {"indicator": "share", "date": "2022", "value": ""},
            {"indicator": "share", "date": "2023", "value": "1.2345678"},
            {"indicator": "shares", "date": "2023", "value": "1"},
            {"indicator": "share", "date": "2024", "value": "1", "position": "7"},
            {"indicator": "share", "date": "2025", "value": "1e15"},
            {"indicator": "share", "date": "2026", "value": "1"},
            {"indicator": "share", "date": "2026", "value": "2"},
        ]
        order = check("observations", table(rows))
        assert sorted((row, column) for row, column, _reason in faults(order)) == [
            (2, "value"),
            (3, "value"),
            (4, "value"),
            (5, "indicator"),
            (6, "position"),
            (7, "value"),
            (9, "indicator"),
        ]

    def test_more_than_a_series_can_hold_is_refused(self, indicator):
        Observation.objects.filter(position=2).update(position=32766)
        rows = [{"indicator": "share", "date": str(year), "value": "1"} for year in (2030, 2031)]
        order = check("observations", table(rows))
        assert [row for row, _column, _reason in faults(order)] == [None]
        assert "32767" in faults(order)[0][2]

    def test_a_series_that_was_edited_meanwhile_is_not_overwritten(self, indicator):
        order = check("observations", table([{"indicator": "share", "date": "2018", "value": "44"}]))
        Indicator.objects.get().save()
        apply(order)
        assert order.state == "faulty"
        assert indicator.observations.get(position=0).value == Decimal("43.9")


def test_a_manager_brings_programs_and_no_measures(program):
    manager = somebody("manager")
    allowed = {name for name, kind in kinds().items() if kind.may_bring(manager)}
    assert allowed == {"programs", "milestones", "projects", "observations"}
    assert not any(kind.may_decide(manager) for kind in kinds().values())


@pytest.mark.parametrize("kind", ["programs", "milestones", "projects", "observations"])
def test_an_export_takes_as_many_queries_for_one_row_as_for_fifty(kind, indicator):
    program, phase = indicator.program, Phase.objects.first()

    def add(number):
        Program.objects.create(
            slug=f"plan-{number}",
            title="x",
            country=program.country,
            lead=program.lead,
            summary="…",
            verification="partly",
            state="published",
        )
        Milestone.objects.create(slug=f"aim-{number}", phase=phase, title="x", status="planned", state="published")
        Project.objects.create(slug=f"work-{number}", program=program, title="x", status="running", state="published")
        Observation.objects.create(indicator=indicator, position=10 + number, date="2020", value=1)

    def queries():
        with CaptureQueriesContext(connection) as found:
            exported(kind)
        return len(found)

    add(0)
    first = queries()
    for number in range(1, 51):
        add(number)
    assert queries() == first


def test_what_belongs_to_something_hidden_is_not_exported(indicator):
    Milestone.objects.create(slug="aim", phase=Phase.objects.first(), title="x", status="planned", state="published")
    Phase.objects.update(state="draft")
    assert rows_of(exported("milestones")) == []
    assert rows_of(exported("observations"))
    Program.objects.update(state="draft")
    assert rows_of(exported("observations")) == []
