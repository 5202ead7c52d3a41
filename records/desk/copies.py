"""Copies of sources at the desk: keeping one, reading its text, and storing its bytes elsewhere."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import documents, footing, roles, snapshots
from records.desk.forms import ReasonForm
from records.desk.passages import address_of
from records.models import Citation, Record, Snapshot, Source

SHOWN = 12


class CopyForm(ReasonForm):
    """A copy of a source: a file, or its text where no file can be read."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("HTML, PDF or plain text, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".html,.htm,.xhtml,.pdf,.txt"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Pasted, where there is no file or none that can be read."),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"),
        required=False,
        choices=[("", gettext_lazy("as the document says")), *documents.ENCODINGS.items()],
        help_text=gettext_lazy("Of a text or HTML file; choose it where the document does not say it or is wrong."),
    )
    fetched_at = forms.DateTimeField(
        label=gettext_lazy("Fetched at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"class": "vDateField", "placeholder": "2019-07-01 09:30"}),
        help_text=gettext_lazy("When the copy was made; empty for now."),
    )

    field_order = ("file", "text", "encoding", "fetched_at", "change_reason")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > documents.MAX_BYTES:
            raise ValidationError(_("The file is larger than %(most)d MB.") % {"most": documents.MAX_BYTES // 1024**2})
        return file

    def clean(self):
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if "file" not in self.errors and bool(file) == bool(text):
            raise ValidationError(_("Give either a file or its text."))
        return super().clean()


def urls(site) -> list:
    """The addresses of these pages at the desk."""

    def page(route, view, name):
        def served(request, **kwargs):
            return view(site, request, **kwargs)

        return path(route, site.admin_view(served), name=name)

    return [
        page("sources/<int:pk>/copy/", take_copy, "take_copy"),
        page("copies/<int:pk>/", show_copy, "copy"),
        page("copies/<int:pk>/text/", send_text, "copy_text"),
        page("copies/<int:pk>/file/", send_file, "copy_file"),
    ]


def may_take_copies(user) -> bool:
    """Whoever works on sources at all: a copy changes nothing that readers see."""
    return any(user.has_perm(roles.permission(act, Source)) for act in ("change", "propose"))


def take_copy(site, request, *, pk):
    """Keep a copy of a source."""
    source = get_object_or_404(Source, pk=pk)
    if not may_take_copies(request.user):
        raise PermissionDenied
    form = CopyForm(request.POST or None, request.FILES or None, initial={"change_reason": _("A copy of the source")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        file = values["file"]
        try:
            snapshot = snapshots.take(
                source,
                content=file.read() if file else values["text"].encode("utf-8", "replace"),
                name=file.name if file else "pasted.txt",
                media_type=file.content_type or "" if file else documents.TEXT,
                encoding=values["encoding"] if file else "utf-8",
                fetched_at=values["fetched_at"],
                by=request.user,
                reason=values["change_reason"],
            )
        except documents.Unreadable as refusal:
            form.add_error("file" if file else "text", str(refusal))
        except snapshots.AlreadyKept as kept:
            messages.info(request, str(kept))
            return HttpResponseRedirect(reverse("admin:copy", args=[kept.snapshot.pk]))
        else:
            messages.success(request, _("The copy is kept. Select a passage in its text."))
            return HttpResponseRedirect(reverse("admin:copy", args=[snapshot.pk]))
    context = {"title": _("Keep a copy"), "source": source, "form": form, "opts": Source._meta}
    return TemplateResponse(
        request,
        "admin/take_copy.html",
        {**site.each_context(request), **context},
        status=400 if form.errors else 200,
    )


def show_copy(site, request, *, pk):
    """The text of a copy, what was cited from it, and the records to cite it for."""
    snapshot = _copy(request, pk)
    asked = request.GET.get("q", "").strip()[:100]
    context = {
        "title": _("Copy of a source"),
        "opts": Snapshot._meta,
        "copy": snapshot,
        "cited": _cited_from(snapshot),
        "q": asked,
        "found": _records_with(site, request, asked) if asked else [],
    }
    return TemplateResponse(request, "admin/copy.html", {**site.each_context(request), **context})


def send_text(site, request, *, pk):
    response = HttpResponse(_copy(request, pk).text, content_type="text/plain; charset=utf-8")
    return _inert(response)


def send_file(site, request, *, pk):
    """The bytes as they were received: to be stored, never to be opened within the site."""
    snapshot = _copy(request, pk)
    try:
        stream = snapshot.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file of this copy is missing from the media volume; its text is kept.")) from error
    name = f"{snapshot.source.slug}-{snapshot.sha256[:12]}{documents.ENDINGS[snapshot.media_type]}"
    return _inert(FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream"))


def _inert(response):
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _copy(request, pk) -> Snapshot:
    if not request.user.has_perm(roles.permission("view", Snapshot)):
        raise PermissionDenied
    return get_object_or_404(Snapshot.objects.select_related("source"), pk=pk)


def _cited_from(snapshot: Snapshot) -> list[tuple[Citation, str]]:
    """Each passage that was cited from a copy, once, with the address of something that cites it."""
    found: dict[tuple, tuple[Citation, str]] = {}
    for citation in snapshot.citations.exclude(quote=None).prefetch_related("subject").order_by("start", "pk"):
        if citation.subject:
            found.setdefault((citation.start, citation.quote), (citation, address_of(citation.subject)))
    return list(found.values())


def _records_with(site, request, words: str) -> list[tuple[str, Record, str]]:
    """Records whose title or id holds these words, of every kind that passages can be attached to."""
    found = []
    for model in footing.kinds().values():
        if not issubclass(model, Record) or not request.user.has_perm(roles.permission("view", model)):
            continue
        names = {column.name for column in model._meta.fields}
        has = Q(slug__icontains=words)
        for name in ("title", "name"):
            if name in names:
                has |= Q(**{f"{name}__icontains": words})
        for record in model._base_manager.filter(has).order_by("slug")[:SHOWN]:
            found.append((capfirst(model._meta.verbose_name), record, address_of(record)))
    return found
