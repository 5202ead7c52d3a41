"""Bitmaps say what the database says: of any list, after any change, and never of what is not known for sure."""

import datetime
import gc
import random
import threading
import time
import weakref
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.filters import EventFilter, MaterialFilter, MeasureFilter, OrganizationFilter
from measures.filters.days import with_day
from measures.models import (
    Material,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureMaterial,
    Organization,
)
from measures.views.measure_list import MeasureList
from programs.filters import ProgramFilter, ProjectFilter
from programs.models import Program
from records import bitmaps, facets, known, publishing
from records.filtersets import SourceFilter
from records.models import Citation, Source
from tests.measures import recorded

LISTS = [MeasureFilter, EventFilter, MaterialFilter, OrganizationFilter, ProgramFilter, ProjectFilter, SourceFilter]


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch):
    """Each test begins as a new process does."""
    monkeypatch.setattr(bitmaps, "_shelves", {})


def listed(kind, query=""):
    filterset = kind(QueryDict(query))
    assert filterset.problems == {}
    return filterset


def told(filterset):
    """The counts of every facet, the records found and their order, as the bitmaps tell them."""
    counted = facets.counts(filterset, filterset.facets)
    at_hand = bitmaps.reading(filterset)
    assert at_hand is not None
    return counted, set(at_hand.found())


def asked(filterset):
    """The same as the database tells it."""
    counted = facets._asked(filterset, list(filterset.facets))
    counted = {name: filterset.filters[name].summed(each) for name, each in counted.items()}
    return counted, set(filterset.checked.values_list("pk", flat=True))


def queries(kind, chance, count):
    """Addresses of a list with filters that keep something each, some of them reversed, on days past and to come."""
    offered = [(name, value) for name, values in told(listed(kind))[0].items() for value in values]
    for _query in range(count):
        query = QueryDict(mutable=True)
        for name, value in chance.sample(offered, chance.randint(0, 3)):
            signed = kind.base_filters[name].signed and chance.random() < 0.3
            query.appendlist(name, f"-{value}" if signed else value)
        if chance.random() < 0.3:
            query["on"] = f"20{chance.randint(19, 29)}-0{chance.randint(1, 9)}-11"
        if chance.random() < 0.2:
            query["q"] = "export"
        yield query.urlencode()


