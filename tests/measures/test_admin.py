"""The desk's work on one measure: editing, review, two people at once, history, and what bad input leaves behind."""

import datetime
import random
import re
import time
from functools import partial

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Country, Measure, MeasureEvent
from records.models import ChangeSet, Citation, Name, OutboxEntry, Source
from tests.hidden import hide
from tests.records.anything import row
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def login(role, username=None):
    user = User.objects.create_user(username or role, is_staff=role != "analyst", is_superuser=role == "admin")
    user.groups.set([Group.objects.get(name=role)])
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def editor():
    return login("editor")


@pytest.fixture
def reviewer():
    return login("reviewer")


@pytest.fixture
def draft():
    return row(Measure, title="Licensing of resist", slug="licensing", legal_basis="an act", summary="as it was")


def address(record, name="change", *more):
    return reverse(f"admin:measures_{record._meta.model_name}_{name}", args=[record.pk, *more])


def filled(client, url, **changes):
    """What a browser would send for the form of a page, with some fields changed."""
    context = client.get(url).context
    data = {}
    forms = [context["adminform"].form]
    for rows in context["inline_admin_formsets"]:
        forms += [rows.formset.management_form, *rows.formset.forms]
        forms += [passage for row in rows.formset.forms for passage in getattr(row, "passages", ())]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            if bound.name == "embargo_until":
                continue
            data[bound.html_name] = value if isinstance(value, list) else str(value)
    return {**data, "change_kind": "correction", "change_reason": "to be exact", **changes}


def new_row(client, url, prefix, **values):
    """The form of a page with one more row of a kind."""
    data = filled(client, url)
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    data[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
    return {**data, **{f"{prefix}-{number}-{name}": value for name, value in values.items()}}


# Editing


def test_an_editor_makes_a_draft_with_its_rows_in_one_change_set(editor):
    country, authority = row(Measure._meta.get_field("issuers").related_model), row(Measure).authority
    url = reverse("admin:measures_measure_add")
    data = filled(
        editor,
        url,
        title="Ban",
        slug="ban",
        authority=authority.pk,
        effect="restricts",
        legal_basis="an act",
        summary="in short",
        verification="verified",
        read_version="",
        **{"issuer_links-TOTAL_FORMS": "1", "issuer_links-0-country": country.pk},
        **{
            "events-TOTAL_FORMS": "1",
            "events-0-kind": "announced",
            "events-0-date": "2019-07",
            "events-0-title": "said",
        },
    )
    before = ChangeSet.objects.exclude(kind="upkeep").count()
    response = editor.post(url, data)
    assert response.status_code == 302, response.context["errors"]
    made = Measure.objects.get(slug="ban")
    change = ChangeSet.objects.exclude(kind="upkeep").get()
    assert (before, change.by, change.reason, change.kind) == (0, editor.user, "to be exact", "correction")
    assert made.state == "draft"
    assert [link.country_id for link in made.issuer_links.all()] == [country.pk]
    event = made.events.get()
    assert (event.state, event.slug, event.earliest.isoformat()) == ("draft", "ban-measureevent-1", "2019-07-01")
    assert (made.known_since, event.known_since) == (change.pk, change.pk)


def test_a_saved_change_leaves_its_consequences_in_the_outbox(editor, draft):
    assert editor.post(address(draft), filled(editor, address(draft), summary="new")).status_code == 302
    entry = OutboxEntry.objects.get(topic="timeline")
    assert f"measures.measure:{draft.pk}" in entry.payload["records"]


def test_a_change_without_a_reason_is_not_saved(editor, draft):
    response = editor.post(address(draft), filled(editor, address(draft), summary="new", change_reason=" "))
    assert response.status_code == 200
    assert "change_reason" in response.context["adminform"].form.errors
    draft.refresh_from_db()
    assert (draft.summary, draft.version) == ("as it was", 1)
    assert not ChangeSet.objects.exclude(kind="upkeep").exists()


def test_saving_what_is_not_different_writes_nothing(editor, draft):
    assert editor.post(address(draft), filled(editor, address(draft))).status_code == 302
    draft.refresh_from_db()
    assert draft.version == 1
    assert not ChangeSet.objects.exclude(kind="upkeep").exists()


def test_a_changed_row_touches_the_record_of_its_page(editor, draft):
    data = new_row(
        editor, address(draft), "records-name-subject_type-subject_id", text="레지스트", language="ko", kind="official"
    )
    assert editor.post(address(draft), data).status_code == 302
    draft.refresh_from_db()
    assert draft.version == 2
    assert draft.names.get().text == "레지스트"


def test_a_broken_row_keeps_what_was_typed_everywhere(editor, draft):
    data = new_row(editor, address(draft), "events", kind="announced", date="next week", title="typed title")
    response = editor.post(address(draft), {**data, "summary": "typed summary"})
    content = response.content.decode()
    assert response.status_code == 200
    for kept in ("typed title", "typed summary", "next week", "is not a date"):
        assert kept in content
    assert not draft.events.exists()
    draft.refresh_from_db()
    assert draft.version == 1


@pytest.mark.parametrize("field", ["title", "summary", "change_reason", "legal_basis"])
def test_a_nul_byte_is_refused_in_words(editor, draft, field):
    response = editor.post(address(draft), filled(editor, address(draft), **{field: "a\0b"}))
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors


def test_a_taken_id_is_refused_in_words(editor, draft):
    row(Measure, slug="taken")
    response = editor.post(address(draft), filled(editor, address(draft), slug="taken"))
    assert response.status_code == 200
    assert "slug" in response.context["adminform"].form.errors


def test_states_and_versions_are_not_plainly_editable(editor, draft):
    data = filled(editor, address(draft), summary="new", state="published", version="77", submitted_by=editor.user.pk)
    assert editor.post(address(draft), data).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.submitted_by) == ("draft", 2, None)


