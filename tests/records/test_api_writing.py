"""Writing through the API: drafts at once, proposals for what readers see, each on the version that was read."""

import json
import random
import time
from functools import partial

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from measures.models import (
    Country,
    EventMaterial,
    Instrument,
    Material,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    Organization,
)
from records import proposals, publishing
from records.models import ChangeSet, Citation, Name, Proposal, SlugRedirect, Source
from tests.measures.test_admin import filled
from tests.records.anything import row
from tests.records.writing import WHY, Program
from tests.threads import at_once

pytestmark = pytest.mark.django_db

MEASURES = "/api/v1/measures/"


@pytest.fixture
def editor():
    return Program("editor")


@pytest.fixture
def draft():
    return row(Measure, slug="licensing", title="Licensing of resist", summary="as it was", legal_basis="an act")


@pytest.fixture
def published(draft):
    Measure.objects.filter(pk=draft.pk).update(state="published")
    draft.refresh_from_db()
    return draft


def path(record, *more):
    return f"{MEASURES}{record.slug}/" + "".join(f"{each}/" for each in more)


def patch(program, record, read=None, **sent):
    return program.write("patch", path(record), {**WHY, **sent}, version=record.version if read is None else read)


def new(**more):
    country, authority = row(Country, code="JP"), row(Organization, slug="jp-meti")
    row(Instrument)
    return {
        "id": "export-ban",
        "title": "An export ban",
        "authority": authority.slug,
        "effect": "restricts",
        "legal_basis": "an order",
        "summary": "what it does",
        "verification": "unverified",
        "issuers": [country.code],
        "instruments": ["export_ban"],
        **WHY,
        **more,
    }


# Reading what one writes


def test_a_working_copy_shows_a_draft_with_its_rows_and_its_version(editor, draft):
    material = row(Material, slug="resist")
    row(MeasureMaterial, measure=draft, material=material, scope="EUV")
    response = editor.get(path(draft, "edit"))
    copy = response.json()
    assert (copy["id"], copy["state"], copy["version"], response["ETag"]) == ("licensing", "draft", 1, '"1"')
    assert copy["materials"] == [{"material": "resist", "scope": "EUV", "control_ref": None}]
    assert copy["authority"] == draft.authority.slug
    assert response["Cache-Control"] == "no-store"


def test_a_working_copy_sent_back_as_it_was_changes_nothing(editor, draft):
    row(MeasureMaterial, measure=draft, scope="EUV")
    row(Name, subject=draft, text="레지스트 허가", language="ko")
    row(Citation, subject=draft, quote="as it says", locator="p. 3")
    copy = editor.get(path(draft, "edit")).json()
    before = ChangeSet.objects.count()
    response = patch(editor, draft, **copy)
    assert response.status_code == 200
    assert response.json() == copy
    assert ChangeSet.objects.count() == before


@pytest.mark.parametrize("scopes", [["write"]])
def test_a_token_that_is_not_made_for_reading_reads_no_draft(draft, scopes):
    assert Program("editor", scopes=scopes).get(path(draft, "edit")).status_code == 403


def test_the_public_address_shows_no_draft_to_anybody(editor, draft):
    assert editor.get(path(draft)).status_code == 404


@pytest.mark.parametrize("query", ["?known=2026-01-01T00:00Z", "?on=2020-01-01", "?fields=title"])
def test_a_working_copy_takes_no_parameters(editor, draft, query):
    assert editor.get(path(draft, "edit") + query).status_code == 400


# Making


def test_a_new_draft_is_made_with_its_rows(editor):
    source, material = row(Source, slug="the-order"), row(Material, slug="gallium")
    sent = new(
        materials=[{"material": material.slug, "scope": "6N"}],
        names=[{"language": "ja", "text": "輸出禁止"}],
        citations=[{"source": source.slug, "field": "summary", "quote": "may not be exported"}],
    )
    response = editor.write("post", MEASURES, sent)
    assert response.status_code == 201, response.content
    measure = Measure.objects.get(slug="export-ban")
    assert response["Location"].endswith(path(measure, "edit"))
    assert (measure.state, measure.version) == ("draft", 1)
    assert [link.country_id for link in measure.issuer_links.all()] == ["JP"]
    assert measure.material_links.get().scope == "6N"
    assert (measure.names.get().kind, measure.names.get().text) == ("official", "輸出禁止")
    assert measure.citations.get().source == source
    change_set = ChangeSet.objects.get(pk=measure.known_since)
    assert (change_set.by, change_set.reason, change_set.kind) == (editor.user, "because", "development")


