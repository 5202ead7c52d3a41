"""What changed between two moments: what each change set did to which public record, and what of it nobody may know."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Claim, DisputedFact, Measure, MeasureEvent, MeasureMaterial, Organization
from programs.models import Milestone, Phase, Program
from records import belonging, known, publishing
from records.models import ChangeSet, Citation, Name, Source
from tests.records.anything import row

pytestmark = pytest.mark.django_db

ADDRESS, CORRECTIONS = reverse("records:changes"), reverse("records:corrections")
Kind = ChangeSet.Kind
# What is known, the change sets, what they touched, which reasons are kept back, the records.
QUERIES = 5
HIDDEN = {
    "draft": {"state": "draft"},
    "in review": {"state": "in_review"},
    "embargoed": {"state": "published", "embargo_until": timezone.now() + timedelta(days=1)},
}


def changed(*records, reason, kind=Kind.DEVELOPMENT, **values):
    """Save records with other values in one change set."""
    with publishing.change(by=None, reason=reason, kind=kind) as change_set:
        for record in records:
            for name, value in values.items():
                setattr(record, name, value)
            record.save()
        publishing.carry([record for record in records if hasattr(record, "state")], change_set)
    return change_set


def made(model, reason="Recorded", **values):
    """A record in a change set of its own; what it needs to point at is there and public before."""
    if body := {Measure: "authority", Program: "lead"}.get(model):
        values.setdefault(body, row(Organization, state="published"))
    with publishing.change(by=None, reason=reason) as change_set:
        record = row(model, **{"state": "published", **values})
        publishing.carry([record], change_set)
    return record


@pytest.fixture
def measure():
    return made(Measure, title="The licensing")


def listed(client, **query):
    """Each change set of the page: its reason, and the titles of records by what is new about them."""
    response = client.get(ADDRESS, query)
    assert response.status_code == 200
    return [
        (change.reason, {label: [one.title for one in parts] for label, parts in change.parts})
        for change in response.context["changes"]
    ]


def test_every_kind_of_record_with_a_page_is_one_that_rows_belong_to():
    assert set(belonging.owners()) == {"source", "organization", "material", "measure", "program"}
    for model, hops in belonging.hops().items():
        assert bool(hops) != (model in belonging.owners().values())


def test_change_sets_say_what_is_new_about_which_record(client, measure):
    event = made(MeasureEvent, "An event", measure=measure, kind="effective", date="2019-07-04", title="It begins")
    changed(measure, reason="Say more", summary="More.")
    changed(event, reason="A day later", kind=Kind.CORRECTION, date="2019-07-05")
    publishing.withdraw(measure, by=None, reason="Recorded twice", notice="Twice.")
    assert [(reason, {k: v for k, v in parts.items() if "The licensing" in v}) for reason, parts in listed(client)] == [
        ("Recorded twice", {"Withdrawn": ["The licensing"]}),
        ("A day later", {"Status": ["The licensing"]}),
        ("Say more", {"Details": ["The licensing"]}),
        ("An event", {"Status": ["The licensing"]}),
        ("Recorded", {"New": ["The licensing"]}),
    ]


def test_a_part_at_any_depth_counts_for_the_record_that_shows_it(client):
    program = made(Program, title="The program")
    phase = made(Phase, "A phase", program=program)
    milestone = made(Milestone, "A milestone", phase=phase, expected="2020-08")
    with publishing.change(by=None, reason="A passage", kind=Kind.SOURCE_ONLY) as change_set:
        Citation.objects.create(subject=milestone, source=row(Source, state="published"))
        publishing.carry([milestone], change_set)
    found = dict(listed(client, of="program"))
    assert found["A milestone"] == {"Dates": ["The program"]}
    assert found["A passage"] == {"Source only": ["The program"]}


def test_claims_and_names_count_for_their_record(client, measure):
    with publishing.change(by=None, reason="Disputed"):
        fact = row(DisputedFact, subject=measure, state="published")
    with publishing.change(by=None, reason="A version"):
        row(Claim, disputed_fact=fact)
    with publishing.change(by=None, reason="A name"):
        Name.objects.create(subject=measure, language="ko", text="허가제")
    assert [reason for reason, parts in listed(client, of="measure", record=measure.slug)] == [
        "A name",
        "A version",
        "Disputed",
        "Recorded",
    ]


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("address", [ADDRESS, CORRECTIONS], ids=["changes", "corrections"])
def test_what_is_hidden_appears_nowhere(client, measure, values, address):
    before = known.newest().number
    secret = made(Measure, "A secret reason", title="The secret", **values)
    changed(secret, reason="Another secret", kind=Kind.CORRECTION, summary="More.")
    event = made(MeasureEvent, "A secret event", measure=measure, title="Quiet", **values)
    changed(event, reason="Again secret", kind=Kind.CORRECTION, title="Quieter")
    with publishing.change(by=None, reason="A secret passage", kind=Kind.CORRECTION):
        Citation.objects.create(subject=event, source=row(Source, state="published", title="A paper"))
    response = client.get(address, {"since": before})
    for words in ("secret", "Quiet"):
        assertNotContains(response, words)
    assert all("The licensing" not in str(parts) for _reason, parts in listed(client, since=before))


@pytest.mark.parametrize("values", HIDDEN.values(), ids=HIDDEN)
def test_a_reason_that_also_concerns_something_hidden_is_withheld(client, measure, values):
    secret = made(Measure, **values)
    changed(measure, secret, reason="Tell of the secret", summary="More.")
    (reason, parts), *_older = listed(client)
    assert parts == {"Details": ["The licensing"]}
    assert "secret" not in reason
    Measure.objects.update(state="published", embargo_until=None)
    assert listed(client, of="measure")[0][0] == "Tell of the secret"


def test_a_record_that_is_hidden_now_has_no_public_past(client, measure):
    changed(measure, reason="Say more", summary="More.")
    assert listed(client, of="measure")
    with connection.cursor() as cursor:  # past all rules, which would refuse it
        cursor.execute("SET LOCAL session_replication_role = replica; UPDATE measures_measure SET state = 'draft'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert listed(client, of="measure") == []
    assert client.get(ADDRESS, {"of": "measure", "record": measure.slug}).status_code == 400


def test_drafts_come_to_light_with_their_publication_only(client):
    draft = made(Measure, "Secret beginnings", title="The ban", state="draft")
    changed(draft, reason="Secret doubts", summary="More.")
    changed(draft, reason="Published", state="published")
    assert listed(client, of="measure") == [("Published", {"New": ["The ban"]})]


def test_upkeep_is_listed_where_it_changed_a_status(client, measure):
    made(MeasureEvent, "An event", measure=measure, kind="effective", date="2019-07-04")
    before = known.newest().number
    with publishing.change(by=None, reason="Tidy up", kind=Kind.UPKEEP):
        Measure.objects.update(summary="Tidied.")
        measure.status_periods.update(last_evidence="2026-01-01")
    assert listed(client, since=before) == []
    with publishing.change(by=None, reason="Its day has come", kind=Kind.UPKEEP):
        measure.status_periods.update(status="eased")
    assert listed(client, since=before) == [("Its day has come", {"Status": ["The licensing"]})]


def test_between_two_moments(client, measure):
    first = changed(measure, reason="First", summary="1")
    second = changed(measure, reason="Second", summary="2")
    third = changed(measure, reason="Third", summary="3")
    words = lambda **query: [reason for reason, _parts in listed(client, **query)]  # noqa: E731
    assert words(since=first.pk) == ["Third", "Second"]
    assert words(since=first.pk, until=second.pk) == ["Second"]
    assert words(since=first.at.isoformat(), until=second.at.isoformat()) == ["Second"]
    assert words(since=first.pk, known=second.pk) == ["Second"]
    assert words(since=second.pk, before=third.pk) == []
    assert words(kind="correction") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"since": "yesterday"}, "since"),
        ({"until": "99999999"}, "until"),
        ({"kind": "wonder"}, "kind"),
        ({"of": "event"}, "of"),
        ({"record": "x"}, "record"),
        ({"of": "measure", "record": "nothing"}, "record"),
        ({"before": "x"}, "before"),
        ({"sinse": "1"}, "sinse"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(client, query, name):
    response = client.get(ADDRESS, query)
    assert response.status_code == 400
    assertContains(response, name, status_code=400)


def test_older_change_sets_are_a_page_away(client, measure):
    for number in range(25):
        changed(measure, reason=f"Change {number}", summary=str(number))
    response = client.get(ADDRESS, {"of": "measure"})
    assert len(response.context["changes"]) == 20
    older = client.get(ADDRESS + response.context["older"])
    reasons = [change.reason for page in (response, older) for change in page.context["changes"]]
    assert reasons == [f"Change {number}" for number in range(24, -1, -1)] + ["Recorded"]
    assert older.context["older"] == ""


def test_the_number_of_queries_does_not_grow(client, measure, django_assert_num_queries):
    client.get(ADDRESS)
    for number in range(5):
        changed(measure, reason=f"Change {number}", summary=str(number))
        made(Measure, "More")
    with django_assert_num_queries(QUERIES):
        client.get(ADDRESS, {"of": "measure"})


def test_names_of_people_are_not_published(client, measure, django_user_model):
    editor = django_user_model.objects.create(username="hanako", first_name="Hanako")
    measure.summary = "More."
    publishing.save(measure, by=editor, reason="Say more")
    response = client.get(ADDRESS)
    assertContains(response, "by an editor")
    for page in (response, client.get(f"{measure.get_absolute_url()}history/")):
        assertNotContains(page, "hanako")
        assertNotContains(page, "Hanako")


def test_a_link_to_something_hidden_is_told_of_nowhere(client, measure):
    before = known.newest().number
    with publishing.change(by=None, reason="Gallium comes next"):
        link = row(MeasureMaterial, measure=measure)
    assert listed(client, since=before) == []
    changed(link.material, reason="Published", state="published")
    assert [reason for reason, _parts in listed(client, since=before, of="measure")] == ["Gallium comes next"]


def test_corrections_tell_old_and_new(client, measure):
    changed(measure, reason="Say more", summary="More.")
    changed(measure, reason="It was less", kind=Kind.CORRECTION, summary="Less.")
    response = client.get(CORRECTIONS)
    assertContains(response, "It was less")
    assertContains(response, "<del>More.</del>", html=True)
    assertContains(response, "<ins>Less.</ins>", html=True)
    assertNotContains(response, "Say more")
