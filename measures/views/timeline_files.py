"""The timeline to take along: the measures drawn, or the dated lines listed, with all rows and as many as it counts."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure, TimelineEntry
from measures.views.zooms import Period
from records import exports, taking
from records.citing.heads import LICENSE
from records.moments import one_moment
from records.queries import BadQuery, unknown

PARAMETERS = ("format", "rows")
MEASURES, LINES = "measures", "lines"
LABEL = gettext_lazy("Dated lines")
COLUMNS = ("id", "kind", "role", "date", "title", "planned", "country", "measure", "program", "address")
FIELDS = ("key", "kind", "role", "date", "title", "planned", "country_id", "measure__slug", "program", "path")


def offered() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What the timeline is taken as, for components/exports.html."""
    formats = [(name, taking.LABELS[name]) for name in exports.FORMATS]
    return [*taking.offered({MEASURES: "pk"}), (LINES, str(LABEL), formats)]


def taken(request, measures: QuerySet[Measure], lines: QuerySet[TimelineEntry], period: Period, filters: Sequence[str]):
    """The file that the address asks for; BadQuery where there is no such one."""
    rows, format = request.GET.get("rows") or MEASURES, request.GET.get("format") or ""
    if rows == MEASURES:
        return taking.taken(request, measures, {MEASURES: "pk"}, filters)
    if rows != LINES:
        raise BadQuery({"rows": [unknown("rows", rows, (MEASURES, LINES))]})
    if format not in exports.FORMATS:
        raise BadQuery({"format": [unknown("format", format, exports.FORMATS)]})
    link = taking.permalink(request)
    about = [
        (_("Rows"), str(LABEL)),
        (_("Period"), "/".join(period.asked.values())),
        (_("Filters"), "; ".join(filters) or _("none")),
        (_("True on"), request.clocks.on.isoformat()),
        (_("Known on"), request.clocks.pinned.get("known", "")),
        (_("Address"), link),
        (_("Licence"), f"CC BY 4.0, {LICENSE}"),
    ]
    try:
        with one_moment():
            content = exports.write(format, COLUMNS, told(request, lines), title=LINES, about=about)
    except exports.Unwritable as error:
        raise BadQuery({"format": [str(error)]}) from error
    answer = FileResponse(
        content, as_attachment=True, filename=f"timeline.{format}", content_type=exports.CONTENT_TYPES[format]
    )
    answer["Link"] = f'<{link}>; rel="canonical"'
    if format == "xlsx":
        # Packed already: compressing it again would only take its length away.
        answer["Content-Encoding"] = "identity"
    return answer


def told(request, lines: QuerySet[TimelineEntry]) -> Iterator[list[str]]:
    """The cells of the lines, the oldest first; what is empty is an empty text."""
    ordered = lines.order_by("sorted_on", "order", "key").values_list(*FIELDS)
    for *cells, path in ordered.iterator(chunk_size=taking.READ_AT_ONCE):
        said = [("yes" if cell else "no") if isinstance(cell, bool) else str(cell or "") for cell in cells]
        yield [*said, request.build_absolute_uri(path)]