def test_what_was_made_once_is_not_made_twice(editor):
    sent = new()
    assert editor.write("post", MEASURES, sent).status_code == 201
    again = editor.write("post", MEASURES, sent)
    assert again.status_code == 400
    assert "id" in again.json()
    assert Measure.objects.count() == 1


def test_a_new_event_stands_last_in_its_measure(editor, draft):
    row(MeasureEvent, measure=draft, position=0)
    sent = {"id": "easing", "measure": draft.slug, "kind": "announced", "date": "2019-07-01", "title": "Said", **WHY}
    sent |= {"description": "x"}
    response = editor.write("post", "/api/v1/events/", sent)
    assert response.status_code == 201, response.content
    assert MeasureEvent.objects.get(slug="easing").position == 1


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"titel": "x"}, "titel", "title"),
        ({"title": None}, "title", "null"),
        ({"title": "x" * 201}, "title", "200"),
        ({"title": "a\0b"}, "title", "ull"),
        ({"effect": "restrict"}, "effect", "restrict"),
        ({"authority": "nobody"}, "authority", "nobody"),
        ({"authority": "a\0b"}, "authority", "no known"),
        ({"authority": "\ud800"}, "authority", "no known"),
        ({"authority": 7}, "authority", "text"),
        ({"mast": "P31\0"}, "mast", "not a known"),
        ({"issuers": ["jp"]}, "issuers", "JP"),
        ({"issuers": "JP"}, "issuers", "list"),
        ({"materials": [{"scope": "x"}]}, "materials", "material"),
        ({"materials": [{"material": "resist", "extra": 1}]}, "materials", "extra"),
        ({"names": [{"language": "Korean", "text": "x"}]}, "names", "1"),
        ({"citations": [{"source": "order", "field": "titel"}]}, "citations", "title"),
        ({"citations": [{"source": "order", "quote": "word " * 26}]}, "citations", "25 words"),
        ({"id": "No Id"}, "id", "Lower-case"),
        ({"change_reason": ""}, "change_reason", "blank"),
        ({"change_kind": "upkeep"}, "change_kind", "upkeep"),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_written(editor, changes, name, words):
    row(Source, slug="order")
    row(Material, slug="resist")
    response = editor.write("post", MEASURES, new(**changes))
    assert response.status_code == 400, response.content
    assert words in json.dumps(response.json()[name], ensure_ascii=False)
    assert not Measure.objects.exists()
    assert not Name.objects.exists()


@pytest.mark.parametrize("missing", ["id", "title", "authority", "change_reason", "change_kind"])
def test_what_is_missing_is_named(editor, missing):
    sent = new()
    del sent[missing]
    response = editor.write("post", MEASURES, sent)
    assert response.status_code == 400
    assert list(response.json()) == [missing]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b'{"title": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"title": "\xff"}', 400),
        (b'{"id": "x", "title": "\\ud800"}', 400),
        (b'{"title": ' + b"9" * 5000 + b"}", 400),
        (b'{"title": "' + b"x" * 1_000_001 + b'"}', 413),
    ],
)
def test_a_body_that_is_no_record_is_refused(editor, body, status):
    response = editor.post(MEASURES, body, content_type="application/json")
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"


# Changing a draft


def test_a_draft_is_changed_at_once_and_only_where_something_was_sent(editor, draft):
    response = patch(editor, draft, title="Licensing of resist and gas")
    assert (response.status_code, response["ETag"]) == (200, '"2"')
    draft.refresh_from_db()
    assert (draft.title, draft.summary, draft.version) == ("Licensing of resist and gas", "as it was", 2)


