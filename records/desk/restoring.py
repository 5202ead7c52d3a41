"""The page on which a reviewer lets a record say again what an earlier version said."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from records import proposals, restoring
from records.desk.forms import MoveForm
from records.models import Stale
from records.publishing import NotAllowed


def restore_view(page, request, obj, number: int):
    """Show what restoring would change, and do it with a reason. `page` is the desk's page of the record."""
    if obj is None:
        raise Http404
    if restoring.refusal(obj, request.user):
        raise PermissionDenied(restoring.refusal(obj, request.user))
    found = restoring.restorable(obj, number)
    if found is None:
        raise Http404
    history = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_history", args=[obj.pk])
    form = MoveForm(request.POST or None, initial={"read_version": obj.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        obj.version = form.cleaned_data["read_version"]
        try:
            restoring.restore(obj, number, by=request.user, reason=form.cleaned_data["change_reason"])
        except Stale:
            messages.warning(request, _("Somebody else changed this record since you opened it. Look at it again."))
            return HttpResponseRedirect(history)
        except (ValidationError, IntegrityError, NotAllowed) as error:
            form.add_error(None, str(error) if isinstance(error, NotAllowed) else proposals.in_words(error))
            status = 409
        else:
            messages.success(request, _("The earlier version of “%(record)s” stands again.") % {"record": obj})
            return HttpResponseRedirect(history)
    context = {
        **page.admin_site.each_context(request),
        "title": _("Restore version"),
        "opts": page.opts,
        "original": obj,
        "form": form,
        "changes": found.changes,
    }
    return TemplateResponse(request, "admin/restore.html", context, status=status)
