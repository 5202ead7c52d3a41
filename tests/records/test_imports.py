"""Imports on their way: who may do what, one file once, and what happens when the base changes meanwhile."""

import uuid
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.db.models.functions import Now

from measures.models import Material, MeasureEvent
from records import outbox, publishing, roles, undoing
from records.imports import orders, planning, tasks, work
from records.imports.kinds import kinds
from records.imports.tables import Unreadable
from records.models import Import, ImportRow, Name, OutboxEntry, Undoing
from tests.measures import recorded
from tests.records.brought import apply, bring, check, counts, faults, somebody, standing, submit, table
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def material(slug="steel", **cells):
    return {"id": slug, "name": slug.title(), "category": "metal", "description": "…", **cells}


CONTENT = table([material()])


class TestBringing:
    @pytest.mark.parametrize("role", ["analyst", "reviewer", "manager"])
    def test_only_editors_bring_materials(self, role):
        with pytest.raises(publishing.NotAllowed):
            bring("materials", CONTENT, by=somebody(role))
        assert not Import.objects.exists()

    def test_a_worker_is_asked_with_the_same_commit(self):
        order = bring("materials", CONTENT)
        assert OutboxEntry.objects.filter(topic="import", payload={"import": str(order.key)}).count() == 1

    def test_the_same_file_is_told_and_nothing_is_done(self, directory):
        first = bring("materials", CONTENT)
        with pytest.raises(orders.BroughtAlready) as caught:
            bring("materials", CONTENT, name="other.csv", by=somebody("editor", "colleague"))
        assert caught.value.earlier == first
        assert len([each for each in directory.rglob("*") if each.is_file()]) == 1

    def test_the_same_file_may_hold_rows_of_another_kind(self):
        bring("materials", CONTENT)
        assert bring("organizations", CONTENT).pk

    @pytest.mark.parametrize("state", ["failed", "rejected", "undone"])
    def test_a_file_that_came_to_nothing_can_be_brought_again(self, state):
        first = apply(check("materials", CONTENT)) if state != "failed" else bring("materials", CONTENT)
        Import.objects.update(state=state)
        assert bring("materials", CONTENT) != first

    def test_a_file_too_large_is_refused_before_it_is_kept(self, monkeypatch, directory):
        monkeypatch.setattr(orders, "MOST_BYTES", 10)
        with pytest.raises(Unreadable, match="Split it"):
            bring("materials", CONTENT)
        assert not any(each.is_file() for each in directory.rglob("*"))

    def test_what_is_no_table_is_refused(self):
        with pytest.raises(Unreadable, match="neither"):
            bring("materials", b"\xff\xfe\x00\xd8\x00\x00\x01")

    def test_an_encoding_that_does_not_fit_is_refused(self):
        with pytest.raises(Unreadable, match="Japanese"):
            bring("materials", table([material(name="불화수소")], encoding="utf-8"), encoding="cp932")

    def test_the_encoding_is_asked_where_it_is_not_certain(self):
        content = table([material(name="氟化氢")], encoding="gb18030")
        order = check("materials", content)
        assert order.state == "asking"
        orders.recheck(order, by=order.by, encoding="gb18030")
        work.fulfil(order.key)
        assert standing(order).state == "checked"
        assert order.rows.get().after["name"] == "氟化氢"

    @pytest.mark.parametrize("encoding", ["cp949", "cp932", "utf-16"])
    def test_korean_and_japanese_files_are_read_as_they_are(self, encoding):
        name = "レジストとフッ化水素" if encoding == "cp932" else "불화수소와 포토레지스트"
        rows = [
            material(f"m{number}", name=f"{name} {number}", description=f"{name}의" if name[0] == "불" else name)
            for number in range(20)
        ]
        order = check("materials", table(rows, encoding=encoding))
        assert (order.state, order.encoding) == ("checked", encoding)
        assert order.rows.first().after["name"] == f"{name} 0"


@pytest.mark.django_db(transaction=True)
def test_brought_twice_at_one_moment_it_stands_once(directory):
    editor = somebody("editor")

    def act():
        try:
            return orders.place(ContentFile(CONTENT, name="x.csv"), kinds()["materials"], by=editor)
        except orders.BroughtAlready as known:
            return known.earlier

    first, second = at_once(act, act)
    assert first == second == Import.objects.get()
    assert len([each for each in directory.rglob("*") if each.is_file()]) == 1


