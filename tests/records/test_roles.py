"""Who may do what: the roles of the domain as a matrix of acts and kinds of record."""

import pytest
from django.contrib.auth.models import Group, User

from measures.models import Measure, MeasureEvent
from programs.models import Institute, Phase, PhaseReport, Program
from records import roles
from records.models import ChangeSet, Name, OutboxEntry, Record, Source

pytestmark = pytest.mark.django_db

ACTS = ("view", "add", "change", "delete", "correct", "publish", "withdraw")
EDIT = {"view", "add", "change", "delete"}
REVIEW = {"view", "correct", "publish", "withdraw"}
MANAGE = {*EDIT, "correct"}
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


@pytest.mark.parametrize(
    ("role", "state", "may"),
    [
        ("editor", "draft", True),
        ("editor", "in_review", False),
        ("editor", "published", False),
        ("editor", "withdrawn", False),
        ("reviewer", "draft", False),
        ("reviewer", "in_review", False),
        ("reviewer", "published", True),
        ("reviewer", "withdrawn", True),
        ("manager", "draft", False),
        ("manager", "published", False),
        ("admin", "draft", True),
        ("admin", "in_review", False),
        ("admin", "published", True),
        ("analyst", "draft", False),
    ],
)
def test_who_may_edit_a_measure_in_which_state(role, state, may):
    assert roles.may_edit(somebody(role), Measure(state=state)) is may


def test_a_manager_edits_programs_in_draft_and_as_published():
    manager = somebody("manager")
    assert roles.may_edit(manager, Program(state=Record.State.DRAFT))
    assert roles.may_edit(manager, Program(state=Record.State.PUBLISHED))
    assert not roles.may_edit(manager, Program(state=Record.State.IN_REVIEW))
