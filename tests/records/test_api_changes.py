"""What changed since a cursor: everything once, in order, with reasons; what is gone; and nothing of what is hidden."""

import pytest
from django.db import connection

from measures.models import Measure, MeasureEvent, Organization
from programs.models import Program
from records import known, merging, publishing, undoing
from records.api import changes
from records.models import ChangeSet, Citation, Source
from tests.records.anything import row
from tests.records.test_changes import HIDDEN, changed, made

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/changes/"
# What is known, the change sets, how much they wrote, what they touched, which reasons are kept back, and one for the
# ids of each kind of record.
QUERIES = 6


@pytest.fixture
def measure():
    return made(Measure, title="The licensing", slug="licensing")


def asked(client, **query):
    response = client.get(ADDRESS, query)
    assert response.status_code == 200, response.content
    return response.json()


def told(client, **query):
    """Each change set: its reason, and what became of which record."""
    return [
        (each["reason"], [(record["kind"], record["id"], record["what"]) for record in each["records"]])
        for each in asked(client, **query)["results"]
    ]


def removed(record, reason="Taken out"):
    """Delete a public record, as taking back an import does, past the rules of publishing."""
    with publishing.change(by=None, reason=reason) as change_set:
        record.delete()
    return change_set


def test_it_tells_in_order_what_became_of_which_record_and_why(client, measure):
    since = known.newest().number
    made(MeasureEvent, "It begins", measure=measure, kind="effective", date="2019-07-04")
    changed(measure, reason="Say more", summary="More.", kind=ChangeSet.Kind.CORRECTION)
    publishing.withdraw(measure, by=None, reason="Recorded twice", notice="Twice.")
    body = made(Organization, "A body", slug="body")
    answer = asked(client, since=since)
    assert told(client, since=since) == [
        ("It begins", [("measure", "licensing", "changed")]),
        ("Say more", [("measure", "licensing", "changed")]),
        ("Recorded twice", [("measure", "licensing", "withdrawn")]),
        ("A body", [("organization", "body", "created")]),
    ]
    numbers = [each["number"] for each in answer["results"]]
    assert numbers == sorted(numbers)
    first = answer["results"][1]
    assert (first["kind"], first["complete"]) == ("correction", True)
    assert first["at"] == ChangeSet.objects.get(pk=first["number"]).at.isoformat().replace("+00:00", "Z")
    address = answer["results"][3]["records"][0]["address"]
    assert client.get(address).json()["id"] == body.slug
    assert answer["more"] is False
    assert answer["cursor"] == str(numbers[-1])


def test_a_poller_sees_each_change_set_once(client, measure):
    since = known.newest().number
    for number in range(5):
        changed(measure, reason=f"Change {number}", summary=str(number))
    address, seen, asks = f"{ADDRESS}?since={since}&limit=2", [], 0
    while True:
        answer, asks = client.get(address).json(), asks + 1
        seen += [each["reason"] for each in answer["results"]]
        address = answer["next"]
        if not answer["more"]:
            break
    assert (seen, asks) == ([f"Change {number}" for number in range(5)], 3)
    assert client.get(address).json()["results"] == []
    assert client.get(address).json()["next"] == address
    changed(measure, reason="One more", summary="6")
    assert [each["reason"] for each in client.get(address).json()["results"]] == ["One more"]


def test_from_the_beginning_or_from_a_moment(client, measure):
    first = changed(measure, reason="First", summary="1")
    changed(measure, reason="Second", summary="2")
    everything = [reason for reason, _records in told(client)]
    assert everything[-3:] == ["Recorded", "First", "Second"]
    assert [reason for reason, _records in told(client, since=0)] == everything
    assert [reason for reason, _records in told(client, since=first.at.isoformat())] == ["Second"]
    assert [reason for reason, _records in told(client, known=first.pk)][-1] == "First"
    assert told(client, since=first.pk, known=first.pk) == []


def test_of_one_kind_of_record_or_of_change(client, measure):
    since = known.newest().number
    changed(measure, reason="It was less", summary="Less.", kind=ChangeSet.Kind.CORRECTION)
    made(Program, "A program", slug="program", lead=row(Organization, state="published"))
    reasons = lambda **query: [reason for reason, _records in told(client, since=since, **query)]  # noqa: E731
    assert reasons(of="measure") == ["It was less"]
    assert reasons(kind="correction") == ["It was less"]
    assert reasons(kind=["correction", "development"]) == ["It was less", "A program"]
    assert reasons(of="program", kind="correction") == []


def test_a_record_that_is_gone_is_told_by_what_took_it_away(client):
    body = made(Organization, "Brought in", slug="body")
    since = known.newest().number
    gone = removed(body, "Brought in by mistake")
    assert told(client, since=since) == [("Brought in by mistake", [("organization", "body", "deleted")])]
    assert told(client, since=since, of="organization") != []
    assert told(client, since=since, of="measure") == []
    # Before that, it was there.
    assert ("organization", "body", "created") in dict(told(client, known=gone.pk - 1))["Brought in"]


