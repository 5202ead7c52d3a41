"""Merging two records at the desk: choosing the one that stays, seeing what moves, and saying why."""

from itertools import groupby

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from records import duplicates, merging, roles
from records.desk.duplicates import desk_page, record_model, told
from records.desk.forms import ReasonForm
from records.models import Record, SlugRedirect, Stale
from records.publishing import NotAllowed
from records.search import plain
from records.search.terms import MAX_LENGTH

SHOWN, SHOWN_OF_KIND = 20, 50


class MergeForm(ReasonForm):
    """Why two records are one, said of the versions that were looked at."""

    read_version = forms.IntegerField(widget=forms.HiddenInput)
    into_version = forms.IntegerField(widget=forms.HiddenInput)


def urls(site) -> list:
    def served(request, label, pk):
        return merge(site, request, label, pk)

    return [path("merge/<str:label>/<int:pk>/", site.admin_view(served), name="merge")]


def may_merge(user, model: type[Record]) -> bool:
    return model.merges and user.has_perm(roles.permission("merge", model._meta.concrete_model))


def merge(site, request, label: str, pk: int):
    """Which record to merge into; with `into` in the address, what that would do."""
    model = record_model(label)
    if not model.merges or pk > 2**63 - 1:
        raise Http404
    if not may_merge(request.user, model):
        raise PermissionDenied
    loser = get_object_or_404(model, pk=pk)
    context = {
        **site.each_context(request),
        "title": _("Merge into another record"),
        "opts": model._meta,
        "loser": loser,
        "loser_page": desk_page(loser),
    }
    chosen = request.GET.get("into", "")
    if not chosen:
        return choose(request, loser, context)
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        raise Http404
    return preview(request, loser, get_object_or_404(model, pk=int(chosen)), context)


def choose(request, loser: Record, context: dict):
    model, q = type(loser), request.GET.get("q", "")[:MAX_LENGTH].strip()
    found = []
    if q:
        texts = [name for name in ("name", "title", "abbreviation", "publisher", "slug") if _has(model, name)]
        others = SlugRedirect.objects.leave_out(model.objects.exclude(pk=loser.pk))
        found = plain.matching(others, q, lambda word: plain.in_record(model, word, *texts)).order_by("slug")[:SHOWN]
    context |= {"q": q, "found": list(found), "likely": told(duplicates.like(loser))}
    return TemplateResponse(request, "admin/merge_choose.html", context)


def preview(request, loser: Record, into: Record, context: dict):
    form = MergeForm(request.POST or None, initial={"read_version": loser.version, "into_version": into.version})
    status, planned = 200, None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        loser.version, into.version = typed["read_version"], typed["into_version"]
        try:
            merging.merge(loser, into=into, by=request.user, reason=typed["change_reason"])
        except Stale:
            messages.warning(request, _("Somebody else changed one of the two since you opened this page. Look again."))
            loser.refresh_from_db(), into.refresh_from_db()
            form = MergeForm(
                initial={
                    "change_reason": typed["change_reason"],
                    "read_version": loser.version,
                    "into_version": into.version,
                }
            )
            status = 409
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
            status = 403
        else:
            messages.success(
                request,
                _("“%(loser)s” is merged into this record; its old id leads here.") % {"loser": loser.slug},
            )
            return HttpResponseRedirect(desk_page(into))
    refusal = ""
    try:
        planned = merging.plan(loser, into=into)
    except NotAllowed as error:
        refusal = str(error)
    context |= {"into": into, "into_page": desk_page(into), "form": form, "plan": planned, "refusal": refusal}
    if planned:
        context |= {"moved": by_kind(planned.moved), "dropped": planned.dropped}
    return TemplateResponse(request, "admin/merge.html", context, status=status)


def by_kind(steps: list[merging.Step]) -> list[tuple[str, int, list[merging.Step]]]:
    """Kind of row, how many of it, and the first of them."""
    ordered = sorted(steps, key=lambda step: step.kind)
    grouped = [(kind, list(same)) for kind, same in groupby(ordered, key=lambda step: step.kind)]
    return [(kind, len(same), same[:SHOWN_OF_KIND]) for kind, same in grouped]


def _has(model: type[Record], name: str) -> bool:
    return any(column.name == name for column in model._meta.concrete_fields)
