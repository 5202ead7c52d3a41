"""The kinds of entries that feeds have: which rows they are of, what bears on them, and how they are told."""

from collections.abc import Iterable, Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from records import dates
from records.feeds import links, news
from records.feeds.entries import Entry, Fact, fact
from records.feeds.news import Bearing, Counts, Found
from records.models import Citation, Record, Source


class Kind:
    """One kind of entries of a feed: rows of a model, what bears on them, and how they are told.

    `day` and `key` are SQL, see `news.newest`.
    """

    day = "NULL::date"
    key = "slug"
    columns: Sequence[str] = ()

    def __init__(self, request):
        self.request = request

    def bearing(self) -> Iterable[Bearing]:
        raise NotImplementedError

    def entries(self, pks: list[int]) -> dict[int, Entry]:
        """The entries of these rows, in a number of queries that does not depend on how many they are."""
        raise NotImplementedError

    def footing(self, sources: Iterable[Source]) -> list[Fact]:
        """The line that tells what a fact stands on."""
        words = [
            (f"{source.publisher}: {source.title}", source.url or self.whole(source.get_absolute_url()))
            for source in sources
        ]
        return [Fact(_("Sources"), words)] if words else [fact(_("Sources"), _("unsourced"))]

    def whole(self, path: str) -> str:
        """The full address of a path of this site, on the day and at the moment that is asked about."""
        query, (path, mark, anchor) = self.request.clocks.query, path.partition("#")
        if query:
            path += f"{'&' if '?' in path else '?'}{query}"
        return self.request.build_absolute_uri(path) + mark + anchor


class RecordKind(Kind):
    """Entries that are records with a page of their own."""

    model: type[Record]
    # Rows that belong to the record and of which a development is one of it, with what joins them.
    parts: dict[type, str] = {}

    def bearing(self):
        own = Bearing(self.model, "{key} = asked.entry", Counts.OWN)
        return [own, *(Bearing(model, near) for model, near in self.parts.items())]

    def entries(self, pks):
        records = list(self.queryset().filter(pk__in=pks))
        told = [record for record in records if record.state == Record.State.PUBLISHED]
        self.prepare(told)
        return {record.pk: self.entry(record) if record.is_readable else self.withdrawn(record) for record in records}

    def queryset(self) -> QuerySet:
        return self.model.objects.published()

    def prepare(self, records: list[Record]) -> None:
        """Fetch what is told of several records together."""

    def entry(self, record: Record) -> Entry:
        raise NotImplementedError

    def withdrawn(self, record: Record) -> Entry:
        return withdrawn(record, self.whole(record.get_absolute_url()))


def key_of(record: Record) -> str:
    """What the id of a record's entry is made from."""
    return f"{record._meta.model_name}:{record.slug}"


def withdrawn(record: Record, url: str) -> Entry:
    """What is left of a record that was withdrawn: its id, and why."""
    return Entry(
        key_of(record),
        _("Withdrawn: %(id)s") % {"id": record.slug},
        url,
        notice=" ".join([_("This record was withdrawn."), record.withdrawal_notice]),
        language=links.language(),
    )


def sources_of(facts: Iterable[Model]) -> dict[Model, list[Source]]:
    """The sources that each fact stands on and that readers may read, official ones first; one query."""
    wanted, by_subject = Q(pk__in=[]), {}
    for one in facts:
        subject = ContentType.objects.get_for_model(one).pk, one.pk
        by_subject[subject] = one
    for type in {type for type, _pk in by_subject}:
        wanted |= Q(subject_type=type, subject_id__in=[pk for each, pk in by_subject if each == type])
    found: dict[Model, list[Source]] = {}
    if by_subject:
        shown = Citation.objects.filter(wanted, source__in=Source.objects.readable()).select_related("source")
        for citation in shown.order_by("position", "pk"):
            sources = found.setdefault(by_subject[citation.subject_type_id, citation.subject_id], [])
            if citation.source not in sources:
                sources.append(citation.source)
    return {one: sorted(sources, key=lambda source: not source.is_official) for one, sources in found.items()}


def told(found: list[tuple[Kind, Found]]) -> list[Entry]:
    """The entries of what was found, in its order, with their moments."""
    by_kind: dict[Kind, list[int]] = {}
    for kind, one in found:
        by_kind.setdefault(kind, []).append(one.pk)
    entries = {(kind, pk): entry for kind, pks in by_kind.items() for pk, entry in kind.entries(pks).items()}
    moments = {kind: news.moments([one for each, one in found if each is kind]) for kind in by_kind}
    listed = []
    for kind, one in found:
        entry = entries[kind, one.pk]
        entry.moments = moments[kind][one.pk]
        if entry.moments.corrected and not entry.notice:
            entry.facts.append(fact(_("Last corrected"), dates.label(entry.moments.corrected.date().isoformat())))
        listed.append(entry)
    return listed
