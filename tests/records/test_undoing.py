"""Undoing change sets: every row as it was, or a refusal that names what stands in the way."""

import random
from functools import partial

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.models import (
    EventMaterial,
    MastCode,
    Material,
    Measure,
    MeasureEvent,
    MeasureMaterial,
    StatusPeriod,
    TimelineEntry,
)
from records import derived, merging, publishing, undoing
from records.models import (
    ChangeSet,
    Citation,
    DeskRules,
    Import,
    Name,
    Record,
    SearchEntry,
    Snapshot,
    Source,
    Stale,
    Undoing,
)
from records.undoing import footprints
from tests.consequences import carry_out
from tests.measures import recorded
from tests.records.anything import row
from tests.threads import at_once

pytestmark = pytest.mark.django_db

EDITS = 60
COUNTERS = {"version", "known_since"}
DERIVED = (SearchEntry, StatusPeriod, TimelineEntry)


def user(role, name=None):
    made = User.objects.create_user(name or role, is_staff=True)
    made.groups.set([Group.objects.get(name=role)])
    return made


@pytest.fixture
def editor():
    return user("editor")


@pytest.fixture
def reviewer():
    return user("reviewer")


def dump():
    """Every row of every tracked table without its counters; of derived rows also without their keys."""
    carry_out()
    found = {}
    for model in (*footprints.tracked_models(), *DERIVED):
        silent = {*COUNTERS, model._meta.pk.name} if model in DERIVED else COUNTERS
        names = [each.column for each in model._meta.concrete_fields if each.column not in silent]
        columns = ", ".join(f'"{name}"' for name in names)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM "{model._meta.db_table}" ORDER BY {columns}')
            found[model._meta.label] = cursor.fetchall()
    return found


def undo(change_set, by=None, reason="It was a mistake"):
    return undoing.undo(change_set, by=by, reason=reason)


