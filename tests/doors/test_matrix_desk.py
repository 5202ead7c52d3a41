"""The doors that the desk makes for each of its models answer as the roles of the domain say."""

import pytest

from tests.doors.knocking import DECLARED, KNOWN, answers, doors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "method"), doors(generated=True))
def test_a_door_of_the_desk_answers_each_as_declared(name, method, actors, records):
    expected = DECLARED[name].asked(method, KNOWN.index(name))
    assert answers(name, method, expected, actors, records) == expected