class TestDeciding:
    @pytest.fixture
    def order(self):
        return submit(check("materials", CONTENT))

    def test_nothing_is_written_before_somebody_approves(self, order):
        assert not Material.objects.exists()

    @pytest.mark.parametrize("role", ["analyst", "editor", "manager"])
    def test_only_reviewers_decide(self, order, role):
        other = somebody(role, "other")
        for decide in (
            lambda: orders.approve(order, by=other),
            lambda: orders.reject(order, by=other, verdict="no"),
            lambda: orders.leave_out(order, [2], by=other, reason="no"),
        ):
            with pytest.raises(publishing.NotAllowed):
                decide()
        assert standing(order).state == "submitted"

    def test_nobody_decides_about_their_own(self, order):
        order.by.groups.add(*somebody("reviewer").groups.all())
        order.by = type(order.by).objects.get(pk=order.by_id)
        with pytest.raises(publishing.NotAllowed, match="yourself"):
            orders.approve(order, by=order.by)
        with pytest.raises(publishing.NotAllowed, match="yourself"):
            orders.reject(order, by=order.by, verdict="no")

    def test_the_database_refuses_it_too(self, order):
        with pytest.raises(IntegrityError, match="second_person"):
            Import.objects.update(state="approved", decided_by=order.by)

    def test_the_database_knows_whether_one_person_is_enough(self, order):
        with pytest.raises(IntegrityError, match="of their own"):
            Import.objects.update(state="approved", decided_by=order.by, self_approved=True)

    def test_a_team_of_one_decides_alone_and_it_is_told(self, order, settings):
        settings.SECOND_PERSON = False
        roles.ensure_rules()
        order.by.groups.add(*somebody("reviewer").groups.all())
        order.by = type(order.by).objects.get(pk=order.by_id)
        orders.approve(order, by=order.by)
        work.fulfil(order.key)
        assert standing(order).state == "applied"
        assert standing(order).self_approved

    def test_only_who_brought_it_submits_and_takes_it_back(self):
        order, other = check("materials", CONTENT), somebody("editor", "other")
        with pytest.raises(publishing.NotAllowed):
            orders.submit(order, by=other, reason="x", change_kind="development")
        with pytest.raises(publishing.NotAllowed):
            orders.drop(order, by=other)
        orders.drop(order, by=order.by)
        assert standing(order).state == "failed"

    def test_a_file_with_faults_or_without_differences_is_not_submitted(self):
        for content in (table([material(cas="1-2-3")]), None):
            if content is None:
                apply(check("materials", CONTENT))
                order = check("materials", CONTENT + b"\r\n")
            else:
                order = check("materials", content)
            with pytest.raises(publishing.NotAllowed):
                submit(order)

    def test_of_two_reviewers_the_second_is_told(self, order):
        orders.reject(order, by=somebody("reviewer"), verdict="Not now")
        with pytest.raises(publishing.NotAllowed, match="look again"):
            orders.approve(order, by=somebody("reviewer", "other"))
        assert standing(order).state == "rejected"
        assert standing(order).verdict == "Not now"

    def test_rows_are_left_out_with_a_reason(self):
        order = submit(check("materials", table([material(), material("glass"), material("sand")])))
        reviewer = somebody("reviewer")
        orders.leave_out(order, [3], by=reviewer, reason="Known by another name")
        orders.leave_out(order, [4], by=reviewer, reason="A slip")
        orders.leave_out(order, [4], by=reviewer, reason=None)
        orders.approve(order, by=reviewer)
        work.fulfil(order.key)
        assert list(Material.objects.values_list("slug", flat=True)) == ["sand", "steel"]
        assert ImportRow.objects.get(number=3).rejected_for == "Known by another name"

    def test_a_row_that_leads_to_one_that_was_left_out(self):
        order = submit(check("materials", table([material(broader="metal"), material("metal")])))
        orders.leave_out(order, [3], by=somebody("reviewer"), reason="Too broad")
        orders.approve(order, by=somebody("reviewer"))
        work.fulfil(order.key)
        assert standing(order).state == "faulty"
        assert faults(order) == [(2, "", "leads to “metal”, which was left out.")]
        assert not Material.objects.exists()

    def test_with_every_row_left_out_there_is_nothing_to_approve(self, order):
        orders.leave_out(order, [2], by=somebody("reviewer"), reason="No")
        with pytest.raises(publishing.NotAllowed, match="Every row"):
            orders.approve(order, by=somebody("reviewer"))


