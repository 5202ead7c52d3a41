"""Pages of measures: the list as its address asks for it, and everything about one measure on the chosen day."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from measures import status
from measures.filters import MeasureFilter, facets
from measures.models import (
    Announcement,
    AnnouncementMeasure,
    Claim,
    Country,
    DisputedFact,
    Instrument,
    Material,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    MeasureRelation,
    Provision,
    StatusPeriod,
)
from measures.views.timeline import DRAWN_EVENTS
from records import drawing
from records.models import Citation, Name, Record
from records.scale import Scale
from records.views import FilteredList, cited, documents, parts_of

BRINGS_IN = (MeasureEvent.Kind.ANNOUNCED, MeasureEvent.Kind.PUBLISHED, MeasureEvent.Kind.CONSULTATION)
STARTS = (MeasureEvent.Kind.EFFECTIVE, MeasureEvent.Kind.CONFIRMED)
SHOWN_MATERIALS = 2
GRID_DAYS = 7


def own_events() -> QuerySet[MeasureEvent]:
    """Events of a measure's own life that visitors may see."""
    return MeasureEvent.objects.published().filter(state=Record.State.PUBLISHED, background=False, overtaken_by=None)


class MeasureList(FilteredList):
    """Measures, the newest announced first."""

    filter_class = MeasureFilter
    template_name = "measures/measure_list.html"
    context_object_name = "measures"

    def get_queryset(self):
        announced = own_events().filter(measure=OuterRef("pk"), kind__in=BRINGS_IN).order_by().values("measure")
        shown = own_events().filter(kind__in=(*BRINGS_IN, *STARTS)).order_by(F("earliest").asc(nulls_last=True))
        materials = MeasureMaterial.objects.filter(material__in=Material.objects.published())
        return (
            super()
            .get_queryset()
            .annotate(announced_on=Subquery(announced.annotate(first=Min("earliest")).values("first")))
            .prefetch_related(
                Prefetch("issuer_links", MeasureIssuer.objects.select_related("country")),
                Prefetch("destination_links", MeasureDestination.objects.select_related("country")),
                Prefetch("instrument_links", MeasureInstrument.objects.select_related("instrument")),
                Prefetch("material_links", materials.select_related("material")),
                Prefetch("events", shown.prefetch_related(cited())),
            )
            .order_by(F("announced_on").desc(nulls_last=True), "slug")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        measures = list(context["measures"])
        rows = status.rows_on(measures, self.request.clocks.on)
        for measure in measures:
            events = list(measure.events.all())
            measure.announced = next((event for event in events if event.kind in BRINGS_IN), None)
            measure.started = next((event for event in events if event.kind in STARTS), None)
            measure.groups = status.grouped(rows[measure.pk])
            materials = measure.material_links.all()
            measure.first_materials = [link.material for link in materials[:SHOWN_MATERIALS]]
            measure.more_materials = max(0, len(materials) - SHOWN_MATERIALS)
        return context | {"measures": measures, "facets": facets(self.filterset), "possible": self.possible}

    @cached_property
    def possible(self) -> int:
        """How many of the measures found have one of the statuses asked for only possibly."""
        chosen = self.filterset.values["status"]
        if not chosen:
            return 0
        certain = self.filterset.periods().filter(status__in=list(chosen), holds=True)
        return self.filterset.checked.exclude(pk__in=certain.values("measure")).count()


@dataclass
class Course:
    """The statuses of one material under a measure, or under a part of it that runs its own course."""

    material: Material | None
    provision: Provision | None
    link: MeasureMaterial | None
    depth: int = 0
    periods: list[StatusPeriod] = field(default_factory=list)
    row: drawing.Row | None = None

    @property
    def title(self) -> str:
        return str(self.material or self.provision or _("the whole measure"))

    def on(self, day: datetime.date) -> "Standing":
        """The certain period of the day, else of the possible ones that with the newest start."""
        possible = [period for period in self.periods if holds(period.possible, day)]
        certain = [period for period in possible if holds(period.certain, day)]
        chosen = max(certain or possible, key=lambda period: period.sequence, default=None)
        return Standing(chosen, bool(certain), day)


@dataclass(frozen=True)
class Standing:
    """A cell of the status grid."""

    period: StatusPeriod | None
    certain: bool
    day: datetime.date

    @property
    def status(self) -> str | None:
        return self.period and self.period.status

    @property
    def never_began(self) -> bool:
        return bool(self.period and self.period.never_in_force)


def holds(days, day: datetime.date) -> bool:
    """Whether a range of days, open where it has no bound, has the day in it."""
    return not days.isempty and day in days


@dataclass(frozen=True)
class Act:
    """An announcement that touches the measure, and the other measures that it touches."""

    announcement: Announcement
    others: list[Measure]


class MeasureDetail(DetailView):
    """One measure: what it is, what its status was on each day, what happened, who disputes what, on whose word."""

    template_name = "measures/measure_detail.html"

    def get_queryset(self):
        def codes(links, column):
            return ArraySubquery(links.objects.filter(measure=OuterRef("pk")).order_by("position").values(column))

        return (
            Measure.objects.published()
            .select_related("authority", "mast")
            .annotate(
                issuer_codes=codes(MeasureIssuer, "country_id"),
                destination_codes=codes(MeasureDestination, "country_id"),
                instrument_codes=codes(MeasureInstrument, "instrument__code"),
            )
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        measure, clocks = self.object, self.request.clocks
        if measure.state == Record.State.WITHDRAWN:
            return context
        names = names_of(measure, measure.authority)
        links = list(
            MeasureMaterial.objects.filter(measure=measure, material__in=Material.objects.published()).select_related(
                "material__broader"
            )
        )
        events = list(events_of(measure, links))
        acts = list(acts_of(measure))
        relations = list(relations_of(measure))
        disputed = disputed_about(measure, events)
        claims = [claim for fact in disputed for claim in fact.claims.all()]
        parts = parts_of(measure, clocks)
        own = [measure, *links, *events, *(act.announcement for act in acts), *relations, *claims]
        attach_citations(own)
        courses = courses_of(measure, links)
        scale = scale_of(courses, events, clocks.today)
        for course in courses:
            course.row = drawing.row_from_periods(
                course.periods,
                [event for event in events if drawn(event) and concerns(event, course)],
                scale,
                clocks.today,
                label=course.title,
            )
        days = grid_days(courses, clocks.on, clocks.today)
        return context | {
            "names": names[measure],
            "authority_names": names[measure.authority],
            "issuers": [Country(code=code) for code in measure.issuer_codes],
            "destinations": [Country(code=code) for code in measure.destination_codes],
            "instruments": [(code, Instrument.LABELS[code]) for code in measure.instrument_codes],
            "groups_on": groups(courses, clocks.on),
            "groups_today": groups(courses, clocks.today),
            "courses": courses,
            "days": days,
            "grid": [(course, [course.on(day) for day in days]) for course in courses],
            "axis": drawing.axis(scale, clocks.today, clocks.on),
            "links": links,
            "events": events,
            "acts": acts,
            "relations": relations,
            "disputed_facts": disputed,
            "parts": parts,
            "documents": documents([*own, *(fact for part in parts for fact in part.cited())]),
        }


def names_of(*records: Record) -> dict[Record, list[Name]]:
    """The names of records of whatever models, in one query."""
    wanted = Q(pk__in=[])
    for record in records:
        wanted |= Q(subject_type=ContentType.objects.get_for_model(record), subject_id=record.pk)
    found: dict[Record, list[Name]] = {record: [] for record in records}
    by_subject = {(ContentType.objects.get_for_model(record).pk, record.pk): record for record in records}
    for name in Name.objects.filter(wanted):
        found[by_subject[name.subject_type_id, name.subject_id]].append(name)
    return found


def attach_citations(facts: Iterable) -> None:
    """Fetch the citations of facts of whatever models in one query, as if they had been prefetched."""
    by_subject: dict[tuple[int, int], list] = {}
    for fact in facts:
        by_subject.setdefault((ContentType.objects.get_for_model(fact).pk, fact.pk), []).append(fact)
    wanted = Q(pk__in=[])
    for subject_type in {subject_type for subject_type, _pk in by_subject}:
        ids = [pk for each, pk in by_subject if each == subject_type]
        wanted |= Q(subject_type=subject_type, subject_id__in=ids)
    found: dict[tuple[int, int], list[Citation]] = {}
    for citation in Citation.objects.shown().filter(wanted):
        found.setdefault((citation.subject_type_id, citation.subject_id), []).append(citation)
    for subject, same in by_subject.items():
        for fact in same:
            prefetched(fact, "citations", Citation.objects.none(), found.get(subject, []))


def prefetched(record, relation: str, queryset: QuerySet, rows: list) -> None:
    """Give a record the rows of a relation as if they had been prefetched, so that templates read it as ever."""
    queryset._result_cache = rows
    record.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = queryset


def events_of(measure: Measure, links: list[MeasureMaterial]) -> Iterator[MeasureEvent]:
    """What happened to it, in order of time, each with the materials it concerns."""
    materials = {link.material_id: link.material for link in links}
    events = MeasureEvent.objects.published().filter(measure=measure, state=Record.State.PUBLISHED)
    scope = ArrayAgg("material_links__material", filter=Q(material_links__isnull=False), default=[], distinct=True)
    events = events.select_related("provision").annotate(scope=scope)
    for event in sorted(events, key=lambda e: (e.earliest or e.latest or datetime.date.min, e.order or 0, e.position)):
        event.measure = measure
        event.concerned = [materials[pk] for pk in event.scope if pk in materials]
        yield event


def acts_of(measure: Measure) -> Iterator[Act]:
    announcements = Announcement.objects.published().filter(measures=measure, state=Record.State.PUBLISHED)
    links = (
        AnnouncementMeasure.objects.filter(
            announcement__in=announcements, measure__in=Measure.objects.published().filter(state=Record.State.PUBLISHED)
        )
        .select_related("announcement__authority", "measure")
        .order_by("announcement__earliest", "announcement__slug", "position")
    )
    acts: dict[Announcement, list[Measure]] = {}
    for link in links:
        others = acts.setdefault(link.announcement, [])
        if link.measure != measure:
            others.append(link.measure)
    return (Act(announcement, others) for announcement, others in acts.items())


def relations_of(measure: Measure) -> QuerySet[MeasureRelation]:
    """How it stands to other measures, seen from either side."""
    shown = Measure.objects.published().filter(state=Record.State.PUBLISHED)
    return (
        MeasureRelation.objects.filter(Q(measure=measure, other__in=shown) | Q(other=measure, measure__in=shown))
        .select_related("measure", "other")
        .order_by("relation", "pk")
    )


def disputed_about(measure: Measure, events: list[MeasureEvent]) -> list[DisputedFact]:
    """Disputed facts about the measure and its events, with their claims, in one query."""
    facts = DisputedFact.objects.published().filter(state=Record.State.PUBLISHED).about([measure, *events])
    claims = (
        Claim.objects.filter(disputed_fact__in=facts)
        .select_related("disputed_fact", "organization")
        .order_by("disputed_fact__slug", "position")
    )
    found: dict[DisputedFact, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.disputed_fact, []).append(claim)
    for fact, same in found.items():
        prefetched(fact, "claims", Claim.objects.none(), same)
    return list(found)


def courses_of(measure: Measure, links: list[MeasureMaterial]) -> list[Course]:
    """The courses of its materials, each narrower one below its broader one; parts of the measure come last."""
    periods = StatusPeriod.objects.filter(measure=measure).select_related("material", "provision")
    by_course: dict[tuple, list[StatusPeriod]] = {}
    for period in periods.order_by("sequence"):
        by_course.setdefault((period.provision_id, period.material_id), []).append(period)
    listed = {link.material_id for link in links}
    below: dict[int | None, list[MeasureMaterial]] = {}
    for link in links:
        broader = link.material.broader_id
        below.setdefault(broader if broader in listed else None, []).append(link)

    def walk(parent, depth):
        for link in below.get(parent, ()):
            yield Course(link.material, None, link, depth, by_course.get((None, link.material_id), []))
            yield from walk(link.material_id, depth + 1)

    courses = list(walk(None, 0))
    if not links:
        courses.append(Course(None, None, None, 0, by_course.get((None, None), [])))
    for (provision, material), same in by_course.items():
        if provision is not None and (material is None or material in listed):
            courses.append(Course(same[0].material, same[0].provision, None, 0, same))
    return courses


def drawn(event: MeasureEvent) -> bool:
    return event.kind in DRAWN_EVENTS and not event.background and event.overtaken_by is None


def concerns(event: MeasureEvent, course: Course) -> bool:
    if event.provision_id is not None and course.provision != event.provision:
        return False
    return not event.scope or (course.material is not None and course.material.pk in event.scope)


def scale_of(courses: list[Course], events: list[MeasureEvent], today: datetime.date) -> Scale:
    """From a little before the first day that is known to a little after the last, or after today."""
    days = [
        day
        for course in courses
        for period in course.periods
        for day in (period.since_earliest, period.since_latest, period.until_earliest, period.until_latest)
        if day and datetime.date.min < day < datetime.date.max
    ]
    days += [day for event in events if drawn(event) for day in (event.earliest, event.latest) if day]
    first, last = min(days, default=today), max([*days, today])
    air = max(datetime.timedelta(days=45), (last - first) / 20)
    return Scale(first - air, last + air)


def grid_days(courses: list[Course], on: datetime.date, today: datetime.date) -> list[datetime.date]:
    """Days on which a status began for certain, the chosen day, and today; where there are many, the latest."""
    began = {
        period.since_latest
        for course in courses
        for period in course.periods
        if not period.planned and period.since_latest and period.since_latest <= today
    }
    return sorted({*sorted(began)[-(GRID_DAYS - 2) :], on, today})


def groups(courses: list[Course], day: datetime.date) -> list[status.Group]:
    """The status of the whole measure on a day: "in force; resist eased" is two groups."""
    rows = []
    for course in courses:
        standing = course.on(day)
        certainty = "certain" if standing.certain or standing.period is None else "possible"
        rows.append(status.Row(course.material, course.provision, standing.status, certainty, standing.period, day))
    return status.grouped(rows)