class Editors:
    """What people do to a small base, at random."""

    def __init__(self, seed: int, editor, reviewer):
        self.random, self.editor, self.reviewer, self.number = random.Random(seed), editor, reviewer, 0
        self.materials = [recorded.material(slug) for slug in ("hydrogen-fluoride", "photoresist", "gallium")]
        self.source = row(Source, state="published", title="Gazette")
        for _ in range(3):
            self.number += 1
            self.create()

    def change(self, kind="development"):
        return publishing.change(by=self.editor, reason=f"Edit {self.number}", kind=kind)

    def any(self, model, **conditions):
        found = list(model.objects.filter(**conditions).order_by("pk"))
        return self.random.choice(found) if found else None

    def create(self):
        with self.change() as change_set:
            measure = recorded.measure(f"measure-{self.number}", ["hydrogen-fluoride", "gallium"])
            event = recorded.event(measure, "effective", f"2019-{self.random.randint(1, 12):02d}-01")
            publishing.carry([measure, event], change_set)

    def reword(self):
        measure = self.any(Measure)
        measure.title = f"Reworded {self.number}"
        publishing.save(measure, by=self.editor, reason="Clearer words", kind="correction")

    def happen(self):
        measure = self.any(Measure)
        kinds = ("eased", "tightened", "suspended", "resumed", "revoked", "expired")
        with self.change() as change_set:
            event = recorded.event(
                measure,
                self.random.choice(kinds),
                f"2020-{self.random.randint(1, 12):02d}",
                self.random.choice(((), ("gallium",))),
                slug=f"event-{self.number}",
                position=1000 + self.number,
            )
            publishing.carry([measure, event], change_set)

    def vanish(self):
        """An event goes with all that hangs on it, and another row takes its place."""
        if event := self.any(MeasureEvent, position__gte=1000):
            with self.change() as change_set:
                measure, place = event.measure, event.position
                event.delete()
                fresh = recorded.event(measure, "amended", "2021", slug=f"instead-{self.number}", position=place)
                publishing.carry([measure, fresh], change_set)

    def swap(self):
        """Two rows change places, where the database lets only one have each."""
        events = list(self.any(Measure).events.order_by("position")[:2])
        if len(events) == 2:
            with self.change() as change_set:
                first, second = (each.position for each in events)
                for event, position in ((events[0], 30000), (events[1], first), (events[0], second)):
                    event.position = position
                    event.save()
                publishing.carry(events, change_set)

    def move(self):
        event = self.any(MeasureEvent, position__gte=1000)
        if event:
            with self.change() as change_set:
                publishing.carry([event], change_set)
                event.measure = self.any(Measure)
                event.save()
                publishing.carry([event], change_set)

    def link(self):
        measure, material = self.any(Measure), self.random.choice(self.materials)
        with self.change() as change_set:
            if not MeasureMaterial.objects.filter(measure=measure, material=material).delete()[0]:
                MeasureMaterial.objects.create(measure=measure, material=material, position=10 + self.number)
            publishing.carry([measure], change_set)

    def scope(self):
        event = self.any(MeasureEvent)
        with self.change() as change_set:
            if not EventMaterial.objects.filter(event=event).delete()[0]:
                EventMaterial.objects.create(event=event, material=self.materials[0], position=0)
            publishing.carry([event], change_set)

    def withdraw(self):
        measure = self.any(Measure, state="published")
        if measure:
            publishing.withdraw(measure, by=self.reviewer, reason="A mistake", notice="Recorded by mistake.")

    def restore(self):
        if measure := self.any(Measure, state="withdrawn"):
            publishing.publish(measure, by=self.reviewer, reason="It was none")

    def draft(self):
        publishing.save(
            Measure(
                slug=f"draft-{self.number}",
                title="Draft",
                authority=recorded.authority(),
                effect="restricts",
                legal_basis="an act",
                summary="…",
                verification="verified",
            ),
            by=self.editor,
            reason="First sketch",
        )

    def delete_draft(self):
        draft = self.any(Measure, state="draft")
        if draft and not draft.events.exclude(state="draft").exists():
            publishing.delete(draft, by=self.editor, reason="Not needed")

    def bulk(self):
        with self.change(kind="source_only") as change_set:
            Measure.objects.update(verification=self.random.choice(("verified", "partly", "unverified")))
            publishing.carry(Measure.objects.all(), change_set)

    def cite(self):
        event = self.any(MeasureEvent)
        with self.change(kind="source_only") as change_set:
            Citation.objects.create(
                subject=event, source=self.source, quote=f"word {self.number}", position=self.number
            )
            publishing.carry([event], change_set)

    def name(self):
        material = self.random.choice(self.materials)
        with self.change() as change_set:
            Name.objects.create(subject=material, text=f"名前{self.number}", language="ja", kind="alias")
            publishing.carry([material], change_set)

    def merge(self):
        with self.change() as change_set:
            twin = row(Material, slug=f"twin-{self.number}", name=f"Twin {self.number}", state="published")
            MeasureMaterial.objects.create(measure=self.any(Measure), material=twin, position=500 + self.number)
            Name.objects.create(subject=twin, text=f"双子{self.number}", language="ja", kind="alias")
            publishing.carry([twin], change_set)
        merging.merge(twin, into=Material.objects.get(pk=self.materials[2].pk), by=self.reviewer, reason="One thing")

    def take_back(self):
        """The last change, or the last undoing: then it is done again."""
        last = ChangeSet.objects.exclude(kind="upkeep").first()
        if not undoing.plan(last).is_empty:
            undo(last)

    def edit(self):
        self.number += 1
        acts = [self.create, self.reword, self.happen, self.happen, self.happen, self.vanish, self.swap, self.move]
        acts += [self.link, self.scope, self.withdraw, self.restore, self.draft, self.delete_draft, self.bulk]
        acts += [self.cite, self.name, self.merge, self.take_back]
        self.random.choice(acts)()


