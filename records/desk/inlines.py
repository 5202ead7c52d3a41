"""The rows on a record's page at the desk, and what pages and rows share."""

from django import forms
from django.contrib import admin
from django.contrib.contenttypes.admin import GenericTabularInline
from django.db import models
from django.utils.text import capfirst

from records import roles
from records.desk.forms import EDTFWidget, RecordSelect
from records.desk.parts import PartFormSet, RecordPartForm, RowForm
from records.fields import EDTFField
from records.footing import cited_fields
from records.models import Citation, Name, Record
from records.models.record import DRIVEN_FIELDS

NEVER_TYPED = (*DRIVEN_FIELDS, "position")


class DeskFields:
    """What pages and rows share: how a model's fields become form fields."""

    formfield_overrides = {EDTFField: {"widget": EDTFWidget}}

    def get_autocomplete_fields(self, request):
        return [
            each.name
            for each in self.model._meta.fields
            if isinstance(each, models.ForeignKey)
            and each.related_model in self.admin_site._registry
            and self.admin_site.get_model_admin(each.related_model).search_fields
        ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RecordSelect(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.TextField) and db_field.null:
            kwargs["empty_value"] = None  # an unknown text is NULL; Django knows this of CharField only
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and hasattr(field.widget, "can_change_related"):
            field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
        if isinstance(db_field, models.TextField) and field:
            field.widget.attrs["rows"] = 3
        return field


class Part(DeskFields):
    """Rows on a record's page; whoever may change the record may change them."""

    extra = 0
    exclude = ("position",)

    @property
    def is_record(self) -> bool:
        return issubclass(self.model, Record)

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        if self.is_record:
            # On the page of what readers see, a new record is part of a proposal.
            act = "propose" if obj is not None and self.whole(obj).is_shown else "add"
            if not request.user.has_perm(roles.permission(act, self.model)):
                return False
        return self.has_change_permission(request, obj)

    def whole(self, obj) -> Record:
        return self.admin_site.get_model_admin(self.parent_model).record_of(obj)

    def has_change_permission(self, request, obj=None):
        page = self.admin_site.get_model_admin(self.parent_model)
        if obj is None or obj.pk is None:
            return page.has_add_permission(request)
        return page.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class RowInline(Part, admin.TabularInline):
    """Links and other rows without a life of their own."""

    form = RowForm
    formset = PartFormSet


class RecordInline(Part, admin.StackedInline):
    """Records that belong to the record of the page, each with a version, a state and a page of its own."""

    form = RecordPartForm
    formset = PartFormSet
    show_change_link = True
    exclude = (*NEVER_TYPED, "checked_on", "embargo_until")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.user, formset.proposes = request.user, obj is not None and self.whole(obj).is_shown
        return formset


class NameInline(Part, GenericTabularInline):
    model = Name
    ct_field, ct_fk_field = "subject_type", "subject_id"
    fields = ("text", "language", "kind")


class CitationInline(Part, GenericTabularInline):
    model = Citation
    ct_field, ct_fk_field = "subject_type", "subject_id"
    fields = ("source", "field", "stance", "quote", "locator")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "field":
            label = capfirst(db_field.verbose_name)
            return forms.ChoiceField(label=label, choices=cited_fields(self.parent_model), required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)
