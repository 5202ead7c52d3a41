"""Imports when workers die and messages come twice or never: each is checked, and applied, once."""

import time

import psycopg2
import pytest
from django.db.models.functions import Now

from measures.models import Material
from records import outbox
from records.imports import orders, tasks, work
from records.models import ChangeSet, Import
from tests.faults.processes import database_url, eventually
from tests.records.brought import bring, somebody, standing, submit, table

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [{"id": f"m{n}", "name": f"M{n}", "category": "m", "description": "…"} for n in range(50)]


@pytest.fixture(autouse=True)
def directory(settings, tmp_path, monkeypatch):
    """Where this process and its workers keep files."""
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"


def holding(statement):
    """While the connection is open, workers stand still where they need what it holds."""
    holder = psycopg2.connect(database_url())
    holder.cursor().execute(statement)
    return holder


def is_in(order, *states):
    return lambda: standing(order).state in states


@pytest.fixture
def approved(directory):
    order = bring("materials", table(ROWS))
    work.fulfil(order.key)
    submit(standing(order))
    orders.approve(standing(order), by=somebody("reviewer"))
    return order


def applied_once(order):
    assert Material.objects.count() == len(ROWS)
    assert ChangeSet.objects.filter(reason="Because the ministry said so").count() == 1
    assert standing(order).change_set is not None
    return True


def test_a_check_whose_worker_is_killed_is_done_by_another(worker):
    order = bring("materials", table(ROWS))
    first = worker()
    holder = holding("LOCK TABLE measures_material IN ACCESS EXCLUSIVE MODE")
    outbox.nudge()
    eventually(is_in(order, "checking"))
    first.kill()
    holder.close()
    # What time would do: the lease of the dead worker runs out.
    Import.objects.update(claimed_until=Now())
    worker()
    tasks.resume_imports()
    eventually(is_in(order, "checked"), within=30)
    assert order.rows.count() == len(ROWS)
    assert standing(order).attempts == 2


def test_an_import_whose_worker_is_killed_while_it_writes_is_applied_once(worker, approved):
    first = worker()
    # The last table that an import writes: the records stand already, not yet committed.
    holder = holding("LOCK TABLE records_citation IN ACCESS EXCLUSIVE MODE")
    outbox.nudge()
    eventually(lambda: standing(approved).step.startswith("Writing"))
    first.kill()
    holder.close()
    eventually(lambda: not Material.objects.exists())
    Import.objects.update(claimed_until=Now())
    worker()
    tasks.resume_imports()
    eventually(is_in(approved, "applied"), within=30)
    assert applied_once(approved)


def test_a_message_delivered_many_times_to_two_workers_applies_once(worker, approved):
    worker()
    worker()
    for _time in range(6):
        tasks.fulfil_import.delay(str(approved.key))
    eventually(is_in(approved, "applied"), within=30)
    time.sleep(1)
    assert applied_once(approved)
    assert standing(approved).attempts == 1


def test_a_lost_message_is_made_up_for(worker, broker):
    order = bring("materials", table(ROWS))
    outbox.relay()
    broker.stop()  # and with it goes the message
    broker.start()
    Import.objects.update(asked_at=Now() - work.PATIENCE)
    worker()
    tasks.resume_imports()
    eventually(is_in(order, "checked"), within=30)


def test_readers_see_nothing_of_an_import_until_all_of_it_is_there(worker, approved):
    holder = holding("LOCK TABLE records_citation IN ACCESS EXCLUSIVE MODE")
    worker()
    outbox.nudge()
    eventually(lambda: standing(approved).progress >= 30)
    assert not Material.objects.exists()
    holder.close()
    eventually(is_in(approved, "applied"), within=30)
    assert applied_once(approved)
