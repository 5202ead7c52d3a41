"""The sections on funded work and on what it is measured by."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Project, ProjectNorm
from programs.reports.content import Column, Row, Section, joined
from programs.reports.reading import Reading


def projects(read: Reading) -> Section:
    columns = (
        Column("phase", _("Phase"), "number"),
        Column("title", _("Project")),
        Column("stands_for", _("Stands for"), "number"),
        Column("kind", _("Kind")),
        Column("performers", _("Performers")),
        Column("material", _("Material")),
        Column("period", _("Period"), "date"),
        *_years_columns(),
        Column("status", _("Status")),
        Column("outcome", _("Outcome")),
    )
    numbers = {phase.pk: phase.number for phase in read.phases}
    rows = []
    for project in read.projects:
        performers = [read.name(link.organization) or link.name for link in project.performers.all()]
        values = {
            "phase": numbers.get(project.phase_id),
            "title": project.title,
            "stands_for": project.stands_for,
            "kind": project.kind,
            "performers": joined(performers),
            "material": read.name(project.material),
            "period": project.period,
            **_years(project),
            "status": project.get_status_display(),
            "outcome": project.outcome,
        }
        rows.append(Row(values, read.cite(project)))
    total = sum(project.stands_for for project in read.projects)
    count = ngettext("%(rows)s row", "%(rows)s rows", len(rows)) % {"rows": len(rows)}
    remark = _("%(rows)s that stand for %(total)s projects or bodies") % {"rows": count, "total": total}
    return Section("projects", _("Projects"), columns, tuple(rows), remark if rows else "")


def budgets(read: Reading) -> Section:
    columns = (Column("of", _("Budget of")), *_money_columns(), Column("note", _("Note")))
    program = read.program
    rows = []
    if program.budget_amount is not None or program.budget_note:
        rows.append(Row({"of": _("The program"), **_money(program, "budget_")}, read.cite(program)))
    rows += [
        Row({"of": project.title, **_money(project, "budget_")}, read.cite(project))
        for project in read.projects
        if project.budget_amount is not None or project.budget_note
    ]
    remark = _("not added up: amounts differ in currency and in what they are counted for")
    return Section("budgets", _("Budgets"), columns, tuple(rows), remark if len(rows) > 1 else "")


def norms(read: Reading) -> Section:
    columns = (
        Column("wording", _("As the source puts it")),
        *_years_columns(),
        *_money_columns(),
        Column("description", _("Description")),
    )
    rows = [
        Row(
            {
                "wording": norm.wording,
                **_years(norm),
                **{name: value for name, value in _money(norm).items() if name != "note"},
                "description": norm.description,
            },
            read.cite(norm),
        )
        for norm in read.norms
    ]
    return Section("norms", _("What projects usually take"), columns, tuple(rows))


def indicators(read: Reading) -> Section:
    columns = (
        Column("series", _("Series")),
        Column("indicator", _("Indicator")),
        Column("unit", _("Unit")),
        Column("definition", _("Definition")),
        Column("material", _("Material")),
        Column("hs", _("HS codes")),
    )
    rows = [
        Row(
            {
                "series": indicator.slug,
                "indicator": indicator.title,
                "unit": indicator.get_unit_display(),
                "definition": indicator.definition,
                "material": read.name(indicator.material),
                "hs": joined(link.hs_code.dotted for link in indicator.hs_links.all()),
            },
            read.cite(indicator),
        )
        for indicator in read.indicators
    ]
    return Section("indicators", _("Indicators"), columns, tuple(rows))


def values(read: Reading) -> Section:
    columns = (
        Column("series", _("Series")),
        Column("indicator", _("Indicator")),
        Column("kind", _("Kind")),
        Column("date", _("Date"), "date"),
        Column("value", _("Value"), "number"),
        Column("unit", _("Unit")),
        Column("note", _("Note")),
    )
    kinds = (("measured", _("measured"), read.observations), ("target", _("target"), read.targets))
    rows = [
        Row(
            {
                "series": indicator.slug,
                "indicator": indicator.title,
                "kind": label,
                "date": value.date,
                "value": value.value,
                "unit": indicator.get_unit_display(),
                "note": value.note,
            },
            read.cite(value),
            kind,
        )
        for indicator in read.indicators
        for kind, label, values_of in kinds
        for value in values_of[indicator]
    ]
    return Section("values", _("Values of the indicators"), columns, tuple(rows))


def _years_columns() -> tuple[Column, ...]:
    return Column("years_min", _("Years, at least"), "number"), Column("years_max", _("Years, at most"), "number")


def _years(work: Project | ProjectNorm) -> dict:
    return {"years_min": work.years_min, "years_max": work.years_max}


def _money_columns() -> tuple[Column, ...]:
    return (
        Column("amount", _("Amount"), "number"),
        Column("currency", _("Currency")),
        Column("approximate", _("Approximate"), "flag"),
        Column("per", _("Counted")),
    )


def _money(record, prefix: str = "") -> dict:
    amount = getattr(record, f"{prefix}amount")
    return {
        "amount": amount,
        "currency": getattr(record, f"{prefix}currency"),
        "approximate": None if amount is None else getattr(record, f"{prefix}approximate"),
        "per": getattr(record, f"get_{prefix}per_display")(),
        "note": getattr(record, f"{prefix}note", None),
    }