def test_an_event_concerns_the_materials_that_are_ticked(editor, draft):
    links = [row(Measure.materials.through, measure=draft, position=n) for n in range(3)]
    event = row(MeasureEvent, measure=draft)
    wanted = [str(links[0].material_id), str(links[2].material_id)]
    data = {**filled(editor, address(draft)), "events-0-concerns": wanted}
    assert editor.post(address(draft), data).status_code == 302
    assert {str(link.material_id) for link in event.material_links.all()} == set(wanted)
    data = {**filled(editor, address(draft)), "events-0-concerns": wanted[:1]}
    assert editor.post(address(draft), data).status_code == 302
    assert [str(link.material_id) for link in event.material_links.all()] == wanted[:1]


def test_a_published_row_on_a_draft_page_is_neither_changed_nor_deleted(editor, draft):
    event = row(MeasureEvent, measure=draft, state="published", title="as published")
    data = filled(editor, address(draft), summary="new", **{"events-0-title": "smuggled", "events-0-DELETE": "on"})
    assert editor.post(address(draft), data).status_code in (200, 302)
    event.refresh_from_db()
    assert event.title == "as published"


# Review


def act(client, record, name, **values):
    record.refresh_from_db()
    data = {"read_version": record.version, "change_reason": "because", **values}
    response = client.post(address(record, "move", name), data)
    record.refresh_from_db()
    return response


def test_a_draft_is_submitted_published_and_withdrawn_with_its_parts(editor, reviewer, draft):
    event = row(MeasureEvent, measure=draft)
    assert act(editor, draft, "submit").status_code == 302
    event.refresh_from_db()
    assert (draft.state, draft.submitted_by, event.state) == ("in_review", editor.user, "in_review")
    assert act(reviewer, draft, "publish").status_code == 302
    event.refresh_from_db()
    assert (draft.state, event.state) == ("published", "published")
    assert act(reviewer, draft, "withdraw").status_code == 200  # without a notice
    assert draft.state == "published"
    assert act(reviewer, draft, "withdraw", notice="It never was so.").status_code == 302
    assert (draft.state, draft.withdrawal_notice) == ("withdrawn", "It never was so.")
    assert act(reviewer, draft, "restore").status_code == 302
    assert draft.state == "published"


