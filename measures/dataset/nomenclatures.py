"""Countries, the Harmonized System, MAST codes and instruments: what the other files choose from."""

import re

from django.utils import translation
from django_countries import countries

from measures.models import (
    Country,
    HSCode,
    HSSection,
    Instrument,
    MastCode,
)
from records.dataset.format import File
from records.dataset.parts import Sources, values
from records.dataset.reading import Place, shown
from records.dataset.reference import Reference
from records.dataset.rows import Layout


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


def not_six_digits(code: object) -> str | None:
    """Complaint about a code that is no subheading: a heading or chapter says too little about a good."""
    if isinstance(code, str) and not re.fullmatch("[0-9]{6}", code):
        return f"“{shown(code)}” is no HS code of six digits."
    return None


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
