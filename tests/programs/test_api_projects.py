"""The projects of all programs as a list of the API."""

import pytest

from measures.models import Organization
from programs.models import Project
from records import derived
from records.models import Source
from tests.hidden import hide
from tests.programs.test_api import rich
from tests.records.test_changes import HIDDEN

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/projects/"


@pytest.fixture
def project():
    rich()
    derived.rebuild()
    return Project.objects.get()


def rows(client, **query):
    response = client.get(ADDRESS, query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_a_row_says_what_its_program_says_of_it(client, project):
    (row,) = rows(client)
    (nested,) = client.get(f"/api/v1/programs/{project.program.slug}/").json()["projects"]
    assert row == {**nested, "program": {"id": project.program.slug, "name": project.program.title}}
    assert rows(client, fields="id,title") == [{"id": project.slug, "title": project.title}]


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_nothing_hidden_is_told(client, project, values):
    hide(Organization.objects.filter(pk__in=project.performers.values("organization")), **values)
    hide(Source.objects.all(), **values)
    (row,) = rows(client)
    assert all(performer["organization"] is None for performer in row["performers"])
    assert row["sources"] == []
    hide(Project.objects.all(), **values)
    assert rows(client) == []


def test_what_it_does_not_understand_is_refused(client, project):
    assert client.get(ADDRESS, {"statis": "x"}).status_code == 400
    assert client.get(ADDRESS, {"fields": "titel"}).json()["fields"][0].endswith("Did you mean “title”?")
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize("address", [ADDRESS, "/projects/"])
def test_a_column_that_some_rows_leave_empty_suggests_no_nothing(client, project, address):
    Project.objects.update(kind=None)
    assert client.get(address, {"kind": "false"}).status_code == 400