@pytest.mark.parametrize("seed", [1, 2])
def test_undoing_random_edits_backwards_leaves_every_table_as_it_was(seed, editor, reviewer):
    editors = Editors(seed, editor, reviewer)
    derived.rebuild()  # what was made so far was made beside all changes
    said, newest = [], ChangeSet.objects.first().pk
    before = dump()
    for _ in range(EDITS):
        editors.edit()
        written = list(ChangeSet.objects.filter(pk__gt=newest).exclude(kind="upkeep").order_by("pk"))
        said.append((before, written))
        before, newest = dump(), ChangeSet.objects.first().pk
    assert sum(len(written) for _, written in said) > EDITS * 0.7
    undone = []
    for earlier, written in reversed(said):
        for change_set in reversed(written):
            if not undoing.plan(change_set).is_empty:
                undone.append(undo(change_set))
        assert dump() == earlier
    # And forwards again: what is undone twice stands.
    for change_set in reversed(undone):
        undo(change_set)
    assert dump() == before


def test_versions_grow_so_that_whoever_has_a_page_open_is_told(editor, reviewer):
    measure = recorded.measure("kept", ["gallium"])
    opened = Measure.objects.get(pk=measure.pk)
    with publishing.change(by=editor, reason="Another material") as change_set:
        MeasureMaterial.objects.create(measure=measure, material=recorded.material("photoresist"), position=1)
        publishing.carry([measure], change_set)
    undo(change_set, by=reviewer)
    opened.title = "Typed meanwhile"
    with pytest.raises(Stale):
        publishing.save(opened, by=editor, reason="late")


def test_what_is_deleted_comes_back_under_its_number_with_a_later_version(editor, reviewer):
    draft = row(Measure, slug="draft")
    event = row(MeasureEvent, measure=draft)
    pk, version = draft.pk, draft.version
    change_set = publishing.delete(draft, by=editor, reason="Not needed")
    undo(change_set, by=reviewer)
    again = Measure.objects.get(slug="draft")
    assert (again.pk, again.version > version) == (pk, True)
    assert again.events.get() == event


def test_a_later_change_is_named(editor, reviewer):
    measure = recorded.measure("steel")
    measure.title = "First"
    first = publishing.save(measure, by=editor, reason="A clearer title")
    measure.title = "Second"
    second = publishing.save(measure, by=editor, reason="A still clearer title")
    before = dump()
    with pytest.raises(undoing.Obstructed, match=rf"steel.*was changed since.*{second.pk} “A still clearer") as refusal:
        undo(first, by=reviewer)
    (obstacle,) = refusal.value.obstacles
    assert (obstacle.model, obstacle.key, obstacle.change_sets) == (Measure, measure.pk, (second,))
    assert dump() == before
    assert not Undoing.objects.exists()
    # Once the later one is undone, nothing stands in the way.
    undo(second, by=reviewer)
    undo(first, by=reviewer)
    assert Measure.objects.get().title == "steel"


def test_what_the_database_derives_by_itself_stands_in_nobodys_way(editor, reviewer):
    measure = recorded.measure("steel", ["gallium"])
    with publishing.change(by=editor, reason="It began") as change_set:
        event = recorded.event(measure, "effective", "2019-01-01")
        publishing.carry([measure, event], change_set)
    assert StatusPeriod.objects.exists()
    dump()
    assert TimelineEntry.objects.exists()
    undo(change_set, by=reviewer)
    dump()
    assert not StatusPeriod.objects.exists()
    assert not TimelineEntry.objects.exists()


def test_a_set_is_undone_once(editor, reviewer):
    measure = recorded.measure("steel")
    measure.title = "Changed"
    change_set = publishing.save(measure, by=editor, reason="why")
    undo(change_set, by=reviewer)
    with pytest.raises(undoing.Obstructed, match="was changed since"):
        undo(change_set, by=reviewer)


