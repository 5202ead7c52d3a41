"""The pages of measures, on the shipped data."""

import gzip
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from measures import status
from measures.models import Material, Measure, MeasureEvent, Organization
from records.models import Name, Source
from tests.hidden import hide
from tests.measures import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

LICENSING = "jp-2019-three-materials-licensing"
LIST = "/measures/"
LIST_QUERIES, PAGE_QUERIES = 9, 12


def page(client, slug=LICENSING, **query):
    return client.get(reverse("measures:detail", args=[slug]), query)


def found(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    return {measure.slug for measure in response.context["measures"]}


@pytest.mark.parametrize("slug", [LICENSING, "cn-2024-us-gallium-germanium-antimony-ban", "ga-2029-manganese-ban"])
def test_a_measure_shows_every_text_of_its_rows(client, slug):
    measure = Measure.objects.get(slug=slug)
    response = page(client, slug)
    shown = response.content.decode()
    assert response.context["documents"]
    texts = [source.title for source in response.context["documents"]]
    texts += [measure.title, measure.summary, measure.legal_basis, measure.authority.name]
    texts += [name.text for name in measure.names.all()]
    for link in measure.material_links.all():
        texts += [link.material.name, link.scope, link.control_ref]
    for event in measure.events.all():
        texts += [event.title, event.description, event.quote]
    for announcement in measure.announcements.all():
        texts += [announcement.title, announcement.legal_number]
    for relation in measure.relations.all():
        texts.append(relation.other.title)
    for program in measure.programs.all():
        texts.append(program.title)
    missing = [text for text in filter(None, texts) if escape(text) not in shown]
    assert missing == []


def test_the_grid_tells_each_material_on_each_day(client):
    response = page(client, on="2020-02-01")
    days = {column.day: column.since for column in response.context["days"]}
    assert days[date(2019, 7, 4)] == "2019-07-04"
    assert days[date(2020, 2, 1)] is None
    on = {course.material.slug: course.on(date(2020, 2, 1)).status for course, _cells in response.context["grid"]}
    assert on["photoresist-controlled"] == on["photoresist-euv"] == "eased"
    assert on["hydrogen-fluoride"] == on["fluorinated-polyimide"] == "in_force"
    assertContains(response, "chosen day")


def test_a_change_known_by_month_or_only_planned_has_a_column_that_says_so(client):
    (planned,) = [column for column in page(client, "ga-2029-manganese-ban").context["days"] if column.planned]
    assert planned.since == "2029-01-01"
    MeasureEvent.objects.filter(measure__slug=LICENSING, kind="effective").update(
        date="2019-07", earliest=date(2019, 7, 1), start_latest=date(2019, 7, 31), latest=date(2019, 7, 31)
    )
    status.StatusDerivation().rebuild()
    columns = {column.since: column.day for column in page(client).context["days"]}
    assert columns["2019-07"] == date(2019, 7, 31)
    assert "2019-07-31" not in columns


@pytest.mark.parametrize("slug", [LICENSING, "cn-2025-57-five-rare-earths", "ga-2029-manganese-ban"])
@pytest.mark.parametrize("day", ["2019-07-02", "2020-02-01", "2025-11-08", "2026-11-12", "2029-02-01"])
def test_the_grid_agrees_with_the_statuses_that_lists_use(client, slug, day):
    measure = Measure.objects.get(slug=slug)
    day = date.fromisoformat(day)
    shown = {
        course.material.pk: cell
        for course, cells in page(client, slug, on=day.isoformat()).context["grid"]
        for cell in cells
        if cell.on == day
    }
    listed = status.rows_on([measure], day)[measure.pk]
    assert {pk: (cell.status, cell.certainty) for pk, cell in shown.items()} == {
        row.material.pk: (row.status, row.certainty) for row in listed
    }


def test_each_status_of_a_mixed_measure_tells_since_when(client):
    head = page(client, "cn-2024-us-gallium-germanium-antimony-ban", on="2026-11-24").content.decode()
    head = head[head.index("facts4") : head.index("Issued by")]
    suspended, in_force = (head.index(f"g-{code}") for code in ("suspended", "in_force"))
    assert suspended < head.index("2025-11-09") < head.index("2026-11-27") < in_force < head.index("2024-12-03")


def test_narrower_materials_stand_below_their_broader_one(client):
    courses = [course for course, _cells in page(client).context["grid"]]
    depths = {course.material.slug: course.depth for course in courses}
    order = [course.material.slug for course in courses]
    assert depths["photoresist-controlled"] == 0
    assert depths["photoresist-euv"] == 1
    assert order.index("photoresist-euv") == order.index("photoresist-controlled") + 1


def test_materials_broader_than_each_other_in_a_circle_are_still_shown(client):
    resist, euv = Material.objects.filter(slug__in=["photoresist-controlled", "photoresist-euv"]).order_by("slug")
    Material.objects.filter(pk=resist.pk).update(broader=euv)
    Material.objects.filter(pk=euv.pk).update(broader=resist)
    assert len(page(client).context["grid"]) == 6


def test_courses_that_are_the_same_share_a_line_and_crowded_dots_get_a_closer_look(client):
    whole, closer = page(client).context["looks"]
    assert whole.lines[0].title == "the whole measure"
    assert len(whole.lines) == len(closer.lines) == 7
    assert "2019" in closer.title
    (line,) = page(client, "jp-2019-korea-white-list-removal").context["looks"][0].lines
    assert line.title == "all 13 materials"


def test_lines_of_a_drawing_are_called_in_the_readers_language(client):
    Name.objects.create(subject=Material.objects.get(slug="photoresist-euv"), language="ko", text="극자외선용 레지스트")
    response = client.get(reverse("measures:detail", args=[LICENSING]), headers={"accept-language": "ko"})
    whole, *_closer = response.context["looks"]
    assert "극자외선용 레지스트" in {line.title for line in whole.lines}
    assertContains(response, 'aria-label="극자외선용 레지스트')


def test_the_story_has_counter_measures_and_programs_where_they_began(client):
    story = page(client).context["story"]
    days = [moment.day for moment in story]
    assert days == sorted(days)
    assert {moment.relation.far.slug for moment in story if moment.relation} >= {"kr-2019-wto-ds590"}
    answers = {moment.program.slug: moment for moment in story if moment.program}
    assert answers["kr-2019-msit-localization-rd-plan"].step.title
    assert min(moment.day for moment in answers.values()) >= date(2019, 6, 30)


def test_an_authority_that_visitors_may_not_see_is_not_named(client):
    Organization.objects.filter(slug="jp-meti").update(state="draft")
    response = page(client)
    assertNotContains(response, "/organizations/jp-meti/")
    assertContains(response, "not published here")


def test_translations_name_what_they_translate(client):
    event = MeasureEvent.objects.get(measure__slug=LICENSING, kind="effective")
    translation, origin = (citation.source for citation in event.citations.all()[:2])
    Source.objects.filter(pk=translation.pk).update(derived_from=origin, translation="machine")
    told = f'Machine translation of <a href="{origin.get_absolute_url()}" lang="{origin.language}">'
    assertContains(page(client), told, count=1)
    Source.objects.filter(pk=origin.pk).update(state="draft")
    assertNotContains(page(client), origin.get_absolute_url())


def test_disputed_facts_show_every_version(client):
    response = page(client)
    for fact in response.context["disputed_facts"]:
        assertContains(response, escape(fact.question))
        for claim in fact.claims.all():
            assertContains(response, escape(claim.statement))


@pytest.mark.parametrize(
    ("query", "kept", "dropped"),
    [
        ({"issuer": "JP"}, LICENSING, "ga-2029-manganese-ban"),
        ({"destination": "KR", "issuer": "JP"}, LICENSING, "ga-2029-manganese-ban"),
        ({"instrument": "export_licensing", "issuer": "JP"}, LICENSING, "jp-2019-korea-white-list-removal"),
        ({"status": "eased", "on": "2020-02-01"}, LICENSING, "jp-2019-korea-white-list-removal"),
        ({"material": "hydrogen-fluoride"}, LICENSING, "ga-2029-manganese-ban"),
        ({"authority": "jp-meti"}, LICENSING, "ga-2029-manganese-ban"),
        ({"q": "불화수소"}, LICENSING, "ga-2029-manganese-ban"),
        ({"q": "7664-39-3"}, LICENSING, "ga-2029-manganese-ban"),
    ],
    ids=str,
)
def test_a_filter_keeps_and_drops(client, query, kept, dropped):
    slugs = found(client, **query)
    assert kept in slugs
    assert dropped not in slugs


def test_counts_beside_the_choices_are_those_of_the_lists_they_lead_to(client):
    response = client.get(LIST)
    for facet in response.context["facets"]:
        for option in (*facet.options[:3], *facet.more[:1]):
            led_to = client.get(LIST, {facet.name: option.value})
            assert led_to.context["page_obj"].paginator.count == option.count, (facet.name, option.value)


def test_what_is_only_possible_is_counted_apart(client):
    response = client.get(LIST, {"status": "in_force", "on": "2029-02-01"})
    assert response.context["possible"] > 0
    assertContains(response, f"({response.context['possible']} possible)")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"issuer": "XX"}, "“XX” is not a known value"),
        ({"status": "in_forse"}, "Did you mean “in_force”?"),
        ({"colour": "red"}, "is not a parameter"),
        ({"on": "2019-13-45"}, "is not a date"),
        ({"q": "a\x00b"}, "cannot be printed"),
        ({"page": "0"}, "must be a number"),
        ({"sort": "newst"}, "Did you mean “newest”?"),
        ({"page": "9" * 400}, "no such page"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(client, query, words):
    response = client.get(LIST, query)
    assert response.status_code in (400, 404)
    assert escape(words) in response.content.decode()


def test_an_unknown_measure_is_not_found(client):
    assert page(client, "xx-1900-nothing").status_code == 404


def test_an_empty_list_says_what_to_take_away(client):
    response = client.get(LIST, {"issuer": "JP", "status": "suspended"})
    assert not response.context["measures"]
    assertContains(response, "Take one away")


def test_visitors_see_no_draft_and_nothing_under_embargo(client):
    other = "jp-2019-korea-white-list-removal"
    title = Measure.objects.get(slug=LICENSING).title
    Measure.objects.filter(slug=LICENSING).update(state="draft")
    hide(Measure.objects.filter(slug="ga-2029-manganese-ban"), embargo_until=timezone.now() + timedelta(days=1))
    for slug in (LICENSING, "ga-2029-manganese-ban"):
        assert page(client, slug).status_code == 404
        assert slug not in found(client)
    assertNotContains(page(client, other), escape(title))


def test_visitors_see_no_draft_within_a_measure(client):
    event = MeasureEvent.objects.filter(measure__slug=LICENSING, kind="licence").first()
    MeasureEvent.objects.filter(pk=event.pk).update(state="draft")
    Material.objects.filter(slug="fluorinated-polyimide").update(state="in_review")
    Source.objects.filter(slug="mynavi-2019-07-01").update(state="draft")
    response = page(client)
    assertNotContains(response, event.slug)
    assertNotContains(response, "/materials/fluorinated-polyimide/")
    assertNotContains(response, "mynavi-2019-07-01")


def test_a_withdrawn_measure_shows_its_notice_only(client):
    measure = Measure.objects.get(slug=LICENSING)
    Measure.objects.filter(pk=measure.pk).update(state="withdrawn", withdrawal_notice="It never was.")
    response = page(client)
    assertContains(response, "It never was.")
    assertNotContains(response, escape(measure.summary))


def test_one_row_or_fifty_take_the_same_queries(client, django_assert_num_queries):
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(LIST).context["measures"]) == 50
    Measure.objects.exclude(slug=LICENSING).update(state="draft")
    recorded.settle()
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(LIST).context["measures"]) == 1


