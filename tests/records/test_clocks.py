import datetime

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone

from records.clocks import BadClock, Clocks, ClocksMiddleware, clock_from, clocks

urlpatterns = [path("desk/", admin.site.urls)]
pytestmark = pytest.mark.urls(__name__)

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
