"""Lists taken along: every file holds what the page counts, as the API does, and what the clocks of the address say."""

import csv
import io
import json
import re
import tracemalloc

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.models import Material, Measure, MeasureMaterial
from records import derived, publishing, taking
from records.imports import told
from records.imports.kinds import kinds
from records.models import Citation, Name, Source
from tests.measures import recorded
from tests.records.anything import row
from tests.records.brought import check, counts, faults, table
from tests.records.takings import content, lines, rows_in, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def neon(db):
    """A measure with names, a cited material, a cited event, and two dates that nobody knows to the day."""
    measure = recorded.measure("neon-licence", ["neon"], title="Neon licence")
    event = recorded.event(measure, "effective", "2019-07", ["neon"], until="2020~")
    for language, text in (("ko", "네온 허가"), ("ja", "ネオン許可"), ("zh-Hans", "氖许可"), ("de", "Neonlizenz")):
        Name.objects.create(subject=measure, language=language, text=text)
    source = Source.objects.create(
        slug="notice", title="=Notice", publisher="Ministry", language="ja", kind="official", consulted="excerpt",
        url="https://example.org/notice", date="2019-07-01", state="published",
    )  # fmt: skip
    hidden = Source.objects.create(
        slug="secret", title="Secret", publisher="x", language="en", kind="news", consulted="none", state="draft"
    )
    link = MeasureMaterial.objects.get(measure=measure)
    Citation.objects.create(subject=measure, field="summary", source=source, quote="from July", locator="Article 3")
    Citation.objects.create(subject=measure, source=hidden, quote="kept from readers")
    Citation.objects.create(subject=link, source=source, stance="disputes")
    Citation.objects.create(subject=event, source=source)
    derived.rebuild()
    return measure


class TestWhatIsTold:
    def test_json_lines_hold_a_record_whole(self, client, neon):
        (told_line,) = lines(client)
        assert told_line["materials"] == ["neon"]
        assert [(name["language"], name["text"]) for name in told_line["names"]] == [
            ("de", "Neonlizenz"), ("ja", "ネオン許可"), ("ko", "네온 허가"), ("zh-Hans", "氖许可")
        ]  # fmt: skip
        assert told_line["citations"] == [
            {
                "fact": fact, "stance": stance, "quote": quote, "locator": locator,
                "source": {
                    "id": "notice", "title": "=Notice", "publisher": "Ministry",
                    "url": "https://example.org/notice", "date": "2019-07-01",
                },
            }
            for fact, stance, quote, locator in [
                ("summary", "supports", "from July", "Article 3"), ("materials/neon", "disputes", None, None)
            ]
        ]  # fmt: skip
        (event,) = told_line["events"]
        assert (event["date"], event["date_earliest"], event["date_latest"]) == ("2019-07", "2019-07-01", "2019-07-31")
        assert (event["until"], event["until_latest"], event["planned"]) == ("2020~", "2020-12-31", False)
        assert [citation["source"]["id"] for citation in event["citations"]] == ["notice"]

    def test_a_table_tells_names_bounds_and_citations(self, client, neon):
        text = content(take(client, format="csv")).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert [row[f"name_{language}"] for language in told.LANGUAGES] == [
            "Neon licence", "네온 허가", "ネオン許可", "氖许可"
        ]  # fmt: skip
        assert row["citations"] == "summary: notice [Article 3] “from July”; materials/neon: notice (disputes)"
        text = content(take(client, format="csv", rows="events")).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert (row["date"], row["date_earliest"], row["date_latest"]) == ("2019-07", "2019-07-01", "2019-07-31")

    def test_a_workbook_says_what_was_asked_and_when(self, client, neon):
        taken = content(take(client, format="xlsx", effect="restricts", on="2019-12-21"))
        book = openpyxl.load_workbook(io.BytesIO(taken))
        assert book.sheetnames == ["measures", "about"]
        about = dict(book["about"].iter_rows(values_only=True))
        assert about["True on"] == "2019-12-21"
        assert about["Filters"] == "Effect: Restricts"
        assert re.search(r"/measures/\?effect=restricts&on=2019-12-21&known=\d{4}-", about["Address"])
        assert about["Known on"] in about["Address"]
        assert "CC BY 4.0" in about["Licence"]

    def test_a_workbook_says_how_many_rows_it_has_and_why_they_are_counted_so(self, client, neon):
        def about(**asked):
            book = openpyxl.load_workbook(io.BytesIO(content(take(client, format="xlsx", **asked))))
            rows = book.worksheets[0].max_row - 1
            told = dict(book["about"].iter_rows(values_only=True))
            assert told["Number of rows"] == str(rows)
            return rows, told

        rows, told = about()
        assert (rows, "Withdrawn" in told, "Not as on the page" in told) == (1, False, False)
        row(Measure, slug="gone", state="withdrawn", withdrawal_notice="told twice")
        rows, told = about()
        assert rows == 2 == client.get("/api/v1/measures/").json()["count"]
        assert "2 measures" in client.get(reverse("measures:list")).text
        assert told["Withdrawn"].startswith("1 row is a record that was withdrawn")
        rows, told = about(rows="events")
        assert rows == 1
        assert "such as were withdrawn are left out" in told["Not as on the page"]

    def test_the_address_in_a_file_says_for_ever_the_same(self, client, neon):
        with publishing.change(by=None, reason="Begun"):
            neon.title = "Before"
            neon.save()
        response = take(client, format="jsonl", effect="restricts")
        link = re.search(r"<http://testserver([^>]+)>", response["Link"])[1]
        content(response)
        with publishing.change(by=None, reason="Reworded"):
            neon.title = "Later"
            neon.save()
        (then,) = [json.loads(line) for line in content(client.get(f"{link}&format=jsonl")).splitlines()]
        (now,) = lines(client)
        assert (then["title"], now["title"]) == ("Before", "Later")

    def test_drafts_and_what_is_below_them_are_nowhere(self, client, neon):
        Measure.objects.filter(pk=neon.pk).update(state="draft")
        for format in taking.FORMATS:
            assert rows_in(format, content(take(client, format=format))) == 0
        assert lines(client, rows="events") == []


