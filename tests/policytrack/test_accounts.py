import pytest
from django.contrib.auth.models import User

from policytrack.accounts import make_demo_accounts
from policytrack.state import StateDir

pytestmark = pytest.mark.django_db


def test_each_role_gets_an_account_with_just_its_group(state):
    made = make_demo_accounts(state)
    users = {user.username: user for user in User.objects.prefetch_related("groups")}
    assert {name: [group.name for group in user.groups.all()] for name, user in users.items()} == {
        f"demo-{role}": [role] for role in ("analyst", "editor", "reviewer", "manager", "admin")
    }
    assert {name for name, user in users.items() if user.is_superuser} == {"demo-admin"}
    assert {name for name, user in users.items() if not user.is_staff} == {"demo-analyst"}
    assert all(users[account["username"]].check_password(account["password"]) for account in made)
    assert state.read("accounts.json") == made


def test_a_second_start_shows_no_password_and_changes_none(state):
    made = make_demo_accounts(state)
    assert make_demo_accounts(state) == []
    assert state.read("accounts.json") == made
    assert User.objects.get(username="demo-editor").check_password(made[1]["password"])


def test_an_account_that_was_deleted_comes_back_and_the_others_keep_their_passwords(state):
    made = make_demo_accounts(state)
    User.objects.get(username="demo-editor").delete()
    (again,) = make_demo_accounts(state)
    assert again["username"] == "demo-editor"
    kept = state.read("accounts.json")
    assert [account["role"] for account in kept] == [account["role"] for account in made]
    assert kept[0] == made[0]


def test_passwords_that_were_lost_with_the_state_directory_are_set_anew(state, directory):
    make_demo_accounts(state)
    made = make_demo_accounts(StateDir(directory / "other"))
    assert User.objects.get(username="demo-admin").check_password(made[-1]["password"])


def test_a_persons_account_is_never_touched(state):
    person = User.objects.create_user("editor", password="a person's own")
    make_demo_accounts(state)
    person.refresh_from_db()
    assert person.check_password("a person's own")
    assert not person.is_staff
