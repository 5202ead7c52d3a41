"""What phases and programs say, fact by fact, and what measures, materials and bodies have to do with programs."""

import datetime
from collections.abc import Iterable, Iterator

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.models import Material, Measure, Organization
from measures.views.beside import disputed, disputed_fact
from programs.models import (
    Directive,
    Indicator,
    Milestone,
    Phase,
    Program,
    ProgramMaterial,
    ProgramMeasure,
    ProgramPartner,
    Project,
    Response,
)
from programs.views.programs import links
from records import amounts, naming
from records.beside import Entry, Fact, Facts, Kind, dated, footing, link, linked, names, said, title
from records.models import Record
from records.views import cited

DAY = datetime.timedelta(days=1)


def parts(relation: str, model: type[Record]) -> Prefetch:
    """The parts of one kind that visitors may read, with their citations."""
    return Prefetch(relation, model.objects.readable().prefetch_related(cited()))


class PhaseFacts(Kind):
    """A phase: when it was to run and ran, what it is to reach, how far its milestones are on the day."""

    model = Phase

    @classmethod
    def visible(cls):
        programs = Program.objects.readable().prefetch_related("names")
        return Phase.objects.readable().filter(program__in=programs).prefetch_related(Prefetch("program", programs))

    @classmethod
    def address(cls, record):
        return f"{record.program.get_absolute_url()}#{record.slug}"

    @classmethod
    def owner(cls, record):
        return record.program

    @classmethod
    def days(cls, record):
        return days_of(Milestone.objects.readable().filter(phase=record))

    def __init__(self, records, day):
        self.day = day
        prefetch_related_objects(
            records,
            cited(),
            parts("milestones", Milestone),
            parts("directives", Directive),
            parts("responses", Response),
            parts("projects", Project),
        )
        self.disputed = disputed(records, [milestone for record in records for milestone in record.milestones.all()])

    def of(self, record):
        milestones, page = list(record.milestones.all()), record.program.get_absolute_url()
        yield title(record)
        yield linked("program", _("Program"), [record.program])
        yield said("number", _("Number"), str(record.number))
        yield said("status", _("Status"), capfirst(record.get_status_display()))
        yield said("horizons", _("Horizon"), *(str(label) for label in record.horizon_labels))
        yield said("objective", _("Objective"), record.objective, citations=record.citations.all())
        yield dated("planned", _("Planned"), record.planned, record.citations.all())
        yield dated("actual", _("Seen in sources"), record.actual, record.citations.all())
        yield milestones_fact(milestones, self.day, page)
        yield requests_fact(record.directives.all(), page)
        yield answers_fact(record.responses.all(), page)
        yield projects_fact(record.projects.all(), page)
        yield disputed_fact(record, self.disputed, milestones, page=page)
        rows = (milestones, record.directives.all(), record.responses.all(), record.projects.all())
        yield footing([record, *(row for same in rows for row in same)])
        yield dated("checked_on", _("Last checked"), record.checked_on and record.checked_on.isoformat())


