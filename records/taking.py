"""A list to take along: exactly what its address finds, as a file of one moment that says where it came from.

A file is written to its end before its first byte leaves: memory holds a few hundred rows, the rest lies on disk, and
an error is an answer and no torn download.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from records import exports
from records.citing import formats as citing_formats
from records.citing.heads import LICENSE
from records.citing.works import SITE, Citing, citing
from records.clocks import PARAMETERS
from records.imports import told
from records.imports.kinds import RowKind, kinds
from records.moments import one_moment
from records.queries import BadQuery, unknown

CONTENT_TYPES = {
    **exports.CONTENT_TYPES,
    "jsonl": "application/jsonl; charset=utf-8",
    **{name: content_type for name, (_label, content_type, _write) in citing_formats.FORMATS.items()},
}
FORMATS = tuple(CONTENT_TYPES)
LABELS = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "jsonl": "JSON Lines",
    **{name: label for name, (label, *_rest) in citing_formats.FORMATS.items()},
}
ENDINGS = {**{name: name for name in FORMATS}, **citing_formats.ENDINGS}
READ_AT_ONCE = 500


def formats_of(kind: type[RowKind], lead: str) -> tuple[str, ...]:
    """The formats of rows; what has no page of its own, or only belongs to the records of a list, is not cited."""
    is_cited = lead == "pk" and hasattr(kind.model, "get_absolute_url")
    return FORMATS if is_cited else tuple(name for name in FORMATS if name not in citing_formats.FORMATS)


def offered(kinds_of_list: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Kinds of rows with what they are called and the formats they come in, for components/exports.html."""
    return [
        (name, kinds()[name].title, [(format, LABELS[format]) for format in formats_of(kinds()[name], lead)])
        for name, lead in kinds_of_list.items()
    ]


def taken(request, among: QuerySet, of_list: dict[str, str], filters: Sequence[str]) -> HttpResponse:
    """The file that the address asks for; BadQuery where there is no such one.

    `of_list` has the kinds of rows, the first without asking, each with the look-up from a row to its record in the
    list; `filters` are the filters in use, in words.
    """
    rows = request.GET.get("rows") or next(iter(of_list))
    format = request.GET.get("format") or ""
    problems = {}
    if rows not in of_list:
        problems["rows"] = [unknown("rows", rows, of_list)]
    if format not in FORMATS:
        problems["format"] = [unknown("format", format, FORMATS)]
    elif not problems and format not in (known := formats_of(kinds()[rows], of_list[rows])):
        reason = _("Only records with a page of their own are cited; take one of %(formats)s.")
        problems["format"] = [reason % {"formats": ", ".join(known)}]
    if problems:
        raise BadQuery(problems)
    kind, here, link = kinds()[rows], citing(request), permalink(request)
    try:
        with one_moment():
            records = told.listed(kind, among, of_list[rows])
            parts = {kinds()[name]: lead for name, lead in of_list.items() if lead != "pk" and of_list[rows] == "pk"}
            content = _written(kind, format, records, parts, here, about(request, kind, filters, link))
    except exports.Unwritable as error:
        raise BadQuery({"format": [str(error)]}) from error
    name = f"{rows}.{ENDINGS[format]}"
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=CONTENT_TYPES[format])
    answer["Link"] = f'<{link}>; rel="canonical"'
    if format == "xlsx":
        # Packed already: compressing it again would only take its length away.
        answer["Content-Encoding"] = "identity"
    return answer


def permalink(request) -> str:
    """The address of the list that says for ever what it says now."""
    query: QueryDict = request.GET.copy()
    for name in ("format", "rows", "page", *PARAMETERS):
        query.pop(name, None)
    query.update(request.clocks.pinned)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode(safe=':')}")


def about(request, kind: type[RowKind], filters: Sequence[str], link: str) -> list[tuple[str, str]]:
    """What a file says of itself: what was asked, on which day, and as of when it was known."""
    return [
        (_("Rows"), str(kind.title)),
        (_("Filters"), "; ".join(filters) or _("none")),
        (_("True on"), request.clocks.on.isoformat()),
        (_("Known on"), request.clocks.pinned.get("known", "")),
        (_("Address"), link),
        (_("Licence"), f"CC BY 4.0, {LICENSE}"),
        (_("Cite as"), f"{SITE}, {link}"),
        (_("To bring it back"), _("An import reads these columns: %(names)s.") % {"names": ", ".join(kind.headers)}),
    ]


def _written(kind, format, records: QuerySet, parts, here: Citing, facts) -> IO[bytes]:
    if format in exports.FORMATS:
        title = kind.name
        return exports.write(format, told.headers(kind), told.table(kind, records), title=title, about=facts)
    if format == "jsonl":
        return spooled(lines(kind, records, parts))
    _label, _type, write = citing_formats.FORMATS[format]
    return spooled(write(here.work(record) for record in records.iterator(chunk_size=READ_AT_ONCE)))


def lines(kind: type[RowKind], records: QuerySet, parts: Mapping[type[RowKind], str] | None = None) -> Iterator[str]:
    """JSON Lines, https://jsonlines.org: one whole record to a line, with the rows of these parts inside."""
    for one in told.objects(kind, records, parts):
        yield json.dumps(one, ensure_ascii=False) + "\n"


def spooled(texts: Iterable[str]) -> IO[bytes]:
    """These texts as a file that is read from its start; the response closes it."""
    file = tempfile.SpooledTemporaryFile(max_size=exports.IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        file.writelines(text.encode() for text in texts)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
