"""Files that are taken along, read by the programs they are for: a validator of data packages, citation readers."""

import json
import subprocess
import sys

import pybtex.database
import pytest
import rispy
from django.urls import reverse

from measures.models import Measure
from records.editions import writing
from records.models import Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
TITLE = "50 % of “Neon” & Co_1 #2 불화수소"


@pytest.fixture(autouse=True)
def odd_titles(loaded):
    for model in (Measure, Source):
        model.objects.filter(pk=model.objects.order_by("slug").first().pk).update(title=TITLE)


def taken(client, page, format):
    return b"".join(client.get(reverse(page), {"format": format}).streaming_content).decode()


@pytest.mark.parametrize(("page", "model"), [("measures:list", Measure), ("records:source_list", Source)])
def test_reference_managers_read_every_entry(client, page, model):
    wanted = sorted(model.objects.values_list("title", flat=True))
    entries = rispy.loads(taken(client, page, "ris"))
    assert sorted(entry["title"] for entry in entries) == wanted
    assert all("unknown_tag" not in entry for entry in entries)
    found = pybtex.database.parse_string(taken(client, page, "bibtex"), "bibtex").entries
    assert len(found) == len(wanted)
    read = {pybtex.richtext.Text.from_latex(entry.fields["title"]).render_as("text") for entry in found.values()}
    # TeX's own spelling of a dollar sign is the one that pybtex leaves as it is.
    assert {title.replace("\\$", "$") for title in read} == set(wanted)


def test_an_edition_is_a_valid_data_package(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    edition = writing.write("2026-11-30")
    checked = validate(edition)
    assert checked["valid"], [task["errors"] for task in checked["tasks"]]
    assert len(checked["tasks"]) == 18
    # It does look: a cell that is no date, and bytes that are not those of the checksum.
    path = edition.folder / "events.csv"
    path.write_bytes(path.read_bytes().replace(b"2019-07-01", b"2019-07-0x"))
    assert {error["type"] for task in validate(edition)["tasks"] for error in task["errors"]} >= {
        "hash-count",
        "type-error",
    }


def validate(edition) -> dict:
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=edition.folder, capture_output=True, text=True, timeout=120)
    return json.loads(done.stdout)
