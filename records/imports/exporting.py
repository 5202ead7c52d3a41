"""Lists as files: the rows that a list shows, or what hangs on them, as visitors may read them."""

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse

from records import exports
from records.imports.kinds import kinds
from records.moments import one_moment


def response(name: str, format: str, among: QuerySet, lead: str) -> HttpResponse:
    """A file with the rows of a kind that belong to these records. Raises Unwritable.

    `lead` is the look-up from a row to the record among them. All is read at one moment, before anything is sent: in
    the transaction of the request where it has one, so that every clock of the page is the clock of the file.
    """
    kind = kinds()[name]
    with one_moment():
        records = kind.readable().filter(**{f"{lead}__in": among.order_by().values("pk")})
        content = exports.write(format, kind.headers, kind.rows(records, public=True), title=name)
    answer = FileResponse(
        content, as_attachment=True, filename=f"{name}.{format}", content_type=exports.CONTENT_TYPES[format]
    )
    if format == "xlsx":
        # Packed already: compressing it again would only take its length away.
        answer["Content-Encoding"] = "identity"
    return answer
