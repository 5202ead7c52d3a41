"""The records that a phase report is made of: published, and so on the chosen day."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, Q
from django.utils.translation import gettext

from measures import status
from measures.models import Claim, DisputedFact
from programs.models import (
    Directive,
    DirectiveAddressee,
    Effect,
    Indicator,
    Integration,
    IntegrationInput,
    Milestone,
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
)
from records.models import Citation, Name, Record, Source


class Reading:
    """One program's records, and the numbers of their sources in the order in which they are first cited."""

    def __init__(self, slug: str, on: datetime.date):
        self.on = on
        self.left_out = 0
        self.program = reportable().select_related("country", "lead").get(slug=slug)
        self.phases = list(self._of(Phase))
        self.milestones = [
            milestone
            for milestone in Milestone.objects.readable()
            .filter(phase__in=self.phases)
            .order_by("phase__number", "position", "pk")
            if self._foreseen(milestone)
        ]
        self.directives = self._begun(
            self._of(Directive, "issued_by", "council").prefetch_related(
                Prefetch("addressee_links", DirectiveAddressee.objects.select_related("organization"))
            )
        )
        self.responses = self._begun(self._of(Response, "organization", "directive"))
        self.surveys = self._begun(
            self._of(Survey, "conducted_by").prefetch_related(
                Prefetch("feeds", SurveyFeed.objects.select_related("milestone", "phase"))
            ),
            "period",
        )
        self.integrations = list(
            self._of(Integration, "into").prefetch_related(
                Prefetch("inputs", IntegrationInput.objects.select_related("survey", "response", "directive"))
            )
        )
        self.projects = self._begun(
            self._of(Project, "material", "phase").prefetch_related(
                Prefetch("performers", ProjectPerformer.objects.select_related("organization"))
            ),
            "period",
        )
        self.norms = list(self._of(ProjectNorm))
        self.indicators = list(
            self._of(Indicator, "material").prefetch_related("observations", "targets", "hs_links__hs_code")
        )
        self.observations = {each: self._begun(each.observations.all()) for each in self.indicators}
        self.targets = {each: list(each.targets.all()) for each in self.indicators}
        self.statements = self._begun(self._of(Statement, "organization"))
        self.effects = self._begun(self._of(Effect))
        self.partners = list(
            ProgramPartner.objects.filter(program=self.program)
            .select_related("organization")
            .order_by("position", "pk")
        )
        links = ProgramMaterial.objects.filter(program=self.program).select_related("material")
        self.materials = [link.material for link in links.order_by("position", "pk") if self.visible(link.material)]
        answered = ProgramMeasure.objects.filter(program=self.program).select_related("measure")
        self.measures = [
            link.measure
            for link in answered.prefetch_related("measure__issuers").order_by("position", "pk")
            if self.visible(link.measure)
        ]
        self.statuses = status.rows_on(self.measures, on)
        self.disputes = self._disputes()
        self.names = self._names()
        self.citations = self._citations()
        self.numbers: dict[Source, int] = {}

    def visible(self, record: Record | None) -> bool:
        """Whether a visitor may see a record that one of the program's records points at."""
        return record is not None and record.is_visible

    def name(self, record: Record | None) -> str | None:
        """What a record is called; without telling anything of one that is not published."""
        if record is None:
            return None
        if not self.visible(record):
            return gettext("not published")
        return getattr(record, "short_name", None) or str(record)

    def begun(self, record, field: str = "date") -> bool:
        """Whether the date of a record had come on the chosen day; one without a date is taken to have been."""
        earliest = getattr(record, "earliest" if field == "date" else f"{field}_earliest")
        return earliest is None or earliest <= self.on

    def cite(self, *records) -> tuple[int, ...]:
        """Numbers of the sources of these records, new ones given the next number."""
        sources = [source for record in records for source in self.citations.get(_identity(record), ())]
        return tuple(sorted({self.numbers.setdefault(source, len(self.numbers) + 1) for source in sources}))

    def _of(self, model: type[Record], *related: str):
        order = "number" if model is Phase else "position"
        rows = model.objects.readable().filter(program=self.program).order_by(order, "pk")
        return rows.select_related(*related) if related else rows

    def _begun(self, records: Iterable, field: str = "date") -> list:
        records = list(records)
        begun = [record for record in records if self.begun(record, field)]
        self.left_out += len(records) - len(begun)
        return begun

    def _foreseen(self, milestone: Milestone) -> bool:
        """Whether a milestone was known of on the day: announced by then, expected at all, or reached."""
        foreseen = self.begun(milestone, "said_on") and (
            milestone.said_on is not None or milestone.expected is not None or self.begun(milestone, "actual")
        )
        self.left_out += not foreseen
        return foreseen

    def _disputes(self) -> list[tuple[DisputedFact, list[Claim]]]:
        facts = (
            DisputedFact.objects.readable()
            .filter(_subjects([self.program, *self.indicators]))
            .prefetch_related(Prefetch("claims", Claim.objects.select_related("organization")))
        )
        disputes = ((fact, self._begun(fact.claims.all())) for fact in facts.order_by("slug"))
        return [(fact, claims) for fact, claims in disputes if claims]

    def bodies(self) -> list:
        """The organizations that the report names, each once, in the order of their first part in the program."""
        found = [self.program.lead, *(link.organization for link in self.partners)]
        for directive in self.directives:
            found += [directive.issued_by, directive.council]
            found += [link.organization for link in directive.addressee_links.all()]
        found += [response.organization for response in self.responses]
        found += [survey.conducted_by for survey in self.surveys]
        found += [link.organization for project in self.projects for link in project.performers.all()]
        found += [statement.organization for statement in self.statements]
        return [body for body in dict.fromkeys(found) if self.visible(body)]

    def _names(self) -> dict[tuple, list[Name]]:
        """One name in each other language than English, of the program, its bodies and materials."""
        subjects = [self.program, *self.bodies(), *self.materials]
        kinds = [Name.Kind.OFFICIAL, Name.Kind.ALIAS]
        rows = Name.objects.filter(_subjects(subjects), kind__in=kinds).exclude(language="en")
        names = defaultdict(dict)
        for name in sorted(rows, key=lambda name: (name.language, kinds.index(name.kind), name.position, name.pk)):
            names[name.subject_type_id, name.subject_id].setdefault(name.language, name)
        return {subject: list(by_language.values()) for subject, by_language in names.items()}

    def names_of(self, record: Record) -> list[Name]:
        return self.names.get(_identity(record), [])

    def _citations(self) -> dict[tuple, list[Source]]:
        subjects = [
            self.program,
            *self.partners,
            *self.phases,
            *self.milestones,
            *self.directives,
            *self.responses,
            *self.surveys,
            *self.integrations,
            *self.projects,
            *self.norms,
            *self.indicators,
            *(value for values in (self.observations, self.targets) for each in values.values() for value in each),
            *self.statements,
            *self.effects,
            *(claim for _, claims in self.disputes for claim in claims),
        ]
        rows = Citation.objects.filter(_subjects(subjects), source__in=Source.objects.published())
        citations = defaultdict(list)
        for citation in rows.select_related("source").order_by("subject_type", "subject_id", "position", "pk"):
            citations[citation.subject_type_id, citation.subject_id].append(citation.source)
        return citations


def reportable():
    """Programs that a report can be asked for: what visitors may see, without what was taken back."""
    return Program.objects.readable()


def _identity(record) -> tuple[int, int]:
    return ContentType.objects.get_for_model(record).pk, record.pk


def _subjects(records: Iterable) -> Q:
    """The condition that a row with a generic subject is about one of these records."""
    ids = defaultdict(list)
    for record in records:
        kind, pk = _identity(record)
        ids[kind].append(pk)
    return reduce(or_, (Q(subject_type=kind, subject_id__in=pks) for kind, pks in ids.items()))
