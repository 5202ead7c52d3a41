"""Who knocks, and in which states the record behind a door is."""

import datetime
import itertools
from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from records.models import ChangeSet, Record
from tests.records.anything import row

VISITOR, ANALYST, EDITOR, OTHER_EDITOR, REVIEWER, MANAGER = ACTORS = (
    "visitor",
    "analyst",
    "editor",
    "other editor",
    "reviewer",
    "manager",
)
STRANGERS = (VISITOR, ANALYST)
EDITORS = (EDITOR, OTHER_EDITOR)
AT_DESK = (*EDITORS, REVIEWER, MANAGER)

DRAFT, IN_REVIEW, PUBLISHED, EMBARGOED, WITHDRAWN = STATES = (
    "draft",
    "in review",
    "published",
    "embargoed",
    "withdrawn",
)
HIDDEN = (DRAFT, IN_REVIEW, EMBARGOED)
# Stands for the five states where no record is behind a door.
NO_RECORD = "no record"


def columns_of(state: str) -> dict:
    """The columns of a record that make its state."""
    return {
        DRAFT: {"state": Record.State.DRAFT},
        IN_REVIEW: {"state": Record.State.IN_REVIEW},
        PUBLISHED: {"state": Record.State.PUBLISHED},
        EMBARGOED: {
            "state": Record.State.PUBLISHED,
            "embargo_until": timezone.now() + datetime.timedelta(days=365),
        },
        WITHDRAWN: {"state": Record.State.WITHDRAWN, "withdrawal_notice": "It was an error."},
    }[state]


@dataclass(frozen=True)
class Actor:
    """Somebody with a browser; a visitor has no account."""

    name: str
    user: User | None
    client: Client


def cast() -> dict[str, Actor]:
    """One of each, the accounts with the role that their name begins with."""
    found = {VISITOR: Actor(VISITOR, None, Client())}
    for name in ACTORS[1:]:
        role = name.split()[-1]
        user = User.objects.create_user(f"doors {name}", is_staff=role != ANALYST)
        user.groups.set([Group.objects.get(name=role)])
        client = Client()
        client.force_login(user)
        found[name] = Actor(name, user, client)
    return found


class Records:
    """A record of any kind in any state, made when it is first asked for; what it belongs to is published."""

    def __init__(self, submitter: User):
        self.submitter = submitter
        self.made: dict[tuple, Model] = {}
        self.numbers = itertools.count(1)
        self.small_change: ChangeSet | None = None

    def of(self, model: type[Model], state: str, **values) -> Model:
        key = (model, state, *sorted(values.items()))
        if key not in self.made:
            columns = columns_of(state) if issubclass(model, Record) else {}
            if state == IN_REVIEW and columns:
                columns["submitted_by"] = self.submitter
            self.made[key] = row(model, **{**columns, **self._wholes(model, state), **values})
        return self.made[key]

    def _wholes(self, model, state) -> dict:
        """The records that a row needs: those of a record are published, a part shares the state of its record."""
        found = {}
        for column in model._meta.concrete_fields:
            if column.is_relation and not column.null and issubclass(column.related_model, Record):
                whole_state = PUBLISHED if issubclass(model, Record) else state
                whole = self.of(column.related_model, whole_state)
                # Nothing relates to itself.
                found[column.name] = row(column.related_model) if whole in found.values() else whole
        if any(column.name == "position" for column in model._meta.concrete_fields):
            # Within one measure each event has a place of its own.
            found["position"] = next(self.numbers)
        return found
