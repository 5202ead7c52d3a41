"""The pages of programs, on the shipped data."""

import gzip
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import DisputedFact, Material, Measure, Organization
from programs.models import CoverageNote, Directive, Milestone, Phase, Program, Project, Response, Survey
from records.models import Name
from tests.hidden import hide
from tests.measures import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

ROADMAP = "kr-2019-msit-localization-rd-plan"
THREE_N = "kr-2019-national-research-infrastructure-3n"
LIST_QUERIES = 7


def page(client, slug, **query):
    return client.get(reverse("programs:detail", args=[slug]), query)


@pytest.mark.parametrize("slug", [ROADMAP, THREE_N])
def test_a_program_shows_every_text_of_its_rows(client, slug):
    program = Program.objects.get(slug=slug)
    response = page(client, slug)
    texts = [program.title, program.summary, program.budget_note]
    for phase in program.phases.all():
        texts += [phase.title, phase.objective]
        for milestone in phase.milestones.all():
            texts += [milestone.title, milestone.wording, milestone.description]
    for directive in program.directives.all():
        texts += [directive.title, directive.asks]
    for answer in program.responses.all():
        texts += [answer.title, answer.description]
    for survey in program.surveys.all():
        texts += [survey.title, survey.purpose]
    for part in program.integrations.all():
        texts.append(part.description)
    for norm in program.norms.all():
        texts += [norm.wording, norm.description]
    for statement in program.statements.all():
        texts += [statement.speaker, statement.said, statement.quote, statement.medium]
    for effect in program.effects.all():
        texts.append(effect.effect)
    for project in program.projects.all():
        texts += [project.title, project.outcome]
    for indicator in program.indicators.all():
        texts += [indicator.title, indicator.definition]
        texts += [value.note for value in (*indicator.observations.all(), *indicator.targets.all())]
    shown = response.content.decode()
    missing = [text for text in filter(None, texts) if escape(text) not in shown]
    assert missing == []


def test_requests_count_what_was_asked_and_answered(client):
    response = page(client, ROADMAP)
    assertContains(response, "<b>10 asked</b>")
    assertContains(response, "none named in any source")
    assertContains(response, "<b>4 answers</b>")
    assertContains(response, "3 from unnamed bodies")


def test_projects_count_what_their_rows_stand_for(client):
    assertContains(page(client, THREE_N), "40 rows standing for 51")


def test_the_announced_wording_stands_beside_its_reading(client):
    response = page(client, ROADMAP)
    assertContains(response, "“August next year”")
    assertContains(response, "said")
    assertContains(response, "Aug 2020")


def test_what_came_later_was_not_yet_achieved_on_an_earlier_day(client):
    counts = {
        day: dict(page(client, ROADMAP, on=day).context["milestone_counts"]) for day in ("2019-07-10", "2026-11-24")
    }
    assert counts["2019-07-10"]["achieved"] == 1
    assert counts["2026-11-24"]["achieved"] == 7


def test_a_milestone_is_overdue_only_after_its_last_possible_day():
    milestone = Milestone.objects.get(slug=f"{ROADMAP}-project-plan-from-survey")
    last = milestone.expected_latest
    assert milestone.state_on(last) == "unknown"
    assert milestone.state_on(last + timedelta(days=1)) == "overdue"


def test_the_list_shows_every_program(client):
    response = client.get(reverse("programs:list"))
    for program in Program.objects.all():
        assertContains(response, reverse("programs:detail", args=[program.slug]))
    assertContains(response, "7.8 trillion KRW")


def test_the_list_is_filtered_as_its_address_asks_and_says_so(client):
    response = client.get(reverse("programs:list"), {"material": "hydrogen-fluoride", "country": "KR"})
    listed = {program.slug for program in response.context["programs"]}
    assert ROADMAP in listed
    assert listed < set(Program.objects.values_list("slug", flat=True))
    assert len(response.context["chips"]) == 2
    assertContains(response, '<input type="checkbox" name="material" value="hydrogen-fluoride" checked>', html=True)
    assert response.context["kept"] == []


def test_the_list_counts_its_choices(client):
    facets = {facet.name: facet for facet in client.get(reverse("programs:list")).context["facets"]}
    assert list(facets) == ["country", "measure", "material", "authority", "verification", "disputed", "uncited"]
    for facet in facets.values():
        for option in (*facet.options, *facet.more):
            found = client.get(reverse("programs:list"), {facet.name: option.value})
            assert found.context["page_obj"].paginator.count == option.count
    nothing = client.get(reverse("programs:list"), {"country": "FR"})
    assertContains(nothing, "Nothing fits all of these filters.")


@pytest.mark.parametrize("query", [{"country": "XX"}, {"contry": "KR"}, {"page": "one"}])
def test_what_no_list_of_programs_can_be_is_refused(client, query):
    response = client.get(reverse("programs:list"), query)
    assertContains(response, escape(next(iter(query))), status_code=400)


def test_links_keep_the_chosen_day(client):
    response = client.get(reverse("programs:list"), {"on": "2019-08-01"})
    assertContains(response, f"{reverse('programs:detail', args=[ROADMAP])}?on=2019-08-01")


def test_visitors_see_no_draft_and_nothing_under_embargo(client):
    Program.objects.filter(slug=ROADMAP).update(state="draft")
    hide(Program.objects.filter(slug=THREE_N), embargo_until=timezone.now() + timedelta(days=1))
    response = client.get(reverse("programs:list"))
    for slug in (ROADMAP, THREE_N):
        assert page(client, slug).status_code == 404
        assertNotContains(response, slug)


