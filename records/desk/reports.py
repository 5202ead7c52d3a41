"""Reports at the desk: lists of what wants to be looked at. Apps add theirs by subclassing `DeskReport`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import dates, duplicates, links, roles, staleness
from records.desk.duplicates import desk_page
from records.lists import asked_page
from records.models import Source

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One row of a report: what it is about, a word under it, and the other cells; `ways` are links to act by."""

    title: str
    url: str
    small: str = ""
    cells: Sequence[str] = ()
    ways: Sequence[tuple[str, str]] = field(default_factory=tuple)


class DeskReport:
    """A list that somebody at the desk works through, found through `__subclasses__()`; `place` is its order."""

    name: str
    title: Promise
    note: Promise
    headings: tuple = ()
    place = 50

    def rows(self) -> QuerySet | list:
        raise NotImplementedError

    def lines(self, rows: Sequence) -> list[Line]:
        """The rows of one page, with as many queries for one as for fifty."""
        raise NotImplementedError


def reports() -> list[DeskReport]:
    return [kind() for kind in sorted(DeskReport.__subclasses__(), key=lambda kind: (kind.place, kind.name))]


def urls(site) -> list:
    def first(request):
        return HttpResponseRedirect(reverse("admin:desk_report", args=[reports()[0].name]))

    def served(request, name):
        return report(site, request, name)

    return [
        path("reports/", site.admin_view(first), name="desk_reports"),
        path("reports/<slug:name>/", site.admin_view(served), name="desk_report"),
    ]


def may_see(user) -> bool:
    """Everybody with a place at the desk, who may look at all sources there."""
    return user.has_perm(roles.permission("view", Source))


def report(site, request, name: str):
    if not may_see(request.user):
        raise PermissionDenied
    known = {each.name: each for each in reports()}
    if name not in known:
        raise Http404
    chosen = known[name]
    page = asked_page(request, Paginator(chosen.rows(), PER_PAGE))
    context = {
        **site.each_context(request),
        "title": _("Reports"),
        "subtitle": chosen.title,
        "reports": list(known.values()),
        "chosen": chosen,
        "page_obj": page,
        "lines": chosen.lines(list(page.object_list)),
    }
    return TemplateResponse(request, "admin/desk_report.html", context)


class NotChecked(DeskReport):
    """Published records that nobody has compared with their sources for long."""

    name = "stale"
    title = gettext_lazy("Not checked")
    note = gettext_lazy("Published records that nobody compared with their sources for long, the longest first.")
    headings = (gettext_lazy("Last checked"), gettext_lazy("Since"))
    place = 10

    def rows(self):
        return staleness.stale()

    def lines(self, rows):
        wanted: dict[str, list[int]] = {}
        for row in rows:
            wanted.setdefault(row["label"], []).append(row["pk"])
        found = {label: apps.get_model(label).objects.in_bulk(pks) for label, pks in wanted.items()}
        return [self._line(row, found[row["label"]].get(row["pk"])) for row in rows]

    def _line(self, row, record):
        kind = str(apps.get_model(row["label"])._meta.verbose_name)
        checked = dates.label(row["checked_on"].isoformat()) if row["checked_on"] else _("never")
        since = timesince(row["since"], depth=1) if row["since"] else _("not known")
        return Line(str(record or row["id_shown"]), desk_page(record) if record else "", kind, [checked, since])


class Duplicates(DeskReport):
    """Pairs of stored records that may be one."""

    name = "duplicates"
    title = gettext_lazy("Duplicates")
    note = gettext_lazy("Pairs that may be one record, and why. Nothing is decided here: look at both.")
    headings = (gettext_lazy("May be the same as"), gettext_lazy("Why"))
    place = 70

    def rows(self):
        found = [pair for model in duplicates.resemblances() for pair in duplicates.report(model)]
        return sorted(found, key=lambda pair: (-pair.weight, pair.first._meta.label, pair.first.pk, pair.second.pk))

    def lines(self, rows):
        made = []
        for pair in rows:
            opts = pair.first._meta
            ways = []
            if pair.first.merges:
                merge = reverse("admin:merge", args=[opts.label_lower, pair.second.pk])
                ways.append((_("Merge…"), f"{merge}?into={pair.first.pk}"))
            other = format_html('<a href="{}">{}</a>', desk_page(pair.second), pair.second)
            cells = [other, "; ".join(pair.reasons)]
            small = f"{opts.verbose_name} · {pair.first.slug} / {pair.second.slug}"
            made.append(Line(str(pair.first), desk_page(pair.first), small, cells, ways))
        return made


class BrokenLinks(DeskReport):
    """Addresses of sources that do not answer."""

    name = "links"
    title = gettext_lazy("Broken links")
    note = gettext_lazy(
        "Addresses of published sources that are gone, or failed twice in a row. They are opened only where the"
        " operator has switched that on."
    )
    headings = (gettext_lazy("Address"), gettext_lazy("What came of it"), gettext_lazy("Checked"))
    place = 60

    def rows(self):
        return links.broken()

    def lines(self, rows):
        return [
            Line(
                check.source.title,
                desk_page(check.source),
                check.source.publisher,
                [
                    check.url,
                    " ".join(
                        filter(None, (capfirst(check.get_outcome_display()), str(check.status or ""), check.detail))
                    ),
                    dates.label(check.checked_at.date().isoformat()),
                ],
            )
            for check in rows
        ]
