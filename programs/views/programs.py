"""Pages of programs."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView

from measures.models import Claim, DisputedFact
from programs.models import (
    CoverageNote,
    Directive,
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
    ProjectPerformer,
    Response,
    Statement,
    Survey,
    SurveyFeed,
    Target,
)
from records import drawing
from records.models import Citation, Source
from records.scale import Scale
from records.shapes import Span

MILESTONE_ORDER = ("overdue", "planned", "unknown", "missed", "achieved")


def cited() -> Prefetch:
    return Prefetch("citations", Citation.objects.shown())


class ProgramList(ListView):
    """Every program with its phases and how far its milestones have come."""

    template_name = "programs/program_list.html"
    context_object_name = "programs"

    def get_queryset(self) -> QuerySet[Program]:
        milestones = Milestone.objects.published()
        return (
            Program.objects.published()
            .select_related("country", "lead")
            .prefetch_related(
                "names",
                Prefetch("phases", Phase.objects.published()),
                Prefetch("phases__milestones", milestones),
                Prefetch("measure_links", ProgramMeasure.objects.select_related("measure")),
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
            program.budget_citations = [c for c in program.citations.all() if c.field == "budget"]
        return context | {"programs": programs, "axis": drawing.axis(scale, clocks.today, clocks.on)}


class ProgramDetail(DetailView):
    """Everything recorded about one program, as of the chosen day."""

    template_name = "programs/program_detail.html"

    def get_queryset(self) -> QuerySet[Program]:
        return (
            Program.objects.published()
            .select_related("country", "lead")
            .prefetch_related(
                "names",
                "lead__names",
                cited(),
                Prefetch("measure_links", ProgramMeasure.objects.select_related("measure")),
                Prefetch("material_links", ProgramMaterial.objects.select_related("material")),
                Prefetch(
                    "partner_links", ProgramPartner.objects.select_related("organization").prefetch_related(cited())
                ),
                Prefetch("phases", Phase.objects.published().prefetch_related(cited())),
                Prefetch("phases__milestones", Milestone.objects.published().prefetch_related(cited())),
                Prefetch(
                    "directives",
                    Directive.objects.published()
                    .select_related("issued_by", "council", "phase")
                    .prefetch_related("addressee_links__organization", cited()),
                ),
                Prefetch(
                    "responses",
                    Response.objects.published().select_related("organization", "phase").prefetch_related(cited()),
                ),
                Prefetch(
                    "surveys",
                    Survey.objects.published()
                    .select_related("conducted_by")
                    .prefetch_related(
                        Prefetch("feeds", SurveyFeed.objects.select_related("milestone", "phase")), cited()
                    ),
                ),
                Prefetch(
                    "integrations",
                    Integration.objects.published()
                    .select_related("into")
                    .prefetch_related(
                        Prefetch("inputs", IntegrationInput.objects.select_related("survey", "response", "directive")),
                        cited(),
                    ),
                ),
                Prefetch("norms", ProjectNorm.objects.published().prefetch_related(cited())),
                Prefetch(
                    "statements",
                    Statement.objects.published().select_related("organization").prefetch_related(cited()),
                ),
                Prefetch("effects", Effect.objects.published().prefetch_related(cited())),
                Prefetch(
                    "projects",
                    Project.objects.published()
                    .select_related("material", "phase")
                    .prefetch_related(
                        Prefetch("performers", ProjectPerformer.objects.select_related("organization")), cited()
                    ),
                ),
                Prefetch(
                    "indicators",
                    Indicator.objects.published()
                    .select_related("material")
                    .prefetch_related(
                        "hs_links",
                        Prefetch("observations", Observation.objects.prefetch_related(cited())),
                        Prefetch("targets", Target.objects.prefetch_related(cited())),
                        cited(),
                    ),
                ),
                Prefetch(
                    "coverage_notes",
                    CoverageNote.objects.published().select_related("material").prefetch_related(cited()),
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
        disputed = list(disputed_facts(program))
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
            "budget_citations": [c for c in program.citations.all() if c.field == "budget"],
            "documents": documents(program, milestones, disputed),
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
    return [(kind, rows, sum(row.stands_for for row in rows)) for kind, rows in groups.items()]


def disputed_facts(program: Program) -> Iterator[DisputedFact]:
    """Disputed facts about the program and about its indicators."""
    claims = Claim.objects.select_related("organization").prefetch_related(cited())
    facts = DisputedFact.objects.published().prefetch_related(Prefetch("claims", claims))
    yield from facts.about([program, *program.indicators.all()])


def documents(program: Program, milestones, disputed) -> list[Source]:
    """Every source that the page cites, once; official ones first, then the newest."""
    indicators = program.indicators.all()
    cited_rows = [
        program,
        *program.partner_links.all(),
        *program.phases.all(),
        *milestones,
        *program.directives.all(),
        *program.responses.all(),
        *program.surveys.all(),
        *program.integrations.all(),
        *program.norms.all(),
        *program.statements.all(),
        *program.effects.all(),
        *program.projects.all(),
        *indicators,
        *(value for indicator in indicators for value in (*indicator.observations.all(), *indicator.targets.all())),
        *program.coverage_notes.all(),
        *(claim for fact in disputed for claim in fact.claims.all()),
    ]
    sources = {citation.source for row in cited_rows for citation in row.citations.all()}
    return sorted(
        sources,
        key=lambda source: (not source.is_official, -(source.latest or datetime.date.min).toordinal(), source.slug),
    )


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
