"""The status of measures in the database: derived in the change's transaction, read in one query for any day."""

import random
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from measures import status, timeline
from measures.folding import Event, fold, status_on
from measures.models import (
    Material,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    Provision,
    ProvisionMaterial,
    StatusPeriod,
)
from records import derived, publishing, statuses
from records.dates import parse
from records.models import Citation, Source
from tests.hidden import hide
from tests.measures import recorded
from tests.records import anything

pytestmark = pytest.mark.django_db

DERIVED = ("measure__slug", "provision__code", "material__slug", "sequence", "event__slug", *status.DERIVED[:-2])


def told(measure, day, *, material=None):
    """(status, certainty) by material, or of one."""
    rows = status.rows_on([measure], date.fromisoformat(day))[measure.pk]
    statuses = {row.material and row.material.slug: (row.status, row.certainty) for row in rows}
    return statuses if material is None else statuses[material]


def stored():
    return sorted(StatusPeriod.objects.order_by().values_list(*DERIVED), key=repr)


def versions():
    """What is kept of the periods, and since when they stand; the same where nothing was written."""
    kept = StatusPeriod.versions.rel.related_model.objects.count()
    return kept, sorted(StatusPeriod.objects.values_list("pk", "known_since"))


def refresh(*records):
    status.StatusDerivation().refresh(records)


GOLDEN = {
    "jp-2019-three-materials-licensing": [
        ("2019-07-03", None, "announced", "certain"),
        ("2019-07-04", None, "in_force", "certain"),
        ("2020-02-01", "photoresist-controlled", "eased", "certain"),
        ("2020-02-01", "hydrogen-fluoride", "in_force", "certain"),
        ("2023-05-01", None, "lifted", "certain"),
    ],
    "jp-2019-korea-white-list-removal": [
        ("2019-08-27", None, "announced", "certain"),
        ("2019-08-28", None, "in_force", "certain"),
        ("2023-05-01", None, "in_force", "certain"),
        ("2023-07-21", None, "lifted", "certain"),
    ],
    "kr-2019-japan-ga2-reclassification": [
        ("2019-09-18", None, "in_force", "certain"),
        ("2023-04-23", None, "in_force", "certain"),
        ("2023-04-24", None, "lifted", "certain"),
    ],
    "cn-2025-57-five-rare-earths": [
        ("2025-11-08", "holmium", "suspended", "certain"),
        ("2026-11-12", "holmium", "unconfirmed", "certain"),
    ],
    "ga-2029-manganese-ban": [("2029-02-01", None, "in_force", "possible")],
}


@pytest.mark.parametrize("slug", GOLDEN)
def test_golden_days(slug):
    measure = recorded.founding(slug)
    refresh(measure)
    for day, material, expected, certainty in GOLDEN[slug]:
        rows = told(measure, day)
        told_of = rows if material is None else {material: rows[material]}
        assert set(told_of.values()) == {(expected, certainty)}, (day, told_of)


def test_a_suspension_before_the_beginning_says_so():
    measure = recorded.founding("cn-2025-57-five-rare-earths")
    refresh(measure)
    row = status.rows_on([measure], date(2025, 11, 8))[measure.pk][0]
    assert row.period.never_in_force


def test_before_anything_happened_the_status_is_none_for_every_listed_material():
    measure = recorded.founding("jp-2019-three-materials-licensing")
    refresh(measure)
    rows = told(measure, "2019-06-30")
    assert len(rows) == 6
    assert set(rows.values()) == {(None, "certain")}


def test_a_measure_without_materials_has_one_row_without_material():
    measure = recorded.measure("m")
    recorded.event(measure, "effective", "2020")
    refresh(measure)
    assert told(measure, "2020-06-01") == {None: ("in_force", "possible")}
    assert told(measure, "2021-01-01") == {None: ("in_force", "certain")}


def test_since_and_until_are_told_as_edtf():
    measure = recorded.measure("m")
    recorded.event(measure, "effective", "2020-03")
    recorded.event(measure, "revoked", "2021-05-02")
    refresh(measure)
    (row,) = status.rows_on([measure], date(2020, 6, 1))[measure.pk]
    assert (row.since, row.until, row.is_certain) == ("2020-03", "2021-05-01", True)


