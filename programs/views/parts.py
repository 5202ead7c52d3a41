"""What the pages of materials and organizations show of programs, and where facts about programs are shown."""

from collections.abc import Iterator

from django.db.models import Model, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.filters.reach import reach
from measures.models import Material, Measure, Organization
from measures.views.lanes import Heading, Lanes
from programs import charts
from programs.models import (
    CoverageNote,
    Directive,
    Effect,
    Indicator,
    Integration,
    Milestone,
    Observation,
    Phase,
    Program,
    ProgramMeasure,
    ProgramPartner,
    Project,
    ProjectNorm,
    ProjectPerformer,
    Response,
    Statement,
    Survey,
    Target,
)
from records import chart_files, naming
from records.charts.shapes import Chart
from records.models import Record
from records.pages import Pages
from records.views import PagePart, cited


class ProgramPages(Pages):
    leads = {
        CoverageNote: ("program", "phase"),
        Milestone: ("phase",),
        Observation: ("indicator",),
        Target: ("indicator",),
        **dict.fromkeys(
            (
                Directive,
                Effect,
                Indicator,
                Integration,
                Phase,
                ProgramPartner,
                Project,
                ProjectNorm,
                Response,
                Statement,
                Survey,
            ),
            ("program",),
        ),
    }
    files = {"coverage_notes.yaml": CoverageNote, "programs.yaml": Program}


def programs() -> QuerySet[Program]:
    """Those that visitors may read; a withdrawn one says nothing any more."""
    return Program.objects.readable()


def _named(found: QuerySet[Program]) -> list[Program]:
    rows = list(found)
    naming.fetch(rows)
    return rows


def of_programs(model: type[Record], *related: str) -> QuerySet:
    """The parts of such programs that visitors may read, with their programs and citations."""
    rows = model.objects.readable().filter(program__in=programs())
    return (
        rows.select_related("program")
        .prefetch_related(cited(), *(readable(model, name) for name in related))
        .order_by("program__slug", "position", "pk")
    )


def readable(model: type[Model], name: str) -> Prefetch:
    """What a foreign key leads to; nothing where visitors may not read it."""
    return Prefetch(name, model._meta.get_field(name).related_model.objects.readable())


def performers() -> Prefetch:
    bodies = Q(organization=None) | Q(organization__in=Organization.objects.readable())
    return Prefetch("performers", ProjectPerformer.objects.filter(bodies).select_related("organization"))


class AnswersToMeasure(PagePart):
    """Programs that respond to a measure."""

    model = Measure
    template = "programs/of_measure.html"
    anchor, heading = "programs", gettext_lazy("What is done about it")

    @cached_property
    def programs(self) -> list[Program]:
        answers = programs().filter(measure_links__measure=self.record).select_related("lead", "country")
        return list(answers.order_by("slug"))

    def called(self) -> list[Program]:
        return self.programs

    def cited(self) -> Iterator[Model]:
        return iter(())


class ProgramsOfMaterial(PagePart):
    """Programs, projects and indicators for a material and its parts and forms, and where somebody looked for more."""

    model = Material
    template = "programs/of_material.html"

    @cached_property
    def within(self) -> list[int]:
        return reach([self.record.slug])[self.record.slug].within

    @cached_property
    def programs(self) -> list[Program]:
        phases = Phase.objects.readable()
        found = programs().filter(material_links__material__in=self.within).distinct().select_related("country")
        found = found.prefetch_related(cited(), readable(Program, "lead"), Prefetch("phases", phases))
        return _named(found.order_by("slug"))

    @cached_property
    def projects(self) -> list[Project]:
        found = of_programs(Project, "phase", "material").filter(material__in=self.within)
        return list(found.prefetch_related(performers()))

    @property
    def project_count(self) -> int:
        return sum(project.stands_for for project in self.projects)

    @property
    def institutes(self) -> list[Organization]:
        """Who performs these projects, as far as they are recorded bodies."""
        bodies = {performer.organization for project in self.projects for performer in project.performers.all()}
        return sorted(bodies - {None}, key=lambda organization: organization.name)

    @cached_property
    def indicators(self) -> list[Indicator]:
        return list(
            of_programs(Indicator, "material")
            .filter(material__in=self.within)
            .prefetch_related(
                "hs_links",
                Prefetch("observations", Observation.objects.prefetch_related(cited())),
                Prefetch("targets", Target.objects.prefetch_related(cited())),
            )
        )

    @cached_property
    def chart(self) -> Chart | None:
        return charts.dependence(self.record, self.indicators, self.clocks)

    @property
    def chart_files(self) -> list[tuple[str, str]]:
        address = [
            (chart_files.LABELS[format], reverse("programs:dependence", args=[self.record.slug, format]))
            for format in chart_files.FORMATS
        ]
        return [(label, f"{path}?{self.clocks.query}" if self.clocks.query else path) for label, path in address]

    @cached_property
    def notes(self) -> list[CoverageNote]:
        phases = Phase.objects.readable().filter(program__in=programs())
        return list(
            CoverageNote.objects.readable()
            .filter(Q(program__in=programs()) | Q(phase__in=phases), material__in=self.within)
            .select_related("program", "phase__program", "material")
            .prefetch_related(cited())
            .order_by("slug")
        )

    @property
    def contents(self) -> list[tuple[str, str]]:
        sections = (
            ("programs", _("Programs by phase"), self.programs),
            ("projects", _("Projects and institutes"), self.projects),
            ("indicators", _("Indicators"), self.indicators),
            ("coverage", _("Looked for"), self.notes),
        )
        return [(anchor, label) for anchor, label, rows in sections if rows]

    def cited(self) -> Iterator[Model]:
        yield from self.programs
        yield from self.projects
        yield from self.notes
        for indicator in self.indicators:
            yield indicator
            yield from indicator.observations.all()
            yield from indicator.targets.all()


