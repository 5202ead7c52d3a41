"""Feeds of measures, events, materials and organizations, and of the timeline."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures import status, timeline
from measures.filters import EventFilter, MaterialFilter, MeasureFilter, OrganizationFilter
from measures.filters.days import own_events
from measures.models import (
    EventMaterial,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    Organization,
    Provision,
    TimelineEntry,
)
from measures.views.line_filter import TimelineFilter
from measures.views.lines import KINDS, ROLES, expectation, programs_of
from measures.views.timeline import asked_lines
from measures.views.zooms import asked_days
from records import naming, statuses
from records.feeds import links
from records.feeds.entries import Entry, Fact, dated, fact
from records.feeds.kinds import Kind, RecordKind, key_of, sources_of
from records.feeds.news import Bearing, Counts
from records.feeds.views import ListFeed
from records.lists import worded

NO_DAYS = gettext_lazy("Nothing in this list has a date, so that there is no calendar of it; take atom or json.")


def titled(record) -> dict[str, str]:
    """What a record with names is called in the reader's language, and in which language that is."""
    name = naming.readers_name(record.names.all())
    return {"title": name.text, "language": links.language()} if name else {"title": str(record), "language": "en"}


class MeasureKind(RecordKind):
    """Measures; what happens to one, and what it reaches, is news of it."""

    model = Measure
    parts = dict.fromkeys(
        (MeasureEvent, Provision, MeasureMaterial, MeasureDestination), "this.measure_id = asked.entry"
    )

    def queryset(self):
        materials = MeasureMaterial.objects.filter(material__in=Material.objects.readable())
        happened = own_events().filter(planned=False).order_by("-earliest", "-order", "slug")
        return (
            super()
            .queryset()
            .prefetch_related(
                "names",
                Prefetch("issuer_links", MeasureIssuer.objects.select_related("country")),
                Prefetch("destination_links", MeasureDestination.objects.select_related("country")),
                Prefetch("instrument_links", MeasureInstrument.objects.select_related("instrument")),
                Prefetch("material_links", materials.select_related("material")),
                Prefetch("events", happened),
            )
        )

    def prepare(self, measures):
        rows = status.rows_on(measures, self.request.clocks.on)
        for measure in measures:
            measure.groups = status.grouped(rows[measure.pk])

    def entry(self, measure):
        issuers = [link.country.name for link in measure.issuer_links.all()]
        latest = next(iter(measure.events.all()), None)
        facts = [
            fact(_("Status"), *status_words(measure.groups)),
            fact(_("Imposed by"), *issuers),
            fact(_("Affects"), *(link.country.name for link in measure.destination_links.all())),
            fact(_("Instrument"), *(str(link.instrument) for link in measure.instrument_links.all())),
            fact(_("Material"), *(link.material.name for link in measure.material_links.all())),
            fact(_("Summary"), measure.summary),
        ]
        if latest:
            happened = dated(latest.date, ROLES[latest.kind])[0].words
            told = [(latest.title, self.whole(f"{measure.get_absolute_url()}#{latest.slug}")), *happened]
            facts.append(Fact(_("Latest event"), told))
        return Entry(
            key_of(measure),
            url=self.whole(measure.get_absolute_url()),
            facts=[one for one in facts if one.words],
            tags=[*issuers, str(measure.get_effect_display())],
            **titled(measure),
        )


def status_words(groups: Iterable[status.Group]) -> list[str]:
    """The status of a measure: each with the materials that it holds for, where they differ."""
    said = []
    for group in groups:
        if not group.status:
            said.append(_("Nothing had happened yet"))
            continue
        labels = statuses.POSSIBLE_LABELS if group.certainty == "possible" else statuses.LABELS
        of = [row.material.name if row.material else row.provision.title for row in group.rows if not group.is_all]
        label = str(labels[group.status])
        said.append(f"{label} ({', '.join(of)})" if of else label)
    return said