def test_measures_are_sorted_newest_first_or_by_title(client):
    announced = [measure.announced_on for measure in client.get(LIST).context["measures"]]
    assert announced == sorted(announced, reverse=True)
    titles = [measure.title.lower() for measure in client.get(LIST, {"sort": "title"}).context["measures"]]
    assert titles == sorted(titles)


def test_pages_repeat_no_measure_and_leave_none_out(client):
    seen = [measure.slug for number in (1, 2) for measure in client.get(LIST, {"page": number}).context["measures"]]
    assert len(seen) == len(set(seen)) == Measure.objects.count()


@pytest.mark.parametrize("slug", [LICENSING, "ga-2029-manganese-ban", "jp-kr-export-control-policy-dialogue"])
def test_no_page_takes_more_queries_than_this(client, django_assert_max_num_queries, slug):
    page(client, slug)
    with django_assert_max_num_queries(PAGE_QUERIES):
        page(client, slug)


def test_one_event_or_many_take_the_same_queries(client, django_assert_num_queries):
    page(client)
    with django_assert_num_queries(PAGE_QUERIES):
        assert len(page(client).context["events"]) > 20
    MeasureEvent.objects.filter(measure__slug=LICENSING).exclude(kind="effective").update(state="draft")
    with django_assert_num_queries(PAGE_QUERIES):
        assert len(page(client).context["events"]) == 1


def test_in_korean_other_records_are_called_so_without_a_query_more(client, django_assert_max_num_queries):
    korean = {"accept-language": "ko"}
    address = reverse("measures:detail", args=[LICENSING])
    client.get(address, headers=korean)
    with django_assert_max_num_queries(PAGE_QUERIES):
        response = client.get(address, headers=korean)
    assertContains(response, "플루오린 폴리이미드")
    assertContains(response, "소재·부품·장비 경쟁력 강화대책")


def test_pages_stay_light(client):
    largest = MeasureEvent.objects.values_list("measure__slug", flat=True)
    slugs = sorted(set(largest), key=list(largest).count)[-3:]
    for response in (client.get(LIST), *(page(client, slug) for slug in slugs)):
        assert len(gzip.compress(response.content)) < 60_000
