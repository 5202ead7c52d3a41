"""Calendars as a desktop takes them: vdirsyncer subscribes to a live address, and khal shows the days."""

import os
import shutil
import subprocess

import pytest

from measures import timeline
from tests.contracts.conftest import NO_CALENDAR_PROGRAMS
from tests.measures import recorded


@pytest.mark.skipif(not (shutil.which("vdirsyncer") and shutil.which("khal")), reason=NO_CALENDAR_PROGRAMS)
@pytest.mark.django_db(transaction=True)
def test_calendar_programs_subscribe_to_a_live_address(live_server, tmp_path):
    licensing = recorded.measure("licensing", ["photoresist"])
    for kind, day in (("effective", "2019-07-04"), ("eased", "2019-12"), ("revoked", "2023-03-23")):
        recorded.event(licensing, kind, day, title=f"It is {kind}")
    recorded.measure("quiet")
    timeline.rebuild()
    (tmp_path / "vdirsyncer").write_text(
        f"""
        [general]
        status_path = "{tmp_path}/status"
        [pair site]
        a = "there"
        b = "here"
        collections = null
        [storage there]
        type = "http"
        url = "{live_server.url}/measures/feed.en.ics"
        [storage here]
        type = "filesystem"
        path = "{tmp_path}/calendar"
        fileext = ".ics"
        """.replace("\n        ", "\n")
    )
    (tmp_path / "khal").write_text(
        f"[calendars]\n[[site]]\npath = {tmp_path}/calendar\ntype = calendar\nreadonly = True\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n"
        "[locale]\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ntimeformat = %H:%M\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        "local_timezone = UTC\ndefault_timezone = UTC\n"
    )
    (tmp_path / "calendar").mkdir()

    def run(*command):
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, env=environment, input="y\n", capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def synced():
        run("vdirsyncer", "-c", str(tmp_path / "vdirsyncer"), "sync")
        return sorted(path.name for path in (tmp_path / "calendar").iterdir())

    run("vdirsyncer", "-c", str(tmp_path / "vdirsyncer"), "discover")
    first = synced()
    assert len(first) == 4  # three events, and the measure of which no date is known
    assert synced() == first
    listed = run(
        "khal", "-c", str(tmp_path / "khal"), "list", "--day-format", "", "--format", "{title} {start-date}–{end-date}",
        "2019-12-15", "1d",
    )  # fmt: skip
    assert listed.strip() == "Eased: It is eased · licensing (December 2019) 2019-12-01–2019-12-31"
