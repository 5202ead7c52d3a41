"""Every filter keeps what it should and drops the rest, alone and together; nothing unknown is ever ignored."""

import datetime

import pytest
from django.http import QueryDict
from django.utils import timezone

from measures import status
from measures.filters import EventFilter, MaterialFilter, MeasureFilter, OrganizationFilter
from measures.models import (
    HSCode,
    HSSection,
    Instrument,
    MastCode,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    Organization,
)
from records import derived, publishing
from records.facets import facets
from records.models import Citation, Name, Source
from records.queries import BadQuery
from tests.hidden import hide
from tests.measures import recorded

pytestmark = pytest.mark.django_db


def filterset(query, filterset_class=MeasureFilter):
    return filterset_class(QueryDict(query))


def found(query, filterset_class=MeasureFilter):
    if "q=" in query:
        derived.rebuild()  # what is looked through follows changes, and these rows were made beside them
    return set(filterset(query, filterset_class).checked.values_list("slug", flat=True))


def reasons(query, filterset_class=MeasureFilter):
    return filterset(query, filterset_class).problems


def imposed(measure, *, by=(), on=(), instruments=()):
    """Link a measure to countries and instruments."""
    for position, code in enumerate(by):
        MeasureIssuer.objects.create(measure=measure, country=recorded.country(code), position=position)
    for position, code in enumerate(on):
        MeasureDestination.objects.create(measure=measure, country=recorded.country(code), position=position)
    for position, code in enumerate(instruments):
        instrument = Instrument.objects.get_or_create(code=code)[0]
        MeasureInstrument.objects.create(measure=measure, instrument=instrument, position=position)
    return measure


def counted(query, filterset_class=MeasureFilter):
    """Facet counts as {facet: {value: (count, possible)}}."""
    asked = filterset(query, filterset_class)
    assert asked.problems == {}
    return {
        facet.name: {option.value: (option.count, option.possible) for option in [*facet.options, *facet.more]}
        for facet in facets(asked, 0)
    }


@pytest.fixture
def three(db):
    """Japan's licensing of two materials, one of them eased; China's ban on gallium for all; Chile's relaxation."""
    licensing = imposed(
        recorded.measure("licensing", ["hydrogen-fluoride-gas", "photoresist-euv"]),
        by=["JP"],
        on=["KR"],
        instruments=["export_licensing"],
    )
    recorded.event(licensing, "announced", "2019-07-01")
    recorded.event(licensing, "effective", "2019-07-04")
    recorded.event(licensing, "eased", "2019-12-20", ["photoresist-euv"])
    ban = imposed(
        recorded.measure("ban", ["gallium"]),
        by=["CN"],
        on=["ALL"],
        instruments=["export_ban", "export_licensing"],
    )
    recorded.event(ban, "effective", "2019-12")
    relaxation = imposed(recorded.measure("relaxation"), by=["CL", "PE"], on=["US", "JP"])
    recorded.event(relaxation, "announced", "2021-01-01")
    Measure.objects.filter(slug="ban").update(verification="partly", legal_basis="Announcement 23 of 2023")
    Measure.objects.filter(slug="relaxation").update(effect="relaxes")
    status.StatusDerivation().rebuild()
    return licensing, ban, relaxation


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", "licensing ban relaxation"),
        ("issuer=JP", "licensing"),
        ("issuer=JP&issuer=PE", "licensing relaxation"),
        ("issuer=US", ""),
        ("destination=KR", "licensing ban"),
        ("destination=US", "ban relaxation"),
        ("destination=ALL", "ban"),
        ("instrument=export_licensing", "licensing ban"),
        ("instrument=export_ban&instrument=export_tax", "ban"),
        ("material=gallium", "ban"),
        ("material=gallium&material=photoresist-euv", "licensing ban"),
        ("material=hydrogen-fluoride", "licensing"),
        ("authority=ministry", "licensing ban relaxation"),
        ("effect=relaxes", "relaxation"),
        ("verification=partly", "ban"),
        ("status=in_force&on=2019-12-21", "licensing ban"),
        ("status=eased&on=2019-12-21", "licensing"),
        ("status=eased&on=2019-12-19", ""),
        ("status=announced&on=2019-07-02", "licensing"),
        ("status=announced&status=eased&on=2021-06-01", "licensing relaxation"),
        ("status=in_force&certainty=certain&on=2019-12-21", "licensing"),
        ("status=in_force&certainty=possible&on=2019-12-21", "ban"),
        ("certainty=possible&on=2019-12-21", "ban"),
        ("status=in_force&certainty=certain&on=2019-12-31", "licensing ban"),
        ("q=gallium", "ban"),
        ("q=announcement 2023", "ban"),
        ("issuer=JP&destination=US", ""),
        ("issuer=CN&destination=US&instrument=export_ban&effect=restricts", "ban"),
        ("issuer=&q=&status=", "licensing ban relaxation"),
    ],
)
def test_measures(three, query, slugs):
    assert found(query) == set(slugs.split())


