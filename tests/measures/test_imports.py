"""Tables of materials, organizations, measures and events: exported, changed, brought back."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.models import (
    EventMaterial,
    HSCode,
    HSSection,
    Instrument,
    Material,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    Organization,
    Provision,
    StatusPeriod,
)
from records import exports
from records.imports.kinds import kinds
from records.models import ChangeSet, Citation, Name, Record, Source
from tests.measures import recorded
from tests.records.brought import apply, check, counts, exported, faults, rows_of, somebody, table

pytestmark = pytest.mark.django_db
QUERIES = 29
KINDS = ("events", "materials", "measures", "organizations")
# Texts as people write them: what spreadsheets and CSV treat as special, in several scripts.
WORDS = st.lists(
    st.sampled_from(["=", "'", "-", "+", "@", "a", "불화수소", "レジスト", '"', ",", ";", "\\", "\n", " ", "＝", "1"]),
    min_size=1,
    max_size=12,
).map("".join)


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def measure():
    """A measure on two materials with one event."""
    made = recorded.measure("licensing", ["resist", "gas"])
    recorded.imposed(made, by=["JP"], on=["KR"])
    recorded.event(made, "announced", "2019-07-01", ["resist"])
    return made


@pytest.fixture
def source():
    return Source.objects.create(
        slug="notice",
        title="Notice",
        publisher="METI",
        language="ja",
        kind="official",
        consulted="excerpt",
        state="published",
    )


def event(**cells):
    return {"measure": "licensing", "kind": "effective", "date": "2019-07-04", "title": "In force", **cells}


@pytest.mark.parametrize("format", exports.FORMATS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WORDS, description=WORDS, note=st.one_of(st.none(), WORDS))
def test_whatever_is_recorded_comes_back_as_it_was(measure, format, title, description, note):
    MeasureEvent.objects.update(title=title, description=description, quote=note and note[:20])
    Name.objects.filter(subject_id=measure.pk).delete()
    Name.objects.create(subject=measure, language="ko", text=title.replace("\n", " ").strip() or "x")
    MeasureMaterial.objects.update(scope=description)
    for kind in ("events", "measures"):
        order = check(kind, exported(kind, format), name=f"{kind}.{format}")
        assert faults(order) == []
        assert counts(order) == (0, 0, 1)
        order.delete()


def test_new_and_changed_rows_are_applied_as_one_change_set(measure, source):
    editor, reviewer = somebody("editor"), somebody("reviewer")
    known = measure.events.get()
    rows = rows_of(exported("events"))
    rows[0]["date"], rows[0]["title"] = "2019-07-02", "Announced a day later"
    rows.append(
        {**event(materials="gas; resist", description="불화수소", until="2020-07", then="lifted", sources="notice")}
    )
    order = check("events", table(rows))
    assert counts(order) == (1, 1, 0)
    apply(order)
    assert order.state == "applied"
    assert order.change_set.by == reviewer
    assert order.change_set.reason == "Because the ministry said so"
    new = MeasureEvent.objects.get(slug="licensing-2019-07-04-effective")
    assert (new.state, new.version, new.position) == ("published", 1, 1)
    assert (new.submitted_by, new.approved_by, new.self_approved) == (editor, reviewer, False)
    assert (new.earliest, new.latest) == (datetime.date(2019, 7, 4), datetime.date(2019, 7, 4))
    assert (new.until_earliest, new.until_latest) == (datetime.date(2020, 7, 1), datetime.date(2020, 7, 31))
    assert list(new.material_links.values_list("material__slug", flat=True)) == ["gas", "resist"]
    assert [(each.source, each.field) for each in new.citations.all()] == [(source, "")]
    known.refresh_from_db()
    assert (known.title, known.date, known.version) == ("Announced a day later", "2019-07-02", 2)
    assert (known.submitted_by, known.approved_by) == (editor, reviewer)
    assert known.earliest == datetime.date(2019, 7, 2)
    # Written under the change set, and what follows is worked out anew.
    assert {new.known_since, known.known_since} == {order.change_set_id}
    assert StatusPeriod.objects.filter(measure=measure, status="in_force", event=new).count() == 2


def test_brought_again_under_another_name_it_changes_nothing(measure):
    content = table([event(), event(date="2019-08", title="Amended", kind="amended")])
    apply(check("events", content))
    again = check("events", content + b"\r\n")
    assert counts(again) == (0, 0, 2)


def test_events_without_id_get_one_that_is_free(measure):
    rows = [event(title="First"), event(title="Second"), event(date="2019-07", title="Month")]
    order = check("events", table(rows))
    assert [row.record_key for row in order.rows.all()] == [
        "licensing-2019-07-04-effective",
        "licensing-2019-07-04-effective-2",
        "licensing-2019-07-effective",
    ]


@pytest.mark.parametrize(
    "told", [{"title": "Said the minister"}, {"title": "announced 2019-07-01", "description": "More"}]
)
def test_a_row_without_id_that_looks_like_a_recorded_event_is_asked_about(measure, told):
    row = event(date="2019-07-01", kind="announced", materials="resist", **told)
    known = measure.events.get()
    order = check("events", table([row]))
    (fault,) = faults(order)
    assert fault[:2] == (2, "id")
    assert f"the record “{known.slug}” has the same measure, date and kind" in fault[2]
    assert order.state == "faulty"
    assert not order.rows.exists()
    assert counts(check("events", table([row | {"id": known.slug}]))) == (0, 1, 0)


def test_a_row_that_is_said_to_be_new_is_another_event_and_brought_again_it_is_nothing(measure):
    first = event(id="new", date="2019-07-01", kind="announced", title="Said elsewhere", materials="resist")
    content = table([first, {**first, "title": "Said a third time"}])
    order = check("events", content)
    known = measure.events.get()
    assert faults(order) == []
    assert [(row, reason) for row, _column, reason in faults(order, is_doubt=True)] == [
        (row, f"looks like the record “{known.slug}”: the same measure, date, kind.") for row in (2, 3)
    ]
    apply(order)
    assert measure.events.count() == 3
    assert counts(check("events", content + b"\r\n")) == (0, 0, 2)
    assert counts(check("events", content.replace(b"new", b""))) == (0, 0, 2)
    assert counts(check("events", table([{**first, "title": "A fourth"}]))) == (1, 0, 0)


def test_what_is_said_to_be_new_has_to_differ_in_its_title(measure):
    known = measure.events.get()
    row = event(id="new", date="2019-07-01", kind="announced", title=known.title.upper(), description="More")
    ((number, column, reason),) = faults(check("events", table([row])))
    assert (number, column) == (2, "id")
    assert "is said to be new, and the record" in reason


def test_an_export_without_its_ids_brought_back_changes_nothing(measure):
    recorded.event(measure, "announced", "2019-07-01", ["gas"], title="The same day, of gas")
    recorded.event(measure, "effective", "2019-07-04")
    rows = [{name: cell for name, cell in row.items() if name != "id"} for row in rows_of(exported("events"))]
    order = check("events", table(rows))
    assert (faults(order), counts(order)) == ([], (0, 0, 3))


def test_all_faults_of_all_rows_are_told_with_row_column_and_reason(measure):
    rows = [
        event(date="2019-13", title="No such month"),
        event(kind="efective", title="Misspelt"),
        event(measure="licencing", title="No such measure"),
        event(materials="resist; steel", title="Not its material"),
        event(until="2019-08", then="perhaps", title="Unknown outcome"),
        event(then="lifted", title="After no end"),
        event(planned="maybe", title="Neither"),
        event(quote="word " * 26, title="Long"),
        event(title=""),
        event(order="first", title="No number"),
        event(sources="nowhere", title="No source"),
        event(id="Not An Id", title="Bad id"),
        event(date="2019-07-01", title="announced 2019-07-01"),
    ]
    recorded.material("steel")
    order = check("events", table(rows))
    assert order.state == "faulty"
    found = [(row, column) for row, column, _reason in faults(order)]
    assert found == [
        (13, "id"),
        (2, "date"),
        (3, "kind"),
        (4, "measure"),
        (5, "materials"),
        (6, "then"),
        (7, "then"),
        (8, "planned"),
        (9, "quote"),
        (10, "title"),
        (11, "order"),
        (12, "sources"),
        (14, "title"),
    ]
    assert order.fault_count == 13
    reasons = {row: reason for row, _column, reason in faults(order)}
    assert "Did you mean “effective”?" in reasons[3]
    assert "same measure, date, title" in reasons[14]
    assert not order.rows.exists()


def test_an_id_that_stands_twice_hides_no_other_fault_of_its_row(measure):
    order = check("events", table([event(id="one"), event(id="one", kind="licens", date="soon")]))
    assert {(row, column) for row, column, _reason in faults(order)} == {(3, "id"), (3, "kind"), (3, "date")}


def test_misspelt_missing_and_repeated_headers_are_named(measure):
    content = table([["licensing", "2019-07-04", "effective", "x", "y"]], ["measure", "daet", "kind", "Kind", "mood"])
    order = check("events", content)
    assert {(row, column) for row, column, _reason in faults(order)} == {
        (1, "daet"),
        (1, "kind"),
        (1, "mood"),
        (1, "date"),
        (1, "title"),
        (2, "id"),
    }
    assert "Did you mean “date”?" in {column: reason for _row, column, reason in faults(order)}["daet"]


def test_columns_that_the_file_lacks_keep_what_is_recorded(measure):
    slug = measure.events.get().slug
    MeasureEvent.objects.update(description="Told before")
    apply(check("events", table([{"id": slug, "title": "Another title"}])))
    changed = measure.events.get()
    assert (changed.title, changed.description, changed.kind) == ("Another title", "Told before", "announced")
    assert list(changed.material_links.values_list("material__slug", flat=True)) == ["resist"]


def test_an_empty_cell_says_that_it_is_not_known(measure):
    slug = measure.events.get().slug
    MeasureEvent.objects.update(description="Told before")
    apply(check("events", table([{"id": slug, "description": "", "materials": ""}])))
    changed = measure.events.get()
    assert changed.description is None
    assert not changed.material_links.exists()


def test_a_row_moves_to_no_other_measure(measure):
    recorded.measure("other")
    order = check("events", table([{"id": measure.events.get().slug, "measure": "other"}]))
    assert [(row, column) for row, column, _reason in faults(order)] == [(2, "measure")]


def test_provisions_are_called_by_their_code(measure):
    part = Provision.objects.create(slug="licensing-a", measure=measure, code="a", title="A", state="published")
    apply(check("events", table([event(provision="a")])))
    made = MeasureEvent.objects.get(title="In force")
    assert made.provision == part
    assert rows_of(exported("events"))[1]["provision"] == "a"
    order = check("events", table([{"id": made.slug, "provision": "b"}]))
    assert faults(order) == [(2, "provision", "“b” is no provision of the measure.")]


@pytest.mark.parametrize(("state", "word"), [("in_review", "review"), ("withdrawn", "withdrawn")])
def test_what_waits_for_review_or_is_withdrawn_is_not_changed(measure, state, word):
    MeasureEvent.objects.update(state=state, withdrawal_notice="Gone")
    order = check("events", table([{"id": measure.events.get().slug, "title": "Other"}]))
    assert [word in reason for _row, _column, reason in faults(order)] == [True]


def test_a_draft_that_is_changed_stays_a_draft(measure):
    MeasureEvent.objects.update(state="draft")
    apply(check("events", table([{"id": measure.events.get().slug, "title": "Other"}])))
    assert measure.events.values_list("title", "state").get() == ("Other", "draft")


def test_a_measure_with_all_that_hangs_on_it(source):
    recorded.authority()
    recorded.country("KR")
    for slug in ("resist", "gas"):
        recorded.material(slug)
    Instrument.objects.create(code="export_licensing")
    row = {
        "id": "new-measure",
        "title": "=Licensing",
        "names": "ja: 個別許可; ko: 개별 허가",
        "imposed_by": "JP",
        "affects": "KR; JP",
        "authority": "ministry",
        "instruments": "export_licensing",
        "effect": "restricts",
        "legal_basis": "Notice 7",
        "summary": "…",
        "materials": "resist; gas",
        "scopes": "193 nm; ",
        "verification": "partly",
        "sources": "notice",
    }
    apply(check("measures", table([row])))
    made = Measure.objects.get(slug="new-measure")
    assert made.title == "=Licensing"
    assert list(made.names.values_list("language", "kind", "text")) == [
        ("ja", "official", "個別許可"),
        ("ko", "official", "개별 허가"),
    ]
    assert [link.country_id for link in made.destination_links.all()] == ["KR", "JP"]
    assert list(made.material_links.values_list("material__slug", "scope")) == [("resist", "193 nm"), ("gas", None)]
    assert made.citations.get().source == source
    again = check("measures", exported("measures"))
    assert counts(again) == (0, 0, 1)


def test_links_that_stay_keep_their_sources_and_those_that_go_take_them_along(measure, source):
    kept, gone = measure.material_links.order_by("position")
    for link in (kept, gone):
        Citation.objects.create(subject=link, source=source)
    MeasureEvent.objects.all().delete()
    recorded.material("steel")
    apply(check("measures", table([{"id": "licensing", "materials": "steel; resist"}])))
    links = list(measure.material_links.order_by("position"))
    assert [(link.material.slug, link.pk == kept.pk) for link in links] == [("steel", False), ("resist", True)]
    assert [citation.subject_id for citation in Citation.objects.all()] == [kept.pk]


def test_materials_that_events_concern_cannot_go(measure):
    order = check("measures", table([{"id": "licensing", "materials": "gas"}]))
    assert faults(order) == [(2, "materials", "lacks “resist”, which events of the measure concern.")]


def test_what_stands_beside_materials_has_as_many_values(measure):
    order = check("measures", table([{"id": "licensing", "materials": "resist; gas", "scopes": "a; b; c"}]))
    assert faults(order) == [(2, "scopes", "has 3 values, and “materials” has 2.")]


def test_a_source_cited_with_a_passage_is_not_taken_away(measure, source):
    Citation.objects.create(subject=measure, source=source, quote="as it stands")
    order = check("measures", table([{"id": "licensing", "sources": ""}]))
    assert [(row, column) for row, column, _reason in faults(order)] == [(2, "sources")]
    Citation.objects.update(quote=None)
    apply(check("measures", table([{"id": "licensing", "sources": "", "title": "T"}])))
    assert not measure.citations.exists()


def test_likely_duplicates_are_doubts(measure):
    rows = [
        {"id": "one", "name": "Gas", "cas": "7664-39-3", "category": "gas", "description": "…"},
        {"id": "two", "name": " gas ", "cas": "", "category": "gas", "description": "…"},
        {"id": "three", "name": "Acid", "cas": "7664-39-3", "category": "gas", "description": "…"},
    ]
    order = check("materials", table(rows))
    assert order.state == "checked"
    assert [(row, column) for row, column, _reason in faults(order, is_doubt=True)] == [
        (2, "name"),
        (3, "name"),
        (4, "cas"),
    ]
    assert "record “gas”" in faults(order, is_doubt=True)[0][2]
    assert order.doubt_count == 3


def test_the_same_address_and_the_same_legal_number_are_doubts(measure):
    Organization.objects.update(website="https://www.meti.go.jp/")
    order = check(
        "organizations",
        table([{"id": "meti", "country": "JP", "name": "METI", "website": "http://meti.go.jp", "kind": "ministry"}]),
    )
    assert [(row, column) for row, column, _reason in faults(order, is_doubt=True)] == [(2, "website")]
    Instrument.objects.create(code="export_licensing")
    row = rows_of(exported("measures"))[0] | {"id": "copy", "title": "Another", "instruments": "export_licensing"}
    order = check("measures", table([row]))
    assert "legal_basis" in [column for _row, column, _reason in faults(order, is_doubt=True)]


def test_hs_codes_are_of_the_edition_that_is_known():
    section = HSSection.objects.create(code="VI", name="Chemicals")
    for code in ("281111", "370790"):
        HSCode.objects.create(code=code, description="…", section=section)
    rows = [
        {"id": "a", "name": "A", "category": "x", "description": "…", "hs": "281111; 370790", "hs_edition": "2022"},
        {"id": "b", "name": "B", "category": "x", "description": "…", "hs": "281111", "hs_edition": "2017"},
        {"id": "c", "name": "C", "category": "x", "description": "…", "hs": "30617"},
        {"id": "d", "name": "D", "category": "x", "description": "…", "hs": "999998"},
        {"id": "e", "name": "E", "category": "x", "description": "…", "cas": "7664-39-4"},
    ]
    order = check("materials", table(rows))
    assert [(row, column) for row, column, _reason in faults(order)] == [
        (3, "hs_edition"),
        (4, "hs"),
        (5, "hs"),
        (6, "cas"),
    ]
    assert "zero" in faults(order)[1][2]
    assert "another edition" in faults(order)[2][2]


def test_records_lead_to_others_of_the_same_file():
    rows = [
        {"id": "narrow", "name": "Narrow", "broader": "broad", "category": "x", "description": "…"},
        {"id": "broad", "name": "Broad", "broader": "", "category": "x", "description": "…"},
    ]
    order = check("materials", table(rows))
    assert faults(order) == []
    apply(order)
    assert Material.objects.get(slug="narrow").broader.slug == "broad"


def test_records_that_lead_back_to_themselves_are_refused():
    recorded.material("top")
    Material.objects.create(slug="low", name="low", category="x", description="…", broader=Material.objects.get())
    order = check("materials", table([{"id": "top", "broader": "low"}]))
    assert faults(order) == [(2, "broader", "leads back to itself.")]


class TestHidden:
    """What visitors may not see is in no file, and a file without it does not take it away."""

    @pytest.fixture
    def hidden(self, measure):
        Material.objects.filter(slug="gas").update(state="draft")
        Organization.objects.update(state="draft")
        return measure

    def test_it_is_not_exported(self, hidden):
        row = rows_of(exported("measures"))[0]
        assert (row["materials"], row["authority"]) == ("resist", "")

    def test_it_stays_when_the_export_is_brought_back(self, hidden):
        assert counts(check("measures", exported("measures"))) == (0, 0, 1)

    def test_it_stays_when_something_else_changes(self, hidden):
        recorded.material("steel")
        apply(check("measures", table([{"id": "licensing", "materials": "steel; resist"}])))
        assert list(hidden.material_links.values_list("material__slug", flat=True)) == ["steel", "resist", "gas"]

    def test_of_drafts_and_embargoed_records_nothing_is_exported_and_of_withdrawn_ones_the_notice(self, measure):
        recorded.measure("draft", state="draft")
        recorded.measure("embargoed", embargo_until=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
        recorded.measure("withdrawn", state="withdrawn", withdrawal_notice="Gone")
        for slug in ("draft", "embargoed", "withdrawn"):
            recorded.event(Measure.objects.get(slug=slug), "announced", "2019")
        rows = {row["id"]: row for row in rows_of(exported("measures"))}
        assert set(rows) == {"licensing", "withdrawn"}
        assert {name for name, cell in rows["withdrawn"].items() if cell} == {"id", "withdrawn"}
        assert {row["measure"] for row in rows_of(exported("events"))} == {"licensing"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_takes_as_many_queries_for_one_row_as_for_fifty(kind, measure):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            exported(kind)
        return len(found)

    first = queries()
    for number in range(50):
        made = recorded.measure(f"measure-{number}", ["resist"])
        recorded.material(f"material-{number}")
        recorded.event(made, "announced", "2019", ["resist"])
        Organization.objects.create(
            slug=f"body-{number}", name="x", country=recorded.country(), kind="agency", state="published"
        )
    assert queries() == first


def test_a_check_takes_no_query_for_each_row(measure):
    def queries(count, first):
        rows = [event(date=f"20{year:02}", title=f"Year {year}") for year in range(first, first + count)]
        with CaptureQueriesContext(connection) as found:
            assert check("events", table(rows)).state == "checked"
        return len(found)

    queries(1, 19)  # looks up what every later one knows
    assert queries(2, 20) == queries(60, 30) == QUERIES


def test_every_record_kind_of_a_table_is_a_record_or_has_one():
    for kind in kinds().values():
        assert issubclass(kind.record_model, Record)
        assert len(set(kind.headers)) == len(kind.headers)
        assert all(str(about) for _header, _needed, about in kind.described())


def test_the_change_set_of_an_import_tells_the_kind_of_change(measure):
    apply(check("events", table([event()])))
    assert ChangeSet.objects.latest("pk").kind == "development"
    assert EventMaterial.objects.count() == 1
