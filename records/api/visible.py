"""What of the records an answer may tell, and the sources that its facts rest on."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, Prefetch, Q, QuerySet

from records.models import Citation, Record, Source


def is_visible(record: Record | None) -> bool:
    """Whether visitors may know of a record that was read through a foreign key."""
    return record is not None and record.is_visible


def told(records: Iterable[Record]) -> list[Record]:
    """Those that were not withdrawn."""
    return [record for record in records if record.state == Record.State.PUBLISHED]


def slugs(through: type[Model], near: str, far: str, *, field: str | None = None) -> ArraySubquery:
    """Annotation: the public ids at the far end of link rows, in their order, of records that visitors may see."""
    target = through._meta.get_field(far).related_model
    links = through._base_manager.filter(**{near: OuterRef("pk")}).order_by("position", "pk")
    if issubclass(target, Record):
        links = links.filter(**{f"{far}__in": target.objects.published().order_by().values("pk")})
        field = field or f"{far}__slug"
    return ArraySubquery(links.values(field or f"{far}_id"))


def published(relation: str, queryset: QuerySet) -> Prefetch:
    """Prefetch of the children of a record that visitors may see."""
    return Prefetch(relation, queryset.published())


def cite(facts: Iterable[Model]) -> list[Source]:
    """Give each fact its citations as `cited`, in one query; returns the sources, each once, by id."""
    wanted: dict[type[Model], dict[int, Model]] = {}
    facts = list(facts)
    for fact in facts:
        fact.cited = []
        if getattr(fact, "state", None) == Record.State.WITHDRAWN:
            continue
        wanted.setdefault(type(fact), {})[fact.pk] = fact
    if not wanted:
        return []
    types = {kind.pk: wanted[model] for model, kind in ContentType.objects.get_for_models(*wanted).items()}
    subjects = Q()
    for content_type, rows in types.items():
        subjects |= Q(subject_type=content_type, subject_id__in=list(rows))
    found = Citation.objects.filter(subjects, source__in=Source.objects.published().order_by().values("pk"))
    sources = {}
    for citation in found.select_related("source__derived_from").order_by("position", "pk"):
        types[citation.subject_type_id][citation.subject_id].cited.append(citation)
        sources[citation.source.slug] = citation.source
    return [sources[slug] for slug in sorted(sources)]
