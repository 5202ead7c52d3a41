"""Likely duplicates at the desk: told while a record is typed, and beside one that is stored."""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse

from records import duplicates, roles
from records.models import Record

LONGEST = 2000


def urls(site) -> list:
    def served(request):
        return likeness(site, request)

    return [path("likeness/", site.admin_view(served), name="likeness")]


def likeness(site, request):
    """The records that what is typed may be about, as a fragment of HTML; `of` names the kind of record."""
    model = record_model(request.GET.get("of", ""))
    if not any(request.user.has_perm(roles.permission(act, model)) for act in ("add", "change", "propose")):
        raise PermissionDenied
    own = request.GET.get("pk", "")
    values = {name: text[:LONGEST] for name, text in request.GET.items() if name not in ("of", "pk")}
    stored = own.isascii() and own.isdigit() and len(own) < 19
    found = duplicates.find(model, values, apart_from=int(own) if stored else None)
    body = render_to_string("admin/includes/likeness.html", {"found": told(found)}, request)
    return HttpResponse(body, headers={"Cache-Control": "no-store"})


def record_model(label: str) -> type[Record]:
    """A kind of record by its label, "measures.material"; Http404 for anything else."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, Record):
        raise Http404
    return model._meta.concrete_model


def told(found: list[duplicates.Likeness]) -> list[tuple[duplicates.Likeness, str]]:
    return [(like, desk_page(like.record)) for like in found]


def desk_page(record: Record) -> str:
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
