"""Files about measures and the announcements that bring them in."""

import re

from measures.models import (
    Announcement,
    AnnouncementMeasure,
    EventMaterial,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    MeasureRelation,
    Provision,
    ProvisionDestination,
    ProvisionMaterial,
)
from records.dataset.format import File, Rows, check_quote
from records.dataset.parts import Names, Sources, Value, values
from records.dataset.reading import mappings


def countries_of(key: str, model) -> Rows:
    return Rows(
        key,
        model,
        "measure",
        values(model, country="country"),
        identity=("measure", "country"),
        scalar=True,
        required=True,
    )


def event_slug(owner, row) -> str:
    """`{measure}-{date}-{kind}`; an event has a public id without anybody thinking one up."""
    words = f"{owner[0]}-{row['date']}-{row['kind']}".lower()
    return re.sub("[^a-z0-9]+", "-", words).strip("-")[:110]


def check_relation(row, at, reading):
    if row["other"] == row["measure"]:
        reading.fault(at.within("measure"), "is the measure itself.")


def check_event(row, at, reading):
    check_quote(row, at, reading)
    if row["then"] and not row["until"]:
        reading.fault(at.within("then"), "says what comes after an end, but there is no `until`.")


class MeasuresFile(File):
    name = "measures.yaml"
    model = Measure
    rank = 50
    parts = (
        *values(Measure, id="slug", title="title"),
        Names("names", "official"),
        countries_of("imposed_by", MeasureIssuer),
        countries_of("affects", MeasureDestination),
        *values(Measure, authority="authority"),
        Rows(
            "instruments",
            MeasureInstrument,
            "measure",
            values(MeasureInstrument, instrument="instrument"),
            identity=("measure", "instrument"),
            scalar=True,
            required=True,
        ),
        *values(Measure, effect="effect", mast="mast", legal_basis="legal_basis", summary="summary"),
        Rows(
            "materials",
            MeasureMaterial,
            "measure",
            (*values(MeasureMaterial, material="material", scope="scope", control_ref="control_ref"), Sources()),
            identity=("measure", "material"),
        ),
        Rows(
            "provisions",
            Provision,
            "measure",
            (
                *values(Provision, id="code", title="title"),
                Rows(
                    "materials",
                    ProvisionMaterial,
                    "provision",
                    values(ProvisionMaterial, material="material"),
                    identity=("provision", "material"),
                    scalar=True,
                ),
                Rows(
                    "destinations",
                    ProvisionDestination,
                    "provision",
                    values(ProvisionDestination, country="country"),
                    identity=("provision", "country"),
                    scalar=True,
                ),
                Sources(),
            ),
            slug=lambda owner, row: f"{owner[0]}-{row['code']}",
        ),
        Rows(
            "related",
            MeasureRelation,
            "measure",
            (*values(MeasureRelation, measure="other", relation="relation"), Sources()),
            identity=("measure", "other", "relation"),
            check=check_relation,
        ),
        *values(Measure, verification="verification"),
        Sources(),
        Rows(
            "events",
            MeasureEvent,
            "measure",
            (
                Value("id", MeasureEvent, "slug", optional=True),
                Value(
                    "provision",
                    MeasureEvent,
                    "provision",
                    stored=lambda code, row: f"{row['measure'][0]}-{code}",
                    written=lambda slug, row: slug.removeprefix(f"{row['measure'][0]}-"),
                ),
                *values(
                    MeasureEvent,
                    kind="kind",
                    date="date",
                    order="order",
                    title="title",
                    description="description",
                    quote="quote",
                ),
                Rows(
                    "materials",
                    EventMaterial,
                    "event",
                    values(EventMaterial, material="material"),
                    identity=("event", "material"),
                    scalar=True,
                ),
                *values(
                    MeasureEvent,
                    until="until",
                    then="then",
                    planned="planned",
                    overtaken_by="overtaken_by",
                    background="background",
                ),
                Sources(),
            ),
            slug=event_slug,
            alike=("kind", "title"),
            check=check_event,
            required=True,
        ),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        own = [link.get("material") for link in mappings(mapping, "materials")]
        for key in ("events", "provisions"):
            for position, part in enumerate(mappings(mapping, key)):
                named = part.get("materials")
                for material in named if isinstance(named, list) else []:
                    if material not in own:
                        place = at.within(key).within(position).within("materials")
                        reading.fault(place, f"“{material}” is not among the materials of the measure.")


class AnnouncementsFile(File):
    name = "announcements.yaml"
    model = Announcement
    rank = 51
    parts = (
        *values(
            Announcement,
            id="slug",
            title="title",
            country="country",
            authority="authority",
            date="date",
            legal_number="legal_number",
        ),
        Rows(
            "measures",
            AnnouncementMeasure,
            "announcement",
            values(AnnouncementMeasure, measure="measure"),
            identity=("announcement", "measure"),
            scalar=True,
        ),
        Sources(),
    )
