"""The sections of a phase report, in their order; each says what one kind of record says."""

from django.utils.translation import gettext as _

from programs.reports.content import Column, Row, Section, joined
from programs.reports.reading import Reading
from programs.reports.work import budgets, indicators, norms, projects, values
from records import statuses
from records.templatetags.marks import MILESTONE_MARKS


def phases(read: Reading) -> Section:
    columns = (
        Column("number", _("Phase"), "number"),
        Column("title", _("Title")),
        Column("horizons", _("Horizons")),
        Column("objective", _("Objective")),
        Column("planned", _("Planned"), "date"),
        Column("actual", _("Actual"), "date"),
        Column("status", _("Status")),
    )
    rows = [
        Row(
            {
                "number": phase.number,
                "title": phase.title,
                "horizons": joined(str(phase.Horizon(horizon).label) for horizon in phase.horizons),
                "objective": phase.objective,
                "planned": phase.planned,
                "actual": phase.actual if read.begun(phase, "actual") else None,
                "status": phase.get_status_display(),
            },
            read.cite(phase),
        )
        for phase in read.phases
    ]
    return Section("phases", _("Phases"), columns, tuple(rows))


def milestones(read: Reading) -> Section:
    columns = (
        Column("phase", _("Phase"), "number"),
        Column("title", _("Milestone")),
        Column("wording", _("As announced")),
        Column("said_on", _("Said on"), "date"),
        Column("expected", _("Expected"), "date"),
        Column("actual", _("Actual"), "date"),
        Column("state", _("State")),
        Column("description", _("Description")),
    )
    numbers = {phase.pk: phase.number for phase in read.phases}
    rows = []
    for milestone in read.milestones:
        state = milestone.state_on(read.on)
        values = {
            "phase": numbers[milestone.phase_id],
            "title": milestone.title,
            "wording": milestone.wording,
            "said_on": milestone.said_on,
            "expected": milestone.expected,
            "actual": milestone.actual if read.begun(milestone, "actual") else None,
            "state": str(MILESTONE_MARKS[state][1]),
            "description": milestone.description,
        }
        rows.append(Row(values, read.cite(milestone), state))
    return Section("milestones", _("Milestones"), columns, tuple(rows))


def measures(read: Reading) -> Section:
    """The measures that the program answers, with their status on the day for each of their materials."""
    columns = (
        Column("measure", _("Measure")),
        Column("imposed_by", _("Imposed by")),
        Column("material", _("Material")),
        Column("provision", _("Provision")),
        Column("status", _("Status")),
        Column("since", _("Since"), "date"),
        Column("until", _("Until"), "date"),
    )
    rows = []
    for measure in read.measures:
        for row in read.statuses[measure.pk]:
            labels = statuses.LABELS if row.is_certain else statuses.POSSIBLE_LABELS
            values = {
                "measure": measure.title,
                "imposed_by": joined(str(country) for country in measure.issuers.all()),
                "material": row.material and row.material.name,
                "provision": row.provision and row.provision.title,
                "status": str(labels[row.status]) if row.status else None,
                "since": row.since,
                "until": row.until,
            }
            rows.append(Row(values, (), row.status or ""))
    return Section("measures", _("The measures answered"), columns, tuple(rows))


def directives(read: Reading) -> Section:
    columns = (
        Column("phase", _("Phase"), "number"),
        Column("title", _("Request")),
        Column("issued_by", _("Issued by")),
        Column("date", _("Date"), "date"),
        Column("due", _("Due"), "date"),
        Column("asked", _("Asked"), "number"),
        Column("named", _("Asked by name")),
        Column("council", _("Through the council")),
        Column("asks", _("Asked for")),
        Column("answers", _("Answers"), "number"),
        Column("unnamed", _("Of these by unnamed bodies"), "number"),
    )
    numbers = {phase.pk: phase.number for phase in read.phases}
    rows = []
    for directive in read.directives:
        answers = [response for response in read.responses if response.directive_id == directive.pk]
        named = [read.name(link.organization) for link in directive.addressee_links.all()]
        values = {
            "phase": numbers.get(directive.phase_id),
            "title": directive.title,
            "issued_by": read.name(directive.issued_by),
            "date": directive.date,
            "due": directive.due,
            "asked": directive.count if directive.count is not None else len(named) or None,
            "named": joined(named),
            "council": read.name(directive.council),
            "asks": directive.asks,
            "answers": len(answers),
            "unnamed": sum(response.organization_id is None for response in answers),
        }
        rows.append(Row(values, read.cite(directive)))
    return Section("directives", _("Requests"), columns, tuple(rows))


def responses(read: Reading) -> Section:
    columns = (
        Column("phase", _("Phase"), "number"),
        Column("title", _("Answer")),
        Column("by", _("By")),
        Column("named", _("Named"), "flag"),
        Column("directive", _("To the request")),
        Column("action", _("Action")),
        Column("date", _("Date"), "date"),
        Column("description", _("Description")),
    )
    numbers = {phase.pk: phase.number for phase in read.phases}
    rows = []
    for response in read.responses:
        values = {
            "phase": numbers.get(response.phase_id),
            "title": response.title,
            "by": read.name(response.organization) or response.actor,
            "named": response.organization_id is not None,
            "directive": read.name(response.directive),
            "action": response.get_action_display(),
            "date": response.date,
            "description": response.description,
        }
        rows.append(Row(values, read.cite(response)))
    return Section("responses", _("Answers and own acts"), columns, tuple(rows))


