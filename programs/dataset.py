"""Files about programs and what belongs to them."""

import re

from measures.dataset.nomenclatures import not_six_digits
from programs.models import (
    CoverageNote,
    Directive,
    DirectiveAddressee,
    Effect,
    Indicator,
    IndicatorHSCode,
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
from records.dataset.format import File, Rows, check_quote
from records.dataset.parts import Either, Group, Names, OneOf, Sources, Strings, Value, values
from records.dataset.reading import shown


def phase_slug(program: str, number: object) -> str:
    return f"{program}-phase-{number}"


def phase_of(model) -> Value:
    """A phase by its number within the program."""
    return Value(
        "phase",
        model,
        "phase",
        raw_type=int,
        stored=lambda number, row: phase_slug(row["program"][0], number),
        written=lambda slug, row: int(slug.rsplit("-", 1)[1]),
    )


def money(model, prefix: str = "", **more: str) -> tuple[Value, ...]:
    return (
        Value("amount", model, f"{prefix}amount", complaint=negative),
        Value("currency", model, f"{prefix}currency", complaint=no_currency),
        *values(model, approximate=f"{prefix}approximate", per=f"{prefix}per", **more),
    )


def negative(number: object) -> str | None:
    return f"{number} is less than nothing." if isinstance(number, int | float) and number < 0 else None


def no_count(number: object) -> str | None:
    return "0 counts nothing; leave it out where it is unknown." if number == 0 else negative(number)


def no_currency(code: object) -> str | None:
    if isinstance(code, str) and not re.fullmatch("[A-Z]{3}", code):
        return f"“{shown(code)}” is no currency code of three letters, such as KRW."
    return None


def check_money(row, at, reading, prefix=""):
    if row[f"{prefix}amount"] is not None and row[f"{prefix}currency"] is None:
        reading.fault(at.within("currency"), "is missing: an amount needs its currency.")


def check_years(row, at, reading):
    least, most = row["years_min"], row["years_max"]
    if (least is None) != (most is None):
        reading.fault(at.within("years_min"), "`years_min` and `years_max` go together.")
    elif least is not None and least > most:
        reading.fault(at.within("years_min"), f"{least} is more than `years_max`, {most}.")


def check_milestone(row, at, reading):
    if row["status"] == Milestone.Status.ACHIEVED and not row["actual"]:
        reading.fault(at.within("actual"), "is missing: an achieved milestone says when.")


def check_response(row, at, reading):
    if (row["organization"] is None) == (row["actor"] is None):
        reading.fault(at.within("organization"), "give either `organization` or, for an unnamed body, `actor`.")


def check_project(row, at, reading):
    check_years(row, at, reading)
    check_money(row, at, reading, "budget_")
    if row["unnamed"] and row["count"] is None:
        reading.fault(at.within("count"), "is missing: an unnamed row says how many it stands for.")


def check_norm(row, at, reading):
    check_years(row, at, reading)
    check_money(row, at, reading)


def scalars(key: str, model, parent: str, column: str) -> Rows:
    return Rows(key, model, parent, values(model, **{column: column}), identity=(parent, column), scalar=True)


def of_program(key: str, model, *parts, **options) -> Rows:
    return Rows(key, model, "program", (Value("id", model, "slug"), *parts), **options)


def dated_numbers(key: str, model) -> Rows:
    return Rows(
        key,
        model,
        "indicator",
        (*values(model, date="date", value="value", note="note"), Sources()),
        identity=("indicator", "position"),
    )


class ProgramsFile(File):
    name = "programs.yaml"
    model = Program
    rank = 70
    parts = (
        *values(Program, id="slug", title="title"),
        Names("names", "official"),
        *values(Program, country="country", lead="lead"),
        Rows(
            "partners",
            ProgramPartner,
            "program",
            (*values(ProgramPartner, organization="organization", role="role"), Sources()),
            identity=("program", "organization", "role"),
        ),
        scalars("responds_to", ProgramMeasure, "program", "measure"),
        *values(Program, technology_scope="technology_scope", summary="summary"),
        Group("budget", (*money(Program, "budget_", note="budget_note"), Sources("budget"))),
        scalars("materials", ProgramMaterial, "program", "material"),
        Rows(
            "phases",
            Phase,
            "program",
            (
                *values(Phase, number="number", title="title"),
                Strings("horizons", Phase, "horizons"),
                *values(Phase, objective="objective", planned="planned", actual="actual", status="status"),
                Sources(),
                Rows(
                    "milestones",
                    Milestone,
                    "phase",
                    (
                        *values(
                            Milestone,
                            id="slug",
                            title="title",
                            expected="expected",
                            wording="wording",
                            said_on="said_on",
                            actual="actual",
                            status="status",
                            description="description",
                        ),
                        Sources(),
                    ),
                    check=check_milestone,
                ),
            ),
            slug=lambda owner, row: phase_slug(owner[0], row["number"]),
            positioned=False,
            required=True,
        ),
        of_program(
            "directives",
            Directive,
            Value("issued_by", Directive, "issued_by"),
            phase_of(Directive),
            *values(Directive, title="title", date="date", due="due"),
            scalars("addressed_to", DirectiveAddressee, "directive", "organization"),
            Value("council", Directive, "council"),
            Value("count", Directive, "count", complaint=no_count),
            Value("asks", Directive, "asks"),
            Sources(),
        ),
        of_program(
            "responses",
            Response,
            Value("directive", Response, "directive"),
            phase_of(Response),
            *values(
                Response,
                organization="organization",
                actor="actor",
                action="action",
                title="title",
                date="date",
                description="description",
            ),
            Sources(),
            check=check_response,
        ),
        of_program(
            "surveys",
            Survey,
            *values(Survey, conducted_by="conducted_by", title="title", period="period", purpose="purpose"),
            Rows(
                "feeds",
                SurveyFeed,
                "survey",
                (OneOf("feeds", SurveyFeed, ("milestone", "phase")),),
                identity=("survey", "milestone", "phase"),
                scalar=True,
            ),
            Sources(),
        ),
        of_program(
            "integrations",
            Integration,
            Value("into", Integration, "into"),
            Rows(
                "from",
                IntegrationInput,
                "integration",
                (OneOf("from", IntegrationInput, ("survey", "response", "directive")),),
                identity=("integration", "survey", "response", "directive"),
                scalar=True,
            ),
            Value("description", Integration, "description"),
            Sources(),
        ),
        of_program(
            "norms",
            ProjectNorm,
            *values(ProjectNorm, years_min="years_min", years_max="years_max"),
            *money(ProjectNorm),
            *values(ProjectNorm, wording="wording", description="description"),
            Sources(),
            check=check_norm,
        ),
        of_program(
            "statements",
            Statement,
            *values(
                Statement,
                date="date",
                speaker="speaker",
                organization="organization",
                medium="medium",
                said="said",
                quote="quote",
            ),
            Sources(),
            check=check_quote,
        ),
        of_program(
            "projects",
            Project,
            *values(Project, title="title", kind="kind"),
            Rows(
                "performers",
                ProjectPerformer,
                "project",
                (Either("performers", ProjectPerformer, "organization", "name"),),
                identity=("project", "organization", "name"),
                scalar=True,
            ),
            Value("material", Project, "material"),
            phase_of(Project),
            *values(Project, period="period", years_min="years_min", years_max="years_max"),
            Group("budget", (*money(Project, "budget_", note="budget_note"), Sources("budget"))),
            Value("count", Project, "count", complaint=no_count),
            *values(Project, unnamed="unnamed", status="status", outcome="outcome"),
            Sources(),
            check=check_project,
        ),
        of_program(
            "indicators",
            Indicator,
            *values(Indicator, title="title", unit="unit", definition="definition"),
            Rows(
                "hs",
                IndicatorHSCode,
                "indicator",
                (Value("hs", IndicatorHSCode, "hs_code", complaint=not_six_digits),),
                identity=("indicator", "hs_code"),
                scalar=True,
            ),
            Value("material", Indicator, "material"),
            dated_numbers("observations", Observation),
            dated_numbers("targets", Target),
            Sources(),
        ),
        of_program("effects", Effect, *values(Effect, sector="sector", effect="effect", date="date"), Sources()),
        Sources(),
        Value("verification", Program, "verification"),
    )

    @classmethod
    def check(cls, row, mapping, at, reading):
        check_money(row, at.within("budget"), reading, "budget_")


class CoverageNotesFile(File):
    name = "coverage_notes.yaml"
    model = CoverageNote
    rank = 75
    parts = (
        *values(
            CoverageNote,
            material="material",
            program="program",
            phase="phase",
            looked_on="looked_on",
            looked_where="looked_where",
        ),
        # The word `none` says the same as leaving the key out.
        Value("found", CoverageNote, "found", stored=lambda found, row: None if found == "none" else found),
        Value("by", CoverageNote, "by"),
        Sources(),
    )

    @staticmethod
    def slug(row) -> str:
        place = row["phase"] or row["program"] or ("nowhere",)
        parts = (row["material"] or ("unknown",))[0], place[0], row["looked_on"] or "undated"
        return "-".join(parts).lower().replace("~", "-about").replace("/", "-to-")[:110]

    @classmethod
    def check(cls, row, mapping, at, reading):
        if (row["program"] is None) == (row["phase"] is None):
            reading.fault(at.within("program"), "give either `program` or `phase`.")
