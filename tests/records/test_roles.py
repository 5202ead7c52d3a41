"""Who may do what: the roles of the domain as a matrix of acts and kinds of record."""

import pytest
from django.contrib.auth.models import Group, User

from measures.models import Measure, MeasureEvent
from programs.models import Institute, Phase, PhaseReport, Program
from records import roles
from records.models import ChangeSet, DeskRules, Name, OutboxEntry, Record, Source

pytestmark = pytest.mark.django_db

ACTS = ("view", "add", "change", "delete", "propose", "publish", "withdraw")
EDIT = {"view", "add", "change", "delete", "propose"}
REVIEW = {"view", "propose", "publish", "withdraw"}
MANAGE = EDIT
LOOK = {"view"}
ALL = set(ACTS)

MATRIX = {
    "analyst": {Measure: set(), MeasureEvent: set(), Source: set(), Program: set(), Phase: set(), Institute: set()},
    "editor": {Measure: EDIT, MeasureEvent: EDIT, Source: EDIT, Program: EDIT, Phase: EDIT, Institute: EDIT},
    "reviewer": {
        Measure: REVIEW,
        MeasureEvent: REVIEW,
        Source: REVIEW,
        Program: REVIEW,
        Phase: REVIEW,
        Institute: REVIEW,
    },
    "manager": {Measure: LOOK, MeasureEvent: LOOK, Source: LOOK, Program: MANAGE, Phase: MANAGE, Institute: MANAGE},
    "admin": {Measure: ALL, MeasureEvent: ALL, Source: ALL, Program: ALL, Phase: ALL, Institute: ALL},
}
CASES = [(role, model) for role in MATRIX for model in MATRIX[role]]


def somebody(*names):
    user = User.objects.create_user("-".join(names) or "visitor")
    user.groups.set(Group.objects.filter(name__in=names))
    return user


@pytest.mark.parametrize(("role", "model"), CASES, ids=lambda case: getattr(case, "__name__", case))
def test_role_has_exactly_these_permissions(role, model):
    user = somebody(role)
    assert {act for act in ACTS if user.has_perm(roles.permission(act, model))} == MATRIX[role][model]


def test_no_kind_of_record_is_forgotten():
    for role in ("editor", "reviewer"):
        user = somebody(role)
        expected = MATRIX[role][Measure]
        for model in roles.record_models():
            assert {act for act in ACTS if user.has_perm(roles.permission(act, model))} == expected, model


@pytest.mark.parametrize("role", ["analyst", "editor", "reviewer", "manager"])
def test_only_admins_touch_accounts_change_sets_and_jobs(role):
    user = somebody(role)
    for name in ("auth.view_user", "auth.change_user", "auth.change_group", roles.permission("view", OutboxEntry)):
        assert not user.has_perm(name)
    for model in (ChangeSet, Name):
        assert not any(user.has_perm(roles.permission(act, model)) for act in ("add", "change", "delete"))


def test_reports_are_built_by_managers():
    assert somebody("manager").has_perm(roles.permission("add", PhaseReport))
    for role in ("analyst", "editor", "reviewer"):
        assert not somebody(role).has_perm(roles.permission("add", PhaseReport))


def test_a_visitor_has_nothing():
    assert somebody().get_all_permissions() == set()


def test_a_second_run_changes_nothing_and_mends_what_somebody_changed():
    before = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}
    Group.objects.get(name="editor").permissions.set(Group.objects.get(name="admin").permissions.all())
    roles.ensure_groups()
    after = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}
    assert after == before
    assert set(after) == set(roles.ROLES)


# Who may do what to a measure in which state: edit it directly, propose a change of it, or neither.
BY_STATE = {
    "analyst": {"draft": "", "in_review": "", "published": "", "withdrawn": ""},
    "editor": {"draft": "edit", "in_review": "", "published": "propose", "withdrawn": "propose"},
    "reviewer": {"draft": "", "in_review": "", "published": "propose", "withdrawn": "propose"},
    "manager": {"draft": "", "in_review": "", "published": "", "withdrawn": ""},
    "admin": {"draft": "edit", "in_review": "", "published": "propose", "withdrawn": "propose"},
}


@pytest.mark.parametrize(("role", "state"), [(role, state) for role in BY_STATE for state in Record.State.values])
def test_who_may_edit_a_measure_and_who_may_propose_in_which_state(role, state):
    user, measure = somebody(role), Measure(state=state)
    assert roles.may_edit(user, measure) is (BY_STATE[role][state] == "edit")
    assert roles.may_propose(user, measure) is (BY_STATE[role][state] == "propose")


def test_a_manager_edits_drafts_of_programs_and_proposes_what_follows():
    manager = somebody("manager")
    assert roles.may_edit(manager, Program(state="draft"))
    assert roles.may_propose(manager, Program(state="published"))
    assert not roles.may_edit(manager, Program(state="published"))
    assert not roles.may_edit(manager, Program(state="in_review"))
    assert not roles.may_propose(manager, Program(state="in_review"))


def test_the_rule_of_the_second_person_is_what_the_settings_said_at_the_last_migration(settings):
    assert roles.second_person()
    settings.SECOND_PERSON = False
    assert roles.second_person()
    roles.ensure_rules()
    assert not roles.second_person()
    settings.SECOND_PERSON = True
    roles.ensure_rules()
    assert roles.second_person()


def test_without_rules_a_second_person_approves():
    DeskRules.objects.all().delete()
    assert roles.second_person()