def test_scope_an_event_touches_the_materials_it_lists_or_all():
    measure = recorded.measure("m", ["gallium", "germanium"])
    recorded.event(measure, "effective", "2020-01-01")
    recorded.event(measure, "eased", "2020-02-01", ["gallium"])
    refresh(measure)
    assert told(measure, "2020-03-01") == {"gallium": ("eased", "certain"), "germanium": ("in_force", "certain")}
    groups = status.grouped(status.rows_on([measure], date(2020, 3, 1))[measure.pk])
    assert [(group.status, [row.material.slug for row in group.rows]) for group in groups] == [
        ("in_force", ["germanium"]),
        ("eased", ["gallium"]),
    ]


def provision(measure, code, materials=(), **values):
    made = Provision.objects.create(
        measure=measure, slug=f"{measure.slug}-{code}", code=code, title=code, **{"state": "published", **values}
    )
    for material in materials:
        ProvisionMaterial.objects.create(provision=made, material=recorded.material(material))
    return made


def test_provisions_run_courses_of_their_own():
    measure = recorded.measure("m", ["gallium", "germanium", "holmium"])
    paragraph = provision(measure, "a", ["gallium"])
    provision(measure, "b", ["gallium", "germanium"])
    recorded.event(measure, "effective", "2020-01-01")
    recorded.event(measure, "suspended", "2020-02-01", provision=paragraph)
    refresh(measure)
    rows = status.rows_on([measure], date(2020, 3, 1))[measure.pk]
    assert [(row.provision and row.provision.code, row.material.slug, row.status) for row in rows] == [
        (None, "holmium", "in_force"),
        ("a", "gallium", "suspended"),
        ("b", "gallium", "in_force"),
        ("b", "germanium", "in_force"),
    ]


def test_a_provision_that_lists_no_material_reaches_all_of_the_measures():
    measure = recorded.measure("m", ["gallium", "germanium"])
    paragraph = provision(measure, "a")
    recorded.event(measure, "effective", "2020-01-01", provision=paragraph)
    refresh(measure)
    rows = status.rows_on([measure], date(2020, 3, 1))[measure.pk]
    assert [(row.provision.code, row.material.slug) for row in rows] == [("a", "gallium"), ("a", "germanium")]


@pytest.mark.parametrize("state", ["draft", "in_review", "withdrawn"])
def test_only_published_events_and_provisions_count(state):
    measure = recorded.measure("m", ["gallium"])
    recorded.event(measure, "announced", "2020-01-01")
    recorded.event(measure, "effective", "2020-01-02", state=state, withdrawal_notice="in error")
    provision(measure, "a", ["gallium"], state=state, withdrawal_notice="in error")
    refresh(measure)
    assert told(measure, "2020-03-01") == {"gallium": ("announced", "certain")}
    assert not StatusPeriod.objects.exclude(provision=None).exists()


def test_an_embargoed_event_counts_from_when_its_embargo_is_lifted():
    measure = recorded.measure("m")
    moment = datetime.now(UTC) - timedelta(seconds=1)
    event = recorded.event(measure, "effective", "2020-01-01", embargo_until=moment)
    refresh(event)
    assert told(measure, "2020-03-01") == {None: (None, "certain")}
    publishing.lift_embargoes()
    assert told(measure, "2020-03-01") == {None: ("in_force", "certain")}


@pytest.mark.parametrize("values", [{"state": "draft"}, {"embargo_until": datetime(2999, 1, 1, tzinfo=UTC)}])
def test_materials_that_visitors_may_not_see_are_not_told(values):
    measure = recorded.measure("m", ["gallium", "germanium"])
    recorded.event(measure, "effective", "2020-01-01")
    recorded.event(measure, "eased", "2020-02-01", ["gallium"])
    refresh(measure)
    hide(Material.objects.filter(slug="gallium"), **values)
    assert set(told(measure, "2020-03-01")) == {"germanium"}
    assert set(status.counts_on(Measure.objects.all(), date(2020, 3, 1))) == {"in_force"}


def test_a_mixed_measure_counts_under_each_of_its_statuses_and_possible_ones_apart():
    mixed = recorded.measure("mixed", ["gallium", "germanium"])
    recorded.event(mixed, "effective", "2020-01-01")
    recorded.event(mixed, "eased", "2020-02-01", ["gallium"])
    vague = recorded.measure("vague")
    recorded.event(vague, "effective", "2020")
    recorded.measure("nothing-yet")
    derived.rebuild()
    day = date(2020, 3, 1)
    assert status.counts_on(Measure.objects.all(), day) == {
        "in_force": status.Count(certain=1, possible=1),
        "eased": status.Count(certain=1, possible=0),
    }
    assert status.counts_on(Measure.objects.filter(pk=vague.pk), day) == {"in_force": status.Count(0, 1)}


