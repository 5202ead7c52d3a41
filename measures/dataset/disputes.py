"""The file about facts that bodies tell differently."""

from dataclasses import dataclass

from django.apps import apps

from measures.models import (
    Claim,
    DisputedFact,
)
from records.dataset.format import File, Rows, check_quote
from records.dataset.parts import Either, Part, Sources, values
from records.dataset.reading import in_words, mappings
from records.dataset.rows import SUBJECT


@dataclass(frozen=True)
class Subject(Part):
    """`subject: {measure: id}`: what a disputed fact is about."""

    keys = ("subject",)
    models = {
        "measure": "measures.Measure",
        "material": "measures.Material",
        "event": "measures.MeasureEvent",
        "organization": "measures.Organization",
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
        *values(DisputedFact, field="field", question="question"),
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
