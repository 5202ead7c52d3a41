"""Restoring an earlier version of a record: who may, what goes back, and how it is told."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from pytest_django.asserts import assertContains

from measures.models import Material, Measure, MeasureEvent, MeasureMaterial
from records import publishing, restoring
from records.models import ChangeSet, Citation, Name, Stale
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


def test_the_rows_of_the_record_are_again_what_they_were(measure, reviewer):
    gas, resist = row(Material, slug="gas"), row(Material, slug="resist")
    with publishing.change(by=None, reason="As it was") as first:
        kept = row(MeasureMaterial, measure=measure, material=gas, scope="pure", position=0)
        gone = row(MeasureMaterial, measure=measure, material=resist, position=1)
        row(Citation, subject=gone, quote="as it says")
        row(Name, subject=measure, text="허가제", language="ko")
        event = row(MeasureEvent, measure=measure, state="published")
    with publishing.change(by=None, reason="Rows change"):
        kept.scope = "crude"
        kept.save()
        gone.delete()
        measure.names.all().delete()
        row(Name, subject=measure, text="許可制", language="ja")
        event.title = "Renamed"
        event.save()
        measure.save()
    assert first.pk in restoring.versions(measure)
    restoring.restore(measure, first.pk, by=reviewer, reason="It was right")
    links = measure.material_links.order_by("position")
    assert [(link.material, link.scope) for link in links] == [(gas, "pure"), (resist, None)]
    assert links[0].pk == kept.pk
    assert links[1].citations.get().quote == "as it says"
    assert [name.text for name in measure.names.all()] == ["허가제"]
    event.refresh_from_db()
    assert event.title == "Renamed"  # it has versions of its own


def test_each_change_but_the_last_can_be_gone_back_to(measure):
    measure.refresh_from_db()
    made = measure.known_since
    first = said(measure, "First.")
    with publishing.change(by=None, reason="A name") as second:
        row(Name, subject=measure, text="허가제", language="ko")
        measure.save()
    third = said(measure, "Third.")
    with publishing.change(by=None, reason="Of an event only"):
        row(MeasureEvent, measure=measure)
    assert restoring.versions(measure) == {made, first.pk, second.pk}
    assert restoring.restorable(measure, third.pk) is None
    assert {change.kind for change in restoring.restorable(measure, first.pk).changes} == {"measure", "name"}


@pytest.mark.django_db(transaction=True)
def test_what_led_to_something_that_is_gone_is_refused_in_words(client, measure, reviewer):
    gas = row(Material, slug="gas")
    with publishing.change(by=None, reason="As it was") as first:
        link = row(MeasureMaterial, measure=measure, material=gas)
    with publishing.change(by=None, reason="It goes"):
        link.delete()
        gas.delete()
        measure.save()
    client.force_login(reviewer)
    address = reverse("admin:measures_measure_restore", args=[measure.pk, first.pk])
    answer = client.post(address, {"read_version": measure.version, "change_reason": "It was right"})
    assert answer.status_code == 409
    assertContains(answer, "is not a valid choice", status_code=409)
    assert not measure.material_links.exists()


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
