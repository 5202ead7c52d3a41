"""Template tags for how a record is cited: links below it, and what machines read in the head of its page."""

from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from records import belonging
from records.citing import heads
from records.citing.formats import OF_ONE
from records.citing.works import citing, passage_of
from records.models import Record

register = template.Library()


def has_page(record) -> bool:
    return isinstance(record, Record) and record._meta.concrete_model in belonging.owners().values()


def _address(context, record, format: str, **more) -> str:
    pinned = context["clocks"].pinned if "clocks" in context else {}
    return f"{record.get_absolute_url()}cite.{format}?{urlencode(pinned | more, safe=':')}"


@register.inclusion_tag("components/cite.html", takes_context=True)
def cite(context, record):
    """Links to the citation of a record in each format, pinned to both clocks; nothing for one without a page."""
    if not has_page(record):
        return {}
    labels = {format: _("plain text") if format == "txt" else label for format, (label, *_rest) in OF_ONE.items()}
    return {"links": [(label, _address(context, record, format)) for format, label in labels.items()]}


@register.simple_tag(takes_context=True)
def passage_address(context, citation, format="ris"):
    """Where the citation of a passage is; empty for one without words and without a place."""
    if not citation.quote and not citation.locator:
        return ""
    return _address(context, citation.source, format, passage=passage_of(citation))


@register.inclusion_tag("components/cite_head.html", takes_context=True)
def cite_head(context):
    """The record of a page for reference managers and search engines; nothing on other pages."""
    record, request = context.get("object"), context.get("request")
    # Other pages are about a record as well, such as that of its history.
    if not request or not has_page(record) or request.path != record.get_absolute_url():
        return {}
    here = citing(request)
    work = here.work(record)
    cited = list(context.get("documents") or ()) if record.is_readable else []
    return {
        "tags": heads.tags(work),
        "data": heads.script(heads.linked_data(work, [s for s in cited if s.is_visible], here)),
        "permalink": work.permalink,
    }
