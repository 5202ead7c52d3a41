"""Files about countries, organizations, materials and measures."""

import re
from collections import Counter
from dataclasses import dataclass

from django.apps import apps
from django_countries import countries

from measures.models import (
    Announcement,
    AnnouncementMeasure,
    Claim,
    Country,
    DisputedFact,
    EventMaterial,
    HSCode,
    HSSection,
    Instrument,
    MastCode,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    MeasureRelation,
    Organization,
    Provision,
    ProvisionDestination,
    ProvisionMaterial,
)
from records.dataset.format import (
    Either,
    File,
    Names,
    Part,
    Rows,
    Sources,
    Value,
    check_quote,
    in_words,
    refuse_circles,
    values,
)
from records.dataset.reference import Reference
from records.dataset.rows import SUBJECT, Layout


class Countries(Reference):
    """ISO 3166-1, the European Union, and every destination."""

    layout = Layout(Country, ("code",), ("code", "english_name"))

    @classmethod
    def rows(cls, directory):
        for code, name in countries:
            yield {"code": code, "english_name": str(name)}
        yield {"code": Country.ALL, "english_name": "every destination"}


class HSSections(Reference):
    layout = Layout(HSSection, ("code",), ("code", "name"))

    @classmethod
    def rows(cls, directory):
        for line in cls.table(directory, "hs2022_sections.csv"):
            yield {"code": line["section"], "name": line["name"]}
        # Goods that are not specified stand outside the sections.
        yield {"code": "TOTAL", "name": "Not in a section"}


class HSCodes(Reference):
    layout = Layout(HSCode, ("code",), ("code", "description", "parent", "section"))

    @classmethod
    def rows(cls, directory):
        lines = [line for line in cls.table(directory, "hs2022.csv") if line["hscode"].isdigit()]
        known = {line["hscode"] for line in lines}
        for line in lines:
            yield {
                "code": line["hscode"],
                "description": line["description"],
                "parent": (line["parent"],) if line["parent"] in known else None,
                "section": (line["section"],),
            }


class MastFile(File):
    name = "mast.yaml"
    model = MastCode
    rank = 20
    identity = ("code",)
    parts = (*values(MastCode, code="code", title="title", edition="edition"), Sources())


class InstrumentsFile(File):
    name = "instruments.yaml"
    model = Instrument
    rank = 21
    identity = ("code",)
    positioned = True
    parts = (
        *values(Instrument, instrument="code", mast="mast", oecd_type="oecd_type", gta_type="gta_type", note="note"),
        Sources(),
    )


class OrganizationsFile(File):
    """Shared by ministries and institutes: one model, two files told apart by kind."""

    model = Organization
    parts = (
        *values(Organization, id="slug", country="country", name="name"),
        Names("names", "official"),
        *values(
            Organization,
            abbreviation="abbreviation",
            website="website",
            kind="kind",
            parent="parent",
            field="field",
        ),
        Sources(),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        if row["kind"] is not None and not cls.holds(row):
            reading.fault(at.within("kind"), f"“{row['kind']}” does not belong into this file.")


class MinistriesFile(OrganizationsFile):
    name = "ministries.yaml"
    rank = 30

    @classmethod
    def holds(cls, row):
        return row["kind"] in Organization.STATE_KINDS


class InstitutesFile(OrganizationsFile):
    name = "institutes.yaml"
    rank = 31

    @classmethod
    def holds(cls, row):
        return row["kind"] not in Organization.STATE_KINDS

    @classmethod
    def finish(cls, reading):
        refuse_circles(Organization, "parent", reading)


class MaterialsFile(File):
    name = "materials.yaml"
    model = Material
    rank = 40
    parts = (
        *values(Material, id="slug", name="name"),
        Names("aliases", "alias", several=True),
        *values(Material, broader="broader", cas="cas", formula="formula"),
        Rows(
            "hs",
            MaterialHSCode,
            "material",
            values(MaterialHSCode, hs="hs_code"),
            identity=("material", "hs_code"),
            scalar=True,
        ),
        *values(Material, category="category", description="description"),
        Sources(),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        if row["cas"] and not cas_adds_up(row["cas"]):
            reading.fault(at.within("cas"), f"“{row['cas']}” is no CAS number: its last digit does not fit the others.")

    @classmethod
    def finish(cls, reading):
        refuse_circles(Material, "broader", reading)


def cas_adds_up(cas: str) -> bool:
    """Whether the check digit of a CAS registry number fits (its digits counted from the right)."""
    if not re.fullmatch(r"[0-9]{2,7}-[0-9]{2}-[0-9]", cas):
        return False
    digits = cas.replace("-", "")
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits))) % 10 == int(digits[-1])


