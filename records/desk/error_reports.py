"""What readers reported, at the desk: who takes it, how urgent it is, and what came of it."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import error_reports
from records.desk.pages import public_page
from records.models import ErrorReport, Record, Stale
from records.reporting import fact


class OpenFilter(admin.SimpleListFilter):
    title = gettext_lazy("still to do")
    parameter_name = "open"

    def lookups(self, request, model_admin):
        return [("", _("to do")), ("all", _("all"))]

    def choices(self, changelist):
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or "") == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value} if value else {}, [self.parameter_name]
                ),
                "display": label,
            }

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(state__in=ErrorReport.OPEN_STATES)


class HandlingForm(forms.ModelForm):
    """What the desk does about a report, made against the version that was read."""

    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ErrorReport
        fields = ("state", "priority", "assignee", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["read_version"].initial = self.instance.version

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("read_version") != self.instance.version:
            raise forms.ValidationError(
                _("Somebody else changed this report since you opened it. Look at it again and save."), code="stale"
            )
        return cleaned


class ErrorReportAdmin(admin.ModelAdmin):
    """Reports in the order in which they want to be dealt with."""

    form = HandlingForm
    list_display = ("text_shown", "subject_shown", "state", "priority", "assignee", "age")
    list_display_links = ("text_shown",)
    list_select_related = ("assignee", "subject_type")
    list_filter = (OpenFilter, "state", "priority", ("assignee", admin.RelatedOnlyFieldListFilter))
    search_fields = ("text", "cites", "note")
    search_help_text = gettext_lazy("Words of the report, what it cites, or the note")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    view_on_site = False
    readonly_fields = ("text", "record", "fact", "cites", "mail", "page_shown", "language", "sent_at", "last_change")
    fieldsets = (
        (None, {"fields": ("record", "fact", "text", "cites", "mail", "page_shown", "language", "sent_at")}),
        (
            gettext_lazy("What is done about it"),
            {"fields": ("state", "priority", "assignee", "note", "last_change", "read_version")},
        ),
    )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("subject")

    def get_ordering(self, request):
        return ("-priority", "sent_at", "pk")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "assignee":
            kwargs["queryset"] = db_field.related_model.objects.filter(is_staff=True, is_active=True).order_by(
                "username"
            )
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.widget.can_add_related = field.widget.can_change_related = False
        field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def render_change_form(self, request, context, *args, **kwargs):
        context["show_save_and_continue"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        typed = form.cleaned_data
        obj.version = typed["read_version"]
        try:
            error_reports.handle(
                obj,
                by=request.user,
                state=typed["state"],
                priority=typed["priority"],
                assignee=typed["assignee"],
                note=typed["note"],
            )
        except Stale:
            request.stale = True

    def response_change(self, request, obj):
        if getattr(request, "stale", False):
            messages.warning(request, _("Somebody else changed this report a moment ago; nothing of yours was saved."))
            return HttpResponseRedirect(reverse("admin:records_errorreport_change", args=[obj.pk]))
        return super().response_change(request, obj)

    @admin.display(description=gettext_lazy("what is wrong"), ordering="text")
    def text_shown(self, obj):
        return str(obj)

    @admin.display(description=gettext_lazy("record"))
    def subject_shown(self, obj):
        return str(obj.subject) if obj.subject else _("deleted")

    @admin.display(description=gettext_lazy("record"))
    def record(self, obj):
        """The record, with the ways to its page at the desk and to the public one."""
        record = obj.subject
        if not isinstance(record, Record):
            return _("deleted")
        opts = record._meta
        at_desk = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
        links = format_html('<a href="{}">{}</a> <span class="muted">{}</span>', at_desk, record, opts.verbose_name)
        if address := public_page(record):
            links = format_html('{} · <a href="{}">{}</a>', links, address, _("Public page"))
        if record.version != obj.record_version:
            links = format_html(
                '{}<div class="help">{}</div>', links, _("The record was changed since the report was sent.")
            )
        return links

    @admin.display(description=gettext_lazy("fact"))
    def fact(self, obj):
        return fact(obj.subject, obj.field)[1] if obj.field and obj.subject else _("the record as a whole")

    @admin.display(description=gettext_lazy("page"))
    def page_shown(self, obj):
        return format_html('<a href="{0}">{0}</a>', obj.page) if obj.page else self.get_empty_value_display()

    @admin.display(description=gettext_lazy("last change"))
    def last_change(self, obj):
        if not obj.changed_at:
            return _("nobody has looked at it yet")
        return _("%(by)s, %(ago)s ago") % {"by": obj.changed_by or _("somebody"), "ago": timesince(obj.changed_at)}

    @admin.display(description=gettext_lazy("age"), ordering="sent_at")
    def age(self, obj):
        return timesince(obj.sent_at, timezone.now(), depth=1)
