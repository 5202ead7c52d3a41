"""What goes on the pages of the PDF: the report's sections arranged for paper, as data for template.typ."""

from itertools import groupby

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from programs.reports import charts, strip, words
from programs.reports.content import Report, Row, Section
from programs.reports.paper import cell, day, line, small, table
from records import amounts
from records.dates import one_moment

HEAD = 4  # facts on the first line of the head; the others are a list below it


def pages(report: Report) -> dict:
    """The whole document, in the active language."""
    shown = {section.name for section in report.sections if section.rows} | {"care"}
    arranged = [arrange(report.section(name), report) for name, arrange in ARRANGED.items() if name in shown]
    on = date_format(report.on, pgettext("day in a report, Django date format", "j F Y"))
    known = words.moment(report.known_at)
    facts = [{"label": label, "text": text} for label, text in report.facts.items()]
    (title, _language), *others = report.titles
    return {
        "title": title,
        "language": report.language,
        "natives": [{"text": text, "lang": language} for text, language in others],
        "running": _("phase report"),
        "running-title": Truncator(title).chars(90),
        "day": " · ".join([_("True on %(day)s") % {"day": on}, *([f"{_('Known on')} {known}"] if known else [])]),
        "hash": _("Data %(hash)s · the same day and the same knowledge give the same file")
        % {"hash": report.data_hash[:12]},
        "page": _("Page"),
        "of": pgettext("page 1 of 6", "of"),
        "summary": report.summary,
        "head": facts[:HEAD],
        "facts": facts[HEAD:],
        "blocks": [block for block in arranged if block["rows"]],
    }


def texts(page: dict) -> set[str]:
    """Every text that is set on the pages, charts included."""
    found, open_values = set(), [page]
    while open_values:
        value = open_values.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            open_values += [item for key, item in value.items() if key not in ("svg", "link")]
        elif isinstance(value, list | tuple):
            open_values += value
    return found


def measures(section: Section, report: Report) -> dict:
    """One row for the materials of a measure that share their status."""

    def course(row: Row) -> tuple:
        return tuple(row[name] or "" for name in ("measure", "imposed_by", "provision", "status", "since", "until"))

    rows, last = [], None
    for key in dict.fromkeys(map(course, section.rows)):
        alike = [row for row in section.rows if course(row) == key]
        title, imposed_by, provision, status, since, until = key
        reached = [row["material"] for row in alike if row["material"]]
        rows.append(
            [
                cell(line(title, "strong"), small(imposed_by)) if title != last else cell(),
                cell("; ".join(reached), small(provision)),
                cell(line(status or _("not stated"), mark=alike[0].state)),
                cell(day(since and one_moment(since))),
                cell(day(until and one_moment(until))),
            ]
        )
        last = title
    columns = {_("Measure"): 30, _("Materials"): 42, _("Status"): 15, _("Since"): 13, _("Until"): 12}
    return table(section, columns, rows)


def milestones(section: Section, report: Report) -> dict:
    titles = {row["number"]: row["title"] for row in report.section("phases").rows}
    rows = []
    for number, of_phase in groupby(section.rows, key=lambda row: row["phase"]):
        rows.append(_("Phase %(number)s · %(title)s") % {"number": number, "title": titles[number]})
        for row in of_phase:
            found = _("none found") if row.state in ("overdue", "unknown", "missed") else "–"
            said = row["said_on"] and day(row["said_on"])
            rows.append(
                [
                    cell(line(row["title"], notes=row.sources), small(row["description"])),
                    cell(f"“{row['wording']}”" if row["wording"] else None, small(said)) or cell("–"),
                    cell(day(row["expected"], _("not stated"))),
                    cell(day(row["actual"], found)),
                    cell(line(row["state"], mark=row.state)),
                ]
            )
    columns = {_("Milestone"): 46, _("As announced"): 18, _("Expected"): 15, _("Actual"): 15, _("State"): 13}
    return table(section, columns, rows)


