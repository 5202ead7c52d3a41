"""What lists of measures, events, materials and organizations can be filtered by, on pages and in the API alike."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from measures.models import (
    Country,
    DisputedFact,
    HSCode,
    Instrument,
    MastCode,
    Material,
    MaterialHSCode,
    Measure,
    MeasureDestination,
    MeasureEvent,
    MeasureInstrument,
    MeasureIssuer,
    MeasureMaterial,
    Organization,
    Status,
    StatusPeriod,
)
from records.filters import (
    ChoicesFilter,
    DayFilter,
    Facet,
    FlagFilter,
    LinkedFilter,
    OccurringFilter,
    Option,
    RecordFilterSet,
    RowsFilter,
    SearchFilter,
    linked,
)
from records.models import Record

# Every country there is, not only those that some record names: "nothing affects it" is an answer too.
COUNTRIES = {code: Country(code=code) for code in [*countries.countries, Country.ALL]}
INSTRUMENTS = {"to": "instrument__code", "choices": Instrument.LABELS, "label": _("Instrument")}
CERTAINTIES = {"certain": _("certain"), "possible": _("possible")}


@dataclass(frozen=True)
class Reach:
    """What asks about a material also asks about: `within` it, itself included, and `around` it, nearest first.

    A measure that lists something within the material concerns it. One that lists nothing within it but something
    around it reaches it too, and the nearest listed one answers for it.
    """

    pk: int
    name: str
    state: str
    within: list[int] = field(default_factory=list)
    around: list[int] = field(default_factory=list)

    def __str__(self):
        return self.name

    def answering(self, listed) -> set[int]:
        """Which of the materials that a measure lists answer for this one."""
        listed = set(listed)
        return listed.intersection(self.within) or {next((pk for pk in self.around if pk in listed), None)}

    def condition(self) -> Q:
        """Condition on rows with `measure` and `material`: the row answers for this material."""
        answers, nearer = Q(material__in=self.within), list(self.within)
        for broader in self.around:
            listed = MeasureMaterial.objects.filter(measure=OuterRef("measure"), material__in=list(nearer))
            answers |= Q(material=broader) & ~Exists(listed)
            nearer.append(broader)
        return answers


REACH = """
    WITH RECURSIVE visible AS ({visible}),
    within AS (
        SELECT id AS asked, id FROM visible WHERE slug = ANY(%s)
        UNION SELECT within.asked, visible.id FROM within JOIN visible ON visible.broader_id = within.id
    ), around AS (
        SELECT id AS asked, broader_id AS id, 1 AS steps FROM visible WHERE slug = ANY(%s)
        UNION SELECT around.asked, visible.broader_id, steps + 1 FROM around JOIN visible ON visible.id = around.id
        WHERE steps < 20
    )
    SELECT asked.slug, asked.id, asked.name, asked.state, found.id, found.steps
    FROM (SELECT asked, id, 0 AS steps FROM within UNION ALL SELECT asked, id, steps FROM around) found
    JOIN visible asked ON asked.id = found.asked JOIN visible ON visible.id = found.id
    ORDER BY asked.slug, found.steps, found.id