def test_mast_code(three):
    code = MastCode.objects.create(code="P13", title="Licensing", edition="2019")
    Measure.objects.filter(slug="ban").update(mast=code)
    assert found("mast=P13") == {"ban"}


def test_authority_is_the_body_itself(three):
    other = Organization.objects.create(
        slug="customs", name="Customs", kind="agency", country=recorded.country("CN"), state="published"
    )
    Measure.objects.filter(slug="ban").update(authority=other)
    assert found("authority=customs") == {"ban"}
    assert found("q=customs") == {"ban"}


def test_a_narrower_material_is_reached_through_the_nearest_broader_one():
    general = recorded.measure("general", ["hydrogen-fluoride"])
    recorded.event(general, "effective", "2019-01-01")
    both = recorded.measure("both", ["hydrogen-fluoride", "hydrogen-fluoride-gas"])
    recorded.event(both, "announced", "2019-01-01", ["hydrogen-fluoride"])
    recorded.event(both, "effective", "2019-01-01", ["hydrogen-fluoride-gas"])
    recorded.measure("acid", ["hydrofluoric-acid-high-purity"])
    status.StatusDerivation().rebuild()
    assert found("material=hydrogen-fluoride-gas") == {"general", "both"}
    assert found("material=hydrogen-fluoride") == {"general", "both", "acid"}
    assert found("material=hydrogen-fluoride-gas&status=in_force&on=2020-01-01") == {"general", "both"}
    assert found("material=hydrogen-fluoride-gas&status=announced&on=2020-01-01") == set()
    assert found("material=hydrofluoric-acid-high-purity&status=announced&on=2020-01-01") == {"both"}


def test_a_status_beside_a_material_is_the_status_of_that_material(three):
    assert found("status=eased&material=photoresist-euv&on=2020-01-01") == {"licensing"}
    assert found("status=eased&material=hydrogen-fluoride&on=2020-01-01") == set()
    assert counted("material=hydrogen-fluoride&on=2020-01-01")["status"] == {"in_force": (1, 0)}


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("issuer=Japan", "issuer", "Did you mean “JP”?"),
        ("issuer=jp", "issuer", "Did you mean “JP”?"),
        ("issuer=XX", "issuer", "“XX” is not a known value of “issuer”."),
        ("issuer=JP&issuer=QQ", "issuer", "“QQ”"),
        ("instrument=licensing", "instrument", "Did you mean “export_licensing”?"),
        ("status=in+force", "status", "Did you mean “in_force”?"),
        ("status=none", "status", "“none”"),
        ("material=galium", "material", "Did you mean “gallium”?"),
        ("material=1", "material", "“1”"),
        ("authority=minstry", "authority", "Did you mean “ministry”?"),
        ("mast=P99", "mast", "“P99”"),
        ("effect=1", "effect", "“1”"),
        ("isuer=JP", "isuer", "Did you mean “issuer”?"),
        ("issuer__in=JP", "issuer__in", "is not a parameter"),
        ("page=2", "page", "is not a parameter"),
        ("on=2019-13-45", "on", "not a date"),
        ("on=9999-01-01", "on", "between the years"),
        ("on=2019-01-01&on=2020-01-01", "on", "only once"),
        ("q=a&q=b", "q", "only once"),
        ("q=%00", "q", "cannot be printed"),
        ("q=" + "x" * 201, "q", "at most"),
        ("q=" + "+".join("abcdefghijklmnopqrstuvwxy"), "q", "at most"),
        ("material=%00", "material", "“\ufffd”"),
        ("issuer=" + "9" * 5000, "issuer", "…"),
        ("&".join(f"issuer={number}" for number in range(51)), "issuer", "at most 50"),
    ],
)
def test_refusals(three, query, parameter, words):
    problems = reasons(query)
    assert words in " ".join(problems.pop(parameter))
    assert problems == {}
    with pytest.raises(BadQuery) as refusal:
        _rows = filterset(query).checked
    assert words in str(refusal.value)


def test_all_reasons_are_given_at_once(three):
    assert set(reasons("issuer=XX&status=x&on=x&foo=1")) == {"issuer", "status", "on", "foo"}


