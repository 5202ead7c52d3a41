"""The desk's pages of measures, what they restrict, who acts, and what is told differently."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from measures import disputes
from measures.models import (
    Announcement,
    AnnouncementMeasure,
    Claim,
    Country,
    DisputedFact,
    EventMaterial,
    HSCode,
    HSSection,
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
    MeasureRelation,
    Ministry,
    Organization,
    Provision,
    ProvisionDestination,
    ProvisionMaterial,
    StatusPeriod,
    TimelineEntry,
)
from records.desk.inlines import CitationInline, NameInline, RecordInline, RowInline
from records.desk.pages import CitedPartAdmin, ReadOnlyAdmin, RecordAdmin, VocabularyAdmin
from records.desk.parts import RecordPartForm


class IssuerInline(RowInline):
    model = MeasureIssuer


class DestinationInline(RowInline):
    model = MeasureDestination


class InstrumentInline(RowInline):
    model = MeasureInstrument
    verbose_name, verbose_name_plural = _("instrument"), _("instruments")


class MaterialInline(RowInline):
    model = MeasureMaterial
    verbose_name, verbose_name_plural = _("material"), _("materials")
    fields = ("material", "scope", "control_ref")
    show_change_link = True


class RelationInline(RowInline):
    model = MeasureRelation
    verbose_name, verbose_name_plural = _("relation to another measure"), _("relations to other measures")
    fk_name = "measure"
    fields = ("relation", "other")
    show_change_link = True


class ProvisionInline(RecordInline):
    model = Provision


class EventForm(RecordPartForm):
    """An event on its measure's page; the materials it concerns are ticked among the measure's."""

    concerns = forms.ModelMultipleChoiceField(
        Material.objects.none(),
        label=_("Materials"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The materials it concerns. None ticked means all of the measure's."),
    )
    links = {"concerns": (EventMaterial, "event", "material")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["concerns"].initial = [link.material_id for link in self.instance.material_links.all()]

    def _save_m2m(self):
        super()._save_m2m()
        wanted = list(self.cleaned_data["concerns"])
        links = self.instance.material_links
        links.exclude(material__in=wanted).delete()
        kept = set(links.values_list("material_id", flat=True))
        for position, material in enumerate(wanted):
            if material.pk not in kept:
                links.create(material=material, position=position)


class EventFormSet(RecordInline.formset):
    """Events of one measure: all of them choose among the same materials and provisions, asked for once."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if not hasattr(self, "choices"):
            measure = self.instance
            saved = measure.pk is not None
            self.choices = {
                "concerns": Material.objects.filter(measure_links__measure=measure)
                if saved
                else Material.objects.none(),
                "provision": Provision.objects.filter(measure=measure) if saved else Provision.objects.none(),
            }
        for name, rows in self.choices.items():
            if name in form.fields:
                form.fields[name].queryset = rows


class EventInline(RecordInline):
    model = MeasureEvent
    form = EventForm
    formset = EventFormSet
    fields = (
        ("date", "kind", "order"),
        "title",
        "description",
        "quote",
        "concerns",
        "provision",
        ("until", "then", "overtaken_by"),
        ("planned", "background"),
        "slug",
        "read_version",
    )

    def get_autocomplete_fields(self, request):
        return []

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("material_links")


