"""The dated lines of the timeline as a list: what each date means, what is due, and what was changed."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from measures.models import MeasureEvent, TimelineEntry
from records.history import version_table
from records.models import ChangeSet, Record

ROLES = dict(MeasureEvent.Kind.choices) | {
    "background": pgettext_lazy("role of a date", "background"),
    "until": pgettext_lazy("role of a date", "last day"),
    "starts": pgettext_lazy("role of a date", "starts"),
    "ends": pgettext_lazy("role of a date", "ends"),
    "runs": pgettext_lazy("role of a date", "runs"),
    "expected": pgettext_lazy("role of a date", "expected"),
    "achieved": pgettext_lazy("role of a date", "achieved"),
    "issued": pgettext_lazy("role of a date", "issued"),
    "due": pgettext_lazy("role of a date", "due"),
    "answered": pgettext_lazy("role of a date", "answered"),
    "conducted": pgettext_lazy("role of a date", "conducted"),
    "said": pgettext_lazy("role of a date", "said"),
}
KINDS = {
    "event": gettext_lazy("measure"),
    "status": gettext_lazy("status"),
    "announcement": gettext_lazy("announcement"),
    "phase": gettext_lazy("phase"),
    "milestone": gettext_lazy("milestone"),
    "directive": gettext_lazy("directive"),
    "response": gettext_lazy("response"),
    "survey": gettext_lazy("survey"),
    "statement": gettext_lazy("statement"),
}


# Kinds of which a day that has passed without a word is overdue; the last day of a status just passes.
EXPECTED = ("milestone", "directive", "phase")


def expectation(*, kind: str, planned: bool, settled_on, latest, on: datetime.date) -> str:
    """What is to be said of something that was expected: "planned", "overdue", "settled", or "" for what was seen."""
    if not planned or kind == "status":
        return ""
    if settled_on is not None and settled_on <= on:
        return "settled"
    return "overdue" if kind in EXPECTED and latest is not None and latest < on else "planned"


# What a line is told to be where its record says something else than it said to readers before.
CHANGES = {
    ChangeSet.Kind.CORRECTION: pgettext_lazy("of a line of the timeline", "corrected"),
    ChangeSet.Kind.DEVELOPMENT: pgettext_lazy("of a line of the timeline", "new development"),
}
CHANGED = """
    SELECT {kind}, row.id, change.kind FROM {table} row JOIN records_changeset change ON change.id = row.known_since
    WHERE row.id = ANY(%s) AND change.kind = ANY(%s) AND EXISTS (
        SELECT FROM {versions} version
        WHERE version.pgh_obj_id = row.id AND version.superseded_by = row.known_since AND version.state = %s
          AND version.embargo_until IS NULL
    )
"""


def changes(entries: Iterable[TimelineEntry]) -> dict[tuple[int, int], str]:
    """By type and number of the subject: how it came to say what it says, where readers had read something else."""
    subjects: dict[int, set[int]] = defaultdict(set)
    for entry in entries:
        subjects[entry.subject_type_id].add(entry.subject_id)
    parts: list[str] = []
    parameters: list = []
    for kind, pks in sorted(subjects.items()):
        model = ContentType.objects.get_for_id(kind).model_class()
        table = model._meta.db_table
        parts.append(CHANGED.format(kind=kind, table=table, versions=version_table(model)))
        parameters += [sorted(pks), [str(each) for each in CHANGES], Record.State.PUBLISHED]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return {(kind, pk): str(CHANGES[change]) for kind, pk, change in cursor}


def programs_of(entries: Iterable[TimelineEntry]) -> dict[str, Record]:
    """The programs that lines belong to, by the `owner` of these; one query, or none without any."""
    owners = {entry.owner.partition(":") for entry in entries if entry.program}
    found: dict[str, Record] = {}
    for label in sorted({label for label, _mark, _pk in owners}):
        programs = apps.get_model(label)._default_manager
        asked = programs.in_bulk([int(pk) for of, _mark, pk in owners if of == label])
        found |= {f"{label}:{pk}": program for pk, program in asked.items()}
    return found


@dataclass
class Line:
    """One dated line of the list; `state` is "overdue", "planned" or "" for what was seen.

    `change` says, of what readers were told otherwise before, whether that was wrong or has been overtaken. `program`
    is what a line of no measure belongs to.
    """

    entry: TimelineEntry
    role: str
    kind: str
    state: str
    change: str = ""
    program: Record | None = None

    @property
    def disputed_at(self) -> str:
        """Where the versions of a disputed one are told."""
        return f"{self.entry.path.partition('#')[0]}#disputed"


@dataclass
class Stretch:
    """The lines that fall into one year, quarter or month."""

    title: str
    lines: list[Line]


def stretches(
    entries: Iterable[TimelineEntry], zoom: str, on: datetime.date, programs: dict[str, Record]
) -> list[Stretch]:
    """The lines with the programs that they belong to, as `programs_of` them."""
    entries = list(entries)
    changed = changes(entries)

    def told(entry: TimelineEntry) -> Line:
        change = changed.get((entry.subject_type_id, entry.subject_id), "")
        return line(entry, on, change, programs.get(entry.owner))

    return [
        Stretch(title, [told(entry) for entry in group])
        for title, group in groupby(entries, key=lambda entry: stretch_title(entry.sorted_on, zoom))
    ]


def stretch_title(day: datetime.date, zoom: str) -> str:
    if zoom == "month":
        return date_format(day, pgettext("heading, Django date format", "F Y"))
    if zoom == "quarter":
        return _("%(year)d, quarter %(quarter)d") % {"year": day.year, "quarter": (day.month + 2) // 3}
    return str(day.year)


def line(entry: TimelineEntry, on: datetime.date, change: str = "", program: Record | None = None) -> Line:
    is_open = entry.planned and (entry.settled_on is None or entry.settled_on > on)
    late = is_open and entry.latest is not None and entry.latest < on
    state = "planned" if is_open and not late else "overdue" if late and entry.kind in EXPECTED else ""
    # What the last day of a status brings is not expected, only near.
    return Line(
        entry,
        str(ROLES.get(entry.role, entry.role)),
        str(KINDS.get(entry.kind, entry.kind)),
        "" if entry.kind == "status" else state,
        change,
        program,
    )
