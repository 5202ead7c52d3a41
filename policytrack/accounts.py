"""The demo accounts of a trial installation, one for each role."""

import secrets
from collections.abc import Iterable

from django.contrib.auth.models import Group, User
from django.db import transaction

from policytrack.state import StateDir
from records.roles import ROLES, ensure_groups


@transaction.atomic
def make_demo_accounts(state: StateDir) -> Iterable[dict[str, str]]:
    """Make each demo account that is missing; the new ones, with the passwords that are shown this once.

    The names begin with "demo-" so that a person's account of another database is never touched.
    """
    ensure_groups()
    kept = {account["username"]: account for account in state.read("accounts.json", [])}
    existing = set(User.objects.filter(username__startswith="demo-").values_list("username", flat=True))
    made = []
    for role in ROLES:
        username = f"demo-{role}"
        if username in existing and username in kept:
            continue
        password = secrets.token_urlsafe(12)
        user, _ = User.objects.get_or_create(username=username)
        user.set_password(password)
        user.is_staff = role != "analyst"
        user.is_superuser = role == "admin"
        user.save()
        user.groups.set([Group.objects.get(name=role)])
        made.append({"role": role, "username": username, "password": password})
    if made:
        accounts = kept | {account["username"]: account for account in made}
        state.write("accounts.json", [accounts[f"demo-{role}"] for role in ROLES])
    return made