class EventKind(RecordKind):
    """Events of measures, one by one."""

    model = MeasureEvent
    parts = {EventMaterial: "this.event_id = asked.entry"}
    day = "coalesce(earliest, start_latest, end_earliest, latest)"
    columns = ("measure_id",)

    def bearing(self):
        return [*super().bearing(), Bearing(Measure, "{key} = asked.measure_id", Counts.WHOLE)]

    def queryset(self):
        materials = EventMaterial.objects.filter(material__in=Material.objects.readable()).select_related("material")
        issuers = MeasureIssuer.objects.select_related("country")
        return (
            super()
            .queryset()
            .select_related("measure")
            .prefetch_related(
                Prefetch("material_links", materials), Prefetch("measure__issuer_links", issuers), "measure__names"
            )
        )

    def prepare(self, events):
        sources = sources_of(events)
        for event in events:
            event.sources = sources.get(event, [])

    def entry(self, event):
        measure, role = event.measure, event_role(event.kind, event.background)
        state = expectation(
            kind="event",
            planned=event.planned,
            settled_on=event.overtaken_by_earliest,
            latest=event.latest,
            on=self.request.clocks.on,
        )
        issuers = [link.country.name for link in measure.issuer_links.all()]
        called = titled(measure)
        facts = [
            *dated(event.date, role, state),
            Fact(_("Measure"), [(called["title"], self.whole(measure.get_absolute_url()))]),
            fact(_("Imposed by"), *issuers),
            fact(_("Material"), *(link.material.name for link in event.material_links.all())),
            fact(_("Details"), *filter(None, [event.description])),
            *self.footing(event.sources),
        ]
        return Entry(
            event_key(event.slug),
            f"{event.title} · {called['title']}",
            self.whole(event.get_absolute_url()),
            [one for one in facts if one.words],
            date=event.date,
            role=role,
            state=state,
            tags=[*issuers, str(role)],
            language=called["language"],
        )

    def withdrawn(self, event):
        entry = super().withdrawn(event)
        entry.key = event_key(event.slug)
        return entry


def event_key(slug: str) -> str:
    """The key of an event: that of its line in the timeline, so that both are one entry to whoever follows both."""
    return f"event:{slug}"


def event_role(kind: str, background: bool) -> str:
    return capfirst(str(ROLES["background" if background else kind]))


class LineKind(Kind):
    """Lines of the timeline: one for each date of a record, which is news when the record is."""

    day = "sorted_on"
    key = "key"
    columns = ("subject_type_id", "subject_id", "owner")

    def bearing(self):
        subjects = {source.subject for source in timeline.sources()}
        owners = {source.owner for source in timeline.sources()} - subjects
        for model, kind in ContentType.objects.get_for_models(*subjects).items():
            yield Bearing(model, f"asked.subject_type_id = {kind.pk} AND {{key}} = asked.subject_id", Counts.OWN)
        for model in owners:
            yield Bearing(model, f"asked.owner = '{model._meta.label_lower}:' || {{key}}", Counts.WHOLE)

    def entries(self, pks):
        lines = TimelineEntry.objects.visible().filter(pk__in=pks).select_related("measure", "country")
        lines = list(lines.prefetch_related("measure__names"))
        # Only what cites is needed of a subject: its model and its number.
        subjects = {line: line.subject_type.model_class()(pk=line.subject_id) for line in with_types(lines)}
        sources, programs = sources_of(subjects.values()), programs_of(lines)
        prefetch_related_objects([*programs.values()], "names")
        return {line.pk: self.entry(line, sources.get(subjects[line], []), programs.get(line.owner)) for line in lines}

    def entry(self, line, sources, program=None):
        role = capfirst(str(ROLES.get(line.role, line.role)))
        state = expectation(
            kind=line.kind,
            planned=line.planned,
            settled_on=line.settled_on,
            latest=line.latest,
            on=self.request.clocks.on,
        )
        called = titled(line.measure) if line.measure else {"title": "", "language": "en"}
        country = [line.country.name] if line.country else []
        facts = dated(line.date, role, state)
        if line.measure:
            facts.append(Fact(_("Measure"), [(called["title"], self.whole(line.measure.get_absolute_url()))]))
        if program:
            facts.append(Fact(_("Program"), [(titled(program)["title"], self.whole(program.get_absolute_url()))]))
        facts += [fact(_("Country"), *country), *self.footing(sources)]
        return Entry(
            line.key,
            " · ".join(filter(None, [line.title, called["title"]])),
            self.whole(line.path),
            [one for one in facts if one.words],
            date=line.date,
            role=role,
            state=state,
            tags=[*country, str(KINDS.get(line.kind, line.kind))],
            language=called["language"],
        )


def with_types(lines: list[TimelineEntry]) -> list[TimelineEntry]:
    """Lines with their content types, from the cache that Django keeps of them."""
    for line in lines:
        line.subject_type = ContentType.objects.get_for_id(line.subject_type_id)
    return lines


