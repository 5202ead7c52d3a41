"""Tables of programs, milestones, projects and observations, for import and export."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Organization
from programs.dataset import (
    check_milestone,
    check_money,
    check_project,
    negative,
    no_count,
    no_currency,
)
from programs.models import (
    Milestone,
    Observation,
    Program,
    ProgramMaterial,
    ProgramMeasure,
    ProgramPartner,
    Project,
    ProjectPerformer,
)
from records.dataset.reading import shown
from records.imports.columns import Column, LookUp, Plain, Reference, Refused, plains, unknown
from records.imports.kinds import Alike, Fault, Line, RowKind
from records.imports.links import Links, names, sources, split


def budget(model) -> tuple[Column, ...]:
    return (
        Plain("budget_amount", model, "budget_amount", negative),
        Plain("budget_currency", model, "budget_currency", no_currency),
        *plains(
            model,
            budget_approximate="budget_approximate",
            budget_per="budget_per",
            budget_note="budget_note",
        ),
    )


def check_budget(row, at, reading):
    check_money(row, at, reading, "budget_")


@dataclass(frozen=True)
class Partners(Links):
    """Organizations, each with its role: “kiat: funding; keit: evaluation”."""

    @property
    def about(self):
        return _("Partners, each with its role: “keit: evaluates the projects; kiat: funds them”")

    @property
    def identity(self):
        return ("organization", "role")

    def _key_of(self, row):
        return f"{row.organization.slug}: {row.role}"

    def gather(self, texts, look_up):
        parts = (part.partition(":")[0].strip() for text in texts for part in split(text))
        look_up.gather(Organization, "slug", parts)

    def _found(self, part, look_up):
        slug, colon, role = (each.strip() for each in part.partition(":"))
        if (organization := look_up.find(Organization, "slug", slug)) is None:
            raise Refused(unknown(Organization, slug))
        if not colon or not role or len(role) > 200 or not role.isprintable():
            raise Refused(_("“%(text)s” is no organization with its role.") % {"text": shown(part)})
        return f"{slug}: {role}", organization

    def stored(self, value):
        rows = [{"organization": each.pk, "role": key.partition(": ")[2]} for key, each in value]
        return {f"~{self.header}": rows}


class ProgramRows(RowKind):
    name = "programs"
    title = gettext_lazy("Programs")
    model = Program
    columns = (
        *plains(Program, title="title"),
        names("names", "official"),
        Reference("country", Program, "country", "code"),
        Reference("lead", Program, "lead"),
        Partners("partners", ProgramPartner, "program", "organization", related_name="partner_links"),
        Links("responds_to", ProgramMeasure, "program", "measure", related_name="measure_links"),
        *plains(Program, technology_scope="technology_scope", summary="summary"),
        *budget(Program),
        Links("materials", ProgramMaterial, "program", "material", related_name="material_links"),
        *plains(Program, verification="verification"),
        sources(),
    )
    rules = (check_budget,)
    alikes = (Alike(("title", "country"), ("title", "country_id")),)


class MilestoneRows(RowKind):
    name = "milestones"
    title = gettext_lazy("Milestones")
    model = Milestone
    positioned_in = "phase"
    within = ("phase", "phase__program")
    order = ("phase__program__slug", "phase__number", "position")
    columns = (
        Reference("phase", Milestone, "phase"),
        *plains(
            Milestone,
            title="title",
            expected="expected",
            wording="wording",
            said_on="said_on",
            actual="actual",
            status="status",
            description="description",
        ),
        sources(),
    )
    rules = (check_milestone,)
    alikes = (
        Alike(
            ("phase", "title", "expected"),
            ("phase__slug", "title", "expected"),
            grave=True,
        ),
    )


class ProjectRows(RowKind):
    name = "projects"
    title = gettext_lazy("Projects")
    model = Project
    positioned_in = "program"
    within = ("program",)
    order = ("program__slug", "position")
    columns = (
        Reference("program", Project, "program"),
        *plains(Project, title="title", kind="kind"),
        Links(
            "performers",
            ProjectPerformer,
            "project",
            "organization",
            words="name",
            related_name="performers",
            note=gettext_lazy("Performers, also in words where they are not recorded"),
        ),
        Reference("material", Project, "material"),
        Reference("phase", Project, "phase"),
        *plains(Project, period="period", years_min="years_min", years_max="years_max"),
        *budget(Project),
        Plain("count", Project, "count", no_count),
        *plains(Project, unnamed="unnamed", status="status", outcome="outcome"),
        sources(),
    )
    rules = (check_project,)
    alikes = (
        Alike(
            ("program", "title", "period"),
            ("program__slug", "title", "period"),
        ),
    )

    @classmethod
    def check(cls, line: Line, row: dict[str, Any], look_up: LookUp, fault: Fault) -> None:
        phase, program = row["phase"], row["program"]
        if phase is not None and program is not None and phase.program_id != program.pk:
            fault(line, "phase", _("“%(phase)s” is no phase of the program.") % {"phase": phase.slug})


class ObservationPlace(Column):
    """The place of an observation in its series; it tells observations of one date apart."""

    @property
    def about(self):
        return _("Place in the series, where there is such a row; leave it empty for a new one")

    def text(self, record, *, public):
        return str(record.position)

    def read(self, text, record, look_up):
        # By it the record was found.
        return text

    def written(self, value):
        return value

    def stored(self, value):
        return {}


class ObservationRows(RowKind):
    name = "observations"
    title = gettext_lazy("Observations")
    model = Observation
    has_id = False
    owner = positioned_in = "indicator"
    within = ("indicator", "indicator__program")
    order = ("indicator__slug", "position")
    columns = (
        Reference("indicator", Observation, "indicator"),
        ObservationPlace("position"),
        *plains(Observation, date="date", value="value", note="note"),
        sources(),
    )

    @classmethod
    def identify(cls, lines: list[Line], look_up: LookUp, fault: Fault) -> None:
        """By the place in the series where it is given, else by the date."""
        series = {line.cell("indicator") for line in lines} - {""}
        places = {int(place) for line in lines if (place := cls._place(line))}
        days = {line.cell("date") for line in lines} - {""}
        by_place: dict[tuple[str, int], Observation] = {}
        by_day: dict[tuple[str, str], list[Observation]] = {}
        found = cls.records().filter(indicator__slug__in=series).order_by("position", "pk")
        for record in found.filter(Q(position__in=places) | Q(date__in=days)):
            by_place[record.indicator.slug, record.position] = record
            by_day.setdefault((record.indicator.slug, record.date), []).append(record)
        for line in lines:
            of, day, place = line.cell("indicator"), line.cell("date"), cls._place(line)
            if line.cell("position"):
                line.record = by_place.get((of, int(place))) if place else None
                if line.record is None:
                    fault(line, "position", _("The series has no such place; leave it empty for a new value."))
            else:
                same_day = by_day.get((of, day), [])
                line.record = same_day[0] if same_day else None
                line.cells["position"] = str(line.record.position) if line.record else ""
                if len(same_day) > 1:
                    fault(line, "date", _("The series has several values for it: give the position."))
            line.key = f"{of} #{line.record.position}" if line.record else f"{of} {day}"

    @staticmethod
    def _place(line: Line) -> str:
        text = line.cell("position")
        return text if text.isascii() and text.isdecimal() and len(text) < 6 else ""
