"""A manager's way to a phase report: log in, choose the day, watch it being built, download it."""

from pathlib import Path

import pypdf
import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from programs.models import PhaseReport
from tests.faults.conftest import broker, celery, own_server, worker  # noqa: F401 (fixtures of a real worker)
from tests.programs import reported

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long enough password"


@pytest.fixture
def program(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"
    manager = User.objects.create_user("manager", password=PASSWORD, is_staff=True)
    manager.groups.set(Group.objects.filter(name="manager"))
    return reported.full_program()


@pytest.fixture
def page(browser, request):
    options = getattr(request, "param", {})
    with browser.new_context(accept_downloads=True, **options) as context:
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page


def ask(page, address):
    page.goto(address)
    page.get_by_label("Username").fill("manager")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.get_by_label("True on").fill("2020-09-01")
    page.get_by_role("button", name="Build report").click()


@pytest.mark.parametrize("page", [{}, {"java_script_enabled": False}], ids=["with scripts", "without"], indirect=True)
def test_a_manager_builds_and_downloads_a_report(program, live_server, page, worker):  # noqa: F811 - the fixture above
    worker()
    ask(page, live_server.url + reverse("programs:report", args=[program.slug]))
    page.get_by_text("The report is ready.").wait_for(timeout=30_000)
    report = PhaseReport.objects.get()
    assert page.url == live_server.url + report.get_absolute_url()
    for name, suffix in (("PDF", "pdf"), ("XLSX", "xlsx"), ("CSV (zip)", "zip")):
        with page.expect_download() as started:
            page.get_by_role("link", name=f"Download {name}").click()
        assert started.value.suggested_filename == f"roadmap-2020-09-01.{suffix}"
        assert Path(started.value.path()).stat().st_size > 1000
        if suffix == "pdf":
            assert "True on 1 September 2020" in pypdf.PdfReader(started.value.path()).pages[0].extract_text()
    page.get_by_role("link", name="Your reports").click()
    assert page.get_by_role("row").count() == 2
    assert page.complaints == []


def test_the_progress_is_shown_while_it_is_being_built(program, live_server, page):
    ask(page, live_server.url + reverse("programs:report", args=[program.slug]))
    page.get_by_text("Waiting for a worker").wait_for()
    PhaseReport.objects.update(state="building", progress=50, step="Writing the XLSX file")
    page.get_by_text("Writing the XLSX file").wait_for(timeout=5000)
    assert page.get_by_role("progressbar").get_attribute("value") == "50"
    PhaseReport.objects.update(state="failed", error="It could not be built.")
    page.get_by_role("alert").get_by_text("It could not be built.").wait_for(timeout=5000)
    assert page.complaints == []
