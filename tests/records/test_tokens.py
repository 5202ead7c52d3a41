"""Keys for the API: shown once, kept as a digest, expiring, revoked, counted; and the page where they are made."""

import datetime
import re
from functools import partial

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from records import tokens
from records.models import ApiToken
from tests.threads import at_once

pytestmark = pytest.mark.django_db

TOMORROW = datetime.timedelta(days=1)


@pytest.fixture
def editor():
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.set([Group.objects.get(name="editor")])
    return user


@pytest.fixture
def desk(editor):
    client = Client()
    client.force_login(editor)
    return client


def issue(user, **values):
    given = {"name": "import", "scopes": ["write"], "expires_at": timezone.now() + TOMORROW, **values}
    return tokens.issue(user, **given)


def test_a_key_is_found_by_its_digest_and_kept_nowhere(editor):
    token, key = issue(editor)
    assert tokens.find(key) == token
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM records_apitoken t")
        assert key not in str(cursor.fetchall())
    assert len(key) > 50
    assert issue(editor)[1] != key


@pytest.mark.parametrize("key", ["", "policytrack_", "x" * 100_000, "\0", "\ud800"])
def test_another_key_finds_nothing(editor, key):
    issue(editor)
    assert tokens.find(key) is None


def test_what_is_expired_or_revoked_or_of_a_closed_account_is_no_good(editor):
    _old, old_key = issue(editor, expires_at=timezone.now())
    revoked, revoked_key = issue(editor)
    tokens.revoke(revoked)
    _kept, key = issue(editor)
    assert tokens.find(old_key) is tokens.find(revoked_key) is None
    assert tokens.find(key)
    editor.is_active = False
    editor.save()
    assert tokens.find(key) is None


def test_revoked_twice_the_first_moment_stands(editor):
    token, _key = issue(editor)
    first = timezone.now() - TOMORROW
    ApiToken.objects.update(revoked_at=first)
    tokens.revoke(token)
    assert ApiToken.objects.get().revoked_at == first


@pytest.mark.parametrize("scopes", [[], ["everything"], ["write", "admin"]])
def test_the_database_knows_the_scopes(editor, scopes):
    with pytest.raises(IntegrityError, match="scopes_known"), transaction.atomic():
        ApiToken.objects.create(user=editor, name="x", scopes=scopes, digest="0" * 64, expires_at=timezone.now())


def test_writes_are_counted_by_the_minute(editor, settings):
    settings.API_WRITES_PER_MINUTE = 3
    token, _key = issue(editor)
    assert [tokens.seconds_to_wait(token) for _ in range(3)] == [0, 0, 0]
    assert 1 <= tokens.seconds_to_wait(token) <= 60
    ApiToken.objects.update(written_at=timezone.now() - datetime.timedelta(seconds=61))
    assert tokens.seconds_to_wait(token) == 0
    assert ApiToken.objects.get().written == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_writes_at_once_no_more_get_through_than_may(settings):
    settings.API_WRITES_PER_MINUTE = 5
    token, _key = issue(User.objects.create_user("somebody"))
    waits = at_once(*(partial(tokens.seconds_to_wait, token) for _ in range(8)))
    assert waits.count(0) == 5


# The page


def made(desk, **changes):
    return desk.post(reverse("admin:token_make"), {"name": "import", "scopes": ["write"], "days": "30", **changes})


def test_a_token_is_made_and_its_key_is_shown_once(desk, editor):
    response = made(desk)
    key = re.search(r"policytrack_[\w-]+", response.content.decode())[0]
    assert "no-store" in response["Cache-Control"]
    token = tokens.find(key)
    assert (token.user, token.name, token.scopes) == (editor, "import", ["write"])
    assert datetime.timedelta(days=29) < token.expires_at - timezone.now() <= datetime.timedelta(days=30)
    assert key not in desk.get(reverse("admin:tokens")).content.decode()


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "99999"}, {"name": "x" * 101}]
)
def test_a_token_that_says_too_little_or_too_much_is_not_made(desk, changes):
    assert made(desk, **changes).status_code == 400
    assert not ApiToken.objects.exists()


def test_everybody_sees_and_revokes_their_own(desk, editor):
    other = User.objects.create_user("other", is_staff=True)
    own, foreign = issue(editor, name="mine")[0], issue(other, name="not mine")[0]
    content = desk.get(reverse("admin:tokens")).content.decode()
    assert "mine" in content
    assert "not mine" not in content
    assert desk.post(reverse("admin:token_revoke", args=[foreign.pk])).status_code == 404
    assert desk.post(reverse("admin:token_revoke", args=[own.pk])).status_code == 302
    assert not ApiToken.objects.get(pk=own.pk).is_good
    assert ApiToken.objects.get(pk=foreign.pk).is_good


def test_whoever_runs_the_desk_revokes_any(desk, editor):
    token, _key = issue(User.objects.create_user("other", is_staff=True), name="left behind")
    editor.is_superuser = True
    editor.save()
    assert "left behind" in desk.get(reverse("admin:tokens")).content.decode()
    desk.post(reverse("admin:token_revoke", args=[token.pk]))
    assert not ApiToken.objects.get(pk=token.pk).is_good
