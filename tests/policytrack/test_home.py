"""The front page, on the shipped data."""

import gzip
import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from measures import timeline
from measures.models import Material, Measure, MeasureEvent
from policytrack.home import SEARCHES
from tests.hidden import hide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

LICENSING = "jp-2019-three-materials-licensing"
QUERIES = 18


def home(client, **query):
    return client.get("/", query)


def numbers(response):
    """Address and number of every number that leads to a list."""
    text = response.content.decode()
    found = re.findall(r'<a href="(/measures/(?:\?[^"]*)?)">(?:All )?(\d+)(?: [a-z]+)?</a>', text)
    return [(html.unescape(address), int(number)) for address, number in found]


@pytest.mark.parametrize("on", ["2026-11-24", "2019-12-21", "2029-02-01"])
def test_every_number_is_that_of_the_list_it_leads_to(client, on):
    found = numbers(home(client, on=on))
    assert len(found) >= 10
    for address, number in found:
        listed = client.get(address)
        assert listed.context["page_obj"].paginator.count == number, address
        assert parse_qs(urlsplit(address).query).get("on", [on]) == [on]


def test_only_what_restricts_is_counted_as_a_restriction(client):
    before = home(client, on="2020-02-01").context
    Measure.objects.filter(slug=LICENSING).update(effect="neutral")
    after = home(client, on="2020-02-01").context
    assert after["restricting"] == before["restricting"] - 1
    assert dict(after["statuses"])["eased"].total == dict(before["statuses"])["eased"].total - 1


@pytest.mark.parametrize(("words", "language"), SEARCHES)
def test_the_searches_that_it_suggests_find_something(client, words, language):
    assertContains(home(client), escape(words))
    assert client.get("/measures/", {"q": words}).context["page_obj"].paginator.count > 0


def test_what_lapsed_unconfirmed_is_told_with_its_last_day(client):
    response = home(client, on="2026-11-12")
    first = response.context["lapsed"][0]
    assert first.event.until == "2026-11-10"
    assertContains(response, "was due to end")
    assertContains(response, f"#{first.event.slug}")
    assert home(client, on="2000-01-01").context["lapsed"] == []


def test_what_comes_up_is_dated_within_ninety_days(client):
    timeline.rebuild()
    response = home(client, on="2026-11-24")
    for entry in response.context["coming"]:
        assert entry.earliest <= response.context["clocks"].on + timedelta(days=90)
        assertContains(response, f"#{entry.path.partition('#')[2]}")
    assertContains(response, "in 3 days")


def test_newest_events_are_those_up_to_the_chosen_day(client):
    recent = home(client, on="2019-07-05").context["recent"]
    assert all(event.latest.isoformat() <= "2019-07-05" for event in recent)
    assert LICENSING in {event.measure.slug for event in recent}


def test_health_tells_when_the_timeline_was_refreshed(client):
    assertContains(home(client), "facts cited")
    timeline.rebuild()
    assertContains(home(client), f"Timeline refreshed {timezone.now().day} ")


def test_visitors_see_nothing_of_drafts_and_embargoes(client):
    hidden = home(client, on="2026-11-12").context["lapsed"][0].event.measure
    newest = home(client).context["recent"][0]
    Measure.objects.filter(pk=hidden.pk).update(state="in_review")
    hide(MeasureEvent.objects.filter(pk=newest.pk), embargo_until=timezone.now() + timedelta(days=1))
    assertNotContains(home(client, on="2026-11-12"), escape(hidden.title))
    assertNotContains(home(client), newest.slug)


def test_statuses_of_hidden_materials_count_for_nothing(client):
    before = dict(home(client, on="2020-02-01").context["statuses"])["eased"].total
    Material.objects.filter(slug__in=["photoresist-controlled", "photoresist-euv"]).update(state="draft")
    assert dict(home(client, on="2020-02-01").context["statuses"])["eased"].total == before - 1


def test_one_measure_or_all_take_the_same_queries(client, django_assert_num_queries):
    timeline.rebuild()
    home(client)
    with django_assert_num_queries(QUERIES):
        home(client)
    shown = home(client)
    kept = {period.event.measure_id for period in shown.context["lapsed"][:1]}
    kept |= {entry.measure_id for entry in shown.context["coming"][:1]}
    kept |= {event.measure_id for event in shown.context["recent"][:1]}
    Measure.objects.exclude(pk__in=kept).update(state="draft")
    with django_assert_num_queries(QUERIES):
        home(client)


def test_it_is_light(client):
    assert len(gzip.compress(home(client).content)) < 60_000
