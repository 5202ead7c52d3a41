"""Programs over the API: filters, everything that belongs to one, and nothing that is hidden."""

import pytest
from django.contrib.contenttypes.models import ContentType

from measures.models import Measure, Organization
from programs.models import (
    CoverageNote,
    Directive,
    DirectiveAddressee,
    Effect,
    Indicator,
    Integration,
    IntegrationInput,
    Milestone,
    Observation,
    Phase,
    Program,
    ProgramMaterial,
    ProgramMeasure,
    ProgramPartner,
    Project,
    ProjectNorm,
    ProjectPerformer,
    Response,
    Statement,
    Survey,
    SurveyFeed,
    Target,
)
from records import derived
from records.models import Citation, Name, Source
from tests.measures import recorded

pytestmark = pytest.mark.django_db

PUBLISHED = {"state": "published"}


def organization(slug):
    return Organization.objects.create(
        slug=slug, name=slug.title(), kind="university", country=recorded.country("KR"), **PUBLISHED
    )


def program(slug="localize", **values):
    return Program.objects.create(
        slug=slug,
        title=slug.title(),
        lead=recorded.authority(),
        summary="Make at home what was bought.",
        verification="partly",
        **{"country": recorded.country("KR"), **PUBLISHED, **values},
    )


def rich():
    """A program with one of everything."""
    made = program(budget_amount="273200000000", budget_currency="KRW", budget_per="program")
    lab, council = organization("lab"), organization("council")
    ProgramPartner.objects.create(program=made, organization=lab, role="partner")
    ProgramMeasure.objects.create(program=made, measure=recorded.measure("licensing"))
    ProgramMaterial.objects.create(program=made, material=recorded.material("hydrogen-fluoride-gas"))
    Name.objects.create(subject=made, language="ko", text="소재 국산화")
    phase = Phase.objects.create(
        program=made,
        slug="first",
        number=1,
        title="First",
        horizons=["short"],
        objective="…",
        status="running",
        **PUBLISHED,
    )
    milestone = Milestone.objects.create(
        phase=phase,
        slug="plan",
        title="Plan",
        expected="2020-08",
        wording="August next year",
        said_on="2019-07-10",
        status="planned",
        **PUBLISHED,
    )
    common = {"program": made, **PUBLISHED}
    directive = Directive.objects.create(
        slug="request",
        phase=phase,
        issued_by=recorded.authority(),
        title="Request",
        date="2019-07",
        council=council,
        count=10,
        asks="Plans",
        **common,
    )
    DirectiveAddressee.objects.create(directive=directive, organization=lab)
    Response.objects.create(
        slug="answer",
        directive=directive,
        phase=phase,
        actor="a research institution",
        action="project_team",
        title="Team",
        date="2019-07",
        **common,
    )
    survey = Survey.objects.create(
        slug="survey",
        conducted_by=lab,
        title="Survey",
        period="2019-07/2019-08",
        purpose="Demand",
        **common,
    )
    SurveyFeed.objects.create(survey=survey, milestone=milestone)
    integration = Integration.objects.create(slug="merge", into=milestone, description="Merged", **common)
    IntegrationInput.objects.create(integration=integration, survey=survey)
    ProjectNorm.objects.create(
        slug="norm",
        years_min=4,
        years_max=6,
        amount="2000000000",
        currency="KRW",
        approximate=True,
        wording="…",
        **common,
    )
    Statement.objects.create(slug="said", date="2019-07-08", speaker="An official", medium="press", said="…", **common)
    Effect.objects.create(slug="effect", sector="displays", effect="…", date="2019-07", **common)
    project = Project.objects.create(
        slug="project", phase=phase, title="Project", status="running", count=12, unnamed=True, **common
    )
    ProjectPerformer.objects.create(project=project, organization=lab)
    ProjectPerformer.objects.create(project=project, name="a firm", position=1)
    indicator = Indicator.objects.create(slug="share", title="Share", unit="percent", definition="…", **common)
    value = Observation.objects.create(indicator=indicator, date="2018", value="43.9")
    Target.objects.create(indicator=indicator, date="2025", value="20")
    note = CoverageNote.objects.create(
        slug="gap",
        material=recorded.material("gallium"),
        phase=phase,
        looked_on="2026-11",
        looked_where="NTIS",
        by="the editors",
        **PUBLISHED,
    )
    source = Source.objects.create(
        slug="notice",
        title="Notice",
        publisher="MSIT",
        language="ko",
        kind="official",
        consulted="excerpt",
        **PUBLISHED,
    )
    for subject in (made, milestone, value, note):
        Citation.objects.create(subject=subject, source=source)
    return made


