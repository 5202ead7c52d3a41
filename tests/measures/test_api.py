"""Measures and their surroundings over the API: what is told, what is not, and in how many queries."""

import datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from measures import status
from measures.models import (
    Announcement,
    AnnouncementMeasure,
    Claim,
    DisputedFact,
    Material,
    Measure,
    MeasureEvent,
    MeasureRelation,
    Organization,
    Provision,
)
from records import derived
from records.models import Citation, Name, Source
from tests.hidden import hide
from tests.measures import recorded
from tests.measures.test_filters import imposed

pytestmark = pytest.mark.django_db

LICENSING = "jp-2019-three-materials-licensing"
FUTURE = datetime.timedelta(hours=1)


def source(slug, **values):
    return Source.objects.create(
        slug=slug,
        title=f"Title of {slug}",
        publisher="METI",
        language="ja",
        consulted="excerpt",
        **{"state": "published", "kind": "official", "date": "2019-07-01", **values},
    )


def cite(subject, of, **values):
    return Citation.objects.create(subject=subject, source=of, **values)


def rich(slug="licensing"):
    """A measure with something in every place."""
    made = imposed(
        recorded.measure(slug, ["photoresist", "gallium"]), by=["JP"], on=["KR"], instruments=["export_licensing"]
    )
    Name.objects.create(subject=made, language="ja", text="輸出管理の運用見直し")
    provision = Provision.objects.create(
        measure=made, slug=f"{slug}-part", code="part", title="A part", state="published"
    )
    announced = recorded.event(made, "announced", "2019-07-01")
    recorded.event(made, "effective", "2019-07-04", ["photoresist"], provision=provision, until="2019-12")
    other = recorded.measure(f"{slug}-other")
    relation = MeasureRelation.objects.create(measure=made, other=other, relation="amends")
    MeasureRelation.objects.create(measure=other, other=made, relation="retaliates_for")
    act = Announcement.objects.create(
        slug=f"{slug}-act",
        title="An act",
        country=recorded.country(),
        authority=recorded.authority(),
        date="2019-07-01",
        state="published",
    )
    AnnouncementMeasure.objects.create(announcement=act, measure=made)
    fact = DisputedFact.objects.create(
        slug=f"{slug}-fact", subject=announced, question="How many licences?", state="published"
    )
    claim = Claim.objects.create(
        disputed_fact=fact, organization=recorded.authority(), date="2019", statement="Three.", value="3"
    )
    notice, report = source(f"{slug}-notice"), source(f"{slug}-report", kind="news")
    cite(made, notice, field="legal_basis", locator="p. 2")
    cite(announced, notice, quote="from July 4")
    cite(announced, report, stance="disputes")
    for subject in (relation, claim, made.material_links.first()):
        cite(subject, report)
    status.StatusDerivation().rebuild()
    return made


def get(client, path, **query):
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(
    ("day", "others", "resist"),
    [
        ("2019-06-01", None, None),
        ("2019-07-03", "announced", "announced"),
        ("2019-07-04", "in_force", "in_force"),
        ("2020-02-01", "in_force", "eased"),
        ("2023-05-01", "lifted", "lifted"),
    ],
)
def test_statuses_of_the_founding_case(client, day, others, resist):
    recorded.founding(LICENSING)
    status.StatusDerivation().rebuild()
    rows = get(client, f"measures/{LICENSING}/", on=day)["statuses"]
    assert len(rows) == 6
    assert {row["certainty"] for row in rows} == {"certain"}
    for row in rows:
        assert row["status"] == (resist if row["material"].startswith("photoresist") else others)
        assert set(row) == {"material", "provision", "status", "certainty", "since", "until"}
    [listed] = get(client, "measures/", on=day)["results"]
    assert listed["statuses"] == rows


def test_since_and_until_are_the_days_as_known(client):
    recorded.founding(LICENSING)
    status.StatusDerivation().rebuild()
    rows = get(client, f"measures/{LICENSING}/", on="2020-02-01")["statuses"]
    assert rows[1] == {
        "material": "photoresist-controlled",
        "provision": None,
        "status": "eased",
        "certainty": "certain",
        "since": "2019-12-20",
        "until": "2023-03-22",
    }


