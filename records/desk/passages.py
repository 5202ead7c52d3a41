"""One passage cited for many facts at once: what of a record can be cited, and the page where it is."""

import functools
import operator
from dataclasses import dataclass, field

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from records import documents, footing, passages, publishing, roles
from records.desk.forms import ReasonForm
from records.models import Citation, Cited, Snapshot, Source
from records.revisions import value_in_words

MAX_WORDS = 25
PASSAGE = ("quote", "start", "end", "locator", "stance")
SHOWN = 12
# Where the editors speak for themselves, and no source does.
OWN_WORDS = {"verification", "checked_on"}


# What of a row can be cited


@dataclass(frozen=True)
class FactOffer:
    """A fact that a passage can be attached to, with what it says and what it rests on."""

    fact: passages.Fact
    label: str
    value: str
    citations: list[Citation] = field(default_factory=list)

    @property
    def key(self) -> str:
        row = self.fact.row
        return f"{row._meta.label_lower}:{row.pk}:{self.fact.field}"


@dataclass(frozen=True)
class RowOffer:
    """A record or one of its parts, with its facts; `open` where the editor may change it as it stands."""

    row: Cited
    title: str
    open: bool
    facts: list[FactOffer]

    @property
    def kind(self) -> str:
        return capfirst(self.row._meta.verbose_name)

    @property
    def cited(self) -> bool:
        return not footing.missing(self.row)


def labels(model: type[Cited]) -> dict[str, str]:
    """What of a model's rows a source can say: names of fields, and "" for the row as a whole, with their labels."""
    skipped = OWN_WORDS | {column.name for column in footing.owners(model)}
    return {
        name: capfirst(str(label))
        for name, label in footing.cited_fields(model)
        if name not in skipped and not (name and isinstance(footing.column_of(model, name), models.BooleanField))
    }


def facts_of(row: Cited) -> list[FactOffer]:
    """The row as a whole, and each of its fields that says something a source could say."""
    found = []
    for name, label in labels(type(row)).items():
        if footing.says(row, name):
            found.append(FactOffer(passages.Fact(row, name), label, _value(row, name), row.footing(name)))
    return found


def _value(row: Cited, name: str) -> str:
    if not name:
        return ""
    column = footing.column_of(type(row), name)
    if column.is_relation:
        return str(getattr(row, column.name))
    return value_in_words(column, getattr(row, column.attname))


def parts_of(row: Cited) -> list[Cited]:
    """The rows with facts that belong to this one, at every depth."""
    found = {}
    for relation in row._meta.related_objects:
        part, column = relation.related_model, relation.field
        if issubclass(part, Cited) and part.facts and column in footing.owners(part):
            joined = [key.name for key in part._meta.fields if key.is_relation and key.name in labels(part)]
            of_row = part._base_manager.filter(**{column.name: row}).order_by(*part._meta.ordering)
            for each in of_row.select_related(*joined) if joined else of_row:
                setattr(each, column.name, row)
                found.setdefault((part, each.pk), each)
                for deeper in parts_of(each):
                    found.setdefault((type(deeper), deeper.pk), deeper)
    return list(found.values())


def offers(user, row: Cited) -> list[RowOffer]:
    """The record and its parts, with all that a passage can be attached to."""
    rows = [row, *parts_of(row)]
    with_citations(rows)
    found = []
    for each in rows:
        others = [str(getattr(each, column.name)) for column in footing.links(type(each))]
        record = passages.Fact(each).record
        open_to = roles.may_edit(user, record) or roles.may_propose(user, record)
        found.append(RowOffer(each, ", ".join(others) or str(each), open_to, facts_of(each)))
    return found


