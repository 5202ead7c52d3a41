"""The desk's pages of programs: phases, requests and answers, projects, series, gaps looked for, and reports."""

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measures.admin import OrganizationAdmin
from programs.models import (
    CoverageNote,
    Directive,
    DirectiveAddressee,
    Effect,
    Indicator,
    IndicatorHSCode,
    Institute,
    Integration,
    IntegrationInput,
    Milestone,
    Observation,
    Phase,
    PhaseReport,
    PhaseReportFile,
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
    Target,
)
from records.desk.inbox import Waiting
from records.desk.inbox_kinds import SHOWN_FAILED
from records.desk.inlines import CitationInline, NameInline, RecordInline, RowInline
from records.desk.pages import CitedPartAdmin, ReadOnlyAdmin, RecordAdmin

admin.site.register(Institute, OrganizationAdmin)


class HorizonsField:
    """The horizons of a phase as boxes to tick; Django's own field takes them as text with commas."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, ArrayField):
            return forms.TypedMultipleChoiceField(
                label=db_field.verbose_name,
                choices=db_field.base_field.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=db_field.help_text,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class PhaseInline(HorizonsField, RecordInline):
    model = Phase


class PartnerInline(RowInline):
    model = ProgramPartner
    show_change_link = True


class MeasureInline(RowInline):
    model = ProgramMeasure
    verbose_name, verbose_name_plural = _("measure it responds to"), _("measures it responds to")


class MaterialInline(RowInline):
    model = ProgramMaterial
    verbose_name, verbose_name_plural = _("material"), _("materials")


@admin.register(Program)
class ProgramAdmin(RecordAdmin):
    list_display = ("title", "country", "lead", "verification", "checked_on", "state_shown")
    list_filter = ("state", "verification", ("country", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("country", "lead")
    search_fields = ("slug", "title", "names__text")
    search_help_text = _("Title, name in any language, or id")
    inlines = (PhaseInline, PartnerInline, MeasureInline, MaterialInline, NameInline, CitationInline)


class MilestoneInline(RecordInline):
    model = Milestone


@admin.register(Phase)
class PhaseAdmin(HorizonsField, RecordAdmin):
    list_display = ("title", "program", "number", "planned", "actual", "status", "state_shown")
    list_filter = ("state", "status")
    list_select_related = ("program",)
    search_fields = ("slug", "title", "program__title")
    inlines = (MilestoneInline, CitationInline)


@admin.register(Milestone)
class MilestoneAdmin(RecordAdmin):
    list_display = ("title", "phase", "expected", "wording", "actual", "status", "state_shown")
    list_filter = ("state", "status")
    list_select_related = ("phase",)
    search_fields = ("slug", "title", "phase__title", "phase__program__title")
    ordering = ("expected_latest", "slug")
    inlines = (CitationInline,)


class AddresseeInline(RowInline):
    model = DirectiveAddressee


@admin.register(Directive)
class DirectiveAdmin(RecordAdmin):
    list_display = ("title", "program", "issued_by", "date", "due", "state_shown")
    list_filter = ("state",)
    list_select_related = ("program", "issued_by")
    search_fields = ("slug", "title", "program__title")
    inlines = (AddresseeInline, CitationInline)


@admin.register(Response)
class ResponseAdmin(RecordAdmin):
    list_display = ("title", "program", "organization", "actor", "action", "date", "state_shown")
    list_filter = ("state", "action")
    list_select_related = ("program", "organization")
    search_fields = ("slug", "title", "actor", "program__title")
    inlines = (CitationInline,)


class SurveyFeedInline(RowInline):
    model = SurveyFeed
    verbose_name, verbose_name_plural = _("use"), _("uses")


@admin.register(Survey)
class SurveyAdmin(RecordAdmin):
    list_display = ("title", "program", "conducted_by", "period", "state_shown")
    list_filter = ("state",)
    list_select_related = ("program", "conducted_by")
    search_fields = ("slug", "title", "program__title")
    inlines = (SurveyFeedInline, CitationInline)


class IntegrationInputInline(RowInline):
    model = IntegrationInput
    verbose_name, verbose_name_plural = _("input"), _("inputs")


@admin.register(Integration)
class IntegrationAdmin(RecordAdmin):
    list_display = ("description", "program", "into", "state_shown")
    list_filter = ("state",)
    list_select_related = ("program", "into")
    search_fields = ("slug", "description", "program__title")
    inlines = (IntegrationInputInline, CitationInline)


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    list_display = ("speaker", "said", "date", "organization", "medium", "program", "state_shown")
    list_filter = ("state",)
    list_select_related = ("organization", "program")
    search_fields = ("slug", "speaker", "said", "program__title")
    inlines = (CitationInline,)


@admin.register(Effect)
class EffectAdmin(RecordAdmin):
    list_display = ("sector", "effect", "date", "program", "state_shown")
    list_filter = ("state", "sector")
    list_select_related = ("program",)
    search_fields = ("slug", "sector", "effect")
    inlines = (CitationInline,)


class PerformerInline(RowInline):
    model = ProjectPerformer


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    list_display = ("title", "program", "kind", "material", "period", "status", "state_shown")
    list_filter = ("state", "status", "kind")
    list_select_related = ("program", "material")
    search_fields = ("slug", "title", "program__title")
    inlines = (PerformerInline, CitationInline)


@admin.register(ProjectNorm)
class ProjectNormAdmin(RecordAdmin):
    list_display = ("wording", "program", "years_min", "years_max", "amount", "currency", "state_shown")
    list_filter = ("state",)
    list_select_related = ("program",)
    search_fields = ("slug", "wording", "program__title")
    inlines = (CitationInline,)


class ObservationInline(RowInline):
    model = Observation
    show_change_link = True


class TargetInline(RowInline):
    model = Target
    show_change_link = True


class IndicatorHSCodeInline(RowInline):
    model = IndicatorHSCode
    verbose_name, verbose_name_plural = _("HS code"), _("HS codes")


@admin.register(Indicator)
class IndicatorAdmin(RecordAdmin):
    list_display = ("title", "program", "unit", "material", "state_shown")
    list_filter = ("state", "unit")
    list_select_related = ("program", "material")
    search_fields = ("slug", "title", "definition", "program__title")
    inlines = (ObservationInline, TargetInline, IndicatorHSCodeInline, CitationInline)


@admin.register(CoverageNote)
class CoverageNoteAdmin(RecordAdmin):
    list_display = ("material", "program", "phase", "looked_on", "by", "found", "state_shown")
    list_filter = ("state",)
    list_select_related = ("material", "program", "phase")
    search_fields = ("slug", "material__name", "looked_where", "found")
    inlines = (CitationInline,)


@admin.register(ProgramPartner)
class ProgramPartnerAdmin(CitedPartAdmin):
    parent = "program"
    list_display = ("program", "organization", "role")
    list_select_related = ("program", "organization")


@admin.register(Observation, Target)
class ValueAdmin(CitedPartAdmin):
    parent = "indicator"
    list_display = ("indicator", "date", "value", "note")
    list_select_related = ("indicator",)


class PhaseReportFileInline(admin.TabularInline):
    model = PhaseReportFile
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class FailedReports(Waiting):
    """Phase reports that came to nothing, for who asked for them."""

    name = "failed-phase-reports"
    label = _("Failed phase reports")
    place = 65

    def queries(self, user):
        failed = PhaseReport.objects.filter(state=PhaseReport.State.FAILED, requested_at__gt=Now() - SHOWN_FAILED)
        yield self.listed(
            failed if user.is_superuser else failed.filter(requested_by=user.pk),
            title="program__title",
            since="requested_at",
            writer="requested_by",
        )


@admin.register(PhaseReport)
class PhaseReportAdmin(ReadOnlyAdmin):
    list_display = ("program", "requested_by", "requested_at", "state", "progress")
    list_select_related = ("program", "requested_by")
    list_filter = ("state",)
    inlines = (PhaseReportFileInline,)

    def get_queryset(self, request):
        # A report is its requester's only.
        found = super().get_queryset(request)
        return found if request.user.is_superuser else found.filter(requested_by=request.user)
