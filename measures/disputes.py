"""Disputed facts at the desk: a second version of a fact from its record's page, and the version that is preferred."""

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures import claims
from measures.models import Claim, DisputedFact
from records import publishing, roles
from records.desk.forms import EDTFWidget, ReasonForm, RecordSelect
from records.desk.panels import RecordPanel
from records.desk.passages import facts_of, with_citations
from records.models import Record, Stale
from records.proposals.writing import free_slug

# What a disputed fact can be about, as the data set knows it.
SUBJECTS = (
    "measures.measure",
    "measures.measureevent",
    "measures.material",
    "measures.organization",
    "programs.program",
    "programs.indicator",
)
NEITHER, RECORDED, OTHER = "", "recorded", "other"


class DisputesPanel(RecordPanel):
    """What is disputed about a record, and the way to set another version beside what it says."""

    template = "admin/includes/disputes.html"

    @property
    def shown(self) -> bool:
        return self.record._meta.label_lower in SUBJECTS

    @property
    def facts(self) -> list[DisputedFact]:
        return list(DisputedFact.objects.about([self.record]).prefetch_related("claims__organization"))

    @property
    def address(self) -> str:
        if not self.user.has_perm(roles.permission("add", DisputedFact)):
            return ""
        return reverse("admin:measures_disputedfact_dispute", args=[self.record._meta.label_lower, self.record.pk])


class DisputeForm(ReasonForm):
    """The fact that is told differently, and which version is preferred, if any."""

    field = forms.ChoiceField(
        label=gettext_lazy("Fact"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What it is about."),
    )
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=200,
        help_text=gettext_lazy("One line, as a question that the versions answer differently."),
    )
    preferred = forms.ChoiceField(
        label=gettext_lazy("Preferred"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (NEITHER, gettext_lazy("neither version")),
            (RECORDED, gettext_lazy("the version that is recorded")),
            (OTHER, gettext_lazy("the other version")),
        ],
        initial=NEITHER,
    )
    because = forms.CharField(
        label=gettext_lazy("Because"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Why that version is preferred; readers are told."),
    )
    field_order = ("field", "question", "preferred", "because", "change_reason")

    def __init__(self, *args, facts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [
            (offer.fact.field, f"{offer.label}: {Truncator(offer.value).chars(90)}" if offer.value else offer.label)
            for offer in facts
        ]

    def clean(self):
        values = super().clean()
        if values.get("preferred") and not values.get("because"):
            self.add_error("because", _("A preferred version needs the reason."))
        return values


class VersionForm(forms.ModelForm):
    """One body's version of a fact."""

    class Meta:
        model = Claim
        fields = ("organization", "claimant", "date", "value", "statement", "quote")
        widgets = {
            "date": EDTFWidget,
            "statement": forms.Textarea(attrs={"rows": 3}),
            "quote": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["organization"].widget = RecordSelect(Claim._meta.get_field("organization"), site)
        self.fields["organization"].widget.choices = self.fields["organization"].choices


class PreferForm(ReasonForm):
    """Which version is preferred, and why."""

    version = forms.ModelChoiceField(
        Claim.objects.none(),
        label=gettext_lazy("Preferred"),
        required=False,
        empty_label=gettext_lazy("no version"),
        widget=forms.RadioSelect,
    )
    read_version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("version", "change_reason")

    def __init__(self, *args, fact: DisputedFact, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = fact.claims.select_related("organization")
        self.fields["version"].label_from_instance = lambda claim: (
            f"{claim.organization or claim.claimant}: {claim.value or claim.statement}"
        )


def urls(page) -> list:
    """The addresses of these pages, below those of disputed facts; `page` is the page of one at the desk."""

    def served(view):
        def answer(request, **kwargs):
            return view(page.admin_site, request, **kwargs)

        return page.admin_site.admin_view(answer)

    return [
        path("about/<str:label>/<int:pk>/", served(dispute), name="measures_disputedfact_dispute"),
        path("<int:pk>/prefer/", served(prefer), name="measures_disputedfact_prefer"),
    ]


def dispute(site, request, *, label, pk):
    """Set another version beside what a record says."""
    if label not in SUBJECTS:
        raise Http404
    record = get_object_or_404(apps.get_model(label)._base_manager, pk=pk)
    if not request.user.has_perm(roles.permission("add", DisputedFact)):
        raise PermissionDenied
    with_citations([record])
    initial = {"change_reason": _("Another version of what is recorded"), "field": request.GET.get("field", "")}
    form = DisputeForm(request.POST or None, facts=facts_of(record), initial=initial)
    versions = {
        name: VersionForm(request.POST or None, prefix=name, site=site, instance=Claim()) for name in (RECORDED, OTHER)
    }
    status = 200
    if request.method == "POST":
        if all([form.is_valid(), *(version.is_valid() for version in versions.values())]):
            fact = _disputed(request, record, form.cleaned_data, versions)
            messages.success(
                request, _("The versions stand beside each other, as a draft. Add their sources, and submit it.")
            )
            return HttpResponseRedirect(reverse("admin:measures_disputedfact_change", args=[fact.pk]))
        status = 400
    context = {
        "title": _("Another version of a fact"),
        "opts": record._meta,
        "record": record,
        "form": form,
        "versions": [
            (_("The version that is recorded"), versions[RECORDED]),
            (_("The other version"), versions[OTHER]),
        ],
        "media": site.get_model_admin(DisputedFact).media + form.media + versions[OTHER].media,
        "about": DisputedFact.objects.about([record]),
    }
    return TemplateResponse(request, "admin/dispute.html", {**site.each_context(request), **context}, status=status)


def _disputed(request, record: Record, values: dict, versions: dict[str, VersionForm]) -> DisputedFact:
    made = {name: version.save(commit=False) for name, version in versions.items()}
    if preferred := made.get(values["preferred"]):
        preferred.preferred, preferred.reason = True, values["because"]
    fact = DisputedFact(
        slug=free_slug(DisputedFact, record.slug), subject=record, field=values["field"], question=values["question"]
    )
    return claims.dispute(fact, made.values(), by=request.user, reason=values["change_reason"])


def prefer(site, request, *, pk):
    """Prefer one of the versions, or none."""
    fact = get_object_or_404(DisputedFact, pk=pk)
    if not (roles.may_edit(request.user, fact) or roles.may_propose(request.user, fact)):
        raise PermissionDenied
    chosen = fact.claims.filter(preferred=True).first()
    form = PreferForm(request.POST or None, fact=fact, initial={"version": chosen, "read_version": fact.version})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            fact.version = form.cleaned_data["read_version"]
            try:
                claims.prefer(
                    fact, form.cleaned_data["version"], by=request.user, reason=form.cleaned_data["change_reason"]
                )
            except Stale:
                form.add_error(None, _("Somebody else changed this record since you opened it. Look at it again."))
                status = 409
            except (ValidationError, publishing.NotAllowed) as refusal:
                form.add_error(None, str(refusal))
            else:
                told = _("The preference waits for a reviewer.") if fact.is_shown else _("The preference is recorded.")
                messages.success(request, told)
                return HttpResponseRedirect(reverse("admin:measures_disputedfact_change", args=[fact.pk]))
    context = {"title": _("Prefer a version"), "opts": fact._meta, "fact": fact, "form": form}
    return TemplateResponse(request, "admin/prefer.html", {**site.each_context(request), **context}, status=status)
