"""Reconciliation of the names of materials and organizations in a table."""

import re
import unicodedata

from django.utils.translation import gettext_lazy

from measures.models import Material, Organization
from records import naming
from records.api.batches import Property
from records.api.reconciliation import (
    EntitySuggestions,
    Preview,
    PropertySuggestions,
    Reconciliation,
)
from records.search.countries import code_of

CAS = re.compile(r"[0-9]{2,7}-[0-9]{2}-[0-9]")
# Hyphens and dashes that stand for the hyphen of a number.
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−－"), "-")


def cas_of(text: str) -> str | None:
    """The CAS number that a text holds; None where it holds none or several."""
    found = set(CAS.findall(text.translate(HYPHENS)))
    return found.pop() if len(found) == 1 else None


def formula_of(text: str) -> str | None:
    """A formula without differences of width and without spaces: HF, SiC, C₃F₆ as C3F6."""
    return "".join(unicodedata.normalize("NFKC", text).split()) or None


class Materials:
    """What services about materials have in common."""

    model, list_name, columns = Material, "materials", ("category",)
    properties = (
        Property("cas", gettext_lazy("CAS number"), "cas", cas_of, identifies=True),
        Property("formula", gettext_lazy("Formula"), "formula", formula_of),
    )

    def described(self, row):
        return " · ".join(filter(None, (naming.worded(row["category"]), row["formula"], row["cas"])))


class Organizations:
    """What services about organizations have in common."""

    model, list_name = Organization, "organizations"
    properties = (
        Property("country", gettext_lazy("Country"), "country_id", code_of),
        Property("kind", gettext_lazy("Kind"), "kind", lambda text: text.lower().replace(" ", "_") or None),
    )

    def described(self, row):
        return f"{row['country_id']} · {Organization.Kind(row['kind']).label}"


class MaterialReconciliation(Materials, Reconciliation):
    """Materials that names in a table may stand for."""


class MaterialSuggestions(Materials, EntitySuggestions):
    """Materials of which a name begins as what is being typed."""


class MaterialProperties(Materials, PropertySuggestions):
    """What else may be told of a material: its CAS number, its formula."""


class MaterialPreview(Materials, Preview):
    """A material in some lines."""


class OrganizationReconciliation(Organizations, Reconciliation):
    """Organizations that names in a table may stand for."""


class OrganizationSuggestions(Organizations, EntitySuggestions):
    """Organizations of which a name begins as what is being typed."""


class OrganizationProperties(Organizations, PropertySuggestions):
    """What else may be told of an organization: its country, its kind."""


class OrganizationPreview(Organizations, Preview):
    """An organization in some lines."""
