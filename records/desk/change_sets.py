"""The desk's pages of change sets: what one wrote, and undoing it after a look at what that would do."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records import publishing, roles, undoing
from records.desk.forms import ReasonForm
from records.desk.pages import ReadOnlyAdmin
from records.history import version_model
from records.imports import orders
from records.models import ChangeSet, Import, Undoing
from records.revisions import RowChange, Rows, names_of_foreign_rows, row_change
from records.undoing import footprints
from records.undoing.footprints import Footprint

# Of each table, rows in full; the rest are counted.
SHOWN_ROWS = 20


@dataclass
class Written:
    """What a change set did to one table, or what undoing it would do."""

    kind: str
    counts: dict[str, int]
    rows: list[RowChange] = field(default_factory=list)

    @property
    def more(self) -> int:
        return max(0, sum(self.counts.values()) - SHOWN_ROWS)


class ChangeSetAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "reason", "by")
    list_display_links = ("at", "reason")
    list_select_related = ("by",)
    list_filter = ("kind", "at")
    search_fields = ("reason", "by__username")

    def get_urls(self):
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<path:object_id>/undo/", view, name="records_changeset_undo"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Who changed what, when and why."""
        change_set = self._get(request, object_id)
        if change_set is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        with transaction.atomic():
            found = footprints.of(change_set.pk)
        return self._page(
            request,
            "admin/change_set.html",
            change_set,
            written=[told(footprint) for footprint in found],
            may_undo=bool(found) and may_undo_some(request.user),
            undone=Undoing.objects.select_related("undone").filter(change_set=change_set).first(),
            undoings=Undoing.objects.select_related("change_set", "by").filter(undone=change_set),
        )

    def undo_view(self, request, object_id):
        """What undoing would do, or what hinders it; and the undoing itself, saying why."""
        change_set = self._get(request, object_id)
        if change_set is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not may_undo_some(request.user):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        status = 200
        if request.method == "POST":
            if not form.is_valid():
                status = 422
            else:
                reason = form.cleaned_data["change_reason"]
                try:
                    if order := Import.objects.filter(change_set=change_set, state=Import.State.APPLIED).first():
                        orders.undo(order, by=request.user, reason=reason)
                        return HttpResponseRedirect(order.get_absolute_url())
                    done = undoing.undo(change_set, by=request.user, reason=reason)
                except undoing.Obstructed as refusal:
                    return self._preview(request, change_set, form, obstacles=refusal.obstacles, status=409)
                except publishing.NotAllowed as refusal:
                    return self._preview(request, change_set, form, refusal=str(refusal), status=403)
                self.message_user(
                    request,
                    _("Change set %(number)d is undone. Undoing this one would do it again.")
                    % {"number": change_set.pk},
                    messages.SUCCESS,
                )
                return HttpResponseRedirect(reverse("admin:records_changeset_change", args=[done.pk]))
        return self._preview(request, change_set, form, status=status)

    def _get(self, request, object_id) -> ChangeSet | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def _preview(self, request, change_set, form, *, status, refusal="", obstacles=None):
        planned = undoing.plan(change_set)
        obstacles = planned.obstacles if obstacles is None else obstacles
        refusal = refusal or planned.refusal(request.user)
        if planned.is_empty:
            refusal = _("There is nothing to undo: it wrote only what follows from records.")
        return self._page(
            request,
            "admin/undo.html",
            change_set,
            status=status if status != 200 else 403 if refusal else 409 if obstacles else 200,
            form=form,
            written=[told(footprint, backwards=True) for footprint in planned.footprints],
            obstacles=obstacles,
            refusal=refusal,
            seen=planned.seen,
        )

    def _page(self, request, template, change_set, status=200, **context):
        context = {
            **self.admin_site.each_context(request),
            "title": change_set.reason,
            "opts": self.opts,
            "change_set": change_set,
            **context,
        }
        return TemplateResponse(request, template, context, status=status)


def may_undo_some(user) -> bool:
    """Whether somebody may undo change sets at all; which ones, their plans tell."""
    return any(user.has_perm(roles.permission("publish", model)) for model in roles.record_models())


def told(footprint: Footprint, *, backwards: bool = False) -> Written:
    """A footprint in words; backwards, what undoing it would do."""
    model = footprint.model
    keys = footprint.keys[:SHOWN_ROWS]
    past = version_model(model)._base_manager
    before = {row.pgh_obj_id: row for row in past.filter(superseded_by=footprint.number, pgh_obj_id__in=keys)}
    after = {row.pk: row for row in model._base_manager.filter(known_since=footprint.number, pk__in=keys)}
    after |= {row.pgh_obj_id: row for row in past.filter(known_since=footprint.number, pgh_obj_id__in=keys)}
    first, second = (after, before) if backwards else (before, after)
    rows = [(Rows(model, {}), first.get(key), second.get(key)) for key in keys]
    names = names_of_foreign_rows([rows])
    made, deleted, changed = len(footprint.made), len(footprint.deleted), len(footprint.changed)
    return Written(
        kind=capfirst(str(model._meta.verbose_name_plural)),
        counts={
            "insert": deleted if backwards else made,
            "delete": made if backwards else deleted,
            "update": changed,
        },
        rows=[change for each in rows if (change := row_change(*each, names))],
    )
