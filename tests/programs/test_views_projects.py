"""The list of projects of all programs."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Material, Organization
from programs.models import Program, Project, ProjectPerformer
from records import derived
from tests.records.anything import row

pytestmark = pytest.mark.django_db

LIST_QUERIES = 8


@pytest.fixture
def network(db):
    """A program with twelve named projects, one of them on a material, and a row that stands for six unnamed ones."""
    program = row(Program, slug="network", title="Network", state="published")
    body = row(Organization, slug="institute", name="Institute of Testing", state="published")
    hidden = row(Organization, slug="secret", name="Secret body", state="draft")
    resist = row(Material, slug="resist", name="Resist", state="published")
    for number in range(12):
        project = row(
            Project,
            slug=f"lab-{number}",
            title=f"Laboratory {number}",
            program=program,
            position=number,
            kind="N-LAB",
            status="designated",
            material=resist if number == 0 else None,
            state="published",
        )
        row(ProjectPerformer, project=project, organization=hidden if number == 1 else body, name=None)
    row(
        Project,
        slug="others",
        title="Six more",
        program=program,
        position=12,
        kind="N-LAB",
        status="selected",
        count=6,
        unnamed=True,
        state="published",
    )
    derived.rebuild()
    return program


def listed(client, **query):
    return client.get(reverse("programs:project_list"), query)


def slugs(response):
    return [project.slug for project in response.context["projects"]]


def test_rows_are_counted_and_what_they_stand_for(client, network):
    response = listed(client)
    assert slugs(response) == [*(f"lab-{number}" for number in range(12)), "others"]
    assertContains(response, "13 rows")
    assertContains(response, "for 18 projects")
    assertContains(response, "stands for 6")
    assertContains(response, 'href="/programs/network/#lab-3"')


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"institute": "institute"}, 11),
        ({"institute": "unknown"}, 2),
        ({"material": "resist"}, 1),
        ({"material": "-resist"}, 12),
        ({"status": "selected"}, 1),
        ({"program": "network", "kind": "N-LAB"}, 13),
    ],
)
def test_it_is_cut_by_its_filters(client, network, query, found):
    assert len(slugs(listed(client, **query))) == found


def test_its_facets_lead_to_what_they_count(client, network):
    for facet in listed(client).context["facets"]:
        assert facet.all
        for option in facet.all:
            page = listed(client, **{facet.name: option.value}).context["page_obj"]
            assert page.paginator.count == option.count, (facet.name, option.value)


def test_what_is_hidden_is_not_told(client, network):
    assertNotContains(listed(client), "Secret body")
    assertContains(listed(client, institute="secret"), "secret", status_code=400)
    Project.objects.filter(slug="lab-2").update(state="draft")
    assert "lab-2" not in slugs(listed(client))
    Program.objects.update(state="withdrawn", withdrawal_notice="Not so.")
    assert slugs(listed(client)) == []


def test_it_is_taken_as_a_file(client, network):
    response = listed(client, format="csv", status="selected")
    assert response.getvalue().decode("utf-8-sig").count("\n") == 2


@pytest.mark.parametrize("query", [{"status": "dreamt"}, {"institut": "x"}, {"page": "0"}])
def test_what_cannot_be_asked_is_refused_in_plain_words(client, network, query):
    assertContains(listed(client, **query), next(iter(query)), status_code=400)


def test_one_row_or_thirteen_take_the_same_queries(client, network, django_assert_num_queries):
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        listed(client)
    Project.objects.exclude(slug="lab-0").update(state="draft")
    with django_assert_num_queries(LIST_QUERIES):
        listed(client)
