"""What each kind of record of programs is found by."""

from programs.models import (
    CoverageNote,
    Directive,
    Effect,
    Indicator,
    Integration,
    Milestone,
    Phase,
    Program,
    Project,
    ProjectNorm,
    Response,
    Statement,
    Survey,
)
from records.search.entries import READABLE, SearchSource, Text

ON_PROGRAM = "'/programs/' || program.slug || '/#' || this.slug"
OF_PROGRAM = "JOIN programs_program program ON program.id = this.program_id"
LINK_TO_PROGRAM = "VALUES ('@program' || this.program_id)"


class ProgramSource(SearchSource):
    kind = "program"
    model = Program
    path = "'/programs/' || this.slug || '/'"
    texts = (
        Text("title", "this.title", "A"),
        Text("technology_scope", "this.technology_scope"),
        Text("summary", "this.summary"),
        Text("budget_note", "this.budget_note"),
    )
    links = (
        "VALUES ('@country' || this.country_id), ('@organization' || this.lead_id)",
        "SELECT '@organization' || partner.organization_id FROM programs_programpartner partner"
        " WHERE partner.program_id = this.id",
        "SELECT '@material' || own.material_id FROM programs_programmaterial own WHERE own.program_id = this.id",
        "SELECT '@measure' || answered.measure_id FROM programs_programmeasure answered"
        " WHERE answered.program_id = this.id",
    )


class PhaseSource(SearchSource):
    kind = "phase"
    model = Phase
    path = ON_PROGRAM
    texts = (Text("title", "this.title", "A"), Text("objective", "this.objective"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM,)


class MilestoneSource(SearchSource):
    kind = "milestone"
    model = Milestone
    path = ON_PROGRAM
    texts = (
        Text("title", "this.title", "A"),
        Text("wording", "this.wording"),
        Text("description", "this.description"),
    )
    joins = (
        "JOIN programs_phase phase ON phase.id = this.phase_id"
        " JOIN programs_program program ON program.id = phase.program_id"
    )
    shown_with = ("phase", "program")
    leads = {Phase: "phase", Program: "phase__program"}
    links = ("VALUES ('@program' || phase.program_id)",)


class DirectiveSource(SearchSource):
    kind = "directive"
    model = Directive
    path = ON_PROGRAM
    texts = (Text("title", "this.title", "A"), Text("asks", "this.asks"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (
        LINK_TO_PROGRAM,
        "VALUES ('@authority' || this.issued_by_id), ('@organization' || this.issued_by_id),"
        " ('@organization' || this.council_id)",
        "SELECT '@organization' || addressee.organization_id FROM programs_directiveaddressee addressee"
        " WHERE addressee.directive_id = this.id",
    )


class ResponseSource(SearchSource):
    kind = "response"
    model = Response
    path = ON_PROGRAM
    texts = (Text("title", "this.title", "A"), Text("actor", "this.actor"), Text("description", "this.description"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM, "VALUES ('@organization' || this.organization_id)")


class SurveySource(SearchSource):
    kind = "survey"
    model = Survey
    path = ON_PROGRAM
    texts = (Text("title", "this.title", "A"), Text("purpose", "this.purpose"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM, "VALUES ('@organization' || this.conducted_by_id)")


class IntegrationSource(SearchSource):
    kind = "integration"
    model = Integration
    title = "this.description"
    path = ON_PROGRAM
    texts = (Text("title", "this.description", "A"),)
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM,)


class IndicatorSource(SearchSource):
    kind = "indicator"
    model = Indicator
    path = ON_PROGRAM
    texts = (Text("title", "this.title", "A"), Text("definition", "this.definition"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM, "VALUES ('@material' || this.material_id)")


class ProjectSource(SearchSource):
    kind = "project"
    model = Project
    path = ON_PROGRAM
    texts = (
        Text("title", "this.title", "A"),
        Text("outcome", "this.outcome"),
        Text("budget_note", "this.budget_note"),
    )
    extra = (
        # Of a recorded organization the project has a link, and no name.
        "SELECT 'B', 'performer', 'mul', 50 + performer.position, performer.name"
        " FROM programs_projectperformer performer"
        " WHERE performer.project_id = this.id AND performer.organization_id IS NULL",
    )
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (
        LINK_TO_PROGRAM,
        "VALUES ('@material' || this.material_id)",
        "SELECT '@organization' || performer.organization_id FROM programs_projectperformer performer"
        " WHERE performer.project_id = this.id",
    )


class NormSource(SearchSource):
    kind = "norm"
    model = ProjectNorm
    title = "this.wording"
    path = ON_PROGRAM
    texts = (Text("title", "this.wording", "A"), Text("description", "this.description"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM,)


class StatementSource(SearchSource):
    kind = "statement"
    model = Statement
    title = "this.speaker"
    path = ON_PROGRAM
    texts = (
        Text("speaker", "this.speaker", "A"),
        Text("said", "this.said"),
        Text("quote", "this.quote", "C", "'mul'"),
        Text("medium", "this.medium", "D"),
    )
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM, "VALUES ('@organization' || this.organization_id)")


class EffectSource(SearchSource):
    kind = "effect"
    model = Effect
    title = "this.sector"
    path = ON_PROGRAM
    texts = (Text("sector", "this.sector", "A"), Text("effect", "this.effect"))
    joins, shown_with, leads = OF_PROGRAM, ("program",), {Program: "program"}
    links = (LINK_TO_PROGRAM,)


class CoverageSource(SearchSource):
    """Searches that found something or nothing, of a program or of one of its phases."""

    kind = "coverage"
    model = CoverageNote
    title = "coalesce(this.found, this.looked_where)"
    path = ON_PROGRAM
    texts = (
        Text("found", "this.found", "B"),
        Text("looked_where", "this.looked_where"),
        Text("by", "this.by", "D", "'mul'"),
    )
    joins = (
        "LEFT JOIN programs_phase phase ON phase.id = this.phase_id"
        " JOIN programs_program program ON program.id = coalesce(this.program_id, phase.program_id)"
    )
    shown_with = ("program",)
    condition = f"(this.phase_id IS NULL OR {READABLE.format('phase')})"
    leads = {Program: "program", Phase: "phase"}
    links = ("VALUES ('@program' || program.id)", "VALUES ('@material' || this.material_id)")
