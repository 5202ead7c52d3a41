"""When somebody last compared a record with its sources, and what nobody has looked at for long."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from measures.models import Material, Measure, MeasureEvent
from programs.models import Program
from records import staleness
from records.models import ChangeSet, Source, Stale
from records.publishing import NotAllowed
from tests.records.anything import row
from tests.records.test_admin import log_in

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def measure():
    return row(Measure, slug="limits", state="published")


def test_a_check_changes_no_fact_and_is_a_change_set_of_its_kind(measure, client):
    editor = User.objects.create_user("editor")
    change_set = staleness.check(measure, by=editor)
    measure.refresh_from_db()
    assert (measure.checked_on, measure.version, measure.known_since) == (TODAY(), 2, change_set.pk)
    kept = ChangeSet.objects.get(pk=change_set.pk)
    assert (kept.kind, kept.by) == ("source_only", editor)
    assert "Record last checked" in client.get(measure.get_absolute_url()).content.decode()


def test_a_check_of_what_changed_meanwhile_is_refused(measure):
    Measure.objects.update(version=F("version") + 1)
    with pytest.raises(Stale):
        staleness.check(measure, by=User.objects.create_user("editor"))


@pytest.mark.parametrize("state", ["draft", "in_review", "withdrawn"])
def test_only_what_readers_see_is_checked(state):
    hidden = row(Measure, state=state, withdrawal_notice="gone" if state == "withdrawn" else "")
    with pytest.raises(NotAllowed):
        staleness.check(hidden, by=None)


def button(record):
    return reverse("admin:checked", args=[record._meta.label_lower, record.pk])


@pytest.mark.parametrize(
    ("role", "model", "may"),
    [
        ("editor", Measure, True),
        ("reviewer", Measure, True),
        ("manager", Measure, False),
        ("manager", Program, True),
        ("editor", Source, True),
        ("admin", Material, True),
    ],
)
def test_who_may_say_that_it_was_checked(role, model, may, client):
    user = log_in(client, role)
    record = row(model, state="published")
    page = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk]))
    assert (button(record) in page.content.decode()) is may
    answer = client.post(button(record), {"read_version": record.version})
    assert answer.status_code == (302 if may else 403)
    record.refresh_from_db()
    assert record.checked_on == (TODAY() if may else None)
    assert ChangeSet.objects.filter(by=user).exists() is may


@pytest.mark.parametrize("role", ["visitor", "analyst"])
def test_nobody_else_says_so(role, measure, client):
    if role == "analyst":
        log_in(client, role)
    assert client.post(button(measure), {"read_version": 1}).status_code == 302
    measure.refresh_from_db()
    assert measure.checked_on is None


def test_the_button_wants_the_version_that_was_read_and_is_no_link(measure, client):
    log_in(client, "editor")
    assert client.get(button(measure)).status_code == 405
    answer = client.post(button(measure), {"read_version": 7}, follow=True)
    assert b"Somebody else changed this record" in answer.content
    for missing in ("measures.measure", "auth.user", "nothing", "records.snapshot"):
        expected = 404
        assert client.post(reverse("admin:checked", args=[missing, 10**18]), {}).status_code == expected


def test_what_is_stale(settings, django_assert_num_queries):
    settings.STALE_AFTER_DAYS = 100
    long_ago = TODAY() - timedelta(days=101)
    old = row(Measure, state="published", checked_on=long_ago)
    older = row(Source, state="published", checked_on=long_ago - timedelta(days=1))
    row(Material, state="published", checked_on=TODAY() - timedelta(days=99))
    row(Measure, state="draft", checked_on=long_ago)
    row(MeasureEvent, measure=old, state="published", checked_on=long_ago)
    never = row(Program, state="published")
    with django_assert_num_queries(1):
        found = [(each["label"], each["pk"]) for each in staleness.stale()]
    assert found == [("records.source", older.pk), ("measures.measure", old.pk)]
    # What nobody checked counts from the day on which it was last written.
    later = [(each["label"], each["pk"]) for each in staleness.stale(TODAY() + timedelta(days=101))]
    assert ("programs.program", never.pk) in later
