"""How records, sources and passages are cited: pinned to both clocks, and read by other programs as they were meant."""

import datetime
import html
import json
import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from measures.models import Measure
from records import derived, publishing
from records.citing import formats, heads
from records.citing.works import Work, passage_of
from records.models import Citation, SlugRedirect, Source
from tests.measures import recorded

ODD = "50 % of {“Neon”} & Co_1 #2 $3 ~^\\ </script>\r\nER  - \r\nTY  - BOOK"
TEXTS = st.one_of(st.text(max_size=40), st.text("{}\\%&#$_~^\r\n \u2028<>@,=", max_size=20))


def work(**values) -> Work:
    return Work(**{"key": "policytrack-source-x", "kind": "news", "title": "Title", **values})


def ris_fields(text: str) -> list[tuple[str, str]]:
    """Tags and values of a RIS file, as its readers split it: a tag, two spaces, a hyphen, a space."""
    return [(found[1], found[2]) for found in re.finditer(r"^([A-Z][A-Z0-9])  - (.*?)\r?$", text, re.MULTILINE)]


@given(title=TEXTS, note=TEXTS)
def test_no_text_breaks_out_of_its_field(title, note):
    one = work(title=title, notes=(note,), url="https://example.org/{a}b c\\d")
    tags = [tag for tag, _value in ris_fields("".join(formats.ris([one])))]
    assert (tags.count("TY"), tags[0], tags[-1], tags.count("ER")) == (1, "TY", "ER", 1)
    entry = "".join(formats.bibtex([one]))
    bare = re.sub(r"\\[{}\\%&#$_]", "", entry)
    assert bare.count("{") == bare.count("}")
    assert re.findall(r"^@", entry, re.MULTILINE) == ["@"]
    assert json.loads("".join(formats.csl([one])))[0]["title" if title else "id"] == (title or one.key)
    block = heads.script({"name": title})
    assert json.loads(block) == {"name": title}
    assert "<" not in block


def test_a_source_is_cited_as_what_it_is():
    one = work(
        title="수출 규제 50 %", publisher="Daily", date="2019-07-01", url="https://example.org/a_b", language="ko",
        read_on=datetime.date(2026, 11, 30), notes=("a", "b"),
    )  # fmt: skip
    assert ris_fields("".join(formats.ris([one]))) == [
        ("TY", "NEWS"), ("TI", "수출 규제 50 %"), ("T2", "Daily"), ("PB", "Daily"), ("PY", "2019"),
        ("DA", "2019/07/01/"), ("LA", "ko"), ("UR", "https://example.org/a_b"), ("Y2", "2026/11/30/"),
        ("ID", "policytrack-source-x"), ("N1", "a"), ("N1", "b"), ("ER", ""),
    ]  # fmt: skip
    assert "".join(formats.bibtex([one])) == (
        "@article{policytrack-source-x,\n  title = {{수출 규제 50 \\%}},\n  journal = {Daily},\n  year = {2019},\n"
        "  month = {7},\n  date = {2019-07-01},\n  language = {ko},\n  url = {https://example.org/a_b},\n"
        "  urldate = {2026-11-30},\n  note = {a; b},\n}\n\n"
    )
    assert formats.csl_item(one) == {
        "id": "policytrack-source-x", "type": "article-newspaper", "title": "수출 규제 50 %", "publisher": "Daily",
        "container-title": "Daily", "issued": {"date-parts": [[2019, 7, 1]]}, "URL": "https://example.org/a_b",
        "language": "ko", "accessed": {"date-parts": [[2026, 11, 30]]}, "note": "a; b",
    }  # fmt: skip
    assert formats.sentence(one) == "Daily. 수출 규제 50 %. 2019-07-01. https://example.org/a_b. a. b."


def test_every_kind_of_source_has_its_types():
    assert set(formats.TYPES) == set(Source.Kind)


@pytest.mark.parametrize(
    ("date", "year", "issued"),
    [
        ("2019-07", "2019", {"date-parts": [[2019, 7]]}),
        ("2019~", "2019", {"date-parts": [[2019]], "circa": True}),
        ("2019-07-01/2019-08", "2019", {"literal": "2019-07-01/2019-08"}),
        ("[2019..2021]", "", {"literal": "[2019..2021]"}),
        ("2019/..", "", {"literal": "2019/.."}),
        ("", "", None),
    ],
)
def test_a_date_is_never_more_exact_than_it_is_known(date, year, issued):
    one = work(date=date)
    assert formats.csl_item(one).get("issued") == issued
    fields = dict(ris_fields("".join(formats.ris([one]))))
    assert fields.get("PY", "") == year
    assert ("N1" in fields) == (bool(date) and date != "2019-07")


@pytest.fixture
def measure(db):
    return recorded.measure("neon-licence", ["neon"], title=ODD[:-20])


@pytest.fixture
def source(measure):
    made = Source.objects.create(
        slug="notice", title="Notice", publisher="Ministry", language="ja", kind="official", consulted="excerpt",
        url="https://example.org/notice", date="2019-07-01", state="published",
    )  # fmt: skip
    Citation.objects.create(subject=measure, field="summary", source=made, quote="from July", locator="Article 3")
    return made


def cite(client, slug="neon-licence", format="csl", name="measures:cite", **query):
    return client.get(reverse(name, args=[slug, format]), query)


