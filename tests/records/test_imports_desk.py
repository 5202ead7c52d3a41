"""The desk's pages of imports, and the lists of readers as files: who gets in, what is shown."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from measures.models import Material, MeasureEvent
from records import derived, exports, publishing
from records.imports import work
from records.imports.kinds import kinds
from records.models import Import
from tests.measures import recorded
from tests.records.brought import apply, bring, check, rows_of, somebody, standing, submit, table

pytestmark = pytest.mark.django_db
LIST = reverse("admin:import_list")
CONTENT = table([{"id": "steel", "name": "Steel", "category": "metal", "description": "…"}])
# Pages of an import with fifty rows and with one.
DETAIL_QUERIES = 12
ACTS = ("recheck", "encoding", "submit", "drop", "leave-out", "approve", "reject", "undo")


@pytest.fixture(autouse=True)
def directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def as_role(client):
    def enter(role, name=None):
        client.force_login(somebody(role, name))
        return client

    return enter


def act(order, name):
    return reverse("admin:import_act", args=[order.key, name])


def upload(client, content, kind="materials", name="rows.csv", **fields):
    return client.post(LIST, {"kind": kind, "file": SimpleUploadedFile(name, content), **fields})


class TestDoors:
    def pages(self, order):
        return [
            LIST,
            order.get_absolute_url(),
            reverse("admin:import_faults", args=[order.key]),
            reverse("admin:import_file", args=[order.key]),
            reverse("admin:import_template", args=["materials", "csv"]),
        ]

    def test_visitors_and_analysts_stay_outside(self, client):
        order = bring("materials", CONTENT)
        analyst = somebody("analyst")
        analyst.is_staff = False
        analyst.save()
        for user in (None, analyst):
            if user:
                client.force_login(user)
            for page in self.pages(order):
                assert client.get(page).status_code in (302, 403)
            for name in ACTS:
                assert client.post(act(order, name)).status_code in (302, 403)
        assert standing(order).state == "uploaded"

    def test_staff_that_can_do_nothing_with_the_kind_sees_nothing_of_it(self, as_role):
        order = bring("materials", CONTENT)
        client = as_role("manager")
        assert [client.get(page).status_code for page in self.pages(order)] == [200, 403, 403, 403, 403]
        assert order.file_name not in client.get(LIST).text
        assert all(client.post(act(order, name)).status_code == 403 for name in ACTS)

    @pytest.mark.parametrize("name", ["approve", "reject", "leave-out", "undo"])
    def test_an_editor_decides_nothing(self, as_role, name):
        order = submit(check("materials", CONTENT))
        answer = as_role("editor", "other").post(
            act(order, name), {"verdict": "x", "reason": "x", "change_reason": "x"}
        )
        assert answer.status_code == 403
        assert standing(order).state == "submitted"

    @pytest.mark.parametrize("name", ["submit", "drop", "recheck"])
    def test_a_reviewer_brings_nothing_on(self, as_role, name):
        order = check("materials", CONTENT)
        assert (
            as_role("reviewer").post(act(order, name), {"change_reason": "x", "change_kind": "development"}).status_code
            == 403
        )
        assert standing(order).state == "checked"

    def test_a_decision_is_no_link(self, as_role):
        order = submit(check("materials", CONTENT))
        client = as_role("reviewer")
        assert all(client.get(act(order, name)).status_code == 405 for name in ACTS)
        assert client.post(act(order, "burn")).status_code == 404

    def test_the_file_is_never_opened_in_the_browser(self, as_role):
        order = bring("materials", CONTENT, name="<script>.html")
        answer = as_role("editor").get(reverse("admin:import_file", args=[order.key]))
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content) == CONTENT


class TestBringing:
    def test_a_file_is_brought_and_its_page_shown(self, as_role):
        answer = upload(as_role("editor"), CONTENT)
        order = Import.objects.get()
        assert answer.url == order.get_absolute_url()
        page = as_role("editor").get(answer.url).text
        assert "<progress" in page
        assert 'hx-trigger="every 1s"' in page

    def test_a_refused_file_is_told_why(self, as_role):
        answer = upload(as_role("editor"), b"PK\x03\x04broken" * 10, name="rows.xlsx")
        order = Import.objects.get()
        work.fulfil(order.key)
        assert "damaged" in as_role("editor").get(answer.url).text
        answer = upload(as_role("editor"), b"\x89PNG\0\0\0\1")
        assert answer.status_code == 422
        assert "neither a workbook" in answer.text
        assert Import.objects.count() == 1

    def test_the_same_file_leads_to_what_came_of_it(self, as_role):
        order = check("materials", CONTENT)
        client = as_role("editor", "other")
        answer = upload(client, CONTENT)
        assert answer.url == order.get_absolute_url()
        assert "nothing was done" in client.get(answer.url).text
        assert Import.objects.count() == 1

    def test_managers_choose_among_what_they_may_bring(self, as_role):
        page = as_role("manager").get(LIST).text
        assert 'value="programs"' in page
        assert 'value="materials"' not in page
        assert upload(as_role("manager"), CONTENT).status_code == 422

    def test_reviewers_see_the_list_without_the_form(self, as_role):
        check("materials", CONTENT)
        page = as_role("reviewer").get(LIST).text
        assert "rows.csv" in page
        assert 'type="file"' not in page
        assert upload(as_role("reviewer"), CONTENT).status_code == 403

    @pytest.mark.parametrize("kind", sorted(kinds()))
    def test_a_template_has_the_columns_of_its_kind(self, as_role, kind):
        client = as_role("admin")
        csv = b"".join(client.get(reverse("admin:import_template", args=[kind, "csv"])).streaming_content)
        assert csv.decode("utf-8-sig").strip().split(",") == list(kinds()[kind].headers)
        content = b"".join(client.get(reverse("admin:import_template", args=[kind, "xlsx"])).streaming_content)
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert [cell.value for cell in book["columns"]["A"]] == list(kinds()[kind].headers)

    @pytest.mark.parametrize("path", ["materials.pdf", "nothing.csv"])
    def test_there_is_no_other_template(self, as_role, path):
        assert as_role("editor").get(f"{LIST}template/{path}").status_code == 404


class TestPages:
    def test_faults_are_grouped_by_column_with_their_rows(self, as_role):
        rows = [
            {"id": f"m{number}", "name": "", "cas": "x", "category": "m", "description": "<b>"} for number in range(60)
        ]
        order = check("materials", table(rows))
        page = as_role("editor").get(order.get_absolute_url()).text
        assert "120 faults" in page
        assert page.index("<b>cas</b>") < page.index("<b>name</b>")
        assert "and 10 more" in page
        lines = rows_of(
            b"".join(as_role("editor").get(reverse("admin:import_faults", args=[order.key])).streaming_content)
        )
        assert len(lines) == 120
        assert lines[0] == {"row": "2", "column": "name", "kind": "fault", "reason": "is missing."}

    def test_what_a_file_would_do_is_shown_old_and_new(self, as_role):
        recorded.material("steel")
        order = check("materials", CONTENT)
        page = as_role("editor").get(order.get_absolute_url()).text
        assert "<del>steel</del>" in page
        assert "<ins>Steel</ins>" in page
        assert "Submit for review" in page

    @pytest.mark.parametrize(
        ("query", "status"), [("show=new", 400), ("page=x", 400), ("show=create", 200), ("page=99", 200)]
    )
    def test_the_address_of_rows_is_checked(self, as_role, query, status):
        order = check("materials", CONTENT)
        assert as_role("editor").get(f"{order.get_absolute_url()}?{query}").status_code == status

    def test_fifty_rows_take_as_many_queries_as_one(self, as_role, django_assert_num_queries):
        one = submit(check("materials", CONTENT))
        rows = [{"id": f"m{n}", "name": f"M{n}", "category": "m", "description": "…"} for n in range(60)]
        many = submit(check("materials", table(rows)))
        client = as_role("reviewer")
        client.get(one.get_absolute_url())
        for order in (one, many):
            with django_assert_num_queries(DETAIL_QUERIES):
                client.get(order.get_absolute_url())

    def test_htmx_is_answered_with_progress_and_stopped_at_the_end(self, as_role):
        order = bring("materials", CONTENT)
        client = as_role("editor")
        headers = {"HX-Request": "true"}
        answer = client.get(order.get_absolute_url(), headers=headers)
        assert answer.status_code == 200
        assert "<html" not in answer.text
        work.fulfil(order.key)
        answer = client.get(order.get_absolute_url(), headers=headers)
        assert (answer.status_code, answer["HX-Refresh"]) == (286, "true")

    def test_the_encoding_is_asked_with_what_the_file_says(self, as_role):
        content = table([{"id": "gas", "name": "氟化氢", "category": "气体", "description": "…"}], encoding="gb18030")
        order = bring("materials", content)
        client = as_role("editor")
        assert "氟化氢" in client.get(order.get_absolute_url()).text
        assert client.post(act(order, "encoding"), {"encoding": "latin-7"}).status_code == 400
        client.post(act(order, "encoding"), {"encoding": "gb18030"})
        work.fulfil(order.key)
        assert standing(order).state == "checked"


def test_the_way_of_an_import_through_the_desk(as_role):
    editor = as_role("editor")
    rows = [{"id": f"m{n}", "name": f"M{n}", "category": "m", "description": "…"} for n in range(3)]
    upload(editor, table(rows))
    order = Import.objects.get()
    work.fulfil(order.key)
    assert editor.post(act(order, "submit"), {"change_reason": ""}).status_code == 422
    editor.post(act(order, "submit"), {"change_reason": "Three metals", "change_kind": "correction"})
    assert "somebody else has to decide" in editor.get(order.get_absolute_url()).text
    reviewer = as_role("reviewer")
    assert "Three metals" in reviewer.get(order.get_absolute_url()).text
    assert reviewer.post(act(order, "leave-out"), {"row": "3"}).status_code == 403
    reviewer.post(act(order, "leave-out"), {"row": "3", "reason": "Not a metal"})
    assert "left out: Not a metal" in reviewer.get(order.get_absolute_url()).text
    assert reviewer.post(act(order, "reject"), {"verdict": ""}).status_code == 422
    reviewer.post(act(order, "approve"), {"verdict": "Two of three"})
    work.fulfil(order.key)
    assert list(Material.objects.values_list("slug", flat=True)) == ["m0", "m2"]
    page = reviewer.get(order.get_absolute_url()).text
    assert "Approved by reviewer" in page
    assert "Two of three" in page
    assert standing(order).change_set.kind == "correction"


def test_a_rejection_is_told_to_who_brought_the_file(as_role):
    order = submit(check("materials", CONTENT))
    as_role("reviewer").post(act(order, "reject"), {"verdict": "No source"})
    page = as_role("editor").get(order.get_absolute_url()).text
    assert "Rejected by reviewer" in page
    assert "No source" in page


class TestLists:
    """The lists of readers as files."""

    @pytest.fixture
    def measures(self):
        for slug in ("one", "two"):
            made = recorded.measure(slug, ["resist"])
            recorded.event(made, "announced", "2019-07-01")
        recorded.event(recorded.measure("hidden", state="draft"), "announced", "2019")
        derived.rebuild()

    def rows(self, client, query, path="measures:list"):
        answer = client.get(f"{reverse(path)}?{query}")
        assert answer.status_code == 200, answer.text
        return rows_of(b"".join(answer.streaming_content))

    def test_a_list_is_given_with_its_filters(self, client, measures):
        assert [row["id"] for row in self.rows(client, "format=csv")] == ["one", "two"]
        assert [row["id"] for row in self.rows(client, "format=csv&q=two")] == ["two"]
        assert self.rows(client, "format=csv&q=nothing") == []

    def test_what_hangs_on_the_list_is_given_too(self, client, measures):
        assert [row["measure"] for row in self.rows(client, "format=csv&rows=events&q=two")] == ["two"]

    def test_a_workbook(self, client, measures):
        answer = client.get(reverse("measures:list") + "?format=xlsx")
        assert answer["Content-Type"] == exports.CONTENT_TYPES["xlsx"]
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        assert [cell.value for cell in book.active["A"]] == ["id", "one", "two"]

    @pytest.mark.parametrize(
        "query", ["format=pdf", "format=csv&rows=programs", "rows=events", "format=csv&colour=red"]
    )
    def test_what_there_is_not_is_refused(self, client, query):
        assert client.get(f"{reverse('measures:list')}?{query}").status_code == 400

    def test_lists_that_are_no_tables_know_no_format(self, client):
        assert client.get(reverse("records:changes") + "?format=csv").status_code == 400

    @pytest.mark.parametrize(
        ("path", "count"),
        [("measures:list", 2), ("measures:material_list", 1), ("measures:organization_list", 1)],
    )
    def test_pages_lead_to_their_files(self, client, measures, path, count):
        page = client.get(reverse(path)).text
        assert page.count("format=csv") == count

    def test_a_file_tells_what_was_known_at_a_moment(self, client, measures):
        event = MeasureEvent.objects.get(measure__slug="one")
        before = self.rows(client, "format=csv&rows=events")
        event.title = "Told otherwise"
        change_set = publishing.save(event, by=None, reason="A correction")
        now = self.rows(client, "format=csv&rows=events")
        assert now != before
        known = f"format=csv&rows=events&known={change_set.pk - 1}"
        assert self.rows(client, known) == before
        assert self.rows(client, f"format=csv&rows=events&known={change_set.pk}") == now

    def test_one_moment_holds_for_the_whole_file(self, client, measures):
        # Events go with the measure that the filter finds, in one transaction.
        MeasureEvent.objects.filter(measure__slug="one").update(state="withdrawn", withdrawal_notice="x")
        assert [row["measure"] for row in self.rows(client, "format=csv&rows=events")] == ["two"]


def test_an_applied_import_leads_to_its_records(as_role):
    order = apply(check("materials", CONTENT))
    page = as_role("editor").get(order.get_absolute_url()).text
    assert reverse("admin:measures_material_change", args=[Material.objects.get().pk]) in page
