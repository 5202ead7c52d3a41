"""Files about organizations."""

from measures.models import (
    Organization,
)
from records.dataset.format import File
from records.dataset.parts import Names, Sources, values
from records.dataset.reading import refuse_circles


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
