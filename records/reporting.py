"""The page on which a reader reports an error; no account and no script is needed."""

from urllib.parse import urlsplit

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from records import error_reports
from records.models import Record
from records.pages import Place, places
from records.queries import unprintable

# Columns that no reader sees as a fact.
NO_FACTS = {"id", "version", "known_since", "position", "submitted_by", "embargo_until", "withdrawal_notice"}


class PlainText(forms.CharField):
    """Text without control characters, which no keyboard types and PostgreSQL would refuse in part."""

    def clean(self, value):
        value = super().clean(value)
        if unprintable(value):
            raise forms.ValidationError(_("This contains characters that cannot be shown."), code="unprintable")
        return value


class ErrorReportForm(forms.Form):
    text = PlainText(
        label=gettext_lazy("What is wrong?"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Which word, number or date, and what it should be."),
    )
    cites = PlainText(
        label=gettext_lazy("What shows it?"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("A publication, page or address, if you know one."),
    )
    mail = forms.EmailField(
        label=gettext_lazy("Your mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Only if you want an answer. Nobody outside the editors sees it."),
    )
    # People neither see nor reach this field; programs that fill in every field give themselves away.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_page(self) -> str:
        """The path from which the reader came; anything else is dropped, since it is no part of what was typed."""
        page = self.cleaned_data["page"]
        is_path = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
        return page if is_path and len(page) <= 500 and not unprintable(page) else ""


class ReportError(View):
    """A form about one fact of one record that readers may see; about any other record it answers "not found"."""

    def dispatch(self, request, *args, **kwargs):
        self.record, self.place = reported(request.GET.get("record", ""))
        self.field, self.label = fact(self.record, request.GET.get("field", ""))
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    def get(self, request):
        return self.page(ErrorReportForm(initial={"page": came_from(request)}))

    def post(self, request):
        form = ErrorReportForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=400)
        typed = form.cleaned_data
        if not typed.pop("website"):
            try:
                error_reports.send(
                    self.record,
                    field=self.field,
                    sender=error_reports.sender_of(request),
                    language=get_language() or "",
                    **typed,
                )
            except error_reports.TooMany as refusal:
                form.add_error(None, str(refusal))
                return self.page(form, status=429)
        return HttpResponseRedirect(reverse("records:error_reported"))

    def page(self, form: ErrorReportForm, status: int = 200):
        context = {
            "form": form,
            "record": self.record,
            "kind": self.record._meta.verbose_name,
            "place": self.place,
            "label": self.label,
        }
        response = render(self.request, "records/report_error.html", context, status=status)
        if status == 429:
            response["Retry-After"] = str(int(error_reports.HOUR.total_seconds()))
        return response


class ErrorReported(TemplateView):
    """Thanks; the same words for everybody, since the report itself is the desk's."""

    template_name = "records/error_reported.html"


def record_name(record: Record) -> str:
    """How the address of the form names a record: "measure:jp-2019-three-materials-licensing"."""
    return f"{record._meta.concrete_model._meta.model_name}:{record.slug}"


def reported(name: str) -> tuple[Record, Place]:
    """The record that an address names, and where it is shown; Http404 where readers may not see it."""
    kind, _colon, slug = name.partition(":")
    models = {
        model._meta.model_name: model
        for model in apps.get_models()
        if issubclass(model, Record) and not model._meta.proxy
    }
    record = None
    if kind in models and not unprintable(slug):
        record = models[kind].objects.readable().filter(slug=slug).first()
    place = places([record]).get(record) if record else None
    if place is None:
        raise Http404(_("There is no such record to report an error in."))
    return record, place


def fact(record: Record, name: str) -> tuple[str, str]:
    """A field of the record, and what readers call it; an empty name is the record as a whole."""
    if not name:
        return "", ""
    try:
        field = record._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise Http404(_("There is no such record to report an error in.")) from error
    if field.name in NO_FACTS or (field.auto_created and not field.one_to_many):
        raise Http404(_("There is no such record to report an error in."))
    return field.name, str(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural)


def came_from(request) -> str:
    """The path and query of the page that led here, if it is one of this site."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
