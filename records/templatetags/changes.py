"""Template tags that lead from what was known at a moment to what changed since."""

import difflib
import re
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from records import belonging, known, touched
from records.comparison import comparison_address
from records.lists import FilteredList
from records.models import Record
from records.past import Past
from records.templatetags.marks import clocked

register = template.Library()
AT_MOST = 100
# A word with the space behind it; in scripts without spaces, a character.
CJK = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"(?:[{CJK}]|[^\W{CJK}]+|[^\w\s])\s*|\s+")
FEWEST, MOST = 4, 1500
ALIKE = 0.4


@register.inclusion_tag("components/differences.html", takes_context=True)
def differences_since(context):
    """How much changed since the moment of the page: of its record, of the kind of its list, or at all; one query.

    Where nothing of these did, other records may have, which the page tells of as well: then how much did at all.
    """
    clocks, view, record = context.get("clocks"), context.get("view"), context.get("object")
    if not clocks or clocks.is_now or not clocks.knowledge or view is None:
        return {}  # an error's page has no view, and perhaps no transaction that could still ask
    number, kinds = clocks.knowledge.number, {model: name for name, model in belonging.owners().items()}
    address, query, of = reverse("records:changes"), {"since": clocks.asked_known}, ""
    with known.as_now():
        if isinstance(record, Record) and record._meta.concrete_model in kinds:
            found = sum(each > number for each in Past(record).steps)
            if found:
                return _link(found, f"{record.get_absolute_url()}history/", query, clocks)
            narrowed = True
        else:
            model = view.filter_class._meta.model if isinstance(view, FilteredList) else None
            of = belonging.owner_kind(model) if model in belonging.hops() else ""
            found, narrowed = touched.count(after=number, of=of, at_most=AT_MOST + 1), bool(of)
        elsewhere = narrowed and not found
        if elsewhere:
            found, of = touched.count(after=number, at_most=AT_MOST + 1), ""
    return _link(found, address, query | ({"of": of} if of else {}), clocks, elsewhere=elsewhere)


def _link(found: int, address: str, query: dict, clocks, *, elsewhere: bool = False) -> dict:
    day = {} if clocks.is_today else {"on": clocks.on.isoformat()}
    return {
        "elsewhere": elsewhere,
        "count": min(found, AT_MOST),
        "more": found > AT_MOST,
        "url": f"{address}?{urlencode(query | day, safe=':')}",
    }


@register.simple_tag(takes_context=True)
def history_url(context, record):
    """The page of a record's versions; empty for a record without a page."""
    if record._meta.concrete_model not in belonging.owners().values():
        return ""
    return clocked(context, f"{record.get_absolute_url()}history/")


@register.simple_tag(takes_context=True)
def compare_url(context, record) -> str:
    """The page that compares a record: with others, on another day, or as it was known at another moment."""
    query = urlencode({record._meta.concrete_model._meta.model_name: record.slug})
    return clocked(context, f"{reverse('records:compare')}?{query}")


@register.simple_tag(takes_context=True)
def why_changed_url(context):
    """The page that compares a list with itself at the moment it is known on; empty where that is now."""
    clocks, view = context.get("clocks"), context.get("view")
    if not clocks or clocks.is_now or not isinstance(view, FilteredList):
        return ""
    return comparison_address(view, clocks)


@register.filter
def beside(text, other) -> str:
    """A text with those of its words marked that another version of it has not; unmarked where little is the same."""
    ours, theirs = (TOKEN.findall(str(each)) for each in (text, other))
    if min(len(ours), len(theirs)) < FEWEST or max(len(ours), len(theirs)) > MOST:
        return conditional_escape(text)
    words, others = ([token.strip() for token in each] for each in (ours, theirs))
    matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
    if matcher.ratio() < ALIKE:
        return conditional_escape(text)
    told = []
    for act, start, end, _other_start, _other_end in matcher.get_opcodes():
        same = "".join(ours[start:end])
        marked = "" if act == "equal" else same.rstrip()
        told += [format_html("<mark>{}</mark>", marked) if marked else "", conditional_escape(same[len(marked) :])]
    # Each piece is escaped. What is only shorter than the other has nothing marked, and is no wholly other text.
    return format_html('<span class="compared">{}</span>', mark_safe("".join(told)))