@pytest.mark.parametrize("later", ["part", "citation", "copy"])
def test_what_hangs_on_a_new_record_keeps_it(later, editor, reviewer):
    source = row(Source, slug="gazette", state="published")
    with publishing.change(by=editor, reason="New things") as change_set:
        measure = recorded.measure("steel")
        other = row(Source, slug="paper", state="published")
        publishing.carry([measure, other], change_set)
    with publishing.change(by=editor, reason="More of it"):
        if later == "part":
            recorded.event(measure, "effective", "2019")
        elif later == "citation":
            Citation.objects.create(subject=measure, source=source)
    if later == "copy":
        row(Snapshot, source=other)
    with pytest.raises(undoing.Obstructed, match="belongs to what would be removed"):
        undo(change_set, by=reviewer)
    assert Measure.objects.filter(slug="steel").exists()


def test_what_would_come_back_needs_what_it_points_at(editor, reviewer):
    draft = row(Measure, slug="draft")
    event = row(MeasureEvent, measure=draft)
    with publishing.change(by=editor, reason="One event less") as first:
        event.delete()
        publishing.carry([draft], first)
    second = publishing.delete(draft, by=editor, reason="All of it")
    with pytest.raises(undoing.Obstructed, match=f"Measure “draft” is gone.*{second.pk}"):
        undo(first, by=reviewer)


def test_an_id_that_was_given_away_meanwhile_is_named(editor, reviewer):
    draft = row(Measure, slug="steel")
    change_set = publishing.delete(draft, by=editor, reason="Not needed")
    with publishing.change(by=editor, reason="Begun anew") as later:
        recorded.measure("steel")
    with pytest.raises(undoing.Obstructed, match=f"steel.*has by now.*{later.pk} “Begun anew”"):
        undo(change_set, by=reviewer)


def test_a_field_changed_beside_an_unchanged_row_stays(editor, reviewer):
    measure = recorded.measure("steel")
    with publishing.change(by=editor, reason="A material") as change_set:
        measure.save()
        MeasureMaterial.objects.create(measure=measure, material=recorded.material("gallium"), position=0)
    measure.title = "Told better since"
    publishing.save(measure, by=editor, reason="Clearer")
    undo(change_set, by=reviewer)
    measure.refresh_from_db()
    assert (measure.title, MeasureMaterial.objects.count()) == ("Told better since", 0)


def test_a_set_that_only_derived_has_nothing_to_undo(reviewer):
    with publishing.change(by=None, reason="The day turned", kind="upkeep") as change_set:
        pass
    with pytest.raises(publishing.NotAllowed, match="nothing to undo"):
        undo(change_set, by=reviewer)


@pytest.mark.parametrize("role", ["analyst", "editor", "manager"])
def test_only_a_reviewer_undoes(role, editor):
    change_set = publishing.save(Measure(**fields("steel")), by=editor, reason="First sketch")
    somebody = user(role, "somebody")
    with pytest.raises(publishing.NotAllowed, match="Only a reviewer"):
        undo(change_set, by=somebody)
    assert Measure.objects.exists()


def test_words_that_records_choose_from_take_an_admin(reviewer):
    with publishing.change(by=reviewer, reason="A new word") as change_set:
        MastCode.objects.create(code="P999", title="A word")
    with pytest.raises(publishing.NotAllowed, match="Only a reviewer"):
        undo(change_set, by=user("reviewer", "other"))
    chief = User.objects.create_user("chief", is_superuser=True)
    undo(change_set, by=chief)
    assert not MastCode.objects.filter(code="P999").exists()