def test_what_went_with_it_hides_no_reason_and_what_was_hidden_does(client, measure):
    made(MeasureEvent, "It begins", measure=measure, kind="effective", date="2019-07-04")
    with publishing.change(by=None, reason="A passage"):
        Citation.objects.create(subject=measure, source=row(Source, state="published"))
    since = known.newest().number
    removed(measure, "Never happened")
    assert told(client, since=since) == [("Never happened", [("measure", "licensing", "deleted")])]
    other = made(Measure, slug="other")
    made(MeasureEvent, measure=other, state="draft", kind="effective", date="2020-01-01", title="Quiet")
    since = known.newest().number
    removed(other, "Tells of the draft")
    assert told(client, since=since) == [(None, [("measure", "other", "deleted")])]


def test_what_is_taken_back_and_brought_back(client):
    with publishing.change(by=None, reason="Imported") as change_set:
        body = row(Organization, slug="body", state="published")
        publishing.carry([body], change_set)
    since = known.newest().number
    back = undoing.undo(change_set, by=None, reason="By mistake")
    assert [records for _reason, records in told(client, since=since)] == [[("organization", "body", "deleted")]]
    undoing.undo(back, by=None, reason="It was right")
    assert [records for _reason, records in told(client, since=since)] == [
        [("organization", "body", "deleted")],
        [("organization", "body", "created")],
    ]


def test_a_merged_record_leads_to_the_other(client):
    loser, into = made(Organization, slug="loser"), made(Organization, slug="winner")
    since = known.newest().number
    merging.merge(loser, into=into, by=None, reason="They are one.")
    (each,) = asked(client, since=since)["results"]
    found = {record["id"]: (record["what"], record["into"]) for record in each["records"]}
    assert found["loser"] == ("merged", "winner")
    Organization.objects.filter(pk=into.pk).update(state="draft")
    (each,) = asked(client, since=since)["results"]
    assert [(record["id"], record["what"], record["into"]) for record in each["records"]] == [
        ("loser", "withdrawn", None)
    ]


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_appears_nowhere_and_moves_no_cursor(client, measure, values):
    before = asked(client)
    secret = made(Measure, "A secret reason", slug="the-secret", authority=measure.authority, **values)
    changed(secret, reason="Another secret", kind=ChangeSet.Kind.CORRECTION, summary="More.")
    made(MeasureEvent, "A secret event", measure=measure, **values)
    removed(secret, "A secret end")
    assert asked(client) == before
    assert asked(client, since=before["cursor"])["results"] == []
    # What was public, is hidden now and has gone since, is as if it had never been.
    body = made(Organization, slug="secret-body")
    with connection.cursor() as cursor:  # past all rules, which would refuse it
        cursor.execute("SET LOCAL session_replication_role = replica; UPDATE measures_organization SET state = 'draft'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert "secret" not in str(asked(client))
    removed(body, "A secret end")
    assert "secret" not in str(asked(client))


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_a_reason_that_also_concerns_something_hidden_is_withheld(client, measure, values):
    secret = made(Measure, **values)
    since = known.newest().number
    changed(measure, secret, reason="Tell of the secret", summary="More.")
    assert told(client, since=since) == [(None, [("measure", "licensing", "changed")])]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ({"since": "yesterday"}, "since", "not one"),
        ({"since": "99999999"}, "since", "no change set"),
        ({"since": "9" * 400}, "since", "not one"),
        ({"since": "\x00"}, "since", "not one"),
        ({"since": ["1", "2"]}, "since", "only once"),
        ({"kind": "corection"}, "kind", "Did you mean “correction”?"),
        ({"of": "measures"}, "of", "Did you mean “measure”?"),
        ({"limit": "201"}, "limit", "whole number"),
        ({"sinse": "1"}, "sinse", "Did you mean “since”?"),
        ({"known": "never"}, "known", "not one"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(client, query, name, words):
    response = client.get(ADDRESS, query)
    assert response.status_code == 400
    assert words in response.json()[name][0]


def test_an_answer_has_a_tag(client, measure):
    tag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"if-none-match": tag}).status_code == 304
    changed(measure, reason="Say more", summary="More.")
    assert client.get(ADDRESS, headers={"if-none-match": tag}).status_code == 200


def test_an_answer_ends_before_it_becomes_too_long(client, measure, monkeypatch):
    since = known.newest().number
    for number in range(4):
        changed(measure, reason=f"Change {number}", summary=str(number))
    monkeypatch.setattr(changes, "MANY_ROWS", 4)  # each change set wrote one row and replaced one
    answer = asked(client, since=since)
    assert [each["reason"] for each in answer["results"]] == ["Change 0", "Change 1"]
    assert answer["more"] is True
    monkeypatch.setattr(changes, "MANY_ROWS", 1)
    assert len(asked(client, since=since)["results"]) == 1
    monkeypatch.setattr(changes, "MOST_ROWS", 1)
    assert asked(client, since=since)["results"][0]["complete"] is False


@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_queries_does_not_grow(client, measure, count, django_assert_num_queries):
    since = known.newest().number
    for number in range(count):
        changed(measure, reason=f"Change {number}", summary=str(number))
    with django_assert_num_queries(QUERIES + 1):  # since has to be known
        assert len(asked(client, since=since)["results"]) == count
