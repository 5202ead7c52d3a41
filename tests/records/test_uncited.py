"""Which facts have no source: what counts as one, what carries it, and who may know."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Measure, MeasureEvent, MeasureMaterial
from programs.models import Program, Project
from records import footing
from records.models import Citation, Source
from tests.hidden import hide
from tests.records.anything import row

pytestmark = pytest.mark.django_db

ADDRESS = reverse("records:uncited")
# The shares of all kinds, how many rows are listed, the keys of a page, their rows and citations.
QUERIES = 6


@pytest.fixture
def measure():
    return row(Measure, state="published", title="The licensing")


@pytest.fixture
def source():
    return row(Source, state="published")


def cite(subject, source, field=""):
    return Citation.objects.create(subject=subject, source=source, field=field)


def share(kind="measure"):
    return footing.coverage()[kind]


def listed(client, **query):
    response = client.get(ADDRESS, query)
    assert response.status_code == 200
    return [(found.row, found.facts) for found in response.context["rows"]]


@pytest.mark.parametrize("kind", footing.kinds().values(), ids=lambda model: model.__name__)
def test_every_declared_fact_is_a_column_with_a_name(kind):
    for fact in kind.facts:
        assert not fact or (footing.column_of(kind, fact) and footing.label(kind, fact))


def test_a_citation_of_a_field_carries_that_field_and_one_of_the_record_carries_all(client, measure, source):
    assert share() == footing.Share(0, 2)
    assert listed(client, kind="measure") == [(measure, ["summary", "legal basis"])]
    cite(measure, source, "legal_basis")
    assert share() == footing.Share(1, 2)
    assert listed(client, kind="measure") == [(measure, ["summary"])]
    cite(measure, source)
    assert share() == footing.Share(2, 2)
    assert listed(client, kind="measure") == []


def test_a_citation_of_the_day_carries_an_event_and_one_of_the_budget_carries_no_project(measure, source):
    event = row(MeasureEvent, measure=measure, state="published")
    cite(event, source, "date")
    assert share("measureevent") == footing.Share(1, 1)
    program = row(Program, state="published")
    project = row(Project, program=program, state="published", budget_amount=5, budget_currency="KRW")
    row(Project, program=program, state="published")
    assert share("project") == footing.Share(0, 3)
    cite(project, source, "budget")
    assert share("project") == footing.Share(1, 3)
    assert [fact for fact in project.facts if fact in footing.missing(project)] == [""]


def test_what_a_field_does_not_say_is_no_fact(measure):
    program = row(Program, state="published")
    assert share("program") == footing.Share(0, 1)
    Program.objects.filter(pk=program.pk).update(budget_amount=5, budget_currency="KRW")
    assert share("program") == footing.Share(0, 2)
    Measure.objects.update(legal_basis="")
    assert share() == footing.Share(0, 1)


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "in_review"},
        {"state": "withdrawn", "withdrawal_notice": "Wrong."},
        {"embargo_until": timezone.now() + timedelta(days=1)},
    ],
    ids=["draft", "in review", "withdrawn", "embargoed"],
)
def test_what_visitors_may_not_read_is_neither_counted_nor_listed(client, measure, hidden):
    event = row(MeasureEvent, measure=measure, state="published", title="An event")
    link = row(MeasureMaterial, measure=measure)
    type(link.material).objects.update(state="published", name="Gallium")
    assert {kept for kept, _facts in listed(client)} >= {measure, event, link}
    hide(type(link.material).objects.all(), **hidden)
    # The page of a measure still names what was withdrawn.
    if hidden.get("state") != "withdrawn":
        assertNotContains(client.get(ADDRESS), "Gallium")
        assert share("measurematerial") == footing.Share()
    hide(Measure.objects.all(), **hidden)
    for kind in ("measure", "measureevent", "measurematerial"):
        assert share(kind) == footing.Share()
    response = client.get(ADDRESS)
    assertNotContains(response, "The licensing")
    assertNotContains(response, "An event")


def test_a_source_that_visitors_may_not_see_carries_nothing(measure, source):
    cite(measure, source)
    assert share().uncited == 0
    Source.objects.update(state="draft")
    assert share().uncited == 2


def test_the_address_chooses_kinds_and_refuses_others(client, measure):
    event = row(MeasureEvent, measure=measure, state="published")
    assert [found for found, _facts in listed(client, kind="measureevent")] == [event]
    assert [found for found, _facts in listed(client, kind=["measureevent", "measure"])] == [measure, event]
    response = client.get(ADDRESS, {"kind": "measur"})
    assert response.status_code == 400
    assertContains(response, "Did you mean", status_code=400)
    assert client.get(ADDRESS, {"kinds": "measure"}).status_code == 400
    assert client.get(ADDRESS, {"page": "2"}).status_code == 404


def test_one_row_or_sixty_take_the_same_queries(client, measure, django_assert_num_queries):
    client.get(ADDRESS)
    for more in (0, 59):
        for _number in range(more):
            row(Measure, state="published", authority=measure.authority)
        with django_assert_num_queries(QUERIES):
            client.get(ADDRESS, {"kind": "measure"})
