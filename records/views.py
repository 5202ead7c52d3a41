"""What pages of all records share, and the pages of sources."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Prefetch, QuerySet
from django.http import Http404, HttpResponsePermanentRedirect
from django.views.generic import DetailView

from records.clocks import Clocks
from records.filtersets import SourceFilter
from records.lists import FilteredList
from records.models import Citation, Record, SlugRedirect, Source, SourceStatement
from records.pages import Pages, Place, places


class PagePart:
    """A part of a record's page that an app above supplies, found through `__subclasses__()`.

    `template` shows it under the name `part`; `cited` yields the facts in it, for the documents of the page, and
    `called` the records that it calls by a name which the page may fetch with its own.
    """

    model: type[Record]
    template: str

    def __init__(self, record: Record, clocks: Clocks):
        self.record, self.clocks = record, clocks

    def cited(self) -> Iterator[Model]:
        raise NotImplementedError

    def called(self) -> Iterable[Record]:
        return ()


def parts_of(record: Record, clocks: Clocks) -> list[PagePart]:
    return [part(record, clocks) for part in PagePart.__subclasses__() if part.model is type(record)]


def cited() -> Prefetch:
    """The citations of a fact, as pages show them."""
    return Prefetch("citations", Citation.objects.shown())


def documents(facts: Iterable[Model]) -> list[Source]:
    """Every source that these facts cite, once; official ones first, then the newest."""
    sources = {citation.source for fact in facts for citation in fact.citations.all()}
    return sorted(
        sources,
        key=lambda source: (not source.is_official, -(source.latest or datetime.date.min).toordinal(), source.slug),
    )


class RecordDetail(DetailView):
    """The page of a record; the id of one that was merged into another leads to the page of that one."""

    def get(self, request, *args, **kwargs):
        try:
            response = super().get(request, *args, **kwargs)
        except Http404:
            if moved := self.moved():
                return moved
            raise
        return (self.object.state == Record.State.WITHDRAWN and self.moved()) or response

    def moved(self) -> HttpResponsePermanentRedirect | None:
        target = SlugRedirect.objects.target(self.get_queryset().model, self.kwargs[self.slug_url_kwarg])
        return moved_to(self.request, target.get_absolute_url()) if target else None


def moved_to(request, address: str) -> HttpResponsePermanentRedirect:
    """For ever, and yet asked for again within the hour: the merge may be undone."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    response["Cache-Control"] = "max-age=3600"
    return response


def readable(record: Record) -> bool:
    """Whether visitors may read what the record says; one that was withdrawn says nothing any more."""
    return record.is_readable


class SourceList(FilteredList):
    """All sources, the newest first."""

    filter_class = SourceFilter
    address = "records:source_list"
    feed = "records:source_feed"
    exports = {"sources": "pk"}
    template_name = "records/source_list.html"
    context_object_name = "sources"

    def get_queryset(self):
        # A year that nobody knows begins early: what is dated by the day comes first.
        return super().get_queryset().order_by(F("earliest").desc(nulls_last=True), "slug")


class SourceDetail(RecordDetail):
    """One source, and everything here that stands on it."""

    template_name = "records/source_detail.html"
    context_object_name = "source"

    def get_queryset(self) -> QuerySet[Source]:
        return (
            Source.objects.published()
            .select_related("derived_from")
            .prefetch_related(
                Prefetch("derivatives", Source.objects.readable()),
                Prefetch("citations", Citation.objects.prefetch_related("subject")),
                Prefetch("statements", SourceStatement.objects.prefetch_related("traces")),
            )
        )

    def get_context_data(self, **kwargs):
        source = self.object
        citing = citing_records(source)
        return super().get_context_data(**kwargs) | {
            "origin": source.derived_from if source.derived_from and source.derived_from.is_readable else None,
            "citing": citing,
            "fact_count": sum(len(record.facts) for record in citing),
            "statements": told_statements(source),
        }


@dataclass(frozen=True)
class CitingFact:
    """A fact that a source is cited for."""

    citation: Citation
    place: Place

    @property
    def label(self) -> str:
        """What sort of fact it is: "event: date"."""
        model = self.citation.subject._meta
        if not self.citation.field:
            return str(model.verbose_name)
        try:
            field = model.get_field(self.citation.field).verbose_name
        except FieldDoesNotExist:
            field = self.citation.field
        return f"{model.verbose_name}: {field}"

    @property
    def title(self) -> str:
        subject = self.citation.subject
        return str(subject) if isinstance(subject, Record) and subject != self.place.owner else ""


@dataclass(frozen=True)
class CitingRecord:
    """A record with facts that a source is cited for."""

    record: Record
    facts: list[CitingFact] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.record._meta.verbose_name)


def citing_records(source: Source) -> list[CitingRecord]:
    """What stands on a source, grouped by the record on whose page it is shown."""
    citations = [citation for citation in source.citations.all() if citation.subject]
    shown = places({citation.subject for citation in citations})
    grouped: dict[Record, CitingRecord] = {}
    for citation in citations:
        if place := shown.get(citation.subject):
            record = grouped.setdefault(place.owner, CitingRecord(place.owner))
            record.facts.append(CitingFact(citation, place))
    return sorted(grouped.values(), key=lambda record: (record.kind, str(record.record)))


@dataclass(frozen=True)
class Trace:
    """One field that holds what a statement says; no place where visitors may not read it."""

    record: Record
    path: str
    place: Place

    @property
    def url(self) -> str:
        """The page, at the nearest part of it that has an anchor."""
        steps = self.path.split("/")
        nearest = next((step for step in reversed(steps) if "-" in step), "")
        anchor = nearest or (steps[0] if len(steps) > 1 else "")
        if self.place.anchor or not anchor:
            return self.place.url
        return f"{self.place.url}#{anchor}"


@dataclass(frozen=True)
class ToldStatement:
    """A numbered statement of a source with the fields that hold it."""

    statement: SourceStatement
    traces: list[Trace]


def told_statements(source: Source) -> list[ToldStatement]:
    files = {name: model for pages in Pages.__subclasses__() for name, model in pages.files.items()}
    slugs: dict[type[Record], set[str]] = {}
    for statement in source.statements.all():
        for trace in statement.traces.all():
            if model := files.get(trace.file):
                slugs.setdefault(model, set()).add(trace.record)
    records = {
        (model, record.slug): record
        for model, wanted in slugs.items()
        for record in model.objects.published().filter(slug__in=wanted)
    }
    shown = places(records.values())
    told = []
    for statement in source.statements.all():
        traced = [(records.get((files.get(trace.file), trace.record)), trace.path) for trace in statement.traces.all()]
        told.append(
            ToldStatement(statement, [Trace(record, path, shown[record]) for record, path in traced if record in shown])
        )
    return told
