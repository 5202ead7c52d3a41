"""Pages of materials: what they are called, and what restricts them on the chosen day."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from measures import status
from measures.filters import MaterialFilter
from measures.filters.provenance import marked
from measures.filters.reach import Reach, reach
from measures.models import (
    Claim,
    Country,
    DisputedFact,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureIssuer,
    MeasureMaterial,
    Organization,
    Status,
)
from records import naming
from records.changes import feeds_of_changes
from records.facets import named
from records.feeds.links import WITHOUT_DAYS, feeds_about
from records.lists import FilteredList, worded
from records.models import Name, Record
from records.statuses import ENDED, STRICTEST_FIRST
from records.views import RecordDetail, cited, documents, parts_of

RESTRICTED = ("in_force", "eased")


@dataclass(frozen=True)
class Bearing:
    """What one measure means for a material on a day."""

    measure: Measure
    rows: list[status.Row]
    is_whole: bool
    via: Material | None = None

    @property
    def groups(self) -> list[status.Group]:
        return status.grouped(self.rows)

    @property
    def strictest(self) -> status.Row:
        rank = [*STRICTEST_FIRST, None].index
        return min(self.rows, key=lambda row: (not row.is_certain, rank(row.status)))

    @property
    def restricts(self) -> bool:
        return self.measure.effect == Measure.Effect.RESTRICTS and any(row.status in RESTRICTED for row in self.rows)

    @property
    def is_certain(self) -> bool:
        return any(row.is_certain for row in self.rows if row.status in RESTRICTED)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it may restrict still or again: its end has passed, and nothing tells what came next."""
        lapsed = any(row.status == Status.UNCONFIRMED for row in self.rows)
        return self.measure.effect == Measure.Effect.RESTRICTS and lapsed

    @property
    def has_ended(self) -> bool:
        return all(row.status in ENDED for row in self.rows)

    @property
    def has_begun(self) -> bool:
        return any(row.status for row in self.rows)


def bearings(reaches: Iterable[Reach], on: datetime.date) -> dict[int, list[Bearing]]:
    """The measures that bear on materials, by the id of the material; five queries for however many."""
    reaches = list(reaches)
    around = {pk for asked in reaches for pk in (*asked.within, *asked.around)}
    links = MeasureMaterial.objects.filter(material__in=around, measure__in=Measure.objects.readable())
    listed: dict[int, set[int]] = {}
    for measure, material in links.values_list("measure", "material").order_by("position", "pk"):
        listed.setdefault(measure, set()).add(material)
    measures = with_sides(Measure.objects.filter(pk__in=listed)).order_by("slug")
    rows = status.rows_on(listed, on)
    found: dict[int, list[Bearing]] = {asked.pk: [] for asked in reaches}
    for measure in measures:
        for asked in reaches:
            answering = asked.answering(listed[measure.pk])
            answers = [row for row in rows[measure.pk] if row.material and row.material.pk in answering]
            if answers:
                own = answering & set(asked.within)
                via = None if own else answers[0].material
                found[asked.pk].append(Bearing(measure, answers, asked.pk in own or not own, via))
    for bearing_list in found.values():
        bearing_list.sort(key=lambda bearing: (not bearing.restricts, not bearing.is_certain, bearing.measure.title))
    return found


@dataclass(frozen=True)
class Sides:
    """Who restricts a material against whom, by how many measures, and by how many of these for certain."""

    issuers: list[Country]
    destinations: list[Country]
    count: int
    certain: int


def sides(restrictions: Iterable[Bearing]) -> list[Sides]:
    """Restrictions grouped by who and against whom; those by most measures first, possible ones last."""
    grouped: dict[tuple, list[Bearing]] = {}
    for bearing in restrictions:
        imposed = [link.country for link in bearing.measure.issuer_links.all()]
        affects = [link.country for link in bearing.measure.destination_links.all()]
        grouped.setdefault((tuple(imposed), tuple(affects)), []).append(bearing)
    found = [
        Sides(list(imposed), list(affects), len(group), sum(bearing.is_certain for bearing in group))
        for (imposed, affects), group in grouped.items()
    ]
    return sorted(found, key=lambda one: (not one.certain, -one.count))


def names_by_language(material: Material) -> list[Name]:
    """The first name in each language but English, for lists."""
    first: dict[str, Name] = {}
    for name in material.names.all():
        first.setdefault(name.language, name)
    return [name for language, name in first.items() if language != "en"]


