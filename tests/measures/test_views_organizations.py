"""Pages of organizations: what each issued, and what it has to do with programs."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures import status
from measures.models import Announcement, AnnouncementMeasure, Claim, DisputedFact, Organization
from programs.models import (
    Directive,
    DirectiveAddressee,
    Program,
    ProgramPartner,
    Project,
    ProjectPerformer,
    Response,
    Statement,
    Survey,
)
from records import derived
from records.models import Citation, Name, Source
from tests.hidden import hide
from tests.measures import recorded

pytestmark = pytest.mark.django_db

LIST_QUERIES = 6
PAGE_QUERIES = 22


def page(client, slug="ministry", **query):
    return client.get(reverse("measures:organization_detail", args=[slug]), query)


def listed(client, **query):
    return client.get(reverse("measures:organization_list"), query)


def body(slug, **values):
    defaults = {"country": recorded.country("KR"), "name": slug.title(), "kind": "university", "state": "published"}
    return Organization.objects.create(slug=slug, **defaults | values)


@pytest.fixture
def institute(db):
    """An institute that has to do with a program in every way there is."""
    made = body("institute", abbreviation="INST", field="Lasers", website="https://institute.example/")
    program = Program.objects.create(
        slug="roadmap",
        title="The roadmap",
        country=recorded.country("KR"),
        lead=made,
        summary="…",
        verification="verified",
        state="published",
    )
    of = {"program": program, "state": "published"}
    ProgramPartner.objects.create(program=program, organization=made, role="keeps the accounts")
    asked = Directive.objects.create(
        slug="d", issued_by=recorded.authority(), title="A request", date="2019-07", asks="Plans.", **of
    )
    DirectiveAddressee.objects.create(directive=asked, organization=made)
    Directive.objects.create(
        slug="c", issued_by=made, council=made, title="A circular", date="2019-08", asks="Ideas.", **of
    )
    Response.objects.create(slug="r", organization=made, action="proposal", title="An answer", date="2019-09", **of)
    Survey.objects.create(slug="s", conducted_by=made, title="A survey", period="2019", purpose="To know.", **of)
    project = Project.objects.create(slug="p", title="A laboratory", status="running", **of)
    ProjectPerformer.objects.create(project=project, organization=made)
    Statement.objects.create(
        slug="st", organization=made, speaker="A director", said="It works.", date="2019", medium="radio", **of
    )
    fact = DisputedFact.objects.create(
        slug="f", subject=recorded.material("gallium"), question="How much?", state="published"
    )
    Claim.objects.create(disputed_fact=fact, organization=made, date="2019", statement="A lot.", value="9 tonnes")
    return made


TOLD = {
    Program: ["The roadmap"],
    ProgramPartner: ["Keeps the accounts"],
    Directive: ["A request", "A circular"],
    Response: ["An answer"],
    Survey: ["A survey"],
    Project: ["A laboratory"],
    Statement: ["It works."],
    DisputedFact: ["9 tonnes"],
}


def test_the_page_tells_everything_that_it_has_to_do_with_programs(client, institute):
    response = page(client, "institute")
    for text in ("INST", "Lasers", "https://institute.example/", *(text for texts in TOLD.values() for text in texts)):
        assertContains(response, text)
    assertContains(response, 'rel="noopener noreferrer nofollow"')


@pytest.mark.parametrize("model", [model for model in TOLD if model is not ProgramPartner])
@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "withdrawn", "withdrawal_notice": "Wrong."},
        {"embargo_until": timezone.now() + datetime.timedelta(days=1)},
    ],
    ids=["draft", "withdrawn", "embargoed"],
)
def test_what_visitors_may_not_read_is_not_told(client, institute, model, hidden):
    hide(model.objects.all(), **hidden)
    response = page(client, "institute")
    for text in TOLD[model]:
        assertNotContains(response, text)
    if model is Program:
        for texts in (texts for other, texts in TOLD.items() if other is not DisputedFact):
            for text in texts:
                assertNotContains(response, text)


def test_a_claim_about_a_hidden_record_is_not_told(client, institute):
    material = recorded.material("gallium")
    material.state = "draft"
    material.save()
    assertNotContains(page(client, "institute"), "9 tonnes")


def test_measures_stand_with_their_status_on_the_day(client):
    made = recorded.imposed(recorded.measure("licensing", ["gallium"]), by=["JP"], on=["KR"])
    recorded.event(made, "effective", "2019-07-04")
    recorded.event(made, "revoked", "2023-03-23")
    status.StatusDerivation().rebuild()
    [measure] = page(client, on="2019-07-04").context["measures"]
    assert [group.status for group in measure.groups] == ["in_force"]
    [measure] = page(client, on="2023-03-23").context["measures"]
    assert [group.status for group in measure.groups] == ["lifted"]
    recorded.Measure.objects.update(state="draft")
    assertNotContains(page(client), "licensing")


def test_announcements_tell_number_day_sources_and_the_measures_they_bring(client):
    act = Announcement.objects.create(
        slug="act",
        title="An act",
        country=recorded.country(),
        authority=recorded.authority(),
        date="2019-07-01",
        legal_number="Order 7",
        state="published",
    )
    for position, measure in enumerate((recorded.measure("one"), recorded.measure("two", state="draft"))):
        AnnouncementMeasure.objects.create(announcement=act, measure=measure, position=position)
    source = Source.objects.create(
        slug="notice",
        title="The notice",
        publisher="METI",
        language="ja",
        kind="official",
        consulted="excerpt",
        state="published",
    )
    Citation.objects.create(subject=act, source=source)
    response = page(client)
    for text in ("An act", "Order 7", "1 Jul 2019", "The notice", reverse("measures:detail", args=["one"])):
        assertContains(response, text)
    assertNotContains(response, reverse("measures:detail", args=["two"]))
    Source.objects.update(state="draft")
    assertNotContains(page(client), "The notice")
    Announcement.objects.update(state="draft")
    assertNotContains(page(client), "An act")


def test_parents_and_children_lead_to_each_other_as_far_as_they_may_be_read(client):
    child = body("office", parent=recorded.authority(), kind="office")
    assertContains(page(client), child.get_absolute_url())
    assertContains(page(client, "office"), recorded.authority().get_absolute_url())
    assertContains(listed(client, parent="ministry"), "Office")
    Organization.objects.filter(slug="ministry").update(state="draft")
    assertNotContains(page(client, "office"), "Ministry")
    assert page(client).status_code == 404


def test_a_withdrawn_body_tells_why_and_nothing_else(client, institute):
    Organization.objects.filter(slug="institute").update(state="withdrawn", withdrawal_notice="Recorded twice.")
    response = page(client, "institute")
    assertContains(response, "Recorded twice.")
    assertNotContains(response, "A laboratory")


def test_the_list_is_filtered_and_counts_its_choices(client, institute):
    recorded.authority()
    Name.objects.create(subject=institute, language="ko", text="연구소")
    body("hidden", state="draft")
    derived.rebuild()
    assert {one.slug for one in listed(client).context["organizations"]} == {"institute", "ministry"}
    assert [one.slug for one in listed(client, country="KR").context["organizations"]] == ["institute"]
    assert [one.slug for one in listed(client, kind="ministry").context["organizations"]] == ["ministry"]
    assert [one.slug for one in listed(client, q="연구소").context["organizations"]] == ["institute"]
    country, kind, parent, disputed, _uncited = listed(client, country="KR").context["facets"]
    assert {option.value: option.count for option in parent.options} == {"unknown": 1}
    assert {option.value: option.count for option in country.options} == {"KR": 1, "JP": 1}
    assert {option.value: option.count for option in kind.options} == {"university": 1}
    assert {option.value: option.count for option in disputed.options} == {"no": 1}
    [chip] = listed(client, country="KR", on="2020-01-01").context["chips"]
    assert (chip.label, chip.url) == ("Country: South Korea", "?on=2020-01-01")
    [chip] = listed(client, q="gaN_on_Si").context["chips"]
    assert chip.label.endswith(": gaN_on_Si")


@pytest.mark.parametrize(
    "query", [{"country": "XX"}, {"kind": "guild"}, {"page": "0"}, {"page": "²"}, {"sort": "name"}]
)
def test_what_cannot_be_asked_is_refused(client, query):
    assert listed(client, **query).status_code == 400


def test_one_body_and_fifty_take_the_same_number_of_queries(client, django_assert_num_queries):
    body("first", parent=recorded.authority())
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        listed(client)
    for number in range(48):
        body(f"body-{number}", parent=recorded.authority())
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client).context["organizations"]) == 50


def test_one_measure_and_many_take_the_same_number_of_queries(client, institute, django_assert_num_queries):
    recorded.measure("first", ["gallium"])
    page(client)
    with django_assert_num_queries(PAGE_QUERIES):
        page(client)
    for number in range(30):
        recorded.measure(f"m{number}", ["gallium"])
    with django_assert_num_queries(PAGE_QUERIES):
        assert len(page(client).context["measures"]) == 31
