"""Measures of the data set as rows, with as little around them as the status needs."""

from functools import cache
from pathlib import Path

import yaml
from django.db import connection

from measures.models import (
    Country,
    EventMaterial,
    Material,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureIssuer,
    MeasureMaterial,
    Organization,
)
from records import publishing

DATA = Path(__file__).parents[2] / "data"


@cache
def read(name):
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {row["id"]: row for row in yaml.load((DATA / name).read_bytes(), loader)}


def country(code="JP"):
    return Country.objects.get_or_create(code=code, defaults={"english_name": code})[0]


def authority():
    return Organization.objects.get_or_create(
        slug="ministry",
        defaults={"country": country(), "name": "Ministry", "kind": "ministry", "state": "published"},
    )[0]


def material(slug):
    row = read("materials.yaml").get(slug, {})
    broader = material(row["broader"]) if row.get("broader") else None
    return Material.objects.get_or_create(
        slug=slug,
        defaults={"name": slug, "category": "good", "description": "…", "broader": broader, "state": "published"},
    )[0]


def measure(slug, materials=(), **values):
    made = Measure.objects.create(
        slug=slug,
        authority=authority(),
        effect="restricts",
        summary="…",
        verification="verified",
        **{"title": slug, "legal_basis": "an act", "state": "published", **values},
    )
    for position, name in enumerate(materials):
        MeasureMaterial.objects.create(measure=made, material=material(name), position=position)
    return made


def event(of, kind, date, materials=(), **values):
    number = of.events.count()
    made = MeasureEvent.objects.create(
        measure=of,
        kind=kind,
        date=date,
        **{
            "slug": f"{of.slug}-{number}",
            "position": number,
            "title": f"{kind} {date}",
            "state": "published",
            **values,
        },
    )
    for position, name in enumerate(materials):
        EventMaterial.objects.create(event=made, material=material(name), position=position)
    return made


def founding(slug):
    """One measure of the data set with its materials and events."""
    row = read("measures.yaml")[slug]
    made = measure(slug, [listed["material"] for listed in row.get("materials", [])])
    for entry in row["events"]:
        values = {
            key: entry[key]
            for key in ("order", "until", "then", "planned", "overtaken_by", "background")
            if key in entry
        }
        event(made, entry["kind"], entry["date"], entry.get("materials", ()), **values)
    return made


def imposed(of, *, by=(), on=()):
    """Say who imposes a measure on whom."""
    for position, code in enumerate(by):
        MeasureIssuer.objects.create(measure=of, country=country(code), position=position)
    for position, code in enumerate(on):
        MeasureDestination.objects.create(measure=of, country=country(code), position=position)
    return of


def later():
    """What is written from now on belongs to another change set than what a test wrote until now."""
    with publishing.change(by=None, reason="Later"):
        pass


def names(slug):
    """All that a material of the data set is called, in every language, without what stands in brackets."""
    row = read("materials.yaml")[slug]
    return [row["name"].partition(" (")[0], *(name for names in row["aliases"].values() for name in names)]


def settle():
    """End the change set that a test has written its rows in, as a commit would; bitmaps tell what is complete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('policytrack.change_set', '', true)")
