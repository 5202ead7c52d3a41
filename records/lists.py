"""Lists of records as their addresses ask for them: chips, facets, pages, files, feeds, and all choices of a facet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView, View

from records import bitmaps, naming, taking
from records.clocks import PARAMETERS
from records.facets import counts, facet, facets
from records.feeds import links
from records.feeds.entries import Text
from records.feeds.links import feeds_of
from records.filtersets import RecordFilterSet
from records.parameters import Asked
from records.queries import BadQuery


@dataclass(frozen=True)
class Chip:
    """A value of a filter in use, and the address of the list without it."""

    label: str
    url: str
    excluded: bool = False


def chips(filterset: RecordFilterSet) -> list[Chip]:
    """The values in use of a checked list, for components/chips.html."""
    made = []
    for name, values in filterset.chosen.items():
        declared, asked = filterset.filters[name], filterset.values[name]
        for value, meaning in values.items():
            # What somebody looks for, or a day, stands as it was typed.
            said = declared.worded(value.removeprefix("-"), meaning) if isinstance(asked, Asked) else str(meaning)
            excluded = isinstance(asked, Asked) and value not in asked
            made.append(Chip(f"{declared.label}: {said}", f"?{filterset.without(name, str(value))}", excluded))
    return made


def cleared(filterset: RecordFilterSet) -> str:
    """The address of the list without any filter, on the same day."""
    kept = [name for name in (*PARAMETERS, *filterset.also) if name != "page"]
    return f"?{urlencode([(name, value) for name in kept for value in filterset.data.getlist(name) if value])}"


def worded(text: str) -> str:
    """A word that editors chose freely, such as a category, as pages show it."""
    return capfirst(naming.worded(text))


@dataclass(frozen=True)
class Relaxation:
    """A filter of a list in which nothing is, and what would be found without it."""

    label: str
    url: str
    count: int


def relaxations(filterset: RecordFilterSet) -> list[Relaxation]:
    """Which filter to take away so that something is found, the one that hides the most first; in one query."""
    if len(filterset.in_use) < 2:
        return []
    found = filterset.counted_without(sorted(filterset.in_use))
    made = []
    for name, count in found.items():
        if count:
            made.append(Relaxation(str(filterset.filters[name].label), f"?{filterset.without(name)}", count))
    return sorted(made, key=lambda relaxation: (-relaxation.count, relaxation.label))


class FilteredList(ListView):
    """A list of records as its address asks for it, with facets and chips; 400 where that cannot be."""

    filter_class: type[RecordFilterSet]
    # The name of the list's address.
    address: str
    # Parameters that do not filter, and those of them that may be given more than once.
    also: tuple[str, ...] = ("page",)
    repeated: tuple[str, ...] = ()
    # The kinds of rows that `format` gives the list as, the first without asking, each with the look-up that leads from
    # a row to the record in the list.
    exports: dict[str, str] = {}
    # The name of the address of the list's feeds, and in which formats there are some.
    feed: str | None = None
    feed_formats: Iterable[str] = tuple(links.FORMATS)
    paginate_by = 50
    # Whether the newest come first, as `dated` of the filters tells.
    is_newest_first = False

    @cached_property
    def filterset(self) -> RecordFilterSet:
        exported = ("format", "rows") if self.exports else ()
        also = (*self.also, *exported)
        return self.filter_class(self.request.GET, request=self.request, also=also, repeated=self.repeated)

    def get(self, request, *args, **kwargs):
        if self.exports and (request.GET.get("format") or request.GET.get("rows")):
            return self.exported()
        return super().get(request, *args, **kwargs)

    def exported(self):
        """The list as a file, with all its rows and the same filters; 400 where there is no such file."""
        filters = [chip.label for chip in chips(self.filterset)]
        return taking.taken(self.request, bitmaps.rows(self.filterset), self.exports, filters)

    @cached_property
    def at_hand(self) -> bitmaps.Reading | None:
        """The bitmaps of a checked list, with all that its page needs of them."""
        at_hand = bitmaps.reading(self.filterset)
        if at_hand:
            at_hand.fetch(self.filterset.facets)
        return at_hand

    @cached_property
    def in_sight(self) -> list[int] | None:
        """The keys of the records on the page asked for, where bitmaps tell them."""
        if not self.at_hand or not self.is_newest_first:
            return None
        page = asked_page(self.request, Paginator(range(len(self.at_hand.found())), self.paginate_by))
        return self.at_hand.newest_first(*(page.start_index() - 1, page.end_index()) if page else (0, 0))

    def get_queryset(self):
        rows = bitmaps.rows(self.filterset)
        return rows if self.in_sight is None else self.filterset.queryset.filter(pk__in=self.in_sight)

    def paginate_queryset(self, queryset, page_size):
        paginator = Paginator(queryset, page_size)
        if self.at_hand:
            paginator.count = len(self.at_hand.found())
        page = asked_page(self.request, paginator)
        if self.in_sight is not None:
            page.object_list = queryset
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "facets": facets(self.filterset, context["page_obj"].paginator.count),
            "relaxations": [] if context["page_obj"] else relaxations(self.filterset),
            "chips": chips(self.filterset),
            "clear_url": cleared(self.filterset),
            "files": taking.offered(self.exports),
            "feeds": feeds_of(self.feed, self.request.GET, self.filterset.filters, formats=self.feed_formats)
            if self.feed
            else [],
            "q": self.request.GET.get("q", ""),
            "kept": self.kept(),
        }

    def kept(self) -> list[tuple[str, str]]:
        """The filters in use that the form has no choices for, and must not lose."""
        chosen = self.filterset.chosen.items()
        return [
            (name, value) for name, values in chosen for value in values if name not in ("q", *self.filter_class.facets)
        ]


def asked_page(request, paginator: Paginator):
    """The page of a list that the address asks for; one that is no number is 400, one past the end 404."""
    number = request.GET.get("page") or "1"
    if not (number.isascii() and number.isdecimal() and int(number[:9]) > 0):
        raise BadQuery({"page": [_("“page” must be a number from 1 on.")]})
    try:
        return paginator.page(number[:9])
    except InvalidPage as error:
        raise Http404(
            _("This list has no such page; its last one is %(last)d.") % {"last": paginator.num_pages}
        ) from error


class FacetChoices(TemplateView):
    """All choices of one facet of a list, to be looked through; they are chosen here and shown in the list."""

    template_name = "records/facet_choices.html"
    # The list, which knows its filters and what else its address may hold, and its title.
    listed: type[View] = FilteredList
    title = ""
    CHOICES_ON_PAGE = 200

    @cached_property
    def page(self) -> View:
        page = self.listed()
        page.setup(self.request)
        page.also = (*page.also, "find")
        return page

    def get_context_data(self, **kwargs):
        name, filterset = kwargs["name"], self.page.filterset
        if name not in filterset.facets:
            raise Http404(_("This list has no such facet."))
        if filterset.problems:
            raise BadQuery(filterset.problems)
        declared, asked = filterset.filters[name], filterset.values[name]
        whole = facet(declared, asked, counts(filterset, [name])[name], most=None)
        naming.fetch(whole.records)
        sought = self.request.GET.get("find", "").strip()
        found = [option for option in whole.all if sought.casefold() in option.words.casefold()]
        page = asked_page(self.request, Paginator(found, self.CHOICES_ON_PAGE))
        shown = {option.value for option in page.object_list}
        given = [(each, value) for each, values in self.request.GET.lists() for value in values if value]
        given = [(each, value) for each, value in given if each not in ("find", "page")]
        return super().get_context_data(**kwargs) | {
            "facet": replace(whole, options=list(page.object_list), more=[], left=0),
            "page_obj": page,
            "find": sought,
            "title": self.title,
            "list_url": "../../",
            "back_url": f"../../?{urlencode(given)}",
            "given": given,
            # What is chosen elsewhere than on this page.
            "kept": [(each, value) for each, value in given if each != name or value.removeprefix("-") not in shown],
        }


def choices(listed: type[View], title: Text) -> Callable:
    """The page of all choices of a facet of this list."""
    return FacetChoices.as_view(listed=listed, title=title)
