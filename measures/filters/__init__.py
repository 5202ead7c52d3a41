"""What lists of measures, events, materials and organizations can be filtered by, on pages and in the API alike."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from measures.filters.days import (
    SINCE,
    CertaintyFilter,
    DayNumber,
    MeasureStatusFilter,
    WhenFilter,
    brought_in,
    periods,
    with_day,
)
from measures.filters.goods import HSFilter, MeasureHSFilter
from measures.filters.provenance import DisputedFilter, SourceKindFilter, SourceLanguageFilter, UncitedFilter
from measures.filters.reach import Reach, ReachFilter, reached_by
from measures.models import (
    Country,
    EventMaterial,
    Instrument,
    MastCode,
    Material,
    Measure,
    MeasureEvent,
    Organization,
    Status,
    StatusPeriod,
)
from records.filters import (
    ChoicesFilter,
    DayFilter,
    FlagFilter,
    LinkedFilter,
    OccurringFilter,
    RowsFilter,
    SearchFilter,
    linked,
    pairs,
)
from records.filtersets import RecordFilterSet
from records.models import Source
from records.parameters import UNKNOWN
from records.statuses import ENDED

# Every country there is, not only those that some record names: "nothing affects it" is an answer too.
COUNTRIES = {code: Country(code=code) for code in [*countries.countries, Country.ALL]}
INSTRUMENTS = {"to": "instrument__code", "choices": Instrument.LABELS, "label": _("Instrument")}
CERTAINTIES = {"certain": _("certain"), "possible": _("possible")}


class DestinationFilter(LinkedFilter):
    """Measures that affect a country: aimed at it, or at every destination."""

    def narrowed(self, queryset, value):
        return super().narrowed(queryset, self.kept_by(value))

    def kept_by(self, values):
        return [*values, Country.ALL] if set(values) - {UNKNOWN} else list(values)

    def summed(self, counts):
        """What is aimed at every destination counts under each, as the filter finds it there."""
        everywhere = counts.get(Country.ALL)
        if everywhere is None:
            return counts
        return {
            value: count if value in (Country.ALL, UNKNOWN) else count + everywhere for value, count in counts.items()
        }

    def pairs(self):
        # A country named beside “every destination” is counted there once.
        links = self.near._meta.get_field(self.field_name).related_model._base_manager.all()
        everywhere = links.filter(measure=OuterRef("measure"), country=Country.ALL).order_by()
        return [pairs(links.filter(Q(country=Country.ALL) | ~Exists(everywhere)), "measure_id", self.to)]


class MastFilter(RowsFilter):
    def told(self, value, label):
        return gettext(label) if label else value


class MeasureFilter(RecordFilterSet):
    """The list of measures."""

    q = SearchFilter(kind="measure", label=_("Words"))
    status = MeasureStatusFilter("status", choices=Status, label=_("Status"))
    certainty = CertaintyFilter(choices=CERTAINTIES, label=_("Certainty"))
    issuer = LinkedFilter("issuer_links", to="country", choices=COUNTRIES, label=_("Imposed by"))
    destination = DestinationFilter("destination_links", to="country", choices=COUNTRIES, label=_("Affects"))
    material = ReachFilter(label=_("Material"))
    instrument = LinkedFilter("instrument_links", **INSTRUMENTS)
    announced = WhenFilter(rows=brought_in, earliest="earliest", latest="start_latest", label=_("Announced"))
    in_force = WhenFilter(rows=periods(Status.IN_FORCE), **SINCE, label=_("In force since"))
    ended = WhenFilter(rows=periods(*ENDED), **SINCE, label=_("Ended"))
    authority = RowsFilter("authority", rows=Organization.objects.published, label=_("Authority"))
    hs = MeasureHSFilter()
    mast = MastFilter("mast", rows=MastCode.objects.all, key="code", pattern=r"^-?P[0-9]{0,3}$", label=_("MAST code"))
    effect = ChoicesFilter("effect", choices=Measure.Effect, label=_("Effect"))
    source_kind = SourceKindFilter("kind", choices=Source.Kind, label=_("Kind of source"))
    source_language = SourceLanguageFilter("language", label=_("Language of a source"))
    verification = ChoicesFilter("verification", choices=Measure.Verification, label=_("Verification"))
    disputed = DisputedFilter(measure=MeasureEvent)
    uncited = UncitedFilter()
    facets = (
        "status",
        "issuer",
        "destination",
        "material",
        "instrument",
        "announced",
        "in_force",
        "ended",
        "authority",
        "hs",
        "mast",
        "effect",
        "source_kind",
        "source_language",
        "verification",
        "disputed",
        "uncited",
    )

    class Meta:
        model = Measure
        fields = []

    is_dated = True

    @classmethod
    def dated(cls):
        return with_day(cls.visible()).annotate(day_number=DayNumber("announced_on"))

    def answering(self) -> QuerySet[StatusPeriod]:
        """The status periods that answer for the list, of whatever day; only of the materials asked about."""
        answering = Q()
        for row in self.values["material"].values():
            answering |= row.condition() if isinstance(row, Reach) else Q(material=None)
        return StatusPeriod.objects.visible().filter(answering)

    def periods(self) -> QuerySet:
        """The status periods that hold on the day, one for each course; only of the materials asked about."""
        standing = self.answering().standing_on(self.on)
        return (
            StatusPeriod.objects.filter(pk__in=standing.values("pk"))
            .order_by()
            .alias(holds=Q(certain__contains=self.on))
        )


class OfMeasure:
    """Events of the measures that the filter finds."""

    links_of = Measure

    def narrowed(self, queryset, value):
        return queryset.filter(measure__in=super().narrowed(Measure.objects.order_by(), value).values("pk"))

    def valued(self):
        return Q(measure__in=Measure.objects.order_by().filter(super().valued()).values("pk"))

    def pairs(self):
        return [self.of_events(each) for each in super().pairs()]

    @staticmethod
    def of_events(measures: QuerySet | tuple[str, tuple]) -> tuple[str, tuple]:
        """The pairs of measures as pairs of their events."""
        statement, parameters = measures if isinstance(measures, tuple) else measures.query.sql_with_params()
        events = MeasureEvent._meta.db_table
        return (
            "SELECT event.id, pair.choice, pair.label, pair.chosen, pair.certain"
            f" FROM ({statement}) pair(measure, choice, label, chosen, certain)"
            f" JOIN {events} event ON event.measure_id = pair.measure",
            parameters,
        )


class OfOneMeasureFilter(RowsFilter):
    numerous = True


class EventLinkedFilter(OfMeasure, LinkedFilter):
    pass


class EventDestinationFilter(OfMeasure, DestinationFilter):
    pass


class EventMaterialFilter(OfMeasure, ReachFilter):
    """Events that concern a material: they name it, or name none while their measure reaches it."""

    def narrowed(self, queryset, value):
        reached = {pk for row in value.values() for pk in (*row.within, *row.around)}
        named = linked(MeasureEvent, "material_links").filter(material__in=reached)
        return super().narrowed(queryset, value).filter(Q(pk__in=named) | ~Exists(self.scope()))

    @staticmethod
    def scope() -> QuerySet:
        """The links of an event to the materials it names."""
        return EventMaterial.objects.filter(event=OuterRef("pk")).order_by()

    def concerned(self) -> list[QuerySet]:
        """Links (event, material) of events that name some, and of the measures of all others."""
        known = Material.objects.readable().values("pk")
        named = EventMaterial.objects.order_by().filter(material__in=known)
        others = MeasureEvent.objects.order_by().filter(~Exists(self.scope()))
        others = others.filter(measure__material_links__material__in=known)
        return [
            named.values_list("event", "material"),
            others.values_list("pk", "measure__material_links__material"),
        ]

    def valued(self):
        named, others = self.concerned()
        return Q(pk__in=named.values("event")) | Q(pk__in=others.values("pk"))

    def pairs(self):
        return [reached_by(links) for links in self.concerned()]


class EventFilter(RecordFilterSet):
    """The list of events of measures."""

    q = SearchFilter(kind="event", of={"measure": "measure"}, label=_("Words"))
    measure = OfOneMeasureFilter("measure", rows=Measure.objects.published, label=_("Measure"))
    kind = ChoicesFilter("kind", choices=MeasureEvent.Kind, label=_("Kind"))
    material = EventMaterialFilter(label=_("Material"))
    issuer = EventLinkedFilter("issuer_links", to="country", choices=COUNTRIES, label=_("Imposed by"))
    destination = EventDestinationFilter("destination_links", to="country", choices=COUNTRIES, label=_("Affects"))
    instrument = EventLinkedFilter("instrument_links", **INSTRUMENTS)
    authority = RowsFilter("measure__authority", rows=Organization.objects.published, label=_("Authority"))
    happened = WhenFilter(
        rows=MeasureEvent.objects.readable, earliest="earliest", latest="latest", record="pk", label=_("When")
    )
    planned = FlagFilter("planned", label=_("Planned"))
    disputed = DisputedFilter()
    after = DayFilter("latest", bound="gte", label=_("May fall on this day or later"))
    before = DayFilter("earliest", bound="lte", label=_("May fall on this day or earlier"))
    facets = (
        "kind",
        "happened",
        "issuer",
        "destination",
        "material",
        "instrument",
        "authority",
        "measure",
        "planned",
        "disputed",
    )

    class Meta:
        model = MeasureEvent
        fields = []

    @classmethod
    def visible(cls):
        """A withdrawn measure says nothing any more, nor do its events."""
        measures = Measure.objects.readable()
        return super().visible().filter(measure__in=measures.values("pk"))


class MaterialFilter(RecordFilterSet):
    """The list of materials."""

    q = SearchFilter(kind="material", label=_("Words"))
    category = OccurringFilter("category", label=_("Category"))
    hs = HSFilter()
    broader = RowsFilter("broader", rows=Material.objects.published, label=_("Broader material"))
    disputed = DisputedFilter()
    uncited = UncitedFilter()
    facets = ("category", "hs", "broader", "disputed", "uncited")

    class Meta:
        model = Material
        fields = []


class OrganizationFilter(RecordFilterSet):
    """The list of organizations."""

    q = SearchFilter(kind="organization", label=_("Words"))
    country = ChoicesFilter("country", choices=COUNTRIES, label=_("Country"))
    kind = ChoicesFilter("kind", choices=Organization.Kind, label=_("Kind"))
    parent = RowsFilter("parent", rows=Organization.objects.published, label=_("Part of"))
    disputed = DisputedFilter()
    uncited = UncitedFilter()
    facets = ("country", "kind", "parent", "disputed", "uncited")

    class Meta:
        model = Organization
        fields = []