def directives(section: Section, report: Report) -> dict:
    rows = []
    for row in section.rows:
        due = _("due %(day)s") % {"day": day(row["due"])} if row["due"] else None
        council = _("through %(council)s") % {"council": row["council"]} if row["council"] else None
        unnamed = _("%(count)s by unnamed bodies") % {"count": row["unnamed"]} if row["unnamed"] else None
        rows.append(
            [
                cell(line(row["title"], "strong", notes=row.sources), small(row["asks"])),
                cell(row["issued_by"], small(day(row["date"])), small(due)),
                cell(
                    _("%(count)s bodies") % {"count": row["asked"]} if row["asked"] else _("not stated"),
                    small(row["named"] or _("none named")),
                    small(council),
                ),
                cell(str(row["answers"]), small(unnamed)),
            ]
        )
    return table(section, {_("Request"): 46, _("Issued by"): 17, _("Asked"): 24, _("Answers"): 17}, rows)


def responses(section: Section, report: Report) -> dict:
    rows = [
        [
            cell(line(row["title"], notes=row.sources), small(row["description"])),
            cell(row["by"], small(row["directive"] and _("to: %(request)s") % {"request": row["directive"]})),
            cell(row["action"]),
            cell(day(row["date"])),
        ]
        for row in section.rows
    ]
    return table(section, {_("Answer or act"): 46, _("By"): 27, _("Action"): 15, _("Date"): 15}, rows)


def surveys(section: Section, report: Report) -> dict:
    rows = [
        [
            cell(line(row["title"], "strong", notes=row.sources), small(row["purpose"])),
            cell(row["conducted_by"]),
            cell(day(row["period"])),
            cell(row["feeds"] or "–"),
        ]
        for row in section.rows
    ]
    return table(section, {_("Survey"): 42, _("Conducted by"): 15, _("Period"): 18, _("Feeds"): 27}, rows)


def integrations(section: Section, report: Report) -> dict:
    rows = [
        [cell(row["inputs"] or "–"), cell(line(row["into"], "strong", notes=row.sources)), cell(row["description"])]
        for row in section.rows
    ]
    return table(section, {_("Inputs"): 32, _("Merged into"): 28, _("How"): 40}, rows)


def projects(section: Section, report: Report) -> dict:
    rows = []
    for row in section.rows:
        stands = _("stands for %(count)s") % {"count": row["stands_for"]} if row["stands_for"] > 1 else None
        about = " · ".join(filter(None, (row["kind"], row["material"], stands)))
        rows.append(
            [
                cell(line(row["title"], notes=row.sources), small(about), small(row["outcome"])),
                cell(row["performers"] or _("not named")),
                cell(day(row["period"], _("not stated")), small(words.years(row))),
                cell(row["status"], small(row["phase"] and _("phase %(number)s") % {"number": row["phase"]})),
            ]
        )
    return table(section, {_("Project"): 50, _("Performers"): 26, _("Period"): 16, _("Status"): 12}, rows)


def budgets(section: Section, report: Report) -> dict:
    rows = [
        [
            cell(line(row["of"], notes=row.sources)),
            cell(words.money(row) or _("not stated")),
            cell(small(row["note"])),
        ]
        for row in section.rows
    ]
    return table(section, {_("Budget of"): 38, _("Amount"): 28, _("Note"): 38}, rows)


def norms(section: Section, report: Report) -> dict:
    rows = [
        [
            cell(line(f"“{row['wording']}”", notes=row.sources)),
            cell(words.years(row) or "–"),
            cell(words.money(row) or "–"),
            cell(small(row["description"])),
        ]
        for row in section.rows
    ]
    columns = {_("As the source puts it"): 34, _("Duration"): 13, _("Amount"): 22, _("Description"): 32}
    return table(section, columns, rows)


def indicators(section: Section, report: Report) -> dict:
    """Each series for itself: its definition and values, and its chart where there is more than one value."""
    items = []
    for row in section.rows:
        values = [each for each in report.section("values").rows if each["series"] == row["series"]]
        about = " · ".join(filter(None, (row["unit"], row["material"], row["hs"] and f"HS {row['hs']}")))
        items.append(
            {
                "lines": [
                    line(row["indicator"], "strong", notes=row.sources),
                    line(about, "small"),
                    line(row["definition"], "small"),
                ],
                "values": [_value(each) for each in values],
                "svg": charts.svg(values) if len(values) > 1 else "",
                "alt": _("Chart of the values listed beside it: %(title)s") % {"title": row["indicator"]},
            }
        )
    key = _("bar: the time a value is for · line: times that adjoin · hollow: target")
    drawn = any(item["svg"] for item in items)
    return {"kind": "indicators", "title": section.title, "remark": key if drawn else "", "rows": items}


