"""Disputed facts: a second version of a fact, the one that is preferred, and how readers and lists are told."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures import claims, timeline
from measures.models import Claim, DisputedFact, Material, Measure, MeasureEvent, Organization
from programs.models import Indicator, Milestone, Program
from records import derived, known, proposals, publishing, roles
from records.models import ChangeSet, Citation, Proposal, Source, Stale
from tests.hidden import hide
from tests.measures import recorded
from tests.records.anything import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure():
    return recorded.measure("licensing", ["gallium"])


@pytest.fixture
def fact(measure):
    made = row(DisputedFact, subject=measure, question="Since when?", slug="since-when", state="published")
    for position, value in enumerate(("July", "August")):
        row(Claim, disputed_fact=made, claimant=f"Body {position}", value=value, position=position)
    return made


def log_in(client, role):
    roles.ensure_groups()
    user = User.objects.create_user(role, is_staff=role != "analyst", is_superuser=role == "admin")
    user.groups.set([Group.objects.get(name=role)])
    client.force_login(user)
    return user


def dispute_page(subject):
    return reverse("admin:measures_disputedfact_dispute", args=[subject._meta.label_lower, subject.pk])


def prefer_page(fact):
    return reverse("admin:measures_disputedfact_prefer", args=[fact.pk])


def versions(**values):
    data = {
        "field": "legal_basis",
        "question": "On which act?",
        "preferred": "other",
        "because": "The gazette says so.",
        "change_reason": "Two governments differ",
    }
    for name, claimant in (("recorded", "Japan"), ("other", "Korea")):
        data |= {f"{name}-claimant": claimant, f"{name}-date": "2019-07", f"{name}-statement": f"{claimant} says so."}
        data[f"{name}-value"] = f"the act of {claimant}"
    return data | values


# A second version


def test_an_editor_sets_another_version_beside_what_is_recorded(client, measure):
    user = log_in(client, "editor")
    assertContains(client.get(reverse("admin:measures_measure_change", args=[measure.pk])), dispute_page(measure))
    assertContains(client.get(dispute_page(measure)), "Legal basis: an act")
    response = client.post(dispute_page(measure), versions())
    made = DisputedFact.objects.get()
    assert response.url == reverse("admin:measures_disputedfact_change", args=[made.pk])
    assert (made.subject, made.field, made.state, made.question) == (measure, "legal_basis", "draft", "On which act?")
    assert [(claim.claimant, claim.position, claim.preferred, claim.reason) for claim in made.claims.all()] == [
        ("Japan", 0, False, None),
        ("Korea", 1, True, "The gazette says so."),
    ]
    change_set = ChangeSet.objects.get(pk=made.known_since)
    assert (change_set.by, change_set.reason) == (user, "Two governments differ")
    assert {claim.known_since for claim in made.claims.all()} == {made.known_since}
    assertContains(client.get(dispute_page(measure)), "On which act?")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"question": ""}, "required"),
        ({"because": ""}, "needs the reason"),
        ({"field": "slug"}, "not one of the available choices"),
        ({"other-claimant": ""}, "Name the claimant once"),
        ({"other-date": "soon"}, "is not a date"),
        ({"other-quote": "word " * 26}, "at most 25 words"),
        ({"recorded-statement": ""}, "required"),
        ({"change_reason": ""}, "required"),
    ],
)
def test_what_no_version_can_be_is_refused_and_kept(client, measure, values, reason):
    log_in(client, "editor")
    response = client.post(dispute_page(measure), versions(**values))
    assertContains(response, reason, status_code=400)
    assertContains(response, "the act of Japan", status_code=400)
    assert not DisputedFact.objects.exists()


def test_only_what_the_data_set_knows_can_be_disputed(client):
    log_in(client, "editor")
    for model in (Milestone, Source):
        assert client.get(dispute_page(row(model))).status_code == 404
    for model in (Measure, MeasureEvent, Material, Organization, Program, Indicator):
        assert client.get(dispute_page(row(model))).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("visitor", 302), ("analyst", 302), ("reviewer", 403), ("manager", 403)])
def test_who_may_not_add_records_adds_no_version(client, measure, role, status):
    if role != "visitor":
        log_in(client, role)
    assert client.get(dispute_page(measure)).status_code == status
    assert client.post(dispute_page(measure), versions()).status_code == status
    assert not DisputedFact.objects.exists()


# The preferred one


def test_one_version_after_the_other_is_preferred_with_its_reason(fact):
    DisputedFact.objects.update(state="draft")
    first, second = fact.claims.all()
    for version, reason in ((first, "It is older."), (second, "It is official."), (None, "Neither is.")):
        fact = DisputedFact.objects.get()
        change_set = claims.prefer(fact, version, by=None, reason=reason)
        assert (change_set.kind, change_set.reason) == ("correction", reason)
        told = [(claim.pk, claim.reason) for claim in fact.claims.filter(preferred=True)]
        assert told == ([(version.pk, reason)] if version else [])
        assert fact.claims.exclude(preferred=True).exclude(reason=None).count() == 0


def test_a_preference_over_what_somebody_changed_is_refused(fact):
    DisputedFact.objects.update(state="draft")
    fact.refresh_from_db()
    read = DisputedFact.objects.get()
    claims.prefer(fact, fact.claims.first(), by=None, reason="r")
    with pytest.raises(Stale):
        claims.prefer(read, fact.claims.last(), by=None, reason="r")
    assert Claim.objects.get(preferred=True) == fact.claims.first()


def test_a_preference_among_what_readers_see_is_proposed(fact):
    editor, reviewer = User.objects.create_user("an editor"), User.objects.create_user("a reviewer")
    DisputedFact.objects.update(state="published")
    first, second = fact.claims.all()
    for version, reason in ((first, "It is older."), (second, "It is official.")):
        proposal = claims.prefer(DisputedFact.objects.get(), version, by=editor, reason=reason)
        assert not Claim.objects.filter(preferred=True, pk=version.pk).exists()
        proposals.approve([proposal], by=reviewer)
        assert Claim.objects.get(preferred=True) == version


def test_nothing_is_preferred_during_a_review(fact):
    fact.state = "in_review"
    with pytest.raises(publishing.NotAllowed):
        claims.prefer(fact, fact.claims.first(), by=None, reason="r")


@pytest.mark.parametrize(
    ("role", "state", "status"),
    [
        ("visitor", "published", 302),
        ("analyst", "published", 302),
        ("editor", "published", 302),
        ("manager", "published", 403),
        ("reviewer", "in_review", 403),
        ("reviewer", "published", 302),
        ("editor", "draft", 302),
    ],
)
def test_who_may_change_the_fact_prefers_one_of_its_versions(client, fact, role, state, status):
    DisputedFact.objects.update(state=state)
    if role != "visitor":
        log_in(client, role)
    version = fact.claims.last()
    data = {"version": version.pk, "change_reason": "It is official.", "read_version": fact.version}
    response = client.post(prefer_page(fact), data)
    assert response.status_code == status
    taken = status == 302 and role in ("reviewer", "editor")
    assert Claim.objects.filter(preferred=True, pk=version.pk).exists() is (taken and state == "draft")
    assert Proposal.objects.exists() is (taken and state == "published")
    if taken and state == "draft":
        assertContains(client.get(response.url), prefer_page(fact))
        assert client.post(prefer_page(fact), data).status_code == 409
        other = row(Claim, claimant="of another fact")
        assert client.post(prefer_page(fact), data | {"version": other.pk}).status_code == 400


# Readers


def listed(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    return {row["id"] for row in response.json()["results"]}


def test_lists_keep_and_drop_what_is_disputed(client, measure, fact):
    other = recorded.measure("other", ["gallium"])
    assert listed(client, "/api/v1/measures/", disputed="yes") == {"licensing"}
    assert listed(client, "/api/v1/measures/", disputed="no") == {"other"}
    assert listed(client, "/api/v1/measures/", disputed=["yes", "no"]) == {"licensing", "other"}
    assert client.get("/api/v1/measures/", {"disputed": "true"}).status_code == 400
    response = client.get("/measures/", {"disputed": "yes"})
    assert [found.slug for found in response.context["measures"]] == ["licensing"]
    assertContains(response, f'<a class="chg" href="{measure.get_absolute_url()}#disputed">disputed</a>', html=True)
    facet = next(facet for facet in client.get("/measures/").context["facets"] if facet.name == "disputed")
    assert {option.value: option.count for option in facet.options} == {"yes": 1, "no": 1}
    assertNotContains(client.get("/measures/", {"disputed": "no"}), other.get_absolute_url() + "#disputed")


def test_a_disputed_event_makes_its_measure_disputed(client, measure, fact):
    event = recorded.event(measure, "announced", "2019-07-01")
    DisputedFact.objects.update(subject_type=fact.subject_type, subject_id=0)
    assert listed(client, "/api/v1/events/", disputed="yes") == set()
    row(DisputedFact, subject=event, state="published")
    assert listed(client, "/api/v1/events/", disputed="yes") == {event.slug}
    assert listed(client, "/api/v1/events/", disputed="no") == set()
    assert listed(client, "/api/v1/measures/", disputed="yes") == {"licensing"}
    MeasureEvent.objects.update(state="draft")
    assert listed(client, "/api/v1/measures/", disputed="yes") == set()


def indicator_of_a_program():
    indicator = row(Indicator, state="published")
    Program.objects.filter(pk=indicator.program_id).update(state="published", summary="…")
    return indicator


# What a dispute is about, of which kind it makes a record disputed, and where readers list those.
ABOUT = {
    "event": (lambda: recorded.event(recorded.measure("own"), "announced", "2019-07-01"), "events", None),
    "material": (lambda: row(Material, state="published"), "materials", "measures:material_list"),
    "organization": (lambda: row(Organization, state="published"), "organizations", "measures:organization_list"),
    "program": (lambda: row(Program, state="published"), "programs", "programs:list"),
    "indicator": (indicator_of_a_program, "programs", "programs:list"),
}


@pytest.fixture(params=ABOUT)
def about(request, db):
    """Something a dispute can be about; the id of the record that it makes disputed, and where those are listed."""
    make, api, page = ABOUT[request.param]
    subject = make()
    owner = subject.program if request.param == "indicator" else subject
    return subject, owner, f"/api/v1/{api}/", page and reverse(page)


def rows_of(client, path, **query):
    return client.get(path, query).context["object_list"]


def test_other_records_are_filtered_too(client, about):
    subject, owner, api, _page = about
    assert listed(client, api, disputed="yes") == set()
    recorded.later()
    before = known.newest().number
    fact = row(DisputedFact, subject=subject, state="published")
    recorded.later()
    assert listed(client, api, disputed="yes") == {owner.slug}
    assert owner.slug not in listed(client, api, disputed="no")
    assert owner.slug in listed(client, api, disputed=["yes", "no"])
    assert listed(client, api, disputed="yes", known=before) == set()
    assert owner.slug in listed(client, api, disputed="no", known=before)
    assert client.get(api, {"disputed": "true"}).status_code == 400
    DisputedFact.objects.filter(pk=fact.pk).update(state="withdrawn", withdrawal_notice="Wrong.")
    assert listed(client, api, disputed="yes") == set()


def test_their_lists_say_so_beside_the_title_and_lead_to_the_versions(client, about):
    subject, owner, _api, page = about
    if page is None:
        return
    address = f"{owner.get_absolute_url()}#disputed"
    assertNotContains(client.get(page), address)
    recorded.later()
    before = known.newest().number
    fact = row(DisputedFact, subject=subject, state="published", question="Who counted?")
    row(Claim, disputed_fact=fact, claimant="Somebody")
    recorded.later()
    assertContains(client.get(page), f'<a class="chg" href="{address}">disputed</a>', html=True)
    assert [found.slug for found in rows_of(client, page, disputed="yes")] == [owner.slug]
    assert owner.slug not in [found.slug for found in rows_of(client, page, disputed="no")]
    assertNotContains(client.get(page, {"known": before}), "#disputed")
    assert not rows_of(client, page, disputed="yes", known=before)
    shown = client.get(owner.get_absolute_url())
    assertContains(shown, 'id="disputed"')
    assertContains(shown, "Who counted?")
    for hidden in ({"state": "draft"}, {"embargo_until": timezone.now() + timedelta(days=1)}):
        hide(DisputedFact.objects.all(), **hidden)
        assertNotContains(client.get(page), "#disputed")
        assertNotContains(client.get(owner.get_absolute_url()), "Who counted?")
    hide(DisputedFact.objects.all(), state="published", embargo_until=None)
    type(owner).objects.filter(pk=owner.pk).update(state="withdrawn", withdrawal_notice="Wrong.")
    assertNotContains(client.get(page), "#disputed")


@pytest.mark.parametrize(
    ("model", "page"), [(Material, "measures:material_list"), (Organization, "measures:organization_list")]
)
def test_the_choices_are_counted_under_the_other_filters(client, model, page):
    made = [row(model, state="published") for _number in range(3)]
    row(DisputedFact, subject=made[0], state="published")
    row(DisputedFact, subject=made[0], state="published")
    row(DisputedFact, subject=made[1], state="draft")
    row(DisputedFact, subject=row(model, state="draft"), state="published")

    derived.rebuild()

    def counts(**query):
        facet = next(facet for facet in client.get(reverse(page), query).context["facets"] if facet.name == "disputed")
        return {option.value: option.count for option in facet.options}

    assert counts() == {"yes": 1, "no": model.objects.readable().count() - 1}
    assert counts(disputed="yes") == counts()
    assert counts(q=made[2].slug) == {"no": 1}
    assert counts(q=made[2].slug, disputed="yes") == {"yes": 0, "no": 1}


def test_a_disputed_event_is_marked_on_the_timeline(client, measure):
    event = recorded.event(measure, "announced", "2019-07-01")
    recorded.event(measure, "effective", "2019-07-04")
    timeline.rebuild()
    address = {"view": "list", "from": "2018", "to": "2020"}
    link = f'<a class="chg" href="{measure.get_absolute_url()}#disputed">disputed</a>'
    assertNotContains(client.get(reverse("measures:timeline"), address), "#disputed")
    row(DisputedFact, subject=event, state="published")
    assertContains(client.get(reverse("measures:timeline"), address), link, count=1, html=True)
    DisputedFact.objects.update(state="draft")
    assertNotContains(client.get(reverse("measures:timeline"), address), "#disputed")


def test_the_api_tells_what_is_disputed_about_an_organization(client, fact):
    body = recorded.authority()
    DisputedFact.objects.update(subject_type=Citation(subject=body).subject_type, subject_id=body.pk, field="parent")
    (told,) = client.get("/api/v1/organizations/ministry/").json()["disputed_facts"]
    assert (told["field"], told["about"], len(told["claims"])) == ("parent", "ministry", 2)


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "in_review"},
        {"state": "withdrawn", "withdrawal_notice": "Wrong."},
        {"embargo_until": timezone.now() + timedelta(days=1)},
    ],
    ids=["draft", "in review", "withdrawn", "embargoed"],
)
def test_a_dispute_that_readers_may_not_see_makes_nothing_disputed(client, measure, fact, hidden):
    hide(DisputedFact.objects.all(), **hidden)
    assert listed(client, "/api/v1/measures/", disputed="yes") == set()
    assertNotContains(client.get("/measures/"), "#disputed")
    assertNotContains(client.get(measure.get_absolute_url()), "since-when")


def test_the_page_says_disputed_beside_the_fact_and_shows_every_version(client, measure, fact):
    link = '<a class="chg" href="#since-when">disputed</a>'

    def lines():
        return [line for line in client.get(measure.get_absolute_url()).content.decode().splitlines() if link in line]

    assert [line.startswith('<p class="lede">') for line in lines()] == [True]
    DisputedFact.objects.update(field="legal_basis")
    (line,) = lines()
    assert "Legal basis" in line
    event = recorded.event(measure, "announced", "2019-07-01")
    DisputedFact.objects.update(subject_type=Citation(subject=event).subject_type, subject_id=event.pk, field="date")
    (line,) = lines()
    assert f'id="{event.slug}"' in line
    Claim.objects.filter(pk=fact.claims.last().pk).update(preferred=True, reason="The gazette says so.")
    response = client.get(measure.get_absolute_url())
    for words in ("July", "August", "Preferred here: The gazette says so."):
        assertContains(response, words)


def test_the_api_tells_the_field(client, measure, fact):
    DisputedFact.objects.update(field="legal_basis")
    (told,) = client.get("/api/v1/measures/licensing/").json()["disputed_facts"]
    assert (told["field"], told["about"], len(told["claims"])) == ("legal_basis", "licensing", 2)
