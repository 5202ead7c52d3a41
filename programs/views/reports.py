"""Phase reports: asked for by managers, seen and downloaded by whoever asked."""

from pathlib import Path

from django import forms
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import DetailView, FormView, ListView

from programs.models import PhaseReport, PhaseReportFile
from programs.reports import orders
from programs.reports.reading import reportable
from records import known, naming
from records.clocks import FIRST_YEAR, LAST_YEAR, BadClock, knowledge_of
from records.known import Knowledge

STOP_POLLING = 286  # htmx's own status code
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}


class OrderForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("True on"),
        help_text=gettext_lazy(
            "The day that the report is about. What came later is left out, and overdue means overdue then."
        ),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "s"}),
        input_formats=["%Y-%m-%d"],
    )

    known = forms.CharField(
        label=gettext_lazy("Known on"),
        help_text=gettext_lazy(
            "Empty for what is known now. A moment with its time zone, such as 2026-11-01T00:00Z, or the number of a"
            " change set gives the report as it would have been then."
        ),
        widget=forms.TextInput(
            attrs={"class": "m", "autocomplete": "off", "spellcheck": "false", "placeholder": "2026-11-01T00:00Z"}
        ),
        max_length=40,
        required=False,
    )

    def clean_on(self):
        day = self.cleaned_data["on"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("The day must lie between the years %(first)s and %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day

    def clean_known(self) -> Knowledge:
        text = self.cleaned_data["known"]
        try:
            return knowledge_of(text) if text else known.newest()
        except BadClock as error:
            raise forms.ValidationError(str(error)) from error


class ReportOrder(PermissionRequiredMixin, FormView):
    """The form that asks for a report on one program."""

    permission_required = "programs.add_phasereport"
    template_name = "programs/report_order.html"
    form_class = OrderForm

    def dispatch(self, request, *args, **kwargs):
        if self.has_permission():
            with known.one_reading(), known.as_of(self._knowledge()):
                self.program = get_object_or_404(reportable(), slug=kwargs["slug"])
                naming.fetch([self.program])
        return super().dispatch(request, *args, **kwargs)

    def _knowledge(self) -> Knowledge:
        """What is asked about, or known now where the form does not say it rightly."""
        form = self.get_form()
        return form.cleaned_data["known"] if form.is_bound and form.is_valid() else known.newest()

    def get_initial(self):
        return {"on": self.request.clocks.on, "known": self.request.clocks.asked_known}

    def get_context_data(self, **kwargs):
        return super().get_context_data(program=self.program, **kwargs)

    def form_valid(self, form):
        order = orders.place(
            self.program,
            by=self.request.user,
            on=form.cleaned_data["on"],
            knowledge=form.cleaned_data["known"],
            language=get_language() or "en",
        )
        return redirect("programs:report_detail", order.key)


class OwnReports(PermissionRequiredMixin):
    """Reports are for the person who asked, and only as long as the role lasts."""

    permission_required = "programs.view_phasereport"
    slug_field = slug_url_kwarg = "key"

    def get_queryset(self):
        return (
            PhaseReport.objects.filter(requested_by=self.request.user)
            .select_related("program")
            .prefetch_related("files")
        )


class ReportList(OwnReports, ListView):
    template_name = "programs/report_list.html"
    paginate_by = 50

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        naming.fetch(report.program for report in context["page_obj"])
        return context


@method_decorator(never_cache, name="dispatch")
class ReportDetail(OwnReports, DetailView):
    """Progress while the report is being built, then its files. Asked by htmx it answers with that part alone."""

    template_name = "programs/report_detail.html"
    context_object_name = "report"

    def get_context_data(self, **kwargs):
        naming.fetch([self.object.program])
        return super().get_context_data(**kwargs)

    def render_to_response(self, context, **kwargs):
        if not self.request.htmx:
            return super().render_to_response(context, **kwargs)
        status = 200 if context["report"].is_under_way else STOP_POLLING
        return render(self.request, "programs/report_progress.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class ReportDownload(OwnReports, DetailView):
    """One file of an own report, streamed."""

    def get(self, request, *args, **kwargs):
        report = self.get_object()
        file = get_object_or_404(PhaseReportFile, report=report, format=kwargs["format"])
        try:
            content = file.file.open("rb")
        except FileNotFoundError as error:
            raise Http404(_("The file is gone; please build the report again.")) from error
        suffix = Path(file.file.name).suffix
        response = FileResponse(
            content,
            as_attachment=True,
            filename=f"{report.program.slug}-{report.manifest['on']}{suffix}",
            content_type=CONTENT_TYPES[file.format],
        )
        # Packed already: compressing it again would only take its length away.
        response["Content-Encoding"] = "identity"
        return response
