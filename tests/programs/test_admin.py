"""The desk's work on programs: who manages them, horizons, milestones on their phase's page, values with sources."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from programs.models import Indicator, Milestone, Observation, Phase, PhaseReport, Program
from records import roles
from records.models import Proposal
from tests.measures.test_admin import filled, new_row
from tests.records.anything import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = User.objects.create_user("manager", is_staff=True)
    user.groups.set([Group.objects.get(name="manager")])
    client.force_login(user)
    client.user = user
    return client


def address(record, name="change"):
    return reverse(f"admin:programs_{record._meta.model_name}_{name}", args=[record.pk])


def test_what_a_manager_changes_of_a_published_program_is_a_proposal(manager):
    program = row(Program, state="published", summary="old")
    assert manager.post(address(program), filled(manager, address(program), summary="new")).status_code == 302
    program.refresh_from_db()
    assert program.summary == "old"
    proposal = Proposal.objects.get()
    assert (proposal.subject, proposal.by, proposal.reason) == (program, manager.user, "to be exact")
    decided = manager.post(reverse("admin:records_proposal_change", args=[proposal.pk]), {"decision": "approve"})
    assert decided.status_code == 403


def test_a_manager_publishes_nothing(manager):
    program = row(Program, state="in_review")
    url = reverse("admin:programs_program_move", args=[program.pk, "publish"])
    answer = manager.post(url, {"read_version": 1, "change_reason": "because"})
    assert answer.status_code == 403
    program.refresh_from_db()
    assert program.state == "in_review"


def test_horizons_are_ticked(manager):
    phase = row(Phase)
    data = filled(manager, address(phase), horizons=["short", "long"])
    assert manager.post(address(phase), data).status_code == 302
    phase.refresh_from_db()
    assert phase.horizons == ["short", "long"]
    content = manager.get(address(phase, "history")).content.decode()
    assert "short term, long term" in content


def test_an_unknown_horizon_is_refused(manager):
    phase = row(Phase)
    assert manager.post(address(phase), filled(manager, address(phase), horizons=["soon"])).status_code == 200
    phase.refresh_from_db()
    assert phase.horizons == []


def test_a_milestone_is_added_on_its_phases_page(manager):
    phase = row(Phase, slug="first")
    data = new_row(manager, address(phase), "milestones", title="roadmap", expected="2020-08", status="planned")
    assert manager.post(address(phase), data).status_code == 302
    milestone = Milestone.objects.get()
    assert (milestone.phase, milestone.slug, milestone.state) == (phase, "first-milestone-1", "draft")
    assert milestone.expected_latest.isoformat() == "2020-08-31"


def test_values_stand_on_their_series_in_the_order_they_were_added(manager):
    indicator = row(Indicator)
    row(Observation, indicator=indicator, position=4)
    data = new_row(manager, address(indicator), "observations", date="2021", value="12.5")
    assert manager.post(address(indicator), data).status_code == 302
    assert list(indicator.observations.values_list("position", flat=True)) == [4, 5]


def test_a_value_is_edited_on_its_own_page_only_while_its_series_may_be(manager):
    value = row(Observation)
    assert manager.get(address(value)).status_code == 200
    assert roles.may_edit(manager.user, value.indicator)
    Indicator.objects.filter(pk=value.indicator_id).update(state="in_review")
    assert manager.post(address(value), {"read_version": 1}).status_code == 403


def test_a_report_is_its_requesters_only(manager):
    other = row(PhaseReport)
    own = row(PhaseReport, requested_by=manager.user)
    assert manager.get(address(own)).status_code == 200
    assert manager.get(address(other)).status_code == 302
