"""The page of search results, and the suggestions under its field."""

from functools import cached_property

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from records.clocks import PARAMETERS
from records.facets import SHOWN_OPTIONS, Facet, Option
from records.lists import Chip, asked_page
from records.parameters import SearchField
from records.queries import BadQuery, refuse_unknown, unknown
from records.search.asking import Asked, ask
from records.search.entries import kinds, source_of
from records.search.finding import Hit, Hits
from records.search.lookup import Meant
from records.search.nearest import did_you_mean, suggestions

ON_PAGE = 20
SHOWN_NAMES = 8
# Names of fields that no model has, or that say more here.
FIELDS = {
    "title": gettext_lazy("title"),
    "name": gettext_lazy("name"),
    "alias": gettext_lazy("also called"),
    "abbreviation": gettext_lazy("abbreviation"),
    "former": gettext_lazy("former name"),
    "trade": gettext_lazy("trade name"),
    "hs": gettext_lazy("HS code"),
    "id": gettext_lazy("id"),
    "address": gettext_lazy("address"),
    "quote": gettext_lazy("quote"),
    "passage": gettext_lazy("passage of the archived copy"),
    "claim": gettext_lazy("one body’s version"),
    "control_ref": gettext_lazy("control-list entry"),
    "scope": gettext_lazy("scope"),
    "performer": gettext_lazy("performer"),
    "material": gettext_lazy("material"),
    "organization": gettext_lazy("organization"),
    "issuer": gettext_lazy("imposed by"),
    "destination": gettext_lazy("affects"),
    "country": gettext_lazy("country"),
    "source": gettext_lazy("source"),
    "measure": gettext_lazy("measure"),
    "program": gettext_lazy("program"),
}


def kind_label(kind: str) -> str:
    """One record of a kind, in the reader's language."""
    return capfirst(_("passage") if kind == "passage" else source_of(kind).model._meta.verbose_name)


def kinds_label(kind: str) -> str:
    """Several records of a kind, in the reader's language."""
    return capfirst(_("passages") if kind == "passage" else source_of(kind).model._meta.verbose_name_plural)


def field_label(kind: str, field: str) -> str:
    """A field of a kind of record, in the reader's language."""
    if field in FIELDS:
        return str(FIELDS[field])
    try:
        return str(source_of(kind).model._meta.get_field(field).verbose_name)
    except FieldDoesNotExist:
        return field


class Question:
    """What an address asks of search: `q`, and `kind` for some kinds only. Raises BadQuery where that cannot be."""

    def __init__(self, data, *, also=(), required=False):
        singles = ("q", *also, *PARAMETERS)
        problems = refuse_unknown(data, ("q", "kind", *also, *PARAMETERS), single=singles)
        self.kinds = list(dict.fromkeys(kind.strip() for kind in data.getlist("kind") if kind.strip()))
        if strange := [kind for kind in self.kinds if kind not in kinds()]:
            problems["kind"] = [unknown("kind", kind, kinds()) for kind in strange]
        try:
            self.text = SearchField(required=False).clean(data.get("q", ""))
        except ValidationError as error:
            problems["q"] = list(error.messages)
        else:
            if required and not self.text:
                problems["q"] = [_("Say in “q” what to look for.")]
        if problems:
            raise BadQuery(problems)

    @cached_property
    def asked(self) -> Asked:
        asked = ask(self.text)
        if strange := [kind for kind in asked.kinds if kind not in kinds()]:
            raise BadQuery({"q": [unknown("kind:", kind, kinds()) for kind in strange]})
        return asked

    @cached_property
    def hits(self) -> Hits:
        return Hits(self.asked, self.kinds)

    @cached_property
    def did_you_mean(self) -> str | None:
        return None if self.hits.count else did_you_mean(self.asked)


class SearchPage(TemplateView):
    """What is found, best first, with why; twenty on a page."""

    template_name = "records/search.html"

    @cached_property
    def question(self) -> Question:
        return Question(self.request.GET, also=("page",))

    def get_context_data(self, **kwargs):
        question = self.question
        context = super().get_context_data(**kwargs) | {"q": question.text, "chips": [], "facets": []}
        if not question.text:
            return context
        asked, hits = question.asked, question.hits
        page = asked_page(self.request, Paginator(hits, ON_PAGE))
        for hit in page.object_list:
            hit.kind_label = kind_label(hit.kind)
            hit.field_label = field_label(hit.kind, hit.why.field) if hit.why else ""
            hit.language = next((language for _w, field, language, _t in hit.texts if field == "title"), "")
            hit.called = in_readers_language(hit)
        options = [
            Option(kind, kinds_label(kind), count, selected=kind in question.kinds)
            for kind, count in (hits.counts | {kind: hits.counts.get(kind, 0) for kind in question.kinds}).items()
        ]
        options.sort(key=lambda option: (not option.selected, -option.count, option.label))
        return context | {
            "page_obj": page,
            "hits": hits,
            "asked": asked,
            "called": [(meant, other_names(meant, asked.text)) for meant in asked.exactly],
            "quoted": f'"{asked.text}"' if asked.exactly and '"' not in asked.text else "",
            "facets": [Facet("kind", _("Kind"), options[:SHOWN_OPTIONS], options[SHOWN_OPTIONS:])] if options else [],
            "chips": [Chip(kinds_label(kind), self.without(kind)) for kind in question.kinds],
            "clear_url": self.without(*question.kinds),
            "did_you_mean": question.did_you_mean,
        }

    def without(self, *left_out: str) -> str:
        kept = self.request.GET.copy()
        kept.pop("page", None)
        kept.setlist("kind", [kind for kind in kept.getlist("kind") if kind and kind not in left_out])
        return f"?{kept.urlencode()}"


def other_names(meant: Meant, asked: str) -> list[tuple[str, str]]:
    """Some of what a record is called besides, each with its language."""
    seen, typed = {meant.title.casefold()}, asked.casefold()
    found = []
    for weight, field, language, text in meant.texts:
        name = text.casefold()
        if weight == "A" and field in ("name", "alias", "abbreviation") and name not in seen and name not in typed:
            seen.add(name)
            found.append((text, language))
    return found[:SHOWN_NAMES]


def in_readers_language(hit: Hit) -> str | None:
    """What a record is called in the reader's language, where that is neither English nor its title already."""
    reader = (get_language() or "en").split("-")[0]
    for wanted in () if reader == "en" else ("name", "alias"):
        for _weight, field, language, text in hit.texts:
            if field == wanted and language.split("-")[0] == reader and text != hit.title:
                return text
    return None


class Suggestions(TemplateView):
    """Records with names that begin as what is being typed, grouped by kind; a part of a page."""

    template_name = "records/suggestions.html"

    def get_context_data(self, **kwargs):
        question = Question(self.request.GET)
        groups = [
            (kinds_label(kind), [(each, field_label(kind, each.field)) for each in found])
            for kind, found in suggestions(question.text)
            if not question.kinds or kind in question.kinds
        ]
        return super().get_context_data(**kwargs) | {"q": question.text, "groups": groups}
