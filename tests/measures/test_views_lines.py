"""What the list of the timeline tells of a line that said something else before."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from measures import timeline
from measures.models import Announcement, TimelineEntry
from measures.views import lines
from records.models import ChangeSet
from tests.measures import recorded
from tests.records.test_changes import changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(db):
    """Four events of a measure, of which readers know."""
    made = recorded.imposed(recorded.measure("licensing"), by=["JP"], on=["KR"])
    events = [recorded.event(made, "statement", f"2019-07-0{day}") for day in range(1, 5)]
    recorded.later()
    return events


def told():
    timeline.rebuild()
    entries = list(TimelineEntry.objects.visible().order_by("sorted_on", "key"))
    found = lines.changes(entries)
    return [found.get((entry.subject_type_id, entry.subject_id), "") for entry in entries]


def test_a_correction_is_told_from_a_development_and_other_work_is_none(events):
    assert told() == ["", "", "", ""]
    kinds = (ChangeSet.Kind.CORRECTION, ChangeSet.Kind.DEVELOPMENT, ChangeSet.Kind.UPKEEP)
    for event, kind in zip(events, kinds, strict=False):
        changed(event, reason="Changed", kind=kind, title=f"Another {kind}")
    assert told() == ["corrected", "new development", "", ""]


def test_the_newest_change_is_told(events):
    changed(events[0], reason="It moved", title="Moved")
    recorded.later()
    changed(events[0], reason="It had not", kind=ChangeSet.Kind.CORRECTION, title="As before")
    assert told()[0] == "corrected"


def test_what_readers_never_read_was_not_corrected(events):
    draft = recorded.event(events[0].measure, "statement", "2019-07-05", state="draft")
    hidden = recorded.event(events[0].measure, "statement", "2019-07-06", embargo_until="2026-01-01T00:00Z")
    recorded.later()
    changed(draft, reason="Published", kind=ChangeSet.Kind.CORRECTION, state="published")
    changed(hidden, reason="Lifted", kind=ChangeSet.Kind.CORRECTION, embargo_until=None)
    assert told() == [""] * 6


def test_the_list_says_it_and_leads_to_the_history(client, events):
    Announcement.objects.create(
        slug="act",
        title="An act",
        country=recorded.country(),
        authority=recorded.authority(),
        date="2019-06",
        state="published",
    )
    changed(events[0], reason="Wrong title", kind=ChangeSet.Kind.CORRECTION, title="The right one")
    timeline.rebuild()
    response = client.get(reverse("measures:timeline"), {"view": "list", "from": "2019", "to": "2019"})
    assertContains(response, '<a class="chg" href="/measures/licensing/history/">corrected</a>', count=1, html=True)


def test_no_lines_need_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert lines.changes([]) == {}
