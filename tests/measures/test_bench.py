"""The synthetic base that speed is measured on, and the yardstick beside it: both have to find the same measures."""

import itertools
import random

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from measures.management import readers, synthetic, yardstick
from measures.management.commands import bench
from measures.models import (
    Country,
    HSCode,
    HSSection,
    Instrument,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    StatusPeriod,
)
from measures.status import StatusDerivation
from records.models import Name
from tests.measures import recorded

pytestmark = pytest.mark.django_db

COUNT = 300


@pytest.fixture
def filled():
    """A base of invented measures, from one row of each kind."""
    vocabulary = synthetic.Vocabulary.read(1)
    measure = recorded.measure("first", ["neon"])
    recorded.event(measure, "effective", "2019-07-04")
    Country.objects.bulk_create(
        (Country(code=code, english_name=code) for code in vocabulary.issuers.values), ignore_conflicts=True
    )
    instruments = [
        Instrument.objects.create(code=code, position=place) for place, code in enumerate(vocabulary.instruments.values)
    ]
    section = HSSection.objects.create(code="VI", name="Goods")
    for code, parent in (("28", None), ("2804", "28"), ("280450", "2804"), ("280429", "2804")):
        HSCode.objects.create(code=code, description=code, section=section, parent_id=parent)
    MaterialHSCode.objects.create(material=Material.objects.get(slug="neon"), hs_code_id="280450", position=0)
    MeasureIssuer.objects.create(measure=measure, country_id="JP", position=0)
    MeasureDestination.objects.create(measure=measure, country_id="KR", position=0)
    MeasureInstrument.objects.create(measure=measure, instrument=instruments[0], position=0)
    Name.objects.create(subject=measure, language="ko", kind="official", text="허가")
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    synthetic.fill(COUNT)
    StatusDerivation().rebuild()


def test_a_larger_set_begins_with_the_smaller_one(monkeypatch):
    monkeypatch.setattr(synthetic, "CHUNK", 20)
    vocabulary = synthetic.Vocabulary.read(5)

    def made(count):
        chunks = range(0, count, synthetic.CHUNK)
        return [row for first in chunks for row in synthetic._invented(first, min(20, count - first), vocabulary)]

    assert made(60)[:40] == made(40)
    assert len({title for title, _happened in made(60)}) == 60


def test_values_of_a_low_rank_are_drawn_most():
    drawn = synthetic.Ranked.of(["often", "less", "rarely"], 1.0).draw(random.Random(1), 2000)
    counts = [drawn.count(value) for value in ("often", "less", "rarely")]
    assert all(more > fewer for more, fewer in itertools.pairwise(counts))


def test_as_many_measures_as_asked_with_all_that_a_list_shows(filled):
    assert Measure.objects.count() == COUNT
    assert MeasureEvent.objects.count() > COUNT
    assert Name.objects.count() > COUNT / 10
    assert not Measure.objects.filter(issuer_links=None).exists()
    assert not Measure.objects.filter(material_links=None).exists()
    assert set(StatusPeriod.objects.values_list("status", flat=True)) >= {"announced", "in_force", "lifted", "expired"}


@pytest.mark.parametrize("name", ["T1", "T1wide", "T5"])
def test_the_app_and_the_yardstick_find_the_same(filled, client, name):
    yardstick.make()
    task = next(task for task in yardstick.TASKS if task.name == name)
    with connection.cursor() as cursor:
        cursor.execute(f"EXECUTE {name}_0")
        titles = [row[1] for row in cursor.fetchall()]
    page = client.get(task.address)
    assert page.status_code == 200
    assert titles
    assert sorted(measure.title for measure in page.context["measures"]) == sorted(titles)


def test_every_task_can_be_asked_and_measured(filled, monkeypatch):
    yardstick.make()
    client = Client()
    for task in yardstick.TASKS:
        address = (
            task.address.replace("invented-4242", "invented-42").replace("&page=20", "").replace("page=20", "page=2")
        )
        assert yardstick.seconds(task, 1) > 0
        first, whole = bench.ask(client, address)
        assert 0 < first <= whole
    with pytest.raises(CommandError, match="answered 404"):
        bench.ask(client, "/measures/nothing/")


def test_many_readers_ask_a_real_server_and_the_database(monkeypatch):
    monkeypatch.setattr(readers, "SECONDS", 0.5)
    with readers.server(readers.NOTHING, keep_pages=False) as port:
        told = [readers.ask(port, "/"), readers.ask_database(("SELECT 1", "SELECT 2"))]
    assert all(rate.per_second > 0 and 0 < rate.half <= rate.most for rate in told)
    with pytest.raises(ConnectionRefusedError):
        readers.ask(port, "/")


def test_counts_are_written_as_people_write_them():
    assert [bench.counted(text) for text in ("250", "100k", "1m", "1M")] == [250, 100_000, 1_000_000, 1_000_000]