class TestMeanwhile:
    """What was checked is not what stands there any more: nothing is written, and the rows are named."""

    def test_a_record_was_changed(self):
        recorded.material("steel")
        order = check("materials", table([material(name="Another")]))
        Material.objects.get().save()
        apply(order)
        assert order.state == "faulty"
        assert [(row, "somebody else" in reason) for row, _column, reason in faults(order)] == [(2, True)]
        assert Material.objects.get().name == "steel"
        assert order.decided_by is None

    def test_a_record_was_made(self):
        order = check("materials", CONTENT)
        recorded.material("steel")
        apply(order)
        assert order.state == "faulty"
        assert Material.objects.get().name == "steel"

    def test_a_record_was_deleted(self):
        recorded.material("steel")
        order = check("materials", table([material(name="Another")]))
        Material.objects.all().delete()
        apply(order)
        assert order.state == "faulty"
        assert not Material.objects.exists()

    def test_what_it_leads_to_was_deleted(self):
        measure = recorded.measure("licensing")
        rows = [{"measure": "licensing", "kind": "announced", "date": "2019", "title": "Announced"}]
        order = submit(check("events", table(rows)))
        measure.delete()
        orders.approve(order, by=somebody("reviewer"))
        work.fulfil(order.key)
        assert standing(order).state == "failed"
        assert "measures_measure" in standing(order).error
        assert not MeasureEvent.objects.exists()

    def test_names_are_changed_beside_what_stays(self):
        steel = recorded.material("steel")
        Name.objects.create(subject=steel, kind="alias", language="ko", text="강철", position=0)
        order = check("materials", table([material(aliases="ko: 강철; ja: 鋼")]))
        assert counts(order) == (0, 1, 0), faults(order)
        apply(order)
        assert set(steel.names.values_list("language", "text")) == {("ko", "강철"), ("ja", "鋼")}

    def test_checked_again_it_is_compared_with_what_stands_there_now(self):
        recorded.material("steel")
        order = check("materials", table([material(name="Another")]))
        Material.objects.get().save()
        apply(order)
        orders.recheck(order, by=order.by)
        work.fulfil(order.key)
        apply(standing(order))
        assert Material.objects.get().name == "Another"


def undo(order, by=None):
    """Asked for, and done by a worker."""
    orders.undo(order, by=by or somebody("reviewer", "other"), reason="Misread")
    assert work.fulfil(order.key)


class TestUndoing:
    def everything(self):
        rows = Material.objects.order_by("pk").values()
        return [{name: value for name, value in row.items() if name not in ("version", "known_since")} for row in rows]

    def test_all_of_it_is_taken_back_and_can_be_brought_again(self):
        recorded.material("steel")
        before = self.everything()
        order = apply(check("materials", table([material(name="Another"), material("glass")])))
        assert self.everything() != before
        undo(order)
        assert self.everything() == before
        assert standing(order).state == "undone"
        assert counts(check("materials", table([material(name="Another"), material("glass")]))) == (1, 1, 0)

    def test_what_has_changed_since_is_named(self):
        order = apply(check("materials", CONTENT))
        made = Material.objects.get()
        made.name = "Changed since"
        publishing.save(made, by=somebody("editor"), reason="Later")
        undo(order)
        assert standing(order).state == "applied"
        assert "because of what happened since" in standing(order).error
        assert Material.objects.get().name == "Changed since"

    def test_only_reviewers_undo_and_only_once(self):
        order = apply(check("materials", CONTENT))
        with pytest.raises(publishing.NotAllowed):
            orders.undo(order, by=order.by, reason="Misread")
        undo(order)
        with pytest.raises(publishing.NotAllowed, match="look again"):
            undo(standing(order))

    def test_who_approved_does_not_undo_what_readers_have_seen(self):
        order = submit(check("materials", table([material()])))
        recorded.material("glass")
        orders.approve(order, by=somebody("reviewer"))
        work.fulfil(order.key)
        Material.objects.filter(slug="steel").update(state="published")
        undo(standing(order), by=somebody("reviewer"))
        assert standing(order).state == "applied"
        assert standing(order).error

    def test_a_worker_that_is_lost_again_and_again_leaves_it_applied(self):
        order = apply(check("materials", CONTENT))
        orders.undo(order, by=somebody("reviewer", "other"), reason="Misread")
        Import.objects.filter(pk=order.pk).update(attempts=3, claim=uuid.uuid4(), claimed_until=Now())
        assert work.give_up() == 1
        assert standing(order).state == "applied"
        assert "lost 3 times" in standing(order).error
        undo(standing(order))
        assert (standing(order).state, standing(order).error) == ("undone", None)

    def test_a_change_set_undone_meanwhile_is_undone_once(self):
        order = apply(check("materials", CONTENT))
        orders.undo(order, by=somebody("reviewer", "other"), reason="Misread")
        undoing.undo(order.change_set, by=None, reason="Misread")
        assert standing(order).state == "undone"
        assert not work.fulfil(order.key)
        assert Undoing.objects.count() == 1


