"""What the list of measures says of what is only possible."""

import pytest
from django.urls import reverse

from records import derived
from tests.measures import recorded

pytestmark = pytest.mark.django_db


def test_what_is_left_out_or_has_no_status_is_not_possible(client):
    recorded.event(recorded.measure("sure", ["gallium"]), "effective", "2019")
    recorded.event(recorded.measure("unsure", ["gallium"]), "effective", "[2019..2021]")
    recorded.measure("silent", ["gallium"])
    derived.rebuild()

    def possible(*asked):
        response = client.get(reverse("measures:list"), {"status": asked, "on": "2020-06-01"})
        return response.context["page_obj"].paginator.count, response.context["possible"]

    assert possible("in_force") == (2, 1)
    assert possible("in_force", "unknown") == (3, 1)
    assert possible("unknown") == (1, 0)
    assert possible("-in_force") == (1, 0)