def with_citations(rows: list[Cited]) -> None:
    """Fetch the citations of rows, one query for each kind."""
    by_model: dict[type, list[Cited]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for same in by_model.values():
        models.prefetch_related_objects(same, models.Prefetch("citations", Citation.objects.select_related("source")))


# Forms


class PlaceForm(forms.Form):
    """Where in a source a passage stands, and whether it speaks for what it is cited for."""

    locator = forms.CharField(
        label=gettext_lazy("Page or clause"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Where in the source it stands, such as “p. 3” or “Article 5”."),
    )
    stance = forms.ChoiceField(
        label=gettext_lazy("For or against"), choices=Citation.Stance, initial=Citation.Stance.SUPPORTS
    )


class PassageForm(PlaceForm, ReasonForm):
    """A passage and the facts to cite it for. `copy` is the copy that it stands in, None for a source without one."""

    quote = forms.CharField(
        label=gettext_lazy("Quote"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-most": MAX_WORDS}),
        help_text=gettext_lazy("At most 25 words, as they stand there. Select them in the text, or paste them."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    facts = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": gettext_lazy("Tick at least one fact that the passage carries."),
            "invalid_choice": gettext_lazy("One of the facts is no longer there, or not open to you."),
        },
    )

    field_order = ("quote", "locator", "stance", "change_reason", "facts", "start", "end", "place")

    def __init__(self, *args, copy: Snapshot | None, facts: dict[str, passages.Fact], **kwargs):
        super().__init__(*args, **kwargs)
        self.copy, self.offered, self.places = copy, facts, []
        self.fields["facts"].choices = [(key, key) for key in facts]
        self.fields["change_reason"].initial = _("A source for what is recorded")

    def clean(self):
        values = super().clean()
        quote = values.get("quote") or ""
        if len(quote.split()) > MAX_WORDS:
            self.add_error("quote", _("A quote has at most %(most)d words.") % {"most": MAX_WORDS})
        elif self.copy and quote:
            self._locate(values, quote)
        else:
            values["start"] = values["end"] = None
        if len(values.get("quote") or "") > Citation._meta.get_field("quote").max_length:
            self.add_error("quote", _("A quote has at most 400 characters."))
        values["quote"] = values.get("quote") or None
        values["locator"] = values.get("locator") or None
        return values

    def _locate(self, values: dict, quote: str) -> None:
        """Where the quote stands; asks where it stands in several places and nobody said which."""
        start, end = values.get("start"), values.get("end")
        if start is not None and end is not None and start < end:
            selected = self.copy.text[start:end]
            if selected.split() == documents.normalized(quote).split():
                values["quote"] = selected
                return
        places = passages.find(self.copy.text, quote)
        chosen = [place for place in places if place.start == values.get("place")]
        if not places:
            self.add_error("quote", _("The copy does not say this, to the letter. Select the words in its text."))
        elif len(places) > 1 and not chosen:
            self.places = places
            self.add_error("quote", _("The copy says this in several places. Choose the one that you mean."))
        else:
            place = (chosen or places)[0]
            values |= {"quote": place.quote, "start": place.start, "end": place.end}


# Pages


def urls(site) -> list:
    """The address of this page at the desk."""

    def page(request, **kwargs):
        return attach(site, request, **kwargs)

    return [path("passages/<str:label>/<int:pk>/", site.admin_view(page), name="passages")]


def address_of(row: Cited) -> str:
    """The page at which passages are attached to a row."""
    return reverse("admin:passages", args=[row._meta.concrete_model._meta.label_lower, row.pk])


def attach(site, request, *, label, pk):
    """Cite one passage for many facts of a record and its parts."""
    row = _row(request, label, pk)
    rows = offers(request.user, row)
    open_facts = {offer.key: offer.fact for each in rows if each.open for offer in each.facts}
    snapshot, source, again = _passage_asked(request)
    form = None
    if source:
        initial = {name: getattr(again, name) for name in PASSAGE} if again else {}
        form = PassageForm(request.POST or None, copy=snapshot, facts=open_facts, initial=initial)
    if request.method == "POST":
        if not open_facts:
            raise PermissionDenied
        if form and form.is_valid() and (answer := _attached(request, form, source, snapshot, open_facts)):
            return answer
    context = {
        "title": _("Attach a passage"),
        "opts": row._meta,
        "row": row,
        "record": passages.Fact(row).record,
        "rows": rows,
        "closed": not open_facts,
        "source": source,
        "copy": snapshot,
        "form": form,
        "ticked": request.POST.getlist("facts") if request.method == "POST" else request.GET.getlist("fact"),
        "sources": None if source else _sources_for(request, rows),
        "q": request.GET.get("q", "").strip()[:100],
        "used": _passages_used(rows),
    }
    return TemplateResponse(
        request,
        "admin/passages.html",
        {**site.each_context(request), **context},
        status=400 if form and form.errors else 200,
    )


def _attached(request, form, source, snapshot, open_facts):
    """Write what the form says; None, with the reason in the form, where it was refused."""
    values = form.cleaned_data
    wanted = [open_facts[key] for key in values["facts"]]
    try:
        made = passages.attach(
            wanted,
            by=request.user,
            reason=values["change_reason"],
            source=source,
            snapshot=snapshot,
            **{name: values[name] for name in PASSAGE},
        )
    except (ValidationError, publishing.NotAllowed) as refusal:
        for reason in getattr(refusal, "messages", None) or [str(refusal)]:
            form.add_error(None, reason)
        return None
    told = ngettext("The passage is cited for %(count)d fact.", "The passage is cited for %(count)d facts.", len(made))
    if any(fact.record.is_shown for fact in wanted):
        told = ngettext(
            "The passage is proposed for %(count)d fact; a reviewer decides on what readers see.",
            "The passage is proposed for %(count)d facts; a reviewer decides on what readers see.",
            len(made),
        )
    messages.success(request, told % {"count": len(made)})
    return HttpResponseRedirect(request.get_full_path())


def _row(request, label: str, pk: int) -> Cited:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not issubclass(model, Cited) or model not in footing.kinds().values():
        raise Http404
    if not request.user.has_perm(roles.permission("view", model)):
        raise PermissionDenied
    return get_object_or_404(model._base_manager, pk=pk)


def _passage_asked(request) -> tuple[Snapshot | None, Source | None, Citation | None]:
    """The copy, the source, and the passage to use again, as the address asks for them."""

    def row(rows, name):
        text = request.GET.get(name, "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Http404
        return get_object_or_404(rows, pk=int(text))

    again = row(Citation.objects.select_related("source", "snapshot"), "citation")
    snapshot = row(Snapshot.objects.select_related("source"), "copy") or (again and again.snapshot)
    source = (snapshot and snapshot.source) or row(Source.objects, "source") or (again and again.source)
    return snapshot, source, again


def _sources_for(request, rows: list[RowOffer]) -> list[Source]:
    """The sources that the editor asks for, else those that the record cites and those copied last."""
    sources = Source.objects.prefetch_related(models.Prefetch("snapshots", Snapshot.objects.defer("text")))
    if asked := request.GET.get("q", "").strip()[:100]:
        has = [Q(**{f"{name}__icontains": asked}) for name in ("title", "publisher", "slug", "url")]
        has = functools.reduce(operator.or_, has)
        return list(sources.filter(has).order_by("-latest", "slug")[:SHOWN])
    cited = {citation.source_id for each in rows for citation in each.row.citations.all()}
    recent = Snapshot.objects.order_by("-pk").values_list("source_id", flat=True)[:SHOWN]
    return list(sources.filter(pk__in={*cited, *recent}).order_by("-latest", "slug")[: 2 * SHOWN])


def _passages_used(rows: list[RowOffer]) -> list[Citation]:
    """The passages that the record rests on already, each once."""
    found: dict[tuple, Citation] = {}
    for each in rows:
        for citation in each.row.citations.all():
            if citation.quote:
                found.setdefault((citation.source_id, citation.quote, citation.locator), citation)
    return list(found.values())
