"""What lists and pages of all records share, and the pages of sources."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import InvalidPage, Paginator
from django.db.models import F, Model, Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpResponsePermanentRedirect
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView

from records.clocks import PARAMETERS, Clocks
from records.exports import FORMATS, Unwritable
from records.feeds import links
from records.feeds.links import feeds_of
from records.filters import Facet, Option, RecordFilterSet, SearchFilter, SourceFilter
from records.imports import exporting
from records.imports.kinds import kinds
from records.models import Citation, Record, SlugRedirect, Source, SourceStatement
from records.queries import BadQuery, unknown
from records.templatetags.marks import language_label

SHOWN_OPTIONS = 8


@dataclass(frozen=True)
class Chip:
    """A value of a filter in use, and the address of the list without it."""

    label: str
    url: str
    excluded: bool = False


def chips(filterset: RecordFilterSet) -> list[Chip]:
    """The values in use of a checked list, for components/chips.html."""
    made = []
    for name, values in filterset.chosen.items():
        label = filterset.filters[name].label
        for value, meaning in values.items():
            # What somebody looks for stands as it was typed.
            said = meaning if isinstance(filterset.filters[name], SearchFilter) else worded(name, meaning)
            made.append(Chip(f"{label}: {said}", f"?{filterset.without(name, str(value))}"))
    return made


def cleared(filterset: RecordFilterSet) -> str:
    """The address of the list without any filter, on the same day."""
    kept = [name for name in (*PARAMETERS, *filterset.also) if name != "page" and filterset.data.get(name)]
    return f"?{urlencode([(name, filterset.data[name]) for name in kept])}"


def facet(filterset: RecordFilterSet, name: str) -> Facet:
    """The choices of a filter, each counted under all other filters, in one query."""
    declared, chosen = filterset.filters[name], filterset.form.cleaned_data[name]
    rows = filterset.filter_queryset(filterset.queryset, leaving_out=[name]).filter(state=Record.State.PUBLISHED)
    counts = dict.fromkeys(chosen, 0) | declared.counted(rows)
    options = [
        Option(value, worded(name, declared.choices.get(value, value)), count, selected=value in chosen)
        for value, count in counts.items()
    ]
    options.sort(key=lambda option: (not option.selected, -option.count, option.label))
    return Facet(name, declared.label, options[:SHOWN_OPTIONS], options[SHOWN_OPTIONS:])


def worded(name: str, meaning) -> str:
    """What a value of a filter is called on pages."""
    return capfirst(str(language_label(meaning) if name == "language" else meaning).replace("_", " "))


class FilteredList(ListView):
    """A list of records as its address asks for it, with facets and chips; 400 where that cannot be."""

    filter_class: type[RecordFilterSet]
    facets: tuple[str, ...] = ()
    also: tuple[str, ...] = ("page",)
    # The kinds of rows that `format` gives the list as, the first without asking, each with the look-up that leads from
    # a row to the record in the list.
    exports: dict[str, str] = {}
    # The name of the address of the list's feeds, and in which formats there are some.
    feed: str
    feed_formats: Iterable[str] = tuple(links.FORMATS)
    paginate_by = 50

    @cached_property
    def filterset(self) -> RecordFilterSet:
        exported = ("format", "rows") if self.exports else ()
        return self.filter_class(self.request.GET, request=self.request, also=(*self.also, *exported))

    def get(self, request, *args, **kwargs):
        if self.exports and (request.GET.get("format") or request.GET.get("rows")):
            return self.exported()
        return super().get(request, *args, **kwargs)

    def exported(self):
        """The list as a file, with all its rows and the same filters; 400 where there is no such file."""
        format, rows = self.request.GET.get("format", ""), self.request.GET.get("rows") or next(iter(self.exports))
        problems = {}
        if format not in FORMATS:
            problems["format"] = [unknown("format", format, FORMATS)]
        if rows not in self.exports:
            problems["rows"] = [unknown("rows", rows, self.exports)]
        if problems:
            raise BadQuery(problems)
        try:
            return exporting.response(rows, format, self.filterset.checked, self.exports[rows])
        except Unwritable as error:
            raise BadQuery({"format": [str(error)]}) from error

    def get_queryset(self):
        return self.filterset.checked

    def paginate_queryset(self, queryset, page_size):
        paginator = Paginator(queryset, page_size)
        page = asked_page(self.request, paginator)
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "facets": [facet(self.filterset, name) for name in self.facets],
            "chips": chips(self.filterset),
            "clear_url": cleared(self.filterset),
            "files": [(name, kinds()[name].title) for name in self.exports],
            "feeds": feeds_of(self.feed, self.request.GET, self.filterset.filters, formats=self.feed_formats),
            "q": self.request.GET.get("q", ""),
            "kept": self.kept(),
        }

    def kept(self) -> list[tuple[str, str]]:
        """The filters in use that the form has no choices for, and must not lose."""
        chosen = self.filterset.chosen.items()
        return [(name, value) for name, values in chosen for value in values if name not in ("q", *self.offered)]

    @property
    def offered(self) -> tuple[str, ...]:
        """The filters that the form has choices for."""
        return self.facets


def asked_page(request, paginator: Paginator):
    """The page of a list that the address asks for; one that is no number is 400, one past the end 404."""
    number = request.GET.get("page") or "1"
    if not (number.isascii() and number.isdecimal() and int(number[:9]) > 0):
        raise BadQuery({"page": [_("“page” must be a number from 1 on.")]})
    try:
        return paginator.page(number[:9])
    except InvalidPage as error:
        raise Http404(
            _("This list has no such page; its last one is %(last)d.") % {"last": paginator.num_pages}
        ) from error


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


class Pages:
    """On which pages the facts of an app are shown, found through `__subclasses__()`.

    `leads`: for each model without a page of its own, the attributes of which one leads on towards the record that has
    it. `files`: which model the records of a file of the data set are. `statuses`: derived rows that tell the status of
    a record, with the columns by which readers know it; `derived`: others, which tell what the records tell already.
    """

    leads: dict[type[Model], tuple[str, ...]] = {}
    statuses: dict[type[Model], tuple[str, ...]] = {}
    derived: tuple[type[Model], ...] = ()
    files: dict[str, type[Record]] = {}


class SourcePages(Pages):
    files = {"sources.yaml": Source}


@dataclass(frozen=True)
class Place:
    """Where a fact is shown: the record with the page, and of it the nearest part that has an anchor."""

    owner: Record
    anchor: str = ""

    @property
    def url(self) -> str:
        return self.owner.get_absolute_url() + (f"#{self.anchor}" if self.anchor else "")


def places(facts: Iterable[Model]) -> dict[Model, Place]:
    """Where these facts are shown; those are left out that visitors may not read, or that stand in such a record."""
    leads = {model: names for pages in Pages.__subclasses__() for model, names in pages.leads.items()}
    found, anchors = {}, {}
    reached = {fact: fact for fact in facts}
    while reached:
        by_model: dict[type[Model], list[Model]] = {}
        for record in reached.values():
            by_model.setdefault(type(record), []).append(record)
        for model, records in by_model.items():
            prefetch_related_objects(records, *leads.get(model, ()))
        following = {}
        for fact, record in reached.items():
            if isinstance(record, Record) and not record.is_readable:
                continue
            names = leads.get(type(record), ())
            if not names:
                found[fact] = Place(record, anchors.get(fact, ""))
                continue
            if isinstance(record, Record):
                anchors.setdefault(fact, record.slug)
            if onward := next(filter(None, (getattr(record, name) for name in names)), None):
                following[fact] = onward
        reached = following
    return found


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
    feed = "records:source_feed"
    facets = ("kind", "language", "consulted")
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