def changes(chance):
    """Changes of all sorts, each of which bears on what lists are cut by."""

    def some(model):
        return chance.choice(list(model.objects.order_by("pk")))

    def save(record, **values):
        for name, value in values.items():
            setattr(record, name, value)
        publishing.save(record, by=None, reason="It is so")

    def withdrawn():
        record = chance.choice(list(MeasureEvent.objects.filter(state="published").order_by("pk")))
        publishing.withdraw(record, by=None, reason="It was not so", notice="It was not so")

    def removed(link):
        with publishing.change(by=None, reason="It was not so") as change_set:
            row = some(link)
            measure = row.measure
            row.delete()
            publishing.carry([measure], change_set)

    def moved():
        event = some(MeasureEvent)
        event.measure, event.position = some(Measure), 1_000 + event.pk
        save(event, provision=None)

    def uncited():
        with publishing.change(by=None, reason="Nothing says so") as change_set:
            citation = some(Citation)
            citation.delete()
            publishing.carry([citation.source], change_set)

    return [
        lambda: save(some(MeasureEvent), date=chance.choice(["2020", "2021-03", "2024-01-01/2024-03-01"])),
        withdrawn,
        moved,
        lambda: save(some(Measure), effect=chance.choice(["restricts", "relaxes"]), state="draft"),
        lambda: removed(MeasureDestination),
        lambda: removed(MeasureMaterial),
        lambda: save(some(Material), name="Renamed", broader=None),
        lambda: save(some(Source), language="eo"),
        lambda: save(some(Organization), name="Renamed"),
        lambda: save(some(Program), country_id="JP"),
        uncited,
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("kind", LISTS)
def test_they_count_and_find_what_the_database_does(kind):
    for query in queries(kind, random.Random(kind.__name__), 30):
        assert told(listed(kind, query)) == asked(listed(kind, query)), query


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
def test_they_follow_every_change():
    chance = random.Random(2019)
    asking = {kind: list(queries(kind, chance, 3)) for kind in LISTS}
    for change in changes(chance) * 2:
        change()
        for kind in LISTS:
            for query in ("", chance.choice(asking[kind])):
                # What an address asks for may be gone.
                if kind(QueryDict(query)).problems == {}:
                    assert told(listed(kind, query)) == asked(listed(kind, query)), (kind, query)


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
def test_the_newest_come_first_as_the_database_orders_them(client):
    def shown(query):
        pages = [client.get(reverse("measures:list"), query | {"page": page}).context["measures"] for page in (1, 2)]
        return [measure.pk for page in pages for measure in page]

    def ordered(query):
        rows = with_day(listed(MeasureFilter, urlencode(query)).checked).order_by(*MeasureList.orders["newest"])
        return [measure.pk for measure in rows[:100]]

    event = MeasureEvent.objects.filter(kind="announced", state="published").order_by("pk").first()
    for date in ("2001-02-03", "2026-11", "1999"):
        for query in ({}, {"effect": "restricts"}):
            assert shown(query) == ordered(query)
        assert bitmaps.reading(listed(MeasureFilter)).newest_first(0, 2) == ordered({})[:2]
        event.date = date
        publishing.save(event, by=None, reason="It was then")


@pytest.mark.django_db
def test_the_database_is_asked_of_what_was_known_and_within_a_change(client):
    recorded.measure("first")
    assert bitmaps.reading(listed(MeasureFilter)) is None  # the change set of these rows is open
    recorded.settle()
    assert told(listed(MeasureFilter)) == asked(listed(MeasureFilter))
    with known.as_of(known.newest()):
        assert bitmaps.reading(listed(MeasureFilter)) is None
    with publishing.change(by=None, reason="Another one"):
        recorded.measure("second")
        assert bitmaps.reading(listed(MeasureFilter)) is None
    assert told(listed(MeasureFilter)) == asked(listed(MeasureFilter))
    partly = MeasureFilter(QueryDict(), Measure.objects.filter(slug="second"))
    assert bitmaps.reading(partly) is None


@pytest.mark.django_db
def test_a_base_that_was_restored_is_read_anew():
    recorded.measure("first")
    recorded.settle()
    assert told(listed(MeasureFilter)) == asked(listed(MeasureFilter))
    shelf = bitmaps._shelves[MeasureFilter]
    # As if the change set of this number had been another one.
    shelf.at -= datetime.timedelta(seconds=1)
    shelf.held = {key: bitmaps.Held(held.origin, {}) for key, held in shelf.held.items()}
    assert told(listed(MeasureFilter)) == asked(listed(MeasureFilter))


@pytest.mark.django_db(transaction=True)
def test_who_reads_from_before_a_change_is_told_what_was_then():
    recorded.measure("first")
    count = Measure.objects.filter(state="published", effect="restricts").count()
    before, after = threading.Event(), threading.Event()
    found: list = []

    def read():
        try:
            with known.one_reading():
                before.set()
                after.wait(20)
                found.append(bitmaps.reading(listed(MeasureFilter)))
                found.append(facets.counts(listed(MeasureFilter), ["effect"])["effect"]["restricts"].all)
        finally:
            connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        before.wait(20)
        recorded.measure("second")
        assert told(listed(MeasureFilter))[0]["effect"]["restricts"].all == count + 1
    finally:
        after.set()
        reader.join(20)
    assert found == [None, count]


@pytest.mark.django_db
def test_after_a_change_the_pairs_of_what_it_touched_are_read_and_no_others(django_assert_num_queries):
    for number in range(3):
        recorded.measure(f"measure-{number}")
    recorded.settle()
    told(listed(MeasureFilter))
    measure = Measure.objects.get(slug="measure-1")
    measure.effect = "relaxes"
    publishing.save(measure, by=None, reason="It does")
    with CaptureQueriesContext(connection) as asking:
        assert measure.pk in told(listed(MeasureFilter, "effect=relaxes"))[1]
    again = [query["sql"] for query in asking if "pairs(id" in query["sql"]]
    assert len(again) == 1
    assert f"id = ANY(ARRAY[{measure.pk}])" in again[0]
    with django_assert_num_queries(1):  # what is newest
        told(listed(MeasureFilter))


@pytest.mark.django_db(transaction=True)
def test_of_very_many_records_nobody_waits_until_they_are_read(monkeypatch):
    monkeypatch.setattr(bitmaps, "MOST_WAITED_FOR", -2)  # PostgreSQL says -1 where it never counted
    recorded.measure("first")
    assert bitmaps.reading(listed(MeasureFilter)) is None
    assert facets.counts(listed(MeasureFilter), ["effect"])["effect"]["restricts"].all >= 1
    deadline = time.monotonic() + 30
    while bitmaps._shelves[MeasureFilter].is_filling and time.monotonic() < deadline:
        time.sleep(0.05)
    assert told(listed(MeasureFilter)) == asked(listed(MeasureFilter))


@pytest.mark.django_db
def test_a_facet_with_a_value_for_nearly_every_record_is_counted_by_the_database():
    recorded.event(recorded.measure("first"), "announced", "2019-07-01")
    recorded.settle()
    filterset = listed(EventFilter, "measure=first")
    assert facets.counts(filterset, ["measure"])["measure"]["first"].all == 1
    assert ("measure",) not in bitmaps._shelves[EventFilter].held
    assert told(listed(EventFilter, "measure=first")) == asked(listed(EventFilter, "measure=first"))


@pytest.mark.django_db
def test_an_answer_that_was_given_is_not_kept():
    recorded.measure("first")
    recorded.settle()
    filterset = listed(MeasureFilter, "effect=restricts")
    told(filterset)
    gone = weakref.ref(filterset)
    del filterset
    gc.collect()
    assert gone() is None
