"""The page of somebody's keys for the API: made here, shown once, revoked here."""

import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from records import tokens
from records.models import ApiToken

DAYS = [(30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("one year"))]


class TokenForm(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=ApiToken._meta.get_field("name").help_text
    )
    scopes = forms.MultipleChoiceField(
        label=pgettext_lazy("of a token", "May"),
        choices=ApiToken.Scope,
        initial=ApiToken.Scope.values,
        widget=forms.CheckboxSelectMultiple,
        help_text=ApiToken._meta.get_field("scopes").help_text,
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Good for"), choices=DAYS, coerce=int, initial=90)


def urls(site) -> list:
    @require_safe
    def listed(request):
        return page(site, request, TokenForm())

    @require_POST
    def made(request):
        return make(site, request)

    @require_POST
    def revoked(request, pk):
        return revoke(request, pk)

    return [
        path("tokens/", site.admin_view(listed), name="tokens"),
        path("tokens/new/", site.admin_view(made), name="token_make"),
        path("tokens/<int:pk>/revoke/", site.admin_view(revoked), name="token_revoke"),
    ]


def seen_by(user):
    """Somebody's own tokens; whoever runs the desk sees, and can revoke, those of all."""
    found = ApiToken.objects.select_related("user").order_by("revoked_at", "-pk")
    return found if user.is_superuser else found.filter(user=user)


def page(site, request, form: TokenForm, *, key: str = "", status: int = 200):
    context = {
        **site.each_context(request),
        "title": _("API tokens"),
        "tokens": seen_by(request.user),
        "form": form,
        "key": key,
    }
    return TemplateResponse(request, "admin/tokens.html", context, status=status)


def make(site, request):
    """Make a token. Its key stands in this one answer and nowhere else."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return page(site, request, form, status=400)
    values = form.cleaned_data
    expires_at = timezone.now() + datetime.timedelta(days=values["days"])
    _token, key = tokens.issue(request.user, name=values["name"], scopes=values["scopes"], expires_at=expires_at)
    return page(site, request, TokenForm(), key=key)


def revoke(request, pk: int):
    token = get_object_or_404(seen_by(request.user), pk=min(pk, 2**63 - 1))
    tokens.revoke(token)
    messages.success(request, _("“%(token)s” is revoked; what uses it is refused from now on.") % {"token": token})
    return HttpResponseRedirect(reverse("admin:tokens"))