def test_a_page_may_have_parameters_of_its_own(three):
    assert MeasureFilter(QueryDict("page=2&view=cards"), also=["page", "view"]).problems == {}


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_hidden_records_are_neither_found_nor_named(three, state):
    Measure.objects.filter(slug="ban").update(state=state)
    Material.objects.filter(slug="gallium").update(state=state)
    assert found("") == {"licensing", "relaxation"}
    assert found("q=gallium") == set()
    assert reasons("material=gallium")["material"] == ["“gallium” is not a known value of “material”."]
    assert "gallium" not in reasons("material=galium")["material"][0].replace("“galium”", "")


def test_an_embargoed_record_is_hidden_until_its_embargo_is_lifted(three):
    hide(Measure.objects.filter(slug="ban"), embargo_until=timezone.now() - datetime.timedelta(hours=1))
    assert found("issuer=CN") == set()
    publishing.lift_embargoes()
    assert found("issuer=CN") == {"ban"}


def test_what_a_withdrawn_measure_said_does_not_find_it(three):
    Measure.objects.filter(slug="ban").update(state="withdrawn", withdrawal_notice="A mistake.")
    assert found("") == {"licensing", "ban", "relaxation"}
    assert found("issuer=CN") == set()
    assert counted("on=2020-06-01")["issuer"] == {"JP": (1, 0), "CL": (1, 0), "PE": (1, 0)}


def test_a_hidden_material_neither_finds_nor_counts(three):
    Material.objects.filter(slug="photoresist-euv").update(state="draft")
    assert found("status=eased&on=2020-06-01") == set()
    assert "eased" not in counted("on=2020-06-01")["status"]


def test_a_name_in_any_language_finds_the_measure(three):
    gallium = Material.objects.get(slug="gallium")
    Name.objects.create(subject=gallium, language="zh-Hans", text="金属镓")
    Name.objects.create(subject=three[0], language="ja", text="輸出管理の運用見直し")
    assert found("q=镓") == {"ban"}
    assert found("q=運用見直し") == {"licensing"}


def test_facets_count_each_choice_under_all_other_filters(three):
    assert counted("on=2019-12-21") == {
        "status": {"in_force": (2, 1), "eased": (1, 0), "unknown": (1, 0)},
        "issuer": {"JP": (1, 0), "CN": (1, 0), "CL": (1, 0), "PE": (1, 0)},
        "destination": {"KR": (2, 0), "ALL": (1, 0), "US": (2, 0), "JP": (2, 0)},
        "material": {
            "hydrogen-fluoride": (1, 0),
            "hydrogen-fluoride-gas": (1, 0),
            "photoresist": (1, 0),
            "photoresist-controlled": (1, 0),
            "photoresist-euv": (1, 0),
            "gallium": (1, 0),
            "unknown": (1, 0),
        },
        "instrument": {"export_licensing": (2, 0), "export_ban": (1, 0), "unknown": (1, 0)},
        "announced": {"2021": (1, 0), "2019": (1, 0), "unknown": (1, 0)},
        "in_force": {"2019": (2, 0), "unknown": (1, 0)},
        "ended": {"unknown": (3, 0)},
        "authority": {"ministry": (3, 0)},
        "program": {"unknown": (3, 0)},
        "hs": {"unknown": (3, 0)},
        "mast": {"unknown": (3, 0)},
        "effect": {"restricts": (2, 0), "relaxes": (1, 0)},
        "source_kind": {"unknown": (3, 0)},
        "source_language": {"unknown": (3, 0)},
        "verification": {"verified": (2, 0), "partly": (1, 0)},
        "disputed": {"no": (3, 0)},
        "uncited": {"yes": (3, 0)},
    }
    chosen = counted("issuer=JP&status=eased&on=2019-12-21")
    assert chosen["issuer"] == {"JP": (1, 0)}
    assert chosen["status"] == {"in_force": (1, 0), "eased": (1, 0)}
    assert chosen["verification"] == {"verified": (1, 0)}


@pytest.mark.parametrize("query", ["on=2019-12-21", "on=2019-12-21&effect=restricts", "on=2021-06-01&q=ministry"])
def test_each_choice_shows_as_many_as_it_counts_and_leaves_out_as_many(three, query):
    for name, choices in counted(query).items():
        others = "&".join(part for part in query.split("&") if not part.startswith(f"{name}="))
        everything = len(found(others))
        for value, (count, _possible) in choices.items():
            assert len(found(f"{others}&{name}={value}")) == count, (name, value)
            if MeasureFilter.base_filters[name].signed:
                assert len(found(f"{others}&{name}=-{value}")) == everything - count, (name, value)


