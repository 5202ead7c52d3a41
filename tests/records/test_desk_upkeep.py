"""Reports and merges at the desk: what they show, with how many queries, and to whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures import status
from measures.models import (
    Claim,
    DisputedFact,
    Material,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    Organization,
)
from programs.models import Milestone, Phase, Program
from records.desk.reports import DeskReport, reports
from records.models import LinkCheck, SlugRedirect, Source
from tests.records.anything import row
from tests.records.test_admin import log_in

pytestmark = pytest.mark.django_db

NAMES = ["stale", "evidence", "disputed", "overdue", "unconfirmed", "links", "duplicates"]


def address(name, **asked):
    return reverse("admin:desk_report", args=[name], query=asked or None)


def shown(model, **values):
    return row(model, state="published", **values)


def make(name, number):
    """One more line of a report."""
    if name == "stale":
        shown(Source, title=f"Stale {number}", checked_on="2020-01-01")
    elif name in ("evidence", "unconfirmed"):
        until = {"until": "2021-01-01"} if name == "unconfirmed" else {}
        measure = shown(Measure, title=f"Aged {number}", effect="restricts")
        row(MeasureMaterial, measure=measure, material=shown(Material))
        shown(MeasureEvent, measure=measure, kind="effective", date="2020-01-01", **until)
        status.StatusDerivation().refresh([measure])
    elif name == "disputed":
        row(Claim, disputed_fact=shown(DisputedFact, question=f"How many? {number}", subject=shown(Measure)))
    elif name == "overdue":
        phase = row(Phase, program=shown(Program))
        shown(Milestone, phase=phase, title=f"Late {number}", status="planned", expected="2020", actual=None)
    elif name == "links":
        source = shown(Source, title=f"Broken {number}", url=f"http://{number}.example/")
        row(LinkCheck, source=source, url=source.url, outcome="gone", status=404)
    else:
        for _ in range(2):
            shown(Material, name=f"Twin {number}")


def test_every_report_is_tested_and_has_its_place():
    assert [report.name for report in reports()] == NAMES
    assert len(DeskReport.__subclasses__()) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_lists_what_it_is_about_and_takes_no_more_queries_for_more(name, client):
    log_in(client, "editor")
    assert b"Nothing to do here" in client.get(address(name)).content
    counts = []
    for more in (1, 6):
        for number in range(more):
            make(name, f"{more}-{number}")
        client.get(address(name))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(address(name))
        counts.append(len(caught))
        assert len(page.context["lines"]) == page.context["page_obj"].paginator.count >= more
        assert f"{more}-0" in page.content.decode()
    assert counts[0] == counts[1]


def test_the_first_report_and_the_page_of_facts_without_source_are_led_to(client):
    log_in(client, "editor")
    page = client.get(reverse("admin:desk_reports"), follow=True)
    assert page.status_code == 200
    assert reverse("records:uncited").encode() in page.content
    assert client.get(address("nothing")).status_code == 404
    assert client.get(address("stale", page="9")).status_code == 404
    assert client.get(address("stale", page="x")).status_code == 400


@pytest.mark.parametrize("role", ["visitor", "analyst"])
def test_reports_are_for_the_desk(role, client):
    if role == "analyst":
        log_in(client, role)
    assert client.get(address("stale")).status_code == 302
    assert client.get(reverse("admin:desk_reports")).status_code == 302


@pytest.fixture
def pair():
    stays = shown(Material, slug="gallium", name="Gallium")
    goes = shown(Material, slug="gallium-metal", name="Gallium metal")
    row(MeasureMaterial, measure=shown(Measure, title="Limits on gallium"), material=goes)
    return goes, stays


def merge_page(loser, into=None):
    page = reverse("admin:merge", args=[loser._meta.label_lower, loser.pk])
    return f"{page}?into={into.pk}" if into else page


def typed(loser, into, **values):
    versions = {"read_version": loser.version, "into_version": into.version}
    return {"change_reason": "They are one.", **versions, **values}


def test_a_reviewer_chooses_sees_what_moves_and_merges(pair, client):
    goes, stays = pair
    user = log_in(client, "reviewer")
    record_page = reverse("admin:measures_material_change", args=[goes.pk])
    assert merge_page(goes) in client.get(record_page).content.decode()
    choosing = client.get(merge_page(goes)).content.decode()
    assert f"?into={stays.pk}" in choosing
    assert "its name is similar" in choosing
    assert f"?into={stays.pk}" in client.get(merge_page(goes), {"q": "gallium"}).content.decode()
    preview = client.get(merge_page(goes, stays)).content.decode()
    assert "Limits on gallium" in preview
    assert not SlugRedirect.objects.exists()
    answer = client.post(merge_page(goes, stays), typed(goes, stays))
    assert (answer.status_code, answer.url) == (302, reverse("admin:measures_material_change", args=[stays.pk]))
    assert SlugRedirect.objects.get().subject == stays
    assert stays.measure_links.count() == 1
    assert user.change_sets.get().reason == "They are one."


def test_nothing_is_merged_without_a_reason_or_on_versions_that_nobody_looked_at(pair, client):
    goes, stays = pair
    log_in(client, "reviewer")
    assert client.post(merge_page(goes, stays), typed(goes, stays, change_reason="")).status_code == 200
    assert client.post(merge_page(goes, stays), {"change_reason": "x"}).status_code == 200
    late = client.post(merge_page(goes, stays), typed(goes, stays, into_version=7))
    assert late.status_code == 409
    assert b"They are one." in late.content
    Material.objects.filter(pk=stays.pk).update(state="draft")
    refused = client.post(merge_page(goes, stays), typed(goes, stays))
    assert refused.status_code == 403
    assert b"other way round" in refused.content
    assert not SlugRedirect.objects.exists()


@pytest.mark.parametrize("role", ["visitor", "analyst", "editor", "manager"])
def test_nobody_else_merges(role, pair, client):
    goes, stays = pair
    if role != "visitor":
        log_in(client, role)
    expected = 403 if role in ("editor", "manager") else 302
    for answer in (
        client.get(merge_page(goes)),
        client.get(merge_page(goes, stays)),
        client.post(merge_page(goes, stays), typed(goes, stays)),
    ):
        assert answer.status_code == expected
    assert not SlugRedirect.objects.exists()


def test_only_materials_organizations_and_sources_have_such_a_page(pair, client):
    log_in(client, "admin")
    assert client.get(merge_page(shown(Measure))).status_code == 404
    for model in (Material, Organization, Source):
        assert client.get(merge_page(shown(model))).status_code == 200
    assert client.get(reverse("admin:merge", args=["auth.user", 1])).status_code == 404
    assert client.get(reverse("admin:merge", args=["measures.material", 10**30])).status_code == 404
    for into in ("x", "9" * 40, "-1"):
        assert client.get(merge_page(pair[0]), {"into": into}).status_code == 404


def test_pages_hold_nothing_inline(pair, client):
    log_in(client, "admin")
    for page in (merge_page(pair[0]), merge_page(*pair), address("duplicates")):
        content = client.get(page).content
        for refused in (b"<style", b" style=", b" onclick", b"javascript:"):
            assert refused not in content