def test_a_submitted_record_is_sent_back(editor, reviewer, draft):
    act(editor, draft, "submit")
    assert act(reviewer, draft, "send-back").status_code == 302
    assert (draft.state, draft.submitted_by) == ("draft", None)


def test_nobody_approves_their_own(draft):
    chief, other = login("admin"), login("reviewer")
    act(chief, draft, "submit")
    response = act(chief, draft, "publish")
    assert response.status_code == 403
    assert "somebody else has to approve it" in response.content.decode()
    assert draft.state == "in_review"
    assert act(other, draft, "publish").status_code == 302


def test_nobody_approves_a_whole_with_a_part_of_their_own(editor, draft):
    chief = login("admin")
    event = row(MeasureEvent, measure=draft)
    act(chief, event, "submit")
    act(editor, draft, "submit")
    assert act(chief, draft, "publish").status_code == 403
    event.refresh_from_db()
    assert (draft.state, event.state) == ("in_review", "in_review")


@pytest.mark.parametrize("name", ["publish", "send-back", "withdraw"])
def test_an_editor_decides_on_nothing(editor, draft, name):
    act(editor, draft, "submit")
    assert act(editor, draft, name, notice="x").status_code == 403
    assert draft.state == "in_review"


def test_a_step_that_the_state_rules_out_is_refused(reviewer, draft):
    response = act(reviewer, draft, "publish")
    assert response.status_code == 403
    assert draft.state == "draft"


def test_a_step_on_an_old_version_is_not_taken(editor, reviewer, draft):
    act(editor, draft, "submit")
    old = draft.version - 1
    response = act(reviewer, draft, "publish", read_version=old)
    assert response.status_code == 409
    assert draft.state == "in_review"


def test_of_what_is_under_embargo_the_desk_does_not_say_that_readers_see_it(editor, draft):
    Measure.objects.filter(pk=draft.pk).update(state="published")
    assertContains(editor.get(address(draft)), "Readers see this record.")
    hide(Measure.objects.filter(pk=draft.pk), embargo_until=datetime.datetime(2100, 1, 2, 3, 4, tzinfo=datetime.UTC))
    for client in (editor, login("manager")):
        page = client.get(address(draft))
        assertContains(page, "Under embargo until 2 January 2100, 03:04 UTC: readers do not see this record yet.")
        assertNotContains(page, "Readers see this record.")


def test_an_unknown_step_is_not_found(editor, draft):
    assert editor.get(address(draft, "move", "vanish")).status_code == 404


def test_a_manager_looks_at_measures_and_changes_none(draft):
    manager = login("manager")
    assert manager.get(address(draft)).status_code == 200
    assert manager.post(address(draft), {"read_version": 1}).status_code == 403
    assert manager.get(reverse("admin:measures_measure_add")).status_code == 403


def test_only_a_draft_is_deleted_and_only_with_a_reason(editor, draft):
    row(MeasureEvent, measure=draft)
    assert editor.post(address(draft, "delete"), {"post": "yes"}).status_code == 200
    assert Measure.objects.filter(pk=draft.pk).exists()
    answer = editor.post(address(draft, "delete"), {"post": "yes", "change_reason": "typed twice"})
    assert answer.status_code == 302
    assert not Measure.objects.filter(pk=draft.pk).exists()
    assert ChangeSet.objects.exclude(kind="upkeep").get().reason == "typed twice"
    published = row(Measure, state="published")
    assert editor.post(address(published, "delete"), {"post": "yes", "change_reason": "x"}).status_code == 403


