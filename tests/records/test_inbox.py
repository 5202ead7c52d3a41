"""The inbox: what waits, for whom, in which order, and what they can do about it there."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from measures.models import Material, Measure, MeasureEvent
from programs.models import PhaseReport, Program
from records import publishing
from records.desk.inbox import Inbox, Waiting, assign
from records.models import Assignment, ChangeSet, DeskRules, ErrorReport, Import, OutboxEntry, Proposal, Source
from tests.records.anything import row

pytestmark = pytest.mark.django_db

# Session, user, its permissions (two), the rules of the desk, and the inbox's own two.
QUERIES = 9
KINDS = {
    "drafts",
    "submitted",
    "proposals",
    "imports",
    "reports",
    "failed-imports",
    "failed-phase-reports",
    "failed-jobs",
}


def user(role, name=None):
    made = User.objects.create_user(name or role, is_staff=role != "analyst", is_superuser=role == "admin")
    made.groups.set([Group.objects.get(name=role)])
    return made


def shown(person, **choice):
    """Kind and title of each entry, in order."""
    inbox = Inbox(person, **choice)
    return [(entry.kind.name, entry.title) for entry in inbox.slice(0, 1000)]


def proposal(by, subject=None, **values):
    subject = subject or row(Measure, state="published")
    return Proposal.objects.create(
        subject=subject, read_version=1, rows=[], kind="correction", by=by, **{"reason": "A day was wrong", **values}
    )


def submitted(by, slug="waits"):
    record = row(Material, slug=slug, name=slug)
    publishing.submit(record, by=by, reason="ready")
    return record


@pytest.fixture
def waiting():
    """One of each kind of thing, written by an editor who is asked about nothing else."""
    editor, manager = user("editor", "author"), user("manager", "head")
    row(Measure, slug="draft", title="A draft measure")
    row(Program, slug="program", title="A draft program")
    submitted(editor)
    proposal(editor)
    row(Import, by=editor, kind="measures", state="submitted", file_name="rows.csv", sha256="1" * 64)
    row(Import, by=editor, kind="measures", state="faulty", file_name="faults.csv", sha256="2" * 64)
    failed = {"state": "failed", "attempts": 3, "error": "lost"}
    row(Import, by=editor, kind="measures", file_name="lost.csv", sha256="3" * 64, **failed)
    row(Import, by=editor, kind="measures", file_name="taken-back.csv", sha256="4" * 64, **failed, progress=100)
    ErrorReport.objects.create(subject=row(Source), text="Wrong day", record_version=1, language="en")
    ErrorReport.objects.create(subject=row(Source), text="Done", record_version=1, language="en", state="closed")
    OutboxEntry.objects.create(key="timeline:1", topic="timeline", error="ValueError: no")
    OutboxEntry.objects.create(key="timeline:2", topic="timeline")
    row(PhaseReport, program=row(Program, title="Materials", state="published"), requested_by=manager, state="failed")
    return editor, manager


OF_REVIEWER = {"waits", "A day was wrong", "rows.csv", "lost.csv", "Wrong day"}
SEEN = {
    "analyst": set(),
    "editor": {"A draft measure", "A draft program", "Wrong day"},
    "author": {"A draft measure", "A draft program", "Wrong day", "faults.csv", "lost.csv"},
    "reviewer": OF_REVIEWER,
    "manager": {"A draft program", "Wrong day"},
    "head": {"A draft program", "Wrong day", "Materials"},
    "admin": OF_REVIEWER | {"A draft measure", "A draft program", "timeline:1", "Materials"},
}


@pytest.mark.parametrize("who", SEEN)
def test_each_sees_what_they_can_do_something_about(who, waiting):
    known = {person.username: person for person in waiting}
    person = known.get(who) or user(who)
    titles = {title for _kind, title in shown(person)}
    # What the others need to point at is drafts as well.
    assert {title for title in titles if not re.fullmatch(r"(title|name)-\d+", title)} == SEEN[who]


def test_the_kinds_are_these():
    assert {kind.name for kind in Waiting.__subclasses__()} == KINDS


def test_analysts_and_visitors_have_no_inbox(client, waiting):
    assert client.get(reverse("admin:inbox")).status_code == 302
    client.force_login(user("analyst"))
    for name, args in (("inbox", []), ("inbox_together", []), ("inbox_assign", [1, 1])):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 302


def test_parts_wait_with_their_whole():
    measure = row(Measure, title="Whole")
    row(MeasureEvent, measure=measure, title="Part")
    assert ("drafts", "Part") not in shown(user("editor"))
    row(MeasureEvent, measure=row(Measure, state="published"), title="Alone")
    assert ("drafts", "Alone") in shown(user("editor", "other"))


def test_the_urgent_come_first_and_then_the_oldest():
    editor, reviewer = user("editor"), user("reviewer")
    numbers = []
    for number, days in enumerate((1, 9, 5)):
        made = proposal(editor, reason=f"waits {days} days")
        Proposal.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days))
        numbers.append((made, number))
    assert [title for _, title in shown(reviewer)] == ["waits 9 days", "waits 5 days", "waits 1 days"]
    kind = ContentType.objects.get_for_model(Proposal).pk
    inbox = Inbox(reviewer)
    assign(inbox.find(kind, numbers[0][0].pk), by=reviewer, assignee=None, priority=3)
    assign(inbox.find(kind, numbers[1][0].pk), by=reviewer, assignee=None, priority=1)
    assert [title for _, title in shown(reviewer)] == ["waits 1 days", "waits 5 days", "waits 9 days"]


def test_filters_keep_and_drop(client, waiting):
    reviewer = user("reviewer")
    kind = ContentType.objects.get_for_model(Proposal).pk
    assign(Inbox(reviewer).find(kind, Proposal.objects.get().pk), by=reviewer, assignee=reviewer, priority=2)
    assert shown(reviewer, kind="proposals") == [("proposals", "A day was wrong")]
    assert shown(reviewer, whose="mine") == [("proposals", "A day was wrong")]
    assert "A day was wrong" not in {title for _, title in shown(reviewer, whose="nobody")}
    assert shown(reviewer, kind="imports", whose="mine") == []
    client.force_login(reviewer)
    page = client.get(reverse("admin:inbox") + "?whose=mine").text
    assert "A day was wrong" in page
    assert "Wrong day" not in page
    for query in ("kind=nonsense", "whose=theirs", "page=x"):
        assert client.get(f"{reverse('admin:inbox')}?{query}").status_code == 400
    assert client.get(reverse("admin:inbox") + "?page=99").status_code == 404


def test_a_report_keeps_its_own_assignee(waiting):
    reviewer = user("reviewer")
    ErrorReport.objects.filter(text="Wrong day").update(assignee=reviewer, priority=3)
    assert shown(reviewer)[0] == ("reports", "Wrong day")
    assert shown(reviewer, whose="mine") == [("reports", "Wrong day")]


def test_somebody_takes_something(client, waiting):
    reviewer = user("reviewer")
    client.force_login(reviewer)
    kind, key = ContentType.objects.get_for_model(Proposal).pk, Proposal.objects.get().pk
    address = reverse("admin:inbox_assign", args=[kind, key])
    assert f'<option value="{reviewer.pk}" selected>' in client.get(address).text
    assert client.post(address, {"assignee": reviewer.pk, "priority": 9}).status_code == 422
    assert client.post(address, {"assignee": reviewer.pk, "priority": 3}).status_code == 302
    made = Assignment.objects.get()
    assert (made.subject, made.assignee, made.priority, made.changed_by) == (
        Proposal.objects.get(),
        reviewer,
        3,
        reviewer,
    )
    client.post(address, {"assignee": "", "priority": 1})
    assert Assignment.objects.get().assignee is None


def test_what_one_does_not_see_one_does_not_assign(client, waiting):
    client.force_login(user("editor"))
    kind, key = ContentType.objects.get_for_model(Proposal).pk, Proposal.objects.get().pk
    for of_type, number in ((kind, key), (kind, key + 99), (kind, 2**40), (99999, 1)):
        assert client.get(reverse("admin:inbox_assign", args=[of_type, number])).status_code == 404
    assert client.post(reverse("admin:inbox_assign", args=[kind, key]), {"priority": 3}).status_code == 404
    assert not Assignment.objects.exists()


def test_only_staff_can_be_asked(client, waiting):
    client.force_login(user("reviewer"))
    kind, key = ContentType.objects.get_for_model(Proposal).pk, Proposal.objects.get().pk
    address = reverse("admin:inbox_assign", args=[kind, key])
    assert client.post(address, {"assignee": user("analyst").pk, "priority": 2}).status_code == 422


def test_every_way_leads_to_a_page(client, waiting):
    for who in ("reviewer", "admin", "head", "author"):
        person = next((each for each in waiting if each.username == who), None) or user(who)
        client.force_login(person)
        for entry in Inbox(person).slice(0, 100):
            for address in {entry.url, *(way.url for way in entry.ways)}:
                response = client.get(address.partition("#")[0], follow=True)
                assert response.status_code == 200, (who, address)


def test_the_list_takes_as_many_queries_for_one_as_for_fifty(client):
    editor = user("editor")
    client.force_login(user("reviewer"))
    counts = []
    for more in (1, 49):
        for number in range(more):
            proposal(editor, reason=f"of {more}: {number}")
            submitted(editor, f"of-{more}-{number}")
        client.get(reverse("admin:inbox"))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(reverse("admin:inbox")).text
        counts.append(len(caught))
    assert "1–50 of 100" in page
    assert counts[0] == counts[1] <= QUERIES


def chosen(*records):
    return {"entry": [f"{ContentType.objects.get_for_model(each).pk}:{each.pk}" for each in records]}


def versions(*records):
    return {"record": [each.pk for each in records], "version": [each.version for each in records]}


TOGETHER = "/desk/inbox/together/"


def test_records_of_one_kind_are_approved_together_after_a_look(client):
    editor, reviewer = user("editor"), user("reviewer")
    records = [submitted(editor, f"number-{number}") for number in range(3)]
    client.force_login(reviewer)
    page = client.get(reverse("admin:inbox") + "?kind=submitted").text
    assert re.findall(r'name="entry" value="([^"]*)"', page) == chosen(*records)["entry"]
    preview = client.get(TOGETHER, chosen(*records))
    assert "number-2" in preview.text
    assert Material.objects.filter(state="published").count() == 0
    assert client.post(TOGETHER, chosen(*records)).status_code == 422
    data = {**chosen(*records), **versions(*records), "change_reason": "All read"}
    assert client.post(TOGETHER, data).status_code == 302
    assert Material.objects.filter(state="published", approved_by=reviewer).count() == 3
    assert ChangeSet.objects.filter(reason="All read", by=reviewer).count() == 3


def test_of_records_approved_together_all_are_or_none(client):
    editor, reviewer = user("editor"), user("reviewer")
    records = [submitted(editor, f"number-{number}") for number in range(3)]
    data = {**chosen(*records), **versions(*records), "change_reason": "All read"}
    Material.objects.filter(pk=records[2].pk).update(version=7)
    client.force_login(reviewer)
    response = client.post(TOGETHER, data)
    assert response.status_code == 409
    assert "was changed meanwhile" in response.text
    assert not Material.objects.filter(state="published").exists()


def test_only_one_kind_is_approved_together(client):
    editor = user("editor")
    client.force_login(user("reviewer"))
    measure = row(Measure, slug="measure")
    publishing.submit(measure, by=editor, reason="ready")
    for others in ((submitted(editor), measure), (measure, proposal(editor))):
        response = client.get(TOGETHER, chosen(*others))
        assert response.status_code == 409
        assert "Only changes of one kind" in response.text


def test_proposals_chosen_together_go_to_their_own_page(client):
    editor = user("editor")
    made = [proposal(editor) for _ in range(2)]
    client.force_login(user("reviewer"))
    response = client.get(TOGETHER, chosen(*made))
    assert response.url == f"/desk/records/proposal/together/?ids={made[0].pk},{made[1].pk}"


def test_ones_own_cannot_be_chosen(client):
    reviewer = user("reviewer")
    record = submitted(reviewer)
    client.force_login(reviewer)
    page = client.get(reverse("admin:inbox") + "?kind=submitted").text
    assert "waits" in page
    assert 'name="entry"' not in page
    assert client.get(TOGETHER, chosen(record)).status_code == 403
    data = {**chosen(record), **versions(record), "change_reason": "Mine"}
    assert client.post(TOGETHER, data).status_code == 403
    record.refresh_from_db()
    assert record.state == "in_review"
    DeskRules.objects.update_or_create(pk=1, defaults={"second_person": False})
    assert client.post(TOGETHER, data).status_code == 302


@pytest.mark.parametrize("role", ["editor", "manager"])
def test_who_cannot_publish_approves_nothing_together(role, client):
    record = submitted(user("editor", "author"))
    client.force_login(user(role, "somebody"))
    data = {**chosen(record), **versions(record), "change_reason": "Mine"}
    client.post(TOGETHER, data)
    record.refresh_from_db()
    assert record.state == "in_review"


@pytest.mark.parametrize("entry", ["", "x", "1", "1:", "1:x", "9999999999999:1", "1:-1", "１:１"])
def test_bad_marks_choose_nothing(entry, client):
    client.force_login(user("reviewer"))
    assert client.get(TOGETHER, {"entry": entry}).url == reverse("admin:inbox")