def test_what_else_is_possible_on_the_day_is_told_beside_the_status(client):
    made = recorded.measure("quota", ["gallium"])
    recorded.event(made, "announced", "2020-01-01")
    recorded.event(made, "effective", "2020-03")
    status.StatusDerivation().rebuild()
    told = get(client, "measures/quota/", on="2020-03-15")
    assert [(row["status"], row["certainty"]) for row in told["statuses"]] == [("in_force", "possible")]
    assert told["also_possible"] == [{"material": "gallium", "provision": None, "statuses": ["announced"]}]
    assert get(client, "measures/quota/", on="2020-02-01")["also_possible"] == []
    assert get(client, "measures/quota/", on="2020-04-01")["also_possible"] == []


def test_a_measure_without_materials_has_one_row(client):
    made = recorded.measure("removal")
    recorded.event(made, "effective", "2019-08", planned=True)
    status.StatusDerivation().rebuild()
    nothing = {"material": None, "provision": None, "status": None, "certainty": "certain"}
    assert get(client, "measures/removal/", on="2019-07-31")["statuses"] == [{**nothing, "since": None, "until": None}]
    [row] = get(client, "measures/removal/", on="2019-08-05")["statuses"]
    assert (row["status"], row["certainty"], row["since"], row["until"]) == ("in_force", "possible", "2019-08", None)


def test_a_provision_has_rows_of_its_own(client):
    rich()
    rows = get(client, "measures/licensing/", on="2019-08-01")["statuses"]
    assert [(row["material"], row["provision"], row["status"]) for row in rows] == [
        ("photoresist", "part", "in_force"),
        ("gallium", "part", "announced"),
    ]


def test_a_measure_carries_everything_a_reader_needs(client):
    rich()
    told = get(client, "measures/licensing/")
    assert told["names"] == [{"language": "ja", "kind": "official", "text": "輸出管理の運用見直し"}]
    assert (told["issuers"], told["destinations"], told["instruments"]) == (["JP"], ["KR"], ["export_licensing"])
    assert told["authority"] == {"id": "ministry", "name": "Ministry"}
    assert told["sources"] == ["licensing-notice"]
    assert told["citations"] == [
        {
            "source": "licensing-notice",
            "field": "legal_basis",
            "quote": None,
            "locator": "p. 2",
            "stance": "supports",
        }
    ]
    assert [material["material"] for material in told["materials"]] == ["photoresist", "gallium"]
    assert told["materials"][0]["sources"] == ["licensing-report"]
    announced, effective = told["events"]
    assert announced["sources"] == ["licensing-notice", "licensing-report"]
    assert [citation["stance"] for citation in announced["citations"]] == ["supports", "disputes"]
    assert effective["materials"] == ["photoresist"]
    assert effective["provision"] == "part"
    assert (effective["date"], effective["earliest"], effective["latest"]) == ("2019-07-04",) * 3
    assert (effective["until"], effective["until_earliest"], effective["until_latest"]) == (
        "2019-12",
        "2019-12-01",
        "2019-12-31",
    )
    assert [(row["direction"], row["relation"], row["measure"]["id"]) for row in told["relations"]] == [
        ("outgoing", "amends", "licensing-other"),
        ("incoming", "retaliates_for", "licensing-other"),
    ]
    assert [act["id"] for act in told["announcements"]] == ["licensing-act"]
    [fact] = told["disputed_facts"]
    assert (fact["question"], fact["about"]) == ("How many licences?", "licensing-0")
    assert fact["claims"][0]["organization"] == {"id": "ministry", "name": "Ministry"}
    assert fact["claims"][0]["value"] == "3"
    assert [cited["id"] for cited in told["bibliography"]] == ["licensing-notice", "licensing-report"]


