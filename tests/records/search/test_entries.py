"""Entries follow each change within it, tell what readers may read and nothing else, and of then what was then."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.models import DisputedFact, Material, Measure, MeasureEvent, MeasureMaterial
from records import derived, known, publishing
from records.models import Citation, Name, SearchEntry, Snapshot, Source
from records.search import entries
from records.search.asking import ask
from records.search.finding import Hits
from tests.consequences import carry_out
from tests.measures import recorded
from tests.records.anything import row

pytestmark = pytest.mark.django_db


def found(text, *kinds):
    return [hit.slug for hit in Hits(ask(text), kinds).read(0, 50)]


def saved(*records):
    """These records written in a change, with all that follows."""
    with publishing.change(by=None, reason="Written") as change_set:
        publishing.carry(records, change_set)
    carry_out()
    return records[0]


@pytest.fixture
def licensing():
    measure = recorded.measure("licensing", ["hydrogen-fluoride"], title="Individual licences")
    event = recorded.event(measure, "effective", "2019-07-04")
    Name.objects.create(subject=recorded.material("hydrogen-fluoride"), language="ko", text="불화수소")
    derived.rebuild()
    return measure, event


def everything():
    columns = [*entries.COLUMNS, "vector"]
    return list(SearchEntry.objects.order_by("kind", "subject_id", "part").values_list(*columns))


def test_every_public_kind_of_record_has_entries():
    of_measures = {"announcement", "dispute", "event", "material", "measure", "organization", "provision"}
    of_programs = {"directive", "effect", "indicator", "integration", "milestone", "norm", "phase", "program"}
    of_programs |= {"coverage", "project", "response", "statement", "survey"}
    assert set(entries.kinds()) == {"source", "passage"} | of_measures | of_programs


def test_a_new_title_is_found_a_moment_later_and_the_old_one_no_more(licensing):
    measure, _event = licensing
    measure.title = "Quota on helium"
    publishing.save(measure, by=None, reason="Clearer")
    carry_out()
    assert found("helium", "measure") == ["licensing"]
    assert found("individual", "measure") == []


def test_what_is_not_published_has_no_entry(licensing):
    for number, state in enumerate(("draft", "in_review")):
        recorded.measure(f"hidden-{number}", state=state, title="Secret thing")
    recorded.measure("embargoed", title="Secret thing", embargo_until=timezone.now())
    derived.rebuild()
    assert found("secret") == []


def test_what_is_withdrawn_says_nothing_any_more_nor_do_its_parts(licensing):
    measure, event = licensing
    assert found(f"title:{event.title}", "event") == [event.slug]
    reviewer = get_user_model().objects.create_superuser("reviewer")
    publishing.withdraw(measure, by=reviewer, reason="A mistake", notice="Recorded by mistake.")
    assert found("licences") == found("불화수소", "measure", "event") == found("effective", "event") == []
    measure = Measure.objects.get()
    publishing.publish(measure, by=reviewer, reason="It was none")
    carry_out()
    assert found("licences", "measure") == ["licensing"]
    assert found(f"title:{event.title}", "event") == [event.slug]


def test_a_hidden_material_leads_to_nothing(licensing):
    material = Material.objects.get(slug="hydrogen-fluoride")
    assert found("불화수소", "measure") == ["licensing"]
    Material.objects.filter(pk=material.pk).update(state="draft")
    saved(Material.objects.get(pk=material.pk))
    assert found("불화수소") == []


def test_a_new_name_of_a_material_finds_its_measures_and_writes_one_entry(licensing):
    material = Material.objects.get(slug="hydrogen-fluoride")
    before = everything()
    with publishing.change(by=None, reason="A name") as change_set:
        Name.objects.create(subject=material, language="ja", text="フッ化水素")
        publishing.carry([material], change_set)
    carry_out()
    assert found("フッ化水素", "measure") == ["licensing"]
    assert len(set(map(str, everything())) - set(map(str, before))) == 1


def test_a_new_link_is_followed(licensing):
    measure, _event = licensing
    with publishing.change(by=None, reason="One more") as change_set:
        MeasureMaterial.objects.create(measure=measure, material=recorded.material("gallium"), position=9)
        publishing.carry([recorded.material("gallium"), measure], change_set)
    carry_out()
    assert found("gallium", "measure") == ["licensing"]


def test_quotes_are_found_while_their_source_is_to_be_read(licensing):
    measure, _event = licensing
    source = row(Source, state="published", title="Gazette", language="ja")
    Citation.objects.create(subject=measure, source=source, quote="輸出貿易管理令の一部")
    saved(measure, source)
    assert found("貿易管理", "measure") == ["licensing"]
    assert found("source:gazette", "measure") == ["licensing"]
    Source.objects.filter(pk=source.pk).update(state="withdrawn", withdrawal_notice="Misread.")
    saved(Source.objects.get(pk=source.pk))
    assert found("貿易管理") == found("gazette") == []


def copy(source, text, fetched_at="2026-01-01T00:00Z"):
    return Snapshot.objects.create(
        source=source, fetched_at=fetched_at, media_type="text/plain", text=text, sha256=f"{hash(text) % 10**9:064d}"
    )


def test_copies_are_searched_in_pieces_the_newest_only():
    source = row(Source, slug="gazette", state="published", title="Gazette", language="ko")
    copy(source, "낡은 문서")
    copy(source, "가나다 " * 3000 + "에칭가스 수출", "2026-02-01T00:00Z")
    saved(source)
    assert SearchEntry.objects.filter(kind="passage").count() == 4
    [hit] = Hits(ask("에칭가스")).read(0, 9)
    assert (hit.kind, hit.slug, hit.why.field, hit.why.language) == ("passage", "gazette", "passage", "ko")
    assert "<mark>에칭가스</mark> 수출" in hit.why.snippet.html
    assert len(hit.why.snippet.text) < 200
    assert found("낡은") == []


def test_what_stands_where_two_pieces_meet_is_found():
    source = row(Source, state="published")
    copy(source, "x" * 3990 + " 고순도 불화수소 " + "y" * 500)
    saved(source)
    assert len(found('"고순도 불화수소"')) >= 1


def test_a_dispute_is_found_with_its_record(licensing):
    _measure, event = licensing
    row(DisputedFact, subject=event, question="Was it licensed in August?", state="published", slug="august")
    derived.rebuild()
    [hit] = Hits(ask("august"), ["dispute"]).read(0, 9)
    assert hit.path == f"/measures/licensing/#{event.slug}"
    MeasureEvent.objects.filter(pk=event.pk).update(state="draft")
    saved(MeasureEvent.objects.get(pk=event.pk))
    assert found("august") == []


def test_following_changes_ends_where_deriving_anew_does(licensing):
    measure, event = licensing
    measure.summary = "Other words"
    publishing.save(measure, by=None, reason="x")
    event.title = "Begins"
    publishing.save(event, by=None, reason="x")
    publishing.withdraw(measure, by=None, reason="x", notice="Gone.")
    publishing.publish(Measure.objects.get(), by=None, reason="x")
    carry_out()
    then = everything()
    derived.rebuild()
    assert everything() == then


def test_a_rebuild_of_an_unchanged_base_writes_nothing(licensing):
    before = set(SearchEntry.objects.values_list("pk", "known_since"))
    with publishing.change(by=None, reason="Nothing"):
        derived.rebuild()
    assert set(SearchEntry.objects.values_list("pk", "known_since")) == before


def test_what_was_known_is_found_as_of_then(licensing):
    measure, _event = licensing
    before = known.newest()
    measure.title = "Quota on helium"
    publishing.save(measure, by=None, reason="Clearer")
    carry_out()
    with transaction.atomic(), known.as_of(before):
        assert found("individual", "measure") == ["licensing"]
        assert found("helium") == []
    assert found("helium", "measure") == ["licensing"]


def test_what_is_hidden_is_gone_before_anything_else_follows(licensing):
    measure, event = licensing
    event.title = "Of the embargoed licence"
    publishing.save(event, by=None, reason="Clearer")
    carry_out()
    assert found("embargoed", "event") == [event.slug]
    publishing.withdraw(event, by=None, reason="A mistake", notice="Recorded by mistake.")
    assert found("embargoed") == []
    publishing.withdraw(measure, by=None, reason="A mistake", notice="Recorded by mistake.")
    assert found("licences") == []
    assert not SearchEntry.objects.filter(kind__in=["measure", "event"]).exists()


def test_a_save_of_what_readers_see_waits_for_nothing(licensing, django_assert_num_queries):
    measure, _event = licensing
    with django_assert_num_queries(0):
        entries.SearchDerivation().refresh([measure], rows_only=True)


def test_one_record_takes_few_statements(licensing):
    measure, _event = licensing
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        entries.refresh([f"measures.measure:{measure.pk}"])
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 14
