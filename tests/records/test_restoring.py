"""Restoring an earlier version of a record: who may, what goes back, and how it is told."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from pytest_django.asserts import assertContains

from measures.models import Measure
from records import publishing, restoring
from records.models import ChangeSet, Stale
from records.publishing import NotAllowed
from tests.records.anything import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure():
    return row(Measure, title="The licensing", summary="As it was.", state="published")


@pytest.fixture
def reviewer(django_user_model):
    user = django_user_model.objects.create(username="reviewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["publish_measure", "view_measure"]))
    return user


def said(measure, summary, by=None):
    measure.refresh_from_db()
    measure.summary = summary
    return publishing.save(measure, by=by, reason=f"Say: {summary}")


def test_the_record_says_again_what_it_said(measure, reviewer):
    first = said(measure, "First.")
    said(measure, "Second.")
    measure.title = "Renamed"
    publishing.save(measure, by=None, reason="Rename")
    restored = restoring.restore(measure, first.pk, by=reviewer, reason="It was right")
    measure.refresh_from_db()
    assert (measure.summary, measure.title, measure.state) == ("First.", "The licensing", "published")
    assert (restored.kind, restored.by) == (ChangeSet.Kind.CORRECTION, reviewer)


def test_nothing_is_restored_that_stands_already(measure, reviewer):
    last = said(measure, "First.")
    with pytest.raises(NotAllowed):
        restoring.restore(measure, last.pk, by=reviewer, reason="No need")


def test_whoever_is_late_restores_nothing(measure, reviewer):
    first = said(measure, "First.")
    said(measure, "Second.")
    late = Measure.objects.get(pk=measure.pk)
    said(measure, "Third.")
    with pytest.raises(Stale):
        restoring.restore(late, first.pk, by=reviewer, reason="Too late")


def test_only_reviewers_restore_and_not_over_their_own_words(measure, reviewer, django_user_model):
    first = said(measure, "First.")
    said(measure, "Second.")
    with pytest.raises(NotAllowed):
        restoring.restore(measure, first.pk, by=django_user_model.objects.create(username="editor"), reason="Please")
    said(measure, "Third.", by=reviewer)
    with pytest.raises(NotAllowed):
        restoring.restore(measure, first.pk, by=reviewer, reason="I was wrong")


def test_the_desk_offers_it_to_reviewers_only(client, measure, reviewer, django_user_model):
    first = said(measure, "First.")
    said(measure, "Second.")
    address = reverse("admin:measures_measure_restore", args=[measure.pk, first.pk])
    history = reverse("admin:measures_measure_history", args=[measure.pk])
    client.force_login(reviewer)
    assertContains(client.get(history), address)
    assertContains(client.get(address), "<ins>First.</ins>", html=True)
    measure.refresh_from_db()
    answer = client.post(address, {"read_version": measure.version, "change_reason": "It was right"})
    assert answer.status_code == 302
    measure.refresh_from_db()
    assert measure.summary == "First."
    reader = django_user_model.objects.create(username="reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_measure"))
    client.force_login(reader)
    assert client.get(address).status_code == 403
    assert address not in client.get(history).content.decode()