def with_sides(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    """Measures with who imposes them on whom."""
    return measures.prefetch_related(
        Prefetch("issuer_links", MeasureIssuer.objects.select_related("country")),
        Prefetch("destination_links", MeasureDestination.objects.select_related("country")),
    )


class MaterialList(FilteredList):
    """Materials, with what restricts each of them on the chosen day."""

    filter_class = MaterialFilter
    address = "measures:material_list"
    feed, feed_formats = "measures:material_feed", WITHOUT_DAYS
    exports = {"materials": "pk"}
    template_name = "measures/material_list.html"
    context_object_name = "materials"

    def get_queryset(self):
        codes = MaterialHSCode.objects.select_related("hs_code")
        broader = Material.objects.published()
        return (
            marked(super().get_queryset())
            .prefetch_related("names", Prefetch("hs_links", codes), Prefetch("broader", broader))
            .order_by("name", "slug")
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        reaches = reach([material.slug for material in context["materials"]])
        bearing = bearings(reaches.values(), self.request.clocks.on)
        for material in context["materials"]:
            bears = bearing.get(material.pk, [])
            material.restricted_by = sides(b for b in bears if b.restricts)
            material.is_certain = any(one.certain for one in material.restricted_by)
            material.is_unconfirmed = any(b.is_unconfirmed for b in bears)
            material.has_measures = bool(bears)
            material.native = names_by_language(material)
            material.category_label = worded(material.category)
        naming.fetch((material.broader for material in context["materials"]), named(context["facets"]))
        return context


class MaterialDetail(RecordDetail):
    """One material: names, codes, what restricts it, what is done about that."""

    template_name = "measures/material_detail.html"
    context_object_name = "material"

    def get_queryset(self) -> QuerySet[Material]:
        visible = Material.objects.readable()
        codes = MaterialHSCode.objects.select_related("hs_code__section", "hs_code__parent")
        return Material.objects.published().prefetch_related(
            "names",
            cited(),
            Prefetch("hs_links", codes),
            Prefetch("broader", visible),
            Prefetch("narrower", visible.order_by("name", "pk")),
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        material, clocks = self.object, self.request.clocks
        if material.state != Record.State.PUBLISHED:
            return context
        asked = reach([material.slug])[material.slug]
        bearing = bearings([asked], clocks.on)[material.pk]
        links = MeasureMaterial.objects.filter(
            measure__in=[b.measure.pk for b in bearing], material__in=asked.within
        ).filter(Q(scope__isnull=False) | Q(control_ref__isnull=False))
        scopes = (
            links.select_related("measure", "material")
            .prefetch_related(cited())
            .order_by("measure__slug", "position", "pk")
        )
        disputed = disputed_facts([material])
        restricted_by = sides(b for b in bearing if b.restricts)
        parts = parts_of(material, clocks)
        naming.fetch(
            (b.measure for b in bearing),
            (row.material for b in bearing for row in b.rows),
            (b.via for b in bearing),
            (record for link in scopes for record in (link.measure, link.material)),
            [material.broader, *material.narrower.all()],
        )
        facts = [material, *scopes, *claims_of(disputed), *(fact for part in parts for fact in part.cited())]
        return context | {
            "restricted_by": restricted_by,
            "is_certain": any(one.certain for one in restricted_by),
            "is_unconfirmed": any(b.is_unconfirmed for b in bearing),
            "category_label": worded(material.category),
            "native": names_by_language(material),
            "sections": [
                section
                for section in (
                    ("running", [b for b in bearing if b.has_begun and not b.has_ended]),
                    ("ended", [b for b in bearing if b.has_begun and b.has_ended]),
                    ("ahead", [b for b in bearing if not b.has_begun]),
                )
                if section[1]
            ],
            "scopes": scopes,
            "disputed_facts": disputed,
            "parts": parts,
            "feeds": [
                *feeds_about("measures:event_feed", {"material": material.slug}, clocks, of=_("Events")),
                *feeds_of_changes(material, clocks),
            ],
            "documents": documents(facts),
        }


def disputed_facts(subjects: Iterable[Record]) -> list[DisputedFact]:
    """The disputed facts about these records, with all versions."""
    told = Q(organization=None) | Q(organization__in=Organization.objects.published())
    versions = Claim.objects.filter(told).select_related("organization").prefetch_related(cited())
    facts = DisputedFact.objects.readable()
    return list(facts.about(subjects).prefetch_related(Prefetch("claims", versions)))


def claims_of(facts: Iterable[DisputedFact]) -> list[Claim]:
    return [claim for fact in facts for claim in fact.claims.all()]