def get(client, path, **query):
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def test_a_program_carries_everything_that_belongs_to_it(client):
    rich()
    told = get(client, "programs/localize/", on="2020-08-15")
    assert told["lead"] == {"id": "ministry", "name": "Ministry"}
    assert told["budget"] == {"amount": 273200000000, "currency": "KRW", "approximate": False, "per": "program"}
    assert (told["responds_to"], told["materials"]) == (["licensing"], ["hydrogen-fluoride-gas"])
    assert told["partners"][0]["organization"]["id"] == "lab"
    [phase] = told["phases"]
    assert (phase["number"], phase["horizons"]) == (1, ["short"])
    [milestone] = phase["milestones"]
    assert (milestone["expected"], milestone["expected_latest"]) == ("2020-08", "2020-08-31")
    assert (milestone["wording"], milestone["said_on"]) == ("August next year", "2019-07-10")
    assert milestone["sources"] == ["notice"]
    [directive] = told["directives"]
    assert (directive["phase"], directive["count"], directive["addressed_to"]) == (1, 10, ["lab"])
    assert directive["council"]["id"] == "council"
    [response] = told["responses"]
    assert (response["directive"], response["organization"], response["actor"]) == (
        "request",
        None,
        "a research institution",
    )
    assert told["surveys"][0]["feeds"] == ["plan"]
    assert (told["integrations"][0]["into"], told["integrations"][0]["merged"]) == ("plan", ["survey"])
    assert told["norms"][0]["cost"] == {"amount": 2000000000, "currency": "KRW", "approximate": True, "per": None}
    assert told["statements"][0]["speaker"] == "An official"
    assert told["effects"][0]["sector"] == "displays"
    [project] = told["projects"]
    assert (project["count"], project["unnamed"], project["budget"]["amount"]) == (12, True, None)
    assert project["performers"] == [
        {"organization": {"id": "lab", "name": "Lab"}, "name": None},
        {"organization": None, "name": "a firm"},
    ]
    [indicator] = told["indicators"]
    assert [(value["date"], value["value"]) for value in indicator["observations"]] == [("2018", 43.9)]
    assert [(value["date"], value["value"]) for value in indicator["targets"]] == [("2025", 20)]
    assert told["coverage_notes"][0]["material"] == "gallium"
    assert [source["id"] for source in told["bibliography"]] == ["notice"]


@pytest.mark.parametrize(("day", "overdue"), [("2020-08-31", False), ("2020-09-01", True)])
def test_a_milestone_is_overdue_on_the_day_after_its_last(client, day, overdue):
    rich()
    assert get(client, "programs/localize/", on=day)["phases"][0]["milestones"][0]["overdue"] is overdue


CHILDREN = [
    ("phases", Phase, "first"),
    ("directives", Directive, "request"),
    ("responses", Response, "answer"),
    ("surveys", Survey, "survey"),
    ("integrations", Integration, "merge"),
    ("norms", ProjectNorm, "norm"),
    ("statements", Statement, "said"),
    ("effects", Effect, "effect"),
    ("projects", Project, "project"),
    ("indicators", Indicator, "share"),
    ("coverage_notes", CoverageNote, "gap"),
    ("bibliography", Source, "notice"),
]


