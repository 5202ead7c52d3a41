"""The button by which somebody at the desk says that a record was compared with its sources."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from records import staleness
from records.desk.duplicates import desk_page, record_model
from records.models import Stale


def urls(site) -> list:
    @require_POST
    def served(request, label, pk):
        return checked(request, label, pk)

    return [path("checked/<str:label>/<int:pk>/", site.admin_view(served), name="checked")]


def checked(request, label: str, pk: int):
    """Note a check of the version that was read; one that somebody changed meanwhile is to be looked at again."""
    record = get_object_or_404(record_model(label), pk=min(pk, 2**63 - 1))
    if not staleness.may_check(request.user, record):
        raise PermissionDenied
    if request.POST.get("read_version") != str(record.version):
        messages.warning(request, _("Somebody else changed this record since you opened it. Look at it again."))
        return HttpResponseRedirect(desk_page(record))
    try:
        staleness.check(record, by=request.user)
    except Stale:
        messages.warning(request, _("Somebody else changed this record since you opened it. Look at it again."))
    else:
        messages.success(request, _("Noted: checked against its sources today, nothing to change."))
    return HttpResponseRedirect(desk_page(record))
