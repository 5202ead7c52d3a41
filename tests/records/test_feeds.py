"""Feeds of any list: what is news, what a calendar may say, what may be asked, and what need not be sent again."""

import datetime
import json
import re
import time
from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from measures.models import Measure, MeasureEvent, Organization
from programs.models import Program
from records import dates
from records.feeds import calendar, jsonfeed, links, spans
from records.feeds.entries import Entry, Feed, Moments, identity, printable
from records.models import ChangeSet, Source
from tests.consequences import carry_out
from tests.hidden import hide
from tests.records.test_changes import changed, made
from tests.records.test_dates import texts

ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
MOMENTS = Moments(NOW, NOW, None, NOW)
# What is known, the rows in their order, the records, their moments.
SOURCE_QUERIES = 4


def atom(client, list="sources", status=200, **query):
    """Title and text of every entry of an Atom feed."""
    response = client.get(f"/{list}/feed.en.atom", query)
    assert response.status_code == status
    return ElementTree.fromstring(response.content)


def said(client, list="sources", **query):
    response = client.get(f"/{list}/feed.en.json", query)
    assert response.status_code == 200
    return json.loads(response.content)


def titles(client, list="sources", **query):
    return [item["title"] for item in said(client, list, **query)["items"]]


def lines(client, list="sources", **query):
    """The lines of a calendar, put together again."""
    response = client.get(f"/{list}/feed.en.ics", query)
    assert response.status_code == 200
    return unfolded(response.content)


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


@pytest.fixture
def sources(db):
    """Three in the order in which readers were told of them, which is not that of their dates."""
    return [
        made(Source, title=title, date=day, language=language)
        for title, day, language in (("Old", "2021", "en"), ("Undated", None, "ko"), ("New", "2019-07-04", "en"))
    ]


# Days and words


@given(texts)
def test_no_day_of_a_span_is_one_that_the_date_rules_out(text):
    edtf = dates.parse(text)
    first, last = spans.days(edtf)
    assert first <= last
    assert (edtf.earliest or date.min) <= first
    assert last <= (edtf.latest or date.max)
    if edtf.earliest and edtf.latest:
        # Nor is one left out that it permits.
        assert (first, last) == (edtf.earliest, edtf.latest)
    else:
        # Of an open date the end that is known, and not a day more.
        known = edtf.start or edtf.end
        assert (first, last) == (known.earliest, known.latest)


@given(texts)
def test_a_span_says_in_words_how_sure_it_is(text):
    edtf = dates.parse(text)
    words = " ".join(spans.certainty(edtf))
    assert ("Known to the day." in words) == (edtf.precision == "day" or (edtf.is_set and edtf.earliest == edtf.latest))
    assert ("approximate" in words) == edtf.approximate
    assert ("itself is uncertain" in words) == edtf.uncertain
    assert bool(re.search("no end is given|since when is not known|Only one end", words)) == (
        edtf.earliest is None or edtf.latest is None
    )


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2019-07-04", "2019-07-04", "2019-07-04", "Known to the day."),
        ("2019-07", "2019-07-01", "2019-07-31", "One day within this span; which one is not known."),
        ("[2019-07-15..2019-07-21]", "2019-07-15", "2019-07-21", "One day within this span; which one is not known."),
        ("2019-07-01/2019-07-24", "2019-07-01", "2019-07-24", "It lasted over these days."),
        ("2019-07-04/..", "2019-07-04", "2019-07-04", "It began then; no end is given."),
        ("../2012-03-13", "2012-03-13", "2012-03-13", "It had begun by then; since when is not known."),
    ],
)
def test_dates_of_the_data_set_stand_where_they_should(text, first, last, words):
    edtf = dates.parse(text)
    assert spans.days(edtf) == (date.fromisoformat(first), date.fromisoformat(last))
    assert spans.certainty(edtf)[0] == words


def entry(**values):
    return Entry(**{"key": "event:a", "title": "A", "url": "https://x.example/", "moments": MOMENTS, **values})


def feed(*entries):
    return Feed("feed:a", "A", "B", "en", "https://x.example/", "https://x.example/feed.en.ics", NOW, list(entries))