class ProgramFacts(Kind):
    """A program: who leads it, what it answers and costs, its phases, how far its milestones are on the day."""

    model = Program

    @classmethod
    def days(cls, record):
        milestones = Milestone.objects.readable().filter(phase__program=record, phase__in=Phase.objects.readable())
        return days_of(milestones)

    def __init__(self, records, day):
        self.day = day
        prefetch_related_objects(
            records,
            "names",
            "country",
            cited(),
            "lead",
            Prefetch("measure_links", links(ProgramMeasure, "measure")),
            Prefetch("material_links", links(ProgramMaterial, "material")),
            Prefetch("partner_links", links(ProgramPartner, "organization").prefetch_related(cited())),
            parts("phases", Phase),
            parts("phases__milestones", Milestone),
            parts("directives", Directive),
            parts("responses", Response),
            parts("projects", Project),
            parts("indicators", Indicator),
        )
        indicators = [indicator for record in records for indicator in record.indicators.all()]
        self.disputed = disputed(records, indicators)
        naming.fetch(
            (each.measure for record in records for each in record.measure_links.all()),
            (each.material for record in records for each in record.material_links.all()),
            (each.organization for record in records for each in record.partner_links.all()),
            (record.lead for record in records),
        )

    def of(self, record):
        page, phases = record.get_absolute_url(), list(record.phases.all())
        milestones = [milestone for phase in phases for milestone in phase.milestones.all()]
        yield title(record)
        yield names(record.names.all())
        yield said("country", _("Country"), str(record.country.name))
        yield linked("lead", _("Lead"), [record.lead] if record.lead.is_readable else [])
        partners = tuple(
            link(each.organization, each.role, each.citations.all()) for each in record.partner_links.all()
        )
        yield Fact(("partners",), _("Partners"), partners, _("none recorded"))
        yield linked("measures", _("Responds to"), (each.measure for each in record.measure_links.all()))
        yield linked("materials", _("Materials"), (each.material for each in record.material_links.all()))
        yield said("technology", _("Technology"), record.technology_scope)
        yield said("summary", _("Summary"), record.summary, citations=record.footing("summary"))
        yield budget_fact(record)
        steps = tuple(
            Entry(
                f"{phase.number}. {phase.title}",
                f"{page}#{phase.slug}",
                "en",
                date=phase.actual or phase.planned,
                role="" if phase.actual else _("planned"),
                note=str(phase.get_status_display()),
                citations=tuple(phase.citations.all()),
            )
            for phase in phases
        )
        yield Fact(("phases",), _("Phases"), steps, _("none recorded"))
        yield milestones_fact(milestones, self.day, page)
        yield requests_fact(record.directives.all(), page)
        yield answers_fact(record.responses.all(), page)
        yield projects_fact(record.projects.all(), page)
        indicators = tuple(Entry(each.title, f"{page}#{each.slug}", "en") for each in record.indicators.all())
        yield Fact(("indicators",), _("Indicators"), indicators, _("none recorded"))
        yield disputed_fact(record, self.disputed, record.indicators.all())
        rows = (record.partner_links, record.phases, record.directives, record.responses, record.projects)
        yield footing([record, *milestones, *(row for same in rows for row in same.all()), *record.indicators.all()])
        yield said("verification", _("Checked"), capfirst(record.get_verification_display()))
        yield dated("checked_on", _("Last checked"), record.checked_on and record.checked_on.isoformat())


def days_of(milestones: Iterable[Milestone]) -> list[tuple[datetime.date, str, str]]:
    """The days by which milestones were reached, or else were to be, each with its date and title."""
    found = []
    for milestone in milestones:
        if milestone.actual:
            day = milestone.actual_latest or milestone.actual_earliest
            found.append((day, milestone.actual, milestone.title))
        elif milestone.expected:
            # From the day after on it is overdue.
            day = milestone.expected_latest and milestone.expected_latest + DAY
            found.append((day, milestone.expected, milestone.title))
    return sorted(each for each in found if each[0])


def milestones_fact(milestones: Iterable[Milestone], day: datetime.date, page: str) -> Fact:
    entries = tuple(
        Entry(
            milestone.title,
            f"{page}#{milestone.slug}",
            "en",
            date=milestone.actual or milestone.expected,
            role="" if milestone.actual else _("expected"),
            milestone=str(milestone.state_on(day)),
            note=f"“{milestone.wording}”" if milestone.wording else "",
            citations=tuple(milestone.citations.all()),
        )
        for milestone in milestones
    )
    return Fact(("milestones",), _("Milestones"), entries, _("none recorded"))


def requests_fact(directives: Iterable[Directive], page: str) -> Fact:
    entries = tuple(
        Entry(each.title, f"{page}#{each.slug}", "en", date=each.date, citations=tuple(each.citations.all()))
        for each in directives
    )
    return Fact(("directives",), _("Requests"), entries, _("none recorded"))


def answers_fact(responses: Iterable[Response], page: str) -> Fact:
    entries = tuple(
        Entry(each.title, f"{page}#{each.slug}", "en", date=each.date, citations=tuple(each.citations.all()))
        for each in responses
    )
    return Fact(("responses",), _("Answers"), entries, _("none recorded"))


