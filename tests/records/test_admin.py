"""The desk as a whole: every page of every model opens, for whom, and with how many queries."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from records import roles
from records.desk.pages import VersionedPage
from records.models import Record, Source
from tests.records.anything import row

pytestmark = pytest.mark.django_db

LABELS = ("records", "measures", "programs")
REGISTERED = sorted(
    (model for model in admin.site._registry if model._meta.app_label in LABELS), key=lambda model: model._meta.label
)
by_label = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)

# Session, user, permissions (two), the page of rows, their count, and what its filters offer.
LIST_QUERIES = 14


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def log_in(client, role, username=None):
    user = User.objects.create_user(username or role, is_staff=role != "analyst", is_superuser=role == "admin")
    user.groups.set([Group.objects.get(name=role)])
    client.force_login(user)
    return user


@pytest.fixture
def chief(client):
    return log_in(client, "admin")


def test_every_model_has_a_page_or_a_place_on_one():
    shown = {inline.model for page in admin.site._registry.values() for inline in page.inlines}
    kept = {*roles.knowledge_models(), *(apps.get_model(label) for label in roles.WORK | roles.REPORTS)}
    assert kept - shown - set(admin.site._registry) == set()


@by_label
def test_list_opens_with_as_many_queries_for_one_row_as_for_twenty(model, client, chief):
    row(model)
    client.get(page(model, "changelist"))  # content types are cached from here on
    counts = []
    for more in (0, 19):
        for _ in range(more):
            row(model)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page(model, "changelist")).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= LIST_QUERIES


@by_label
def test_row_opens_for_an_admin_and_shows_its_history(model, client, chief):
    made = row(model)
    assert client.get(page(model, "change", made.pk)).status_code == 200
    if isinstance(admin.site._registry[model], VersionedPage):
        assert client.get(page(model, "history", made.pk)).status_code == 200


@by_label
def test_add_form_opens_where_rows_are_made_by_hand(model, client, chief):
    response = client.get(page(model, "add"))
    by_hand = admin.site._registry[model].has_add_permission(response.wsgi_request)
    assert response.status_code == (200 if by_hand else 403)
    assert by_hand or not issubclass(model, Record)


@by_label
def test_search_and_addresses_take_any_text(model, client, chief):
    address = page(model, "changelist")
    for text in ("% ' \\ [a ０ 漢字", "9" * 400):
        assert client.get(address, {"q": text}).status_code == 200
    assert client.get(address, {"q": "a\0b"}).status_code == 400
    assert client.get(address, {"id__exact": "x"}).status_code in (200, 302)
    assert client.get(page(model, "change", "9" * 24)).status_code == 302


@by_label
@pytest.mark.parametrize("role", ["visitor", "analyst"])
def test_nobody_without_a_place_at_the_desk_sees_anything(model, role, client):
    if role == "analyst":
        log_in(client, "analyst")
    made = row(model)
    for address in (page(model, "changelist"), page(model, "change", made.pk), page(model, "history", made.pk)):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith(reverse("admin:login"))


RECORDS = pytest.mark.parametrize("model", roles.record_models(), ids=lambda model: model._meta.label)


# What a role may do to records of the kind, by state: edit directly, propose, and the steps of the review.
ACTS = {
    ("editor", "any"): {
        "draft": {"edit", "delete", "submit"},
        "in_review": set(),
        "published": {"propose"},
        "withdrawn": {"propose"},
    },
    ("reviewer", "any"): {
        "draft": set(),
        "in_review": {"publish", "send-back"},
        "published": {"propose", "withdraw"},
        "withdrawn": {"propose", "restore"},
    },
    ("manager", "programs"): {
        "draft": {"edit", "delete", "submit"},
        "in_review": set(),
        "published": {"propose"},
        "withdrawn": {"propose"},
    },
    ("manager", "any"): {"draft": set(), "in_review": set(), "published": set(), "withdrawn": set()},
}
STEPS = ("submit", "publish", "send-back", "withdraw", "restore", "lift-embargo")
WHAT_A_STEP_TAKES = {"withdraw": "withdraw", "submit": "change"}


def acts_of(role, model, state):
    of_kind = (role, model._meta.app_label)
    return ACTS[of_kind if of_kind in ACTS else (role, "any")][state]


@RECORDS
@pytest.mark.parametrize("state", Record.State.values)
@pytest.mark.parametrize("role", ["editor", "reviewer", "manager"])
def test_each_role_is_let_do_exactly_its_acts_in_each_state(model, state, role, client):
    user = log_in(client, role)
    acts = acts_of(role, model, state)
    made = row(model, state=state, withdrawal_notice="taken back" if state == "withdrawn" else "")
    assert roles.may_edit(user, made) is ("edit" in acts)
    assert roles.may_propose(user, made) is ("propose" in acts)
    opened = client.get(page(model, "change", made.pk))
    sent = client.post(page(model, "change", made.pk), {"read_version": made.version})
    may_send = bool(acts & {"edit", "propose"})
    assert sent.status_code == (200 if may_send else 403)
    assert (b'name="change_reason"' in opened.content) is may_send
    assert (b'value="Propose"' in opened.content) is ("propose" in acts)
    assert (b'value="Save"' in opened.content) is ("edit" in acts)
    assert client.get(page(model, "delete", made.pk)).status_code == (200 if "delete" in acts else 403)
    offered = {step for step in STEPS if f"/move/{step}/" in opened.content.decode()}
    assert offered == acts & set(STEPS)


@RECORDS
@pytest.mark.parametrize("role", ["editor", "reviewer", "manager"])
def test_a_step_that_a_role_has_no_permission_for_is_refused_in_every_state(model, role, client):
    user = log_in(client, role)
    for step in STEPS:
        made = row(model)
        may = user.has_perm(roles.permission(WHAT_A_STEP_TAKES.get(step, "publish"), model))
        assert client.get(page(model, "move", made.pk, step)).status_code == (200 if may else 403)
        assert client.post(page(model, "move", made.pk, step), {}).status_code == (200 if may else 403)


def test_what_jobs_derive_is_for_admins_to_look_at(client):
    log_in(client, "editor")
    for name in roles.WORK:
        assert client.get(page(apps.get_model(name), "changelist")).status_code == 403


def test_first_page_lists_what_waits_with_one_query_for_all_kinds(client, chief, django_assert_max_num_queries):
    waiting = row(Source, state="in_review")
    row(Source, state="published", slug="long-published")
    client.get(reverse("admin:index"))
    with django_assert_max_num_queries(12):
        response = client.get(reverse("admin:index"))
    assert waiting.slug.encode() in response.content
    assert b"long-published" not in response.content


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2019-07-01", "1 July 2019</b>, to the day"),
        ("2019-07", "2019-07-01 – 2019-07-31"),
        (" 2019-07 ", "July 2019"),
        ("2019-07/..", "open"),
        ("soon", "is not a date"),
        ("<script>", "&lt;script&gt;"),
        ("", ""),
    ],
)
def test_reading_of_a_date_while_it_is_typed(text, words, client):
    log_in(client, "editor")
    response = client.get(reverse("admin:edtf"), {"text": text})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert b"<script" not in response.content


def test_reading_of_a_date_is_for_the_desk_only(client):
    assert client.get(reverse("admin:edtf"), {"text": "2019"}).status_code == 302


def test_a_desk_of_one_person_says_so_on_every_page(client, chief, settings):
    told = b"This desk has one person"
    source = row(Source, state="published")
    addresses = [reverse("admin:index"), page(Source, "changelist"), page(Source, "change", source.pk)]
    assert not any(told in client.get(address).content for address in addresses)
    settings.SECOND_PERSON = False
    roles.ensure_rules()
    assert all(told in client.get(address).content for address in addresses)


@pytest.mark.parametrize("name", ["index", "login"])
def test_pages_hold_nothing_inline(name, client, chief):
    if name == "login":
        client.logout()
    content = client.get(reverse(f"admin:{name}")).content
    for refused in (b"<style", b" style=", b" onclick", b"javascript:"):
        assert refused not in content


@pytest.mark.parametrize(
    ("hidden", "leads"),
    [({}, True), ({"state": "draft"}, False), ({"embargo_until": timezone.now() + timedelta(days=1)}, False)],
    ids=["published", "draft", "embargoed"],
)
def test_a_page_leads_to_the_public_one_where_there_is_one(client, chief, hidden, leads):
    source = row(Source, **{"state": "published", **hidden})
    shown = client.get(page(Source, "change", source.pk)).content.decode()
    assert (f'href="{source.get_absolute_url()}"' in shown) == leads
    assert (client.get(source.get_absolute_url()).status_code == 200) == leads


@pytest.mark.django_db
def test_what_is_no_id_is_an_error_of_the_form(client):
    chief = User.objects.create_superuser("chief", password="x")
    client.force_login(chief)
    for kind in ("measures/measure", "measures/material", "programs/program"):
        response = client.post(f"/desk/{kind}/add/", {"authority": "abc", "broader": "abc", "lead": "abc"})
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()