def test_rows_are_brought_to_what_was_sent_and_the_same_ones_stay(editor, draft):
    gas, resist = row(Material, slug="gas"), row(Material, slug="resist")
    kept = row(MeasureMaterial, measure=draft, material=gas, position=0)
    gone = row(MeasureMaterial, measure=draft, material=resist, position=1)
    row(Citation, subject=kept)
    row(Material, slug="polyimide")
    response = patch(editor, draft, materials=[{"material": "polyimide"}, {"material": "gas", "scope": "pure"}])
    assert response.status_code == 200, response.content
    assert [each["material"] for each in response.json()["materials"]] == ["polyimide", "gas"]
    kept.refresh_from_db()
    assert (kept.scope, kept.position, kept.citations.count()) == ("pure", 1, 1)
    assert not MeasureMaterial.objects.filter(pk=gone.pk).exists()


def test_a_citation_keeps_the_place_of_its_quote_in_the_archived_copy(editor, draft):
    citation = row(Citation, subject=draft, quote="as it says")
    copy = editor.get(path(draft, "edit")).json()
    other = row(Source, slug="other")
    sent = [*copy["citations"], {"source": other.slug}]
    assert patch(editor, draft, citations=sent).status_code == 200
    assert draft.citations.earliest("position") == citation
    assert draft.citations.count() == 2


def test_an_unknown_text_is_null_and_never_empty(editor, draft):
    row(Material, slug="gas")
    patch(editor, draft, materials=[{"material": "gas", "scope": ""}])
    assert MeasureMaterial.objects.get().scope is None


def test_what_follows_from_rows_is_worked_out_in_the_same_change(editor, draft):
    row(MeasureEvent, measure=draft, kind="effective", date="2019-07-04", state="published")
    row(Material, slug="gas")
    patch(editor, draft, materials=[{"material": "gas"}])
    assert draft.status_periods.filter(material__slug="gas").exists()


def test_a_merged_id_leads_to_the_record_that_it_became(editor, draft):
    into = row(Organization, slug="into", state="published")
    SlugRedirect.objects.create(subject=into, slug="old")
    assert patch(editor, draft, authority="old").status_code == 200
    draft.refresh_from_db()
    assert draft.authority == into


@pytest.mark.parametrize("sent", [{"id": "another"}, {"state": "published"}, {"version": 7}])
def test_what_is_not_written_by_hand_is_refused(editor, draft, sent):
    response = patch(editor, draft, **sent)
    assert response.status_code == 400
    assert list(response.json()) == list(sent)


@pytest.mark.parametrize("missing", list(WHY))
def test_a_change_says_why(editor, draft, missing):
    sent = {"title": "x", **WHY}
    del sent[missing]
    response = editor.write("patch", path(draft), sent, version=1)
    assert response.status_code == 400
    assert list(response.json()) == [missing]


# The version it was worked out on


@pytest.mark.parametrize("version", [None, "", "*", '"abc"', "1", '"1", "2"', '"99999999999999"'])
def test_a_write_that_names_no_version_is_asked_for_one(editor, draft, version):
    response = editor.write("patch", path(draft), {"title": "x", **WHY}, version=version)
    assert response.status_code == 428
    draft.refresh_from_db()
    assert draft.version == 1


def test_the_second_gets_both_versions_and_what_they_sent(editor, draft):
    other = Program("editor", "other")
    assert patch(other, draft, summary="saved first").status_code == 200
    response = patch(editor, draft, summary="mine")
    assert response.status_code == 412
    told = response.json()
    assert told["read"]["summary"] == "as it was"
    assert (told["stored"]["summary"], told["stored"]["version"]) == ("saved first", 2)
    assert told["sent"]["summary"] == "mine"
    draft.refresh_from_db()
    assert draft.summary == "saved first"


def test_the_tag_of_the_public_answer_names_the_version_too(editor, published):
    tag = editor.get(path(published))["ETag"]
    assert patch(editor, published, tag, title="another").status_code == 202
    weak = editor.get(path(published), headers={"accept-encoding": "gzip"})["ETag"]
    assert patch(editor, published, weak, title="yet another").status_code == 202


