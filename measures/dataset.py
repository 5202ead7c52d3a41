"""Files about countries, organizations, materials and measures."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.utils import translation
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
    Place,
    Rows,
    Sources,
    Value,
    check_quote,
    in_words,
    mappings,
    refuse_circles,
    shown,
    values,
)
from records.dataset.reference import Reference
from records.dataset.rows import SUBJECT, Layout


class Countries(Reference):
    """ISO 3166-1, the European Union, and every destination."""

    layout = Layout(Country, ("code",), ("code", "english_name"))

    @classmethod
    def read(cls, directory, reading):
        with translation.override("en"):
            named = [*countries, (Country.ALL, "every destination")]
        for code, name in named:
            cls.add({"code": code, "english_name": str(name)}, Place("ISO 3166-1", code), reading)


# The nomenclature's line for all goods, which is no code and in no section.
TOTAL = "TOTAL"


class HSSections(Reference):
    layout = Layout(HSSection, ("code",), ("code", "name"))
    file = "hs2022_sections.csv"
    columns = ("section", "name")

    @classmethod
    def read(cls, directory, reading):
        super().read(directory, reading)
        # Goods that are not specified stand outside the sections.
        cls.add({"code": TOTAL, "name": "Not in a section"}, Place(cls.file), reading)

    @classmethod
    def row(cls, line, at, reading):
        return {"code": line["section"], "name": line["name"]}


class HSCodes(Reference):
    layout = Layout(HSCode, ("code",), ("code", "description", "parent", "section"))
    file = "hs2022.csv"
    columns = ("section", "hscode", "description", "parent", "level")

    @classmethod
    def row(cls, line, at, reading):
        code = line["hscode"]
        if code == TOTAL:
            return None
        if not re.fullmatch("[0-9]{2}|[0-9]{4}|[0-9]{6}", code):
            reading.fault(at, f"“{shown(code)}” is no HS code of two, four or six digits.")
            return None
        parent = None if line["parent"] == TOTAL else (line["parent"],)
        return {"code": code, "description": line["description"], "parent": parent, "section": (line["section"],)}


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


def not_six_digits(code: object) -> str | None:
    """Complaint about a code that is no subheading: a heading or chapter says too little about a good."""
    if isinstance(code, str) and not re.fullmatch("[0-9]{6}", code):
        return f"“{shown(code)}” is no HS code of six digits."
    return None


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
            (Value("hs", MaterialHSCode, "hs_code", complaint=not_six_digits),),
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
        if not isinstance(slug, str):
            reading.fault(at.within(kind), f"must be an id in quotes, not {in_words(slug)}.")
            return
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
            required=True,
        ),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        if sum(each.get("preferred") is True for each in mappings(mapping, "versions")) > 1:
            reading.fault(at.within("versions"), "prefers more than one version.")