def countries_of(key: str, model) -> Rows:
    return Rows(key, model, "measure", values(model, country="country"), identity=("measure", "country"), scalar=True)


def event_slug(owner, row, mapping) -> str:
    """`{measure}-{date}-{kind}`; an event has a public id without anybody thinking one up."""
    words = f"{owner[0]}-{row['date']}-{row['kind']}".lower()
    return re.sub("[^a-z0-9]+", "-", words).strip("-")[:110]


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
            slug=lambda owner, row, mapping: f"{owner[0]}-{row['code']}",
        ),
        Rows(
            "related",
            MeasureRelation,
            "measure",
            (*values(MeasureRelation, measure="other", relation="relation"), Sources()),
            identity=("measure", "other", "relation"),
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
            check=check_event,
        ),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        for key in ("imposed_by", "affects", "instruments"):
            if not mapping.get(key):
                reading.fault(at.within(key), "is missing.")
        materials = mapping.get("materials") or []
        own = {link.get("material") for link in materials if isinstance(link, dict)}
        for key in ("events", "provisions"):
            for position, part in enumerate(mapping.get(key) or []):
                named = (part.get("materials") or []) if isinstance(part, dict) else []
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


@dataclass(frozen=True)
class Subject(Part):
    """`subject: {measure: id}`: what a disputed fact is about."""

    keys = ("subject",)
    models = {
        "measure": "measures.Measure",
        "material": "measures.Material",
        "event": "measures.MeasureEvent",
        "program": "programs.Program",
        "indicator": "programs.Indicator",
    }

    def columns(self):
        return (SUBJECT,)

    def read(self, mapping, row, at, reading):
        subject, at = mapping.get("subject"), at.within("subject")
        row[SUBJECT] = None
        if not isinstance(subject, dict) or len(subject) != 1 or next(iter(subject)) not in self.models:
            reading.fault(at, f"must be one of {', '.join(self.models)} with its id, not {in_words(subject)}.")
            return
        kind, slug = next(iter(subject.items()))
        model = apps.get_model(self.models[kind])
        row[SUBJECT] = (model, (slug,))
        reading.references.append((at.within(kind), model, (slug,)))

    def write(self, row, mapping):
        model, (slug,) = row[SUBJECT]
        kind = next(kind for kind, label in self.models.items() if label == model._meta.label)
        mapping["subject"] = {kind: slug}


def check_claim(row, at, reading):
    check_quote(row, at, reading)
    if row["preferred"] and not row["reason"]:
        reading.fault(at.within("reason"), "is missing: say why this version is preferred.")


class ClaimsFile(File):
    name = "claims.yaml"
    model = DisputedFact
    rank = 80
    parts = (
        *values(DisputedFact, id="slug"),
        Subject(),
        *values(DisputedFact, question="question"),
        Rows(
            "versions",
            Claim,
            "disputed_fact",
            (
                Either("claimant", Claim, "organization", "claimant"),
                *values(Claim, date="date", statement="statement", value="value", quote="quote"),
                Sources(),
                *values(Claim, preferred="preferred", reason="reason"),
            ),
            identity=("disputed_fact", "position"),
            check=check_claim,
        ),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        versions = [each for each in mapping.get("versions") or [] if isinstance(each, dict)]
        if Counter(bool(each.get("preferred")) for each in versions)[True] > 1:
            reading.fault(at.within("versions"), "prefers more than one version.")
