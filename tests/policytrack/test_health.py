import datetime

import pytest
from django.utils import timezone

from policytrack import health
from records.models import Heartbeat


@pytest.fixture
def alive(db, monkeypatch):
    """Beat has just spoken and the timeline has just been made."""
    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})
    monkeypatch.setattr("measures.timeline.refreshed_at", timezone.now)


def test_healthz_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readyz_lists_every_part(client, alive):
    response = client.get("/readyz")
    assert response.status_code == 200, response.json()
    assert response["Cache-Control"] == "no-store"
    assert response.json()["status"] == "ready"
    assert list(response.json()["checks"]) == ["database", "migrations", "broker", "beat", "timeline"]
    assert response.json()["checks"]["beat"]["age_seconds"] < 5


def not_ready(client):
    """Names and reasons of the parts that are not ready."""
    response = client.get("/readyz")
    assert response.status_code == 503
    return {name: part["why"] for name, part in response.json()["checks"].items() if not part["ok"]}


def test_a_broker_that_is_away_is_named(client, alive, settings, free_port):
    settings.REDIS_URL = f"redis://:secret@127.0.0.1:{free_port}/0"
    assert not_ready(client) == {"broker": "does not answer (ConnectionError)"}


def test_a_beat_that_fell_silent_is_named_with_the_age_of_its_last_word(client, alive, settings):
    settings.HEARTBEAT_MAX_AGE = 60
    Heartbeat.objects.filter(name="beat").update(at=timezone.now() - datetime.timedelta(seconds=61))
    assert not_ready(client) == {"beat": "the last heartbeat is 61 seconds old; 60 are allowed"}


def test_a_beat_that_never_spoke_is_named(client, alive):
    Heartbeat.objects.filter(name="beat").delete()
    assert not_ready(client) == {"beat": "the last heartbeat is not there yet"}


def test_an_old_timeline_is_named(client, alive, settings, monkeypatch):
    settings.TIMELINE_MAX_AGE = 60
    monkeypatch.setattr("measures.timeline.refreshed_at", lambda: timezone.now() - datetime.timedelta(seconds=90))
    assert not_ready(client) == {"timeline": "the timeline is 90 seconds old; 60 are allowed"}


def test_a_migration_that_is_missing_is_named(client, alive, monkeypatch):
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: [("0002_more", False)]
    )
    assert not_ready(client) == {"migrations": "1 migrations are not applied; run manage.py migrate"}


def test_health_is_asked_by_address_and_over_plain_http(client, alive, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/readyz", headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/healthz", headers={"host": "10.1.2.3:8000"}).status_code == 200


def test_the_parts_are_those_that_an_operator_reads_about():
    assert set(health.CHECKS) == {"database", "migrations", "broker", "beat", "timeline"}
