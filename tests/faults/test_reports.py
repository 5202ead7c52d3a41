"""Phase reports when workers die and messages come twice or never: each report is built, once."""

import datetime
import time

import psycopg2
import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now

from programs import tasks
from programs.models import PhaseReport, PhaseReportFile
from programs.reports import orders
from records import outbox
from tests.faults.processes import database_url, eventually
from tests.programs import reported

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2026, 11, 24)


@pytest.fixture
def directory(settings, tmp_path, monkeypatch):
    """Where this process and its workers keep files."""
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media" / "reports"


@pytest.fixture
def place(directory):
    program, manager = reported.full_program(), User.objects.create_user("manager")
    return lambda on=DAY: orders.place(program, by=manager, on=on, language="en")


@pytest.fixture
def locked():
    """While held, nobody can read the milestones, so a worker stands still in the middle of a report."""
    holder = psycopg2.connect(database_url())
    holder.cursor().execute("LOCK TABLE programs_milestone IN ACCESS EXCLUSIVE MODE")
    yield holder
    holder.close()


def state(order):
    return PhaseReport.objects.get(pk=order.pk).state


def built_once(order, directory):
    assert sorted(PhaseReportFile.objects.filter(report=order).values_list("format", flat=True)) == [
        "csv",
        "pdf",
        "xlsx",
    ]
    assert sorted(path.name for path in directory.glob(f"{order.key}*")) == sorted(
        f"{order.key}.{suffix}" for suffix in ("pdf", "xlsx", "zip")
    )
    return True


def test_a_report_whose_worker_is_killed_is_built_by_another(place, worker, directory, locked):
    first = worker()
    order = place()
    outbox.nudge()
    eventually(lambda: state(order) == "building")
    first.kill()
    locked.close()
    assert state(order) == "building"
    # What time would do: the lease of the dead worker runs out.
    PhaseReport.objects.update(claimed_until=Now())
    worker()
    tasks.resume_reports()
    eventually(lambda: state(order) == "ready", within=30)
    assert built_once(order, directory)
    assert PhaseReport.objects.get(pk=order.pk).attempts == 2


def test_a_message_delivered_many_times_to_two_workers_builds_one_report(place, worker, directory):
    worker()
    worker()
    order = place()
    for _time in range(6):
        tasks.build_report.delay(str(order.key))
    eventually(lambda: state(order) == "ready", within=30)
    time.sleep(1)
    assert built_once(order, directory)
    assert PhaseReport.objects.get(pk=order.pk).attempts == 1


def test_a_lost_message_is_made_up_for(place, worker, broker, directory):
    order = place()
    outbox.relay()
    broker.stop()  # and with it goes the message
    broker.start()
    PhaseReport.objects.update(requested_at=Now() - orders.PATIENCE)
    worker()
    tasks.resume_reports()
    eventually(lambda: state(order) == "ready", within=30)
    assert built_once(order, directory)