@pytest.mark.parametrize("query", ["", "issuer=JP", "material=photoresist", "kind=-eased"])
def test_each_choice_of_events_shows_as_many_as_it_counts_and_leaves_out_as_many(three, query):
    for name, choices in counted(query, EventFilter).items():
        others = "&".join(part for part in query.split("&") if not part.startswith(f"{name}="))
        everything = len(found(others, EventFilter))
        assert choices
        for value, (count, _possible) in choices.items():
            assert len(found(f"{others}&{name}={value}", EventFilter)) == count, (name, value)
            if EventFilter.base_filters[name].signed:
                assert len(found(f"{others}&{name}=-{value}", EventFilter)) == everything - count, (name, value)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("issuer=-JP", "ban relaxation"),
        ("issuer=-JP&issuer=-CN", "relaxation"),
        ("destination=KR&issuer=-JP", "ban"),
        ("issuer=CL&issuer=-PE", ""),
        ("destination=-US", "licensing"),
        ("material=-photoresist", "ban relaxation"),
        ("material=unknown", "relaxation"),
        ("material=unknown&material=gallium", "ban relaxation"),
        ("material=-unknown", "licensing ban"),
        ("instrument=unknown", "relaxation"),
        ("status=unknown&on=2019-12-21", "relaxation"),
        ("status=-in_force&on=2019-12-21", "relaxation"),
        ("status=announced&material=unknown&on=2021-06-01", "relaxation"),
        ("status=unknown&material=photoresist&on=2019-06-30", "licensing"),
        ("announced=2019", "licensing"),
        ("announced=2019-07", "licensing"),
        ("announced=2019-08", ""),
        ("announced=unknown", "ban"),
        ("in_force=2019-12", "ban"),
        ("in_force=2019&in_force=-2019-07", "ban"),
        ("hs=unknown&mast=unknown&program=unknown&source_kind=unknown", "licensing ban relaxation"),
        ("uncited=no", ""),
    ],
)
def test_what_is_left_out_and_what_is_not_known(three, query, slugs):
    assert found(query) == set(slugs.split())


def test_a_day_that_nobody_knows_exactly_is_possible_in_each_month_it_may_fall_in(three):
    spring = recorded.measure("spring", ["gallium"])
    recorded.event(spring, "effective", "[2022-11..2023-01]")
    recorded.event(recorded.measure("open", ["gallium"]), "effective", "../2023-01-15")
    status.StatusDerivation().rebuild()
    assert counted("material=gallium")["in_force"] == {"2023": (2, 2), "2022": (1, 1), "2019": (1, 0)}
    assert counted("material=gallium&in_force=2022")["in_force"] == {
        "2022": (1, 1),
        "2022-11": (1, 1),
        "2022-12": (1, 1),
        "2023": (2, 2),
        "2019": (1, 0),
    }
    assert found("in_force=2022-12") == {"spring"}
    assert found("in_force=2023-01") == {"spring", "open"}


def test_headings_stand_under_chapters_once_these_are_chosen(three):
    section = HSSection.objects.create(code="VI", name="Chemicals")
    for code, parent in (("28", None), ("2804", "28"), ("280450", "2804"), ("29", None)):
        HSCode.objects.create(code=code, description=f"Goods {code}", parent_id=parent, section=section)
    MaterialHSCode.objects.create(material=Material.objects.get(slug="gallium"), hs_code_id="280450")
    assert counted("")["hs"] == {"28": (1, 0), "unknown": (2, 0)}
    assert list(counted("hs=28")["hs"]) == ["28", "2804", "unknown"]
    assert list(counted("hs=2804")["hs"]) == ["28", "2804", "280450", "unknown"]
    opened = next(facet for facet in facets(filterset("hs=2804"), 0) if facet.name == "hs")
    assert [option.level for option in opened.options] == [0, 1, 2, 0]
    assert found("hs=280450") == {"ban"}
    assert found("hs=-28") == {"licensing", "relaxation"}


def test_a_source_of_the_measure_or_of_an_event_finds_it(three):
    for slug, language, subject in (("notice", "ja", three[0]), ("news", "en", three[1].events.first())):
        source = Source.objects.create(
            slug=slug, title=slug, language=language, kind="news", consulted="excerpt", state="published"
        )
        Citation.objects.create(subject=subject, source=source)
    assert counted("")["source_language"] == {"ja": (1, 0), "en": (1, 0), "unknown": (1, 0)}
    assert found("source_language=ja") == {"licensing"}
    assert found("source_kind=news&source_language=-ja") == {"ban"}
    Source.objects.filter(slug="notice").update(state="draft")
    assert counted("")["source_language"] == {"en": (1, 0), "unknown": (2, 0)}
    assert "source_language" in reasons("source_language=ja")


