"""Feeds as others' programs read them: feedparser and icalendar."""

import json
from datetime import date, timedelta

import feedparser
import icalendar
import pytest
from hypothesis import given

from measures.models import Measure, TimelineEntry
from programs.models import Program
from records import dates
from records.feeds import calendar
from records.models import Source
from tests.records.test_dates import texts
from tests.records.test_feeds import entry, feed

LISTS = ("measures", "events", "timeline", "materials", "organizations", "programs", "sources", "changes")
CALENDARS = ("measures", "events", "timeline", "programs", "sources")


def told(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content


@given(texts)
def test_no_day_of_a_calendar_is_one_that_the_date_rules_out(text):
    edtf = dates.parse(text)
    read = icalendar.Calendar.from_ical(calendar.write(feed(entry(date=text))))
    (event,) = read.walk("VEVENT")
    start = event["dtstart"].dt
    length = event["duration"].dt if "duration" in event else event["dtend"].dt - start
    # A day and not a moment: what stands on all of it.
    assert type(start) is date
    assert length >= timedelta(1)
    last = start + (length - timedelta(1))  # of the last day there is no day after
    assert (edtf.earliest or date.min) <= start <= last <= (edtf.latest or date.max)
    if edtf.earliest and edtf.latest:
        assert (start, last) == (edtf.earliest, edtf.latest)
    assert str(event["x-policytrack-edtf"]) == text
    if edtf.precision != "day":
        assert dates.label(edtf) in str(event["summary"])
    assert event["transp"] == "TRANSPARENT"


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
class TestShipped:
    """What is made of the data set that is shipped."""

    @pytest.mark.parametrize("name", LISTS)
    def test_feedparser_reads_atom(self, client, name):
        read = feedparser.parse(told(client, f"/{name}/feed.en.atom"))
        assert (read.bozo, read.version) == (False, "atom10")
        assert read.feed.language == "en"
        assert read.feed.link.startswith("http://testserver/")
        assert "CC BY 4.0" in read.feed.rights
        assert read.entries
        assert len({one.id for one in read.entries}) == len(read.entries)
        for one in read.entries:
            assert one.id.startswith("urn:uuid:")
            assert one.link.startswith("http://testserver/")
            assert one.published_parsed <= one.updated_parsed
            assert one.title
            assert one.content[0].value

    @pytest.mark.parametrize("name", ["measures", "events", "sources"])
    def test_feedparser_follows_the_pages_to_the_last(self, client, name):
        found, address = [], f"/{name}/feed.en.atom"
        while address:
            read = feedparser.parse(told(client, address))
            found += [one.id for one in read.entries]
            address = next((link.href for link in read.feed.links if link.rel == "next"), None)
        listed = client.get(f"/api/v1/{name}/").json()["count"]
        assert len(found) == len(set(found)) == listed

    @pytest.mark.parametrize("name", LISTS)
    def test_a_json_feed_is_as_its_version_says(self, client, name):
        read = json.loads(told(client, f"/{name}/feed.ko.json"))
        assert read["version"] == "https://jsonfeed.org/version/1.1"
        assert read["feed_url"] == f"http://testserver/{name}/feed.ko.json"
        assert read["language"] == "ko"
        for item in read["items"]:
            assert isinstance(item["id"], str)
            assert item["content_html"]
            assert isinstance(item["tags"], list)
            # A name of one's own begins with an underscore.
            known = {"id", "url", "title", "content_html", "date_published", "date_modified", "language", "tags"}
            assert all(key in known or key.startswith("_") for key in item)

    @pytest.mark.parametrize("name", CALENDARS)
    def test_icalendar_reads_every_entry(self, client, name):
        content = told(client, f"/{name}/feed.en.ics")
        read = icalendar.Calendar.from_ical(content)
        entries = [*read.walk("VEVENT"), *read.walk("VJOURNAL")]
        assert not read.errors
        assert not [one.errors for one in entries if one.errors]
        assert len({str(one["uid"]) for one in entries}) == len(entries) > 10
        for one in entries:
            assert one["dtstamp"].dt.tzinfo is not None
            assert str(one["url"]).startswith("http://testserver/")
        # Written by itself, it says the same.
        again = icalendar.Calendar.from_ical(read.to_ical())
        assert [str(one["summary"]) for one in again.walk("VEVENT")] == [
            str(one["summary"]) for one in read.walk("VEVENT")
        ]

    def test_a_calendar_has_every_line_of_the_timeline_and_every_source(self, client, db):
        read = icalendar.Calendar.from_ical(told(client, "/timeline/feed.en.ics"))
        assert len(read.walk("VEVENT")) == TimelineEntry.objects.visible().count() > 600
        assert len(read.walk("VJOURNAL")) == 1  # the one milestone that has no date at all
        read = icalendar.Calendar.from_ical(told(client, "/sources/feed.en.ics"))
        undated = Source.objects.filter(date=None).count()
        assert (len(read.walk("VEVENT")), len(read.walk("VJOURNAL"))) == (Source.objects.count() - undated, undated)
        assert undated

    def test_the_founding_case_is_on_its_days(self, client):
        address = "/events/feed.en.ics?measure=jp-2019-three-materials-licensing"
        read = icalendar.Calendar.from_ical(told(client, address))
        days = {(one["dtstart"].dt, one["dtend"].dt) for one in read.walk("VEVENT")}
        assert (date(2019, 7, 4), date(2019, 7, 5)) in days
        assert (date(2019, 12, 20), date(2019, 12, 21)) in days

    @pytest.mark.parametrize("language", ["en", "ko", "ja"])
    def test_every_list_is_told_in_every_language(self, client, language):
        for name in LISTS:
            read = feedparser.parse(told(client, f"/{name}/feed.{language}.atom"))
            assert (read.bozo, read.feed.language) == (False, language)
        assert Measure.objects.count() > 90
        assert Program.objects.count() > 10
