"""Two records that are one: everything moves, nothing is lost in silence, and the old id leads on for ever."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from measures import status
from measures.models import (
    DisputedFact,
    EventMaterial,
    HSCode,
    Material,
    MaterialHSCode,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    Ministry,
    Organization,
    StatusPeriod,
)
from programs.models import Directive, Program, ProgramPartner
from records import merging, undoing
from records.history import version_model
from records.merging import NotAllowed
from records.merging.steps import pointing
from records.models import ChangeSet, Citation, Name, Record, SlugRedirect, Snapshot, Source, SourceStatement, Stale
from tests.hidden import hide
from tests.records.anything import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return User.objects.create_user("reviewer")


def by_people():
    return ChangeSet.objects.exclude(by=None)


def shown(model, **values):
    return row(model, state="published", **values)


def merge(loser, into, by):
    loser.refresh_from_db()
    into.refresh_from_db()
    return merging.merge(loser, into=into, by=by, reason="They are one.")


@pytest.fixture
def pair():
    stays = shown(Material, slug="gallium", name="Gallium", cas=None, formula="Ga")
    goes = shown(Material, slug="gallium-metal", name="Gallium metal", cas="7440-55-3", formula="Ga2")
    return goes, stays


def test_everything_that_hangs_on_a_material_moves_in_one_change_set(pair, reviewer):
    goes, stays = pair
    measure = shown(Measure)
    link = row(MeasureMaterial, measure=measure, material=goes)
    code = row(MaterialHSCode, material=goes, hs_code=row(HSCode))
    narrower = shown(Material, broader=goes)
    name = row(Name, subject=goes, language="ko", text="갈륨")
    citation = row(Citation, subject=goes, field="cas")
    disputed = shown(DisputedFact, subject=goes)
    merged = merge(goes, stays, reviewer)
    for each in (link, code, name, citation, disputed, narrower):
        each.refresh_from_db()
    assert {link.material, code.material, narrower.broader} == {stays}
    assert {name.subject, citation.subject, disputed.subject} == {stays}
    assert set(by_people().values_list("pk", "by", "kind")) == {(merged.change_set.pk, reviewer.pk, "correction")}
    stays.refresh_from_db()
    goes.refresh_from_db()
    # Every row that was written carries the number of the one change set.
    for each in (link, code, narrower, name, citation, disputed, stays, goes):
        assert each.known_since == merged.change_set.pk, each
    assert (stays.cas, stays.formula) == ("7440-55-3", "Ga")
    assert ("Formula", "Ga", "Ga2") in merged.plan.differing
    assert (goes.state, goes.withdrawal_notice) == ("withdrawn", "Merged into gallium.")
    assert stays.names.filter(language="en", kind="alias", text="Gallium metal").exists()


def test_a_link_that_both_have_stays_once_with_what_was_known_of_either(pair, reviewer):
    goes, stays = pair
    measure = shown(Measure)
    kept = row(MeasureMaterial, measure=measure, material=stays, scope="wafers", control_ref=None)
    dropped = row(MeasureMaterial, measure=measure, material=goes, scope="ingots", control_ref="3C001")
    cited = row(Citation, subject=dropped, field="")
    merged = merge(goes, stays, reviewer)
    assert list(MeasureMaterial.objects.all()) == [kept]
    kept.refresh_from_db()
    cited.refresh_from_db()
    assert (kept.scope, kept.control_ref, cited.subject) == ("wafers", "3C001", kept)
    (step,) = merged.plan.dropped
    assert step.told == ["scope: “wafers” stays, “ingots” goes", "control-list entry: “3C001” is taken over"]
    gone = version_model(MeasureMaterial).objects.get(pgh_obj_id=dropped.pk)
    assert (gone.scope, gone.superseded_by) == ("ingots", merged.change_set.pk)


def test_the_same_passage_is_kept_once(pair, reviewer):
    goes, stays = pair
    source = shown(Source)
    for material in pair:
        row(Citation, subject=material, source=source, field="description", quote="a soft metal", locator=None)
    Material.objects.update(description="A soft metal.")
    merge(goes, stays, reviewer)
    assert Citation.objects.get().subject == stays


def test_a_passage_about_a_value_that_goes_carries_no_other_value(pair, reviewer):
    goes, stays = pair
    for name in ("cas", "formula", "category"):
        row(Citation, subject=goes, field=name)
    Material.objects.update(category="metal")
    merge(goes, stays, reviewer)
    # The CAS number was taken over and the category is the same; the formula of the other one is not.
    assert sorted(stays.citations.values_list("field", flat=True)) == ["", "cas", "category"]


def test_names_that_both_have_stay_once_and_a_second_official_one_is_an_alias(pair, reviewer):
    goes, stays = pair
    row(Name, subject=stays, language="ko", kind="official", text="갈륨")
    row(Name, subject=goes, language="ko", kind="official", text="갈륨 금속")
    row(Name, subject=goes, language="ko", kind="alias", text="갈륨")
    row(Name, subject=stays, language="ja", kind="official", text="ガリウム")
    row(Name, subject=goes, language="ja", kind="official", text="ガリウム")
    row(Name, subject=goes, language="zh", kind="official", text="镓")
    merge(goes, stays, reviewer)
    assert set(stays.names.values_list("language", "kind", "text")) == {
        ("en", "alias", "Gallium metal"),
        ("ko", "official", "갈륨"),
        ("ko", "alias", "갈륨 금속"),
        ("ko", "alias", "갈륨"),
        ("ja", "official", "ガリウム"),
        ("zh", "official", "镓"),
    }


def test_statuses_follow_the_material(pair, reviewer):
    goes, stays = pair
    measure = shown(Measure, effect="restricts")
    for material in pair:
        row(MeasureMaterial, measure=measure, material=material)
    event = shown(MeasureEvent, measure=measure, kind="effective", date="2020-01-01")
    row(EventMaterial, event=event, material=goes)
    status.StatusDerivation().refresh([measure])
    assert StatusPeriod.objects.get().material == goes
    merge(goes, stays, reviewer)
    assert StatusPeriod.objects.get().material == stays


def test_every_role_of_an_organization_moves(reviewer):
    goes, stays = shown(Organization, slug="old"), shown(Organization, slug="new")
    measure, program = shown(Measure, authority=goes), shown(Program, lead=goes)
    directive = shown(Directive, program=program, issued_by=goes, council=goes)
    row(ProgramPartner, program=program, organization=stays, role="funds")
    row(ProgramPartner, program=program, organization=goes, role="funds")
    row(ProgramPartner, program=program, organization=goes, role="tests")
    merge(goes, stays, reviewer)
    for each in (measure, program, directive):
        version = each.version
        each.refresh_from_db()
        assert each.version > version
    assert {measure.authority, program.lead, directive.issued_by, directive.council} == {stays}
    assert list(program.partner_links.order_by("role").values_list("organization__slug", "role")) == [
        ("new", "funds"),
        ("new", "tests"),
    ]


def test_sources_bring_their_citations_and_statements_and_keep_their_copies(reviewer):
    goes, stays = shown(Source, slug="copy"), shown(Source, slug="original", url=None)
    Source.objects.filter(pk=goes.pk).update(url="https://example.org/notice")
    measure = shown(Measure)
    once = [
        row(Citation, subject=measure, source=each, field="summary", quote="limits", locator=None)
        for each in (goes, stays)
    ]
    more = row(Citation, subject=measure, source=goes, field="legal_basis")
    for source in (goes, stays):
        row(SourceStatement, source=source, number=1, text=f"said by {source}")
    copied = row(Snapshot, source=goes)
    merged = merge(goes, stays, reviewer)
    assert set(Citation.objects.all()) == {once[1], more}
    assert set(Citation.objects.values_list("source__slug", flat=True)) == {"original"}
    assert list(stays.statements.values_list("number", flat=True)) == [1, 2]
    stays.refresh_from_db()
    copied.refresh_from_db()
    assert stays.url == "https://example.org/notice"
    assert copied.source == goes
    assert any("becomes number 2" in step.told for step in merged.plan.moved)


def test_part_and_whole_can_be_merged_but_no_circle_comes_of_it(reviewer):
    top = shown(Material, slug="top")
    whole = shown(Material, slug="whole", broader=top)
    part = shown(Material, slug="part", broader=whole)
    merge(whole, part, reviewer)
    part.refresh_from_db()
    assert part.broader == top
    low = shown(Material, slug="low", broader=shown(Material, slug="middle", broader=part))
    with pytest.raises(NotAllowed, match="part of a part"):
        merge(part, low, reviewer)
    merge(low, part, reviewer)


@pytest.mark.parametrize(
    ("loser", "into", "words"),
    [
        ({}, {"state": "draft"}, "other way round"),
        ({}, {"state": "withdrawn", "withdrawal_notice": "gone"}, "is withdrawn"),
        ({"state": "in_review"}, {}, "waits for a reviewer"),
        ({"embargo_until": timezone.now() + timedelta(days=1)}, {}, "under embargo"),
        ({}, {"embargo_until": timezone.now() + timedelta(days=1)}, "other way round"),
    ],
    ids=["a draft stays", "a withdrawn one stays", "in review", "under embargo", "one under embargo stays"],
)
def test_what_cannot_be_one_is_refused_and_nothing_is_written(loser, into, words, reviewer):
    goes, stays = (row(Material, **{"state": "published", **values}) for values in (loser, into))
    with pytest.raises(NotAllowed, match=words):
        merge(goes, stays, reviewer)
    assert not by_people().exists()
    assert not SlugRedirect.objects.exists()


def test_no_record_is_merged_into_itself_into_another_kind_or_twice(pair, reviewer):
    goes, stays = pair
    with pytest.raises(NotAllowed, match="itself"):
        merge(goes, goes, reviewer)
    for loser, into in ((goes, shown(Organization)), (shown(Measure), shown(Measure))):
        with pytest.raises(NotAllowed, match="Only two"):
            merge(loser, into, reviewer)
    merge(goes, stays, reviewer)
    with pytest.raises(NotAllowed, match="already"):
        merge(goes, shown(Material), reviewer)


@pytest.mark.parametrize("which", [0, 1])
def test_a_merge_of_what_somebody_changed_meanwhile_is_refused(which, pair, reviewer):
    goes, stays = pair
    Material.objects.filter(pk=pair[which].pk).update(version=7)
    with pytest.raises(Stale):
        merging.merge(goes, into=stays, by=reviewer, reason="They are one.")
    assert not SlugRedirect.objects.exists()


def test_a_draft_goes_without_a_trace_for_readers(reviewer, client):
    goes, stays = row(Material, slug="draft"), shown(Material, slug="known")
    link = row(MeasureMaterial, measure=row(Measure), material=goes)
    merge(goes, stays, reviewer)
    link.refresh_from_db()
    assert link.material == stays
    assert not Material.objects.filter(slug="draft").exists()
    assert client.get(reverse("measures:material_detail", args=["draft"])).status_code == 404


def state_of_everything():
    """Every row of what a merge of materials writes, without what counts changes."""
    models = (Material, MeasureMaterial, MaterialHSCode, EventMaterial, Name, Citation, DisputedFact, StatusPeriod)
    counted = {"version", "known_since"}
    return {
        model: [
            # A derived row is derived anew, under another key.
            {
                name: value
                for name, value in each.items()
                if name not in counted and (model, name) != (StatusPeriod, "id")
            }
            for each in model.objects.order_by("pk").values()
        ]
        for model in (*models, SlugRedirect)
    }


def test_a_merge_is_undone_as_a_whole(pair, reviewer, client):
    goes, stays = pair
    measure = shown(Measure, effect="restricts")
    for material in pair:
        row(MeasureMaterial, measure=measure, material=material, scope=material.slug, control_ref=None)
    row(Citation, subject=MeasureMaterial.objects.get(material=goes), field="")
    event = shown(MeasureEvent, measure=measure, kind="effective", date="2020-01-01")
    row(EventMaterial, event=event, material=goes)
    shown(Material, broader=goes)
    row(Name, subject=goes, language="ko", kind="official", text="갈륨 금속")
    row(Name, subject=stays, language="ko", kind="official", text="갈륨")
    row(Citation, subject=goes, field="formula")
    status.StatusDerivation().refresh([measure])
    before = state_of_everything()
    merged = merge(goes, stays, reviewer)
    assert state_of_everything() != before
    other = User.objects.create_user("other")
    other.groups.set([Group.objects.get(name="reviewer")])
    undoing.undo(merged.change_set, by=other, reason="They are two.")
    assert state_of_everything() == before
    page = client.get(reverse("measures:material_detail", args=[goes.slug]))
    assert page.status_code == 200


def test_planning_writes_nothing(pair):
    goes, stays = pair
    row(Name, subject=goes)
    before = [list(model.objects.values()) for model in (Material, Name, ChangeSet)]
    planned = merging.plan(goes, into=stays)
    assert [list(model.objects.values()) for model in (Material, Name, ChangeSet)] == before
    assert len(planned.moved) == 1


PAGES = [
    (Material, "measures:material_detail", "api:materials-detail"),
    (Organization, "measures:organization_detail", "api:organizations-detail"),
    (Source, "records:source_detail", "api:sources-detail"),
]


@pytest.mark.parametrize(("model", "page", "api"), PAGES, ids=[model.__name__ for model, _page, _api in PAGES])
def test_the_old_id_leads_on_for_ever_through_every_merge(model, page, api, reviewer, client):
    first, second, third = (shown(model, slug=slug) for slug in ("first", "second", "third"))
    merge(first, second, reviewer)
    merge(second, third, reviewer)
    for name in (page, api):
        for slug in ("first", "second"):
            moved = client.get(reverse(name, args=[slug]), {"on": "2020-01-01"})
            assert (moved.status_code, moved.url) == (301, f"{reverse(name, args=['third'])}?on=2020-01-01")
        assert client.get(reverse(name, args=["third"])).status_code == 200
        assert client.get(reverse(name, args=["fourth"])).status_code == 404
    hide(model.objects.filter(slug="third"), embargo_until=timezone.now() + timedelta(days=1))
    for name in (page, api):
        assert client.get(reverse(name, args=["first"])).status_code != 301


@pytest.mark.parametrize(
    ("model", "name"), [(Material, "material"), (Organization, "authority")], ids=["material", "authority"]
)
def test_a_filter_by_an_old_id_asks_for_the_record_that_it_leads_to(model, name, reviewer, client):
    first, second = (shown(model, slug=slug) for slug in ("first", "second"))
    if model is Material:
        measure = shown(Measure)
        MeasureMaterial.objects.create(measure=measure, material=first, position=0)
    else:
        shown(Measure, authority=first)
    asked = {"api": f"/api/v1/measures/?{name}=first", "page": f"/measures/?{name}=first"}
    assert client.get(asked["api"]).json()["count"] == 1
    merge(first, second, reviewer)
    assert client.get(asked["api"]).json()["count"] == 1
    called = capfirst(second.name)
    assert called in client.get(asked["page"]).content.decode()
    hide(model.objects.filter(slug="second"), embargo_until=timezone.now() + timedelta(days=1))
    assert client.get(asked["api"]).json()["count"] == 0
    assert called not in client.get(asked["page"]).content.decode()


def test_an_old_id_is_never_given_to_another_record(pair, reviewer):
    goes, stays = pair
    merge(goes, stays, reviewer)
    with pytest.raises(ValidationError, match="already exists"):
        Material(slug="gallium-metal", name="x", category="x", description="x").full_clean()


def test_another_kind_may_have_the_same_id(pair, reviewer, client):
    goes, stays = pair
    merge(goes, stays, reviewer)
    other = shown(Organization, slug="gallium-metal")
    assert client.get(other.get_absolute_url()).status_code == 200
    assert SlugRedirect.objects.target(Organization, "gallium-metal") is None


def test_a_merged_record_has_no_place_in_lists(pair, reviewer, client):
    goes, stays = pair
    merge(goes, stays, reviewer)
    assert b"/materials/gallium-metal/" not in client.get(reverse("measures:material_list")).content


def test_every_tracked_model_that_can_point_at_a_record_is_moved():
    """A link that is added later is found, or this test names it."""
    found = {
        model.__name__
        for kind in (Material, Organization, Source)
        for model, _columns in pointing(row(kind), row(kind))
    }
    assert found == {
        "Announcement",
        "Citation",
        "Claim",
        "CoverageNote",
        "Directive",
        "DirectiveAddressee",
        "DisputedFact",
        "EventMaterial",
        "Indicator",
        "Material",
        "MaterialHSCode",
        "Measure",
        "MeasureMaterial",
        "Name",
        "Organization",
        "Program",
        "ProgramMaterial",
        "ProgramPartner",
        "Project",
        "ProjectPerformer",
        "ProvisionMaterial",
        "Response",
        "SlugRedirect",
        "Source",
        "SourceStatement",
        "Statement",
        "Survey",
    }


def test_content_types_of_proxies_lead_to_the_record(reviewer):
    goes, stays = shown(Organization, kind="ministry"), shown(Organization, kind="ministry")
    merge(goes, stays, reviewer)
    assert SlugRedirect.objects.target(Ministry, goes.slug) == stays
    assert SlugRedirect.objects.get().subject_type == ContentType.objects.get_for_model(Organization)
    assert Organization.objects.get(pk=goes.pk).state == Record.State.WITHDRAWN
