"""How records are edited at the desk: the pages of records, of the rows on them, and what can only be looked at.

Every write goes through publishing, says why, and is conditioned on the version that was read.
"""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import publishing, restoring
from records.desk.forms import ReasonForm
from records.desk.inlines import CitationInline
from records.desk.moves import MOVES
from records.desk.restoring import restore_view
from records.desk.versioned import VersionedPage, without_post
from records.models import Record, Stale


class RecordAdmin(VersionedPage):
    """The page of a record, with the steps of its review, and the way to propose changes of what readers see."""

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, obj):
        return obj.get_state_display()

    def has_delete_permission(self, request, obj=None):
        if obj is not None and obj.state != Record.State.DRAFT:
            return False
        return super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        # The public id is part of every address: fixed from the moment that others may know it.
        fixed = ["slug"] if obj and obj.state != Record.State.DRAFT else []
        if obj and obj.is_visible:
            fixed.append("embargo_until")
        return tuple(fixed)

    def get_prepopulated_fields(self, request, obj=None):
        names = {each.name for each in self.model._meta.fields}
        title = next((name for name in ("title", "name") if name in names), None)
        return {} if obj or not title else {"slug": (title,)}

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        move, restore = self.admin_site.admin_view(self.move_view), self.admin_site.admin_view(self.restore_view)
        return [
            path("<path:object_id>/move/<slug:act>/", move, name=f"{name}_move"),
            path("<path:object_id>/restore/<int:number>/", restore, name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def restore_view(self, request, object_id, number):
        return restore_view(self, request, self.get_object(request, unquote(object_id)), number)

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        offered = set()
        if obj is not None and not restoring.refusal(obj, request.user):
            offered = restoring.versions(obj)
        return super().history_view(request, object_id, {**(extra_context or {}), "restorable": offered})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["moves"] = [move for move in MOVES.values() if move.offered(request.user, obj)]
            context["public_page"] = public_page(obj)
            context["closed"] = not self.has_change_permission(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def move_view(self, request, object_id, act):
        """Take a record one step through its review, saying why."""
        obj, move = self.get_object(request, unquote(object_id)), MOVES.get(act)
        if obj is None or move is None:
            raise Http404
        if not move.permitted(request.user, obj):
            raise PermissionDenied
        form = move.form(request.POST or None, initial={"read_version": obj.version})
        status = 200
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            obj.version = values.pop("read_version")
            try:
                move.write(obj, by=request.user, reason=values.pop("change_reason"), **values)
            except publishing.NotAllowed as refusal:
                form.add_error(None, str(refusal))
                status = 403
            except Stale:
                form = move.form(
                    initial={**values, "read_version": self.get_object(request, unquote(object_id)).version}
                )
                messages.warning(request, _("Somebody else changed this record since you opened it. Look at it again."))
                status = 409
            else:
                self.message_user(request, move.done % {"record": obj}, messages.SUCCESS)
                return HttpResponseRedirect(
                    reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])
                )
        context = {
            **self.admin_site.each_context(request),
            "title": move.label,
            "opts": self.opts,
            "original": obj,
            "move": move,
            "form": form,
            "parts": [part for part in publishing.parts(obj) if part.state == obj.state] if move.takes_parts else [],
        }
        return TemplateResponse(request, "admin/move.html", context, status=status)

    def delete_view(self, request, object_id, extra_context=None):
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and not form.is_valid():
            request = without_post(request)
        return super().delete_view(request, object_id, {**(extra_context or {}), "reason_form": form})

    def delete_model(self, request, obj):
        publishing.delete(obj, by=request.user, reason=request.POST["change_reason"])


class CitedPartAdmin(VersionedPage):
    """The page of a row that belongs to a record and rests on sources of its own; reached from that record's page."""

    inlines = [CitationInline]

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class VocabularyAdmin(VersionedPage):
    """The page of a word that records choose from; only admins change it, and say why."""

    def has_change_permission(self, request, obj=None):
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return (self.opts.pk.name,) if obj else ()

    def refuse_stale(self, request, obj):
        """A word has no version: it is written by few, and seldom."""

    def proposes(self, obj) -> bool:
        return False

    def save_related(self, request, form, formsets, change):
        why, request.unchanged, request.touched, request.proposed = form.cleaned_data, False, [], None
        with publishing.change(by=request.user, reason=why["change_reason"], kind=why["change_kind"]):
            form.instance.save()
            admin.ModelAdmin.save_related(self, request, form, formsets, change)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list to look at: derived, immutable, or written by jobs."""

    list_per_page = 50
    show_full_result_count = False
    actions = None
    view_on_site = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def public_page(record: Record) -> str:
    """Address at which visitors see the record; empty where they do not, or where it has no page."""
    if not record.is_visible or not hasattr(record, "get_absolute_url"):
        return ""
    try:
        return record.get_absolute_url()
    except NoReverseMatch:
        return ""
