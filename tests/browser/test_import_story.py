"""Two hundred rows, from a file with nine faults to the public page and back: an editor, a reviewer and a reader."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from measures.models import Measure, MeasureEvent, StatusPeriod
from records import outbox, publishing
from records.models import Citation, Import, Source
from tests.faults.conftest import broker, celery, own_server, worker  # noqa: F401 (fixtures of a real worker)
from tests.measures import recorded
from tests.records.anything import row
from tests.records.brought import table

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long enough password"
ROWS = 200
LIST = reverse("admin:import_list")


def events() -> list[dict]:
    """Licences granted on two hundred days, of which the last two are of no such kind as the reviewer wants."""
    return [
        {
            "id": f"licensing-notice-{number}",
            "measure": "licensing",
            "kind": "tightened" if number >= ROWS - 2 else "licence",
            "date": f"20{10 + number // 12:02d}-{number % 12 + 1:02d}-15",
            "title": f"Notice {number}",
            "sources": "gazette",
        }
        for number in range(ROWS)
    ]


def with_faults(rows: list[dict]) -> list[dict]:
    """The same with nine planted faults, one in each of nine rows."""
    faulty = [dict(each) for each in rows]
    faulty[3]["date"] = "soon"
    faulty[10]["date"] = "2019-13-01"
    faulty[20]["kind"] = "licens"
    faulty[30]["measure"] = "licencing"
    faulty[40]["title"] = ""
    faulty[50]["id"] = "Not An Id"
    faulty[60]["sources"] = "no-such-source"
    faulty[70]["id"] = faulty[71]["id"]
    faulty[80]["date"] = "=TODAY()"
    return faulty


def everything() -> dict:
    """What is recorded, without what only counts."""
    counting = {"version", "known_since"}
    return {
        model.__name__: sorted(
            str({name: value for name, value in values.items() if name not in counting})
            for values in model.objects.values()
        )
        for model in (Measure, MeasureEvent, Citation)
    } | {"statuses": sorted(map(str, StatusPeriod.objects.values_list("measure", "status", "since_latest", "certain")))}


@pytest.fixture
def base(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    settings.MEDIA_ROOT = tmp_path / "media"
    for name, role in (("editor", "editor"), ("reviewer", "reviewer"), ("second", "reviewer")):
        User.objects.create_user(name, password=PASSWORD, is_staff=True).groups.set(Group.objects.filter(name=role))
    with publishing.change(by=None, reason="What there was") as change_set:
        row(Source, slug="gazette", title="Gazette", state="published")
        measure = recorded.imposed(recorded.measure("licensing", ["gallium"]), by=["JP"], on=["KR"])
        event = recorded.event(measure, "effective", "2009-07-04")
        publishing.carry([measure, event], change_set)
    outbox.relay()
    return measure


@pytest.fixture
def somebody(browser, live_server):
    """A page of somebody who has logged in, or of a reader."""
    contexts = []

    def enter(name=None):
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if name:
            page.goto(LIST)
            page.get_by_label("Username").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.locator("form:has([name=password]) [type=submit]").click()
        return page

    yield enter
    for context in contexts:
        context.close()


def bring(page, rows, name):
    page.goto(LIST)
    page.get_by_label("What its rows are").select_option("events")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": table(rows)})
    page.get_by_role("button", name="Bring and check").click()


def test_an_import_from_the_file_to_the_reader_and_back(base, somebody, worker):  # noqa: F811 - the fixture above
    worker()
    before = everything()
    reader = somebody()
    reader.goto(base.get_absolute_url())
    permalink = reader.locator("a.permalink").get_attribute("href")
    assert "Notice 0" not in reader.content()

    # The editor is told all nine faults at once, mends them, and cannot approve what she brought.
    editor = somebody("editor")
    bring(editor, with_faults(events()), "faulty.csv")
    editor.get_by_role("heading", name=re.compile("faults$")).wait_for(timeout=60_000)
    assert Import.objects.get(file_name="faulty.csv").faults.values("row").distinct().count() == 9
    assert "licencing" in editor.content()
    bring(editor, events(), "mended.csv")
    editor.get_by_role("heading", name="Submit for review").wait_for(timeout=60_000)
    editor.get_by_label("Why").fill("Notices of the gazette, 2010 to 2026")
    editor.get_by_role("button", name="Submit", exact=True).click()
    editor.get_by_text("somebody else has to decide about it").wait_for()
    assert editor.get_by_role("button", name="Approve and apply").count() == 0
    assert everything() == before

    # The reviewer sees what each row would do beside what it rests on, leaves two out with reasons, approves the rest.
    reviewer = somebody("reviewer")
    address = Import.objects.get(file_name="mended.csv").get_absolute_url()
    reviewer.goto(address)
    assert reviewer.get_by_text("Rests on").count() > 0
    for number in (ROWS, ROWS + 1):
        reviewer.goto(f"{address}?page={(number - 2) // 50 + 1}")
        form = reviewer.locator("form.leave-out", has=reviewer.locator(f"input[name=row][value='{number}']"))
        form.get_by_text("Leave this row out").click()
        form.get_by_label("Why").fill("The gazette calls this a notice, not a tightening")
        form.get_by_role("button", name="Leave out").click()
    reviewer.goto(address)
    reviewer.get_by_text("2 rows are left out").wait_for()
    reviewer.get_by_role("button", name="Approve and apply").click()
    reviewer.get_by_text("Approved by reviewer").wait_for(timeout=60_000)
    assert MeasureEvent.objects.filter(slug__startswith="licensing-notice-", state="published").count() == ROWS - 2

    # The reader sees the notices now; the permalink from before says what it said, and how much differs since.
    reader.goto(base.get_absolute_url())
    assert "Notice 0" in reader.content()
    reader.goto(f"{base.get_absolute_url()}{permalink}")
    assert "Notice 0" not in reader.content()
    assert reader.get_by_role("link", name=re.compile(r"^\d+ differences? since")).count() == 1

    # All of it is undone by a third, since readers have seen it, and what is recorded is what was recorded before.
    second = somebody("second")
    second.goto(address)
    second.get_by_text("Undo all of it").click()
    second.locator("form[action$=undo]").get_by_label("Why").fill("The gazette was misread")
    second.locator("form[action$=undo]").get_by_role("button", name="Undo").click()
    second.get_by_text("undone", exact=True).first.wait_for(timeout=60_000)
    assert everything() == before
    reader.goto(base.get_absolute_url())
    assert "Notice 0" not in reader.content()
    assert [page.complaints for page in (reader, editor, reviewer, second)] == [[], [], [], []]