def projects_fact(projects: Iterable[Project], page: str) -> Fact:
    """Each row of projects, and for how many it stands."""
    entries = tuple(
        Entry(
            each.title,
            f"{page}#{each.slug}",
            "en",
            note=", ".join(filter(None, (stands_for(each), str(each.get_status_display())))),
            citations=tuple(each.citations.all()),
        )
        for each in projects
    )
    return Fact(("projects",), _("Projects"), entries, _("none recorded"))


def stands_for(project: Project) -> str:
    count = project.stands_for
    return "" if count == 1 else ngettext("%(count)d project", "%(count)d projects", count) % {"count": count}


def budget_fact(program: Program) -> Fact:
    missing = _("no total given")
    if program.budget_amount is None:
        return said("budget", _("Budget"), missing=missing)
    about = f"{_('about')} " if program.budget_approximate else ""
    text = f"{about}{amounts.money(program.budget_amount, program.budget_currency)}"
    note = str(program.get_budget_per_display() or "")
    return Fact(("budget",), _("Budget"), (Entry(text, note=note, citations=tuple(program.budget_citations)),), missing)


class AnswersToMeasures(Facts):
    """Which programs respond to a measure."""

    model = Measure

    def __init__(self, records, day):
        shown = ProgramMeasure.objects.filter(program__in=Program.objects.readable())
        found = shown.filter(measure__in=records).select_related("program").order_by("program__slug")
        self.programs = grouped((each.measure_id, each.program) for each in found)

    def of(self, record) -> Iterator[Fact]:
        yield programs_fact(_("Programs that respond"), self.programs.get(record.pk, ()))


class ProgramsForMaterials(Facts):
    """Which programs and projects are about a material."""

    model = Material

    def __init__(self, records, day):
        shown = Program.objects.readable()
        found = ProgramMaterial.objects.filter(program__in=shown, material__in=records).select_related("program")
        self.programs = grouped((each.material_id, each.program) for each in found.order_by("program__slug"))
        projects = Project.objects.readable().filter(program__in=shown, material__in=records)
        self.projects = grouped(
            (each.material_id, each)
            for each in projects.select_related("program")
            .prefetch_related(cited())
            .order_by("program__slug", "position", "pk")
        )

    def of(self, record) -> Iterator[Fact]:
        yield programs_fact(_("Programs about it"), self.programs.get(record.pk, ()))
        entries = tuple(
            entry
            for project in self.projects.get(record.pk, ())
            for entry in projects_fact([project], project.program.get_absolute_url()).entries
        )
        yield Fact(("projects",), _("Projects"), entries, _("none recorded"))


class ProgramsOfBodies(Facts):
    """Which programs a body leads or takes part in."""

    model = Organization

    def __init__(self, records, day):
        shown = Program.objects.readable()
        self.led = grouped((each.lead_id, each) for each in shown.filter(lead__in=records).order_by("slug"))
        partners = ProgramPartner.objects.filter(program__in=shown, organization__in=records)
        found = partners.select_related("program").prefetch_related(cited()).order_by("program__slug", "position", "pk")
        self.partnered = grouped((each.organization_id, each) for each in found)
        naming.fetch(each.program for same in self.partnered.values() for each in same)

    def of(self, record) -> Iterator[Fact]:
        yield programs_fact(_("Programs led"), self.led.get(record.pk, ()), "led")
        entries = tuple(
            link(each.program, each.role, each.citations.all()) for each in self.partnered.get(record.pk, ())
        )
        yield Fact(("partnered",), _("Takes part in"), entries, _("none recorded"))


def grouped(pairs: Iterable[tuple[int, Record]]) -> dict[int, list]:
    found: dict[int, list] = {}
    for pk, record in pairs:
        found.setdefault(pk, []).append(record)
    naming.fetch(record for same in found.values() for record in same if isinstance(record, Program))
    return found


def programs_fact(label: str, programs: Iterable[Program], key: str = "programs") -> Fact:
    return Fact((key,), label, tuple(link(program) for program in programs), _("none recorded"))
