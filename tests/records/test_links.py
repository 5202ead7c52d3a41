"""Whether addresses still answer: asked only where told to, in portions, and told apart from a bad hour."""

from datetime import timedelta

import pytest
from django.utils import timezone

from records import links, tasks
from records.fetching import Answer
from records.models import JobSlot, LinkCheck, Source
from tests.records.anything import row
from tests.records.test_fetching import allowing, says, serving, silence  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.django_db


def source(url, **values):
    return row(Source, **{"state": "published", "url": url, **values})


def checked(of, outcome, days=0, **values):
    when = timezone.now() - timedelta(days=days)
    return row(LinkCheck, source=of, url=of.url, outcome=outcome, checked_at=when, **values)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(links, "PAUSE", 0)
    monkeypatch.setattr(links, "SECONDS", 1)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "ok"),
        (206, "ok"),
        (404, "gone"),
        (410, "gone"),
        (403, "refused"),
        (429, "refused"),
        (500, "failing"),
        (304, "failing"),
    ],
)
def test_what_an_answer_means(status, outcome):
    assert links.outcome_of(Answer(status, "http://x/", permanently=False)) == outcome


def test_a_page_that_moved_for_ever_is_told_with_its_new_address(allowing, quick):  # noqa: F811 - the fixture
    with serving(says(301, Location="/new"), says(200, b"here")) as (port, _asked):
        base = allowing(port)
        made = links.check(source(f"{base}/old"))
    assert (made.outcome, made.status, made.final_url, made.url) == ("moved", 200, f"{base}/new", f"{base}/old")


def test_a_silent_server_fails_and_an_address_within_is_never_opened(allowing, quick):  # noqa: F811 - the fixture
    with serving(silence) as (port, _asked):
        made = links.check(source(f"{allowing(port)}/"))
    assert (made.outcome, made.status, made.detail) == ("failing", None, "It took too long.")
    made = links.check(source("http://10.0.0.1/"))
    assert (made.outcome, made.status) == ("unfit", None)


def test_nothing_is_fetched_unless_told_to(settings, monkeypatch):
    monkeypatch.setattr(links, "check", lambda source: pytest.fail("it fetched"))
    source("http://127.0.0.1:9/")
    assert settings.LINK_CHECKS is False
    assert links.check_portion() == 0
    tasks.check_links()
    assert not JobSlot.objects.exists()


def test_a_portion_opens_each_host_once_and_one_of_many_beats_takes_it(settings, allowing, quick):  # noqa: F811
    settings.LINK_CHECKS = True
    with serving(*[says(200, b"")] * 3) as (port, asked):
        base = allowing(port)
        for number in range(3):
            source(f"{base}/{number}")
        source("http://10.0.0.1/")
        tasks.check_links()
        tasks.check_links()
    assert len(asked) == 1
    assert sorted(LinkCheck.objects.values_list("outcome", flat=True)) == ["ok", "unfit"]
    assert JobSlot.objects.get().outcome == "2 addresses opened"


def test_what_is_due():
    never = source("http://a.example/")
    old, recent = source("http://b.example/"), source("http://c.example/")
    failed, failed_just_now = source("http://d.example/"), source("http://e.example/")
    changed = source("http://f.example/")
    checked(old, "ok", days=31), checked(recent, "ok", days=29)
    checked(failed, "failing", days=4), checked(failed_just_now, "gone", days=2)
    LinkCheck.objects.create(source=changed, url="http://before.example/", outcome="ok", checked_at=timezone.now())
    source(None)
    source("http://g.example/", state="draft")
    source("http://h.example/", state="withdrawn", withdrawal_notice="gone")
    assert list(links.due()) == [never, changed, old, failed]


def test_what_is_broken():
    gone, once, twice = source("http://a.example/"), source("http://b.example/"), source("http://c.example/")
    healed, refused, changed = source("http://d.example/"), source("http://e.example/"), source("http://f.example/")
    checked(gone, "gone")
    checked(once, "ok", days=3), checked(once, "failing")
    checked(twice, "failing", days=3), checked(twice, "failing")
    checked(healed, "failing", days=6), checked(healed, "failing", days=3), checked(healed, "ok")
    checked(refused, "refused")
    LinkCheck.objects.create(source=changed, url="http://before.example/", outcome="gone", checked_at=timezone.now())
    assert {check.source for check in links.broken()} == {gone, twice}


def test_old_checks_are_forgotten_but_never_the_last_one():
    kept, other = source("http://a.example/"), source("http://b.example/")
    last = checked(kept, "ok", days=900)
    checked(other, "ok", days=500)
    newest = checked(other, "ok", days=1)
    assert links.prune() == 1
    assert set(LinkCheck.objects.all()) == {last, newest}