def _value(row: Row) -> list[list[dict]]:
    label = day(row["date"])
    if row.state == "target":
        label = _("target %(date)s") % {"date": label}
    return [cell(small(label)), cell(line(amounts.number(row["value"]), notes=row.sources)), cell(small(row["note"]))]


def disputes(section: Section, report: Report) -> dict:
    rows = []
    for question, versions in groupby(section.rows, key=lambda row: row["question"]):
        rows.append(question)
        rows += [
            [
                cell(
                    line(
                        row["value"] or (_("preferred") if row["preferred"] else "–"),
                        "strong",
                        notes=row.sources,
                        mark=row.state,
                    )
                ),
                cell(row["claimant"], small(day(row["date"]))),
                cell(row["statement"], small(row["reason"] and _("Preferred: %(why)s") % {"why": row["reason"]})),
            ]
            for row in versions
        ]
    remark = _("a tick: the version preferred here")
    return table(section, {_("Version"): 27, _("According to"): 25, _("In our words"): 50}, rows, remark)


def statements(section: Section, report: Report) -> dict:
    rows = [
        [
            cell(day(row["date"])),
            cell(row["speaker"], small(row["organization"])),
            cell(line(row["said"], notes=row.sources), row["quote"] and f"“{row['quote']}”", small(row["medium"])),
        ]
        for row in section.rows
    ]
    return table(section, {_("Date"): 15, _("Speaker"): 27, _("Said"): 60}, rows)


def effects(section: Section, report: Report) -> dict:
    rows = [
        [cell(day(row["date"])), cell(row["sector"]), cell(line(row["effect"], notes=row.sources))]
        for row in section.rows
    ]
    return table(section, {_("Date"): 15, _("Sector"): 24, _("Effect"): 62}, rows)


def care(section: Section, report: Report) -> dict:
    """The warnings, and what the report has no section on because nothing is recorded."""
    rows = [{"label": row["kind"], "text": row["text"]} for row in section.rows]
    if empty := [report.section(name).title for name in ARRANGED if not report.section(name).rows and name != "care"]:
        rows.append({"label": _("Not recorded for this program"), "text": ", ".join(empty)})
    return {"kind": "care", "title": section.title, "remark": "", "rows": rows}


def names(section: Section, report: Report) -> dict:
    rows = []
    for (short, name), natives in groupby(section.rows, key=lambda row: (row["short"], row["name"])):
        natives = list(natives)
        native = [line(row["native"], lang=row["language"]) for row in natives if row["native"]]
        called = line(short, "strong") if short != name else None
        rows.append([cell(called, name), cell(*native) or cell(line("–")), cell(natives[0]["kind"])])
    return table(section, {_("Name"): 44, _("In the owner’s languages"): 36, _("Kind"): 20}, rows)


def sources(section: Section, report: Report) -> dict:
    rows = []
    for row in section.rows:
        rest = ", ".join(filter(None, (row["publisher"], row["date"] and day(row["date"]))))
        read = "" if row["consulted"] is None else f"{row['kind']}, {row['consulted']}"
        link = row["url"] if (row["url"] or "").startswith(("http://", "https://")) else ""
        rows.append(
            {
                "number": row["number"],
                "title": line(row["title"], lang=row["language"], link=link),
                "rest": f"{rest} ({read})",
            }
        )
    return {"kind": "sources", "title": section.title, "remark": "", "rows": rows}


# The order on paper.
ARRANGED = {
    "phases": strip.phases,
    "measures": measures,
    "care": care,
    "milestones": milestones,
    "directives": directives,
    "responses": responses,
    "surveys": surveys,
    "integrations": integrations,
    "projects": projects,
    "budgets": budgets,
    "norms": norms,
    "indicators": indicators,
    "disputes": disputes,
    "statements": statements,
    "effects": effects,
    "names": names,
    "sources": sources,
}
