"""Orders for reports: claimed, renewed, built once, taken up again, given up with a reason."""

import datetime
import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now

from programs import tasks
from programs.models import Phase, PhaseReport, PhaseReportFile, Program
from programs.reports import orders, pdf
from records import known
from records.models import OutboxEntry
from tests.measures.recorded import later
from tests.programs import reported
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 24)
LONG_AGO = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "reports"


@pytest.fixture
def program():
    return reported.full_program()


@pytest.fixture
def manager():
    return User.objects.create_user("manager")


@pytest.fixture
def order(program, manager):
    return orders.place(program, by=manager, on=DAY, language="en")


def again(order):
    return PhaseReport.objects.get(pk=order.pk)


def names(directory):
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def test_an_order_is_written_with_what_a_worker_is_to_be_told(order):
    newest = known.newest()
    assert order.manifest == {
        "program": "roadmap",
        "on": "2026-11-24",
        "known": newest.number,
        "known_at": newest.at.isoformat(),
        "language": "en",
    }
    entry = OutboxEntry.objects.get(key=f"report:{order.key}")
    assert (entry.topic, entry.payload) == ("report", {"report": str(order.key)})
    assert tasks.ReportOrdered.topic == entry.topic


@pytest.mark.django_db(transaction=True)
def test_asking_many_times_at_once_orders_one(program, manager):
    orders_of = at_once(*[lambda: orders.place(program, by=manager, on=DAY, language="en")] * 6)
    assert len(set(orders_of)) == PhaseReport.objects.count() == OutboxEntry.objects.filter(topic="report").count() == 1


def test_asking_again_while_it_is_being_built_asks_for_nothing_new(program, manager, order):
    assert orders.place(program, by=manager, on=DAY, language="en") == order
    other = orders.place(program, by=User.objects.create_user("other"), on=DAY, language="en")
    assert other != order
    assert orders.place(program, by=manager, on=DAY - datetime.timedelta(days=1), language="en") != order


def test_a_built_order_has_three_files_and_nothing_beside_them(order, directory):
    assert orders.fulfil(order.key)
    ready = again(order)
    assert (ready.state, ready.progress, ready.error, ready.claim) == ("ready", 100, None, None)
    assert len(ready.data_hash) == 64
    assert names(directory) == sorted(f"{order.key}.{suffix}" for suffix in ("pdf", "xlsx", "zip"))
    for file in ready.files.all():
        path = Path(file.file.path)
        content = path.read_bytes()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_delivery_does_nothing(order):
    assert orders.fulfil(order.key)
    files = list(PhaseReportFile.objects.values())
    assert not orders.fulfil(order.key)
    assert list(PhaseReportFile.objects.values()) == files
    assert again(order).attempts == 1


def test_what_somebody_else_is_building_is_left_alone(order):
    orders._claim(order.key)
    assert not orders.fulfil(order.key)
    assert again(order).state == "building"


def test_a_worker_that_was_too_slow_writes_nothing(order, directory, monkeypatch):
    def stolen(report):
        PhaseReport.objects.update(claimed_until=Now() - LONG_AGO)
        monkeypatch.undo()
        assert orders.fulfil(order.key)
        return b"the slow one's"

    monkeypatch.setitem(orders.WRITERS, "csv", stolen)
    media = directory.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MEDIA_ROOT", media)
        assert not orders.fulfil(order.key)
    assert again(order).state == "ready"
    assert PhaseReportFile.objects.get(format="csv").size > 100
    assert names(directory) == sorted(f"{order.key}.{suffix}" for suffix in ("pdf", "xlsx", "zip"))


def test_a_failure_is_tried_again_and_in_the_end_told(order, monkeypatch, directory):
    def fail(report):
        raise OSError("no space left on device")

    monkeypatch.setitem(orders.WRITERS, "xlsx", fail)
    for _attempt in range(orders.ATTEMPTS - 1):
        with pytest.raises(OSError, match="no space"):
            orders.fulfil(order.key)
        assert order in orders.unfinished()
    orders.fulfil(order.key)
    failed = again(order)
    assert (failed.state, failed.error) == (
        "failed",
        "The report could not be built, and the error was noted: OSError.",
    )
    assert order not in orders.unfinished()
    assert names(directory) == []


def test_workers_that_die_again_and_again_end_in_a_sentence(order):
    for _attempt in range(orders.ATTEMPTS):
        assert orders._claim(order.key)
        PhaseReport.objects.update(claimed_until=Now() - LONG_AGO)
    assert not orders.fulfil(order.key)
    assert orders.give_up() == 1
    assert again(order).state == "failed"
    assert "lost 3 times" in again(order).error


def test_a_fresh_order_is_not_taken_for_lost_but_an_old_one_is(order):
    assert order not in orders.unfinished()
    PhaseReport.objects.update(requested_at=Now() - LONG_AGO)
    assert order in orders.unfinished()


def test_leftovers_of_a_killed_worker_go(order, directory):
    directory.mkdir()
    (directory / f"{order.key}.pdf.0b3c").write_bytes(b"half")
    (directory / "another.pdf").write_bytes(b"kept")
    orders.fulfil(order.key)
    assert not (directory / f"{order.key}.pdf.0b3c").exists()
    assert (directory / "another.pdf").exists()


def test_a_character_without_a_shape_is_named(order):
    Program.objects.update(summary="Cuneiform \U00012000 is not in the fonts")
    orders.fulfil(order.key)
    failed = again(order)
    assert failed.state == "failed"
    assert failed.error == "The PDF cannot be made: no font here has the character U+12000 CUNEIFORM SIGN A."


def test_a_program_that_is_withdrawn_meanwhile(order):
    Program.objects.update(state="withdrawn", withdrawal_notice="It was wrong.")
    orders.fulfil(order.key)
    assert again(order).error == "The program is not published any more."


def test_the_steps_tell_how_far_it_is(order, monkeypatch):
    told = []
    tell = orders._tell
    monkeypatch.setattr(orders, "_tell", lambda order, *step: (told.append(step), tell(order, *step)))
    orders.fulfil(order.key)
    assert told == [
        (5, "Reading the records"),
        (25, "Writing the PDF file"),
        (50, "Writing the XLSX file"),
        (75, "Writing the CSV (zip) file"),
    ]


def test_the_pdf_is_the_same_in_bytes_for_the_same_records(order, program):
    orders.fulfil(order.key)
    report = orders.build(order.manifest)
    assert hashlib.sha256(pdf.write(report)).hexdigest() == PhaseReportFile.objects.get(format="pdf").sha256


def test_a_report_says_what_was_known_when_it_was_asked_for(order, program):
    before = orders.build(order.manifest)
    later()
    Phase.objects.filter(program=program).update(title="Retold since")
    orders.fulfil(order.key)
    assert again(order).data_hash == before.data_hash
    now = orders.build(order.manifest | {"known": known.newest().number})
    assert "Retold since" in str(now.section("phases"))
    assert "Retold since" not in str(before.section("phases"))
    assert now.data_hash != before.data_hash
