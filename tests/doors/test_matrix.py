"""Every URL of the resolver, asked by everybody about a record in every state, answers as the table declares.

The doors that the desk makes alike for each model are in test_matrix_desk.py.
"""

import pytest
from django.db import transaction

from measures.models import Measure
from programs.models import Program
from tests.doors.cast import (
    ACTORS,
    DRAFT,
    EMBARGOED,
    IN_REVIEW,
    PUBLISHED,
    STATES,
    STRANGERS,
    WITHDRAWN,
)
from tests.doors.door import LOGIN, who
from tests.doors.knocking import ADDRESSES, DECLARED, KNOWN, answers, doors, told
from tests.doors.resolver import addresses

pytestmark = pytest.mark.django_db


def test_each_url_declares_what_it_answers():
    silent = [
        f"{address.name} ({address.route}) says nowhere whom it answers what: declare it in tests/doors/declared.py."
        for address in addresses()
        if address.name not in DECLARED
    ]
    assert not silent, "\n".join(silent)


def test_nothing_is_declared_that_is_no_url():
    assert not DECLARED.keys() - ADDRESSES.keys()


def test_each_name_is_one_url():
    assert len({(address.name, address.route) for address in addresses()}) == len(ADDRESSES)


@pytest.mark.parametrize(("name", "method"), doors(generated=False))
def test_a_door_answers_each_as_declared(name, method, actors, records):
    expected = DECLARED[name].asked(method, KNOWN.index(name))
    assert answers(name, method, expected, actors, records) == expected


# What a step of the review takes: the permission, and the states in which it is one. To publish again is to publish.
STEPS = {
    "submit": ("change", [DRAFT]),
    "publish": ("publish", [IN_REVIEW, WITHDRAWN]),
    "send-back": ("publish", [IN_REVIEW]),
    "withdraw": ("withdraw", [PUBLISHED, EMBARGOED]),
    "restore": ("publish", [IN_REVIEW, WITHDRAWN]),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("model", [Measure, Program])
def test_a_step_of_the_review_is_taken_by_whom_and_from_which_state(model, step, actors, records):
    act, states = STEPS[step]
    name, found, expected = f"admin:{model._meta.app_label}_{model._meta.model_name}_move", {}, {}
    for state in STATES:
        record = records.of(model, state)
        address = ADDRESSES[name].filled({"object_id": record.pk, "act": step})
        said = {"read_version": record.version, "change_reason": "because", "notice": "It never was so."}
        for actor in ACTORS:
            taken = 302 if actor in who(act, model) and state in states else 403
            expected[actor, state] = LOGIN if actor in STRANGERS else taken
            with transaction.atomic():
                found[actor, state] = told(actors[actor].client.post(address, said))
                transaction.set_rollback(True)
    assert found == expected
