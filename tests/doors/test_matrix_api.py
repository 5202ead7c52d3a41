"""Writing through the API: each act, by the token of everybody, on a record in every state."""

import datetime
import json

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from measures.models import Measure
from programs.models import Program
from records import tokens
from tests.doors.cast import ACTORS, ANALYST, DRAFT, STATES, VISITOR, columns_of
from tests.doors.declared import IN_API
from tests.doors.door import EDITED_BY, who
from tests.records.anything import row

pytestmark = pytest.mark.django_db

WHY = {"change_reason": "because", "change_kind": "development"}
MODELS = {name: IN_API[name] for name in ("measures", "programs")}


@pytest.fixture
def keys(actors):
    """The token of everybody who has an account, good for everything."""
    expires_at = timezone.now() + datetime.timedelta(days=1)
    return {
        name: tokens.issue(actor.user, name=name, scopes=["read", "write"], expires_at=expires_at)[1]
        for name, actor in actors.items()
        if actor.user
    }


def edits(model, actor, state):
    return 200


def changes(model, actor, state):
    act = EDITED_BY.get(state)
    return 200 if act and actor in who(act, model) else 403


def deletes(model, actor, state):
    return 204 if actor in who("delete", model) and state == DRAFT else 403


def submits(model, actor, state):
    return 200 if actor in who("change", model) and state == DRAFT else 403


ACTS = {
    "edit": ("get", "edit/", None, edits),
    "change": ("patch", "", WHY, changes),
    "delete": ("delete", "?change_reason=because", None, deletes),
    "submit": ("post", "submit/", {"change_reason": "because"}, submits),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("kind", MODELS)
def test_who_does_what_with_a_token_and_in_which_state(kind, act, keys):
    method, tail, sent, answer = ACTS[act]
    model, found, expected = MODELS[kind], {}, {}
    for state in STATES:
        record = row(model, **columns_of(state))
        for actor in ACTORS:
            strangers = {VISITOR: 401, ANALYST: 403}
            expected[actor, state] = strangers.get(actor) or answer(model, actor, state)
            headers = {"if-match": f'"{record.version}"'}
            if actor in keys:
                headers["authorization"] = f"Bearer {keys[actor]}"
            with transaction.atomic():
                asked = getattr(Client(), method)
                body = {"data": json.dumps(sent), "content_type": "application/json"} if sent else {}
                found[actor, state] = asked(f"/api/v1/{kind}/{record.slug}/{tail}", headers=headers, **body).status_code
                transaction.set_rollback(True)
    assert found == expected


@pytest.mark.parametrize(("kind", "model"), [("measures", Measure), ("programs", Program)])
def test_who_makes_drafts_with_a_token(kind, model, actors, keys):
    found, expected = {}, {}
    for actor in ACTORS:
        expected[actor] = 401 if actor == VISITOR else 400 if actor in who("add", model) else 403
        headers = {"authorization": f"Bearer {keys[actor]}"} if actor in keys else {}
        answer = Client().post(f"/api/v1/{kind}/", json.dumps(WHY), content_type="application/json", headers=headers)
        found[actor] = answer.status_code
    assert found == expected
