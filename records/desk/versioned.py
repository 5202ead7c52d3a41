"""A page whose changes are conditioned on the version of a record, and become proposals where readers see it."""

import copy

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.admin import GenericTabularInline
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Max
from django.forms.models import _get_foreign_key
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from records import proposals, publishing, roles
from records.desk import conflicts, overlay
from records.desk.forms import ChangeForm
from records.desk.inlines import NEVER_TYPED, DeskFields
from records.models import Proposal, Record, Stale
from records.proposals.writing import free_slug
from records.revisions import Rows, revisions

PUBLICATION_FIELDS = ("slug", "checked_on", "embargo_until")


class VersionedPage(DeskFields, admin.ModelAdmin):
    """A page whose changes are conditioned on the version of a record: its own, or the one it belongs to."""

    form = ChangeForm
    list_per_page = 50
    show_full_result_count = False
    actions = None
    view_on_site = False
    # Field that leads to the record whose version and state count; None where the row is that record itself.
    parent = None

    def record_of(self, obj) -> Record:
        return getattr(obj, self.parent) if self.parent else obj

    def has_change_permission(self, request, obj=None):
        if obj is None:
            kind = self.model._meta.get_field(self.parent).related_model if self.parent else self.model
            return any(request.user.has_perm(roles.permission(act, kind)) for act in ("change", "propose"))
        record = self.record_of(obj)
        return roles.may_edit(request.user, record) or roles.may_propose(request.user, record)

    def proposes(self, obj) -> bool:
        """Whether what is sent from the page becomes a proposal: readers see the record."""
        return obj is not None and obj.pk is not None and self.record_of(obj).is_shown

    def proposal_to_edit(self, request, obj) -> Proposal | None:
        """The proposal that somebody wants to change before approving it, named in the address."""
        number = request.GET.get("proposal", "")
        if not (number.isascii() and number.isdigit() and len(number) < 18) or not self.proposes(obj):
            return None
        record = self.record_of(obj)
        found = Proposal.objects.open().about(record).filter(pk=number, page=self.address(obj)).first()
        may = found and request.user.has_perm(roles.permission("publish", type(record)))
        return found if may and (found.by_id != request.user.pk or not roles.second_person()) else None

    def address(self, obj) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def get_fieldsets(self, request, obj=None):
        own = [
            each.name
            for each in self.model._meta.fields
            if each.editable
            and not each.auto_created
            and each.name not in {*NEVER_TYPED, *PUBLICATION_FIELDS, "subject_type", "subject_id", self.parent}
        ]
        fieldsets = [(None, {"fields": own})]
        if issubclass(self.model, Record):
            fieldsets.append((_("Publication"), {"fields": PUBLICATION_FIELDS}))
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            fieldsets.append((_("Why"), {"fields": ChangeForm.ABOUT_CHANGE}))
        return fieldsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.parent = self.parent
        form.refusal = getattr(request, "refusal", None)
        return form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if laid_over := getattr(request, "laid_over", None):
            kwargs["initial"] = laid_over.new_rows.get(type(inline), [])
        return kwargs

    def get_formsets_with_inlines(self, request, obj=None):
        laid_over = getattr(request, "laid_over", None)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if laid_over:
                formset.extra = len(laid_over.new_rows.get(type(inline), []))
            yield formset, inline

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            obj = self.get_object(request, unquote(object_id)) if object_id else None
            proposal = self.proposal_to_edit(request, obj)
            if request.method == "POST" and object_id:
                if obj is None:
                    return self.lost_view(request, None)
                self.refuse_stale(request, obj)
            elif proposal:
                request.laid_over = overlay.typed(proposal, obj, self.get_inline_instances(request, obj))
            if "proposal" in request.GET and proposal is None:
                messages.warning(request, _("This proposal is not open any more, or not for you to decide on."))
                return HttpResponseRedirect(self.address(obj) if obj else "../..")
            request.proposal = proposal
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Stale:
            return self.conflict_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            request.refusal = _("The database refused this: what it depends on has just changed. Look again and save.")
            return super().changeform_view(request, object_id, form_url, extra_context)

    def refuse_stale(self, request, obj):
        """Before rows that are gone meanwhile look like mistakes; the save itself is conditioned all the same."""
        if request.POST.get("read_version") != str(self.record_of(obj).version):
            raise Stale(obj)

    def conflict_view(self, request, object_id, form_url="", extra_context=None):
        """The page anew on what is stored now, with the editor's own text laid over it: 409, nothing was written."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_change_permission(request, obj):
            return self.lost_view(request, obj)
        record = self.record_of(obj)
        form = self.get_form(request, obj, change=True, fields=flatten_fieldsets(self.get_fieldsets(request, obj)))(
            request.POST, instance=obj
        )
        typed = conflicts.typed(form, zip(*self._create_formsets(request, obj, change=True), strict=True), record)
        again = without_post(request)
        again.laid_over = typed
        latest = revisions(record, limit=1)
        context = {"typed": typed, "latest": latest[0] if latest else None}
        response = super().changeform_view(again, object_id, form_url, {**(extra_context or {}), **context})
        response.status_code = 409
        return response

    def lost_view(self, request, obj):
        """What was typed, for copying, when the record is gone or no longer open to change."""
        formsets = {rows.get_default_prefix(): rows for rows, _page in self.get_formsets_with_inlines(request, obj)}
        typed = conflicts.lines_of(request.POST, self.model, formsets)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": obj, "typed": typed}
        context["title"] = _("Your changes could not be saved")
        return TemplateResponse(request, "admin/lost.html", context, status=409)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["show_save_and_add_another"] = False
        if self.proposes(obj):
            record = self.record_of(obj)
            context["proposes"] = True
            context["editing"] = getattr(request, "proposal", None)
            context["at_once"] = self.approves_at_once(request, record)
            context["open_proposals"] = Proposal.objects.open().about(record).select_related("by").order_by("pk")
        if laid_over := getattr(request, "laid_over", None):
            context["adminform"].form.initial.update(laid_over.fields)
            for rows in context["inline_admin_formsets"]:
                typed_rows = laid_over.rows.get(type(rows.opts), {})
                for form in rows.formset.initial_forms:
                    form.initial.update(typed_rows.get(form.instance.pk, {}))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """Nothing yet: `save_related` writes the record and its rows in one change set."""

    def approves_at_once(self, request, record) -> bool:
        """At a desk of one person, whoever may publish need not wait for themselves."""
        return request.user.has_perm(roles.permission("publish", type(record))) and not roles.second_person()

    def save_related(self, request, form, formsets, change):
        request.unchanged = change and not form.changes_record and not any(each.has_changed() for each in formsets)
        request.proposed = None
        if request.unchanged and not request.proposal:
            return
        obj, why = form.instance, form.cleaned_data
        record = self.record_of(obj)
        if change:
            record.version = why["read_version"]
        if self.proposes(obj):
            self.propose(request, form, formsets, why)
            return
        with publishing.change(by=request.user, reason=why["change_reason"], kind=why["change_kind"]) as change_set:
            self.write(request, form, formsets, change)
            linked = {each.name for each in obj._meta.many_to_many}.intersection(form.changed_data)
            rows_only = not linked and not any(each.has_changed() for each in formsets)
            publishing.carry(request.touched, change_set, rows_only=rows_only)

    def write(self, request, form, formsets, change):
        obj = form.instance
        record = self.record_of(obj)
        if not change:
            publishing.make_room(record)
        record.save()
        if record is not obj:
            obj.save()
        request.touched = [record]
        super().save_related(request, form, formsets, change)

    def propose(self, request, form, formsets, why):
        """Make a proposal of what was sent, or approve the one that the reviewer has changed here."""
        record = self.record_of(form.instance)
        with proposals.rehearsal(record) as rehearsed:
            self.write(request, form, formsets, change=True)
        request.unchanged = not rehearsed.rows
        if request.unchanged:
            return
        if request.proposal:
            proposals.approve(
                [request.proposal],
                by=request.user,
                reason=why["change_reason"],
                kind=why["change_kind"],
                edited=rehearsed,
            )
            request.proposed = request.proposal
            return
        request.proposed = proposals.propose(
            record,
            rehearsed,
            by=request.user,
            reason=why["change_reason"],
            kind=why["change_kind"],
            page=self.address(form.instance),
        )
        if self.approves_at_once(request, record):
            proposals.approve([request.proposed], by=request.user)

    def save_formset(self, request, form, formset, change):
        rows = formset.save(commit=False)
        for removed in formset.deleted_objects:
            if isinstance(removed, Record):
                request.touched.append(copy.copy(removed))
            removed.delete()
        places = any(each.name == "position" for each in formset.model._meta.fields)
        last = (
            formset.get_queryset().aggregate(last=Max("position"))["last"] if places and formset.instance.pk else None
        )
        for row in rows:
            if row._state.adding:
                last = 0 if last is None else last + 1
                if places:
                    row.position = last
                if isinstance(row, Record) and not row.slug:
                    row.slug = free_slug(type(row), self.record_of(form.instance).slug)
            row.save()
            if isinstance(row, Record):
                request.touched.append(row)
        formset.save_m2m()

    def response_change(self, request, obj):
        if request.unchanged:
            self.message_user(request, _("Nothing was different, so nothing was saved."), messages.INFO)
            return HttpResponseRedirect(request.get_full_path())
        if request.proposed:
            self.message_user(request, self.told(request.proposed), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:records_proposal_change", args=[request.proposed.pk]))
        return super().response_change(request, obj)

    @staticmethod
    def told(proposal) -> str:
        if proposal.is_open:
            return _("Your proposal waits for a reviewer. Until it is approved, readers see what they saw before.")
        return _("The proposal is approved, and readers see the change.")

    # The version tables are the log.
    def construct_change_message(self, request, form, formsets, add=False):
        return []

    def log_addition(self, request, obj, message):
        pass

    log_change = log_addition

    def log_deletions(self, request, queryset):
        pass

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "opts": self.opts,
            "object": obj,
            "revisions": revisions(obj, self.belonging(request, obj)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def belonging(self, request, obj) -> list[Rows]:
        """The rows on the page of a record, as the version tables find them."""
        found = []
        for inline in self.get_inline_instances(request, obj):
            if isinstance(inline, GenericTabularInline):
                subject = ContentType.objects.get_for_model(obj)
                found.append(Rows(inline.model, {"subject_type": subject.pk, "subject_id": obj.pk}))
            else:
                key = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
                found.append(Rows(inline.model, {key.name: obj.pk}))
        return found


def without_post(request):
    """The same request, asking for the page instead of sending it."""
    again = copy.copy(request)
    again.method = "GET"
    again.POST = QueryDict()
    return again