def test_a_draft_with_a_published_part_is_not_deleted(editor, draft):
    event = row(MeasureEvent, measure=draft, state="published")
    editor.post(address(draft, "delete"), {"post": "yes", "change_reason": "x"})
    assert MeasureEvent.objects.filter(pk=event.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_made_on_a_page_of_its_own_stands_last_in_its_measure():
    editor, draft = login("editor"), row(Measure)
    row(MeasureEvent, measure=draft, position=0)
    url = reverse("admin:measures_measureevent_add")
    said = {"slug": "said", "measure": draft.pk, "kind": "announced", "date": "2019-07-01", "title": "Said"}
    assert editor.post(url, filled(editor, url, **said, description="x")).status_code == 302
    assert draft.events.get(slug="said").position == 1


# Two people at once


def test_the_second_editor_is_shown_both_versions_and_loses_nothing(editor, draft):
    other = login("editor", "other")
    mine = filled(other, address(draft), summary="what the other typed", title="Licensing of resist and gas")
    assert editor.post(address(draft), filled(editor, address(draft), summary="saved first")).status_code == 302
    response = other.post(address(draft), mine)
    content = response.content.decode()
    assert response.status_code == 409
    for shown in ("as it was", "saved first", "what the other typed", "Licensing of resist and gas", "to be exact"):
        assert shown in content
    form = response.context["adminform"].form
    assert form["summary"].value() == "what the other typed"
    draft.refresh_from_db()
    assert (draft.summary, draft.version) == ("saved first", 2)
    again = {**mine, "read_version": form["read_version"].value()}
    assert other.post(address(draft), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.summary, draft.title, draft.version) == ("what the other typed", "Licensing of resist and gas", 3)


def test_a_field_that_only_the_first_editor_changed_stays_as_they_saved_it(editor, draft):
    other = login("editor", "other")
    mine = filled(other, address(draft), title="my title")
    editor.post(address(draft), filled(editor, address(draft), summary="saved first"))
    form = other.post(address(draft), mine).context["adminform"].form
    assert (form["summary"].value(), form["title"].value()) == ("saved first", "my title")


def test_rows_are_part_of_both_versions(editor, draft):
    event = row(MeasureEvent, measure=draft, title="began")
    other = login("editor", "other")
    typed = new_row(other, address(draft), "events", kind="eased", date="2020", title="typed in a new row")
    typed["events-0-title"] = "typed in an old row"
    first = filled(editor, address(draft), **{"events-0-title": "saved first", "events-0-date": "2019-08"})
    assert editor.post(address(draft), first).status_code == 302
    response = other.post(address(draft), typed)
    assert response.status_code == 409
    events = next(each.formset for each in response.context["inline_admin_formsets"] if each.opts.model is MeasureEvent)
    assert [form["title"].value() for form in events.forms] == ["typed in an old row", "typed in a new row"]
    assert events.forms[0]["date"].value() == "2019-08"
    assert "saved first" in response.content.decode()
    event.refresh_from_db()
    assert event.title == "saved first"


def test_an_event_that_was_changed_on_its_own_page_is_not_overwritten_from_its_measures(editor, draft):
    event = row(MeasureEvent, measure=draft, title="began")
    other = login("editor", "other")
    typed = filled(other, address(draft), summary="typed")
    assert editor.post(address(event), filled(editor, address(event), title="saved first")).status_code == 302
    response = other.post(address(draft), typed)
    assert response.status_code == 409
    assert response.context["adminform"].form["summary"].value() == "typed"
    event.refresh_from_db()
    assert event.title == "saved first"


def test_a_row_that_somebody_deleted_comes_back_as_a_new_one_if_it_was_being_edited(editor, draft):
    row(MeasureEvent, measure=draft, title="began", date="2019")
    other = login("editor", "other")
    typed = filled(other, address(draft), **{"events-0-title": "typed"})
    first = filled(editor, address(draft), **{"events-0-DELETE": "on"})
    assert editor.post(address(draft), first).status_code == 302
    assert not draft.events.exists()
    response = other.post(address(draft), typed)
    assert response.status_code == 409
    assert "typed" in response.content.decode()


@pytest.mark.parametrize("gone", [True, False])
def test_what_was_typed_is_kept_for_copying_when_the_record_is_gone_or_closed(editor, reviewer, draft, gone):
    typed = filled(editor, address(draft), summary="typed at length")
    if gone:
        Measure.objects.get(pk=draft.pk).delete()
    else:
        act(login("editor", "other"), draft, "submit")
    response = editor.post(address(draft), typed)
    assert response.status_code == 409
    assert ("Summary", "typed at length") in response.context["typed"]
    assert not [name for name, _ in response.context["typed"] if "__prefix__" in name or "version" in name]


@pytest.mark.django_db(transaction=True)
def test_eight_people_at_once_lose_no_acknowledged_edit():
    event = row(MeasureEvent, description="0")
    clients = [login("editor", f"editor{number}") for number in range(8)]
    form = filled(clients[0], address(event))
    acknowledged = []

    def edit(client, number):
        for turn in range(2):
            typed, status = f"{number}-{turn}", 409
            while status == 409:
                time.sleep(random.uniform(0, 0.2))
                version = MeasureEvent.objects.values_list("version", flat=True).get(pk=event.pk)
                data = {**form, "description": typed, "read_version": version}
                status = client.post(address(event), data).status_code
            assert status == 302
            acknowledged.append(typed)

    at_once(*(partial(edit, client, number) for number, client in enumerate(clients)))
    event.refresh_from_db()
    assert event.version - 1 == len(acknowledged) == 16
    written = [version.description for version in event.versions.order_by("pgh_id")][1:]
    assert sorted([*written, event.description]) == sorted(acknowledged)


# Citations and history


def test_a_citation_is_added_to_a_row_on_its_own_page_and_touches_the_record(editor, draft):
    link, source = row(Measure.materials.through, measure=draft), row(Source)
    prefix = "records-citation-subject_type-subject_id"
    data = new_row(editor, address(link), prefix, source=source.pk, stance="supports", quote="as it says")
    assert editor.post(address(link), data).status_code == 302
    assert link.citations.get().source == source
    draft.refresh_from_db()
    assert draft.version == 2


def test_a_quote_of_more_than_25_words_is_refused_in_place(editor, draft):
    prefix = "records-citation-subject_type-subject_id"
    data = new_row(editor, address(draft), prefix, source=row(Source).pk, stance="supports", quote="word " * 26)
    assert editor.post(address(draft), data).status_code == 200
    assert not Citation.objects.exists()


def test_the_history_tells_who_changed_what_from_what_to_what_and_why(editor, draft):
    row(MeasureEvent, measure=draft, title="began", date="2019")
    Name.objects.create(subject=draft, language="ko", text="이름")
    data = filled(editor, address(draft), summary="as it is", **{"events-0-date": "2019-07"})
    assert editor.post(address(draft), data).status_code == 302
    content = editor.get(address(draft, "history")).content.decode()
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))
    for words in ("to be exact", "editor", "as it was as it is", "2019 July 2019 (2019-07)", "이름", "event “began”"):
        assert words in told


def test_the_history_of_a_long_life_needs_no_more_queries_than_that_of_a_short_one(
    editor, draft, django_assert_max_num_queries
):
    for number in range(30):
        draft.summary = f"version {number}"
        draft.save()
        row(MeasureEvent, measure=draft, position=number)
    editor.get(address(draft, "history"))
    with django_assert_max_num_queries(30):
        editor.get(address(draft, "history"))


@pytest.mark.parametrize(("code", "status"), [("QQ", 200), ("XX", 200), ("LI", 302)])
def test_a_country_has_a_code_that_readers_can_filter_by(code, status):
    admin = login("admin")
    url = reverse("admin:measures_country_add")
    response = admin.post(url, filled(admin, url, code=code, english_name="Somewhere"))
    assert response.status_code == status
    assert Country.objects.filter(code=code).exists() == (status == 302)