class TestCite:
    def test_a_record_is_an_entry_pinned_to_both_clocks(self, client, measure):
        with publishing.change(by=None, reason="Begun"):
            measure.title = "Before"
            measure.save()
        (item,) = cite(client, on="2019-12-21").json()
        with publishing.change(by=None, reason="Reworded"):
            measure.title = "Later"
            measure.save()
        assert (item["type"], item["container-title"], item["title"]) == ("webpage", "policytrack", "Before")
        assert re.search(r"/measures/neon-licence/\?on=2019-12-21&known=\d{4}-[\d:T.-]+Z$", item["URL"])
        page = client.get(item["URL"].removeprefix("http://testserver"))
        assert "<h1>Before</h1>" in page.text

    @pytest.mark.parametrize(("format", "starts"), [("ris", "TY  - ELEC"), ("bibtex", "@misc{"), ("txt", "50 % of")])
    def test_in_every_format(self, client, measure, format, starts):
        response = cite(client, format=format)
        assert response.text.startswith(starts)
        assert 'rel="canonical"' in response["Link"]

    def test_a_source_is_not_this_base(self, client, source):
        (item,) = cite(client, "notice", name="records:source_cite").json()
        assert (item["publisher"], item["URL"], item["issued"]) == (
            "Ministry", "https://example.org/notice", {"date-parts": [[2019, 7, 1]]}
        )  # fmt: skip
        assert "accessed" not in item  # nobody compared it since
        Source.objects.update(checked_on="2026-11-03")
        (item,) = cite(client, "notice", name="records:source_cite").json()
        assert item["accessed"] == {"date-parts": [[2026, 11, 3]]}

    def test_a_passage_is_cited_with_its_words_and_place(self, client, source):
        page = html.unescape(client.get(source.get_absolute_url()).text)
        address = re.search(r'href="([^"]+passage=[^"]+)"', page)[1]
        assert "N1  - “from July” Article 3\r\n" in client.get(address).text

    def test_a_passage_of_what_readers_do_not_see_is_none(self, client, source):
        passage = passage_of(Citation.objects.get())
        Measure.objects.update(state="draft")
        for asked in (passage, "0" * 12, "\0"):
            assert cite(client, "notice", name="records:source_cite", passage=asked).status_code == 400

    def test_drafts_are_not_cited_and_withdrawn_records_by_their_notice(self, client, measure):
        Measure.objects.update(state="draft")
        assert cite(client).status_code == 404
        Measure.objects.update(state="withdrawn", withdrawal_notice="It was another one")
        (item,) = cite(client).json()
        assert item["title"] == "Withdrawn: measure neon-licence"
        assert "It was another one" in item["note"]
        assert "Neon" not in json.dumps(item)

    def test_the_old_id_of_a_merged_record_leads_on(self, client, source):
        SlugRedirect.objects.create(
            subject_type=ContentType.objects.get_for_model(Source), slug="old-notice", subject_id=source.pk
        )
        response = cite(client, "old-notice", "ris", name="records:source_cite", on="2019-12-21")
        assert (response.status_code, response["Location"]) == (301, "/sources/notice/cite.ris?on=2019-12-21")

    @pytest.mark.parametrize(
        ("format", "query", "status"),
        [("pdf", {}, 404), ("ris", {"colour": "red"}, 400), ("ris", {"passage": "x"}, 400), ("ris", {"on": "x"}, 400)],
    )
    def test_bad_addresses(self, client, measure, format, query, status):
        assert cite(client, format=format, **query).status_code == status


class TestHead:
    def head(self, client, address):
        page = client.get(address).text.partition("</head>")[0]
        tags = re.findall(r'<meta name="([^"]+)" content="([^"]*)">', page)
        blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        return {name: html.unescape(content) for name, content in tags}, [json.loads(block) for block in blocks]

    def test_a_record_tells_reference_managers_what_it_is(self, client, measure, source):
        tags, (data,) = self.head(client, measure.get_absolute_url())
        assert tags["citation_title"] == tags["DC.title"] == data["name"] == measure.title
        assert tags["citation_public_url"] == tags["DC.identifier"] == data["url"]
        assert "known=" in data["url"]
        assert data["license"].startswith("https://creativecommons.org/")
        assert [(cited["name"], cited["url"]) for cited in data["citation"]] == [
            ("Notice", "https://example.org/notice")
        ]

    def test_the_page_of_a_source_tells_of_the_source(self, client, source):
        tags, (data,) = self.head(client, source.get_absolute_url())
        assert (tags["citation_publisher"], tags["citation_publication_date"]) == ("Ministry", "2019/07/01")
        assert (data["@type"], data["url"]) == ("CreativeWork", "https://example.org/notice")
        assert "license" not in data

    def test_a_withdrawn_record_and_other_pages_tell_nothing(self, client, measure, source):
        assert self.head(client, f"{measure.get_absolute_url()}history/")[1] == []
        assert self.head(client, reverse("measures:list"))[1] == []
        Measure.objects.update(state="withdrawn", withdrawal_notice="It was another one")
        derived.rebuild()
        _tags, (data,) = self.head(client, measure.get_absolute_url())
        assert data["name"] == "Withdrawn: measure neon-licence"
        assert "citation" not in data