def test_nobody_takes_back_alone_what_readers_saw_of_their_own_change(reviewer):
    measure = recorded.measure("steel")
    measure.title = "Wrong"
    change_set = publishing.save(measure, by=reviewer, reason="Sure of it")
    with pytest.raises(publishing.NotAllowed, match="somebody else has to undo it"):
        undo(change_set, by=reviewer)
    DeskRules.objects.update_or_create(pk=1, defaults={"second_person": False})
    undo(change_set, by=reviewer)
    assert Undoing.objects.get().alone
    DeskRules.objects.update(second_person=True)
    with pytest.raises(IntegrityError, match="Nobody takes back alone"):
        Undoing.objects.update(seen=True)


def test_a_draft_of_ones_own_is_nobody_elses_matter(reviewer):
    draft = row(Measure, slug="draft", title="Right")
    draft.title = "Wrong"
    change_set = publishing.save(draft, by=reviewer, reason="Sure of it")
    undo(change_set, by=reviewer)
    assert Measure.objects.get().title == "Right"
    assert not Undoing.objects.get().seen


def test_the_new_set_says_what_it_took_back(editor, reviewer):
    measure = recorded.measure("steel")
    measure.title = "Changed"
    change_set = publishing.save(measure, by=editor, reason="A clearer title")
    undone = undo(change_set, by=reviewer, reason="The gazette says otherwise")
    undone.refresh_from_db()
    assert undone.reason == (
        f"Takes back change set {change_set.pk}, which readers have seen (“A clearer title”): "
        "The gazette says otherwise"
    )
    assert (undone.kind, undone.by, undone.undoing.undone) == ("correction", reviewer, change_set)


def fields(slug):
    return {
        "slug": slug,
        "title": slug,
        "authority": recorded.authority(),
        "effect": "restricts",
        "legal_basis": "an act",
        "summary": "…",
        "verification": "verified",
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_undoes():
    measure = recorded.measure("steel")
    measure.title = "Changed"
    change_set = publishing.save(measure, by=None, reason="A clearer title")

    def attempt(number):
        try:
            undo(change_set)
        except undoing.Obstructed:
            return "refused"
        return "undone"

    assert sorted(at_once(*(partial(attempt, number) for number in range(2)))) == ["refused", "undone"]
    assert Measure.objects.get().title == "steel"
    assert Undoing.objects.count() == 1


def test_ten_thousand_rows_go_in_at_most_a_hundred_statements(django_assert_max_num_queries):
    material = recorded.material("gallium")
    authority = recorded.authority()
    measures = [
        Measure(state="published", **{**fields(f"many-{number}"), "authority": authority}) for number in range(2500)
    ]
    before = dump()
    with publishing.change(by=None, reason="A large import") as change_set:
        made = Measure.objects.bulk_create(measures)
        MeasureMaterial.objects.bulk_create(
            MeasureMaterial(measure=each, material=material, position=0) for each in made
        )
        MeasureEvent.objects.bulk_create(
            MeasureEvent(
                measure=each,
                slug=f"{each.slug}-{place}",
                title="began",
                kind="effective" if place == 0 else "amended",
                date=f"20{10 + place}-01-01",
                position=place,
                state="published",
            )
            for each in made
            for place in range(2)
        )
        publishing.carry(made, change_set)
    planned = undoing.plan(change_set)
    assert sum(len(each.keys) for each in planned.footprints) == 10_000
    with django_assert_max_num_queries(100):
        undo(change_set)
    assert dump() == before
    assert not Measure.objects.exists()


def test_every_tracked_table_is_undone_or_derived():
    assert set(footprints.tables()) - set(footprints.tracked_models()) == set(DERIVED)


def test_records_keep_their_states_apart(editor, reviewer):
    """A publication is undone: the record waits for its reviewer again."""
    draft = row(Measure, slug="draft")
    publishing.submit(draft, by=editor, reason="ready")
    published = publishing.publish(draft, by=reviewer, reason="sound")
    undo(published, by=user("reviewer", "other"))
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by) == (Record.State.IN_REVIEW, editor)


# At the desk


def page(change_set, name="undo"):
    return reverse(f"admin:records_changeset_{name}", args=[change_set.pk])