def test_every_act_on_a_record_names_its_version(editor, draft):
    assert editor.write("delete", path(draft) + "?change_reason=because").status_code == 428
    assert editor.write("post", path(draft, "submit"), {"change_reason": "ready"}).status_code == 428
    assert editor.write("delete", path(draft) + "?change_reason=because", version=7).status_code == 412
    assert editor.write("post", path(draft, "submit"), {"change_reason": "ready"}, version=7).status_code == 412
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_through_the_desk_and_the_api_lose_no_acknowledged_edit():
    source = row(Source, slug="notice", note="0")
    programs = [Program("editor", f"program {number}") for number in range(4)]
    people = [_at_desk(f"person {number}") for number in range(4)]
    address = reverse("admin:records_source_change", args=[source.pk])
    form = filled(people[0], address)
    acknowledged = []

    def stored():
        return Source.objects.values_list("version", flat=True).get(pk=source.pk)

    def through_api(program, text):
        sent = {"note": text, **WHY}
        return program.write("patch", "/api/v1/sources/notice/", sent, version=stored()).status_code

    def through_desk(person, text):
        return person.post(address, {**form, "note": text, "read_version": stored()}).status_code

    def edit(send, done, who, number):
        for turn in range(10):
            text = f"{number}-{turn}"
            while (status := send(who, text)) in (409, 412):
                time.sleep(random.uniform(0, 0.1))
            assert status == done
            acknowledged.append(text)

    edits = [partial(edit, through_api, 200, program, f"api {number}") for number, program in enumerate(programs)]
    edits += [partial(edit, through_desk, 302, person, f"desk {number}") for number, person in enumerate(people)]
    at_once(*edits)
    source.refresh_from_db()
    assert source.version - 1 == len(acknowledged) == 80
    written = [version.note for version in source.versions.order_by("pgh_id")][1:]
    assert sorted([*written, source.note]) == sorted(acknowledged)


def _at_desk(name):
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set([Group.objects.get(name="editor")])
    client = Client()
    client.force_login(user)
    return client


# What readers see


def test_a_change_of_what_readers_see_becomes_a_proposal(editor, published):
    row(Material, slug="gas")
    response = patch(editor, published, title="Another title", materials=[{"material": "gas"}])
    assert response.status_code == 202
    proposal = Proposal.objects.get(pk=response.json()["proposal"])
    assert (proposal.by, proposal.reason, proposal.read_version) == (editor.user, "because", 1)
    published.refresh_from_db()
    assert (published.title, published.version, published.material_links.count()) == ("Licensing of resist", 1, 0)
    assert editor.get(path(published, "edit")).json()["open_proposals"] == [proposal.pk]
    reviewer = User.objects.create_user("reviewer")
    proposals.approve([proposal], by=reviewer)
    published.refresh_from_db()
    assert (published.title, published.material_links.get().material.slug) == ("Another title", "gas")


def test_a_proposal_can_be_edited_by_its_reviewer_on_the_page_of_the_record(editor, published):
    proposal = Proposal.objects.get(pk=patch(editor, published, title="Anothr title").json()["proposal"])
    reviewer = User.objects.create_user("reviewer", is_staff=True)
    reviewer.groups.set([Group.objects.get(name="reviewer")])
    client = Client()
    client.force_login(reviewer)
    page = client.get(proposal.page, {"proposal": proposal.pk})
    assert page.context["adminform"].form["title"].value() == "Anothr title"


def test_a_proposal_of_nothing_is_none(editor, published):
    response = patch(editor, published, title=published.title)
    assert response.status_code == 200
    assert not Proposal.objects.exists()


def test_what_is_wrong_in_a_proposal_is_refused_at_once(editor, published):
    assert patch(editor, published, citations=[{"source": "nowhere"}]).status_code == 400
    assert not Proposal.objects.exists()


def test_nobody_changes_what_is_in_review(editor, draft):
    publishing.submit(draft, by=editor.user, reason="ready")
    assert patch(editor, draft, title="x").status_code == 403


# Deleting and submitting


def test_a_draft_is_deleted_with_a_reason(editor, draft):
    assert editor.write("delete", path(draft), version=1).status_code == 400
    response = editor.write("delete", path(draft) + "?change_reason=twice", version=1)
    assert response.status_code == 204
    assert not Measure.objects.exists()
    assert ChangeSet.objects.filter(reason="twice", by=editor.user).exists()


def test_what_readers_see_is_not_deleted(editor, published):
    assert editor.write("delete", path(published) + "?change_reason=x", version=1).status_code == 403
    assert Measure.objects.exists()


