"""Who may ask for a report, see it and download it, and who may not."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from programs.models import PhaseReport, Program
from programs.reports import orders
from records import known
from tests.measures.recorded import later
from tests.programs import reported

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 24)
LIST_QUERIES = 8


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "reports"


@pytest.fixture
def program():
    return reported.full_program()


def somebody(role, name=None):
    user = User.objects.create_user(name or role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.fixture
def manager():
    return somebody("manager")


@pytest.fixture
def report(program, manager):
    return orders.place(program, by=manager, on=DAY, language="en")


@pytest.fixture
def ready(report):
    orders.fulfil(report.key)
    return report


def form(program):
    return reverse("programs:report", args=[program.slug])


def pages(report):
    return [
        form(report.program),
        reverse("programs:report_list"),
        report.get_absolute_url(),
        *(reverse("programs:report_file", args=[report.key, format]) for format in ("pdf", "xlsx", "csv")),
    ]


def test_visitors_are_asked_to_log_in(client, ready):
    for page in pages(ready):
        response = client.get(page)
        assert response.status_code == 302
        assert response.url.startswith(reverse("login"))
    assert client.post(form(ready.program), {"on": "2026-11-24"}).status_code == 302
    assert PhaseReport.objects.count() == 1


@pytest.mark.parametrize("role", ["analyst", "editor", "reviewer"])
def test_other_roles_are_refused(client, ready, role):
    client.force_login(somebody(role))
    assert [client.get(page).status_code for page in pages(ready)] == [403] * 6
    assert client.post(form(ready.program), {"on": "2026-11-24"}).status_code == 403
    assert PhaseReport.objects.count() == 1


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_another_manager_finds_nothing_of_it(client, ready, role):
    client.force_login(somebody(role, "somebody else"))
    assert [client.get(page).status_code for page in pages(ready)] == [200, 200, 404, 404, 404, 404]
    assert str(ready.key) not in client.get(reverse("programs:report_list")).content.decode()


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_managers_and_admins_ask_and_are_sent_to_the_progress(client, program, role):
    client.force_login(somebody(role))
    response = client.post(form(program), {"on": "2020-08-31"})
    report = PhaseReport.objects.get()
    assert response.url == report.get_absolute_url()
    assert report.manifest | {"known_at": ""} == {
        "program": "roadmap",
        "on": "2020-08-31",
        "known": known.newest().number,
        "known_at": "",
        "language": "en",
    }


def test_the_form_starts_with_the_chosen_day(client, program, manager):
    client.force_login(manager)
    assert 'value="2020-08-31"' in client.get(form(program), {"on": "2020-08-31"}).content.decode()


@pytest.mark.parametrize("day", ["", "2026-13-45", "31.12.2026", "1066-10-14", "9999-12-31", "2026-11-24\0", "١٢"])
def test_a_day_that_is_none_is_refused_in_words(client, program, manager, day):
    client.force_login(manager)
    response = client.post(form(program), {"on": day})
    assert response.status_code == 200
    assert response.context["form"].errors["on"]
    assert not PhaseReport.objects.exists()


def test_a_report_can_be_asked_for_as_of_what_was_known_then(client, program, manager):
    client.force_login(manager)
    then = known.newest()
    later()
    Program.objects.update(state="withdrawn", withdrawal_notice="Recorded twice.")
    assert client.get(form(program)).status_code == 404
    page = client.get(form(program), {"known": then.number})
    assert f'name="known" value="{then.number}"' in page.content.decode()
    assert client.post(form(program), {"on": "2020-08-31"}).status_code == 404
    assert client.post(form(program), {"on": "2020-08-31", "known": str(then.number)}).status_code == 302
    report = PhaseReport.objects.get()
    assert (report.manifest["known"], report.known_at) == (then.number, then.at)
    assert orders.fulfil(report.key)
    assert client.get(report.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("moment", ["yesterday", "2019-07-01", "999999999", "9999-01-01T00:00Z", "2020-01-01T00:00Z\0"])
def test_a_moment_that_is_none_is_refused_in_words(client, program, manager, moment):
    client.force_login(manager)
    response = client.post(form(program), {"on": "2020-08-31", "known": moment})
    assert response.status_code == 200
    assert response.context["form"].errors["known"]
    assert not PhaseReport.objects.exists()


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_there_is_no_form_for_a_program_that_is_not_published(client, program, manager, state):
    Program.objects.update(state=state)
    client.force_login(manager)
    assert client.get(form(program)).status_code == 404
    assert client.post(form(program), {"on": "2026-11-24"}).status_code == 404


def test_without_the_role_everything_is_closed_at_the_next_request(client, ready, manager):
    client.force_login(manager)
    file = pages(ready)[-1]
    allowed = client.get(file)
    assert allowed.status_code == 200
    assert allowed.getvalue()
    manager.groups.clear()
    assert client.get(file).status_code == 403
    manager.groups.add(Group.objects.get(name="manager"))
    User.objects.update(is_active=False)
    assert client.get(file).status_code == 302


def test_the_page_reloads_itself_with_and_without_scripts_until_the_report_is_ready(client, report, manager):
    client.force_login(manager)
    page = client.get(report.get_absolute_url()).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'hx-trigger="every 1s"' in page
    part = client.get(report.get_absolute_url(), headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "Waiting for a worker" in part.content.decode()
    orders.fulfil(report.key)
    part = client.get(report.get_absolute_url(), headers={"HX-Request": "true"})
    assert part.status_code == 286
    assert "hx-get" not in part.content.decode()
    assert "refresh" not in client.get(report.get_absolute_url()).content.decode()


def test_the_page_of_a_failed_report_says_why(client, report, manager):
    PhaseReport.objects.update(state="failed", error="Because of <this>.")
    client.force_login(manager)
    assert "Because of &lt;this&gt;." in client.get(report.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("format", "suffix", "content_type", "magic"),
    [
        ("pdf", "pdf", "application/pdf", b"%PDF-"),
        ("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("csv", "zip", "application/zip", b"PK"),
    ],
)
def test_a_download_is_a_file_with_a_name(client, ready, manager, format, suffix, content_type, magic):
    client.force_login(manager)
    response = client.get(
        reverse("programs:report_file", args=[ready.key, format]), headers={"Accept-Encoding": "gzip"}
    )
    content = b"".join(response.streaming_content)
    assert content.startswith(magic)
    assert response["Content-Disposition"] == f'attachment; filename="roadmap-2026-11-24.{suffix}"'
    assert response["Content-Type"] == content_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Content-Length"]) == len(content)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_what_is_not_there_is_not_found(client, report, ready, manager, directory):
    client.force_login(manager)
    for path in (
        f"/reports/{report.key}/docx",
        f"/reports/{uuid.uuid4()}/",
        f"/reports/{uuid.uuid4()}/pdf",
        "/reports/1/",
    ):
        assert client.get(path).status_code == 404
    (directory / f"{ready.key}.pdf").unlink()
    assert client.get(f"/reports/{report.key}/pdf").status_code == 404


def test_a_report_that_is_not_ready_has_no_files(client, report, manager):
    client.force_login(manager)
    assert client.get(f"/reports/{report.key}/pdf").status_code == 404


def test_the_list_takes_as_many_queries_for_many_reports(client, program, ready, manager, django_assert_num_queries):
    client.force_login(manager)
    client.get(reverse("programs:report_list"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("programs:report_list"))
    for days in range(1, 40):
        orders.place(program, by=manager, on=DAY - datetime.timedelta(days=days), language="en")
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(reverse("programs:report_list")).content.decode()
    assert page.count("<tr>") == 41