class TestBack:
    @pytest.fixture(autouse=True)
    def directory(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    def test_what_is_only_told_is_passed_over(self, neon):
        rows = [{"id": "neon-licence", "title": "Neon licence", "name_ko": "다른 이름", "citations": "nothing"}]
        order = check("measures", table(rows))
        assert (faults(order), counts(order)) == ([], (0, 0, 1))

    def test_a_row_with_a_notice_and_more_is_read_like_any_other(self, neon):
        order = check("measures", table([{"id": "neon-licence", "title": "Other", "withdrawn": "why"}]))
        assert (faults(order), counts(order)) == ([], (0, 1, 0))
        order = check("measures", table([{"id": "neon-licence", "title": "", "withdrawn": "why"}]))
        assert (faults(order), counts(order)) == ([], (0, 0, 0))

    def test_sources_are_brought_as_a_table(self):
        new = {
            "id": "gazette", "title": "Gazette", "publisher": "Ministry", "date": "2019-07", "language": "ko",
            "kind": "official", "consulted": "excerpt", "url": "https://example.org/",
        }  # fmt: skip
        order = check("sources", table([new]))
        assert (faults(order), counts(order)) == ([], (1, 0, 0))
        order = check("sources", table([{**new, "language": "Korean!", "kind": "rumour"}]))
        assert [column for _row, column, _reason in faults(order)] == ["language", "kind"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"format": "pdf"}, "not a known value of “format”"),
        ({"format": "risk"}, "Did you mean “ris”?"),
        ({"format": "csv", "rows": "rumours"}, "not a known value of “rows”"),
        ({"format": "ris", "rows": "events"}, "Only records with a page of their own are cited"),
        ({"rows": "events"}, "not a known value of “format”"),
        ({"format": "jsonl", "effect": "nothing"}, "not a known value of “effect”"),
        ({"format": "jsonl", "colour": "red"}, "is not a parameter"),
        ({"format": "csv\0"}, ""),
    ],
)
def test_what_cannot_be_is_said_in_words(client, query, words):
    response = take(client, **query)
    assert response.status_code == 400
    assert words in response.text


def test_as_many_queries_for_one_record_as_for_many(client, neon):
    def queries():
        with CaptureQueriesContext(connection) as found:
            content(take(client, format="jsonl"))
        return len(found)

    queries()  # kinds of content are looked up once
    one = queries()
    for number in range(40):
        more = recorded.measure(f"more-{number}", ["neon"])
        recorded.event(more, "effective", "2020", ["neon"])
        Citation.objects.create(subject=more, source=Source.objects.get(slug="notice"))
    assert one == queries()


class TestSending:
    @pytest.fixture
    def many(self, neon, monkeypatch):
        """Sixty records more, of which files read ten at a time."""
        monkeypatch.setattr(told, "READ_AT_ONCE", 10)
        for number in range(60):
            recorded.measure(f"many-{number:02}", ["neon"])

    @pytest.mark.parametrize("format", ["csv", "jsonl"])
    def test_the_first_bytes_leave_before_all_is_read(self, client, many, format, monkeypatch):
        monkeypatch.setattr(taking, "FIRST_PIECE", 100)
        with CaptureQueriesContext(connection) as first:
            response = take(client, format=format)
            next(iter(response.streaming_content))
        begun = len(first)
        with CaptureQueriesContext(connection) as rest:
            for _piece in response.streaming_content:
                pass
        assert len(rest) > begun / 2

    def test_what_breaks_in_the_middle_is_no_whole_file(self, client, many, monkeypatch):
        def broken(kind, rows):
            yield from list(whole(kind, rows))[:30]
            raise RuntimeError("the database went away")

        whole = told.table
        monkeypatch.setattr(told, "table", broken)
        monkeypatch.setattr(taking, "FIRST_PIECE", 100)
        response = take(client, format="csv")
        with pytest.raises(RuntimeError, match="went away"):
            content(response)

    def test_what_breaks_at_once_is_an_answer(self, client, many, monkeypatch):
        def broken(kind, rows):
            raise RuntimeError("the database went away")
            yield

        monkeypatch.setattr(told, "table", broken)
        client.raise_request_exception = False
        assert take(client, format="csv").status_code == 500


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("format", ["csv", "jsonl", "ris"])
def test_a_reader_who_goes_away_leaves_no_transaction_open(client, format, monkeypatch):
    monkeypatch.setattr(taking, "FIRST_PIECE", 100)
    for number in range(30):
        recorded.measure(f"many-{number:02}", [])
    response = take(client, format=format)
    next(iter(response.streaming_content))
    assert connection.in_atomic_block
    response.close()
    assert not connection.in_atomic_block
    assert Measure.objects.count() == 30


@pytest.mark.parametrize("write", ["table", "objects"])
def test_memory_does_not_grow_with_the_rows(write):
    def peak(first, last):
        Material.objects.bulk_create(
            Material(slug=f"m-{n}", name=f"M {n}", category="good", description="x" * 500, state="published")
            for n in range(first, last)
        )
        kind = kinds()["materials"]
        rows = told.fetched(kind, kind.visible().order_by("slug"))
        tracemalloc.start()
        count = sum(1 for _row in getattr(told, write)(kind, rows))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == last
        return highest

    few = peak(0, 1_000)
    assert peak(1_000, 10_000) < few * 1.5