def test_a_draft_to_which_others_lead_is_kept(editor, draft):
    authority = draft.authority
    address = f"/api/v1/organizations/{authority.slug}/?change_reason=x"
    response = editor.write("delete", address, version=1)
    assert response.status_code == 409
    assert "measure" in response.json()["detail"]
    assert Organization.objects.filter(pk=authority.pk).exists()


def test_a_draft_is_submitted_with_its_parts(editor, draft):
    event = row(MeasureEvent, measure=draft)
    response = editor.write("post", path(draft, "submit"), {"change_reason": "ready"}, version=1)
    assert (response.status_code, response.json()["state"], response["ETag"]) == (200, "in_review", '"2"')
    event.refresh_from_db()
    draft.refresh_from_db()
    assert (event.state, draft.submitted_by) == ("in_review", editor.user)


# Who may


ACTS = {
    "create": ("post", MEASURES, {}),
    "change": ("patch", f"{MEASURES}licensing/", WHY),
    "delete": ("delete", f"{MEASURES}licensing/?change_reason=x", None),
    "submit": ("post", f"{MEASURES}licensing/submit/", {"change_reason": "x"}),
}


@pytest.mark.parametrize("act", ACTS)
def test_whoever_has_no_good_token_is_asked_for_one(draft, act):
    method, address, sent = ACTS[act]
    client = Program("editor")
    client.token.delete()
    for headers in ({}, {"authorization": "Basic eDp5"}, {"authorization": f"Bearer {client.key}"}):
        asked = getattr(Client(), method)(address, sent, content_type="application/json", headers=headers)
        assert asked.status_code == 401
        assert asked["WWW-Authenticate"] == "Bearer"
    draft.refresh_from_db()
    assert (draft.version, draft.state) == (1, "draft")


def test_a_session_at_the_desk_is_no_token(draft):
    client = _at_desk("person")
    answer = client.patch(path(draft), {"title": "x", **WHY}, content_type="application/json")
    assert answer.status_code == 401


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["analyst", "manager"])
def test_who_writes_no_measures_at_the_desk_writes_none_here(draft, role, act):
    method, address, sent = ACTS[act]
    assert Program(role).write(method, address, sent, version=1).status_code == 403


@pytest.mark.parametrize("act", ACTS)
def test_a_token_that_only_reads_writes_nothing(draft, act):
    method, address, sent = ACTS[act]
    assert Program("editor", scopes=["read"]).write(method, address, sent, version=1).status_code == 403


def test_a_reviewer_proposes_and_drafts_nothing(published):
    reviewer = Program("reviewer")
    assert patch(reviewer, published, title="x").status_code == 202
    assert reviewer.write("post", MEASURES, {}).status_code == 403
    Measure.objects.filter(pk=published.pk).update(state="draft")
    assert patch(reviewer, published, title="x").status_code == 403


def test_a_role_that_was_taken_away_counts_with_the_next_request(editor, draft):
    assert patch(editor, draft, title="x").status_code == 200
    editor.user.groups.clear()
    draft.refresh_from_db()
    assert patch(editor, draft, title="y").status_code == 403


def test_who_writes_too_fast_is_told_when_to_come_back(editor, draft, settings):
    settings.API_WRITES_PER_MINUTE = 2
    for _ in range(2):
        assert patch(editor, draft, 9, title="x").status_code == 412
    response = patch(editor, draft, title="x")
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    draft.refresh_from_db()
    assert draft.version == 1


def test_a_record_of_another_kind_or_none_is_not_found(editor, draft):
    for slug in ("nothing", draft.authority.slug, "x" * 5000, "a%00b", "%ED%A0%80"):
        assert editor.write("patch", f"{MEASURES}{slug}/", WHY, version=1).status_code == 404


def test_the_materials_of_an_event_are_written_too(editor, draft):
    event = row(MeasureEvent, measure=draft, slug="easing")
    row(MeasureMaterial, measure=draft, material=row(Material, slug="gas"))
    sent = {"materials": ["gas"], **WHY}
    response = editor.write("patch", "/api/v1/events/easing/", sent, version=1)
    assert response.status_code == 200, response.content
    assert EventMaterial.objects.get().event == event
