"""The desk as a whole: every page of every model opens, for whom, with how many queries."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse
from records import roles
from records.editing import VersionedPage
from records.models import Record, Source

pytestmark = pytest.mark.django_db

LABELS = ("records", "measures", "programs")
REGISTERED = sorted(
    (model for model in admin.site._registry if model._meta.app_label in LABELS), key=lambda model: model._meta.label
)
by_label = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def boss(client):
    user = User.objects.create_user("boss", is_staff=True)
    user.groups.set([Group.objects.get(name="admin")])
    client.force_login(user)
    return user


def test_every_model_has_a_page_or_a_place_on_one():
    shown = {inline.model for page in admin.site._registry.values() for inline in page.inlines}
    kept = {model for model in roles.knowledge_models()} | {
        apps.get_model(label) for label in roles.WORK | roles.REPORTS
    }
    assert kept - shown - set(admin.site._registry) == set()


@by_label
def test_list_opens(model, client, boss):
    assert client.get(page(model, "changelist")).status_code == 200


@by_label
def test_add_form_opens(model, client, boss):
    response = client.get(page(model, "add"))
    writable = isinstance(admin.site._registry[model], VersionedPage) and admin.site._registry[
        model
    ].has_add_permission(response.wsgi_request)
    assert response.status_code == (200 if writable else 403)
