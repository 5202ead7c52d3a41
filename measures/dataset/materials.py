"""The file about materials."""

import re

from measures.dataset.nomenclatures import not_six_digits
from measures.models import (
    Material,
    MaterialHSCode,
)
from records.dataset.format import File, Rows
from records.dataset.parts import Names, Sources, Value, values
from records.dataset.reading import refuse_circles


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
