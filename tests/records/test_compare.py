"""Records beside each other: several of a kind, one on several days, one as it was known at several moments."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import (
    Claim,
    DisputedFact,
    Material,
    Measure,
    MeasureEvent,
    MeasureIssuer,
    MeasureMaterial,
    Organization,
)
from programs.models import Milestone, Phase, Program, ProgramMeasure, Project
from records import beside, known, merging, publishing
from records.models import ChangeSet, Citation, Name, Source
from tests.consequences import carry_out
from tests.records.anything import row
from tests.records.test_changes import HIDDEN, changed, made

pytestmark = pytest.mark.django_db

COMPARE = reverse("records:compare")


@pytest.fixture
def licensing():
    """In force since 4 July 2019 and lifted on 23 March 2023."""
    measure = made(
        Measure, slug="licensing", title="The licensing", summary="Licences, one by one.", legal_basis="Act 1"
    )
    happened(measure, "effective", "2019-07-04", "It begins")
    happened(measure, "revoked", "2023-03-23", "It ends")
    return measure


@pytest.fixture
def ban():
    measure = made(Measure, slug="ban", title="The ban", summary="No exports at all.", legal_basis="Act 1")
    happened(measure, "effective", "2023", "The ban begins")
    return measure


def happened(measure, kind, date, title, **values):
    position = measure.events.count()
    return made(MeasureEvent, measure=measure, kind=kind, date=date, title=title, position=position, **values)


def compare(client, *pairs, status=200, **query):
    response = client.get(f"{COMPARE}?{urlencode([*pairs, *query.items()])}")
    assert response.status_code == status, response.content
    return response


def of(*records):
    return [(record._meta.model_name, record.slug) for record in records]


def texts(cell):
    return [entry.text or entry.status or entry.date for entry in cell.entries]


def told(response, which="differing"):
    """What each column says, by the label of the line."""
    return {line.label: [texts(cell) for cell in line.cells] for line in response.context[which]}


def test_two_measures_what_differs_first(client, licensing, ban):
    page = compare(client, *of(licensing, ban))
    differing, agreeing = told(page), told(page, "agreeing")
    assert differing["Status"] == [["lifted"], ["in_force"]]
    assert differing["Summary"] == [["Licences, one by one."], ["No exports at all."]]
    assert differing["Date: In force"] == [["It begins"], ["The ban begins"]]
    assert differing["Date: Lifted"] == [["It ends"], []]
    assert agreeing["Legal basis"] == [["Act 1"], ["Act 1"]]
    assert not differing.keys() & agreeing.keys()
    text = page.content.decode()
    assert text.index("No exports at all.") < text.index(f"{len(agreeing)} facts are the same") < text.index("Act 1")


def test_columns_stand_in_the_order_of_the_address_and_the_day_of_the_page_counts(client, licensing, ban):
    page = compare(client, *of(ban, licensing), on="2019-12-01")
    assert [column.label for column in page.context["columns"]] == ["The ban", "The licensing"]
    assert told(page)["Status"] == [["no dated status"], ["in_force"]]
    assertContains(page, f'href="{licensing.get_absolute_url()}?on=2019-12-01"')


def test_statuses_of_materials_that_go_the_same_way_share_a_line(client, licensing, ban):
    materials = [made(Material, name=name) for name in ("Gallium", "Germanium")]
    for material in materials:
        row(MeasureMaterial, measure=licensing, material=material, scope=f"Pure {material}")
        row(MeasureMaterial, measure=ban, material=material, scope=f"Pure {material}")
    row(MeasureMaterial, measure=ban, material=made(Material, name="Antimony"), scope="Any")
    for measure in (licensing, ban):
        changed(measure.events.first(), reason="Again", description="Again")
    page = compare(client, *of(licensing, ban))
    lines = [line for line in page.context["differing"] if line.label == "Status"]
    # What holds for the whole holds for each.
    assert [(line.parts, [texts(cell) for cell in line.cells]) for line in lines] == [([], [["lifted"], ["in_force"]])]
    scopes = [(line.parts, texts(line.cells[0])) for line in page.context["agreeing"] if line.label == "Scope"]
    assert scopes == [(["Gallium"], ["Pure Gallium"]), (["Germanium"], ["Pure Germanium"])]
    alone = {line.label: line for line in page.context["alone"]}
    assert [line.parts for line in alone.values()] == [["Antimony"], ["Antimony"]]
    assert [cell.missing for cell in alone["Scope"].cells] == ["not listed", ""]
    assertContains(page, "2 facts about what only one of them lists")


def test_each_cell_has_its_source(client, licensing, ban):
    paper = row(Source, state="published", publisher="The Gazette", kind="official")
    Citation.objects.create(subject=licensing, field="summary", source=paper)
    Citation.objects.create(subject=licensing.events.first(), source=paper)
    page = compare(client, *of(licensing, ban))
    assertContains(page, "1 source: The Gazette", count=3)  # the summary, the date, what happened
    assert told(page)["Rests on"] == [["2 citations", "1 source", "1 of them official"], []]


def test_disputes_and_programs_are_facts_too(client, licensing, ban):
    dispute = row(DisputedFact, subject=licensing, question="How many licences?", state="published")
    row(Claim, disputed_fact=dispute)
    row(ProgramMeasure, measure=ban, program=made(Program, title="The answer"))
    differing = told(compare(client, *of(licensing, ban)))
    assert differing["Disputed"] == [["How many licences?"], []]
    assert differing["Programs that respond"] == [[], ["The answer"]]


def test_one_measure_on_two_days(client, licensing):
    page = compare(client, *of(licensing), ("day", "2019-07-04"), ("day", "2023-03-23"))
    assert told(page) == {"Status": [["in_force"], ["lifted"]], "Happened by the day": [[], ["It ends"]]}
    happened_line = page.context["differing"][1]
    assert [cell.in_all for cell in happened_line.cells] == [1, 1]
    assertContains(page, f'<a href="{licensing.get_absolute_url()}?on=2019-07-04">4 July 2019</a>', html=True)
    assertContains(page, "and 1 the same")


def test_one_day_is_compared_with_the_day_of_the_page(client, licensing):
    page = compare(client, *of(licensing), day="2019-07-03", on="2020-01-01")
    assert [column.label for column in page.context["columns"]] == ["3 July 2019", "1 January 2020"]
    assert told(page)["Status"] == [["no dated status"], ["in_force"]]


def test_what_may_have_happened_later_says_so(client, ban):
    page = compare(client, *of(ban), ("day", "2023-06-01"), ("day", "2024-01-01"))
    line = next(line for line in page.context["differing"] if line.label == "Happened by the day")
    assert [[entry.note for entry in cell.entries] for cell in line.cells] == [["perhaps later"], [""]]


def test_one_measure_as_known_at_two_moments(client, licensing):
    first = known.newest().number
    changed(licensing, reason="It was act 2", kind=ChangeSet.Kind.CORRECTION, legal_basis="Act 2 of 2019, as amended")
    happened(licensing, "licence", "2020-01-01", "A licence")
    last = known.newest().number
    changed(licensing, reason="Later", summary="Something else.")
    page = compare(client, *of(licensing), ("moment", first), ("moment", last))
    assert told(page) == {
        "Legal basis": [["Act 1"], ["Act 2 of 2019, as amended"]],
        "Happened by the day": [[], ["A licence"]],
    }
    between = page.context["between"]
    assert [(label, [change.reason for change in changes]) for label, _count, changes in between.groups] == [
        ("correction", ["It was act 2"]),
        ("new development", ["Recorded"]),
    ]
    assertContains(page, f'href="{licensing.get_absolute_url()}history/?since={first}&amp;until={last}"')
    assertContains(page, f'href="{licensing.get_absolute_url()}?known={first}"')


def test_a_single_moment_is_compared_with_what_the_page_knows(client, licensing):
    first = known.newest().number
    second = changed(licensing, reason="One", summary="One.").pk
    changed(licensing, reason="Two", summary="Two.")
    summary = lambda **query: told(compare(client, *of(licensing), moment=first, **query))["Summary"]  # noqa: E731
    assert summary() == [["Licences, one by one."], ["Two."]]
    assert summary(known=second) == [["Licences, one by one."], ["One."]]
    page = compare(client, *of(licensing), moment=second + 1, known=second, status=400)
    assertContains(page, "There is no change set of this number.", status_code=400)


def test_words_that_differ_are_marked_between_versions_only(client, licensing, ban):
    first = known.newest().number
    changed(licensing, reason="One", summary="Licences, granted one by one.")
    page = compare(client, *of(licensing), moment=first)
    assertContains(page, "<mark>granted</mark>")
    assertNotContains(compare(client, *of(licensing, ban)), "<mark>")


def test_a_record_that_readers_did_not_know_of_says_so(client):
    draft = made(Measure, title="The licensing", summary="Scandalous.", state="draft")
    first = known.newest().number
    changed(draft, reason="Published", state="published", summary="Mild.")
    changed(draft, reason="Again", summary="Milder.")
    page = compare(client, *of(draft), moment=first)
    assertContains(page, "Readers did not know of it at this moment.")
    assertContains(page, "Fewer than two of them say anything")
    assertNotContains(page, "Scandalous")


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_is_as_if_it_were_not(client, licensing, values):
    secret = made(Measure, slug="secret", title="Quiet", **values)
    for query in (
        [*of(licensing, secret)],
        [*of(secret), ("day", "2019-01-01")],
        [*of(secret), ("moment", known.newest().number)],
    ):
        assert compare(client, *query, status=404).context["reason"] == "Measure: there is none with this id."
    assert compare(client, ("measure", "none"), status=404).context["reason"] == "Measure: there is none with this id."
    first = known.newest().number
    happened(licensing, "statement", "2020", "Quiet words", **values)
    row(MeasureMaterial, measure=licensing, material=made(Material, name="Quiet metal", **values))
    Citation.objects.create(subject=licensing, source=row(Source, publisher="Quiet paper", **values))
    row(DisputedFact, subject=licensing, question="Quiet question", **values)
    row(ProgramMeasure, measure=licensing, program=made(Program, title="Quiet program", **values))
    changed(licensing, reason="In the open", authority=row(Organization, name="Quiet office", **values))
    for query in ({"day": "2019-01-01"}, {"moment": first}, {"q": "quiet"}, {}):
        carry_out()
        assertNotContains(compare(client, *of(licensing), **query), "Quiet")


def test_a_withdrawn_record_shows_its_notice_only(client, licensing, ban):
    first = known.newest().number
    publishing.withdraw(licensing, by=None, reason="Wrong", notice="It never was.")
    for query in (
        [*of(licensing, ban)],
        [*of(licensing), ("day", "2019-07-04")],
        [*of(licensing), ("moment", first)],
        of(licensing),
    ):
        page = compare(client, *query)
        assertContains(page, "It never was.")
        assertNotContains(page, "Licences, one by one.")
        assertNotContains(page, "It begins")


def test_a_withdrawn_record_does_not_keep_others_from_being_compared(client, licensing, ban):
    third = made(Measure, title="The quota", summary="So much.")
    publishing.withdraw(licensing, by=None, reason="Wrong", notice="It never was.")
    page = compare(client, *of(licensing, ban, third))
    assert told(page)["Summary"] == [[], ["No exports at all."], ["So much."]]
    assert "Effect" in told(page, "agreeing")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ([("mesure", "licensing")], "Did you mean “measure”?"),
        ([("measure", "licensing"), ("material", "x")], "Only records of one kind"),
        ([("measure", str(number)) for number in range(5)], "At most 4"),
        ([("measure", "licensing"), ("day", "2019-02-30")], "is not a date"),
        ([("measure", "licensing"), ("moment", "yesterday")], "The moment to look from is not one."),
        ([("measure", "licensing"), ("moment", "999999")], "There is no change set of this number."),
        ([("measure", "licensing"), ("moment", "2999-01-01T00:00Z")], "cannot be told"),
        ([("day", "2019-01-01")], "name just one"),
        ([("measure", "licensing"), ("measure", "ban"), ("day", "2019-01-01")], "name just one"),
        ([("measure", "licensing"), ("day", "2019-01-01"), ("moment", "1")], "not both"),
        ([("measure", "licensing"), *(("day", f"2019-01-0{day}") for day in range(1, 6))], "At most 4"),
        ([("q", "a"), ("q", "b")], "can be given only once"),
        ([("q", "a\0b")], "cannot be printed"),
        ([("measure", "licensing"), ("on", "x")], "is not a date"),
    ],
)
def test_what_cannot_be_is_refused_in_words(client, licensing, ban, query, words):
    assertContains(compare(client, *query, status=400), words, status_code=400)


@pytest.mark.parametrize("slug", ["\0", "a'b", "x" * 500, "İ"])
def test_ids_that_are_none_are_not_found(client, slug):
    compare(client, ("measure", slug), status=404)


def test_the_same_record_twice_is_one(client, licensing):
    assert compare(client, *of(licensing, licensing)).context["one"] == licensing


def test_an_old_id_leads_to_the_record_it_was_merged_into(client, django_user_model):
    goes, stays, third = (made(Material, name=name) for name in ("Gallium metal", "Gallium", "Germanium"))
    merging.merge(goes, into=stays, by=row(django_user_model), reason="They are one.")
    response = compare(client, *of(goes, third), on="2020-01-01", status=301)
    assert response["Location"] == f"{COMPARE}?{urlencode([*of(stays, third)])}&on=2020-01-01"
    assert compare(client, *of(goes, stays), status=301)["Location"] == f"{COMPARE}?material={stays.slug}"


def test_without_two_things_the_page_offers_some(client, licensing, ban):
    number = changed(licensing, reason="Say more", summary="More.").pk
    carry_out()
    page = compare(client, *of(licensing))
    assertContains(page, 'href="?measure=licensing&amp;day=2019-07-04"')
    assertContains(page, f'href="?measure=licensing&amp;moment={number - 1}"')
    happened(ban, "amended", "2024", "No status follows")
    assert compare(client, *of(ban)).context["choices"]["days"] == [
        ("2023", "The ban begins", "?measure=ban&day=2023-12-31")
    ]
    assertContains(compare(client), "Two to four records of one kind")
    assertContains(compare(client, q="ban"), 'href="?measure=ban"')
    page = compare(client, *of(licensing), q="ban", on="2020-01-01")
    assertContains(page, 'href="?measure=licensing&amp;measure=ban&amp;on=2020-01-01"')
    assertContains(compare(client, *of(licensing), q="zzz"), "Nothing that can be compared was found.")


def test_a_search_beside_a_record_finds_only_its_kind(client, licensing, ban):
    made(Material, name="Ban metal")
    carry_out()
    assert [title for title, _kind, _address in compare(client, q="ban").context["offered"]] == ["Ban metal", "The ban"]
    offered = compare(client, *of(licensing), q="ban").context["offered"]
    assert [title for title, _kind, _address in offered] == ["The ban"]


def test_a_column_is_taken_away(client, licensing, ban):
    third = made(Measure, slug="quota", title="The quota")
    page = compare(client, *of(licensing, ban, third))
    assert page.context["columns"][1].without == "?measure=licensing&measure=quota"
    assertContains(page, 'href="?measure=licensing&amp;measure=quota"')


def test_two_phases_and_one_on_two_days(client):
    program = made(Program, slug="plan", title="The plan")
    first, second = (
        made(Phase, program=program, number=number, title=f"Stage {number}", status="running", objective="Self-supply.")
        for number in (1, 2)
    )
    made(Milestone, phase=first, title="A survey", expected="2019-07", actual="2019-08-01", status="achieved")
    row(Project, program=program, phase=first, title="A project", state="published", status="running")
    page = compare(client, *of(first, second))
    assert told(page)["Milestones"] == [["A survey"], []]
    assert told(page)["Projects"] == [["A project"], []]
    assert told(page, "agreeing")["Objective"] == [["Self-supply."], ["Self-supply."]]
    assertContains(page, f'href="{program.get_absolute_url()}#{first.slug}"')
    page = compare(client, *of(first), ("day", "2019-07-15"), ("day", "2019-08-02"))
    states = [
        [entry.milestone for entry in line.cells[n].entries] for line in page.context["differing"] for n in (0, 1)
    ]
    assert states == [["planned"], ["achieved"]]
    assertContains(compare(client, *of(first)), 'day=2019-08-01"')


def test_a_phase_as_known_at_two_moments_tells_of_its_own_changes(client):
    program = made(Program, title="The plan")
    phase = made(Phase, program=program, number=1, title="Stage 1", objective="This.")
    other = made(Phase, program=program, number=2, title="Stage 2", objective="That.")
    first = known.newest().number
    changed(other, reason="Not of it", objective="Those.")
    changed(phase, reason="Of it", objective="These.")
    page = compare(client, *of(phase), moment=first)
    assert told(page) == {"Objective": [["This."], ["These."]]}
    assert [change.reason for _label, _count, changes in page.context["between"].groups for change in changes] == [
        "Of it"
    ]


@pytest.mark.parametrize("values", [*HIDDEN.values(), {"state": "withdrawn", "withdrawal_notice": "Gone."}])
def test_the_phases_of_a_hidden_program_are_not_there(client, values):
    phase = made(Phase, program=made(Program, **values), number=1)
    compare(client, *of(phase), status=404)


@pytest.mark.parametrize("model", [Measure, Material, Organization, Program, Phase])
def test_records_of_each_kind_are_compared_and_lead_there(client, model):
    records = [made(model), made(model)]
    for record in records:
        if isinstance(record, Phase):
            changed(record.program, reason="Published", state="published")
    page = compare(client, *of(*records))
    assert page.context["agreeing"]
    assert compare(client, *of(records[0]), moment=known.newest().number).context["differing"] == []
    kind = beside.kinds()[model._meta.model_name]
    assertContains(client.get(kind.address(records[0])), f'href="{COMPARE}?{urlencode(of(records[0]))}"')


def test_readers_of_korean_read_their_names(client, licensing, ban):
    row(Name, subject=licensing, language="ko", text="개별허가", kind="official")
    response = client.get(f"{COMPARE}?{urlencode(of(licensing, ban))}", headers={"accept-language": "ko"})
    assert [column.label for column in response.context["columns"]] == ["개별허가", "The ban"]


@pytest.mark.parametrize("query", [{}, {"day": "2019-07-05"}, {"moment": ""}], ids=["records", "days", "moments"])
def test_the_number_of_queries_does_not_grow(client, licensing, ban, query):
    query = query and {name: value or known.newest().number for name, value in query.items()}

    def asked(*records):
        compare(client, *of(*records), **query)
        with CaptureQueriesContext(connection) as queries:
            compare(client, *of(*records), **query)
        return len(queries)

    def grow(measure, numbers):
        for number in numbers:
            event = happened(measure, "amended", f"2020-01-0{number}", f"Again {number}")
            Citation.objects.create(subject=event, source=row(Source, state="published"))
            row(MeasureMaterial, measure=measure, material=made(Material))
            row(MeasureIssuer, measure=measure)
            row(DisputedFact, subject=event, state="published")
            row(ProgramMeasure, measure=measure, program=made(Program))

    records = (licensing,) if query else (licensing, ban)
    grow(licensing, [1, 2])
    few = asked(*records)
    grow(licensing, range(3, 9))
    assert asked(*records) == few
    if not query:
        assert asked(*records, *(made(Measure) for _each in range(2))) == few
