"""The public page of facts that no source carries, so that a gap is not mistaken for certainty."""

from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from records import footing
from records.clocks import PARAMETERS
from records.facets import Facet, Option
from records.lists import Chip, asked_page
from records.models import Cited, Record
from records.pages import Place, places
from records.queries import BadQuery, refuse_unknown, unknown
from records.views import cited

ON_PAGE = 50


@dataclass(frozen=True)
class Row:
    """Something with facts that lack a source, and the page that shows it."""

    row: Cited
    place: Place
    facts: list[str]

    @property
    def kind(self) -> str:
        return capfirst(self.row._meta.verbose_name)

    @property
    def title(self) -> str:
        """What it is called; a row that only links its record to others is called by those."""
        if isinstance(self.row, Record):
            return str(self.row)
        others = [str(getattr(self.row, column.name)) for column in footing.links(type(self.row))]
        return ", ".join(others) or str(self.row)

    @property
    def is_part(self) -> bool:
        return self.row != self.place.owner


class UncitedFacts(TemplateView):
    """Which facts have no source: all, or those of some kinds; counted by kind."""

    template_name = "records/uncited_list.html"

    @cached_property
    def asked(self) -> list[str]:
        """The kinds that the address asks for. Raises BadQuery where there are none such."""
        given = self.request.GET
        problems = refuse_unknown(given, ["kind", "page", *PARAMETERS], single=["page", *PARAMETERS])
        asked = list(dict.fromkeys(filter(None, given.getlist("kind"))))
        known = footing.kinds()
        if strange := [kind for kind in asked if kind not in known]:
            problems["kind"] = [unknown("kind", kind, known) for kind in strange]
        if problems:
            raise BadQuery(problems)
        return asked

    def get_context_data(self, **kwargs):
        models, asked = footing.kinds(), self.asked
        shares = footing.coverage()
        page = asked_page(self.request, Paginator(footing.uncited(asked), ON_PAGE))
        names = {kind: capfirst(model._meta.verbose_name_plural) for kind, model in models.items()}
        lacking = sorted((kind for kind in models if shares[kind].uncited), key=lambda kind: -shares[kind].uncited)
        options = [Option(kind, names[kind], shares[kind].uncited, selected=kind in asked) for kind in lacking]
        chosen = {kind: share for kind, share in shares.items() if kind in asked or not asked}
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "rows": rows(page.object_list),
            "share": footing.total(shares),
            "listed": footing.total(chosen),
            "kinds": [(kind, names[kind], share) for kind, share in shares.items() if share.all],
            "facets": [Facet("kind", _("Kind"), options, [])],
            "chips": [Chip(names[kind], self.without(kind)) for kind in asked],
            "clear_url": self.without(*asked),
        }

    def without(self, *kinds: str) -> str:
        kept = self.request.GET.copy()
        kept.pop("page", None)
        kept.setlist("kind", [kind for kind in kept.getlist("kind") if kind and kind not in kinds])
        return f"?{kept.urlencode()}"


def rows(keys) -> list[Row]:
    """What stands behind the keys (kind, pk), in their order."""
    keys, models = list(keys), footing.kinds()
    found = {}
    for kind in dict.fromkeys(kind for kind, _pk in keys):
        model = models[kind]
        joined = [column.name for column in footing.links(model)]
        all_of_kind = model._base_manager.select_related(*joined) if joined else model._base_manager
        of_kind = all_of_kind.in_bulk([pk for each, pk in keys if each == kind])
        prefetch_related_objects(list(of_kind.values()), cited())
        found |= {(kind, pk): row for pk, row in of_kind.items()}
    shown = places(found.values())
    return [
        Row(row, shown[row], [footing.label(type(row), fact) for fact in footing.missing(row)])
        for key in keys
        if (row := found.get(key)) in shown
    ]
