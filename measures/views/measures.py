"""The page of a measure: everything about it on the chosen day."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import DetailView

from measures import folding
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
    Organization,
    TimelineEntry,
)
from measures.views.courses import columns, courses_of, groups, looks
from measures.views.lines import ROLES
from records import naming
from records.changes import feeds_of_changes
from records.feeds.links import feeds_about
from records.models import Citation, Record
from records.views import documents, parts_of, readable

# What a measure's page finds names, disputes and citations of.
CITED = (
    Measure,
    Organization,
    MeasureMaterial,
    MeasureEvent,
    MeasureRelation,
    Announcement,
    Claim,
)


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
            return ArraySubquery(links.objects.filter(measure=OuterRef("pk")).order_by("position", "pk").values(column))

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
        # One look-up in a fresh process, where each first use would be a query of its own.
        ContentType.objects.get_for_models(*CITED)
        links = list(
            MeasureMaterial.objects.filter(measure=measure, material__in=Material.objects.published()).select_related(
                "material__broader"
            )
        )
        events = list(events_of(measure, links))
        acts = list(acts_of(measure))
        relations = relations_of(measure)
        disputed = disputed_about(measure, events)
        claims = [claim for fact in disputed for claim in fact.claims.all()]
        parts = parts_of(measure, clocks)
        own = [measure, *links, *events, *(act.announcement for act in acts), *relations, *claims]
        attach_citations(own)
        courses = courses_of(measure, links)
        days = columns(courses, clocks.on, clocks.today)
        naming.fetch(
            (material for link in links for material in (link.material, link.material.broader)),
            (course.material for course in courses),
            (other for relation in relations for other in (relation.measure, relation.other)),
            (other for act in acts for other in act.others),
            *(part.called() for part in parts),
            whole=[measure, measure.authority],
        )
        return context | {
            "names": naming.at_hand(measure),
            "authority_names": naming.at_hand(measure.authority),
            "authority_is_shown": readable(measure.authority),
            "issuers": [Country(code=code) for code in measure.issuer_codes],
            "destinations": [Country(code=code) for code in measure.destination_codes],
            "instruments": [(code, Instrument.LABELS[code]) for code in measure.instrument_codes],
            "groups_on": groups(courses, clocks.on),
            "groups_today": groups(courses, clocks.today),
            "days": days,
            "grid": [(course, [course.on(column.day) for column in days]) for course in courses],
            "looks": looks(courses, events, clocks.on, clocks.today),
            "last_evidence": max(
                (period.last_evidence for course in courses for period in course.periods if period.last_evidence),
                default=None,
            ),
            "key_dates": key_dates(events),
            "links": links,
            "events": events,
            "story": story(events, relations, [program for part in parts for program in getattr(part, "programs", ())]),
            "acts": acts,
            "relations": relations,
            "disputed_facts": disputed,
            "parts": parts,
            "feeds": [
                *feeds_about("measures:event_feed", {"measure": measure.slug}, clocks, of=_("Events")),
                *feeds_of_changes(measure, clocks),
            ],
            "documents": documents([*own, *(fact for part in parts for fact in part.cited())]),
        }


def attach_citations(facts: Iterable) -> None:
    """Fetch the citations of facts of whatever models in one query, as if they had been prefetched.

    Each source has the `origin` that it translates or reports, where visitors may read that.
    """
    by_subject: dict[tuple[int, int], list] = {}
    for fact in facts:
        by_subject.setdefault((ContentType.objects.get_for_model(fact).pk, fact.pk), []).append(fact)
    wanted = Q(pk__in=[])
    for subject_type in {subject_type for subject_type, _pk in by_subject}:
        ids = [pk for each, pk in by_subject if each == subject_type]
        wanted |= Q(subject_type=subject_type, subject_id__in=ids)
    found: dict[tuple[int, int], list[Citation]] = {}
    for citation in Citation.objects.shown().select_related("source__derived_from").filter(wanted):
        origin = citation.source.derived_from
        citation.source.origin = origin if origin and readable(origin) else None
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
    for event in sorted(events, key=lambda event: (beginning(event), event.order or 0, event.position)):
        event.measure = measure
        event.concerned = [materials[pk] for pk in event.scope if pk in materials]
        if event.provision and not readable(event.provision):
            event.provision = None
        yield event


def acts_of(measure: Measure) -> Iterator[Act]:
    announcements = Announcement.objects.published().filter(measures=measure, state=Record.State.PUBLISHED)
    links = (
        AnnouncementMeasure.objects.filter(
            announcement__in=announcements, measure__in=Measure.objects.published().filter(state=Record.State.PUBLISHED)
        )
        .select_related("announcement__authority", "measure")
        .order_by("announcement__earliest", "announcement__slug", "position", "pk")
    )
    acts: dict[Announcement, list[Measure]] = {}
    for link in links:
        others = acts.setdefault(link.announcement, [])
        if link.measure != measure:
            others.append(link.measure)
    return (Act(announcement, others) for announcement, others in acts.items())


def relations_of(measure: Measure) -> list[MeasureRelation]:
    """How it stands to other measures, seen from either side, each with the `far` one."""
    shown = Measure.objects.published().filter(state=Record.State.PUBLISHED)
    relations = list(
        MeasureRelation.objects.filter(Q(measure=measure, other__in=shown) | Q(other=measure, measure__in=shown))
        .select_related("measure", "other")
        .order_by("relation", "pk")
    )
    for relation in relations:
        relation.far = relation.measure if relation.other_id == measure.pk else relation.other
    return relations


@dataclass(frozen=True)
class Moment:
    """A line of the story: an event of the measure itself, or the `step` of another measure or program.

    `step` is its first line in the timeline: with a `relation` for a measure, with the `program` for one in answer.
    """

    day: datetime.date
    event: MeasureEvent | None = None
    step: TimelineEntry | None = None
    relation: MeasureRelation | None = None
    program: Record | None = None


def story(events: list[MeasureEvent], relations: list[MeasureRelation], programs: list) -> list[Moment]:
    """What happened, in order of time; other measures stand where they began, programs where they answered.

    What a program did before the measure was brought in answers something else.
    """
    brought_in = [beginning(event) for event in events if event.kind in folding.STATUS_AFTER and not event.background]
    answered = Q(
        program__in=[program.slug for program in programs], sorted_on__gte=min(brought_in, default=datetime.date.min)
    )
    began = Q(measure__in={relation.far.pk for relation in relations}, kind="event") & ~Q(role="background")
    steps = (
        TimelineEntry.objects.visible()
        .filter(answered | began, planned=False, settled_on=None, sorted_on__isnull=False)
        .order_by("owner", "sorted_on", "order", "key")
        .distinct("owner")
    )
    related = {relation.far.pk: relation for relation in reversed(relations)}
    answering = {program.slug: program for program in programs}
    moments = [Moment(beginning(event), event=event) for event in events]
    for step in steps:
        step.role_label = ROLES.get(step.role, step.role)
        moments.append(
            Moment(
                step.sorted_on, step=step, relation=related.get(step.measure_id), program=answering.get(step.program)
            )
        )
    return sorted(moments, key=lambda moment: moment.day)


def beginning(event: MeasureEvent) -> datetime.date:
    return event.earliest or event.latest or datetime.date.min


def key_dates(events: list[MeasureEvent]) -> list[tuple[str, list[MeasureEvent]]]:
    """The events that the status follows from, under their kinds, the kind that happened first on top."""
    found: dict[str, list[MeasureEvent]] = {}
    for event in events:
        if event.kind in folding.STATUS_AFTER and not event.background and event.overtaken_by is None:
            found.setdefault(capfirst(event.get_kind_display()), []).append(event)
    return list(found.items())


def disputed_about(measure: Measure, events: list[MeasureEvent]) -> list[DisputedFact]:
    """Disputed facts about the measure and its events, with their claims, in one query."""
    facts = DisputedFact.objects.published().filter(state=Record.State.PUBLISHED).about([measure, *events])
    claims = (
        Claim.objects.filter(disputed_fact__in=facts)
        .select_related("disputed_fact", "organization")
        .order_by("disputed_fact__slug", "position", "pk")
    )
    found: dict[DisputedFact, list[Claim]] = {}
    for claim in claims:
        if claim.organization and not readable(claim.organization):
            # No version is hidden, though its author may be.
            claim.organization, claim.claimant = None, _("a body that is not published here")
        found.setdefault(claim.disputed_fact, []).append(claim)
    for fact, same in found.items():
        prefetched(fact, "claims", Claim.objects.none(), same)
    return list(found)
