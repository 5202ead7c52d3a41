"""The shipped data taken along: page, every file and the API hold the same rows, whatever is asked and by whom."""

import csv
import io
import random

import pytest
from django.urls import resolve, reverse

from measures.models import Measure
from records import taking
from records.imports.kinds import kinds
from tests.records.brought import check, counts, faults, somebody
from tests.records.takings import content, lines, rows_in, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

LISTS = {
    "measures:list": "api:measures-list",
    "measures:material_list": "api:materials-list",
    "measures:organization_list": "api:organizations-list",
    "programs:list": "api:programs-list",
    "records:source_list": "api:sources-list",
    "measures:event_list": "api:events-list",
    "programs:project_list": "api:projects-list",
}


@pytest.fixture(autouse=True)
def data(loaded):
    """All the shipped data, with a record of each list withdrawn."""
    for page in LISTS:
        model = kinds()[next(iter(view(page).exports))].model
        record = model.objects.filter(state="published").order_by("-pk").first()
        model.objects.filter(pk=record.pk).update(state="withdrawn", withdrawal_notice="It was another one")


def view(page):
    return resolve(reverse(page)).func.view_class


@pytest.mark.parametrize("role", [None, "editor"])
@pytest.mark.parametrize("page", LISTS)
def test_page_files_and_api_hold_the_same_rows(client, page, role):
    if role:
        client.force_login(somebody(role))
    chance = random.Random(f"{page} {role}")
    facets = {facet.name: facet for facet in client.get(reverse(page)).context["facets"]}
    offered = [(name, option.value) for name, facet in facets.items() for option in facet.options]
    asked = [{}]
    for _set in range(2):
        chosen: dict[str, list[str]] = {}
        for name, value in chance.sample(offered, chance.randint(1, 2)):
            sign = "-" if chance.random() < 0.3 and not value.startswith("-") else ""
            chosen.setdefault(name, []).append(sign + value)
        asked.append(chosen)
    name, lead = next(iter(view(page).exports.items()))
    formats = taking.formats_of(kinds()[name], lead)
    totals = set()
    for query in asked:
        response = client.get(reverse(page), query)
        if response.status_code == 400:  # this facet takes no exclusion
            continue
        total = response.context["page_obj"].paginator.count
        found = {name: rows_in(name, content(take(client, page, format=name, **query))) for name in formats}
        found["api"] = client.get(reverse(LISTS[page]), query).json()["count"]
        assert found == dict.fromkeys(found, total), query
        totals.add(total)
    assert len(totals) > 1  # the filters did something


def test_a_withdrawn_record_is_there_and_says_nothing_but_its_notice(client):
    slug = Measure.objects.get(state="withdrawn").slug
    told_lines = {line["id"]: line for line in lines(client)}
    assert told_lines[slug] == {"id": slug, "state": "withdrawn", "withdrawal_notice": "It was another one"}
    text = content(take(client, format="csv")).decode("utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(text)) if row["id"] == slug)
    assert {name: cell for name, cell in row.items() if cell} == {"id": slug, "withdrawn": "It was another one"}


def test_it_comes_back_without_changing_anything(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    order = check("measures", content(take(client, format="csv")))
    assert faults(order) == []
    assert counts(order) == (0, 0, Measure.objects.filter(state="published").count())