@given(st.text(max_size=400))
def test_lines_are_short_and_say_what_was_to_be_said(text):
    content = calendar.write(feed(entry(title=text)))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    summary = next(line for line in unfolded(content) if line.startswith("SUMMARY:"))
    read = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], summary.removeprefix("SUMMARY:"))
    assert read == printable(text).replace("\t", " ")


def test_the_last_day_of_the_calendar_has_no_day_after():
    content = unfolded(calendar.write(feed(entry(date="9999-12"))))
    assert "DTSTART;VALUE=DATE:99991201" in content
    assert "DURATION:P31D" in content
    assert not [line for line in content if line.startswith("DTEND")]


def test_what_is_planned_or_doubtful_is_tentative():
    for values, status in (
        ({"date": "2019-07-04"}, "CONFIRMED"),
        ({"date": "2019-07"}, "CONFIRMED"),
        ({"date": "2019-07~"}, "TENTATIVE"),
        ({"date": "2019-07-04", "state": "planned"}, "TENTATIVE"),
        ({"notice": "An error.", "date": "2019-07-04"}, "CANCELLED"),
        ({}, "FINAL"),
    ):
        assert f"STATUS:{status}" in unfolded(calendar.write(feed(entry(**values))))


def test_an_id_is_the_same_for_ever():
    # A reader who has this one must not be told of the event again, whatever becomes of this program.
    assert identity("event:jp-2019-three-materials-licensing-2019-07-04-effective") == (
        "3035071c-7cfa-5632-8ec3-768c8f1aebb0"
    )


def test_what_neither_xml_nor_a_calendar_can_hold_is_left_out(client, sources):
    Source.objects.filter(pk=sources[0].pk).update(title="A\x0b\x1f\x85\uffffB <b>&")
    assert "AB <b>&" in [one.text for one in atom(client).iter(f"{ATOM}title")]
    assert "SUMMARY:published: AB <b>& (2021)" in lines(client)


# News


def test_what_came_in_last_stands_first(client, sources):
    assert titles(client) == ["New", "Undated", "Old"]


def test_a_correction_changes_its_entry_in_place(client, sources):
    before = said(client)["items"]
    changed(sources[0], reason="It was so", kind=ChangeSet.Kind.CORRECTION, title="Older")
    changed(sources[1], reason="Another footing", kind=ChangeSet.Kind.SOURCE_ONLY, note="…")
    after = said(client)["items"]
    assert [item["title"] for item in after] == ["New", "Undated", "Older"]
    for key in ("id", "date_published", "date_modified"):
        assert [item[key] for item in after] == [item[key] for item in before]
    assert [bool(item["_policytrack"]["corrected"]) for item in after] == [False, False, True]
    assert "Last corrected" in after[2]["content_html"]
    entries = atom(client).findall(f"{ATOM}entry")
    assert all(one.find(f"{ATOM}updated").text == one.find(f"{ATOM}published").text for one in entries)


def test_a_calendar_tells_when_an_entry_was_corrected(client, sources):
    def stamps():
        return [line for line in lines(client) if line.startswith(("DTSTAMP", "CREATED", "UID"))]

    before = stamps()
    time.sleep(1.1)  # stamps have seconds, and the moment is the database's own
    changed(sources[0], reason="It was so", kind=ChangeSet.Kind.CORRECTION, title="Older")
    after = stamps()
    different = [line for line in after if line not in before]
    assert len(before) == len(after) == 9
    assert [line.partition(":")[0] for line in different] == ["DTSTAMP"]


def test_a_development_is_news_and_keeps_the_id(client, sources):
    before = {item["id"]: item for item in said(client)["items"]}
    changed(sources[0], reason="It came true", title="Renewed")
    first = said(client)["items"][0]
    assert first["title"] == "Renewed"
    assert first["date_published"] == before[first["id"]]["date_published"]
    assert first["date_modified"] > before[first["id"]]["date_modified"]


