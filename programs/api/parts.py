"""The parts of a program: phases, requests and answers, projects, indicators."""

from rest_framework import serializers

from programs.api.values import MoneyField, NumberField, PhaseField
from programs.models import (
    CoverageNote,
    Directive,
    Effect,
    Indicator,
    Integration,
    Milestone,
    Observation,
    Phase,
    ProgramPartner,
    Project,
    ProjectNorm,
    ProjectPerformer,
    Response,
    Statement,
    Survey,
    Target,
)
from records.api import (
    CitedSerializer,
    CodesField,
    LinkField,
    ReadOnlySerializer,
    RecordSerializer,
    SlugField,
    is_visible,
)


class PartnerSerializer(CitedSerializer):
    organization = LinkField()

    class Meta:
        model = ProgramPartner
        fields = ["organization", "role", "sources", "citations"]


class MilestoneSerializer(CitedSerializer, RecordSerializer):
    overdue = serializers.SerializerMethodField(help_text="On the day asked about: its last day passed, unanswered.")

    class Meta:
        model = Milestone
        fields = [
            "id",
            "state",
            "title",
            "expected",
            "expected_earliest",
            "expected_latest",
            "wording",
            "said_on",
            "actual",
            "actual_earliest",
            "actual_latest",
            "status",
            "overdue",
            "description",
            "sources",
            "citations",
        ]

    def get_overdue(self, milestone) -> bool:
        return milestone.is_overdue(self.context["view"].on)


class PhaseSerializer(CitedSerializer, RecordSerializer):
    milestones = MilestoneSerializer(many=True)

    class Meta:
        model = Phase
        fields = [
            "id",
            "state",
            "number",
            "title",
            "horizons",
            "objective",
            "planned",
            "planned_earliest",
            "planned_latest",
            "actual",
            "actual_earliest",
            "actual_latest",
            "status",
            "milestones",
            "sources",
            "citations",
        ]


class DirectiveSerializer(CitedSerializer, RecordSerializer):
    phase = PhaseField()
    issued_by = LinkField()
    addressed_to = CodesField(source="addressee_slugs", help_text="Organizations asked by name.")
    council = LinkField(help_text="The council whose institutes are asked, where they are not named.")

    class Meta:
        model = Directive
        fields = [
            "id",
            "state",
            "phase",
            "issued_by",
            "title",
            "date",
            "earliest",
            "latest",
            "due",
            "due_earliest",
            "due_latest",
            "addressed_to",
            "council",
            "count",
            "asks",
            "sources",
            "citations",
        ]


class ResponseSerializer(CitedSerializer, RecordSerializer):
    directive = SlugField()
    phase = PhaseField()
    organization = LinkField()

    class Meta:
        model = Response
        fields = [
            "id",
            "state",
            "directive",
            "phase",
            "organization",
            "actor",
            "action",
            "title",
            "date",
            "earliest",
            "latest",
            "description",
            "sources",
            "citations",
        ]


class SurveySerializer(CitedSerializer, RecordSerializer):
    conducted_by = LinkField()
    feeds = serializers.SerializerMethodField(help_text="Ids of the milestones and phases that it feeds.")

    class Meta:
        model = Survey
        fields = [
            "id",
            "state",
            "conducted_by",
            "title",
            "period",
            "period_earliest",
            "period_latest",
            "purpose",
            "feeds",
            "sources",
            "citations",
        ]

    def get_feeds(self, survey) -> list[str]:
        fed = (feed.milestone or feed.phase for feed in survey.feeds.all())
        return [record.slug for record in fed if is_visible(record)]


class IntegrationSerializer(CitedSerializer, RecordSerializer):
    into = SlugField(help_text="The milestone that they are merged into.")
    merged = serializers.SerializerMethodField(help_text="Ids of the surveys, responses and directives.")

    class Meta:
        model = Integration
        fields = ["id", "state", "into", "merged", "description", "sources", "citations"]

    def get_merged(self, integration) -> list[str]:
        merged = (given.survey or given.response or given.directive for given in integration.inputs.all())
        return [record.slug for record in merged if is_visible(record)]


class NormSerializer(CitedSerializer, RecordSerializer):
    cost = MoneyField()

    class Meta:
        model = ProjectNorm
        fields = [
            "id",
            "state",
            "years_min",
            "years_max",
            "cost",
            "wording",
            "description",
            "sources",
            "citations",
        ]


class StatementSerializer(CitedSerializer, RecordSerializer):
    organization = LinkField()

    class Meta:
        model = Statement
        fields = [
            "id",
            "state",
            "date",
            "earliest",
            "latest",
            "speaker",
            "organization",
            "medium",
            "said",
            "quote",
            "sources",
            "citations",
        ]


class EffectSerializer(CitedSerializer, RecordSerializer):
    class Meta:
        model = Effect
        fields = ["id", "state", "sector", "effect", "date", "earliest", "latest", "sources", "citations"]


class PerformerSerializer(ReadOnlySerializer, serializers.ModelSerializer):
    organization = LinkField()

    class Meta:
        model = ProjectPerformer
        fields = ["organization", "name"]


class ProjectSerializer(CitedSerializer, RecordSerializer):
    performers = PerformerSerializer(many=True)
    material = SlugField()
    phase = PhaseField()
    budget = MoneyField("budget_")

    class Meta:
        model = Project
        fields = [
            "id",
            "state",
            "title",
            "kind",
            "performers",
            "material",
            "phase",
            "period",
            "period_earliest",
            "period_latest",
            "years_min",
            "years_max",
            "budget",
            "budget_note",
            "count",
            "unnamed",
            "status",
            "outcome",
            "sources",
            "citations",
        ]


class ValueSerializer(CitedSerializer):
    value = NumberField()

    class Meta:
        model = Observation
        fields = ["date", "earliest", "latest", "value", "note", "sources", "citations"]


class TargetSerializer(ValueSerializer):
    class Meta(ValueSerializer.Meta):
        model = Target


class IndicatorSerializer(CitedSerializer, RecordSerializer):
    hs_codes = CodesField(source="headings")
    material = SlugField()
    observations = ValueSerializer(many=True)
    targets = TargetSerializer(many=True)

    class Meta:
        model = Indicator
        fields = [
            "id",
            "state",
            "title",
            "unit",
            "definition",
            "hs_codes",
            "material",
            "observations",
            "targets",
            "sources",
            "citations",
        ]


class CoverageNoteSerializer(CitedSerializer, RecordSerializer):
    material = SlugField()
    phase = PhaseField()

    class Meta:
        model = CoverageNote
        fields = [
            "id",
            "state",
            "material",
            "phase",
            "looked_on",
            "looked_where",
            "found",
            "by",
            "sources",
            "citations",
        ]