def test_visitors_see_no_draft_within_a_program(client):
    milestone = Milestone.objects.filter(phase__program__slug=ROADMAP).first()
    project = Project.objects.filter(program__slug=THREE_N).first()
    Milestone.objects.filter(pk=milestone.pk).update(state="draft")
    Project.objects.filter(pk=project.pk).update(state="in_review")
    Phase.objects.filter(program__slug=THREE_N, number=3).update(state="draft")
    assertNotContains(page(client, ROADMAP), milestone.slug)
    assertNotContains(page(client, THREE_N), project.slug)
    assertNotContains(page(client, THREE_N), "Third designation")


@pytest.mark.parametrize(
    "hidden",
    [{"state": "draft"}, {"state": "in_review"}, {"embargo_until": timezone.now() + timedelta(days=1)}],
    ids=["draft", "in_review", "embargoed"],
)
@pytest.mark.parametrize("model", [Organization, Measure, Material])
def test_visitors_learn_nothing_of_what_a_program_points_at_in_secret(client, model, hidden):
    named = {"title": "Unheard of"} if model is Measure else {"name": "Unheard of"}
    if model is Organization:
        named["abbreviation"] = "Unheard of"
    names = Name.objects.filter(subject_type=ContentType.objects.get_for_model(model))
    names.update(text=Concat(Value("Unheard of "), "text"))
    addresses = [reverse("programs:list"), *(reverse("programs:detail", args=[slug]) for slug in (ROADMAP, THREE_N))]
    model.objects.update(**named)
    assert all("Unheard of" in client.get(address).content.decode() for address in addresses[1:])
    slugs = list(model.objects.values_list("slug", flat=True))
    hide(model.objects.all(), **hidden)
    for address in addresses:
        shown = client.get(address).content.decode()
        assert "Unheard of" not in shown
        assert not [slug for slug in slugs if f"/{slug}/" in shown]


@pytest.mark.parametrize("model", [Milestone, Survey, Directive, Response, Phase])
def test_visitors_learn_nothing_of_a_part_in_secret_by_what_points_at_it(client, model):
    model.objects.update(title="Unheard of")
    pages = [page(client, slug).content.decode() for slug in (ROADMAP, THREE_N)]
    assert any("Unheard of" in shown for shown in pages)
    model.objects.update(state="draft")
    for slug in (ROADMAP, THREE_N):
        assertNotContains(page(client, slug), "Unheard of")


def test_what_was_withdrawn_within_a_program_says_nothing_any_more(client):
    for model in (Milestone, Phase, Directive, Project):
        model.objects.update(title="Taken back", state="withdrawn", withdrawal_notice="Wrong.")
    DisputedFact.objects.update(question="Taken back", state="withdrawn", withdrawal_notice="Wrong.")
    for address in ("", f"{ROADMAP}/", f"{THREE_N}/"):
        assertNotContains(client.get(reverse("programs:list") + address), "Taken back")


def test_a_program_shows_what_was_looked_for_in_its_phases(client):
    phase = Phase.objects.filter(program__slug=ROADMAP).first()
    note = CoverageNote.objects.create(
        slug="note-on-a-phase",
        state="published",
        phase=phase,
        material=Material.objects.first(),
        looked_on="2026-11",
        looked_where="the register",
        by="an analyst",
    )
    assertContains(page(client, ROADMAP), f'id="{note.slug}"')
    Phase.objects.filter(pk=phase.pk).update(state="draft")
    assertNotContains(page(client, ROADMAP), note.slug)


def test_a_withdrawn_program_shows_its_notice_only(client):
    program = Program.objects.get(slug=ROADMAP)
    Program.objects.filter(pk=program.pk).update(state="withdrawn", withdrawal_notice="It was no program.")
    response = page(client, ROADMAP)
    assertContains(response, "It was no program.")
    assertNotContains(response, program.summary)
    listed = client.get(reverse("programs:list"))
    assertContains(listed, "It was no program.")
    for phase in program.phases.all():
        assertNotContains(listed, escape(phase.title))


def test_an_unknown_program_is_not_found(client):
    assert page(client, "kr-1999-nothing").status_code == 404


def test_an_impossible_day_is_refused_in_words(client):
    response = client.get(reverse("programs:list"), {"on": "2019-13-45"})
    assertContains(response, "not a date", status_code=400)


def test_one_program_or_all_take_the_same_queries(client, django_assert_num_queries):
    client.get(reverse("programs:list"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("programs:list"))
    Program.objects.exclude(slug=ROADMAP).update(state="draft")
    recorded.settle()
    client.get(reverse("programs:list"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("programs:list"))


@pytest.mark.parametrize("path", ["", *(f"{slug}/" for slug in (ROADMAP, THREE_N))])
def test_pages_stay_light(client, path):
    response = client.get(reverse("programs:list") + path)
    assert len(gzip.compress(response.content)) < 60_000


def test_the_page_of_a_measure_does_not_name_who_leads_a_program_in_secret(client):
    address = reverse("measures:detail", args=["jp-2019-three-materials-licensing"])
    Organization.objects.filter(led_programs__isnull=False).update(name="Unheard of", abbreviation="Unheard of")
    assertContains(client.get(address), "Unheard of")
    Organization.objects.filter(led_programs__isnull=False).update(state="draft")
    assertNotContains(client.get(address), "Unheard of")
