"""Readers report errors: about what they see, without an account, within bounds, and unseen by others."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measures.models import Material, Measure, MeasureEvent, Organization
from programs.models import Milestone, Phase, Program
from records import error_reports
from records.models import ErrorReport, Source
from records.reporting import record_name
from records.templatetags.reporting import report_address
from tests.records.anything import row
from tests.records.test_admin import log_in
from tests.threads import at_once

pytestmark = pytest.mark.django_db

TYPED = {
    "text": "The day should be 4 July, not 1 July.",
    "cites": "Official gazette, no. 12",
    "mail": "",
    "website": "",
}
SENT = reverse("records:error_reported")


@pytest.fixture
def measure():
    return row(Measure, slug="limits", state="published", title="Limits on gallium")


def test_a_reader_sends_what_is_wrong_without_account_or_script(measure):
    reader = Client(enforce_csrf_checks=True)
    address = report_address(measure, "legal_basis")
    page = reader.get(address, headers={"referer": "http://testserver/measures/limits/?on=2019-07-04#facts"})
    assert page.status_code == 200
    assert "<script" not in page.content.decode().partition("<main")[2]
    assert "Limits on gallium" in page.content.decode()
    assert "Legal basis" in page.content.decode()
    token = page.context["csrf_token"]
    typed = TYPED | {"csrfmiddlewaretoken": str(token), "page": page.context["form"].initial["page"]}
    sent = reader.post(address, typed | {"mail": "reader@example.org"})
    assert (sent.status_code, sent.url) == (302, SENT)
    report = ErrorReport.objects.get()
    assert report.subject == measure
    assert (report.field, report.text, report.cites) == ("legal_basis", TYPED["text"], TYPED["cites"])
    assert (report.mail, report.page) == ("reader@example.org", "/measures/limits/?on=2019-07-04")
    assert (report.state, report.priority, report.assignee) == ("new", 2, None)
    assert report.record_version == measure.version
    thanks = reader.get(SENT).content.decode()
    assert TYPED["text"] not in thanks
    assert "limits" not in thanks


def test_the_page_has_both_clocks_and_keeps_them(client, measure):
    assert f"{report_address(measure).replace('&', '&amp;')}&amp;on=2019-07-04" in client.get(
        f"{measure.get_absolute_url()}?on=2019-07-04"
    ).text.replace("&on=", "&amp;on=")
    asked = f"{report_address(measure)}&on=2019-07-04"
    for answer in (client.get(asked), client.post(asked, TYPED | {"text": ""}), client.get(SENT)):
        assert 'class="clock' in answer.text
    page = client.get(asked).text
    assert "True on <b>4 July 2019</b>" in page
    assert f'href="{measure.get_absolute_url()}?on=2019-07-04"' in page
    assert '<input type="hidden" name="record" value="measure:limits">' in page


KINDS = {
    "measure": lambda **values: row(Measure, **values),
    "event": lambda **values: row(MeasureEvent, measure=row(Measure, state="published"), **values),
    "material": lambda **values: row(Material, **values),
    "organization": lambda **values: row(Organization, **values),
    "program": lambda **values: row(Program, **values),
    "source": lambda **values: row(Source, **values),
}


def words_of(answer):
    """What a page says below its bars, which hold the address that was asked for."""
    return answer.content.decode().partition("<main")[2]


HIDDEN = {
    "draft": {"state": "draft"},
    "in review": {"state": "in_review"},
    "withdrawn": {"state": "withdrawn", "withdrawal_notice": "taken back"},
    "embargoed": {"state": "published", "embargo_until": timezone.now() + timedelta(days=2)},
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_every_kind_of_record_can_be_reported_and_hidden_ones_are_not_found(make, client):
    shown = make(state="published")
    missing = client.get(reverse("records:report_error"), {"record": f"{record_name(shown)}-not"})
    assert missing.status_code == 404
    assert client.get(report_address(shown)).status_code == 200
    for values in HIDDEN.values():
        hidden = make(**values)
        for answer in (client.get(report_address(hidden)), client.post(report_address(hidden), TYPED)):
            assert answer.status_code == 404
            assert words_of(answer) == words_of(missing)
    assert not ErrorReport.objects.exists()


def test_a_part_of_what_is_hidden_is_not_found(client):
    program = row(Program, state="draft")
    milestone = row(Milestone, phase=row(Phase, program=program, state="published"), state="published")
    assert client.get(report_address(milestone)).status_code == 404
    Program.objects.update(state="published")
    assert client.get(report_address(milestone)).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"record": "measure"},
        {"record": "measure:"},
        {"record": "limits"},
        {"record": "user:admin"},
        {"record": "ministry:limits"},
        {"record": "measure:limits\0"},
        {"record": "measure:limits", "field": "version"},
        {"record": "measure:limits", "field": "submitted_by"},
        {"record": "measure:limits", "field": "no_such_field"},
        {"record": "measure:limits", "field": "title\0"},
        {"record": "measure:limits", "field": "x" * 5000},
    ],
    ids=str,
)
def test_what_is_no_record_or_no_fact_is_not_found(asked, measure, client):
    assert client.get(reverse("records:report_error"), asked).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "wrong"},
        {"text": "x" * 2001},
        {"text": "a perfectly long text\0"},
        {"cites": "x" * 1001},
        {"cites": "half \ud800"[:5] + "\x07"},
        {"mail": "nobody"},
        {"mail": f"{'x' * 250}@example.org"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_too_short_too_long_or_no_text_comes_back_with_the_reason(wrong, measure, client):
    answer = client.post(report_address(measure), TYPED | wrong)
    assert answer.status_code == 400
    assert b"errorlist" in answer.content
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/" * 600]
)
def test_no_address_of_elsewhere_is_kept(page, measure, client):
    assert client.post(report_address(measure), TYPED | {"page": page}).status_code == 302
    assert ErrorReport.objects.get().page == ""


def test_a_program_that_fills_in_every_field_is_thanked_and_forgotten(measure, client):
    answer = client.post(report_address(measure), TYPED | {"website": "https://buy.example"})
    assert (answer.status_code, answer.url) == (302, SENT)
    assert not ErrorReport.objects.exists()


def test_one_address_can_send_some_and_then_has_to_wait(measure, client):
    address = report_address(measure)
    (_hour, most), _day = error_reports.LIMITS_EACH
    for _ in range(most):
        assert client.post(address, TYPED).status_code == 302
    refused = client.post(address, TYPED)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    assert TYPED["text"] in refused.content.decode()
    assert client.post(address, TYPED, REMOTE_ADDR="192.0.2.7").status_code == 302
    ErrorReport.objects.update(sent_at=timezone.now() - timedelta(minutes=61))
    assert client.post(address, TYPED).status_code == 302


def test_all_together_can_send_so_many(measure, client):
    (_hour, most), _day = error_reports.LIMITS_ALL
    report = row(ErrorReport, subject=measure, sender="")
    ErrorReport.objects.bulk_create(
        ErrorReport(subject=measure, text=report.text, record_version=1, language="en") for _ in range(most - 2)
    )
    address = report_address(measure)
    assert client.post(address, TYPED, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert client.post(address, TYPED, REMOTE_ADDR="192.0.2.8").status_code == 429


def test_an_address_is_kept_as_a_digest_and_behind_a_proxy_it_is_the_last_one(rf, settings):
    def sender(**meta):
        request = rf.get("/", **meta)
        request.user = AnonymousUser()
        return error_reports.sender_of(request)

    assert "192.0.2.7" not in sender(REMOTE_ADDR="192.0.2.7")
    assert sender(REMOTE_ADDR="192.0.2.7") != sender(REMOTE_ADDR="192.0.2.8")
    assert sender(REMOTE_ADDR="2001:db8:1:2::1") == sender(REMOTE_ADDR="2001:db8:1:2:ffff::9")
    assert sender(REMOTE_ADDR="2001:db8:1:2::1") != sender(REMOTE_ADDR="2001:db8:1:3::1")
    assert sender(REMOTE_ADDR="::ffff:192.0.2.7") == sender(REMOTE_ADDR="192.0.2.7")
    claimed = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 192.0.2.7"}
    assert sender(**claimed) == sender(REMOTE_ADDR="10.0.0.2")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert sender(**claimed) == sender(REMOTE_ADDR="192.0.2.7")


@pytest.mark.django_db(transaction=True)
def test_two_at_one_moment_are_not_both_the_last_one():
    measure = row(Measure, state="published")
    typed = {"field": "", "text": "ten letters", "cites": "", "mail": "", "page": "", "language": "en"}
    refused = []

    def send():
        try:
            error_reports.send(measure, sender="same", **typed)
        except error_reports.TooMany:
            refused.append(1)

    at_once(*[send] * 8)
    assert ErrorReport.objects.count() == error_reports.LIMITS_EACH[0][1] == 8 - len(refused)


def test_senders_are_forgotten_after_a_month(measure):
    old, new = row(ErrorReport, subject=measure, sender="a"), row(ErrorReport, subject=measure, sender="b")
    ErrorReport.objects.filter(pk=old.pk).update(sent_at=timezone.now() - timedelta(days=31))
    assert error_reports.forget_senders() == 1
    assert dict(ErrorReport.objects.values_list("pk", "sender")) == {old.pk: "", new.pk: "b"}


def test_pages_lead_to_the_form_beside_each_fact(measure, client):
    event = row(MeasureEvent, measure=measure, state="published", kind="announced")
    shown = client.get(measure.get_absolute_url()).content.decode()
    for address in (report_address(measure), report_address(measure, "legal_basis"), report_address(event)):
        assert f'href="{address.replace("&", "&amp;")}"' in shown
    for record in (
        row(Material, state="published"),
        row(Organization, state="published"),
        row(Program, state="published"),
        row(Source, state="published"),
    ):
        assert f'href="{report_address(record)}"' in client.get(record.get_absolute_url()).content.decode()


def test_no_public_page_tells_what_was_reported(measure, client):
    row(ErrorReport, subject=measure, text="A secret word: xylophone", mail="reader@example.org")
    pages = [
        "/",
        "/measures/",
        measure.get_absolute_url(),
        report_address(measure),
        f"/api/v1/measures/{measure.slug}/",
    ]
    for page in pages:
        content = client.get(page).content
        assert b"xylophone" not in content
        assert b"reader@example.org" not in content


def page(report):
    return reverse("admin:records_errorreport_change", args=[report.pk])


def handled(report, **values):
    typed = {"state": "taken", "priority": 2, "assignee": "", "note": "", "read_version": report.version}
    return typed | values


@pytest.mark.parametrize("role", ["editor", "reviewer", "manager"])
def test_the_desk_takes_answers_and_closes_a_report(role, measure, client):
    user = log_in(client, role)
    report = row(ErrorReport, subject=measure, text="The day is wrong", field="legal_basis")
    assert b"The day is wrong" in client.get(reverse("admin:records_errorreport_changelist")).content
    assert b"legal basis" in client.get(page(report)).content
    assert client.post(page(report), handled(report)).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.assignee, report.changed_by, report.version) == ("taken", user, user, 2)
    closing = handled(report, state="closed", priority=3, assignee=user.pk, note="It was right.")
    assert client.post(page(report), closing).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.note, report.priority) == ("closed", "It was right.", 3)
    listed = [
        client.get(reverse("admin:records_errorreport_changelist"), asked).context["cl"]
        for asked in ({}, {"open": "all"})
    ]
    assert [list(each.result_list) for each in listed] == [[], [report]]


def test_a_report_that_somebody_else_changed_is_not_overwritten(measure, client):
    log_in(client, "editor")
    report = row(ErrorReport, subject=measure)
    assert client.post(page(report), handled(report, note="mine")).status_code == 302
    late = client.post(page(report), handled(report, note="yours"))
    assert b"Somebody else changed this report" in late.content
    report.refresh_from_db()
    assert report.note == "mine"


@pytest.mark.parametrize("role", ["visitor", "analyst"])
def test_nobody_else_sees_or_changes_reports(role, measure, client):
    if role == "analyst":
        log_in(client, role)
    report = row(ErrorReport, subject=measure)
    for answer in (client.get(page(report)), client.post(page(report), handled(report))):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("admin:login"))
    assert ErrorReport.objects.get().state == "new"