INSIDE = [
    ("events", MeasureEvent, "licensing-0"),
    ("provisions", Provision, "licensing-part"),
    ("announcements", Announcement, "licensing-act"),
    ("disputed_facts", DisputedFact, "licensing-fact"),
    ("bibliography", Source, "licensing-notice"),
]


@pytest.mark.parametrize(("place", "model", "slug"), INSIDE)
@pytest.mark.parametrize(
    "values",
    [{"state": "draft"}, {"state": "in_review"}, {"embargo_until": FUTURE}],
    ids=["draft", "in_review", "embargo"],
)
def test_nothing_hidden_is_told_inside_a_measure(client, place, model, slug, values):
    made = rich()
    if "embargo_until" in values:
        values = {"embargo_until": timezone.now() + values["embargo_until"]}
    assert slug in [row["id"] for row in get(client, "measures/licensing/")[place]]
    hide(model.objects.filter(slug=slug), **values)
    status.StatusDerivation().refresh([made])
    answer = client.get("/api/v1/measures/licensing/")
    assert slug not in [row["id"] for row in answer.json()[place]]
    assert f'"{slug}"' not in answer.content.decode()


@pytest.mark.parametrize(("place", "model", "slug"), INSIDE)
def test_what_was_withdrawn_inside_a_measure_says_so_and_no_more(client, place, model, slug):
    rich()
    model.objects.filter(slug=slug).update(state="withdrawn", withdrawal_notice="A mistake.")
    [row] = [row for row in get(client, "measures/licensing/")[place] if row["id"] == slug]
    assert row == {"id": slug, "state": "withdrawn", "withdrawal_notice": "A mistake."}


def test_records_referred_to_are_hidden_too(client):
    rich()
    Organization.objects.update(state="draft")
    Measure.objects.filter(slug="licensing-other").update(state="draft")
    Material.objects.filter(slug="gallium").update(state="draft")
    told = get(client, "measures/licensing/")
    assert told["authority"] is None
    assert told["relations"] == []
    assert [material["material"] for material in told["materials"]] == ["photoresist"]
    assert [row["material"] for row in told["statuses"]] == ["photoresist"]
    assert told["disputed_facts"][0]["claims"][0]["organization"] is None


def test_a_withdrawn_record_is_referred_to_without_its_name(client):
    rich()
    Organization.objects.update(state="withdrawn", withdrawal_notice="Never existed.")
    assert get(client, "measures/licensing/")["authority"] == {"id": "ministry", "name": None}


@pytest.mark.parametrize("kind", ["measures", "events", "materials", "organizations", "sources"])
@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_hidden_records_are_on_no_list_and_have_no_page(client, kind, state):
    rich()
    model = {
        "measures": Measure,
        "events": MeasureEvent,
        "materials": Material,
        "organizations": Organization,
        "sources": Source,
    }[kind]
    slug = model.objects.order_by("slug").first().slug
    assert slug in [row["id"] for row in get(client, f"{kind}/")["results"]]
    model.objects.filter(slug=slug).update(state=state)
    assert slug not in [row["id"] for row in get(client, f"{kind}/")["results"]]
    assert client.get(f"/api/v1/{kind}/{slug}/").status_code == 404


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_events_of_a_measure_that_says_nothing_have_no_page(client, state):
    rich()
    assert get(client, "events/licensing-0/")["measure"]["id"] == "licensing"
    Measure.objects.filter(slug="licensing").update(state=state, withdrawal_notice="A mistake.")
    assert client.get("/api/v1/events/licensing-0/").status_code == 404
    assert get(client, "events/")["results"] == []


def test_a_withdrawn_measure_is_listed_with_its_notice_only(client):
    rich()
    Measure.objects.filter(slug="licensing").update(state="withdrawn", withdrawal_notice="A mistake.")
    notice = {"id": "licensing", "state": "withdrawn", "withdrawal_notice": "A mistake."}
    assert get(client, "measures/licensing/") == notice
    assert notice in get(client, "measures/")["results"]
    assert get(client, "materials/gallium/")["measures"] == []