def test_a_draft_is_news_with_its_publication(client, sources):
    secret = made(Source, title="Secret", state="draft")
    changed(secret, reason="Sketch", note="…")
    assert titles(client) == ["New", "Undated", "Old"]
    published = changed(secret, reason="Published", state="published")
    first = said(client)["items"][0]
    assert first["title"] == "Secret"
    assert first["date_published"] == published.at.astimezone(datetime.UTC).isoformat()


def test_what_belonged_to_something_hidden_came_in_with_it(client, db):
    measure = made(Measure, state="draft")
    made(MeasureEvent, measure=measure, title="Early", kind="effective", date="2019")
    assert titles(client, "events") == []
    opened = changed(measure, reason="Published", state="published")
    item = said(client, "events")["items"][0]
    assert item["date_published"] == item["date_modified"] == opened.at.astimezone(datetime.UTC).isoformat()


def test_hidden_records_are_in_no_feed_and_withdrawn_ones_leave_a_notice(client, sources):
    hide(Source.objects.filter(title="Old"), embargo_until=NOW + datetime.timedelta(days=9999))
    changed(
        sources[2], reason="Wrong", kind=ChangeSet.Kind.CORRECTION, state="withdrawn", withdrawal_notice="It never was."
    )
    slug = sources[2].slug
    for text in ("".join(atom(client).itertext()), json.dumps(said(client)), "\n".join(lines(client))):
        assert "Old" not in text
        assert "New" not in text
        assert slug in text
        assert "It never was." in text
    assert titles(client) == [f"Withdrawn: {slug}", "Undated"]
    item = said(client)["items"][0]["_policytrack"]
    assert (item["state"], item["date"]) == ("withdrawn", None)
    # As on the page, a filter finds no withdrawn record.
    assert titles(client, q=slug) == []


def test_a_feed_is_read_as_known(client, sources):
    number = ChangeSet.objects.latest("pk").pk
    before = said(client)["items"]
    for title in ("Renewed", "Renewed again"):
        changed(sources[0], reason="It came true", title=title)
    made(Source, title="Newest")
    assert said(client)["items"] != before
    then = said(client, known=number)["items"]
    assert [{**item, "url": item["url"].partition("?")[0]} for item in then] == before
    assert all(item["url"].endswith(f"?known={number}") for item in then)


# What an address may ask


def test_undated_records_are_notes_without_a_day(client, sources):
    said_so = lines(client)
    start = said_so.index("BEGIN:VJOURNAL")
    note = said_so[start : said_so.index("END:VJOURNAL")]
    assert "SUMMARY:Undated" in note
    assert not [line for line in note if line.startswith("DTSTART")]
    assert said_so.count("BEGIN:VEVENT") == 2
    # By day, the latest first.
    assert [line for line in said_so if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20210101",
        "DTSTART;VALUE=DATE:20190704",
    ]


def test_filters_are_those_of_the_list(client, sources):
    assert titles(client, language="ko") == ["Undated"]
    carry_out()
    assert titles(client, q="old") == ["Old"]
    assert "Language: Korean" in said(client, language="ko")["title"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("languages=ko", "“languages” is not a parameter of this address. Did you mean “language”?"),
        ("language=kp", "“kp” is not a known value of “language”."),
        ("sort=title", "“sort” is not a parameter of this address."),
        ("on=2019-13-01", "The day to look at is not a date."),
        ("known=soon", "The moment to look from is not one."),
        ("page=0", "“page” must be a number from 1 on."),
        ("page=-1", "“page” must be a number from 1 on."),
        ("page=1&page=2", "“page” can be given only once."),
        ("q=%00", "characters that cannot be printed"),
    ],
)
@pytest.mark.parametrize("format", ["atom", "json", "ics"])
def test_what_cannot_be_asked_is_refused_in_plain_words(client, sources, query, reason, format):
    response = client.get(f"/sources/feed.en.{format}?{query}")
    assert response.status_code == 400
    assert reason in response.content.decode()


def test_a_calendar_has_no_pages(client, sources):
    response = client.get("/sources/feed.en.ics?page=2")
    assert response.status_code == 400
    assert "A calendar has no pages" in response.content.decode()