class Undated(Kind):
    """What belongs in the timeline and has no date, found through `__subclasses__()`; apps above add theirs."""

    def rows(self) -> QuerySet:
        raise NotImplementedError


class MeasureFeed(ListFeed):
    """Measures; their calendar has the lines of the timeline that are theirs, and those measures that have none."""

    name, page_name = "measures:feed", "measures:list"
    title = gettext_lazy("Measures")
    filter_class = MeasureFilter

    def parts(self, by_day):
        measures = self.filterset.checked
        if not by_day:
            return [(MeasureKind(self.request), measures)]
        lines = TimelineEntry.objects.visible().filter(measure__in=measures.order_by().values("pk"))
        has_line = TimelineEntry.objects.visible().filter(measure=OuterRef("pk"))
        return [
            (LineKind(self.request), lines),
            (MeasureKind(self.request), measures.filter(~Exists(has_line))),
        ]


class EventFeed(ListFeed):
    name, page_name = "measures:event_feed", "measures:event_list"
    title = gettext_lazy("Events of measures")
    filter_class = EventFilter

    def parts(self, by_day):
        return [(EventKind(self.request), self.filterset.checked)]


class TimelineFeed(ListFeed):
    """Every dated line of the timeline; unlike on its page, no years are left out unless the address says so."""

    name, page_name = "measures:timeline_feed", "measures:timeline"
    title = gettext_lazy("Timeline")
    also = ("from", "to")

    @cached_property
    def filterset(self):
        return TimelineFilter(
            self.request.GET, Measure.objects.readable(), request=self.request, also=("page", *self.also)
        )

    def parts(self, by_day):
        lines = asked_lines(self.filterset, self.request.GET)
        narrowed = self.filterset.chosen or asked_days(self.request.GET)
        undated = [] if narrowed else [kind(self.request) for kind in Undated.__subclasses__()]
        return [(LineKind(self.request), lines), *((kind, kind.rows()) for kind in undated)]


class MaterialKind(RecordKind):
    model = Material

    def queryset(self):
        codes = MaterialHSCode.objects.select_related("hs_code")
        broader = Material.objects.readable()
        return super().queryset().prefetch_related("names", Prefetch("hs_links", codes), Prefetch("broader", broader))

    def entry(self, material):
        facts = [
            fact(_("Description"), material.description),
            fact(_("Category"), worded(material.category)),
            fact("CAS", *filter(None, [material.cas])),
            fact(_("Formula"), *filter(None, [material.formula])),
            fact(_("HS code"), *(link.hs_code.dotted for link in material.hs_links.all())),
            fact(_("Broader material"), *([material.broader.name] if material.broader else [])),
            fact(_("Names"), *(name.text for name in material.names.all())),
        ]
        return Entry(
            key_of(material),
            url=self.whole(material.get_absolute_url()),
            facts=[one for one in facts if one.words],
            tags=[worded(material.category)],
            **titled(material),
        )


class MaterialFeed(ListFeed):
    name, page_name = "measures:material_feed", "measures:material_list"
    title = gettext_lazy("Materials")
    filter_class = MaterialFilter
    formats = links.WITHOUT_DAYS
    without = {"ics": NO_DAYS}

    def parts(self, by_day):
        return [(MaterialKind(self.request), self.filterset.checked)]


class OrganizationKind(RecordKind):
    model = Organization

    def queryset(self):
        parent = Prefetch("parent", Organization.objects.readable())
        return super().queryset().select_related("country").prefetch_related("names", parent)

    def entry(self, organization):
        facts = [
            fact(_("Kind"), organization.get_kind_display()),
            fact(_("Country"), organization.country.name),
            fact(_("Part of"), *([organization.parent.name] if organization.parent else [])),
            fact(_("Field"), *filter(None, [organization.field])),
            fact(_("Names"), *(name.text for name in organization.names.all())),
        ]
        return Entry(
            key_of(organization),
            url=self.whole(organization.get_absolute_url()),
            facts=[one for one in facts if one.words],
            tags=[organization.country.name, str(organization.get_kind_display())],
            **titled(organization),
        )


class OrganizationFeed(ListFeed):
    name, page_name = "measures:organization_feed", "measures:organization_list"
    title = gettext_lazy("Organizations")
    filter_class = OrganizationFilter
    formats = links.WITHOUT_DAYS
    without = {"ics": NO_DAYS}

    def parts(self, by_day):
        return [(OrganizationKind(self.request), self.filterset.checked)]
