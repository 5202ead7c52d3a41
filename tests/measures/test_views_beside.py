"""What the facts of measures, materials and bodies say beside each other, on the shipped data."""

import datetime

import pytest
from django.urls import reverse

from measures.models import Material, Measure, Organization
from records import beside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

LICENSING, WHITE_LIST = "jp-2019-three-materials-licensing", "jp-2019-korea-white-list-removal"


def said(model, slug, day):
    """What each fact of a record says on a day, its parts told apart."""
    record = model.objects.get(slug=slug)
    found = beside.facts(model, [record], datetime.date.fromisoformat(day))[record.pk]
    return {key: [entry.text or entry.status or entry.date for entry in fact.entries] for key, fact in found.items()}


def test_the_founding_measure_has_another_status_for_the_material_that_was_eased():
    facts = said(Measure, LICENSING, "2020-02-01")
    assert facts[("status", "", "photoresist-euv")] == ["eased"]
    assert facts[("status", "", "fluorinated-polyimide")] == ["in_force"]
    assert set(facts[("status",)]) == {"eased", "in_force"}


def test_a_measure_tells_by_the_day_what_had_happened():
    counts = [len(said(Measure, LICENSING, day)[("events",)]) for day in ("2019-01-01", "2019-07-05", "2026-01-01")]
    assert counts == sorted(set(counts))


def test_two_measures_of_one_announcement_have_it_in_common(client):
    page = client.get(f"{reverse('records:compare')}?measure={LICENSING}&measure={WHITE_LIST}")
    agreeing = {line.label: line for line in page.context["agreeing"]}
    assert [entry.text for entry in agreeing["Issued by"].shared.entries] == ["Japan"]
    differing = {line.label for line in page.context["differing"]}
    assert {"Status", "Date: In force", "Materials", "Summary"} <= differing


def test_a_material_is_restricted_on_some_days_only():
    days = ("2019-06-01", "2019-08-01")
    before, then = (said(Material, "fluorinated-polyimide", day)[("restricted",)] for day in days)
    assert not before
    assert then
    title = Measure.objects.get(slug=LICENSING).title
    ended = [title in said(Material, "fluorinated-polyimide", day)[("ended",)] for day in ("2019-08-01", "2024-01-01")]
    assert ended == [False, True]


def test_a_body_tells_what_it_issued_with_the_status_on_the_day():
    meti = Organization.objects.get(slug="jp-meti")
    title, issued = Measure.objects.get(slug=LICENSING).title, []
    for day in ("2019-08-01", "2023-08-01"):
        facts = beside.facts(Organization, [meti], datetime.date.fromisoformat(day))[meti.pk]
        assert len(facts[("measures",)].entries) == meti.measures.count()
        issued += [entry.status for entry in facts[("measures",)].entries if entry.text == title]
    assert issued == ["in_force", "lifted"]


def test_every_measure_can_be_told_on_any_day():
    records = list(Measure.objects.readable())
    for day in ("1990-01-01", "2019-07-04", "2026-11-30"):
        found = beside.facts(Measure, records, datetime.date.fromisoformat(day))
        assert all(("status",) in facts and ("citations",) in facts for facts in found.values())


def test_the_days_of_a_measure_are_those_that_its_status_follows_from():
    days = beside.kinds()["measure"].days(Measure.objects.get(slug=LICENSING))
    assert sorted({str(day) for day, _date, _title in days}) == [
        "2019-07-01",
        "2019-07-04",
        "2019-12-20",
        "2023-03-16",
        "2023-03-23",
    ]
