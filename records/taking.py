"""A list to take along: exactly what its address finds, as a file of one moment that says where it came from.

A text is sent while it is read, in one transaction, a few hundred rows at a time; if that fails in the middle, the
connection ends without the mark of a whole answer, and no client takes the file for one. A workbook, whose parts refer
to each other, is written to its end before its first byte leaves.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records import exports
from records.citing import formats as citing_formats
from records.citing.heads import LICENSE
from records.citing.works import SITE, Citing, citing
from records.clocks import PARAMETERS
from records.imports import told
from records.imports.kinds import RowKind, kinds
from records.models import Record
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
READ_AT_ONCE = 200
FIRST_PIECE, PIECE = 4 * 1024, 64 * 1024  # bytes; readers see at once that it begins


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


def taken(request, among: QuerySet, of_list: dict[str, str], filters: Sequence[str]) -> HttpResponseBase:
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
    records = told.listed(kind, among, of_list[rows])
    name = f"{rows}.{ENDINGS[format]}"
    answer: HttpResponseBase
    if format == "xlsx":
        book = _workbook(kind, records, [*about(request, kind, filters, link), *counted(records, of_list[rows])])
        answer = FileResponse(book, as_attachment=True, filename=name)
        # Packed already: compressing it again would only take its length away.
        answer["Content-Encoding"] = "identity"
    else:
        parts = {kinds()[each]: lead for each, lead in of_list.items() if lead != "pk" and of_list[rows] == "pk"}
        answer = StreamingHttpResponse(_begun(in_pieces(_sent(kind, format, records, parts, here))))
        answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Content-Type"] = CONTENT_TYPES[format]
    answer["Link"] = f'<{link}>; rel="canonical"'
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


def counted(records: QuerySet, lead: str) -> list[tuple[str, str]]:
    """How many rows a file has, and why these may be more or fewer than a reader expects."""
    is_withdrawn = Q(state=Record.State.WITHDRAWN) if issubclass(records.model, Record) else Q(pk=None)
    found = records.order_by().aggregate(all=Count("pk"), withdrawn=Count("pk", filter=is_withdrawn))
    facts = [(_("Number of rows"), str(found["all"]))]
    if lead != "pk":
        told = _("The list counts records. These rows belong to them; such as were withdrawn are left out.")
        facts.append((_("Not as on the page"), told))
    elif found["withdrawn"]:
        told = ngettext(
            "%(count)d row is a record that was withdrawn: its id and the notice, nothing else. The page and the API"
            " count it too; an import passes over it.",
            "%(count)d rows are records that were withdrawn: their ids and notices, nothing else. The page and the API"
            " count them too; an import passes over them.",
            found["withdrawn"],
        )
        facts.append((_("Withdrawn"), told % {"count": found["withdrawn"]}))
    return facts


def _workbook(kind, records: QuerySet, facts) -> IO[bytes]:
    try:
        return exports.write("xlsx", told.headers(kind), told.table(kind, records), title=kind.name, about=facts)
    except exports.Unwritable as error:
        raise BadQuery({"format": [str(error)]}) from error


def _sent(kind, format, records: QuerySet, parts, here: Citing) -> Iterator[bytes]:
    """The lines of a file of text."""
    if format == "csv":
        return exports.csv_lines(told.headers(kind), told.table(kind, records))
    if format == "jsonl":
        texts = lines(kind, records, parts)
    else:
        _label, _type, write = citing_formats.FORMATS[format]
        texts = write(here.work(record) for record in records.iterator(chunk_size=READ_AT_ONCE))
    return (text.encode() for text in texts)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first of them made already: what goes wrong until then is an answer, and no torn file."""
    first = next(pieces, b"")

    def sent():
        yield first
        yield from pieces

    return sent()


def in_pieces(sent: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of some 64 KB, the first of them small."""
    piece, enough = bytearray(), FIRST_PIECE
    for line in sent:
        piece += line
        if len(piece) >= enough:
            yield bytes(piece)
            piece.clear()
            enough = PIECE
    if piece:
        yield bytes(piece)


def lines(kind: type[RowKind], records: QuerySet, parts: Mapping[type[RowKind], str] | None = None) -> Iterator[str]:
    """JSON Lines, https://jsonlines.org: one whole record to a line, with the rows of these parts inside."""
    for one in told.objects(kind, records, parts):
        yield json.dumps(one, ensure_ascii=False) + "\n"
