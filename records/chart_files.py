"""A chart as a file that says what it shows, of which day, and as of when it was known."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from records import exports, taking
from records.charts import png, svg
from records.charts.shapes import Chart
from records.citing.heads import LICENSE
from records.citing.works import SITE
from records.clocks import Clocks
from records.queries import BadQuery

CONTENT_TYPES = {"csv": exports.CONTENT_TYPES["csv"], "svg": "image/svg+xml; charset=utf-8", "png": "image/png"}
FORMATS = tuple(CONTENT_TYPES)
LABELS = {"csv": "CSV", "svg": "SVG", "png": "PNG"}


def answer(chart: Chart, format: str, request, filters: str = "") -> HttpResponse:
    """The file in one of FORMATS, of a chart for the address of this request. Raises BadQuery where it cannot be made.

    `filters` are those in use, in words. In a table, what the column “list” has is an address of this site.
    """
    if format == "csv":
        links = [name == "list" for name in chart.header]
        rows = [
            [request.build_absolute_uri(cell) if link else cell for cell, link in zip(row, links, strict=True)]
            for row in chart.rows
        ]
        content = b"".join(exports.csv_lines(chart.header, rows))
    else:
        drawn = svg.file(chart, about(request.clocks, filters))
        try:
            content = drawn.encode() if format == "svg" else png.write(drawn)
        except png.Undrawable as error:
            raise BadQuery({"format": [str(error)]}) from error
    response = HttpResponse(content, content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{chart.name}.{format}"'
    response["Link"] = f'<{taking.permalink(request)}>; rel="canonical"'
    return response


def about(clocks: Clocks, filters: str) -> list[str]:
    known = clocks.pinned.get("known", "")
    return [
        *([_("Filters: %(filters)s") % {"filters": filters}] if filters else []),
        _("True on %(on)s, known on %(known)s. %(site)s, CC BY 4.0, %(licence)s")
        % {"on": clocks.on.isoformat(), "known": known[:19].replace("T", " "), "site": SITE, "licence": LICENSE},
    ]
