"""Feeds of programs, and what programs add to that of the timeline."""

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.feeds import LineKind, Undated, titled
from measures.models import Measure, TimelineEntry
from programs.filters import ProgramFilter
from programs.models import (
    Directive,
    Effect,
    Indicator,
    Milestone,
    Phase,
    Program,
    ProgramMeasure,
    Project,
    Response,
    Statement,
    Survey,
)
from programs.views.parts import readable
from records.belonging import PUBLIC
from records.feeds.entries import Entry, Fact, dated, fact
from records.feeds.kinds import RecordKind, key_of, sources_of
from records.feeds.news import Bearing, Counts
from records.feeds.views import ListFeed


class ProgramKind(RecordKind):
    """Programs; what happens in one is news of it."""

    model = Program
    parts = {
        **dict.fromkeys(
            (Phase, Directive, Response, Survey, Statement, Project, Effect, Indicator),
            "this.program_id = asked.entry",
        ),
        Milestone: "this.phase_id IN (SELECT id FROM programs_phase phase WHERE program_id = asked.entry"
        f" AND {PUBLIC.format('phase')})",
    }

    def queryset(self):
        answered = ProgramMeasure.objects.filter(measure__in=Measure.objects.readable()).select_related("measure")
        return (
            super()
            .queryset()
            .select_related("country")
            .prefetch_related(
                "names",
                readable(Program, "lead"),
                Prefetch("measure_links", answered),
                Prefetch("phases", Phase.objects.readable()),
            )
        )

    def entry(self, program):
        answered = [
            (link.measure.title, self.whole(link.measure.get_absolute_url())) for link in program.measure_links.all()
        ]
        phases = [
            _("Phase %(number)s") % {"number": phase.number} + f": {phase.title}" for phase in program.phases.all()
        ]
        lead = getattr(program, "lead", None)  # missing where readers may not know of it
        facts = [
            fact(_("Country"), program.country.name),
            fact(_("Lead"), *([lead.name] if lead else [])),
            Fact(_("Responds to"), answered),
            fact(_("Phases"), *phases),
            fact(_("Summary"), program.summary),
        ]
        return Entry(
            key_of(program),
            url=self.whole(program.get_absolute_url()),
            facts=[one for one in facts if one.words],
            tags=[program.country.name],
            **titled(program),
        )


class UndatedMilestone(Undated):
    """Milestones of which neither an expected day nor one of arrival is known."""

    columns = ("phase_id",)

    def bearing(self):
        program = "{key} = (SELECT program_id FROM programs_phase WHERE id = asked.phase_id)"
        return [
            Bearing(Milestone, "{key} = asked.entry", Counts.OWN),
            Bearing(Phase, "{key} = asked.phase_id", Counts.WHOLE),
            Bearing(Program, program, Counts.WHOLE),
        ]

    def rows(self):
        programs = Program.objects.readable()
        return Milestone.objects.readable().filter(
            phase__in=Phase.objects.readable().filter(program__in=programs), expected=None, actual=None
        )

    def entries(self, pks):
        milestones = list(Milestone.objects.filter(pk__in=pks).select_related("phase__program"))
        sources = sources_of(milestones)
        return {milestone.pk: self.entry(milestone, sources.get(milestone, [])) for milestone in milestones}

    def entry(self, milestone, sources):
        program = milestone.phase.program
        facts = [
            *dated("", ""),
            fact(_("Wording"), *filter(None, [milestone.wording])),
            fact(_("Status"), milestone.get_status_display()),
            Fact(_("Program"), [(program.title, self.whole(program.get_absolute_url()))]),
            fact(_("Details"), *filter(None, [milestone.description])),
            *self.footing(sources),
        ]
        return Entry(
            # The key of its line in the timeline, once it is known when it is expected.
            f"milestone:{milestone.slug}:expected",
            f"{milestone.title} · {program.title}",
            self.whole(f"{program.get_absolute_url()}#{milestone.slug}"),
            [one for one in facts if one.words],
            tags=[str(Milestone._meta.verbose_name)],
        )


class ProgramFeed(ListFeed):
    """Programs; their calendar has the dates of their phases, milestones, requests and answers."""

    name, page_name = "programs:feed", "programs:list"
    title = gettext_lazy("Programs")
    filter_class = ProgramFilter

    def parts(self, by_day):
        programs, request = self.filterset.checked, self.request
        if not by_day:
            return [(ProgramKind(request), programs)]
        shown = programs.order_by().values("slug")
        has_line = TimelineEntry.objects.visible().filter(program=OuterRef("slug"))
        undated = UndatedMilestone(request)
        return [
            (LineKind(request), TimelineEntry.objects.visible().filter(program__in=shown)),
            (undated, undated.rows().filter(phase__program__in=programs.order_by().values("pk"))),
            (ProgramKind(request), programs.filter(~Exists(has_line))),
        ]