def test_a_chosen_value_stays_in_its_facet_when_nothing_has_it(three):
    facet = next(each for each in facets(filterset("issuer=FR"), 0) if each.name == "issuer")
    assert [(option.value, option.label, option.count) for option in facet.options if option.selected] == [
        ("FR", "France", 0)
    ]
    assert facet.options[0].selected


def test_taking_one_choice_away_keeps_the_others(three):
    asked = filterset("issuer=JP&issuer=CN&q=gas&offset=50")
    assert asked.without("issuer", "JP") == "issuer=CN&q=gas"
    assert list(asked.chosen) == ["q", "issuer"]


@pytest.mark.parametrize("more", [0, 49])
def test_facets_take_one_query_that_asks_what_is_newest(three, more, django_assert_num_queries):
    for number in range(more):
        imposed(recorded.measure(f"more-{number}", ["gallium"]), by=["JP"], on=["KR"], instruments=["export_ban"])
    recorded.settle()
    query = "issuer=JP&status=in_force&on=2019-12-21"
    facets(filterset(query), 0)
    asked = filterset(query)
    assert asked.problems == {}
    with django_assert_num_queries(1):
        facets(asked, 0)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("measure=ban", "ban-0"),
        ("kind=effective", "licensing-1 ban-0"),
        ("issuer=CL", "relaxation-0"),
        ("destination=KR&kind=effective", "licensing-1 ban-0"),
        ("instrument=export_ban", "ban-0"),
        ("authority=ministry&kind=eased", "licensing-2"),
        ("material=hydrogen-fluoride", "licensing-0 licensing-1"),
        ("material=photoresist", "licensing-0 licensing-1 licensing-2"),
        ("planned=true", ""),
        ("planned=false&kind=eased", "licensing-2"),
        ("after=2019-12-31", "ban-0 relaxation-0"),
        ("before=2019-07-03", "licensing-0"),
        ("after=2019-12-10&before=2019-12-10", "ban-0"),
        ("q=gallium", "ban-0"),
        ("q=eased 2019-12-20", "licensing-2"),
    ],
)
def test_events(three, query, slugs):
    assert found(query, EventFilter) == set(slugs.split())


def test_events_of_a_measure_that_says_nothing_are_not_told(three):
    Measure.objects.filter(slug="ban").update(state="withdrawn", withdrawal_notice="A mistake.")
    Measure.objects.filter(slug="licensing").update(state="draft")
    MeasureEvent.objects.filter(slug="relaxation-0").update(state="in_review")
    assert found("", EventFilter) == set()


def test_refusals_of_events(three):
    assert set(reasons("planned=maybe&after=soon&status=in_force", EventFilter)) == {"planned", "after", "status"}


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("q=gallium", "gallium"),
        ("q=281111", "hydrogen-fluoride hydrogen-fluoride-gas"),  # and what is a form of it
        ("q=2811.11", "hydrogen-fluoride hydrogen-fluoride-gas"),
        ("hs=2811", "hydrogen-fluoride"),
        ("hs=28", "hydrogen-fluoride gallium"),
        ("category=metal", "gallium"),
        ("broader=hydrogen-fluoride", "hydrogen-fluoride-gas"),
    ],
)
def test_materials(three, query, slugs):
    section = HSSection.objects.create(code="VI", name="Chemicals")
    for code in ("28", "2811", "281111"):
        HSCode.objects.create(code=code, description="…", section=section)
    for slug, code in (("hydrogen-fluoride", "281111"), ("gallium", "28")):
        MaterialHSCode.objects.create(material=recorded.material(slug), hs_code_id=code)
    Material.objects.filter(slug="gallium").update(category="metal")
    assert found(query, MaterialFilter) == set(slugs.split())


@pytest.mark.parametrize(
    ("query", "slugs"),
    [("kind=ministry", "ministry"), ("country=KR", "lab"), ("parent=ministry", "lab"), ("q=Laboratory", "lab")],
)
def test_organizations(three, query, slugs):
    Organization.objects.create(
        slug="lab",
        name="A Laboratory",
        kind="university",
        country=recorded.country("KR"),
        parent=recorded.authority(),
        state="published",
    )
    assert found(query, OrganizationFilter) == set(slugs.split())
