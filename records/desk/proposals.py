"""The desk's pages of proposals: the list of those that wait, one beside its passages, and several at once."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, path, resolve, reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import proposals, roles
from records.desk import overlay, review
from records.desk.pages import ReadOnlyAdmin
from records.models import Proposal
from records.publishing import NotAllowed

MOST_AT_ONCE = 50


class DecisionForm(forms.Form):
    """What a reviewer looked at, and what they tell the author."""

    checks = forms.MultipleChoiceField(
        label=gettext_lazy("Checklist"),
        choices=Proposal.Check,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is ticked is kept with the decision."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reasons"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Needed to reject. On approval the history shows the proposal's own reason if this is empty."
        ),
    )

    def __init__(self, *args, decision="", **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["reason"].required = decision == "reject"


class StateFilter(admin.SimpleListFilter):
    """Those that wait, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("all", _("All")), *Proposal.State.choices]

    def choices(self, changelist):
        chosen = self.value() or Proposal.State.OPEN
        for code, label in self.lookup_choices:
            link = changelist.get_query_string({self.parameter_name: code})
            yield {"selected": chosen == code, "query_string": link, "display": label}

    def queryset(self, request, queryset):
        chosen = self.value() or Proposal.State.OPEN
        return queryset if chosen == "all" else queryset.filter(state=chosen)


class WhoseFilter(admin.SimpleListFilter):
    title = gettext_lazy("author")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", _("Mine")), ("others", _("Of others"))]

    def queryset(self, request, queryset):
        if self.value() == "mine":
            return queryset.filter(by=request.user)
        return queryset.exclude(by=request.user) if self.value() == "others" else queryset