def test_formats_and_languages_that_there_are_not(client, db):
    for path, reason in (
        ("/sources/feed.en.rss", "The formats are: atom, json, ics."),
        ("/sources/feed.fr.atom", "There is no such feed."),
        ("/changes/feed.en.ics", "Changes of this base have no place in a calendar"),
        ("/materials/feed.en.ics", "Nothing in this list has a date"),
    ):
        response = client.get(path)
        assert response.status_code == 404
        assert reason in response.content.decode()


@pytest.mark.parametrize("format", ["atom", "json", "ics"])
def test_a_feed_speaks_the_language_of_its_address(client, sources, format):
    korean = client.get(f"/sources/feed.ko.{format}", headers={"accept-language": "ja"})
    assert korean["Content-Language"] == "ko"
    assert "발행" in korean.content.decode()
    # Without one, that of the reader.
    japanese = client.get(f"/sources/feed.{format}", headers={"accept-language": "ja"})
    assert japanese["Content-Language"] == "ja"
    assert "Accept-Language" in japanese["Vary"]


def test_a_long_list_is_told_in_pages(client, db, monkeypatch):
    monkeypatch.setattr("records.feeds.views.PER_PAGE", 2)
    made_so_far = [made(Source, title=f"Source {number}") for number in range(5)]
    changed(*made_so_far[:2], reason="It was so", kind=ChangeSet.Kind.CORRECTION, note="…")
    pages, found = [said(client)], []
    while address := pages[-1].get("next_url"):
        pages.append(json.loads(client.get(address).content))
    for page in pages:
        found += [item["title"] for item in page["items"]]
    assert found == [f"Source {number}" for number in (4, 3, 2, 1, 0)]
    assert "2 entries to a page." in pages[0]["description"]
    relations = {one.get("rel"): one.get("href") for one in atom(client, page=2).findall(f"{ATOM}link")}
    assert relations["previous"].endswith("/sources/feed.en.atom")
    assert relations["next"].endswith("?page=3")
    assert client.get("/sources/feed.en.atom?page=4").status_code == 404
    monkeypatch.setattr("records.feeds.views.MOST_PAGES", 2)
    assert client.get("/sources/feed.en.atom?page=3").status_code == 404
    assert "next_url" not in said(client, page=2)


def test_a_calendar_that_is_cut_says_so(client, sources, monkeypatch):
    monkeypatch.setattr("records.feeds.views.IN_CALENDAR", 1)
    cut = lines(client)
    assert cut.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20210101" in cut
    assert any("Only the 1 entries with the latest dates are here." in line for line in cut)


def test_licence_addresses_and_language_are_told(client, sources):
    query = "language=en&on=2020-01-01"
    root = ElementTree.fromstring(client.get(f"/sources/feed.en.atom?{query}").content)
    relations = {(one.get("rel"), one.get("type")): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert relations == {
        ("alternate", None): f"http://testserver/sources/?{query}",
        ("self", None): f"http://testserver/sources/feed.en.atom?{query}",
        ("alternate", "application/feed+json"): f"http://testserver/sources/feed.en.json?{query}",
        ("alternate", "text/calendar"): f"http://testserver/sources/feed.en.ics?{query}",
        ("license", None): "https://creativecommons.org/licenses/by/4.0/",
    }
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert "CC BY 4.0" in root.find(f"{ATOM}rights").text
    told = said(client)
    assert told["_policytrack"]["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (told["home_page_url"], told["language"]) == ("http://testserver/sources/", "en")
    assert any("CC BY 4.0" in line for line in lines(client))


# What need not be sent again


@pytest.mark.parametrize("format", ["atom", "json", "ics"])
def test_what_did_not_change_is_not_sent_again(client, sources, format):
    address = f"/sources/feed.en.{format}"
    etag = client.get(address)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        again = client.get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    # What is known, and nothing else.
    assert len(queries) == 1
    # A change elsewhere costs a look, and sends nothing either.
    made(Organization, name="Somebody else")
    again = client.get(address, headers={"if-none-match": f"W/{etag}"})
    assert (again.status_code, again.content) == (304, b"")
    changed(sources[0], reason="It was so", kind=ChangeSet.Kind.CORRECTION, title="Older")
    assert client.get(address, headers={"if-none-match": etag}).status_code == 200
    # An ETag is one of its address: another filter is another feed.
    assert client.get(f"{address}?language=en", headers={"if-none-match": etag}).status_code == 200
    assert client.get(f"{address}?languages=en", headers={"if-none-match": etag}).status_code == 400


def test_what_did_not_change_since_is_not_sent_again(client, sources):
    response = client.get("/sources/feed.en.atom")
    # In the second of a change another may follow that could not be told from it.
    assert "Last-Modified" not in response
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=5)):
        since = client.get("/sources/feed.en.atom")["Last-Modified"]
        assert client.get("/sources/feed.en.atom", headers={"if-modified-since": since}).status_code == 304
        refused = client.get("/sources/feed.en.atom?x=1", headers={"if-modified-since": since})
        assert refused.status_code == 400
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)):
        # What is so today may not be so any more; what was on a day is.
        assert client.get("/sources/feed.en.atom", headers={"if-modified-since": since}).status_code == 200
        pinned = client.get("/sources/feed.en.atom?on=2020-01-01", headers={"if-modified-since": since})
        assert pinned.status_code == 304