@admin.register(Measure)
class MeasureAdmin(RecordAdmin):
    list_display = ("title", "authority", "effect", "verification", "checked_on", "state_shown")
    list_filter = (
        "state",
        "effect",
        "verification",
        ("issuer_links__country", admin.RelatedOnlyFieldListFilter),
        ("instrument_links__instrument", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("authority",)
    search_fields = ("slug", "title", "names__text")
    search_help_text = _("Title, name in any language, or id")
    inlines = (
        EventInline,
        MaterialInline,
        IssuerInline,
        DestinationInline,
        InstrumentInline,
        ProvisionInline,
        RelationInline,
        NameInline,
        CitationInline,
    )


class EventMaterialInline(RowInline):
    model = EventMaterial
    verbose_name, verbose_name_plural = _("material"), _("materials")


@admin.register(MeasureEvent)
class MeasureEventAdmin(RecordAdmin):
    list_display = ("title", "date", "kind", "measure", "planned", "state_shown")
    list_filter = ("state", "kind", "planned", "background")
    list_select_related = ("measure",)
    search_fields = ("slug", "title", "measure__title", "measure__slug")
    search_help_text = _("Title, measure or id")
    ordering = ("-earliest", "order", "pk")
    inlines = (EventMaterialInline, CitationInline)


class ProvisionMaterialInline(RowInline):
    model = ProvisionMaterial
    verbose_name, verbose_name_plural = _("material"), _("materials")


class ProvisionDestinationInline(RowInline):
    model = ProvisionDestination
    verbose_name, verbose_name_plural = _("destination"), _("destinations")


@admin.register(Provision)
class ProvisionAdmin(RecordAdmin):
    list_display = ("title", "code", "measure", "state_shown")
    list_filter = ("state",)
    list_select_related = ("measure",)
    search_fields = ("slug", "title", "code", "measure__title")
    inlines = (ProvisionMaterialInline, ProvisionDestinationInline, CitationInline)


class AnnouncementMeasureInline(RowInline):
    model = AnnouncementMeasure
    verbose_name, verbose_name_plural = _("measure"), _("measures")


@admin.register(Announcement)
class AnnouncementAdmin(RecordAdmin):
    list_display = ("title", "date", "country", "authority", "legal_number", "state_shown")
    list_filter = ("state", ("country", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("country", "authority")
    search_fields = ("slug", "title", "legal_number")
    ordering = ("-earliest", "slug")
    inlines = (AnnouncementMeasureInline, CitationInline)


class HSCodeInline(RowInline):
    model = MaterialHSCode
    verbose_name, verbose_name_plural = _("HS code"), _("HS codes")


@admin.register(Material)
class MaterialAdmin(RecordAdmin):
    list_display = ("name", "formula", "cas", "category", "broader", "state_shown")
    list_filter = ("state", "category")
    list_select_related = ("broader",)
    search_fields = ("slug", "name", "cas", "formula", "names__text")
    search_help_text = _("Name in any language, formula, CAS number or id")
    inlines = (HSCodeInline, NameInline, CitationInline)


@admin.register(Organization, Ministry)
class OrganizationAdmin(RecordAdmin):
    list_display = ("name", "abbreviation", "kind", "country", "parent", "state_shown")
    list_filter = ("state", "kind", ("country", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("country", "parent")
    search_fields = ("slug", "name", "abbreviation", "names__text")
    search_help_text = _("Name in any language, abbreviation or id")
    inlines = (NameInline, CitationInline)


class ClaimInline(RowInline):
    model = Claim
    fields = ("organization", "claimant", "date", "value", "statement", "quote", "preferred", "reason")
    show_change_link = True


@admin.register(DisputedFact)
class DisputedFactAdmin(RecordAdmin):
    list_display = ("question", "subject_type", "state_shown")
    list_filter = ("state", "subject_type")
    list_select_related = ("subject_type",)
    search_fields = ("slug", "question", "claims__statement")
    inlines = (ClaimInline, CitationInline)
    change_form_template = "admin/disputed_fact.html"

    def get_urls(self):
        return [*disputes.urls(self), *super().get_urls()]


@admin.register(Claim)
class ClaimAdmin(CitedPartAdmin):
    parent = "disputed_fact"
    list_display = ("disputed_fact", "organization", "claimant", "value", "preferred")
    list_select_related = ("disputed_fact", "organization")


@admin.register(MeasureMaterial)
class MeasureMaterialAdmin(CitedPartAdmin):
    parent = "measure"
    list_display = ("measure", "material", "scope")
    list_select_related = ("measure", "material")


@admin.register(MeasureRelation)
class MeasureRelationAdmin(CitedPartAdmin):
    parent = "measure"
    list_display = ("measure", "relation", "other")
    list_select_related = ("measure", "other")


@admin.register(Instrument)
class InstrumentAdmin(VocabularyAdmin):
    list_display = ("code", "mast", "oecd_type", "gta_type")
    list_select_related = ("mast",)
    search_fields = ("code", "mast__title")
    inlines = (CitationInline,)


@admin.register(MastCode)
class MastCodeAdmin(VocabularyAdmin):
    list_display = ("code", "title", "edition")
    search_fields = ("code", "title")
    inlines = (CitationInline,)


@admin.register(Country)
class CountryAdmin(VocabularyAdmin):
    list_display = ("english_name", "code")
    search_fields = ("code", "english_name")


@admin.register(HSSection)
class HSSectionAdmin(ReadOnlyAdmin):
    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(HSCode)
class HSCodeAdmin(ReadOnlyAdmin):
    list_display = ("code", "description", "section")
    list_select_related = ("section",)
    list_filter = ("section",)
    search_fields = ("code", "description")


@admin.register(StatusPeriod)
class StatusPeriodAdmin(ReadOnlyAdmin):
    list_display = ("measure", "provision", "material", "status", "since_earliest", "until_earliest", "planned")
    list_select_related = ("measure", "provision", "material")
    list_filter = ("status", "planned")
    search_fields = ("measure__title", "measure__slug", "material__name")


@admin.register(TimelineEntry)
class TimelineEntryAdmin(ReadOnlyAdmin):
    list_display = ("title", "date", "kind", "role", "country", "planned", "published")
    list_select_related = ("country",)
    list_filter = ("kind", "planned", "published", ("country", admin.RelatedOnlyFieldListFilter))
    search_fields = ("key", "title")