class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("reason", "subject_shown", "kind", "by", "age", "state", "decided_by")
    list_filter = (StateFilter, WhoseFilter, "kind")
    list_select_related = ("by", "decided_by", "subject_type")
    search_fields = ("reason", "by__username")
    search_help_text = gettext_lazy("Reason or author")
    ordering = ("created_at", "pk")
    actions = ("approve_together",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("subject")

    @admin.display(description=gettext_lazy("record"))
    def subject_shown(self, obj):
        return obj.subject

    @admin.display(description=gettext_lazy("waits"), ordering="created_at")
    def age(self, obj):
        return timesince(obj.created_at, obj.decided_at)

    def has_approve_permission(self, request):
        return any(request.user.has_perm(roles.permission("publish", model)) for model in roles.record_models())

    @admin.action(description=gettext_lazy("Approve together, as one change"), permissions=["approve"])
    def approve_together(self, request, queryset):
        numbers = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
        return HttpResponseRedirect(f"{reverse('admin:records_proposal_together')}?ids={numbers}")

    def get_urls(self):
        view = self.admin_site.admin_view(self.together_view)
        return [path("together/", view, name="records_proposal_together"), *super().get_urls()]

    def may_decide(self, user, proposal: Proposal) -> bool:
        kind = proposal.subject_type.model_class()
        return (
            proposal.is_open
            and user.has_perm(roles.permission("publish", kind))
            and (proposal.by_id != user.pk or not roles.second_person())
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        proposal = self.get_object(request, unquote(object_id))
        if proposal is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        if request.method != "POST":
            return self.page(request, proposal, DecisionForm())
        decision = request.POST.get("decision")
        if decision not in ("approve", "reject", "withdraw"):
            raise Http404
        allowed = proposal.by_id == request.user.pk if decision == "withdraw" else self.may_judge(request, proposal)
        if not allowed:
            raise PermissionDenied
        form = DecisionForm(request.POST, decision=decision)
        if not form.is_valid():
            return self.page(request, proposal, form)
        return self.decide(request, proposal, decision, form)

    def may_judge(self, request, proposal: Proposal) -> bool:
        return request.user.has_perm(roles.permission("publish", proposal.subject_type.model_class()))

    def decide(self, request, proposal: Proposal, decision: str, form: DecisionForm):
        reason, checks = form.cleaned_data["reason"], form.cleaned_data["checks"]
        status = 409
        try:
            if decision == "withdraw":
                proposals.withdraw(proposal, by=request.user)
                done = _("The proposal is taken back.")
            elif decision == "reject":
                proposals.reject(proposal, by=request.user, reason=reason, checks=checks)
                done = _("The proposal is rejected; its author reads why.")
            else:
                choices = {
                    name.removeprefix("hold-"): text for name, text in request.POST.items() if name.startswith("hold-")
                }
                proposals.approve(
                    [proposal],
                    by=request.user,
                    reason=reason,
                    checks=checks,
                    choices={proposal.pk: choices},
                    seen={proposal.pk: request.POST.get("seen", "")},
                )
                done = _("The proposal is approved, and readers see the change.")
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            status = 403
        except proposals.Conflicting as conflict:
            form.add_error(None, str(conflict))
        except (ValidationError, IntegrityError) as error:
            form.add_error(None, proposals.in_words(error))
        else:
            self.message_user(request, done, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:records_proposal_change", args=[proposal.pk]))
        return self.page(request, self.get_object(request, str(proposal.pk)), form, status=status)

    def page(self, request, proposal: Proposal, form: DecisionForm, status: int = 200):
        record = proposal.subject
        rows = review.shown(proposal)
        others = (
            Proposal.objects.open()
            .exclude(pk=proposal.pk)
            .filter(subject_type=proposal.subject_type_id, subject_id=proposal.subject_id)
        )
        context = {
            **self.admin_site.each_context(request),
            "title": str(record or _("a record that is gone")),
            "opts": self.opts,
            "proposal": proposal,
            "record": record,
            "record_page": review.page_of(record),
            "rows": rows,
            "cited": review.cited(rows),
            "asks": any(row.conflicts for row in rows),
            "is_stale": proposal.is_open and record is not None and record.version != proposal.read_version,
            "twins": [(twin, review.page_of(twin)) for twin in review.twins(proposal)] if proposal.is_open else [],
            "others": others.select_related("by").order_by("pk"),
            "checks": [(label, code in proposal.checks) for code, label in Proposal.Check.choices],
            "form": form,
            "seen": proposals.stored_digest(proposal.rows) if proposal.is_open else "",
            "may_decide": record is not None and self.may_decide(request.user, proposal),
            "is_own": proposal.by_id == request.user.pk,
            "edit_page": self.edit_page(request, proposal),
            "decided_after": timesince(proposal.created_at, proposal.decided_at),
        }
        return TemplateResponse(request, "admin/proposal.html", context, status=status)

    def edit_page(self, request, proposal: Proposal) -> str:
        """Address of the form with the proposal laid into it; empty where the form has no place for all of it."""
        if not proposal.page or not self.may_decide(request.user, proposal):
            return ""
        try:
            match = resolve(proposal.page)
        except Resolver404:
            return ""
        for model, page in self.admin_site._registry.items():
            if match.url_name == f"{model._meta.app_label}_{model._meta.model_name}_change":
                obj = page.get_object(request, unquote(match.kwargs["object_id"]))
                if obj is not None and overlay.fits(proposal, obj, page.get_inline_instances(request, obj)):
                    return f"{proposal.page}?proposal={proposal.pk}"
        return ""

    def together_view(self, request):
        """Several proposals as one change set, after a look at all of them."""
        numbers = [
            int(text)
            for text in request.GET.get("ids", "").split(",")[:MOST_AT_ONCE]
            if text.isascii() and text.isdigit() and len(text) < 18
        ]
        found = list(
            Proposal.objects.open()
            .filter(pk__in=numbers)
            .select_related("by", "subject_type")
            .prefetch_related("subject")
            .order_by("pk")
        )
        if not found:
            messages.warning(request, _("None of these proposals is open any more."))
            return HttpResponseRedirect(reverse("admin:records_proposal_changelist"))
        if not all(self.may_judge(request, proposal) for proposal in found):
            raise PermissionDenied
        form, status = DecisionForm(request.POST if request.method == "POST" else None), 200
        if request.method == "POST" and form.is_valid():
            try:
                proposals.approve(
                    found, by=request.user, reason=form.cleaned_data["reason"], checks=form.cleaned_data["checks"]
                )
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
                status = 403
            except proposals.Conflicting as conflict:
                form.add_error(None, _("%(conflict)s Approve it alone.") % {"conflict": conflict})
                status = 409
            except (ValidationError, IntegrityError) as error:
                form.add_error(None, proposals.in_words(error))
                status = 409
            else:
                self.message_user(request, _("The proposals are approved as one change."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:records_proposal_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Approve together, as one change"),
            "opts": self.opts,
            "proposals": [(proposal, review.page_of(proposal.subject), review.shown(proposal)) for proposal in found],
            "form": form,
        }
        return TemplateResponse(request, "admin/proposals_together.html", context, status=status)
