"""The pages of a record's history, of the way from then to now, and of why a number changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import EventMaterial, Material, Measure, MeasureEvent, Organization
from records import belonging, known, publishing
from records.models import ChangeSet, Citation, Source
from tests.consequences import carry_out
from tests.records.anything import row
from tests.records.test_changes import HIDDEN, changed, made

pytestmark = pytest.mark.django_db

LIST, COMPARISON = reverse("measures:list"), reverse("records:comparison", args=["measure"])


@pytest.fixture
def measure():
    return made(Measure, title="The licensing", summary="Little.")


def history(client, record, **query):
    response = client.get(f"{record.get_absolute_url()}history/", query)
    assert response.status_code == 200
    return response


def test_a_history_says_what_became_of_each_field_and_why(client, measure):
    event = made(MeasureEvent, "An event", measure=measure, kind="effective", date="2019-07-04", title="It begins")
    changed(measure, reason="Say more", summary="More.")
    changed(event, reason="A day later", kind=ChangeSet.Kind.CORRECTION, date="2019-07-05")
    page = history(client, measure)
    assert [change.reason for change in page.context["changes"]] == ["A day later", "Say more", "An event", "Recorded"]
    assert page.context["changes"][0].aspects == ["Status", "Dates", "Correction"]
    assertContains(page, "<del>Little.</del>", html=True)
    assertContains(page, "<ins>More.</ins>", html=True)
    assertContains(page, "5 July 2019")


def test_a_history_reads_as_known_and_between_moments(client, measure):
    first = changed(measure, reason="First", summary="1")
    changed(measure, reason="Second", summary="2")
    said = lambda **query: [change.reason for change in history(client, measure, **query).context["changes"]]  # noqa: E731
    assert said(known=first.pk) == ["First", "Recorded"]
    assert said(since=first.pk) == ["Second"]
    assert said(until=first.pk, since=first.pk - 1) == ["First"]


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_the_history_of_what_is_hidden_is_not_there(client, measure, values):
    secret = made(Measure, **values)
    assert client.get(f"{secret.get_absolute_url()}history/").status_code == 404
    event = made(MeasureEvent, "Secret event", measure=measure, title="Quiet", **values)
    changed(event, reason="Secret again", title="Quieter")
    with publishing.change(by=None, reason="Secret passage"):
        Citation.objects.create(subject=measure, source=row(Source, title="Quiet paper", **values))
    page = history(client, measure)
    assertNotContains(page, "Quiet")
    assertNotContains(page, "Secret event")
    assertNotContains(page, "Secret again")


def test_a_reference_to_something_hidden_has_no_name(client, measure):
    body = row(Organization, name="The secret office", state="draft")
    changed(measure, reason="Move it", authority=body)
    page = history(client, measure)
    assertContains(page, "not public")
    assertNotContains(page, "The secret office")


def test_what_a_draft_said_is_told_nowhere(client):
    draft = made(Measure, "Begun", title="The ban", summary="Scandalous.", state="draft")
    changed(draft, reason="Toned down", summary="Mild.")
    changed(draft, reason="Published", state="published")
    page = history(client, draft)
    assert [change.reason for change in page.context["changes"]] == ["Published"]
    assertNotContains(page, "Scandalous")
    assertContains(page, "Mild.")


def test_of_a_withdrawn_record_only_the_withdrawal_is_told(client, measure):
    changed(measure, reason="Say more", summary="Libel.")
    publishing.withdraw(measure, by=None, reason="It was wrong", notice="Wrong.")
    page = history(client, measure)
    assertNotContains(page, "Libel.")
    assertContains(page, "<ins>Wrong.</ins>", html=True)


@pytest.mark.parametrize("kind", ["source", "organization", "material", "measure", "program"])
def test_every_record_with_a_page_has_a_history(client, kind):
    record = made(belonging.owners()[kind])
    assert [change.reason for change in history(client, record).context["changes"]] == ["Recorded"]


def test_a_page_of_then_leads_to_what_changed_since(client, measure):
    then = known.newest().number
    assertContains(client.get(measure.get_absolute_url(), {"known": then}), "no difference since")
    changed(measure, reason="First", summary="1")
    changed(measure, reason="Second", summary="2")
    made(Measure, "Another")
    made(Measure, "A secret", state="draft")
    page = client.get(measure.get_absolute_url(), {"known": then})
    assertContains(
        page, f'<a href="{measure.get_absolute_url()}history/?since={then}">2 differences since</a>', html=True
    )
    page = client.get(LIST, {"known": then})
    address = f"{reverse('records:changes')}?since={then}&amp;of=measure"
    assertContains(page, f'<a href="{address}">3 differences since</a>', html=True)
    assertNotContains(client.get(LIST), "differences since")


def test_a_page_of_then_that_other_records_may_have_changed_does_not_say_that_nothing_did(client, measure):
    then = known.newest().number
    source = made(Source, "A gazette")
    made(Organization, "A secret", state="draft")
    for address in (measure.get_absolute_url(), LIST):
        expected = f'<a href="{reverse("records:changes")}?since={then}">none of its own, 1 other difference since</a>'
        assertContains(client.get(address, {"known": then}), expected, html=True)
    assertContains(client.get(source.get_absolute_url(), {"known": known.newest().number}), "no difference since")


def test_a_list_of_then_is_compared_with_itself(client, measure):
    going = made(Measure, title="The quota", summary="Rare earths.")
    leaving = made(Measure, title="The tax", summary="Rare metals.")
    measure.refresh_from_db()
    changed(measure, reason="Say what", summary="Rare gases.")
    carry_out()
    then = known.newest().number
    coming = made(Measure, title="The ban", summary="Rare books.")
    matching = made(Measure, title="Quiet", summary="Common.")
    carry_out()
    middle = known.newest().number
    changed(matching, reason="Now rare", summary="Rare after all.")
    publishing.withdraw(going, by=None, reason="Twice", notice="Twice.")
    changed(leaving, reason="Common now", summary="Metals.")
    changed(measure, reason="More gases", summary="Rare gases, all of them.")
    made(Measure, title="Secret", summary="Rare secrets.", state="draft")
    carry_out()
    page = client.get(COMPARISON, {"q": "rare", "since": then})
    groups = {label: [one.title for one, *_addresses in rows] for label, _count, rows, _more in page.context["groups"]}
    assert page.context["sizes"] == (3, 3)
    assert groups == {
        "New records": ["The ban", "Quiet"],
        "Withdrawn": ["The quota"],
        "Do not match any more": ["The tax"],
        "Still there, and changed": ["The licensing"],
    }
    assertNotContains(page, "Secret")
    # Why, by what is new about the records of this list; what was done to others is told elsewhere.
    made(Measure, title="Out of it", summary="Frequent.")
    told = {
        change.reason: [(str(label), [one.title for one in touches]) for label, touches in change.parts]
        for change in client.get(COMPARISON, {"q": "rare", "since": then}).context["changes"]
    }
    assert told["Twice"] == [("Withdrawn", ["The quota"])]
    assert told["More gases"] == [("Details", ["The licensing"])]
    assert ("New", ["The ban"]) in [part for parts in told.values() for part in parts]
    assert "Out of it" not in str(told)
    page = client.get(COMPARISON, {"q": "rare", "since": middle})
    groups = {label: [one.title for one, *_addresses in rows] for label, _count, rows, _more in page.context["groups"]}
    assert groups["Match now"] == ["Quiet"]
    assert coming.title not in groups
    link = client.get(LIST, {"q": "rare", "known": then})
    assertContains(link, f"{COMPARISON}?q=rare&amp;since={then}")


def test_a_list_of_parts_is_compared_with_itself(client, measure):
    """Events belong to measures, and have a list of their own; so do what cites and scopes them."""
    dated, scoped, cited, left = (
        made(MeasureEvent, measure=measure, kind="effective", title=title, date="2019-07-04", position=position)
        for position, title in enumerate(("Dated", "Scoped", "Cited", "Left"))
    )
    source, hidden = made(Source, title="Gazette"), made(Source, title="Secret", state="draft")
    material = made(Material, name="Neon", category="gas", description="…")
    carry_out()
    then = known.newest().number
    changed(dated, reason="The day was wrong", date="2019-07-05")
    with publishing.change(by=None, reason="Only some of it") as change_set:
        EventMaterial.objects.create(event=scoped, material=material, position=0)
        publishing.carry([scoped], change_set)
    with publishing.change(by=None, reason="The gazette says so", kind="source_only") as change_set:
        Citation.objects.create(subject=cited, source=source)
        publishing.carry([cited], change_set)
    with publishing.change(by=None, reason="Not yet said", kind="source_only") as change_set:
        Citation.objects.create(subject=left, source=hidden)
        publishing.carry([left], change_set)
    changed(measure, reason="More gases", summary="Rare gases.")
    made(MeasureEvent, measure=measure, kind="eased", title="New", date="2020", position=9)
    carry_out()
    page = client.get(reverse("records:comparison", args=["event"]), {"since": then})
    groups = {label: rows for label, _count, rows, _more in page.context["groups"]}
    assert {label: [one.title for one, *_rest in rows] for label, rows in groups.items()} == {
        "New records": ["New"],
        "Still there, and changed": ["Dated", "Scoped", "Cited"],
    }
    (_one, address, differences), *_others = groups["Still there, and changed"]
    assert client.get(address).status_code == client.get(differences).status_code == 200
    assert {change.reason for change in page.context["changes"]} >= {
        "The day was wrong", "Only some of it", "The gazette says so"
    }  # fmt: skip
    assert not {"More gases", "Not yet said"} & {change.reason for change in page.context["changes"]}
    link = client.get(reverse("measures:event_list"), {"q": "d", "known": then})
    assertContains(link, f"/changes/of/event/?q=d&amp;since={then}")


@pytest.mark.parametrize(
    ("query", "status"),
    [({}, 400), ({"since": "never"}, 400), ({"since": "1", "effect": "wonder"}, 400), ({"since": "99999999"}, 400)],
)
def test_a_comparison_that_cannot_be_is_refused(client, measure, query, status):
    assert client.get(COMPARISON, query).status_code == status
    assert client.get(reverse("records:comparison", args=["phase"]), {"since": "1"}).status_code == 404


def test_the_way_to_what_changed_costs_one_query(client, measure):
    then = known.newest()
    for number in range(5):
        changed(measure, reason=f"Change {number}", summary=str(number))
    client.get(LIST, {"known": then.number})
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST, {"known": then.number})
    assert len([each for each in asked if "owner_at" in each["sql"]]) == 1
