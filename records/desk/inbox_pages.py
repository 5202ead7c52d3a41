"""The desk's pages of what waits: the list, who takes care of one thing, and approving several of one kind together."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from records import publishing
from records.desk.forms import ReasonForm
from records.desk.inbox import WHOSE, Entry, Inbox, assign
from records.desk.inbox_kinds import Proposals, Submitted
from records.lists import asked_page
from records.models import Import, Priority, Record, Stale
from records.revisions import Rows, names_of_foreign_rows, row_change

MOST_TOGETHER = 50
TOGETHER = {Submitted.name, Proposals.name}


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        label=gettext_lazy("Assignee"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody"),
        help_text=gettext_lazy("Who deals with it."),
    )
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), choices=Priority, coerce=int)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        staff = get_user_model().objects.filter(is_staff=True, is_active=True)
        self.fields["assignee"].queryset = staff.order_by("username")


def urls(site) -> list:
    """The addresses of these pages, under the desk's own."""
    own = InboxPages(site)

    def page(route, view, name):
        return path(f"inbox/{route}", site.admin_view(view), name=name)

    return [
        page("", require_safe(own.listed), "inbox"),
        page("together/", own.together, "inbox_together"),
        page("imports/<int:pk>/", require_safe(own.to_import), "inbox_import"),
        page("<int:of_type>/<int:key>/", own.assign, "inbox_assign"),
    ]


class InboxPages:
    def __init__(self, site):
        self.site = site

    def _render(self, request, template, title, status=200, **context):
        context = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, template, context, status=status)

    def listed(self, request):
        """What waits for this person, the most urgent and oldest first."""
        kind, whose = request.GET.get("kind", ""), request.GET.get("whose", "")
        inbox = Inbox(request.user, kind=kind, whose=whose)
        if (kind and kind not in inbox.kinds) or whose not in WHOSE:
            raise BadRequest(_("The inbox knows no such choice."))
        page = asked_page(request, inbox.paginator())
        now = timezone.now()
        return self._render(
            request,
            "admin/inbox.html",
            _("Inbox"),
            kind=kind,
            whose=whose,
            chosen=inbox.kinds.get(kind),
            kinds=[
                (name, each.label, inbox.count(name, whose))
                for name, each in inbox.kinds.items()
                if inbox.count(name, "") or name == kind
            ],
            whoses=[(name, label, inbox.count(kind, name)) for name, label in WHOSE.items()],
            everything=inbox.count("", whose),
            page_obj=page,
            lines=[(entry, timesince(entry.since, now, depth=1) if entry.since else "") for entry in page.object_list],
            may_together=kind in TOGETHER and any(entry.together for entry in page.object_list),
        )

    def to_import(self, request, pk):
        """The page of an import, which knows itself by another number."""
        return HttpResponseRedirect(get_object_or_404(Import, pk=pk).get_absolute_url())

    def assign(self, request, of_type, key):
        """Who deals with one thing, and how urgent it is."""
        entry = Inbox(request.user).find(of_type, key) if max(of_type, key) < 2**31 else None
        if entry is None:
            raise Http404
        if entry.kind.assigns_itself:
            return HttpResponseRedirect(entry.url)
        # Most who come here take it themselves.
        initial = {"assignee": entry.assignee or request.user.pk, "priority": entry.priority}
        form = AssignForm(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            assign(entry, by=request.user, **form.cleaned_data)
            messages.success(request, _("“%(title)s” is noted.") % {"title": entry.title[:120]})
            return HttpResponseRedirect(reverse("admin:inbox"))
        return self._render(
            request,
            "admin/inbox_assign.html",
            _("Assign"),
            status=422 if request.method == "POST" else 200,
            entry=entry,
            form=form,
        )

    # Approving together

    def together(self, request):
        """Several submitted records of one kind, or proposals, after a look at all of them."""
        asked = request.POST if request.method == "POST" else request.GET
        marks = [_mark(text) for text in asked.getlist("entry")[:MOST_TOGETHER]]
        entries = Inbox(request.user).find_all(mark for mark in marks if mark)
        if not entries or len(entries) != len(asked.getlist("entry")):
            messages.warning(request, _("Choose what is to be approved; some of it waits no more."))
            return HttpResponseRedirect(reverse("admin:inbox"))
        if len({entry.type for entry in entries}) > 1 or entries[0].kind.name not in TOGETHER:
            return self._refused(request, _("Only changes of one kind can be approved together."), 409)
        if not all(entry.together for entry in entries):
            return self._refused(request, _("Some of this is your own; somebody else has to approve it."), 403)
        if isinstance(entries[0].kind, Proposals):
            numbers = ",".join(str(entry.key) for entry in entries)
            return HttpResponseRedirect(f"{reverse('admin:records_proposal_together')}?ids={numbers}")
        return self._records_together(request, entries)

    def _refused(self, request, reason: str, status: int):
        return self._render(request, "admin/inbox_together.html", _("Approve together"), status, refusal=reason)

    def _records_together(self, request, entries: list[Entry]):
        model = ContentType.objects.get_for_id(entries[0].type).model_class()
        records = list(model._base_manager.filter(pk__in=[entry.key for entry in entries]).order_by("pk"))
        form, status = ReasonForm(request.POST if request.method == "POST" else None), 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                versions = dict(zip(request.POST.getlist("record"), request.POST.getlist("version"), strict=False))
                try:
                    with transaction.atomic():
                        for record in records:
                            if versions.get(str(record.pk)) != str(record.version):
                                raise Stale(record)
                            publishing.publish(record, by=request.user, reason=form.cleaned_data["change_reason"])
                except publishing.NotAllowed as refusal:
                    form.add_error(None, str(refusal))
                    status = 403
                except Stale as stale:
                    form.add_error(
                        None, _("“%(record)s” was changed meanwhile. Look again.") % {"record": stale.record}
                    )
                    status = 409
                except IntegrityError as error:
                    form.add_error(None, str(error.__cause__ or error).splitlines()[0])
                    status = 409
                else:
                    messages.success(request, _("%(count)d records are published.") % {"count": len(records)})
                    return HttpResponseRedirect(f"{reverse('admin:inbox')}?kind={Submitted.name}")
                records = list(model._base_manager.filter(pk__in=[record.pk for record in records]).order_by("pk"))
        return self._render(
            request,
            "admin/inbox_together.html",
            _("Approve together"),
            status=status,
            form=form,
            kind=model._meta.verbose_name_plural,
            previews=_previews(records),
            marks=[entry.mark for entry in entries],
        )


def _mark(text: str) -> tuple[int, int] | None:
    of_type, _colon, key = text.partition(":")
    if all(part.isascii() and part.isdecimal() and len(part) < 10 for part in (of_type, key)):
        return int(of_type), int(key)
    return None


def _previews(records: list[Record]) -> list[tuple]:
    """Each record with all that it says, and the parts that go with it."""
    rows = [(Rows(type(record), {}), None, record) for record in records]
    names = names_of_foreign_rows([rows])
    return [
        (
            record,
            reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]),
            row_change(*row, names),
            [part for part in publishing.parts(record) if part.state == record.state],
        )
        for record, row in zip(records, rows, strict=True)
    ]