def test_a_material_tells_what_reaches_it_on_the_day(client):
    general = recorded.measure("general", ["hydrogen-fluoride"])
    recorded.event(general, "effective", "2019-01-01")
    both = recorded.measure("both", ["hydrogen-fluoride", "hydrogen-fluoride-gas"])
    recorded.event(both, "effective", "2019-01-01", ["hydrogen-fluoride-gas"])
    status.StatusDerivation().rebuild()
    told = get(client, "materials/hydrogen-fluoride-gas/", on="2019-06-01")
    assert told["broader"] == "hydrogen-fluoride"
    assert [(row["measure"]["id"], [s["material"] for s in row["statuses"]]) for row in told["measures"]] == [
        ("both", ["hydrogen-fluoride-gas"]),
        ("general", ["hydrogen-fluoride"]),
    ]
    broader = get(client, "materials/hydrogen-fluoride/", on="2019-06-01")
    assert broader["narrower"] == ["hydrogen-fluoride-gas"]
    assert len(broader["measures"][0]["statuses"]) == 2


def test_an_organization_tells_what_it_issued_and_who_belongs_to_it(client):
    rich()
    Organization.objects.create(
        slug="bureau",
        name="Bureau",
        kind="office",
        country=recorded.country(),
        parent=recorded.authority(),
        state="published",
    )
    told = get(client, "organizations/ministry/")
    assert told["country"] == "JP"
    assert told["children"] == [{"id": "bureau", "name": "Bureau"}]
    assert [row["id"] for row in told["measures"]] == ["licensing", "licensing-other"]
    assert get(client, "organizations/bureau/")["parent"] == {"id": "ministry", "name": "Ministry"}


@pytest.fixture
def warm(db):
    """The kinds of content are looked up once in the life of a process."""
    for model in (Measure, MeasureEvent, Material, Organization, Source):
        ContentType.objects.get_for_model(model)


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("measures/", 6), ("events/", 4), ("materials/", 4), ("organizations/", 4), ("sources/", 3)],
)
def test_a_list_takes_the_same_queries_for_one_row_and_for_fifty(
    client, warm, django_assert_num_queries, path, queries, count
):
    for number in range(count):
        made = imposed(recorded.measure(f"measure-{number}", [f"material-{number}"]), by=["JP"], on=["KR"])
        cite(recorded.event(made, "effective", "2019-07-04"), source(f"source-{number}"))
        Organization.objects.create(
            slug=f"body-{number}", name="Body", kind="office", country=recorded.country(), state="published"
        )
    status.StatusDerivation().rebuild()
    with django_assert_num_queries(queries):
        get(client, path)


def test_every_filter_at_once_stays_within_sixteen_queries(client, warm, django_assert_max_num_queries):
    rich()
    derived.rebuild()
    query = {
        "q": "licensing",
        "issuer": ["JP", "US"],
        "destination": "KR",
        "instrument": "export_licensing",
        "status": "in_force",
        "certainty": "certain",
        "material": ["photoresist", "gallium"],
        "authority": "ministry",
        "effect": "restricts",
        "verification": "verified",
        "on": "2019-08-01",
    }
    # Up to five of them ask what the words of "q" stand for.
    with django_assert_max_num_queries(16):
        assert get(client, "measures/", **query)["count"] == 1


@pytest.mark.parametrize("events", [1, 50])
def test_a_measure_takes_eleven_queries_however_much_happened_to_it(client, warm, django_assert_num_queries, events):
    made = rich()
    for _number in range(events):
        cite(recorded.event(made, "licence", "2019-08-08", ["photoresist"]), Source.objects.first())
    get(client, "measures/licensing/")
    with django_assert_num_queries(11):
        get(client, "measures/licensing/")


def test_a_process_that_has_just_started_needs_two_more(client, django_assert_max_num_queries):
    rich()
    ContentType.objects.clear_cache()
    with django_assert_max_num_queries(13):
        get(client, "measures/licensing/")