class ProgramsOfOrganization(PagePart):
    """What a body has to do with programs: leads, takes part, asks, is asked, answers, surveys, performs, says."""

    model = Organization
    template = "programs/of_organization.html"

    @cached_property
    def led(self) -> list[Program]:
        led = programs().filter(lead=self.record).select_related("country")
        return _named(led.prefetch_related(cited()))

    @cached_property
    def partnered(self) -> list[ProgramPartner]:
        links = ProgramPartner.objects.filter(organization=self.record, program__in=programs())
        return list(
            links.select_related("program").prefetch_related(cited()).order_by("program__slug", "position", "pk")
        )

    @cached_property
    def asked(self) -> list[Directive]:
        """What it was asked for by name, or what the institutes of this council were asked for."""
        directives = of_programs(Directive, "issued_by", "council")
        return list(directives.filter(Q(addressee_links__organization=self.record) | Q(council=self.record)).distinct())

    @cached_property
    def issued(self) -> list[Directive]:
        return list(of_programs(Directive, "issued_by", "council").filter(issued_by=self.record))

    @cached_property
    def answered(self) -> list[Response]:
        return list(of_programs(Response).filter(organization=self.record))

    @cached_property
    def surveys(self) -> list[Survey]:
        return list(of_programs(Survey).filter(conducted_by=self.record))

    @cached_property
    def performed(self) -> list[Project]:
        links = ProjectPerformer.objects.filter(organization=self.record)
        return list(of_programs(Project, "phase", "material").filter(pk__in=links.values("project")))

    @cached_property
    def statements(self) -> list[Statement]:
        return list(of_programs(Statement).filter(organization=self.record))

    @property
    def contents(self) -> list[tuple[str, str]]:
        sections = (
            ("leads", _("Programs led"), self.led),
            ("partner", _("Takes part in"), self.partnered),
            ("asks", _("Asked others for"), self.issued),
            ("asked", _("Was asked for"), self.asked),
            ("answers", _("Answered"), self.answered),
            ("surveys", _("Surveys"), self.surveys),
            ("performs", _("Projects"), self.performed),
            ("statements", _("Statements"), self.statements),
        )
        return [(anchor, label) for anchor, label, rows in sections if rows]

    def cited(self) -> Iterator[Model]:
        for rows in (
            self.led,
            self.partnered,
            self.issued,
            self.asked,
            self.answered,
            self.surveys,
            self.performed,
            self.statements,
        ):
            yield from rows


class ProgramLanes(Lanes):
    """Measures on the timeline by the programs that answer them."""

    name, label, rest = "program", gettext_lazy("program"), gettext_lazy("No program answers it")
    column, others = "program", gettext_lazy("Dates of the program")

    def headings(self):
        found = list(programs().only("slug", "title"))
        naming.fetch(found)
        return {
            program.pk: Heading(
                program.pk, program.title, program.get_absolute_url(), naming.called(program), program.slug
            )
            for program in found
        }

    def links(self, measures):
        return ProgramMeasure.objects.filter(measure__in=measures).values_list("program_id", "measure_id")
