"""Programs in the API, each with everything that belongs to it."""

from django.db.models import Prefetch, Q
from rest_framework import serializers

from measures.api import (
    DisputedFactSerializer,
    disputed_facts,
)
from measures.models import Organization
from programs.api.parts import (
    CoverageNoteSerializer,
    DirectiveSerializer,
    EffectSerializer,
    IndicatorSerializer,
    IntegrationSerializer,
    NormSerializer,
    PartnerSerializer,
    PhaseSerializer,
    ProjectSerializer,
    ResponseSerializer,
    StatementSerializer,
    SurveySerializer,
)
from programs.api.values import MoneyField
from programs.filters import ProgramFilter
from programs.models import (
    CoverageNote,
    Directive,
    DirectiveAddressee,
    Effect,
    Indicator,
    IndicatorHSCode,
    Integration,
    IntegrationInput,
    Milestone,
    Phase,
    Program,
    ProgramMaterial,
    ProgramMeasure,
    ProgramPartner,
    Project,
    ProjectNorm,
    ProjectPerformer,
    Response,
    Statement,
    Survey,
    SurveyFeed,
)
from records.api import (
    CitedSerializer,
    CodesField,
    LinkField,
    NameSerializer,
    RecordSerializer,
    RecordViewSet,
    SourceSerializer,
    published,
    slugs,
    told,
)

OWN = (
    "partner_links",
    "phases",
    "directives",
    "responses",
    "surveys",
    "integrations",
    "norms",
    "statements",
    "effects",
    "projects",
    "indicators",
)


# Children that stand in a field of another name, and those that other fields ask about.
PARTS = {"partner_links": "partners"}
NEEDED_IN = {"phases": ("disputed_facts", "coverage_notes"), "indicators": ("disputed_facts",)}


class ProgramSerializer(RecordSerializer):
    country = serializers.CharField(source="country_id")
    names = NameSerializer(many=True)
    lead = LinkField()
    responds_to = CodesField(source="measure_slugs", help_text="Measures.")
    materials = CodesField(source="material_slugs")
    budget = MoneyField("budget_")

    class Meta:
        model = Program
        fields = [
            "id",
            "state",
            "title",
            "names",
            "country",
            "lead",
            "responds_to",
            "materials",
            "technology_scope",
            "summary",
            "budget",
            "budget_note",
            "verification",
            "checked_on",
        ]


class ProgramDetailSerializer(CitedSerializer, ProgramSerializer):
    partners = PartnerSerializer(source="partner_links", many=True)
    phases = PhaseSerializer(many=True)
    directives = DirectiveSerializer(many=True)
    responses = ResponseSerializer(many=True)
    surveys = SurveySerializer(many=True)
    integrations = IntegrationSerializer(many=True)
    norms = NormSerializer(many=True)
    statements = StatementSerializer(many=True)
    effects = EffectSerializer(many=True)
    projects = ProjectSerializer(many=True)
    indicators = IndicatorSerializer(many=True)
    coverage_notes = CoverageNoteSerializer(source="looked", many=True)
    disputed_facts = DisputedFactSerializer(many=True)
    bibliography = SourceSerializer(many=True, help_text="Every source that is cited above, once.")

    class Meta(ProgramSerializer.Meta):
        fields = [
            *ProgramSerializer.Meta.fields,
            "partners",
            "phases",
            "directives",
            "responses",
            "surveys",
            "integrations",
            "norms",
            "statements",
            "effects",
            "projects",
            "indicators",
            "coverage_notes",
            "disputed_facts",
            "sources",
            "citations",
            "bibliography",
        ]


class ProgramViewSet(RecordViewSet):
    """Localization programs that answer measures, with everything that belongs to them."""

    filterset_class = ProgramFilter
    serializer_class = ProgramDetailSerializer
    row_serializer_class = ProgramSerializer

    def for_list(self, queryset):
        return self.reading(
            queryset,
            {
                "lead": "lead",
                "responds_to": {"measure_slugs": slugs(ProgramMeasure, "program", "measure")},
                "materials": {"material_slugs": slugs(ProgramMaterial, "program", "material")},
                "names": Prefetch("names"),
            },
        )

    def for_detail(self, queryset):
        partners = ProgramPartner.objects.filter(organization__in=Organization.objects.published().values("pk"))
        directives = Directive.objects.annotate(addressee_slugs=slugs(DirectiveAddressee, "directive", "organization"))
        feeds = SurveyFeed.objects.select_related("milestone", "phase")
        inputs = IntegrationInput.objects.select_related("survey", "response", "directive")
        # A performer that is a body out of sight is none at all: even how many there are is not told.
        bodies = Q(organization=None) | Q(organization__in=Organization.objects.published())
        performers = ProjectPerformer.objects.filter(bodies).select_related("organization")
        children = {
            "phases": Phase.objects.prefetch_related(published("milestones", Milestone.objects)),
            "directives": directives.select_related("phase", "issued_by", "council"),
            "responses": Response.objects.select_related("directive", "phase", "organization"),
            "surveys": Survey.objects.select_related("conducted_by").prefetch_related(Prefetch("feeds", feeds)),
            "integrations": Integration.objects.select_related("into").prefetch_related(Prefetch("inputs", inputs)),
            "norms": ProjectNorm.objects,
            "statements": Statement.objects.select_related("organization"),
            "effects": Effect.objects,
            "projects": Project.objects.select_related("phase", "material").prefetch_related(
                Prefetch("performers", performers)
            ),
            "indicators": Indicator.objects.select_related("material")
            .annotate(headings=slugs(IndicatorHSCode, "indicator", "hs_code"))
            .prefetch_related("observations", "targets"),
        }
        return self.reading(
            self.for_list(queryset),
            {
                ("partners", "bibliography"): Prefetch("partner_links", partners.select_related("organization")),
                **{_told_in(relation): published(relation, rows) for relation, rows in children.items()},
            },
        )

    def prepare(self, programs):
        if self.action == "list":
            return
        for program in programs:
            self.complete(program)

    def complete(self, program):
        """Its coverage notes, its disputed facts, and the footing of everything in it."""
        parts = {name: getattr(program, name).all() if self.asks(*_told_in(name)) else () for name in OWN}
        phases, indicators = told(parts["phases"]), told(parts["indicators"])
        notes = CoverageNote.objects.published().filter(Q(program=program) | Q(phase__in=phases))
        looked = self.asks("coverage_notes", "bibliography")
        program.looked = list(notes.select_related("material", "phase")) if looked else []
        milestones = [milestone for phase in phases for milestone in phase.milestones.all()]
        disputed = self.asks("disputed_facts", "bibliography")
        program.disputed_facts = disputed_facts([program], indicators, told(milestones)) if disputed else []
        values = [
            value for indicator in indicators for value in (*indicator.observations.all(), *indicator.targets.all())
        ]
        program.bibliography = self.footing(
            {
                ("sources", "citations"): [program],
                **{PARTS.get(name, name): rows for name, rows in parts.items()},
                ("phases",): milestones,
                ("indicators",): values,
                "coverage_notes": program.looked,
                "disputed_facts": [claim for fact in program.disputed_facts for claim in fact.told],
            }
        )


def _told_in(relation: str) -> tuple[str, ...]:
    """The fields of a program for which its children are read."""
    return (PARTS.get(relation, relation), *NEEDED_IN.get(relation, ()), "bibliography")