@pytest.mark.parametrize(("place", "model", "slug"), CHILDREN)
def test_nothing_hidden_is_told_inside_a_program(client, place, model, slug):
    rich()
    assert [row["id"] for row in get(client, "programs/localize/")[place]] == [slug]
    model.objects.filter(slug=slug).update(state="draft")
    answer = client.get("/api/v1/programs/localize/")
    assert answer.json()[place] == []
    assert f'"{slug}"' not in answer.content.decode()


@pytest.mark.parametrize(("place", "model", "slug"), CHILDREN)
def test_what_was_withdrawn_inside_a_program_says_so_and_no_more(client, place, model, slug):
    rich()
    model.objects.filter(slug=slug).update(state="withdrawn", withdrawal_notice="A mistake.")
    assert get(client, "programs/localize/")[place] == [
        {"id": slug, "state": "withdrawn", "withdrawal_notice": "A mistake."}
    ]


def test_a_hidden_milestone_and_hidden_bodies_are_not_told(client):
    rich()
    Milestone.objects.update(state="draft")
    Organization.objects.filter(slug="lab").update(state="in_review")
    Measure.objects.update(state="draft")
    told = get(client, "programs/localize/")
    assert told["phases"][0]["milestones"] == []
    assert (told["surveys"][0]["feeds"], told["surveys"][0]["conducted_by"]) == ([], None)
    assert told["integrations"][0]["into"] is None
    assert (told["partners"], told["responds_to"], told["directives"][0]["addressed_to"]) == ([], [], [])
    assert told["projects"][0]["performers"][0]["organization"] is None


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_a_hidden_program_is_on_no_list_and_has_no_page(client, state):
    program(state=state)
    assert get(client, "programs/")["results"] == []
    assert client.get("/api/v1/programs/localize/").status_code == 404


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ({}, {"localize", "other"}),
        ({"country": "KR"}, {"localize"}),
        ({"country": ["KR", "JP"]}, {"localize", "other"}),
        ({"authority": "lab"}, {"localize"}),
        ({"authority": "ministry"}, {"localize", "other"}),
        ({"measure": "licensing"}, {"localize"}),
        ({"material": "hydrogen-fluoride"}, {"localize"}),
        ({"material": "gallium"}, set()),
        ({"verification": "partly"}, {"localize", "other"}),
        ({"verification": "verified"}, set()),
        ({"q": "국산화"}, {"localize"}),
        ({"q": "hydrogen-fluoride"}, {"localize"}),
        ({"q": "lab localize"}, {"localize"}),
    ],
)
def test_programs_are_filtered(client, query, slugs):
    rich()
    program("other", country=recorded.country("JP"))
    recorded.material("gallium")
    derived.rebuild()
    assert {row["id"] for row in get(client, "programs/", **query)["results"]} == slugs


@pytest.mark.parametrize("query", ["country=Korea", "authority=nobody", "measure=none", "material=x", "status=running"])
def test_unknown_values_and_parameters_are_refused(client, query):
    rich()
    response = client.get(f"/api/v1/programs/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [query.partition("=")[0]]


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_takes_four_queries(client, django_assert_num_queries, count):
    ContentType.objects.get_for_model(Program)
    for number in range(count):
        made = program(f"program-{number}")
        ProgramMaterial.objects.create(program=made, material=recorded.material("gallium"))
    with django_assert_num_queries(4):
        get(client, "programs/")


@pytest.mark.parametrize("more", [0, 49])
def test_a_program_takes_twenty_three_queries_however_much_belongs_to_it(client, django_assert_num_queries, more):
    made = rich()
    indicator, phase = Indicator.objects.get(), Phase.objects.get()
    for number in range(1, more + 1):
        Observation.objects.create(indicator=indicator, date="2019", value=number, position=number)
        Milestone.objects.create(phase=phase, slug=f"plan-{number}", title="…", status="unknown", **PUBLISHED)
        Effect.objects.create(program=made, slug=f"effect-{number}", sector="…", effect="…", date="2019", **PUBLISHED)
    get(client, "programs/localize/")
    with django_assert_num_queries(23):
        get(client, "programs/localize/")