def test_a_feed_is_asked_for_by_its_head_as_well(client, sources):
    head = client.head("/sources/feed.en.atom")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert client.post("/sources/feed.en.atom").status_code == 405


def test_as_many_queries_for_one_as_for_many(client, db):
    for number in range(40):
        if number in (1, 39):
            client.get("/sources/feed.en.atom")
            with CaptureQueriesContext(connection) as queries:
                client.get("/sources/feed.en.atom")
            assert len(queries) == SOURCE_QUERIES
        made(Source)


# What changed


def test_changes_are_followed_by_kind_and_record(client, db):
    measure = made(Measure, title="The licensing")
    made(Program, title="The roadmap")
    changed(measure, reason="A word was wrong", kind=ChangeSet.Kind.CORRECTION, summary="More.")
    assert titles(client, "changes", of="program") == ["Recorded"]
    assert titles(client, "changes", of="measure", record=measure.slug) == ["A word was wrong", "Recorded"]
    items = said(client, "changes", kind="correction")["items"]
    assert [item["title"] for item in items] == ["A word was wrong"]
    assert "The licensing" in items[0]["content_html"]
    assert titles(client, "changes")[0] == "A word was wrong"
    assert atom(client, "changes").find(f"{ATOM}entry/{ATOM}id").text == items[0]["id"]


def test_changes_tell_nothing_of_what_is_hidden(client, db):
    made(Measure, "Secret reason", title="Secret", state="draft")
    assert b"Secret" not in client.get("/changes/feed.en.atom").content
    assert client.get("/changes/feed.en.atom?kinds=correction").status_code == 400


def test_changes_go_on_to_older_ones(client, db, monkeypatch):
    monkeypatch.setattr("records.changes.ChangeList.size", 2)
    for number in range(5):
        made(Source, f"Reason {number}")
    page, found = said(client, "changes", of="source"), []
    while True:
        found += [item["title"] for item in page["items"]]
        if "next_url" not in page:
            break
        page = json.loads(client.get(page["next_url"]).content)
    assert found == [f"Reason {number}" for number in (4, 3, 2, 1, 0)]


# Pages


def test_pages_lead_to_their_feeds_with_their_filters_and_clocks(client, sources):
    page = client.get("/sources/?language=en&kind=&on=2020-01-01&page=1").content.decode()
    for format, type in (("atom", "application/atom+xml"), ("json", "application/feed+json"), ("ics", "text/calendar")):
        address = f"/sources/feed.en.{format}?language=en&amp;on=2020-01-01"
        assert f'<link rel="alternate" type="{type}"' in page
        assert page.count(f'href="{address}"') == 2
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_a_json_feed_of_nothing_is_one():
    assert json.loads(jsonfeed.write(feed()))["items"] == []


def test_formats_have_a_name_each():
    assert links.FORMATS.keys() == links.LABELS.keys()