def surveys(read: Reading) -> Section:
    columns = (
        Column("title", _("Survey")),
        Column("conducted_by", _("Conducted by")),
        Column("period", _("Period"), "date"),
        Column("purpose", _("Purpose")),
        Column("feeds", _("Feeds")),
    )
    rows = [
        Row(
            {
                "title": survey.title,
                "conducted_by": read.name(survey.conducted_by),
                "period": survey.period,
                "purpose": survey.purpose,
                "feeds": joined(read.name(feed.milestone or feed.phase) for feed in survey.feeds.all()),
            },
            read.cite(survey),
        )
        for survey in read.surveys
    ]
    return Section("surveys", _("Demand surveys"), columns, tuple(rows))


def integrations(read: Reading) -> Section:
    columns = (
        Column("into", _("Merged into")),
        Column("inputs", _("Inputs")),
        Column("description", _("Description")),
    )
    rows = [
        Row(
            {
                "into": read.name(integration.into),
                "inputs": joined(read.name(i.survey or i.response or i.directive) for i in integration.inputs.all()),
                "description": integration.description,
            },
            read.cite(integration),
        )
        for integration in read.integrations
    ]
    return Section("integrations", _("Where contributions are merged"), columns, tuple(rows))


def disputes(read: Reading) -> Section:
    columns = (
        Column("question", _("Question")),
        Column("claimant", _("According to")),
        Column("date", _("Date"), "date"),
        Column("value", _("Version")),
        Column("statement", _("In our words")),
        Column("preferred", _("Preferred"), "flag"),
        Column("reason", _("Why")),
    )
    rows = [
        Row(
            {
                "question": fact.question,
                "claimant": read.name(claim.organization) or claim.claimant,
                "date": claim.date,
                "value": claim.value,
                "statement": claim.statement,
                "preferred": claim.preferred,
                "reason": claim.reason,
            },
            read.cite(claim),
            "preferred" if claim.preferred else "",
        )
        for fact, claims in read.disputes
        for claim in claims
    ]
    return Section("disputes", _("What is disputed"), columns, tuple(rows))


def statements(read: Reading) -> Section:
    columns = (
        Column("date", _("Date"), "date"),
        Column("speaker", _("Speaker")),
        Column("organization", _("Organization")),
        Column("medium", _("Medium")),
        Column("said", _("Said")),
        Column("quote", _("Quote")),
    )
    rows = [
        Row(
            {
                "date": statement.date,
                "speaker": statement.speaker,
                "organization": read.name(statement.organization),
                "medium": statement.medium,
                "said": statement.said,
                "quote": statement.quote,
            },
            read.cite(statement),
        )
        for statement in read.statements
    ]
    return Section("statements", _("Statements"), columns, tuple(rows))


def effects(read: Reading) -> Section:
    columns = (Column("date", _("Date"), "date"), Column("sector", _("Sector")), Column("effect", _("Effect")))
    rows = [
        Row({"date": effect.date, "sector": effect.sector, "effect": effect.effect}, read.cite(effect))
        for effect in read.effects
    ]
    return Section("effects", _("What industries met with"), columns, tuple(rows))


def names(read: Reading) -> Section:
    """Names in the languages of their owners: of the program, its materials and the bodies that the report names."""
    columns = (
        Column("short", _("Here called")),
        Column("name", _("Name")),
        Column("kind", _("Kind")),
        Column("language", _("Language")),
        Column("native", _("Name in that language")),
    )
    subjects = [
        (read.program, read.program.title, _("program")),
        *((material, material.name, _("material")) for material in read.materials),
        *((body, body.name, body.get_kind_display()) for body in read.bodies()),
    ]
    rows = []
    for subject, name, kind in subjects:
        about = {"short": read.name(subject), "name": name, "kind": kind}
        native = read.names_of(subject)
        rows += [Row({**about, "language": each.language, "native": each.text}) for each in native]
        if not native:
            rows.append(Row({**about, "language": None, "native": None}))
    return Section("names", _("Names"), columns, tuple(rows))


def sources(read: Reading) -> Section:
    columns = (
        Column("number", _("Number"), "number"),
        Column("title", _("Title")),
        Column("publisher", _("Publisher")),
        Column("date", _("Published"), "date"),
        Column("language", _("Language")),
        Column("kind", _("Kind")),
        Column("consulted", _("Consulted")),
        Column("url", _("Address")),
    )
    rows = [
        Row(
            {
                "number": number,
                "title": source.title,
                "publisher": source.publisher,
                "date": source.date,
                "language": source.language,
                "kind": source.get_kind_display(),
                "consulted": source.get_consulted_display(),
                "url": source.url,
            }
        )
        for source, number in read.numbers.items()
    ]
    return Section("sources", _("Sources"), columns, tuple(rows))


# Sources come last: by then all of them have their numbers.
IN_ORDER = (
    phases,
    measures,
    milestones,
    directives,
    responses,
    surveys,
    integrations,
    projects,
    budgets,
    norms,
    indicators,
    values,
    disputes,
    statements,
    effects,
    names,
)
