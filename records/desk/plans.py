"""The plan of an import as the desk shows it: faults by column, and rows with what they rest on."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.imports.kinds import RowKind
from records.imports.links import split
from records.models import Citation, Import, ImportFault, ImportRow, Source

SHOWN_FAULTS = 50
ROWS_PER_PAGE = 50
SHOWS = {
    "": gettext_lazy("all"),
    "create": gettext_lazy("new"),
    "change": gettext_lazy("changed"),
    "left-out": gettext_lazy("left out"),
}


@dataclass
class ColumnFaults:
    """The faults of one column, the first of them, and how many were kept in all."""

    column: str
    count: int
    first: list[ImportFault] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def grouped_faults(order: Import, *, is_doubt: bool) -> list[ColumnFaults]:
    """What was kept of the faults, by column; the column with most of them first."""
    kept = ImportFault.objects.filter(of=order, is_doubt=is_doubt)
    counts = kept.order_by().values_list("column").annotate(Count("pk"))
    groups = {column: ColumnFaults(column, count) for column, count in counts}
    for column, group in groups.items():
        group.first = list(kept.filter(column=column)[:SHOWN_FAULTS])
    return sorted(groups.values(), key=lambda group: (-group.count, group.column))


def shown(request, order: Import, kind: type[RowKind]) -> dict:
    """What a page of rows does, as its address asks for it; for templates."""
    show = request.GET.get("show", "")
    if show not in SHOWS:
        raise BadRequest(_("“show” must be one of: %(known)s.") % {"known": ", ".join(filter(None, SHOWS))})
    rows = order.rows.all()
    counts = rows.aggregate(
        create=Count("pk", filter=Q(act="create")),
        change=Count("pk", filter=Q(act="change")),
        left_out=Count("pk", filter=Q(rejected_for__isnull=False)),
    )
    counts |= {"": counts["create"] + counts["change"], "left-out": counts["left_out"]}
    if show == "left-out":
        rows = rows.exclude(rejected_for=None)
    elif show:
        rows = rows.filter(act=show)
    number = request.GET.get("page") or "1"
    if not (number.isascii() and number.isdecimal() and int(number[:9]) > 0):
        raise BadRequest(_("“page” must be a number from 1 on."))
    page = Paginator(rows.select_related("of"), ROWS_PER_PAGE).get_page(number[:9])
    doubts = ImportFault.objects.filter(of=order, is_doubt=True, row__in=[row.number for row in page])
    doubted: dict[int, list[ImportFault]] = {}
    for doubt in doubts:
        doubted.setdefault(doubt.row, []).append(doubt)
    told = footing(kind, list(page))
    for row in page:
        row.doubts = doubted.get(row.number, [])
        row.footing = told.get(row.number, [])
        row.url = _page_of(kind, row)
        # JSON in the database keeps no order.
        order_of = kind.headers
        row.told = sorted(row.differences, key=lambda difference: order_of.index(difference[0]))
    return {
        "page_obj": page,
        "show": show,
        "shows": [(name, label, counts[name]) for name, label in SHOWS.items() if counts[name] or not name],
        "left_out": counts["left_out"],
    }


def _page_of(kind: type[RowKind], row: ImportRow) -> str:
    """Address of the record at the desk; empty for one that is not there yet, or has no page of its own."""
    opts = kind.model._meta
    if row.record_id is None or (row.act == "create" and row.of.state != Import.State.APPLIED):
        return ""
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.record_id])
    except NoReverseMatch:
        return ""


def footing(kind: type[RowKind], rows: list[ImportRow]) -> dict[int, list[tuple[Source, str, str]]]:
    """What the rows rest on: the sources that they name, and the passages that their records cite."""
    told: dict[int, list[tuple[Source, str, str]]] = {}
    records = {row.record_id: row.number for row in rows if row.act == "change"}
    cited = Citation.objects.filter(
        subject_type=ContentType.objects.get_for_model(kind.model), subject_id__in=records
    ).select_related("source")
    for citation in cited:
        passage = (citation.source, citation.field, citation.quote or "")
        told.setdefault(records[citation.subject_id], []).append(passage)
    named = {row.number: split(row.after.get("sources", "")) for row in rows}
    found = {
        source.slug: source
        for source in Source.objects.filter(slug__in={each for ids in named.values() for each in ids})
    }
    for number, ids in named.items():
        known = {source.pk for source, _field, _quote in told.get(number, [])}
        new = [(found[each], "", "") for each in ids if each in found and found[each].pk not in known]
        told[number] = [*told.get(number, []), *new]
    return told