@pytest.fixture
def retitled(editor):
    measure = recorded.measure("steel")
    measure.title = "A wrong title"
    return publishing.save(measure, by=editor, reason="A clearer title")


def test_a_reviewer_looks_at_what_undoing_would_do_and_undoes(client, reviewer, retitled):
    client.force_login(reviewer)
    assert page(retitled) in client.get(page(retitled, "change")).text
    shown = client.get(page(retitled)).text
    assert "Readers have seen this" in shown
    assert "<del>A wrong title</del>" in shown
    assert "<ins>steel</ins>" in shown
    assert client.post(page(retitled), {"change_reason": ""}).status_code == 422
    response = client.post(page(retitled), {"change_reason": "The gazette says otherwise"}, follow=True)
    assert f"It takes back change set {retitled.pk}" in response.text
    assert Measure.objects.get().title == "steel"
    assert "Undone by reviewer" in client.get(page(retitled, "change")).text


def test_the_desk_names_what_stands_in_the_way(client, editor, reviewer, retitled):
    measure = Measure.objects.get()
    measure.title = "Another"
    later = publishing.save(measure, by=editor, reason="Better still")
    client.force_login(reviewer)
    for response in (client.get(page(retitled)), client.post(page(retitled), {"change_reason": "Wrong"})):
        assert response.status_code == 409
        assert page(later, "change") in response.text
        assert "was changed since" in response.text
        assert 'name="change_reason"' not in response.text
    assert Measure.objects.get().title == "Another"


@pytest.mark.parametrize("role", ["analyst", "editor", "manager"])
def test_others_are_offered_no_undoing(role, client, retitled):
    somebody = user(role, "somebody")
    client.force_login(somebody)
    if role == "analyst":
        User.objects.filter(pk=somebody.pk).update(is_staff=False)
        assert client.get(page(retitled)).status_code == 302
    else:
        assert page(retitled) not in client.get(page(retitled, "change")).text
        assert client.get(page(retitled)).status_code == 403
    assert client.post(page(retitled), {"change_reason": "Wrong"}).status_code in (302, 403)
    assert Measure.objects.get().title == "A wrong title"


def test_who_wrote_it_is_told_that_somebody_else_has_to(client, reviewer):
    measure = recorded.measure("steel")
    measure.title = "Wrong"
    own = publishing.save(measure, by=reviewer, reason="Sure of it")
    client.force_login(reviewer)
    response = client.get(page(own))
    assert response.status_code == 403
    assert "somebody else has to undo it" in response.text
    assert client.post(page(own), {"change_reason": "Wrong"}).status_code == 403
    assert Measure.objects.get().title == "Wrong"


def test_a_large_set_is_shown_in_part_with_as_many_queries(client, reviewer):
    client.force_login(reviewer)
    counts = []
    for number in (3, 60):
        with publishing.change(by=None, reason=f"{number} materials") as change_set:
            Material.objects.bulk_create(
                Material(slug=f"of-{number}-{each}", name=f"Of {number} {each}", category="good", description="…")
                for each in range(number)
            )
        client.get(page(change_set))
        with CaptureQueriesContext(connection) as caught:
            response = client.get(page(change_set))
        counts.append(len(caught))
    assert "and 40 more rows" in response.text
    assert counts[0] == counts[1]


def test_undoing_an_import_lets_the_same_file_be_brought_again(editor, reviewer):
    draft = row(Measure, slug="draft")
    draft.title = "Imported"
    change_set = publishing.save(draft, by=editor, reason="A table")
    order = row(
        Import, by=editor, decided_by=reviewer, change_set=change_set, state="applied", sha256="0" * 64, kind="measures"
    )
    undone = undo(change_set, by=user("reviewer", "other"))
    order.refresh_from_db()
    assert order.state == "undone"
    undo(undone, by=user("reviewer", "third"))
    order.refresh_from_db()
    assert order.state == "applied"
