"""The citation of one record, source or passage as a file, at the address of its page."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import View

from records.citing.formats import ENDINGS, OF_ONE
from records.citing.works import citing, passage_of
from records.clocks import PARAMETERS
from records.models import Citation, Record, SlugRedirect, Source
from records.queries import BadQuery, refuse_unknown
from records.views import citing_records, moved_to


class Cite(View):
    """A record with both clocks pinned; `passage` names words of a source that a fact which readers see stands on."""

    model: type[Record] = Record

    def get(self, request, slug, format):
        if format not in OF_ONE:
            raise Http404(_("There is no citation in this format; there are %(known)s.") % {"known": ", ".join(OF_ONE)})
        known = (*PARAMETERS, *(["passage"] if self.model is Source else []))
        if problems := refuse_unknown(request.GET, known, single=known):
            raise BadQuery(problems)
        record = self.model.objects.published().filter(slug=slug).first()
        gone = record is None or record.state == Record.State.WITHDRAWN
        if gone and (target := SlugRedirect.objects.target(self.model, slug)):
            return moved_to(request, f"{target.get_absolute_url()}cite.{format}")
        if record is None:
            raise Http404(_("There is no such record."))
        if wanted := request.GET.get("passage", "").strip():
            work = citing(request).passage(self.passage(record, wanted))
        else:
            work = citing(request).work(record)
        _label, content_type, write = OF_ONE[format]
        answer = HttpResponse("".join(write([work])), content_type=content_type)
        kind = "inline" if format == "txt" else "attachment"
        answer["Content-Disposition"] = f'{kind}; filename="{slug}.{ENDINGS[format]}"'
        answer["Link"] = f'<{work.permalink}>; rel="canonical"'
        return answer

    def passage(self, source: Source, wanted: str) -> Citation:
        if source.state == Record.State.PUBLISHED:
            for record in citing_records(source):
                for fact in record.facts:
                    if passage_of(fact.citation) == wanted:
                        return fact.citation
        raise BadQuery({"passage": [_("No fact here stands on such a passage of this source.")]})
