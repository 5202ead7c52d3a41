"""Pages of sources, and what all lists share."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Claim, DisputedFact
from programs.models import CoverageNote, Milestone, Phase, Program
from records import derived
from records.models import Citation, Source, SourceStatement, StatementTrace
from tests.hidden import hide
from tests.measures import recorded

pytestmark = pytest.mark.django_db

LIST_QUERIES = 4
PAGE_QUERIES = 7


def source(slug, **values):
    defaults = {
        "title": slug.title(),
        "publisher": "A publisher",
        "language": "en",
        "kind": "news",
        "consulted": "excerpt",
        "state": "published",
    }
    return Source.objects.create(slug=slug, **defaults | values)


def page(client, slug="notice", **query):
    return client.get(reverse("records:source_detail", args=[slug]), query)


def listed(client, **query):
    return client.get(reverse("records:source_list"), query)


@pytest.fixture
def notice(db):
    return source(
        "notice",
        title="お知らせ",
        publisher="METI",
        url="https://meti.example/notice",
        date="2019-07-01",
        language="ja",
        kind="official",
        note="The press text.",
    )


def test_every_field_is_told(client, notice):
    source("translation", derived_from=notice, translation="machine", consulted="none")
    response = page(client)
    for text in ("お知らせ", "METI", "1 July 2019", "Japanese", "Official", "Read as an excerpt", "The press text."):
        assertContains(response, text)
    assertContains(response, '<a href="https://meti.example/notice" rel="noopener noreferrer nofollow">')
    assertContains(response, reverse("records:source_detail", args=["translation"]))
    translated = page(client, "translation")
    for text in ("Machine translation", "Not read", "お知らせ", "not on the web"):
        assertContains(translated, text)


@pytest.fixture
def milestone(db):
    program = Program.objects.create(
        slug="roadmap",
        title="The roadmap",
        country=recorded.country("KR"),
        lead=recorded.authority(),
        summary="…",
        verification="verified",
        state="published",
    )
    phase = Phase.objects.create(
        program=program, slug="one", number=1, title="First", objective="…", status="running", state="published"
    )
    return Milestone.objects.create(phase=phase, slug="a-plan", title="A plan", status="planned", state="published")


def test_facts_that_cite_it_lead_to_where_they_are_shown(client, notice, milestone):
    measure = recorded.measure("licensing", ["gallium"])
    event = recorded.event(measure, "announced", "2019-07-01")
    fact = DisputedFact.objects.create(
        slug="when", subject=milestone.phase.program, question="When?", state="published"
    )
    claim = Claim.objects.create(disputed_fact=fact, claimant="Someone", date="2019", statement="Soon.")
    note = CoverageNote.objects.create(
        slug="note", material=recorded.material("gallium"), phase=milestone.phase, looked_on="2020", state="published"
    )
    for subject, field in (
        (event, "date"),
        (milestone, ""),
        (claim, ""),
        (measure.material_links.get(), ""),
        (note, ""),
    ):
        Citation.objects.create(subject=subject, source=notice, field=field, quote="as it says")
    response = page(client, on="2020-01-01")
    assert response.context["fact_count"] == 5
    measure_page = reverse("measures:detail", args=["licensing"])
    program_page = reverse("programs:detail", args=["roadmap"])
    for address in (
        f"{measure_page}?on=2020-01-01#{event.slug}",
        f"{measure_page}?on=2020-01-01",
        f"{program_page}?on=2020-01-01#a-plan",
        f"{program_page}?on=2020-01-01#when",
        f"{program_page}?on=2020-01-01#note",
    ):
        assertContains(response, f'href="{address}"')
    assertContains(response, "as it says")
    assertContains(response, "Event: date")


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "in_review"},
        {"state": "withdrawn", "withdrawal_notice": "Wrong."},
        {"embargo_until": timezone.now() + datetime.timedelta(days=1)},
    ],
    ids=["draft", "in review", "withdrawn", "embargoed"],
)
@pytest.mark.parametrize("model", [Milestone, Phase, Program])
def test_facts_of_what_visitors_may_not_read_neither_show_nor_count(client, notice, milestone, model, hidden):
    Citation.objects.create(subject=milestone, source=notice)
    assert page(client).context["fact_count"] == 1
    hide(model.objects.all(), **hidden)
    response = page(client)
    assert response.context["fact_count"] == 0
    assertNotContains(response, "A plan")
    assertNotContains(response, "The roadmap")


def test_statements_lead_to_the_facts_that_hold_them(client, notice, milestone):
    statement = SourceStatement.objects.create(source=notice, number=3, text="A plan will come soon.")
    paths = ["summary", "phases/1/milestones/a-plan/wording", "phases/1/title"]
    for position, path in enumerate(paths):
        StatementTrace.objects.create(
            statement=statement, position=position, file="programs.yaml", record="roadmap", path=path
        )
    response = page(client)
    program_page = reverse("programs:detail", args=["roadmap"])
    assertContains(response, "A plan will come soon.")
    for address in (program_page, f"{program_page}#a-plan", f"{program_page}#phases"):
        assertContains(response, f'href="{address}"')
    Program.objects.update(state="draft")
    response = page(client)
    assertNotContains(response, "The roadmap")
    assertContains(response, "no page shows it")


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_hidden_sources_are_nowhere(client, notice, state):
    source("translation", derived_from=notice)
    source("summary", state=state, derived_from=notice)
    Source.objects.filter(slug="notice").update(state=state)
    assert page(client).status_code == 404
    assertNotContains(listed(client), "お知らせ")
    assertNotContains(page(client, "translation"), "お知らせ")
    Source.objects.filter(slug="notice").update(state="published")
    assertNotContains(page(client), "Summary")


def test_a_withdrawn_source_tells_why_and_nothing_else(client, notice):
    Source.objects.update(state="withdrawn", withdrawal_notice="It was never printed.")
    assertContains(page(client), "It was never printed.")
    assertNotContains(page(client), "meti.example")
    assertContains(listed(client), "It was never printed.")
    assertNotContains(listed(client, kind="official"), "お知らせ")


def test_the_newest_come_first_and_undated_ones_last(client):
    for slug, date in (("old", "2001"), ("undated", None), ("new", "2020-05")):
        source(slug, date=date)
    assert [one.slug for one in listed(client).context["sources"]] == ["new", "old", "undated"]


def test_filters_keep_and_drop(client, notice):
    source("other")
    derived.rebuild()
    for query in ({"q": "お知らせ"}, {"kind": "official"}, {"language": "ja"}, {"q": "meti.example"}):
        assert [one.slug for one in listed(client, **query).context["sources"]] == ["notice"]
    kind, language, _publisher, _consulted = listed(client, kind="official").context["facets"]
    assert {option.value: option.count for option in kind.options} == {"official": 1, "news": 1}
    assert [(option.label, option.count) for option in language.options] == [("Japanese", 1)]
    assertContains(listed(client, kind="official"), "Kind: Official")


def test_pages_of_a_list_keep_what_was_chosen(client):
    for number in range(60):
        source(f"source-{number:02}", date="2020")
    response = listed(client, kind="news", on="2020-01-01")
    assert len(response.context["sources"]) == 50
    assertContains(response, "?kind=news&amp;on=2020-01-01&amp;page=2")
    assert len(listed(client, kind="news", page="2").context["sources"]) == 10


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"kind": "gossip"}, "gossip"),
        ({"language": "xx"}, "xx"),
        ({"page": "two"}, "must be a number"),
        ({"order": "date"}, "not a parameter"),
        ({"on": "2019-13-45"}, "not a date"),
        ({"q": "x" * 300}, "at most"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(client, notice, query, reason):
    assertContains(listed(client, **query), reason, status_code=400)


def test_pages_that_are_not_are_not_found(client, notice):
    assert page(client, "nothing").status_code == 404
    assertContains(listed(client, page="2"), "its last one is 1", status_code=404)


def test_one_source_and_fifty_take_the_same_number_of_queries(client, notice, django_assert_num_queries):
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        listed(client)
    for number in range(49):
        source(f"source-{number}")
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(client).context["sources"]) == 50


def test_one_fact_and_many_take_the_same_number_of_queries(client, notice, milestone, django_assert_num_queries):
    def cite(number):
        measure = recorded.measure(f"m{number}")
        Citation.objects.create(subject=recorded.event(measure, "announced", "2019"), source=notice)

    cite(0)
    page(client)
    with django_assert_num_queries(PAGE_QUERIES):
        page(client)
    for number in range(1, 50):
        cite(number)
    with django_assert_num_queries(PAGE_QUERIES):
        assert page(client).context["fact_count"] == 50
