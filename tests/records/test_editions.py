"""The nightly editions of all public data: whole, of one moment, checkable, and kept for some days."""

import csv
import datetime
import hashlib
import io
import json
import os

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from measures.models import Measure
from records import derived
from records.editions import shelf, tasks, writing
from records.imports.kinds import kinds
from records.models import JobSlot, Source
from tests.measures import recorded

pytestmark = pytest.mark.django_db
DAY = "2026-11-30"
TYPES = {"string": str, "integer": int, "number": float, "date": datetime.date.fromisoformat}


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "data"


@pytest.fixture
def known(db):
    recorded.event(recorded.measure("seen", ["neon"]), "effective", "2019-07", ["neon"])
    recorded.measure("hidden", state="draft", title="Kept from readers")
    recorded.measure("gone", state="withdrawn", withdrawal_notice="It was another one")
    derived.rebuild()


def package(edition) -> dict:
    return json.loads((edition.folder / shelf.PACKAGE).read_text())


def rows_of(edition, name) -> list[dict]:
    return list(csv.DictReader(io.StringIO((edition.folder / name).read_bytes().decode())))


def test_an_edition_holds_every_kind_twice_and_only_what_readers_see(known):
    edition = writing.write(DAY)
    files = {f"{name}.{ending}" for name in kinds() for ending in ("csv", "jsonl")}
    assert {file.name for file in edition.files} == files | {shelf.PACKAGE, shelf.LICENCE}
    rows = {row["id"]: row for row in rows_of(edition, "measures.csv")}
    assert set(rows) == {"seen", "gone"}
    assert rows["gone"]["withdrawn"] == "It was another one"
    lines = [json.loads(line) for line in (edition.folder / "measures.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == list(rows)
    assert "Kept from readers" not in "".join(path.read_text() for path in edition.folder.iterdir())
    assert [(row["date"], row["date_latest"]) for row in rows_of(edition, "events.csv")] == [("2019-07", "2019-07-31")]
    assert "CC BY 4.0" in (edition.folder / shelf.LICENCE).read_text()


def test_checksums_and_sizes_are_those_of_the_files(known):
    edition = writing.write(DAY)
    described = {each["path"]: each for each in package(edition)["resources"]}
    for line in (edition.folder / shelf.SUMS).read_text().splitlines():
        digest, name = line.split("  ")
        content = (edition.folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        if name in described:
            assert (described[name]["hash"], described[name]["bytes"]) == (f"sha256:{digest}", len(content))


def test_the_package_describes_its_tables_as_they_are(known):
    """What a validator of Data Package 1 and Table Schema 1 asks of each table."""
    edition = writing.write(DAY)
    told = package(edition)
    assert (told["profile"], told["version"], told["licenses"][0]["name"]) == ("data-package", DAY, "CC-BY-4.0")
    assert datetime.datetime.fromisoformat(told["created"]).tzinfo
    resources = {each["name"]: each for each in told["resources"]}
    assert len(resources) == len(told["resources"]) == 2 * len(kinds())
    for resource in (each for each in resources.values() if each["format"] == "csv"):
        schema, rows = resource["schema"], rows_of(edition, resource["path"])
        header = (edition.folder / resource["path"]).read_text().splitlines()[0].split(",")
        assert header == [field["name"] for field in schema["fields"]]
        assert resource["rows"] == len(rows)
        for field in schema["fields"]:
            cells = [row[field["name"]] for row in rows]
            for cell in filter(None, cells):
                assert cell in ("true", "false") if field["type"] == "boolean" else TYPES[field["type"]](cell) or True
            if field.get("constraints", {}).get("unique"):
                assert all(cells)
                assert len(set(cells)) == len(cells)
        for link in schema.get("foreignKeys", []):
            table = resources[link["reference"]["resource"] or resource["name"]]["path"]
            known_ids = {row["id"] for row in rows_of(edition, table)}
            assert {row[link["fields"]] for row in rows} - {""} <= known_ids


def test_an_edition_of_the_same_day_is_replaced_whole(known, directory):
    writing.write(DAY)
    recorded.measure("new")
    edition = writing.write(DAY)
    assert {row["id"] for row in rows_of(edition, "measures.csv")} == {"seen", "gone", "new"}
    assert os.listdir(directory) == [DAY]


def test_a_failure_leaves_the_edition_before_and_nothing_beside(known, directory, monkeypatch):
    before = writing.write(DAY)
    monkeypatch.setattr(writing.taking, "lines", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        writing.write(DAY)
    assert shelf.edition(DAY) == before
    assert os.listdir(directory) == [DAY]


def test_the_newest_are_kept_and_leftovers_go(known, directory):
    for day in ("2026-11-28", "2026-11-29", DAY):
        writing.write(day)
    for name, age in ((".new-x", 13), (".new-y", 1)):
        (directory / name).mkdir()
        moment = (timezone.now() - datetime.timedelta(hours=age)).timestamp()
        os.utime(directory / name, (moment, moment))
    assert shelf.prune(2) == ["2026-11-28"]
    assert sorted(os.listdir(directory)) == [".new-y", "2026-11-29", DAY]
    assert [edition.day for edition in shelf.editions()] == [DAY, "2026-11-29"]


def test_the_job_runs_once_a_day_and_again_after_a_failure(known, monkeypatch, settings):
    settings.EDITIONS_KEPT = 1
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write", lambda day: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.write_edition()
    written = []
    write = writing.write
    monkeypatch.setattr(writing, "write", lambda day: written.append(day) or write(day))
    tasks.write_edition()
    tasks.write_edition()
    assert written == [timezone.localdate().isoformat()]
    assert JobSlot.objects.get(job="write_edition").done_at


def test_an_operator_writes_one_at_once(known, capsys):
    call_command("write_edition")
    assert "files" in capsys.readouterr().out
    assert len(shelf.editions()) == 1


class TestPages:
    def get(self, client, day=DAY, name="measures.csv", **headers):
        return client.get(reverse("records:edition_file", args=[day, name]), headers=headers)

    def test_the_page_lists_files_with_sizes_and_checksums(self, client, known):
        writing.write("2026-11-29")
        edition = writing.write(DAY)
        page = client.get(reverse("records:editions")).text
        digest = edition.file("measures.csv").sha256
        assert digest in page.replace("<wbr>", "")
        assert f"policytrack data set, edition {DAY}, http://testserver/data/" in page
        assert reverse("records:edition_file", args=["2026-11-29", "SHA256SUMS"]) in page

    def test_without_an_edition_the_page_says_so(self, client):
        assert "No edition has been written yet" in client.get(reverse("records:editions")).text
        assert client.get(reverse("records:editions"), {"colour": "red"}).status_code == 400

    def test_a_file_is_sent_as_it_lies_and_only_once(self, client, known):
        edition = writing.write(DAY)
        response = self.get(client, **{"Accept-Encoding": "gzip"})
        content = b"".join(response.streaming_content)
        assert hashlib.sha256(content).hexdigest() == edition.file("measures.csv").sha256
        assert response["Content-Length"] == str(len(content))
        assert self.get(client, **{"If-None-Match": response["ETag"]}).status_code == 304
        assert b"".join(self.get(client, name="SHA256SUMS").streaming_content).count(b"\n") == len(edition.files)

    @pytest.mark.parametrize(
        ("day", "name"),
        [(DAY, "secrets.json"), (DAY, ".."), ("..", "x"), ("2026-13-40", "measures.csv"), (".new-x", "measures.csv")],
    )
    def test_nothing_else_is_sent(self, client, known, directory, day, name):
        edition = writing.write(DAY)
        (edition.folder / "secrets.json").write_text("{}")
        (directory.parent / "x").write_text("")
        (directory / ".new-x").mkdir()
        assert self.get(client, day, name).status_code == 404

    def test_a_broken_edition_is_passed_over(self, client, known, directory):
        writing.write("2026-11-29")
        edition = writing.write(DAY)
        (edition.folder / shelf.PACKAGE).write_text("{")
        assert [each.day for each in shelf.editions()] == ["2026-11-29"]
        assert self.get(client).status_code == 404


def test_a_link_to_what_was_hidden_is_no_link(known):
    measure = Measure.objects.get(slug="seen")
    Source.objects.create(
        slug="secret", title="Secret", publisher="x", language="en", kind="news", consulted="none", state="draft"
    )
    type(measure.authority).objects.update(state="draft")
    (row, *_others) = [row for row in rows_of(writing.write(DAY), "measures.csv") if row["id"] == "seen"]
    assert row["authority"] == ""
