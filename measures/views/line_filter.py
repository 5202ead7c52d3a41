"""What the timeline can be narrowed to: the filters of measures, with words that find dated lines of every kind."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property

from measures import timeline
from measures.filters import MeasureFilter
from measures.models import TimelineEntry
from records.search.asking import Asked, ask, subjects
from records.search.entries import sources

# The lines of what a query finds, whether it is their own record or the one that they belong to. The index is asked
# once for both.
FOUND = """
    WITH said AS MATERIALIZED (
        SELECT kind, subject_id FROM records_searchentry WHERE vector @@ %s::tsquery AND kind = ANY(%s)
    )
    SELECT line.id FROM said JOIN unnest(%s::text[], %s::int[]) own (kind, type) USING (kind)
    JOIN measures_timelineentry line ON line.subject_type_id = own.type AND line.subject_id = said.subject_id
    UNION ALL
    SELECT line.id FROM said JOIN unnest(%s::text[], %s::text[]) owning (kind, label) USING (kind)
    JOIN measures_timelineentry line ON line.owner = (owning.label || ':' || said.subject_id) COLLATE "C"
"""


class TimelineFilter(MeasureFilter):
    """The measures of the timeline; `saying` narrows its lines too.

    Words find a line by its own record or by the measure or program that it belongs to, and a measure by itself or by
    one of its lines.
    """

    @classmethod
    def get_filters(cls):
        # The very same, so that what an app above joins to the list of measures is joined here too.
        return MeasureFilter.base_filters

    @cached_property
    def asked(self) -> Asked | None:
        """What the words ask for; None without any."""
        return ask(self.values["q"]) if self.values["q"] else None

    @property
    def is_of_measures(self) -> bool:
        """Whether a filter is in use that only measures can answer; words are found in every line."""
        return bool(self.in_use - {"q"})

    def filter_queryset(self, queryset, *, leaving_out=()):
        found = super().filter_queryset(queryset, leaving_out={*leaving_out, "q"})
        if self.asked is None or "q" in leaving_out:
            return found
        lines = self.saying(TimelineEntry.objects.visible().exclude(measure=None)).order_by()
        told = Q(pk__in=lines.values("measure"))
        if not self.asked.kinds or "measure" in self.asked.kinds:
            told |= Q(pk__in=subjects("measure", self.asked.query))
        return found.filter(told)

    def saying(self, lines: QuerySet[TimelineEntry]) -> QuerySet[TimelineEntry]:
        """Those of these lines that the words find."""
        if self.asked is None:
            return lines
        if not self.asked.query:
            return lines.none()
        own, owning = _kinds()
        if kinds := set(self.asked.kinds):
            types = [own[kind] for kind in kinds & own.keys()]
            owners = [Q(owner__startswith=f"{owning[kind]}:") for kind in kinds & owning.keys()]
            lines = lines.filter(Q(*owners, subject_type__in=types, _connector=Q.OR))
        for each in self.asked.wanted:
            parameters = [each.query, [*own, *owning], *map(list, (own, own.values(), owning, owning.values()))]
            found = Q(pk__in=RawSQL(FOUND, parameters))
            lines = lines.filter(~found if each.excluded else found)
        return lines


def _kinds() -> tuple[dict[str, int], dict[str, str]]:
    """By the kind of entry: the type of content that lines are about, and the model of what lines belong to."""
    kinds = {source.model: source.kind for source in sources()}
    dated = timeline.sources()
    own = {kinds[each.subject]: ContentType.objects.get_for_model(each.subject).pk for each in dated}
    owning = {kinds[each.owner]: each.owner._meta.label_lower for each in dated}
    return own, owning
