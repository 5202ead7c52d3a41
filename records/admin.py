"""Sources and what rests on them, change sets, and what drives the jobs."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from records.desk.change_sets import ChangeSetAdmin
from records.desk.error_reports import ErrorReportAdmin
from records.desk.inlines import CitationInline, RowInline
from records.desk.pages import ReadOnlyAdmin, RecordAdmin, VersionedPage
from records.desk.proposals import ProposalAdmin
from records.models import (
    Assignment,
    ChangeSet,
    Citation,
    DeskRules,
    ErrorReport,
    Heartbeat,
    JobSlot,
    LinkCheck,
    Name,
    OutboxEntry,
    Proposal,
    SearchEntry,
    SlugRedirect,
    Snapshot,
    Source,
    SourceStatement,
    StatementTrace,
    Undoing,
)


class SourceStatementInline(RowInline):
    model = SourceStatement
    fields = ("number", "text")
    show_change_link = True


class StatementTraceInline(RowInline):
    model = StatementTrace


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    list_display = ("title", "publisher", "date", "kind", "language", "consulted", "state_shown")
    list_filter = ("state", "kind", "consulted", "language")
    search_fields = ("slug", "title", "publisher", "url")
    search_help_text = _("Title, publisher, address or id")
    ordering = ("-latest", "slug")
    inlines = (SourceStatementInline, CitationInline)


@admin.register(SourceStatement)
class SourceStatementAdmin(VersionedPage):
    parent = "source"
    list_display = ("number", "text", "source")
    list_select_related = ("source",)
    search_fields = ("text",)
    inlines = (StatementTraceInline,)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("source", "fetched_at", "media_type", "sha256")
    list_select_related = ("source",)
    search_fields = ("source__title", "source__slug", "sha256")
    date_hierarchy = "fetched_at"
    # The bytes are sent by the page of the copy only, as a file to be stored.
    fields = ("page", "source", "fetched_at", "media_type", "sha256")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text")

    @admin.display(description=_("text"))
    def page(self, snapshot):
        return format_html('<a href="{}">{}</a>', reverse("admin:copy", args=[snapshot.pk]), _("Its text"))


@admin.register(Citation)
class CitationAdmin(ReadOnlyAdmin):
    list_display = ("source", "subject_type", "subject_id", "field", "stance", "quote", "locator")
    list_select_related = ("source", "subject_type")
    list_filter = ("stance", "subject_type")
    search_fields = ("source__title", "source__slug", "quote")


@admin.register(Name)
class NameAdmin(ReadOnlyAdmin):
    list_display = ("text", "language", "kind", "subject_type", "subject_id")
    list_select_related = ("subject_type",)
    list_filter = ("language", "kind", "subject_type")
    search_fields = ("text",)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("subject_type", "subject_id", "assignee", "priority", "changed_by", "changed_at")
    list_select_related = ("subject_type", "assignee", "changed_by")
    list_filter = ("priority",)


@admin.register(Undoing)
class UndoingAdmin(ReadOnlyAdmin):
    list_display = ("change_set", "undone", "by", "seen")
    list_select_related = ("change_set", "undone", "by")
    list_filter = ("seen",)


@admin.register(DeskRules)
class DeskRulesAdmin(ReadOnlyAdmin):
    list_display = ("second_person",)


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin):
    list_display = ("key", "topic", "created_at", "attempts", "done_at", "error")
    list_filter = ("topic", ("done_at", admin.EmptyFieldListFilter))
    search_fields = ("key",)


@admin.register(JobSlot)
class JobSlotAdmin(ReadOnlyAdmin):
    list_display = ("job", "slot", "taken_at", "done_at", "outcome")
    list_filter = ("job",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at", "note")


@admin.register(SlugRedirect)
class SlugRedirectAdmin(ReadOnlyAdmin):
    list_display = ("slug", "subject_type", "subject_id")
    list_select_related = ("subject_type",)
    list_filter = ("subject_type",)
    search_fields = ("slug",)


@admin.register(SearchEntry)
class SearchEntryAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "slug", "part")
    list_filter = ("kind",)
    search_fields = ("title", "slug")
    exclude = ("vector",)


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin):
    list_display = ("url", "outcome", "status", "checked_at", "source")
    list_select_related = ("source",)
    list_filter = ("outcome",)
    search_fields = ("url", "source__slug")


admin.site.register(ChangeSet, ChangeSetAdmin)
admin.site.register(ErrorReport, ErrorReportAdmin)
admin.site.register(Proposal, ProposalAdmin)
