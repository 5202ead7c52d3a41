"""The list of events."""

import datetime
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Measure, MeasureEvent, MeasureIssuer
from records import derived
from records.models import Name
from tests.measures import recorded

pytestmark = pytest.mark.django_db

LIST_QUERIES = 8


@pytest.fixture
def licensing(db):
    measure = recorded.measure("licensing", ["hydrogen-fluoride-gas", "photoresist-euv"])
    MeasureIssuer.objects.create(measure=measure, country=recorded.country("JP"))
    recorded.event(measure, "announced", "2019-07-01")
    recorded.event(measure, "effective", "2019-07-04")
    recorded.event(measure, "eased", "2019-12-20", ["photoresist-euv"])
    recorded.event(measure, "statement", "../2018-05")
    derived.rebuild()
    return measure


def listed(client, **query):
    return client.get(reverse("measures:event_list"), query)


def kinds(response):
    return [event.kind for event in response.context["events"]]


def test_the_newest_come_first_and_an_open_date_last(client, licensing):
    response = listed(client)
    assert kinds(response) == ["eased", "effective", "announced", "statement"]
    assertContains(response, "4 events")
    assertContains(response, "20 Dec 2019")
    assertContains(response, f'href="/measures/licensing/#{licensing.events.get(kind="eased").slug}"')


def test_a_measure_is_called_in_the_readers_language(client, licensing):
    Name.objects.create(subject=licensing, language="ko", text="수출 허가")
    client.cookies.load({"django_language": "ko"})
    assertContains(listed(client), "수출 허가")


def test_its_facets_lead_to_what_they_count(client, licensing):
    facets = {facet.name: facet for facet in listed(client).context["facets"]}
    assert list(facets) == list(dict.fromkeys(facets))
    for name, facet in facets.items():
        for option in facet.all:
            page = listed(client, **{name: option.value}).context["page_obj"]
            assert page.paginator.count == option.count, (name, option.value)
    assert {option.value: option.count for option in facets["happened"].options} == {"2019": 3, "2018": 1}


def test_both_clocks_are_read(client, licensing):
    assert listed(client, on="2019-07-02").status_code == 200
    assert listed(client, known="2019-07-02T00:00Z").status_code == 200


@pytest.mark.parametrize("query", [{}, {"on": "2019-07-02"}])
def test_it_leads_to_the_same_days_on_the_timeline(client, licensing, query):
    address = "?".join((reverse("measures:timeline"), urlencode({**query, "view": "list"})))
    assertContains(listed(client, **query), f'<a href="{escape(address)}">Timeline</a>', html=True)
    assert client.get(address).status_code == 200


def test_what_is_hidden_or_says_nothing_any_more_is_not_listed(client, licensing):
    MeasureEvent.objects.filter(kind="eased").update(state="draft")
    assert "eased" not in kinds(listed(client))
    assertNotContains(listed(client), "20 Dec 2019")
    Measure.objects.update(state="withdrawn", withdrawal_notice="Not so.")
    assert kinds(listed(client)) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"happened": "2019-13"}, "2019-13"),
        ({"happened": "1066"}, "1066"),
        ({"kind": "born"}, "born"),
        ({"x": "1"}, "x"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(client, licensing, query, words):
    assertContains(listed(client, **query), words, status_code=400)


def test_one_event_or_sixty_take_the_same_queries(client, licensing, django_assert_num_queries):
    recorded.settle()
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        listed(client)
    day = datetime.date(2020, 1, 1)
    for number in range(56):
        recorded.event(licensing, "licence", str(day + datetime.timedelta(number)))
    recorded.settle()
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client).context["events"]) == 50
