"""The desk's pages of imports: bringing a file, its faults, what it would do, and what a reviewer decides."""

import csv

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from records import exports, publishing
from records.desk import plans
from records.desk.forms import ReasonForm
from records.imports import encodings, orders
from records.imports.kinds import ID, RowKind, kinds
from records.imports.tables import Unreadable
from records.models import ChangeSet, Import

STOP_POLLING = 286  # htmx's own status code
SHOWN_IMPORTS = 100
State = Import.State
SHOWS_ROWS = {
    State.CHECKED,
    State.SUBMITTED,
    State.APPLIED,
    State.UNDOING,
    State.REJECTED,
    State.UNDONE,
    State.FAILED,
}


class UploadForm(forms.Form):
    """A file and what its rows are."""

    kind = forms.ChoiceField(label=gettext_lazy("What its rows are"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("CSV, or a workbook (.xlsx) without macros; at most 64 MB and 250,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"),
        required=False,
        choices=[("", gettext_lazy("tell it from the file")), *encodings.NAMES.items()],
        help_text=gettext_lazy("Only of CSV. Where the file does not tell for certain, you are asked."),
    )

    def __init__(self, *args, kinds_brought, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["kind"].choices = [(kind.name, kind.title) for kind in kinds_brought]


class EncodingForm(forms.Form):
    encoding = forms.ChoiceField(choices=list(encodings.NAMES.items()))


class SubmitForm(ReasonForm):
    change_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of change"),
        choices=[choice for choice in ChangeSet.Kind.choices if choice[0] != "upkeep"],
        help_text=ChangeSet._meta.get_field("kind").help_text,
    )


class VerdictForm(forms.Form):
    verdict = forms.CharField(
        label=gettext_lazy("What you say to it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A rejection needs it: it tells what has to be mended."),
    )


def urls(site) -> list:
    """The addresses of these pages, under the desk's own."""
    own = ImportPages(site)

    def page(route, view, name):
        return path(f"imports/{route}", site.admin_view(view), name=name)

    return [
        page("", own.listed, "import_list"),
        page("template/<slug:kind>.<slug:format>", require_safe(own.template), "import_template"),
        page("<uuid:key>/", require_safe(own.detail), "import_detail"),
        page("<uuid:key>/faults.csv", require_safe(own.faults), "import_faults"),
        page("<uuid:key>/file", require_safe(own.file), "import_file"),
        page("<uuid:key>/<slug:act>", require_POST(own.act), "import_act"),
    ]


def may_see(user) -> bool:
    """Whether somebody has anything to do with imports."""
    return any(kind.may_bring(user) or kind.may_decide(user) for kind in kinds().values())


class ImportPages:
    def __init__(self, site):
        self.site = site

    def _render(self, request, template, title, status=200, **context):
        context = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, template, context, status=status)

    def _kinds(self, request) -> list[type[RowKind]]:
        return [kind for kind in kinds().values() if kind.may_bring(request.user)]

    def _order(self, request, key) -> Import:
        order = get_object_or_404(Import.objects.select_related("by", "decided_by", "change_set"), key=key)
        kind = kinds().get(order.kind)
        if kind is None:
            raise Http404
        if not kind.may_bring(request.user) and not kind.may_decide(request.user):
            raise PermissionDenied
        return order

    # Bringing a file

    def listed(self, request):
        """The imports there are, and the form that brings another."""
        if not may_see(request.user):
            raise PermissionDenied
        brought = self._kinds(request)
        form, status = UploadForm(kinds_brought=brought, initial=request.GET.dict()), 200
        if request.method == "POST":
            if not brought:
                raise PermissionDenied
            form = UploadForm(request.POST, request.FILES, kinds_brought=brought)
            if form.is_valid():
                try:
                    order = orders.place(
                        form.cleaned_data["file"],
                        kinds()[form.cleaned_data["kind"]],
                        by=request.user,
                        encoding=form.cleaned_data["encoding"],
                    )
                except Unreadable as refusal:
                    form.add_error("file", str(refusal))
                except orders.BroughtAlready as known:
                    return self._known(request, known.earlier)
                else:
                    return HttpResponseRedirect(order.get_absolute_url())
            status = 422
        seen = [name for name, kind in kinds().items() if kind in brought or kind.may_decide(request.user)]
        found = Import.objects.filter(kind__in=seen).select_related("by", "decided_by")[:SHOWN_IMPORTS]
        titles = {name: kind.title for name, kind in kinds().items()}
        return self._render(
            request,
            "admin/imports/list.html",
            _("Imports"),
            status=status,
            form=form if brought else None,
            kinds=brought,
            formats=exports.FORMATS,
            imports=[(order, titles[order.kind]) for order in found],
        )

    def _known(self, request, earlier: Import):
        messages.info(
            request,
            _("This file was brought on %(day)s already, by %(by)s, so nothing was done. This is what came of it.")
            % {"day": earlier.uploaded_at.strftime("%Y-%m-%d"), "by": earlier.by},
        )
        return HttpResponseRedirect(earlier.get_absolute_url())

    def template(self, request, kind, format):
        """A table with the headers and no rows, and for workbooks a sheet that explains the columns."""
        declared = kinds().get(kind)
        if declared is None or format not in exports.FORMATS:
            raise Http404
        if not declared.may_bring(request.user):
            raise PermissionDenied
        told = [
            (header, _("needed") if needed else "", f"{about}{declared.without_id if header == ID else ''}")
            for header, needed, about in declared.described()
        ]
        content = exports.write_template(format, declared.headers, told, title=declared.name)
        return FileResponse(
            content, as_attachment=True, filename=f"{kind}.{format}", content_type=exports.CONTENT_TYPES[format]
        )

    # One import

    def detail(self, request, key):
        """Where an import stands. Asked by htmx it answers with its progress alone."""
        order = self._order(request, key)
        if request.htmx:
            status = 200 if order.is_under_way else STOP_POLLING
            response = self._render(request, "admin/imports/progress.html", "", status=status, order=order)
            if not order.is_under_way:
                response["HX-Refresh"] = "true"
            return response
        return self._detail(request, order)

    def _detail(self, request, order: Import, status=200, **forms_bound):
        kind = kinds()[order.kind]
        decides = order.state == State.SUBMITTED and orders.may_decide(order, request.user)
        own = order.by_id == request.user.pk
        context = {
            "order": order,
            "kind": kind,
            "own": own,
            "brings": kind.may_bring(request.user),
            "decides": decides,
            "faults": plans.grouped_faults(order, is_doubt=False),
            "doubts": plans.grouped_faults(order, is_doubt=True),
            "may_drop": own and order.state in (*Import.CHECKABLE, State.SUBMITTED),
            "may_undo": order.state == State.APPLIED and kind.may_decide(request.user),
            "submit_form": SubmitForm(initial={"change_kind": order.change_kind}),
            "verdict_form": VerdictForm(label_suffix=""),
            "undo_form": ReasonForm(),
            **forms_bound,
        }
        if order.state == State.ASKING:
            with order.file.open("rb") as file:
                context["readings"] = encodings.readings(file.file)
        if order.state in SHOWS_ROWS:
            context |= plans.shown(request, order, kind)
        return self._render(request, "admin/imports/detail.html", order.file_name, status=status, **context)

    def faults(self, request, key):
        """Every fault that was kept, as a table."""
        order = self._order(request, key)
        writer = csv.writer(_Echo())

        def lines():
            yield "\ufeff" + writer.writerow(["row", "column", "kind", "reason"])
            for fault in order.faults.iterator():
                kind = "doubt" if fault.is_doubt else "fault"
                cells = [fault.row or "", fault.column, kind, fault.reason]
                yield writer.writerow([exports.guarded(each) if isinstance(each, str) else each for each in cells])

        response = StreamingHttpResponse(lines(), content_type=exports.CONTENT_TYPES["csv"])
        response["Content-Disposition"] = f'attachment; filename="faults-{order.key}.csv"'
        return response

    def file(self, request, key):
        """The file as it was brought."""
        order = self._order(request, key)
        try:
            content = order.file.open("rb")
        except FileNotFoundError as error:
            raise Http404(_("The file is gone.")) from error
        # As bytes, whatever they are: nothing that somebody sent is opened in the browser.
        return FileResponse(
            content, as_attachment=True, filename=order.file_name, content_type="application/octet-stream"
        )

    def act(self, request, key, act):
        """What somebody decides about an import."""
        order = self._order(request, key)
        decide = {
            "recheck": self._recheck,
            "encoding": self._choose_encoding,
            "submit": self._submit,
            "drop": self._drop,
            "leave-out": self._leave_out,
            "approve": self._approve,
            "reject": self._reject,
            "undo": self._undo,
        }.get(act)
        if decide is None:
            raise Http404
        try:
            response = decide(request, order)
        except publishing.NotAllowed as refusal:
            return self._refused(request, order, str(refusal))
        return response or HttpResponseRedirect(order.get_absolute_url())

    def _refused(self, request, order, reason):
        order.refresh_from_db()
        return self._detail(request, order, status=403, refusal=reason)

    def _recheck(self, request, order):
        orders.recheck(order, by=request.user)

    def _choose_encoding(self, request, order):
        form = EncodingForm(request.POST)
        if not form.is_valid():
            raise BadRequest(_("Choose one of the encodings."))
        orders.recheck(order, by=request.user, encoding=form.cleaned_data["encoding"])

    def _submit(self, request, order):
        form = SubmitForm(request.POST)
        if not form.is_valid():
            return self._detail(request, order, status=422, submit_form=form)
        orders.submit(
            order,
            by=request.user,
            reason=form.cleaned_data["change_reason"],
            change_kind=form.cleaned_data["change_kind"],
        )
        return None

    def _drop(self, request, order):
        orders.drop(order, by=request.user)

    def _leave_out(self, request, order):
        numbers = [int(each) for each in request.POST.getlist("row") if each.isascii() and each.isdecimal()][:500]
        reason = request.POST.get("reason", "").strip()[:1000]
        if "take-in" not in request.POST and not reason:
            return self._refused(request, order, _("Say why the row is left out."))
        orders.leave_out(order, numbers, by=request.user, reason=None if "take-in" in request.POST else reason)
        back = request.POST.get("back", "")
        query = f"?{back}" if back.startswith(("show=", "page=")) else ""
        return HttpResponseRedirect(f"{order.get_absolute_url()}{query}#rows")

    def _approve(self, request, order):
        form = VerdictForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self._detail(request, order, status=422, verdict_form=form)
        orders.approve(order, by=request.user, verdict=form.cleaned_data["verdict"])
        return None

    def _reject(self, request, order):
        form = VerdictForm(request.POST, label_suffix="")
        form.fields["verdict"].required = True
        if not form.is_valid():
            return self._detail(request, order, status=422, verdict_form=form)
        orders.reject(order, by=request.user, verdict=form.cleaned_data["verdict"])
        return None

    def _undo(self, request, order):
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self._detail(request, order, status=422, undo_form=form)
        orders.undo(order, by=request.user, reason=form.cleaned_data["change_reason"])
        return None


class _Echo:
    """Gives csv's writer something to write to that hands every line back."""

    def write(self, line):
        return line


def waiting_for(user) -> list[Import]:
    """The imports that somebody may decide about now; for an inbox."""
    mine = [name for name, kind in kinds().items() if kind.may_decide(user)]
    found = Import.objects.filter(state=State.SUBMITTED, kind__in=mine).select_related("by").order_by("submitted_at")
    return [order for order in found if orders.may_decide(order, user)]
