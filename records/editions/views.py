"""The page of all public data as files, and the files."""

from django.http import FileResponse, Http404, HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from records.citing.heads import LICENSE
from records.clocks import PARAMETERS
from records.editions import shelf
from records.queries import BadQuery, refuse_unknown


class EditionList(TemplateView):
    """Every edition that is kept, with sizes and checksums, and how to cite it."""

    template_name = "records/edition_list.html"

    def get_context_data(self, **kwargs):
        if problems := refuse_unknown(self.request.GET, PARAMETERS):
            raise BadQuery(problems)
        found = shelf.editions()
        return super().get_context_data(**kwargs) | {
            "newest": found[0] if found else None,
            "older": found[1:],
            "address": self.request.build_absolute_uri(self.request.path),
            "licence": LICENSE,
        }


class EditionFile(View):
    """One file of an edition, sent piece by piece."""

    def get(self, request, day, name):
        edition = shelf.edition(day)
        missing = Http404(_("There is no such file; it may belong to an edition that is no longer kept."))
        # Only what the checksums name is a file of the edition; the list of checksums itself is one as well.
        file = edition and edition.file(name)
        if edition is None or (file is None and name != shelf.SUMS):
            raise missing
        etag = f'"{file.sha256}"' if file else f'"{edition.created}"'
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            answer = HttpResponseNotModified()
        else:
            try:
                content = (edition.folder / name).open("rb")
            except FileNotFoundError as error:
                raise missing from error
            media_type = file.media_type if file else "text/plain"
            answer = FileResponse(content, as_attachment=True, filename=f"policytrack-{day}-{name}")
            answer["Content-Type"] = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
            # Whoever checks a checksum or asks for the length gets the bytes as they lie.
            answer["Content-Encoding"] = "identity"
        answer["ETag"] = etag
        answer["Cache-Control"] = "public, max-age=3600"
        return answer
