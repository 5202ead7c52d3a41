"""The desk's site: what its first page shows, its navigation, and the reading of dates while they are typed."""

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import CharField, F, Value
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import roles
from records.desk import copies, duplicates, imports, inbox_pages, merging, passages, reports, staleness, tokens
from records.desk.forms import reading
from records.desk.inbox_kinds import without_parts
from records.models import ChangeSet, Proposal, Record

# What the header leads to; an entry that somebody may not see is left out.
SECTIONS = (
    (gettext_lazy("Measures"), "measures.measure"),
    (gettext_lazy("Events"), "measures.measureevent"),
    (gettext_lazy("Materials"), "measures.material"),
    (gettext_lazy("Programs"), "programs.program"),
    (gettext_lazy("Milestones"), "programs.milestone"),
    (gettext_lazy("Sources"), "records.source"),
    (gettext_lazy("Change sets"), "records.changeset"),
)
APPS = ("measures", "programs", "records", "auth")


class DeskSite(admin.AdminSite):
    site_title = gettext_lazy("policytrack desk")
    site_header = gettext_lazy("policytrack desk")
    index_title = gettext_lazy("Desk")
    empty_value_display = gettext_lazy("not stated")
    enable_nav_sidebar = False

    def get_urls(self):
        return [
            path("edtf/", self.admin_view(self.edtf_view), name="edtf"),
            *copies.urls(self),
            *duplicates.urls(self),
            *merging.urls(self),
            *passages.urls(self),
            *reports.urls(self),
            *staleness.urls(self),
            *tokens.urls(self),
            *imports.urls(self),
            *inbox_pages.urls(self),
            *super().get_urls(),
        ]

    def admin_view(self, view, cacheable=False):
        def checked(request, *args, **kwargs):
            # PostgreSQL has no NUL in texts, and Django's look-ups pass it on from the address.
            parts = [request.path, *(each for name, values in request.GET.lists() for each in (name, *values))]
            if any("\0" in part for part in parts):
                raise BadRequest(_("The address contains a character that no record has."))
            return view(request, *args, **kwargs)

        checked.csrf_exempt = getattr(view, "csrf_exempt", False)
        return super().admin_view(checked, cacheable)

    def edtf_view(self, request):
        """What an EDTF text says, as a fragment of HTML for the field it stands in."""
        return HttpResponse(reading(request.GET.get("text", "")), headers={"Cache-Control": "no-store"})

    def each_context(self, request):
        context = {**super().each_context(request), "sections": self.sections(request)}
        if context["has_permission"]:
            context["one_person"] = not roles.second_person()
        return context

    def sections(self, request) -> list[dict]:
        url = reverse("admin:inbox")
        found = [{"label": _("Inbox"), "url": url, "current": request.path.startswith(url)}]
        for label, name in SECTIONS:
            model = apps.get_model(name)
            if model in self._registry and self._registry[model].has_view_permission(request):
                url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
                found.append({"label": label, "url": url, "current": request.path.startswith(url)})
        if reports.may_see(request.user):
            url = reverse("admin:desk_reports")
            found.append({"label": _("Reports"), "url": url, "current": request.path.startswith(url)})
        if imports.may_see(request.user):
            url = reverse("admin:import_list")
            found.append({"label": _("Imports"), "url": url, "current": request.path.startswith(url)})
        return found

    def get_app_list(self, request, app_label=None):
        """The apps of the knowledge first, then accounts and the rest."""
        found = super().get_app_list(request, app_label)
        return sorted(found, key=lambda app: APPS.index(app["app_label"]) if app["app_label"] in APPS else len(APPS))

    def index(self, request, extra_context=None):
        context = {
            "waiting": self.records_in(Record.State.IN_REVIEW),
            "drafts": self.records_in(Record.State.DRAFT),
            "proposals": Proposal.objects.open().select_related("by", "subject_type").order_by("pk")[:20],
            "own_proposals": Proposal.objects.filter(by=request.user).select_related("decided_by")[:8],
            "change_sets": ChangeSet.objects.select_related("by")[:8],
        }
        return super().index(request, {**context, **(extra_context or {})})

    def records_in(self, state: str, limit: int = 20) -> list[dict]:
        """Records of every kind in one state, without parts that share it with their whole: one query over all."""
        kinds = [model for model in self._registry if issubclass(model, Record) and not model._meta.proxy]
        rows = [
            without_parts(model.objects.filter(state=state), state)
            .order_by()
            .values(
                "pk", "slug", label=Value(model._meta.label_lower, CharField()), submitter=F("submitted_by__username")
            )
            for model in kinds
        ]
        found = rows[0].union(*rows[1:], all=True).order_by("label", "slug")[:limit]
        return [{**row, **_page_of(row)} for row in found]


def _page_of(row: dict) -> dict:
    opts = apps.get_model(row["label"])._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row["pk"]])
    return {"kind": opts.verbose_name, "url": url}