class TestWorker:
    def test_a_second_delivery_does_nothing(self):
        order = bring("materials", CONTENT)
        assert work.fulfil(order.key)
        assert not work.fulfil(order.key)
        assert not work.fulfil(uuid.uuid4())

    def test_a_check_that_was_broken_off_is_done_again_from_the_start(self, monkeypatch):
        order = bring("materials", table([material(), material("glass")]))

        def broken(*_):
            raise OSError("disk gone")

        monkeypatch.setattr(planning._Check, "_refuse_full", broken)
        with pytest.raises(OSError, match="disk gone"):
            work.fulfil(order.key)
        monkeypatch.undo()
        assert work.fulfil(order.key)
        assert (standing(order).state, order.rows.count()) == ("checked", 2)

    def test_after_three_failures_it_is_given_up_in_words(self, monkeypatch):
        order = bring("materials", CONTENT)

        def broken(*_):
            raise OSError("disk gone")

        monkeypatch.setattr(work, "_check", broken)
        for _time in range(work.ATTEMPTS - 1):
            with pytest.raises(OSError, match="disk gone"):
                work.fulfil(order.key)
        work.fulfil(order.key)
        assert standing(order).state == "failed"
        assert "OSError" in standing(order).error

    def test_a_worker_that_lost_its_lease_writes_nothing(self, monkeypatch):
        order = bring("materials", CONTENT)
        finish = work._finish

        def late(order, **values):
            Import.objects.update(claim=uuid.uuid4())
            finish(order, **values)

        monkeypatch.setattr(work, "_finish", late)
        assert not work.fulfil(order.key)
        assert standing(order).state == "checking"

    def test_lost_jobs_are_found_and_in_the_end_given_up(self):
        order = bring("materials", CONTENT)
        assert not work.unfinished().exists()
        Import.objects.update(asked_at=Now() - work.PATIENCE)
        assert work.unfinished().get() == order
        Import.objects.update(attempts=work.ATTEMPTS)
        assert work.give_up() == 1
        assert standing(order).state == "failed"

    def test_the_outbox_hands_the_key_to_a_worker(self, monkeypatch):
        sent = []
        monkeypatch.setattr(tasks.fulfil_import, "apply_async", lambda arguments, **_options: sent.append(arguments))
        order = bring("materials", CONTENT)
        outbox.relay()
        assert sent == [[str(order.key)]]

    def test_progress_is_told(self, monkeypatch):
        monkeypatch.setattr(planning, "READ_AT_ONCE", 10)
        told = []
        monkeypatch.setattr(work, "_tell", lambda order, fraction, step: told.append((fraction, step)))
        check("materials", table([material(f"m{number}") for number in range(35)]))
        assert [step for _fraction, step in told] == [f"{rows} rows checked" for rows in (10, 20, 30, 35)]
        assert all(0 < fraction <= 1 for fraction, _step in told)

    def test_many_faults_are_counted_and_the_first_are_kept(self, monkeypatch):
        monkeypatch.setattr(planning, "MOST_FAULTS", 5)
        order = check("materials", table([material(f"m{number}", cas="x") for number in range(20)]))
        assert (order.fault_count, order.faults.filter(is_doubt=False).count()) == (20, 5)

    def test_a_file_that_breaks_off_is_told_beside_its_other_faults(self):
        content = table([material(cas="x")]) + b'glass,"never closed\n'
        order = check("materials", content)
        assert order.state == "faulty"
        assert "quotation mark" in faults(order)[-1][2]


def test_rows_that_say_what_is_recorded_are_only_counted():
    apply(check("materials", table([material(), material("glass")])))
    order = check("materials", table([material(), material("glass"), material("sand")]))
    assert counts(order) == (1, 0, 2)
    assert [row.record_key for row in order.rows.all()] == ["sand"]


def test_an_import_is_told_apart_from_knowledge_in_the_roles():
    for role in ("analyst", "editor", "reviewer", "manager"):
        assert not somebody(role).has_perm("records.view_import")


def test_progress_while_a_transaction_is_open_needs_the_claim():
    order = bring("materials", CONTENT)
    aside = work._Aside(SimpleNamespace(pk=order.pk, key=order.key, claim=uuid.uuid4()))
    with pytest.raises(work.ClaimLost):
        aside.tell(0.5, "x")
