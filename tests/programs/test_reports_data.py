"""The reports on all programs of the shipped data set, compared with its files."""

import io
import unicodedata

import pypdf
import pytest

from programs.reports import csv, pdf, xlsx
from programs.reports.build import build
from tests.measures.recorded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
ON = "2026-11-24"


def squeezed(words):
    return "".join(unicodedata.normalize("NFKC", words).split())


def several(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("slug", sorted(read("programs.yaml")))
def test_a_report_tells_all_that_the_file_tells(slug):
    recorded = read("programs.yaml")[slug]
    report = build({"program": slug, "on": ON, "language": "en"})
    counts = {section.name: len(section.rows) for section in report.sections}
    milestones = [milestone for phase in recorded["phases"] for milestone in phase.get("milestones", [])]
    indicators = recorded.get("indicators", [])
    assert counts["phases"] == len(recorded["phases"])
    assert counts["milestones"] == len(milestones)
    for section in ("directives", "responses", "surveys", "integrations", "norms", "statements", "effects", "projects"):
        assert counts[section] == len(recorded.get(section, [])), section
    assert counts["indicators"] == len(indicators)
    assert counts["values"] == sum(len(row.get("observations", []) + row.get("targets", [])) for row in indicators)
    standing = sum(row.get("count", 1) for row in recorded.get("projects", []))
    assert sum(row["stands_for"] for row in report.section("projects").rows) == standing

    content = pdf.write(report)
    printed = squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages))
    assert "\ufffd" not in printed
    for milestone in milestones:
        assert squeezed(milestone["title"]) in printed
    for native in recorded.get("names", {}).values():
        assert squeezed(several(native)[0]) in printed
    assert xlsx.write(report)
    assert csv.write(report)


def test_the_founding_program_in_figures():
    report = build({"program": "kr-2019-msit-localization-rd-plan", "on": ON, "language": "en"})
    assert report.facts["Milestones"] == "13: 7 achieved, 4 overdue, 2 unknown"
    assert report.facts["Requests"] == "10 asked, 4 answers, 3 of them unnamed"
    wording = {row["wording"]: row["expected"] for row in report.section("milestones").rows}
    assert wording["August next year"] == "2020-08"
    assert [row["status"] for row in report.section("measures").rows] == ["Lifted"] * 6


@pytest.mark.parametrize(
    ("on", "statuses"),
    [("2019-07-03", {"Announced"}), ("2019-07-04", {"In force"}), ("2020-02-01", {"In force", "Eased"})],
)
def test_the_measure_answered_stands_as_it_stood_on_the_day(on, statuses):
    report = build({"program": "kr-2019-msit-localization-rd-plan", "on": on, "language": "en"})
    assert {row["status"] for row in report.section("measures").rows} == statuses