def test_last_evidence_is_the_newest_source_of_the_periods_events():
    measure = recorded.measure("m")
    events = [recorded.event(measure, "announced", "2020-01-01"), recorded.event(measure, "effective", "2020-02-01")]
    for event, day in zip(events, ("2020-01-02", "2021-05"), strict=True):
        source = Source.objects.create(
            slug=f"s-{day}",
            title="…",
            publisher="…",
            language="en",
            kind="news",
            consulted="excerpt",
            date=day,
            state="published",
        )
        Citation.objects.create(subject=event, source=source)
    refresh(measure)
    assert list(StatusPeriod.objects.order_by("sequence").values_list("last_evidence", flat=True)) == [
        date(2020, 1, 2),
        date(2021, 5, 1),
    ]
    (fresh,) = status.rows_on([measure], date(2023, 5, 1))[measure.pk]
    (stale,) = status.rows_on([measure], date(2023, 5, 2))[measure.pk]
    assert (fresh.is_stale, stale.is_stale) == (False, True)
    source.date = "2022-01-01"
    source.save()
    refresh(source)
    assert StatusPeriod.objects.get(sequence=1).last_evidence == date(2022, 1, 1)


def test_what_has_no_cited_source_says_so_and_what_is_to_come_is_not_old(client):
    """The one planned within 2023, the other since 2020; each with and without a source of 2020."""
    told = {}
    for kind, date_, planned in (("effective", "2023", True), ("effective", "2020-02-01", False)):
        for cited in (True, False):
            measure = recorded.measure(f"m-{planned}-{cited}".lower())
            event = recorded.event(measure, kind, date_, planned=planned)
            if cited:
                Citation.objects.create(
                    subject=event, source=anything.row(Source, date="2020-01-01", state="published")
                )
            refresh(measure)
            (on_the_day,) = status.rows_on([measure], date(2023, 5, 2))[measure.pk]
            told[planned, cited] = statuses.evidence(on_the_day)
            page = client.get(f"{measure.get_absolute_url()}?on=2023-05-02").text
            assert ("no cited evidence" in page) == (not cited)
    assert told == {
        (True, True): "",
        (True, False): "no cited evidence",
        (False, True): "no evidence for two years",
        (False, False): "no cited evidence",
    }
    # Once its time is over, what was planned and never seen is old like anything else.
    (late,) = status.rows_on([Measure.objects.get(slug="m-true-true")], date(2024, 5, 2)).values()
    assert statuses.evidence(late[0]) == "no evidence for two years"


def test_publishing_and_withdrawing_an_event_moves_the_status_in_the_same_transaction():
    measure = recorded.measure("m")
    event = recorded.event(measure, "effective", "2020-01-01", state="in_review")
    publishing.publish(event, by=None, reason="reviewed")
    assert told(measure, "2020-03-01") == {None: ("in_force", "certain")}
    publishing.withdraw(event, by=None, reason="wrong", notice="It was another measure.")
    assert told(measure, "2020-03-01") == {None: (None, "certain")}


def test_an_event_that_moves_to_another_measure_leaves_the_first():
    first, second = recorded.measure("a"), recorded.measure("b")
    event = recorded.event(first, "effective", "2020-01-01")
    refresh(first)
    recorded.later()
    event.measure = second
    event.save()
    refresh(event)
    assert told(first, "2020-03-01") == {None: (None, "certain")}
    assert told(second, "2020-03-01") == {None: ("in_force", "certain")}


def test_an_unchanged_base_writes_no_version():
    for slug in GOLDEN:
        recorded.founding(slug)
    derived.rebuild()
    before = versions()
    derived.rebuild()
    refresh(*Measure.objects.all())
    assert versions() == before


def test_rebuilding_costs_the_same_queries_for_one_measure_and_for_many(django_assert_num_queries):
    recorded.founding("kr-2019-japan-ga2-reclassification")
    rebuild = status.StatusDerivation().rebuild
    rebuild()
    with django_assert_num_queries(5):
        rebuild()
    for slug in list(GOLDEN)[:2]:
        recorded.founding(slug)
    rebuild()
    with django_assert_num_queries(5):
        rebuild()
    measures = list(Measure.objects.all())
    with django_assert_num_queries(1):
        status.rows_on(measures, date(2020, 1, 1))


