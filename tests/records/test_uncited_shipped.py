"""The uncited facts of the shipped data: listed, counted and marked alike."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from measures.models import Measure
from records import footing
from records.models import Citation, Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

ADDRESS = reverse("records:uncited")


def test_the_list_holds_just_what_the_figures_count(client):
    shares = footing.coverage()
    found, number = [], 1
    while True:
        response = client.get(ADDRESS, {"page": number})
        found += response.context["rows"]
        if not response.context["page_obj"].has_next():
            break
        number += 1
    for kind, model in footing.kinds().items():
        facts = [fact for each in found if type(each.row) is model for fact in each.facts]
        assert len(facts) == shares[kind].uncited, kind
    assert len({(type(each.row), each.row.pk) for each in found}) == len(found)
    assert response.context["share"] == footing.total(shares)


def test_the_front_page_tells_the_share_and_leads_there(client):
    whole = footing.total(footing.coverage())
    response = client.get("/")
    assertContains(response, f"{whole.cited} of {whole.all} facts cited, {whole.percent}")
    assertContains(response, f'href="{ADDRESS}"')


def test_pages_mark_what_has_no_source(client):
    measure = Measure.objects.get(slug="jp-2019-three-materials-licensing")
    before = client.get(measure.get_absolute_url()).content.decode().count("unsourced")
    assert before >= 2
    Citation.objects.create(subject=measure, source=Source.objects.first(), field="summary")
    assert client.get(measure.get_absolute_url()).content.decode().count("unsourced") == before - 1
