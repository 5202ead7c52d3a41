"""What the facts of programs and phases say beside each other, on the shipped data."""

import datetime

import pytest

from programs.models import Phase, Program
from records import beside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

ROADMAP, THREE_N = "kr-2019-msit-localization-rd-plan", "kr-2019-national-research-infrastructure-3n"


def facts(record, day):
    return beside.facts(type(record), [record], datetime.date.fromisoformat(day))[record.pk]


def test_a_milestone_is_overdue_once_its_month_has_passed():
    phase = Phase.objects.get(slug=f"{ROADMAP}-phase-2")
    states = [
        [entry.milestone for entry in facts(phase, day)[("milestones",)].entries if entry.note == "“August next year”"]
        for day in ("2020-01-01", "2021-01-01")
    ]
    assert states == [["unknown"], ["overdue"]]


def test_a_program_tells_what_it_answers_and_how_many_projects_a_row_stands_for():
    found = facts(Program.objects.get(slug=THREE_N), "2026-01-01")
    assert found[("measures",)].entries
    assert sum(entry.note.startswith(tuple("23456789")) for entry in found[("projects",)].entries)
    assert [entry.text for entry in found[("lead",)].entries]


def test_every_program_and_phase_can_be_told_on_any_day():
    for kind in (beside.kinds()["program"], beside.kinds()["phase"]):
        records = list(kind.visible())
        assert records
        for day in ("1990-01-01", "2019-08-01", "2026-11-30"):
            told = beside.facts(kind.model, records, datetime.date.fromisoformat(day))
            assert all(("milestones",) in found and ("citations",) in found for found in told.values())
        for record in records:
            assert all(date and title for _day, date, title in kind.days(record))