"""


def reach(slugs: list[str]) -> dict[str, Reach]:
    """How far the materials with these slugs reach, by slug; unknown ones are left out."""
    visible, parameters = (
        Material.objects.published()
        .order_by()
        .values("id", "slug", "name", "state", "broader_id")
        .query.sql_with_params()
    )
    found: dict[str, Reach] = {}
    with connection.cursor() as cursor:
        cursor.execute(REACH.format(visible=visible), [*parameters, slugs, slugs])
        for slug, pk, name, state, material, steps in cursor:
            row = found.setdefault(slug, Reach(pk, name, state))
            if steps == 0:
                row.within.append(material)
            elif material not in row.within and material not in row.around:
                row.around.append(material)
    return found


class ReachFilter(RowsFilter):
    """Measures that reach a material: they list it, something narrower, or failing that something broader."""

    links_of = Measure

    def __init__(self, **kwargs):
        super().__init__(rows=Material.objects.published, **kwargs)

    def found(self, values):
        return reach(values)

    def narrowed(self, queryset, value):
        listed = {pk for row in value.values() for pk in (*row.within, *row.around)}
        return queryset.filter(pk__in=linked(self.links_of, "material_links").filter(material__in=listed))


class DestinationFilter(LinkedFilter):
    """Measures that affect a country: aimed at it, or at every destination."""

    def narrowed(self, queryset, value):
        return super().narrowed(queryset, [*value, Country.ALL])


class MeasureStatusFilter(ChoicesFilter):
    """Measures of which a part has the status on the day, for certain or possibly.

    Beside a material filter only the parts count that answer for the material.
    """

    def narrowed(self, queryset, value):
        return queryset.filter(
            pk__in=self.parent.periods().filter(**{f"{self.field_name}__in": list(value)}).values("measure")
        )


class CertaintyFilter(ChoicesFilter):
    """Narrows the status filter to what holds for certain, or only possibly; alone, any status will do."""

    def narrowed(self, queryset, value):
        chosen = self.parent.values["status"]
        periods = self.parent.periods()
        if chosen:
            periods = periods.filter(status__in=list(chosen))
        return queryset.filter(pk__in=periods.filter(holds__in=[text == "certain" for text in value]).values("measure"))


def disputed(model: type[Record], **parts: type[Record]) -> Q:
    """Condition on records: bodies differ about one, or about one of its `parts`, which are models by their column."""
    ContentType.objects.get_for_models(model, *parts.values())
    told = Q(Exists(DisputedFact.objects.touching(model)))
    for owner, part in parts.items():
        of_record = part.objects.readable().filter(**{owner: OuterRef("pk")}).order_by()
        told |= Q(Exists(of_record.filter(Exists(DisputedFact.objects.touching(part)))))
    return told


def marked(queryset: QuerySet, **parts: type[Record]) -> QuerySet:
    """These records, each with whether it `is_disputed`; `parts` as above."""
    return queryset.annotate(is_disputed=ExpressionWrapper(disputed(queryset.model, **parts), BooleanField()))


class DisputedFilter(ChoicesFilter):
    """Records about which bodies tell different things; `parts` are models whose rows belong to one, by the column."""

    def __init__(self, **parts):
        self.parts = parts
        super().__init__(choices={"yes": _("yes"), "no": _("no")}, label=_("Disputed"))

    def narrowed(self, queryset, value):
        if len(value) == 2:
            return queryset
        condition = disputed(queryset.model, **self.parts)
        return queryset.filter(condition if "yes" in value else ~condition)

    def counted(self, rows):
        yes = When(disputed(rows.model, **self.parts), then=Value("yes"))
        answered = rows.order_by().annotate(answer=Case(yes, default=Value("no")))
        return dict(answered.values_list("answer").annotate(Count("pk")))


class MeasureFilter(RecordFilterSet):
    """The list of measures."""

    q = SearchFilter(kind="measure", label=_("Words"))
    issuer = LinkedFilter("issuer_links", to="country", choices=COUNTRIES, label=_("Imposed by"))
    destination = DestinationFilter("destination_links", to="country", choices=COUNTRIES, label=_("Affects"))
    instrument = LinkedFilter(
        "instrument_links", to="instrument__code", choices=Instrument.LABELS, label=_("Instrument")
    )
    status = MeasureStatusFilter("status", choices=Status, label=_("Status"))
    certainty = CertaintyFilter(choices=CERTAINTIES, label=_("Certainty"))
    material = ReachFilter(label=_("Material"))
    authority = RowsFilter("authority", rows=Organization.objects.published, label=_("Authority"))
    effect = ChoicesFilter("effect", choices=Measure.Effect, label=_("Effect"))
    mast = RowsFilter("mast", rows=MastCode.objects.all, key="code", pattern=r"^P[0-9]{0,3}$", label=_("MAST code"))
    verification = ChoicesFilter("verification", choices=Measure.Verification, label=_("Verification"))
    disputed = DisputedFilter(measure=MeasureEvent)

    class Meta:
        model = Measure
        fields = []

    def periods(self) -> QuerySet:
        """The status periods that hold on the day, one for each course; only of the materials asked about."""
        answering = Q()
        for row in self.values["material"].values():
            answering |= row.condition()
        standing = StatusPeriod.objects.visible().filter(answering).standing_on(self.on)
        return (
            StatusPeriod.objects.filter(pk__in=standing.values("pk"))
            .order_by()
            .alias(holds=Q(certain__contains=self.on))
        )


SHOWN_OPTIONS = 8
FACETS = ("status", "issuer", "destination", "instrument", "effect", "verification", "disputed")


def facets(filterset: MeasureFilter) -> list[Facet]:
    """The facets of a checked list in one query: each choice is counted under all other filters.

    A measure counts under each of its values: a mixed one under each of its statuses. What is aimed at every
    destination counts under each, as the filter finds it there.
    """
    counts: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in FACETS}
    first, *others = (_counted(filterset, name) for name in FACETS)
    for name, value, certain, possible in first.union(*others, all=True):
        counts[name][value] = (certain, possible)
    destinations = counts["destination"]
    everywhere = destinations.get(Country.ALL, (0, 0))[0]
    for value in destinations.keys() - {Country.ALL}:
        destinations[value] = (destinations[value][0] + everywhere, 0)
    return [_facet(filterset, name, counts[name]) for name in FACETS]


def _counted(filterset: MeasureFilter, name: str) -> QuerySet:
    """Rows (facet, value, certain, possible) for one facet."""
    leaving_out = {name, "certainty"} if name == "status" else {name}
    measures = filterset.filter_queryset(filterset.queryset, leaving_out=leaving_out)
    measures = measures.filter(state=Measure.State.PUBLISHED).order_by().values("pk")
    certain, possible = Count("measure", distinct=True), Value(0)
    match name:
        case "status":
            rows, column = filterset.periods(), "status"
            certain = Count("measure", distinct=True, filter=Q(holds=True))
            possible = Count("measure", distinct=True) - certain
        case "issuer":
            rows, column = MeasureIssuer.objects.all(), "country_id"
        case "destination":
            everywhere = MeasureDestination.objects.filter(measure=OuterRef("measure"), country=Country.ALL)
            rows, column = MeasureDestination.objects.filter(Q(country=Country.ALL) | ~Exists(everywhere)), "country_id"
        case "instrument":
            rows, column = MeasureInstrument.objects.all(), "instrument__code"
        case "disputed":
            yes = When(disputed(Measure, measure=MeasureEvent), then=Value("yes"))
            rows = Measure.objects.annotate(measure=F("pk"), disputed=Case(yes, default=Value("no")))
            column = "disputed"
        case _:
            rows, column = Measure.objects.annotate(measure=F("pk")), name
    return (
        rows.filter(**{"pk__in" if rows.model is Measure else "measure__in": measures})
        .order_by()
        .annotate(facet=Value(name), choice=Cast(F(column), CharField()))
        .values("facet", "choice")
        .annotate(sure=certain, maybe=possible)
        .values_list("facet", "choice", "sure", "maybe")
    )


def _facet(filterset: MeasureFilter, name: str, counts: dict[str, tuple[int, int]]) -> Facet:
    declared = filterset.filters[name]
    chosen = filterset.values[name]
    values = [*counts, *(value for value in chosen if value not in counts)]
    options = []
    for value in values:
        certain, possible = counts.get(value, (0, 0))
        status = value if name == "status" else ""
        options.append(
            Option(value, capfirst(str(declared.choices[value])), certain + possible, possible, value in chosen, status)
        )
    if name == "status":
        options.sort(key=lambda option: list(Status.values).index(option.value))
        return Facet(name, declared.label, options, [])
    options.sort(key=lambda option: (not option.selected, -option.count, option.label))
    return Facet(name, declared.label, options[:SHOWN_OPTIONS], options[SHOWN_OPTIONS:])


class OfMeasure:
    """Events of the measures that the filter finds."""

    def narrowed(self, queryset, value):
        return queryset.filter(measure__in=super().narrowed(Measure.objects.order_by(), value).values("pk"))


class EventLinkedFilter(OfMeasure, LinkedFilter):
    pass


class EventDestinationFilter(OfMeasure, DestinationFilter):
    pass


class EventMaterialFilter(OfMeasure, ReachFilter):
    """Events that concern a material: they name it, or name none while their measure reaches it."""

    def narrowed(self, queryset, value):
        reached = {pk for row in value.values() for pk in (*row.within, *row.around)}
        named = linked(MeasureEvent, "material_links").filter(material__in=reached)
        scoped = MeasureEvent.materials.through.objects.filter(event=OuterRef("pk"))
        return super().narrowed(queryset, value).filter(Q(pk__in=named) | ~Exists(scoped))


class EventFilter(RecordFilterSet):
    """The list of events of measures."""

    q = SearchFilter(kind="event", of={"measure": "measure"}, label=_("Words"))
    measure = RowsFilter("measure", rows=Measure.objects.published, label=_("Measure"))
    kind = ChoicesFilter("kind", choices=MeasureEvent.Kind, label=_("Kind"))
    material = EventMaterialFilter(label=_("Material"))
    issuer = EventLinkedFilter("issuer_links", to="country", choices=COUNTRIES, label=_("Imposed by"))
    destination = EventDestinationFilter("destination_links", to="country", choices=COUNTRIES, label=_("Affects"))
    instrument = EventLinkedFilter("instrument_links", **INSTRUMENTS)
    authority = RowsFilter("measure__authority", rows=Organization.objects.published, label=_("Authority"))
    planned = FlagFilter("planned", label=_("Planned"))
    disputed = DisputedFilter()
    after = DayFilter("latest", bound="gte", label=_("May fall on this day or later"))
    before = DayFilter("earliest", bound="lte", label=_("May fall on this day or earlier"))

    class Meta:
        model = MeasureEvent
        fields = []

    @classmethod
    def visible(cls):
        """A withdrawn measure says nothing any more, nor do its events."""
        measures = Measure.objects.readable()
        return super().visible().filter(measure__in=measures.values("pk"))


class HSFilter(RowsFilter):
    """Materials that fall under a heading of the Harmonized System or a part of it."""

    def narrowed(self, queryset, value):
        under = Q()
        for code in value:
            under |= Q(hs_code__code__startswith=code)
        return queryset.filter(pk__in=MaterialHSCode.objects.filter(under).order_by().values("material"))


class MaterialFilter(RecordFilterSet):
    """The list of materials."""

    q = SearchFilter(kind="material", label=_("Words"))
    category = OccurringFilter("category", label=_("Category"))
    hs = HSFilter(rows=HSCode.objects.all, key="code", pattern=r"^([0-9]{2}){1,3}$", label=_("HS code"))
    broader = RowsFilter("broader", rows=Material.objects.published, label=_("Broader material"))
    disputed = DisputedFilter()

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

    class Meta:
        model = Organization
        fields = []
