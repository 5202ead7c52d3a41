"""Records that may be one: found by what tells them apart, each with its reasons, and others not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.models import (
    Announcement,
    AnnouncementMeasure,
    Country,
    EventMaterial,
    Material,
    Measure,
    MeasureEvent,
    Organization,
)
from programs.models import Program
from records import duplicates
from records.models import Name, SlugRedirect, Source
from tests.records.anything import row
from tests.records.test_admin import log_in

pytestmark = pytest.mark.django_db


def reasons(model, **values):
    return {str(like.record): like.reasons for like in duplicates.find(model, values)}


def pairs(model):
    return {frozenset((str(pair.first), str(pair.second))): pair.reasons for pair in duplicates.report(model)}


def test_materials_by_number_name_and_other_names():
    fluoride = row(Material, name="Hydrogen fluoride", cas="7664-39-3", formula="HF")
    row(Name, subject=fluoride, language="ko", text="불화수소")
    row(Name, subject=fluoride, language="en", text="Hydrofluoric acid gas")
    row(Material, name="Gallium", cas="7440-55-3", formula="Ga")
    assert reasons(Material, name="Something else", cas="7664-39-3") == {
        "Hydrogen fluoride": ["it has the same CAS number"]
    }
    assert reasons(Material, name="ｈｙｄｒｏｇｅｎ　ＦＬＵＯＲＩＤＥ") == {
        "Hydrogen fluoride": ["it has the same name"]
    }
    (found,) = reasons(Material, name="Hydrogen flouride", formula="HF").values()
    assert found[0].startswith("its name is similar (")
    assert found[-1] == "it has the same formula"
    assert reasons(Material, name="불화수소") == {"Hydrogen fluoride": ["it is also called “불화수소”"]}
    assert "similar name, “Hydrofluoric acid gas”" in str(reasons(Material, name="Hydrofluoric acid gass"))
    assert reasons(Material, name="Tungsten", cas="", formula="HF") == {}


def test_a_short_native_name_is_like_itself_only():
    gallium, germanium = row(Material, name="Gallium"), row(Material, name="Germanium")
    row(Name, subject=gallium, language="zh", text="镓")
    row(Name, subject=germanium, language="ko", text="갈륨")
    assert reasons(Material, name="갈륨") == {"Germanium": ["it is also called “갈륨”"]}


def test_organizations_by_name_short_name_of_the_country_and_website():
    japan, korea = row(Country, code="JP"), row(Country, code="KR")
    row(
        Organization,
        name="Ministry of Economy, Trade and Industry",
        abbreviation="METI",
        country=japan,
        website="https://www.meti.go.jp/",
    )
    name = "Ministry of Economy, Trade and Industry"
    assert reasons(Organization, abbreviation="meti", country="JP") == {name: ["it has the same short name"]}
    assert reasons(Organization, abbreviation="METI", country=korea.pk) == {}
    assert reasons(Organization, website="http://meti.go.jp") == {name: ["it has the same website"]}
    assert "its name is similar" in str(reasons(Organization, name="Ministry of Economy Trade & Industry"))


def test_sources_by_address_and_title():
    row(Source, title="Notice no. 23", url="https://www.example.org/notice/23/", publisher="Ministry")
    row(Source, title="Another", url="https://www.example.org/notice/230", publisher="Ministry")
    assert reasons(Source, url="http://example.org/notice/23#top") == {"Notice no. 23": ["it has the same address"]}
    assert reasons(Source, title="notice no. 23") == {"Notice no. 23": ["it has the same title"]}
    assert reasons(Source, url="not an address", title="ab") == {}


def test_measures_by_title_authority_and_the_number_of_the_act():
    authority = row(Organization)
    limits = row(Measure, title="Export licensing of gallium and germanium", authority=authority)
    other = row(Measure, title="Ban on sand")
    act = row(Announcement, legal_number="MOFCOM Announcement No. 23 of 2023")
    row(AnnouncementMeasure, announcement=act, measure=other)
    found = reasons(Measure, title="Export licensing for gallium and germanium", authority=str(authority.pk))
    assert list(found) == [limits.title]
    assert found[limits.title][-1] == "it has the same authority"
    assert reasons(Measure, legal_basis="Under the mofcom announcement no. 23 of 2023.") == {
        "Ban on sand": ["it belongs to the act with the number MOFCOM Announcement No. 23 of 2023"]
    }
    assert reasons(Measure, title="x", authority="9" * 30, legal_basis="act") == {}


def test_events_of_one_measure_by_kind_and_date_or_title():
    measure = row(Measure)
    said = {"measure": str(measure.pk), "kind": "announced"}
    row(MeasureEvent, measure=measure, kind="announced", date="2019-07-01", title="Announced by the ministry")
    row(MeasureEvent, measure=measure, kind="effective", date="2019-07-01", title="Begins", position=1)
    row(MeasureEvent, kind="announced", date="2019-07-01", title="Of another measure")
    assert reasons(MeasureEvent, **said, date="2019-07-01") == {
        "Announced by the ministry": ["the same happened to the measure on the same date"]
    }
    may_be_one = {
        "Announced by the ministry": ["the same happened to the measure, and the dates may be one: 1 July 2019"]
    }
    for date in ("2019-07", "2019-06-30/2019-07-02", "../2019-07", "2019-06/..", "[2019-07-01..2019-07-03]"):
        assert reasons(MeasureEvent, **said, date=date) == may_be_one, date
    for date in ("2019-07-02", "2019-06", "../2019-06", "2019-08/..", "July", ""):
        assert reasons(MeasureEvent, **said, date=date) == {}, date
    assert reasons(MeasureEvent, **said, date="", title="BEGINS") == {"Begins": ["it has the same title"]}
    assert reasons(MeasureEvent, measure="x", kind="announced", date="2019-07-01", title="Begins") == {}


def test_acts_by_title_and_by_their_number_in_one_country():
    japan, china = row(Country, code="JP"), row(Country, code="CN")
    row(Announcement, title="Announcement on gallium", country=china, legal_number="No. 23 of 2023", date="2023-07-03")
    assert reasons(Announcement, legal_number="no. 23 of 2023", country="CN", date="2023-07-03") == {
        "Announcement on gallium": ["it has the same legal number", "it has the same date"]
    }
    assert reasons(Announcement, legal_number="No. 23 of 2023", country=japan.pk) == {}
    assert "its title is similar" in str(reasons(Announcement, title="Announcement on galium"))
    assert reasons(Announcement, title="Another", date="2023-07-03") == {}


def test_programs_by_title_and_other_names():
    korea, lead = row(Country, code="KR"), row(Organization)
    program = row(Program, title="100 core items", country=korea, lead=lead)
    row(Name, subject=program, language="ko", text="100대 핵심품목")
    assert reasons(Program, title="100 Core Items", lead=str(lead.pk), country="KR") == {
        "100 core items": ["it has the same title", "it has the same lead", "it is of the same country"]
    }
    assert reasons(Program, title="100대 핵심품목") == {"100 core items": ["it is also called “100대 핵심품목”"]}
    assert reasons(Program, title="Another", lead=str(lead.pk), country="KR") == {}
    assert reasons(Program, title="100 core items", lead="x" * 30) == {"100 core items": ["it has the same title"]}


def test_neither_the_record_itself_nor_one_that_was_merged_is_told():
    material = row(Material, name="Gallium", slug="gallium")
    gone = row(Material, name="Gallium", slug="ga", state="withdrawn", withdrawal_notice="merged")
    row(SlugRedirect, subject=material, slug="ga")
    assert duplicates.like(material) == []
    assert [like.record for like in duplicates.like(gone)] == [material]
    assert duplicates.report(Material) == []


def test_the_report_pairs_materials_and_says_why():
    row(Material, name="Gallium", cas="7440-55-3", category="metal")
    row(Material, name="Gallium metal", cas="7440-55-3", category="metal")
    row(Material, name="Germanium", cas="7440-56-4", category="metal")
    assert pairs(Material) == {frozenset(("Gallium", "Gallium metal")): ["they have the same CAS number"]}


def test_the_report_pairs_by_shared_names_and_similar_ones_of_one_category():
    first, second = row(Material, name="Fluorinated polyimide"), row(Material, name="Colourless film")
    for material in (first, second):
        row(Name, subject=material, language="ko", text="불화 폴리이미드")
    row(Material, name="Photoresists for EUV", category="resist")
    row(Material, name="Photoresist for EUV", category="resist")
    row(Material, name="Photoresist for EUV.", category="other")
    found = pairs(Material)
    assert found[frozenset(("Fluorinated polyimide", "Colourless film"))] == ["both are called “불화 폴리이미드”"]
    assert found[frozenset(("Photoresists for EUV", "Photoresist for EUV"))][0].startswith(
        "same category, similar names"
    )
    assert len(found) == 2


def test_what_is_told_apart_is_no_pair():
    whole = row(Material, name="Graphite", cas="7782-42-5")
    for name in ("Natural graphite", "Artificial graphite"):
        row(Material, name=name, cas="7782-42-5", broader=whole)
    row(Material, name="Gallium nitride", formula="GaN", category="x")
    row(Material, name="Gallium nitrides", formula="GaAs", category="x")
    assert pairs(Material) == {}
    for country in ("ID", "IN"):
        row(Organization, name="Ministry of Finance", country=row(Country, code=country))
    korea = row(Country, code="KR")
    for short, name in (("KIST", "Korea Institute of Science"), ("KAIST", "Korea Institutes of Science")):
        row(Organization, name=name, abbreviation=short, country=korea)
    assert pairs(Organization) == {}
    authority = row(Organization)
    for years in ("2024-2025", "2026-2027"):
        row(Measure, title=f"Exporter qualification for tungsten, antimony and silver {years}", authority=authority)
    assert pairs(Measure) == {}


def test_the_report_pairs_measures_of_one_authority_with_near_first_dates():
    authority = row(Organization)
    first = row(Measure, title="Export licensing of gallium", authority=authority)
    second = row(Measure, title="Export licensing of galium", authority=authority)
    row(Measure, title="Export licensing of gallium!!", authority=row(Organization))
    row(MeasureEvent, measure=first, date="2023-07-03")
    row(MeasureEvent, measure=second, date="2023-07-05")
    (why,) = pairs(Measure).values()
    assert why[0].startswith("same authority, similar titles (")
    assert why[1] == "first dates 2 days apart"


def test_the_report_pairs_sources_and_organizations():
    row(Source, title="A", url="https://www.example.org/x/")
    row(Source, title="B", url="http://example.org/x#top")
    row(Source, title="C", url="http://example.org/xy")
    assert pairs(Source) == {frozenset("AB"): ["they have the same address"]}
    korea = row(Country, code="KR")
    for name in ("Korea Institute", "ＫＯＲＥＡ Institute"):
        row(Organization, name=name, country=korea, abbreviation=None)
    assert "they have the same name" in str(pairs(Organization))


def likeness(client, **asked):
    return client.get(reverse("admin:likeness"), asked)


def test_the_report_pairs_events_acts_and_programs():
    measure, country, resist, gas = row(Measure), row(Country), row(Material), row(Material)
    happened = (
        ("announced", "2019-07-01", "Announced"),
        ("announced", "2019-07-01", "Made known"),
        ("statement", "2019-07-02", "One minister speaks"),
        ("statement", "2019-07-02", "Another minister speaks"),
    )
    for position, (kind, date, title) in enumerate(happened):
        row(MeasureEvent, measure=measure, kind=kind, date=date, title=title, position=position)
    for position, material in enumerate((resist, gas), start=10):
        eased = row(MeasureEvent, measure=measure, kind="eased", date="2019-12-20", position=position)
        row(EventMaterial, event=eased, material=material)
    row(Announcement, title="On gallium", legal_number="No. 23", country=country)
    row(Announcement, title="On germanium", legal_number="no. 23", country=country)
    row(Announcement, title="On steel", legal_number="No. 23")
    row(Program, title="Core items", country=country)
    row(Program, title="Core  items", country=country)
    row(Program, title="Core items")
    assert pairs(MeasureEvent) == {
        frozenset(("Announced", "Made known")): ["the same happened to one measure on one date"]
    }
    assert pairs(Announcement) == {frozenset(("On gallium", "On germanium")): ["they have the same legal number"]}
    assert list(pairs(Program)) == [frozenset(("Core items", "Core  items"))]


@pytest.mark.parametrize("model", sorted(duplicates.resemblances(), key=lambda model: model._meta.label))
def test_the_report_offers_nothing_that_is_withdrawn(model):
    values = {"title": "Twice told"} if model is not Material and model is not Organization else {"name": "Twice told"}
    if model is MeasureEvent:
        values |= {"measure": row(Measure), "kind": "announced", "date": "2019-07"}
    if model in (Announcement, Program, Organization):
        values["country"] = row(Country)
    if model is Source:
        values["publisher"] = "One"
    first = row(model, state="published", **values)
    second = row(model, state="published", **values, **({"position": 1} if model is MeasureEvent else {}))
    assert [{pair.first, pair.second} for pair in duplicates.report(model)] == [{first, second}]
    model.objects.filter(pk=second.pk).update(state="withdrawn", withdrawal_notice="told twice")
    assert duplicates.report(model) == []


@pytest.mark.parametrize("role", ["editor", "reviewer"])
def test_the_desk_tells_while_somebody_types(role, client):
    row(Material, name="<b>Gallium</b>", slug="gallium", cas="7440-55-3")
    log_in(client, role)
    said = likeness(client, of="measures.material", cas="7440-55-3", name="Ga").content.decode()
    assert "it has the same CAS number" in said
    assert "&lt;b&gt;Gallium" in said
    assert likeness(client, of="measures.material", cas="7440-56-4").content.strip() == b""
    event = row(MeasureEvent, kind="announced", date="2019-07-01")
    asked = {"measure": event.measure_id, "kind": "announced", "date": "2019-07-01"}
    assert "on the same date" in likeness(client, of="measures.measureevent", **asked).content.decode()


def test_the_desk_tells_only_who_may_write_records_of_the_kind(client):
    assert likeness(client, of="measures.material").status_code == 302
    log_in(client, "manager")
    assert likeness(client, of="measures.material").status_code == 403
    assert likeness(client, of="programs.program").status_code == 200


def test_odd_questions_are_not_found_and_odd_texts_are_like_nothing(client):
    log_in(client, "editor")
    for kind in ("", "auth.user", "measures", "measures.nothing", "a.b.c"):
        assert likeness(client, of=kind).status_code == 404
    odd = "% ' \\ \" ( [ ０ 漢字 \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")
    for pk in ("", "x", "9" * 40, "1"):
        assert likeness(client, of="measures.material", name=odd, cas=odd, pk=pk, more="x").status_code == 200


def test_the_form_has_a_place_for_what_may_be_the_same(client):
    log_in(client, "editor")
    shown = client.get(reverse("admin:measures_material_add")).content.decode()
    assert 'class="likeness"' in shown
    assert 'data-fields="name cas formula"' in shown
    shown = client.get(reverse("admin:measures_measure_add")).content.decode()
    assert shown.count('class="likeness"') == 2
    assert 'data-of="measures.measureevent" data-fields="measure kind date title"' in shown


def test_asking_takes_as_many_queries_with_many_records(client):
    log_in(client, "editor")
    counts = []
    for more in (1, 30):
        for number in range(more):
            row(Name, subject=row(Material, name=f"Gallium {number}"), text=f"갈륨 {number}")
        with CaptureQueriesContext(connection) as caught:
            likeness(client, of="measures.material", name="Gallium 갈륨", cas="7440-55-3")
        counts.append(len(caught))
    assert counts[0] == counts[1]
