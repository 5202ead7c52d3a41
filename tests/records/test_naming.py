"""What records are called in the reader's language, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from pytest_django.asserts import assertContains, assertNotContains

from measures import timeline
from measures.models import Material, Measure
from records import derived, naming
from records.models import Name
from tests.measures import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure():
    made = recorded.measure("licensing", ["gallium"])
    for language, kind, text in (
        ("ko", "former", "옛 이름"),
        ("ko", "alias", "개별 허가"),
        ("ko-KR", "official", "개별수출허가"),
        ("ja", "official", "個別輸出許可"),
        ("en", "official", "Individual licences"),
    ):
        Name.objects.create(subject=made, language=language, kind=kind, text=text)
    Name.objects.create(subject=made.materials.get(), language="ko", kind="alias", text="갈륨")
    return made


@pytest.mark.parametrize(
    ("language", "title"), [("en", "licensing"), ("ko", "개별수출허가"), ("ja", "個別輸出許可"), ("fr", "licensing")]
)
def test_a_record_is_called_by_its_official_name_in_the_readers_language(measure, language, title):
    with translation.override(language):
        assert naming.called(measure) == "licensing"  # nothing was fetched
        naming.fetch([measure, None])
        assert naming.called(measure) == title
        whole = Measure.objects.prefetch_related("names").get()
        assert naming.called(whole) == title


def test_without_an_official_name_another_one_serves_and_no_abbreviation(measure):
    Name.objects.filter(kind="official").delete()
    with translation.override("ko"):
        naming.fetch([measure])
        assert naming.called(measure) == "개별 허가"
        Name.objects.exclude(kind="former").delete()
        naming.fetch([measure])
        assert naming.called(measure) == "licensing"


def test_names_of_many_records_of_several_models_take_one_query(measure, django_assert_num_queries):
    records = [*Measure.objects.all(), *Measure.objects.all(), *Material.objects.all()]
    naming.fetch(records)
    for language, queries in (("en", 0), ("ko", 1)):
        with translation.override(language), django_assert_num_queries(queries):
            naming.fetch(records[:1], records[1:], [])
            called = [naming.called(record) for record in records]
    assert called == ["개별수출허가", "개별수출허가", "갈륨"]


def read(client, name, language, **query):
    return client.get(reverse(name), query, headers={"accept-language": language})


# The timeline has a drawing and a list.
@pytest.mark.parametrize(("name", "more"), [("measures:list", 1), ("measures:timeline", 2)])
def test_lists_take_a_query_more_in_korean_for_one_row_and_for_many(client, measure, name, more):
    def queries(language):
        derived.rebuild()
        timeline.rebuild()
        read(client, name, language)
        with CaptureQueriesContext(connection) as taken:
            read(client, name, language)
        return len(taken)

    recorded.event(measure, "effective", "2019-07-04")
    few = queries("en"), queries("ko")
    for number in range(20):
        made = recorded.measure(f"m{number}", ["gallium"])
        recorded.event(made, "effective", "2019-07-04")
        Name.objects.create(subject=made, language="ko", text=f"조치 {number}")
    assert (queries("en"), queries("ko")) == few
    assert few[1] - few[0] == more


def test_the_list_of_measures_has_the_english_title_below_the_readers(client, measure):
    response = read(client, "measures:list", "ko")
    assertContains(response, f'<a href="{measure.get_absolute_url()}">개별수출허가</a>', html=True)
    assertContains(response, '<div class="small muted" lang="en">licensing</div>', html=True)
    assertContains(response, "갈륨")
    response = read(client, "measures:list", "en")
    assertContains(response, f'<a href="{measure.get_absolute_url()}">licensing</a>', html=True)
    assertNotContains(response, "개별수출허가")
    assertNotContains(response, '<div class="small muted" lang="en">')


def test_the_order_of_a_list_is_that_of_english_titles(client, measure):
    recorded.measure("another")
    for language in ("en", "ko"):
        found = read(client, "measures:list", language, sort="title").context["measures"]
        assert [each.slug for each in found] == ["another", "licensing"]
