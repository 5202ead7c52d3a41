"""Pages of the shipped data set: each opens, none is large, and what the data says is on them."""

import gzip

import pytest
from django.db.models import Count
from django.urls import reverse
from django.utils.html import escape
from pytest_django.asserts import assertContains

from measures import timeline
from measures.models import Announcement, HSCode, Instrument, MastCode, Material, Organization
from records.models import Source, SourceStatement
from tests.measures.test_views_marks import discs, view

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

FOUNDING_REPORT = "founding-report-2019-07"
LARGEST = 60 * 1024


def weighed(client, address, query=None):
    """The text of a page, after it was found small enough."""
    response = client.get(address, query)
    assert response.status_code == 200, address
    assert len(gzip.compress(response.content)) <= LARGEST, address
    return response.content.decode()


# What shows most on each kind of page.
FULLEST = {
    Material: Count("measures", distinct=True) + Count("program_links", distinct=True),
    Organization: Count("measures", distinct=True)
    + Count("led_programs", distinct=True)
    + Count("claims", distinct=True),
    Source: Count("citations"),
}


@pytest.mark.parametrize("model", FULLEST, ids=lambda model: model.__name__)
def test_the_fullest_pages_are_small_and_so_are_others(client, model):
    records = list(model.objects.annotate(fullness=FULLEST[model]).order_by("-fullness", "pk"))
    for record in (*records[:4], *records[4 :: len(records) // 8]):
        text = weighed(client, record.get_absolute_url(), {"on": "2019-12-21"})
        assert escape(str(record)) in text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"lanes": "material", "from": "1950", "to": "2029"},
        {"lanes": "program"},
        {"zoom": "month", "from": "2022", "to": "2026"},
        {"zoom": "quarter", "from": "2011", "to": "2026"},
        {"view": "list", "from": "1950", "to": "2029"},
    ],
    ids=str,
)
def test_no_timeline_is_large(client, query):
    timeline.rebuild()
    weighed(client, reverse("measures:timeline"), query)


@pytest.mark.parametrize(
    "query", ["lanes=issuer", "lanes=program", "lanes=material&zoom=month&from=2019-07&to=2019-09"]
)
def test_every_disc_of_the_timeline_leads_to_the_lines_it_counts(query):
    timeline.rebuild()
    whole = view(query).get_context_data()
    found = discs(whole)
    assert found
    for dot in found:
        assert view(dot.address).lines().count() == dot.count, dot.address
    assert whole["line_count"] == view(f"{query}&view=list").get_context_data()["page_obj"].paginator.count


@pytest.mark.parametrize("name", ["measures:material_list", "measures:organization_list", "records:source_list"])
def test_lists_are_small(client, name):
    weighed(client, reverse(name))


@pytest.mark.parametrize("slug", ["hydrogen-fluoride", "gallium", "photoresist-euv"])
def test_a_material_tells_everything_recorded(client, slug):
    material = Material.objects.get(slug=slug)
    text = weighed(client, material.get_absolute_url())
    told = [material.name, material.description, material.cas, material.formula]
    told += [name.text for name in material.names.all()]
    for code in HSCode.objects.filter(material_links__material=material):
        told += [code.dotted, code.description, code.section.name]
    for link in material.measure_links.all():
        told += [link.measure.title, link.scope, link.control_ref]
    for link in material.program_links.all():
        told += [link.program.title, *(phase.title for phase in link.program.phases.all())]
    for project in material.projects.all():
        told += [project.title]
    for indicator in material.indicators.all():
        told += [indicator.title, indicator.definition]
    assert [words for words in told if words and escape(words) not in text] == []


@pytest.mark.parametrize("slug", ["jp-meti", "kr-msit", "kr-nrf", "cn-mofcom", "kr-nst"])
def test_an_organization_tells_everything_recorded(client, slug):
    organization = Organization.objects.get(slug=slug)
    text = weighed(client, organization.get_absolute_url())
    told = [organization.name, organization.abbreviation, organization.field, organization.website]
    told += [name.text for name in organization.names.all()]
    told += [child.name for child in organization.children.all()]
    told += [measure.title for measure in organization.measures.all()]
    told += [program.title for program in organization.led_programs.all()]
    told += [link.program.title for link in organization.partner_links.all()]
    told += [row.title for row in (*organization.directives.all(), *organization.directives_to_members.all())]
    told += [row.title for row in (*organization.responses.all(), *organization.surveys.all())]
    told += [link.project.title for link in organization.performer_links.all()]
    told += [statement.said for statement in organization.statements.all()]
    told += [claim.statement for claim in organization.claims.all()]
    assert [words for words in told if words and escape(words) not in text] == []


def test_every_announcement_is_on_the_page_of_its_authority(client):
    pages = {}
    for announcement in Announcement.objects.select_related("authority"):
        address = announcement.authority.get_absolute_url()
        text = pages.get(address) or pages.setdefault(address, weighed(client, address))
        assert f'id="{announcement.slug}"' in text
        for words in (announcement.title, announcement.legal_number):
            assert not words or escape(words) in text


def test_every_instrument_and_mast_code_stands_with_its_neighbours(client):
    text = weighed(client, reverse("measures:instruments"))
    for instrument in Instrument.objects.all():
        for words in (instrument.oecd_type, instrument.gta_type, instrument.note):
            assert not words or escape(words) in text
    for mast in MastCode.objects.all():
        assert f'id="{mast.code}"' in text
        assert escape(mast.title) in text


def test_the_founding_report_leads_from_each_statement_to_the_pages_that_hold_it(client):
    response = client.get(reverse("records:source_detail", args=[FOUNDING_REPORT]))
    told = response.context["statements"]
    assert len(told) == 24
    pages = {}
    for one in told:
        assertContains(response, escape(one.statement.text))
        assert len(one.traces) == one.statement.traces.count() > 0, one.statement.number
        for trace in one.traces:
            address, _hash, anchor = trace.url.partition("#")
            page = pages.get(address) or pages.setdefault(address, client.get(address).content.decode())
            # A partner and an answered measure have no anchor of their own.
            assert not anchor or f'id="{anchor}"' in page or trace.path.split("/")[0] in ("partners", "responds_to")
    assert SourceStatement.objects.count() == 24


@pytest.mark.parametrize(
    ("slug", "on", "measure", "restricted"),
    [
        ("photoresist-euv", "2019-07-03", "jp-2019-three-materials-licensing", None),
        ("photoresist-euv", "2019-07-04", "jp-2019-three-materials-licensing", "certain"),
        ("photoresist-euv", "2020-02-01", "jp-2019-three-materials-licensing", "certain"),
        ("photoresist-euv", "2023-05-01", "jp-2019-three-materials-licensing", None),
        ("holmium", "2025-11-08", "cn-2025-57-five-rare-earths", None),
        ("manganese-ore", "2029-02-01", "ga-2029-manganese-ban", "possible"),
    ],
)
def test_materials_answer_on_golden_days(client, slug, on, measure, restricted):
    context = client.get(reverse("measures:material_detail", args=[slug]), {"on": on}).context
    bearing = next(b for _name, found in context["sections"] for b in found if b.measure.slug == measure)
    answer = ("certain" if bearing.is_certain else "possible") if bearing.restricts else None
    assert answer == restricted
