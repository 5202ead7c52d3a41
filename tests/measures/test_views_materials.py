"""Pages of materials: who restricts each of them on the day, for certain or possibly, itself or what it is in."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures import status
from measures.models import (
    Claim,
    DisputedFact,
    HSCode,
    HSSection,
    Instrument,
    MastCode,
    MaterialHSCode,
    Measure,
    MeasureMaterial,
)
from programs.models import Indicator, Observation, Phase, Program, ProgramMaterial, Project, ProjectPerformer
from records import derived
from records.models import Name
from tests.hidden import hide
from tests.measures import recorded

pytestmark = pytest.mark.django_db

LIST_QUERIES = 13
PAGE_QUERIES = 20


def page(client, slug, **query):
    return client.get(reverse("measures:material_detail", args=[slug]), query)


def listed(client, **query):
    return client.get(reverse("measures:material_list"), query)


@pytest.fixture
def licensing(db):
    """Japan restricts a gas, a form of hydrogen fluoride, for Korea from 4 July 2019 to 23 March 2023."""
    made = recorded.imposed(recorded.measure("licensing", ["hydrogen-fluoride-gas"]), by=["JP"], on=["KR"])
    recorded.event(made, "announced", "2019-07-01")
    recorded.event(made, "effective", "2019-07-04")
    recorded.event(made, "revoked", "2023-03-23")
    status.StatusDerivation().rebuild()
    return made


@pytest.fixture
def program(db):
    return Program.objects.create(
        slug="roadmap",
        title="The roadmap",
        country=recorded.country("KR"),
        lead=recorded.authority(),
        summary="…",
        verification="verified",
        state="published",
    )


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2019-06-30", "No: no restriction is in force on this day"),
        ("2019-07-03", "No: no restriction is in force on this day"),
        ("2019-07-04", "Restricted"),
        ("2023-03-22", "Restricted"),
        ("2023-03-23", "No: no restriction is in force on this day"),
    ],
)
def test_the_page_says_in_one_line_whether_it_is_restricted_on_the_day(client, licensing, on, words):
    response = page(client, "hydrogen-fluoride-gas", on=on)
    assertContains(response, words)
    assert [one.count for one in response.context["restricted_by"]] == ([1] if words == "Restricted" else [])


def test_the_list_says_who_restricts_whom(client, licensing):
    assertContains(listed(client, on="2020-01-01"), "Japan → South Korea")
    assertNotContains(listed(client, on="2019-07-03"), "Japan → South Korea")


def test_a_broader_material_rolls_up_its_forms_and_names_them(client, licensing):
    response = page(client, "hydrogen-fluoride", on="2020-01-01")
    [bearing] = dict(response.context["sections"])["running"]
    assert (bearing.via, bearing.is_whole, bearing.restricts) == (None, False, True)
    assertContains(response, ">hydrogen-fluoride-gas</span>")


def test_what_exactly_is_listed_stands_in_the_order_of_the_measure(client):
    ban = recorded.imposed(recorded.measure("ban", ["hydrogen-fluoride"]), by=["CN"], on=["ALL"])
    recorded.event(ban, "effective", "2020-01-01")
    # Written last, the first of the measure; and one whose place is taken.
    for scope, position in (("Gas", 2), ("Liquid", 1), ("Mixtures", 2), ("Any form", 0)):
        form = recorded.material(f"hydrogen-fluoride-{scope.split()[0].lower()}")
        form.broader = recorded.material("hydrogen-fluoride")
        form.save()
        MeasureMaterial.objects.create(measure=ban, material=form, position=position, scope=scope)
    status.StatusDerivation().rebuild()
    MeasureMaterial.objects.filter(scope="Gas").update(control_ref="1C350")  # stored behind the others from now on
    scopes = page(client, "hydrogen-fluoride", on="2020-02-01").context["scopes"]
    assert [link.scope for link in scopes] == ["Any form", "Liquid", "Gas", "Mixtures"]


def test_a_form_is_reached_through_what_it_is_part_of(client):
    ban = recorded.imposed(recorded.measure("ban", ["hydrogen-fluoride"]), by=["CN"], on=["ALL"])
    recorded.event(ban, "effective", "2020-01-01")
    recorded.material("hydrogen-fluoride-gas")
    status.StatusDerivation().rebuild()
    response = page(client, "hydrogen-fluoride-gas", on="2020-02-01")
    assertContains(response, "via broader material")
    assertContains(response, "China → every destination")


def test_what_is_only_planned_restricts_possibly(client):
    ban = recorded.imposed(recorded.measure("ban", ["manganese-ore"]), by=["GA"], on=["ALL"])
    recorded.event(ban, "announced", "2025-05-30")
    recorded.event(ban, "effective", "2029-01-01", planned=True)
    status.StatusDerivation().rebuild()
    assertContains(page(client, "manganese-ore", on="2029-02-01"), "Possibly restricted")


def test_what_lapsed_unconfirmed_is_neither_said_to_restrict_nor_to_be_over(client):
    ban = recorded.imposed(recorded.measure("ban", ["sulphur"]), by=["RU"], on=["ALL"])
    recorded.event(ban, "effective", "2025-11-02", until="2026-03-31")
    status.StatusDerivation().rebuild()
    for response in (page(client, "sulphur", on="2026-04-01"), listed(client, on="2026-04-01")):
        assertContains(response, "Lapsed, unconfirmed")
        assertNotContains(response, "on this day")
    assertNotContains(page(client, "sulphur", on="2026-03-31"), "Lapsed, unconfirmed")


def test_what_relaxes_is_listed_and_does_not_count_as_a_restriction(client):
    easing = recorded.imposed(recorded.measure("easing", ["gallium"]), by=["CN"], on=["US"])
    easing.effect = "relaxes"
    easing.save()
    recorded.event(easing, "effective", "2020-01-01")
    status.StatusDerivation().rebuild()
    response = page(client, "gallium", on="2020-02-01")
    assertContains(response, "No: no restriction is in force on this day")
    assertContains(response, '<span class="chg">relaxes</span>')


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
def test_hidden_measures_neither_show_nor_count(client, licensing, hidden):
    hide(Measure.objects.all(), **hidden)
    response = page(client, "hydrogen-fluoride-gas", on="2020-01-01")
    assertContains(response, "No recorded measure lists it")
    assertNotContains(response, "licensing")
    assertNotContains(listed(client, on="2020-01-01"), "South Korea")


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_hidden_materials_are_nowhere(client, licensing, state):
    gas = recorded.material("hydrogen-fluoride-gas")
    gas.state = state
    gas.save()
    assert page(client, gas.slug).status_code == 404
    assertNotContains(listed(client), "hydrogen-fluoride-gas")
    assertNotContains(page(client, "hydrogen-fluoride", on="2020-01-01"), "hydrogen-fluoride-gas")


def test_a_withdrawn_material_tells_why_and_nothing_else(client, licensing):
    gas = recorded.material("hydrogen-fluoride-gas")
    gas.state, gas.withdrawal_notice = "withdrawn", "Recorded twice."
    gas.save()
    response = page(client, gas.slug, on="2020-01-01")
    assertContains(response, "Recorded twice.")
    assertNotContains(response, "licensing")
    assertContains(listed(client), "Recorded twice.")


def test_names_and_codes_are_told(client):
    gallium = recorded.material("gallium")
    gallium.cas, gallium.formula = "7440-55-3", "Ga"
    gallium.save()
    for language, text in (("ko", "갈륨"), ("ja", "ガリウム"), ("zh", "镓")):
        Name.objects.create(subject=gallium, language=language, kind="alias", text=text)
    section = HSSection.objects.create(code="XV", name="Base metals")
    heading = HSCode.objects.create(code="8112", description="Beryllium and others", section=section)
    code = HSCode.objects.create(code="811292", description="Unwrought", section=section, parent=heading)
    MaterialHSCode.objects.create(material=gallium, hs_code=code)
    response = page(client, "gallium")
    told = (
        "갈륨",
        "ガリウム",
        "镓",
        "7440-55-3",
        "8112.92",
        "Unwrought",
        "Beryllium and others",
        "Section XV, Base metals",
    )
    for text in told:
        assertContains(response, text)
    derived.rebuild()
    assertContains(listed(client, q="갈륨"), "8112.92")
    assertNotContains(listed(client, q="銅"), "8112.92")


def test_programs_projects_and_indicators_are_told_where_visitors_may_read_them(client, program):
    gallium = recorded.material("gallium")
    phase = Phase.objects.create(
        program=program, slug="one", number=1, title="First steps", objective="…", status="running", state="published"
    )
    ProgramMaterial.objects.create(program=program, material=gallium)
    project = Project.objects.create(
        program=program, phase=phase, slug="p", title="A smelter", material=gallium, status="running", state="published"
    )
    ProjectPerformer.objects.create(project=project, organization=recorded.authority())
    series = Indicator.objects.create(
        program=program, slug="i", title="Output", unit="tonnes", definition="…", material=gallium, state="published"
    )
    Observation.objects.create(indicator=series, date="2020", value=17)
    texts = ("The roadmap", "First steps", "A smelter", "Ministry", "Output", "17 tonnes")
    for text in texts:
        assertContains(page(client, "gallium"), text)
    for record, gone in ((project, "A smelter"), (series, "17 tonnes"), (phase, "First steps")):
        type(record).objects.filter(pk=record.pk).update(state="draft")
        assertNotContains(page(client, "gallium"), gone)
    Program.objects.update(state="draft")
    assertNotContains(page(client, "gallium"), "The roadmap")


def test_disputed_facts_show_every_version(client):
    fact = DisputedFact.objects.create(
        slug="how-much", subject=recorded.material("gallium"), question="How much?", state="published"
    )
    for position, value in enumerate(("479 tonnes", "530 tonnes")):
        Claim.objects.create(
            disputed_fact=fact, position=position, claimant="Someone", date="2019", statement="…", value=value
        )
    assertContains(page(client, "gallium"), "479 tonnes")
    assertContains(page(client, "gallium"), "530 tonnes")
    DisputedFact.objects.update(state="draft")
    assertNotContains(page(client, "gallium"), "479 tonnes")


def test_links_keep_the_chosen_day(client, licensing):
    shown = page(client, "hydrogen-fluoride-gas", on="2020-01-01").content.decode()
    assert f'href="{reverse("measures:detail", args=["licensing"])}?on=2020-01-01"' in shown
    assert f'href="{reverse("measures:material_detail", args=["hydrogen-fluoride"])}?on=2020-01-01"' in shown


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"category": "nonsense"}, "nonsense"),
        ({"page": "x"}, "must be a number"),
        ({"page": "-1"}, "must be a number"),
        ({"q": "\0"}, "cannot be printed"),
        ({"unknown": "1"}, "not a parameter"),
        ({"on": "2019-13-45"}, "not a date"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_plain_words(client, query, reason):
    assertContains(listed(client, **query), reason, status_code=400)


def test_what_there_is_not_is_not_found(client):
    assert page(client, "nothing").status_code == 404
    assert listed(client, page="7").status_code == 404


def test_one_material_and_fifty_take_the_same_number_of_queries(client, licensing, django_assert_num_queries):
    listed(client)
    with django_assert_num_queries(LIST_QUERIES):
        listed(client, on="2020-01-01")
    for number in range(48):
        made = recorded.imposed(recorded.measure(f"m{number}", [f"material-{number}"]), by=["CN"], on=["ALL"])
        recorded.event(made, "effective", "2019-01-01")
    status.StatusDerivation().rebuild()
    with django_assert_num_queries(LIST_QUERIES):
        response = listed(client, on="2020-01-01")
    assert len(response.context["materials"]) == 50


def test_one_measure_and_many_take_the_same_number_of_queries(client, licensing, django_assert_num_queries):
    page(client, "hydrogen-fluoride-gas")
    with django_assert_num_queries(PAGE_QUERIES):
        page(client, "hydrogen-fluoride-gas", on="2020-01-01")
    for number in range(20):
        made = recorded.imposed(recorded.measure(f"m{number}", ["hydrogen-fluoride-gas"]), by=["CN"], on=["ALL"])
        recorded.event(made, "effective", "2019-01-01")
    status.StatusDerivation().rebuild()
    with django_assert_num_queries(PAGE_QUERIES):
        page(client, "hydrogen-fluoride-gas", on="2020-01-01")


def test_instruments_stand_beside_their_neighbours(client):
    ban = MastCode.objects.create(code="P31", title="Export prohibition", edition="2019")
    Instrument.objects.create(
        code="export_ban", mast=ban, oecd_type="Prohibition", gta_type="Export ban", note="Any ban."
    )
    response = client.get(reverse("measures:instruments"))
    for text in ("P31", "Export prohibition", "2019", "Prohibition", "Export ban", "Any ban."):
        assertContains(response, text)