def test_any_change_ends_as_a_full_rebuild_would():
    chance = random.Random(57)
    measures = [recorded.measure(f"m{n}", ["gallium", "germanium", "holmium"][: n + 1]) for n in range(3)]
    kinds = [kind for kind in MeasureEvent.Kind.values if kind not in ("dispute", "licence")]
    for number in range(60):
        recorded.later()
        measure = chance.choice(measures)
        events = list(measure.events.all())
        act = chance.choice(["add", "add", "change", "state", "move", "delete", "material"])
        day = str(date(2019, 1, 1) + timedelta(chance.randrange(900)))
        if act == "add" or not events:
            scope = [link.material.slug for link in measure.material_links.all() if chance.random() < 0.3]
            touched = recorded.event(
                measure, chance.choice(kinds), chance.choice([day, day[:7], day[:4]]), scope,
                slug=f"e-{number}", position=100 + number, planned=chance.random() < 0.2,
                until="2021-10-01" if chance.random() < 0.3 else None,
            )  # fmt: skip
        else:
            touched = chance.choice(events)
            if act == "change":
                touched.kind, touched.date = chance.choice(kinds), day
            elif act == "state":
                touched.state = chance.choice(["draft", "published"])
            elif act == "move":
                touched.measure, touched.position = chance.choice(measures), 500 + number
            if act == "delete":
                touched.delete()
            elif act == "material":
                link = measure.material_links.last()
                link.delete()
                MeasureMaterial.objects.create(measure=measure, material=link.material)
                touched = measure
            else:
                touched.save()
        refresh(touched)
        after = stored()
        before = versions()
        derived.rebuild()
        assert stored() == after, act
        assert versions() == before, act


def folded(row, material):
    """The course of one measure and material, read from the data set without the database."""

    def bounds(text):
        read = parse(text)
        return read.earliest, read.start_latest

    return fold(
        Event(
            position, event["kind"], *bounds(event["date"]), event.get("order", 0), position,
            event.get("planned", False), bounds(event["until"]) if "until" in event else None, event.get("then"),
            event.get("background", False), "overtaken_by" in event,
        )
        for position, event in enumerate(row["events"])
        if material in event.get("materials", [material])
    )  # fmt: skip


def test_every_measure_of_the_data_set_reads_on_any_day_as_the_rules_say():
    rows = recorded.read("measures.yaml")
    measures = {slug: recorded.founding(slug) for slug in rows}
    derived.rebuild()
    chance = random.Random(98)
    for _ in range(40):
        day = date(2019, 1, 1) + timedelta(chance.randrange(4200))
        told_of = status.rows_on(measures.values(), day)
        for slug, measure in measures.items():
            for row in told_of[measure.pk]:
                expected = status_on(folded(rows[slug], row.material and row.material.slug), day)
                assert (row.status, row.certainty, row.since, row.until) == (
                    expected.status,
                    expected.certainty,
                    expected.since,
                    expected.until,
                ), (slug, row.material, day)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_to_one_measure_at_once_the_second_reads_what_the_first_wrote():
    measure = recorded.measure("m")
    first = recorded.event(measure, "announced", "2020-01-01", state="in_review")
    second = recorded.event(measure, "effective", "2020-02-01", state="in_review")
    written = threading.Event()

    def publish_slowly():
        try:
            with transaction.atomic():
                publishing.publish(first, by=None, reason="reviewed")
                written.set()
                time.sleep(0.5)
        finally:
            connections.close_all()

    slow = threading.Thread(target=publish_slowly)
    slow.start()
    assert written.wait(10)
    publishing.publish(second, by=None, reason="reviewed")
    slow.join(30)
    assert list(StatusPeriod.objects.values_list("status", flat=True)) == ["announced", "in_force"]


def test_the_order_of_loading_never_matters():
    slugs = list(GOLDEN)
    outcomes = []
    for order in (slugs, slugs[::-1]):
        with transaction.atomic():
            for slug in order:
                refresh(recorded.founding(slug))
            outcomes.append(stored())
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


def insert_at_once(period):
    """Insert, and have the deferred constraints answer."""
    with transaction.atomic(), connection.cursor() as cursor:
        period.save(force_insert=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_database_refuses_certain_periods_that_overlap():
    measure = recorded.measure("m")
    event = recorded.event(measure, "effective", "2020-01-01")
    refresh(measure)
    period = StatusPeriod.objects.get()
    period.pk, period.sequence, period.status = None, 7, "lifted"
    with pytest.raises(IntegrityError, match="certain_apart"):
        insert_at_once(period)
    period.pk, period.planned = None, True
    insert_at_once(period)
    assert event.status_periods.count() == 2


def test_the_timeline_learns_of_a_status_that_lapses():
    measure = recorded.founding("cn-2025-57-five-rare-earths")
    refresh(measure)
    timeline.refresh([measure])
    assert measure.timeline_entries.filter(role="until", planned=True).get().latest == date(2026, 11, 10)
