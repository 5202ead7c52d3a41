"""Pages kept for readers who are not logged in."""

import gzip
import threading
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from measures.models import Measure
from policytrack import page_cache
from records import clocks, known, publishing
from records.templatetags.reporting import report_address
from tests.measures import recorded
from tests.records.anything import row
from tests.records.brought import somebody

pytestmark = pytest.mark.django_db

# What is known, which every page asks, and nothing else.
KEPT = 1


@pytest.fixture(autouse=True)
def pages_are_kept(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages of a test"}
    }
    caches["pages"].clear()


@pytest.fixture
def measure():
    measure = recorded.measure("licensing", ["hydrogen-fluoride"])
    recorded.event(measure, "effective", "2019-07-04")
    recorded.settle()
    return measure


def renamed(measure, title):
    Measure.objects.filter(pk=measure.pk).update(title=title)
    recorded.settle()


@pytest.mark.parametrize(
    "address", ["/", "/measures/", "/measures/licensing/", "/timeline/", "/materials/", "/search/?q=licensing"]
)
def test_a_page_is_made_once(client, measure, django_assert_num_queries, address):
    made = client.get(address)
    with django_assert_num_queries(KEPT):
        kept = client.get(address)
    assert made.status_code == kept.status_code == 200
    assert made.content == kept.content
    assert made.headers == kept.headers


def test_after_a_change_it_is_made_anew(client, measure):
    assertContains(client.get("/measures/"), measure.title)
    renamed(measure, "Licensing, told anew")
    assertContains(client.get("/measures/"), "Licensing, told anew")


def test_within_a_change_none_is_kept(client, measure):
    with publishing.change(by=None, reason="More"):
        before = client.get("/measures/")
        Measure.objects.filter(pk=measure.pk).update(title="Not complete")
        assertContains(client.get("/measures/"), "Not complete")
    assert "ETag" not in before.headers


def test_each_day_moment_language_and_fragment_is_a_page_of_its_own(client, measure):
    moment = known.newest().number
    asked = [
        client.get("/measures/"),
        client.get("/measures/?on=2019-07-05"),
        client.get(f"/measures/?known={moment}"),
        client.get("/measures/", headers={"accept-language": "ko"}),
        client.get("/measures/", headers={"accept-language": "ja"}),
        client.get("/measures/", headers={"hx-request": "true"}),
    ]
    tags = {response["ETag"] for response in asked}
    assert len(tags) == len(asked)
    assertContains(asked[3], '<html lang="ko">')
    assertContains(client.get("/measures/", headers={"accept-language": "ja"}), '<html lang="ja">')


def test_who_is_logged_in_gets_a_page_of_their_own(client, measure):
    desk = reverse("admin:index")
    visitors = client.get("/measures/")
    editor = Client()
    editor.force_login(somebody("editor"))
    own = editor.get("/measures/")
    assert "ETag" not in own.headers
    assert own.content.count(desk.encode()) > visitors.content.count(desk.encode())
    assert client.get("/measures/").content == visitors.content


@pytest.mark.parametrize(
    "hidden", [{"state": "draft"}, {"state": "published", "embargo_until": timezone.now() + timedelta(days=9)}]
)
def test_what_an_editor_sees_of_a_hidden_record_is_kept_for_nobody(client, measure, hidden):
    row(Measure, slug="secret", title="Not yet to be seen", **hidden)
    recorded.settle()
    editor = Client()
    editor.force_login(somebody("editor"))
    for address in ("/measures/secret/", "/measures/", "/search/?q=seen", "/timeline/", "/"):
        editor.get(address)
        for _ in range(2):
            assertNotContains(
                client.get(address), "Not yet to be seen", status_code=404 if "secret" in address else 200
            )


def test_a_page_with_a_token_is_made_for_each_reader(measure):
    address = report_address(measure)
    first, second = Client().get(address), Client().get(address)
    assertContains(first, "csrfmiddlewaretoken")
    assert "ETag" not in first.headers
    assert first.cookies["csrftoken"].value != second.cookies["csrftoken"].value


@pytest.mark.parametrize("address", ["/measures/", "/measures/licensing/", "/timeline/", "/"])
def test_readers_are_given_no_cookie(client, measure, address):
    assert not client.get(address).cookies


def test_a_language_is_chosen_without_a_token(measure):
    reader = Client(enforce_csrf_checks=True)
    assert reader.post(reverse("set_language"), {"language": "ko", "next": "/measures/"}).status_code == 302
    assertContains(reader.get("/measures/"), '<html lang="ko">')


@pytest.mark.parametrize(
    "address", ["/measures/none-of-this-name/", "/measures/?on=2019-13-45", "/measures/?status=nonsense"]
)
def test_what_is_refused_is_not_kept(client, measure, address):
    refused = client.get(address)
    assert refused.status_code in (400, 404)
    assert "ETag" not in refused.headers


def test_a_message_is_for_one_reader(client, measure):
    client.get("/measures/")
    client.cookies["messages"] = "not one of ours"
    assert "ETag" not in client.get("/measures/").headers


def test_what_a_browser_has_is_not_sent_again(client, measure):
    tag = client.get("/measures/")["ETag"]
    unchanged = client.get("/measures/", headers={"if-none-match": tag})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", tag)
    renamed(measure, "Licensing, told anew")
    assertContains(client.get("/measures/", headers={"if-none-match": tag}), "Licensing, told anew")


def test_packed_or_not_it_says_the_same(client, measure):
    plain = client.get("/measures/")
    packed = client.get("/measures/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.content) == plain.content
    assert all("Accept-Encoding" in response["Vary"] for response in (plain, packed))


def test_columns_that_one_reader_chose_are_shown_to_nobody_else(client, measure):
    usual = client.get("/measures/").content
    chooser = Client()
    chosen = chooser.get("/measures/?columns=authority&columns=legal_basis&keep=1", follow=True)
    assert chooser.cookies
    assert "ETag" not in chosen.headers
    assertContains(chooser.get("/measures/"), "Legal basis</th>")
    assert client.get("/measures/").content == usual
    assert b"Legal basis</th>" not in usual


@pytest.mark.parametrize("address", ["/measures/?format=csv", "/measures/feed.en.json", "/api/v1/measures/"])
def test_files_feeds_and_the_api_are_not_kept(client, measure, monkeypatch, address):
    monkeypatch.setattr(page_cache.KeptPage, "of", pytest.fail)
    assert client.get(address).status_code == 200


def test_many_who_ask_at_once_have_a_page_made_once(monkeypatch):
    monkeypatch.setattr(known, "newest", lambda: known.Knowledge(7, None))
    made, begun, go_on = [], threading.Event(), threading.Event()

    def make(request):
        made.append(request)
        begun.set()
        go_on.wait(10)
        day = clocks.day_of("2020-01-01")
        request.clocks = clocks.Clocks(on=day, today=timezone.localdate(), newest=known.newest())
        return HttpResponse("a page")

    middleware, answers = page_cache.PageCacheMiddleware(make), []

    def ask():
        answers.append(middleware(RequestFactory().get("/measures/")).content)

    readers = [threading.Thread(target=ask) for _ in range(16)]
    for reader in readers:
        reader.start()
    assert begun.wait(10)
    go_on.set()
    for reader in readers:
        reader.join(10)
    assert answers == [b"a page"] * 16
    assert len(made) == 1
