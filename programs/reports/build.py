"""Builds the content of a phase report from the published records, as things were on the chosen day."""

import datetime
from collections import Counter

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.reports import sections
from programs.reports.content import Column, Report, Row, Section
from programs.reports.reading import Reading
from records import known
from records.known import Knowledge

# Sections whose rows are facts that need a source.
CITED = {
    "milestones",
    "directives",
    "responses",
    "surveys",
    "integrations",
    "projects",
    "budgets",
    "norms",
    "values",
    "statements",
    "effects",
}


def build(manifest: dict) -> Report:
    """The report that a manifest asks for: `program` (slug), `on` (ISO date), `known` (change set), `language`.

    Raises Program.DoesNotExist where the program was not published as of then.
    """
    # Of one moment, so that no row is counted twice or missed in an edit.
    with translation.override(manifest["language"]), known.one_reading() as newest:
        knowledge = known.after(manifest["known"]) if manifest.get("known") else newest
        return _as_known(manifest, knowledge)


def _as_known(manifest: dict, knowledge: Knowledge) -> Report:
    with known.as_of(knowledge):
        read = Reading(manifest["program"], datetime.date.fromisoformat(manifest["on"]))
        body = [section(read) for section in sections.IN_ORDER]
        body.insert(2, _care(read, body))
        body.append(sections.sources(read))
        return Report(
            program=read.program.slug,
            title=read.program.title,
            language=manifest["language"],
            on=read.on,
            known_at=knowledge.at,
            facts=_facts(read, {section.name: section.rows for section in body}),
            summary=read.program.summary,
            sections=tuple(body),
        )


def _facts(read: Reading, rows: dict[str, tuple[Row, ...]]) -> dict[str, str]:
    """The head of the report: label and text."""
    facts = {
        _("Lead"): read.name(read.program.lead),
        _("Milestones"): _milestones_in_words(rows["milestones"]),
        _("Requests"): _requests_in_words(rows["directives"]),
        _("Projects"): str(sum(row["stands_for"] for row in rows["projects"]) or _("none recorded")),
        _("Country"): str(read.program.country),
        _("Verification"): read.program.get_verification_display(),
    }
    if read.measures:
        facts[_("Responds to")] = "; ".join(measure.title for measure in read.measures)
    if read.materials:
        facts[_("Materials")] = "; ".join(material.name for material in read.materials)
    if partners := [link for link in read.partners if read.visible(link.organization)]:
        facts[_("Partners")] = "; ".join(f"{read.name(link.organization)} ({link.role})" for link in partners)
    if read.program.technology_scope:
        facts[_("Technology scope")] = read.program.technology_scope
    return facts


def _milestones_in_words(rows: tuple[Row, ...]) -> str:
    if not rows:
        return _("none recorded")
    counts = Counter(row.state for row in rows)
    words = {
        "achieved": _("%(count)s achieved"),
        "overdue": _("%(count)s overdue"),
        "missed": _("%(count)s missed"),
        "planned": _("%(count)s planned"),
        "unknown": _("%(count)s unknown"),
    }
    parts = [text % {"count": counts[state]} for state, text in words.items() if counts[state]]
    return f"{len(rows)}: {', '.join(parts)}"


def _requests_in_words(rows: tuple[Row, ...]) -> str:
    if not rows:
        return _("none recorded")
    answers, unnamed = sum(row["answers"] for row in rows), sum(row["unnamed"] for row in rows)
    answered = ngettext("%(count)s answer", "%(count)s answers", answers) % {"count": answers}
    answered += ", " + _("%(count)s of them unnamed") % {"count": unnamed} if unnamed else ""
    if len(rows) == 1 and rows[0]["asked"]:
        asked = _("%(count)s asked") % {"count": rows[0]["asked"]}
    else:
        # The same institute may have been asked twice, so what several requests asked for is not added up.
        asked = ngettext("%(count)s request", "%(count)s requests", len(rows)) % {"count": len(rows)}
    return f"{asked}, {answered}"


def _care(read: Reading, body: list[Section]) -> Section:
    """What a reader of the figures has to know about them."""
    rows = []

    def warn(label: str, text: str) -> None:
        rows.append(Row({"kind": label, "text": text}))

    by_name = {section.name: section.rows for section in body}
    if not read.phases:
        warn(_("Phases"), _("No phase of this program is recorded."))
    if overdue := sum(row.state == "overdue" for row in by_name["milestones"]):
        warn(
            _("Overdue"),
            ngettext(
                "One milestone passed its date with no source on the outcome. This is not evidence that it failed.",
                "%(count)s milestones passed their date with no source on the outcome. "
                "This is not evidence that they failed.",
                overdue,
            )
            % {"count": overdue},
        )
    for row in by_name["directives"]:
        named = len(row["named"].split("; ")) if row["named"] else 0
        if row["asked"] and row["asked"] > named:
            text = _("“%(title)s” asked %(asked)s bodies, of which sources name %(named)s.")
            warn(_("Unnamed"), text % {"title": row["title"], "asked": row["asked"], "named": named})
    if questions := len({row["question"] for row in by_name["disputes"]}):
        text = ngettext(
            "Bodies answer one question differently; all versions are given below.",
            "Bodies answer %(count)s questions differently; all versions are given below.",
            questions,
        )
        warn(_("Disputed"), text % {"count": questions})
    uncited = [(section, row) for section in body if section.name in CITED for row in section.rows if not row.sources]
    if uncited:
        counts = Counter(section.title for section, _row in uncited)
        text = _("Rows without a source: %(sections)s.")
        warn(_("Uncited"), text % {"sections": ", ".join(f"{title} {count}" for title, count in counts.items())})
    if read.left_out:
        text = ngettext(
            "%(count)s row dated after the chosen day is left out.",
            "%(count)s rows dated after the chosen day are left out.",
            read.left_out,
        )
        warn(_("Later"), text % {"count": read.left_out})
    columns = (Column("kind", _("About")), Column("text", _("To be read with care")))
    return Section("care", _("To be read with care"), columns, tuple(rows))
