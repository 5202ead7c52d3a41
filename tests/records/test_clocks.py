import datetime
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone

from records import publishing
from records.clocks import BadClock, Clocks, ClocksMiddleware, clock_from, clocks
from records.models import Source
from tests.records.anything import row
from tests.threads import at_once

urlpatterns = [path("desk/", admin.site.urls)]
pytestmark = pytest.mark.urls(__name__)

NO_MOMENTS = [
    "2026-11-01",
    "2026-11-01T00:00",
    "2026-13-01T00:00Z",
    "2026-11-01T25:00Z",
    "20261101T0000Z",
    "2026-11-01T00:00:00.1234567Z",
    "0001-01-01T00:00+09:00",
    "2026-11-01T00:00+99:00",
    "yesterday",
    "1e3",
    "-1",
    "²",
    "١",
    "99999999999999999999",
    "2026-11-01T00:00Z\x00",
    "' OR 1=1",
]

NONSENSE = [
    "2019-13-45",
    "2019-02-29",
    "0000-01-01",
    "0001-01-01",
    "1899-12-31",
    "2201-01-01",
    "9999-12-31",
    "99999-01-01",
    "20191221",
    "2019-W51-6",
    "2019-12",
    "٢٠١٩-١٢-٢١",
    "2019-12-21\x00",
    "\ud800",
    "' OR 1=1",
]


def ask(**query):
    return RequestFactory().get("/measures/", query)


def test_a_chosen_day_is_read():
    clock = clock_from(ask(on="2019-12-21"))
    assert clock.on == datetime.date(2019, 12, 21)
    assert not clock.is_today
    assert clock.query == "on=2019-12-21"


@pytest.mark.parametrize("query", [{}, {"on": ""}, {"on": "  "}])
def test_without_a_day_it_is_today(query):
    clock = clock_from(ask(**query))
    assert clock.on == clock.today == timezone.localdate()
    assert clock.is_today
    assert clock.query == ""


def test_the_first_and_the_last_year_are_taken():
    assert clock_from(ask(on="1900-01-01")).on.year == 1900
    assert clock_from(ask(on="2200-12-31")).on.year == 2200


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_refused(text):
    request = ask()
    request.GET = {"on": text}
    with pytest.raises(BadClock):
        clock_from(request)


@pytest.mark.django_db
def test_middleware_passes_the_clocks_on():
    request = ask(on="2019-12-21")
    response = ClocksMiddleware(lambda r: HttpResponse(r.clocks.on.isoformat()))(request)
    assert response.content == b"2019-12-21"


def test_middleware_answers_a_page_in_words():
    response = ClocksMiddleware(lambda r: pytest.fail("the view was asked"))(ask(on="2019-13-45"))
    assert response.status_code == 400
    assert "such as 2019-12-21" in response.text
    assert response["Content-Type"].startswith("text/html")


def test_middleware_answers_the_api_in_json():
    request = RequestFactory().get("/api/v1/measures/", {"on": "0001-01-01"})
    response = ClocksMiddleware(lambda r: pytest.fail("the view was asked"))(request)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/json"
    assert "between the years 1900 and 2200" in response.text


def test_context_processor_serves_requests_that_never_met_the_middleware():
    assert clocks(ask())["clocks"].is_today
    request = ask()
    request.clocks = Clocks(on=datetime.date(2019, 7, 4), today=datetime.date(2026, 11, 24))
    assert clocks(request) == {"clocks": request.clocks}


@pytest.mark.django_db
@pytest.mark.parametrize("text", NO_MOMENTS)
def test_a_moment_that_is_none_is_refused_in_words(text):
    request = ask()
    request.GET = QueryDict(urlencode({"known": text}))
    response = ClocksMiddleware(lambda r: pytest.fail("the view was asked"))(request)
    assert response.status_code == 400
    assert "such as 2026-11-01T00:00Z" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "words"), [("123456789", "no change set of this number"), ("2200-01-01T00:00Z", "still to come")]
)
def test_what_nobody_knows_yet_is_refused_in_words(text, words):
    response = ClocksMiddleware(lambda r: pytest.fail("the view was asked"))(ask(known=text))
    assert response.status_code == 400
    assert words in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["2026-11-01T00:00Z", "2026-11-01T09:00+09:00", "2026-11-01T09:00 09:00", "2026-11-01T00:00:00.000001Z"]
)
def test_a_moment_is_read_and_kept_in_addresses(text):
    request = ask(known=text)
    ClocksMiddleware(lambda r: HttpResponse())(request)
    assert request.clocks.asked_known == text.replace(" ", "+")
    assert QueryDict(request.clocks.query)["known"] == text.replace(" ", "+")
    assert not request.clocks.is_now


@pytest.mark.django_db
def test_a_permalink_pins_both_clocks():
    with publishing.change(by=None, reason="because") as made:
        pass
    request = ask()
    ClocksMiddleware(lambda r: HttpResponse())(request)
    pinned = request.clocks.pinned
    again = ask(**pinned)
    ClocksMiddleware(lambda r: HttpResponse())(again)
    assert again.clocks.knowledge.number == made.pk
    assert again.clocks.on == request.clocks.today


@pytest.mark.django_db
def test_the_desk_is_always_of_now():
    request = RequestFactory().get("/desk/", {"known": "nonsense"})
    ClocksMiddleware(lambda r: HttpResponse())(request)
    assert request.clocks.is_now


@pytest.mark.django_db(transaction=True)
def test_what_is_streamed_is_read_from_the_same_moment():
    row(Source, title="first")

    def stream():
        yield "begun "
        yield from Source.objects.values_list("title", flat=True)

    response = ClocksMiddleware(lambda r: StreamingHttpResponse(stream()))(ask())
    content = iter(response.streaming_content)
    assert next(content) == b"begun "
    at_once(lambda: Source.objects.update(title="second"))
    assert b"".join(content) == b"first"
    assert not connection.in_atomic_block
