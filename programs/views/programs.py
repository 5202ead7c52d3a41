"""Pages of programs."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from measures.filters.provenance import marked
from measures.models import Organization
from measures.views.materials import claims_of, disputed_facts
from programs.filters import ProgramFilter
from programs.models import (
    CoverageNote,
    Directive,
    DirectiveAddressee,
    Effect,
    Indicator,
    Integration,
    IntegrationInput,
    Milestone,
    Observation,
    Phase,
    Program,
    ProgramMaterial,
    ProgramMeasure,
    ProgramPartner,
    Project,
    ProjectNorm,
    Response,
    Statement,
    Survey,
    SurveyFeed,
    Target,
)
from programs.views.parts import performers, readable
from records import drawing, naming
from records.changes import feeds_of_changes
from records.facets import named
from records.lists import FilteredList
from records.models import Record
from records.scale import Scale
from records.shapes import Span
from records.views import cited, documents

MILESTONE_ORDER = ("overdue", "planned", "unknown", "missed", "achieved")


def parts(relation: str, model: type[Record], *related: str | Prefetch) -> Prefetch:
    """The parts of one kind that visitors may read, with their citations."""
    return Prefetch(relation, model.objects.readable().prefetch_related(cited(), *related))


def links(through: type[Model], *ends: str) -> QuerySet:
    """The rows of a link table that lead to something visitors may read; each has one of the `ends`."""
    known = [(f"{end}__in", through._meta.get_field(end).related_model.objects.readable()) for end in ends]
    return through.objects.filter(Q(*known, _connector=Q.OR)).select_related(*ends)


class ProgramList(FilteredList):
    """Programs with their phases and how far their milestones have come."""

    filter_class = ProgramFilter
    address = "programs:list"
    feed = "programs:feed"
    exports = {
        "programs": "pk",
        "milestones": "phase__program",
        "projects": "program",
        "observations": "indicator__program",
    }
    template_name = "programs/program_list.html"
    context_object_name = "programs"

    def get_queryset(self) -> QuerySet[Program]:
        return (
            marked(super().get_queryset(), program=Indicator)
            .select_related("country")
            .prefetch_related(
                "names",
                readable(Program, "lead"),
                Prefetch("phases", Phase.objects.readable()),
                Prefetch("phases__milestones", Milestone.objects.readable()),
                cited(),
            )
            .order_by("slug")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        clocks = self.request.clocks
        programs = list(context["programs"])
        phases = [phase for program in programs for phase in program.phases.all()]
        scale = scale_of(phases, clocks.today)
        for program in programs:
            program.milestone_counts = milestone_counts(
                [milestone for phase in program.phases.all() for milestone in phase.milestones.all()], clocks.on
            )
            for phase in program.phases.all():
                phase.row = phase_row(phase, scale, clocks.on, with_milestones=False)
        naming.fetch(named(context["facets"]))
        return context | {"programs": programs, "axis": drawing.axis(scale, clocks.today, clocks.on)}


class ProgramDetail(DetailView):
    """Everything recorded about one program, as of the chosen day."""

    template_name = "programs/program_detail.html"

    def get_queryset(self) -> QuerySet[Program]:
        return (
            Program.objects.published()
            .select_related("country")
            .prefetch_related(
                "names",
                cited(),
                Prefetch("lead", Organization.objects.readable().prefetch_related("names")),
                Prefetch("measure_links", links(ProgramMeasure, "measure")),
                Prefetch("material_links", links(ProgramMaterial, "material")),
                Prefetch("partner_links", links(ProgramPartner, "organization").prefetch_related(cited())),
                parts("phases", Phase),
                parts("phases__milestones", Milestone),
                parts(
                    "directives",
                    Directive,
                    *(readable(Directive, name) for name in ("issued_by", "council", "phase")),
                    Prefetch("addressee_links", links(DirectiveAddressee, "organization")),
                ),
                parts("responses", Response, readable(Response, "organization"), readable(Response, "phase")),
                parts(
                    "surveys",
                    Survey,
                    readable(Survey, "conducted_by"),
                    Prefetch("feeds", links(SurveyFeed, "milestone", "phase")),
                ),
                parts(
                    "integrations",
                    Integration,
                    readable(Integration, "into"),
                    Prefetch("inputs", links(IntegrationInput, "survey", "response", "directive")),
                ),
                parts("norms", ProjectNorm),
                parts("statements", Statement, readable(Statement, "organization")),
                parts("effects", Effect),
                parts("projects", Project, readable(Project, "material"), readable(Project, "phase"), performers()),
                parts(
                    "indicators",
                    Indicator,
                    readable(Indicator, "material"),
                    "hs_links",
                    Prefetch("observations", Observation.objects.prefetch_related(cited())),
                    Prefetch("targets", Target.objects.prefetch_related(cited())),
                ),
            )
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        program, clocks = self.object, self.request.clocks
        phases = list(program.phases.all())
        milestones = [milestone for phase in phases for milestone in phase.milestones.all()]
        scale = scale_of(phases, clocks.today)
        for phase in phases:
            phase.row = phase_row(phase, scale, clocks.on)
        for milestone in milestones:
            milestone.state = milestone.state_on(clocks.on)
        disputed = disputed_facts([program, *program.indicators.all()])
        naming.fetch(
            (link.measure for link in program.measure_links.all()),
            (link.material for link in program.material_links.all()),
        )
        notes = coverage_notes(program, phases)
        return context | {
            "phases": phases,
            "axis": drawing.axis(scale, clocks.today, clocks.on),
            "milestones": milestones,
            "milestone_counts": milestone_counts(milestones, clocks.on),
            "requests": [requested(directive, program) for directive in program.directives.all()],
            "own_responses": [response for response in program.responses.all() if response.directive_id is None],
            "projects": projects_by_kind(program),
            "project_count": sum(project.stands_for for project in program.projects.all()),
            "disputed_facts": disputed,
            "coverage_notes": notes,
            "budget_citations": program.budget_citations,
            "feeds": feeds_of_changes(program, clocks),
            "documents": documents([*facts(program), *milestones, *notes, *claims_of(disputed)]),
        }


@dataclass(frozen=True)
class Requested:
    """One directive, and how it was answered."""

    directive: Directive
    answers: list[Response]
    named: int

    @property
    def asked(self) -> int | None:
        """How many bodies were asked; None when no source tells."""
        return self.directive.count or self.named or None

    @property
    def unnamed_answers(self) -> int:
        return sum(answer.organization_id is None for answer in self.answers)

    @property
    def in_words(self) -> str:
        """The same as the row of rings, for those who do not see it."""
        return _("%(asked)s asked, %(named)s of them by name; %(answers)s answers recorded") % {
            "asked": self.asked or _("unknown number"),
            "named": self.named,
            "answers": len(self.answers),
        }

    @property
    def rings(self) -> range:
        return range(self.asked or 0)


def requested(directive: Directive, program: Program) -> Requested:
    answers = [response for response in program.responses.all() if response.directive_id == directive.pk]
    return Requested(directive, answers, len(directive.addressee_links.all()))


def milestone_counts(milestones: list[Milestone], on: datetime.date) -> list[tuple[str, int]]:
    """State and number, what needs looking at first."""
    counts = Counter(str(milestone.state_on(on)) for milestone in milestones)
    return [(state, counts[state]) for state in MILESTONE_ORDER if counts[state]]


def projects_by_kind(program: Program) -> list[tuple[str | None, list[Project], int]]:
    """Kind, rows, and how many projects the rows stand for, in the order of the record."""
    groups: dict[str | None, list[Project]] = {}
    for project in program.projects.all():
        groups.setdefault(project.kind, []).append(project)
    return [(kind and naming.worded(kind), rows, sum(row.stands_for for row in rows)) for kind, rows in groups.items()]


def coverage_notes(program: Program, phases: list[Phase]) -> list[CoverageNote]:
    """Where somebody looked for more, in the program or in one of its phases."""
    notes = CoverageNote.objects.readable().filter(Q(program=program) | Q(phase__in=phases))
    return list(notes.prefetch_related(readable(CoverageNote, "material"), cited()).order_by("slug"))


def facts(program: Program) -> Iterator[Model]:
    """The program and what hangs on it; not the milestones of its phases."""
    yield program
    yield from program.partner_links.all()
    yield from program.phases.all()
    yield from program.directives.all()
    yield from program.responses.all()
    yield from program.surveys.all()
    yield from program.integrations.all()
    yield from program.norms.all()
    yield from program.statements.all()
    yield from program.effects.all()
    yield from program.projects.all()
    for indicator in program.indicators.all():
        yield indicator
        yield from indicator.observations.all()
        yield from indicator.targets.all()


def scale_of(phases: list[Phase], today: datetime.date) -> Scale:
    """From the first to the last day that the phases and their milestones know, with a little air on both sides."""
    days = [
        day
        for phase in phases
        for day in (
            phase.planned_earliest,
            phase.planned_start_latest,
            phase.planned_latest,
            phase.actual_earliest,
            phase.actual_start_latest,
            phase.actual_latest,
            *(m.expected_latest or m.expected_earliest for m in phase.milestones.all()),
            *(m.actual_earliest for m in phase.milestones.all()),
        )
        if day
    ] or [today]
    first, last = min(days), max(days)
    air = max(datetime.timedelta(days=31), (last - first) / 12)
    return Scale(first - air / 2, last + air)


@dataclass(frozen=True)
class Mark:
    """A milestone as the strip draws it: at the day it was reached, else at the day it was expected."""

    title: str
    date: str
    earliest: datetime.date | None
    latest: datetime.date | None
    solid: bool
    note: str


def phase_row(phase: Phase, scale: Scale, on: datetime.date, *, with_milestones: bool = True):
    marks = []
    for milestone in phase.milestones.all() if with_milestones else ():
        state = milestone.state_on(on)
        prefix = "actual" if milestone.actual else "expected"
        if text := getattr(milestone, prefix):
            marks.append(
                Mark(
                    milestone.title,
                    text,
                    getattr(milestone, f"{prefix}_earliest"),
                    getattr(milestone, f"{prefix}_latest"),
                    state == Milestone.Status.ACHIEVED,
                    _("overdue") if state == "overdue" else "",
                )
            )
    if len(marks) > 1:
        # Beside each other the words would overprint; the table below says them.
        marks = [replace(mark, note="") for mark in marks]
    return drawing.row_from_spans(
        span(phase, "planned"), span(phase, "actual"), marks, scale, label=f"{phase.number}. {phase.title}"
    )


def span(phase: Phase, name: str) -> Span | None:
    if getattr(phase, name) is None:
        return None
    return Span(
        getattr(phase, f"{name}_earliest"),
        getattr(phase, f"{name}_start_latest"),
        getattr(phase, f"{name}_end_earliest"),
        getattr(phase, f"{name}_latest"),
    )
