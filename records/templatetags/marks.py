"""Template tags for what every page shows the same way: statuses, dates, sources, empty values, kept clocks.

docs/look.md lists them with the markup they belong in.
"""

from contextlib import suppress

from django import template
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from records import amounts, dates, naming, statuses
from records.models import Name
from records.naming import language_label

register = template.Library()
register.filter(language_label)

# State of a milestone: glyph and words.
MILESTONE_MARKS = {
    "achieved": ("ok", pgettext_lazy("milestone", "Achieved")),
    "missed": ("gap", pgettext_lazy("milestone", "Missed")),
    "overdue": ("gap", pgettext_lazy("milestone", "Overdue")),
    "planned": ("announced", pgettext_lazy("milestone", "Planned")),
    "unknown": ("unconfirmed", pgettext_lazy("milestone", "Unknown")),
}


def _glyph(name, label, css=""):
    return format_html(
        '<span class="st st-{0}{2}"><svg class="g" aria-hidden="true"><use href="#g-{0}"/></svg>{1}</span>',
        name,
        label,
        css,
    )


@register.filter
def status_label(code) -> str:
    """The word for a status, for places that take text only; without a status "Not stated"."""
    return statuses.LABELS[str(code)] if code else _("Not stated")


@register.simple_tag
def status(code, possible=False, never_began=False, label=None):
    """A status as shape, colour and word; `label` says more than the word does ("Eased for resist")."""
    if not code:
        return format_html('<span class="st st-none">{}</span>', label or _("Not stated"))
    code = str(code)
    if label is None:
        labels = statuses.POSSIBLE_LABELS if possible else statuses.NEVER_BEGAN_LABELS if never_began else {}
        label = labels.get(code, statuses.LABELS[code])
    return _glyph(code, label, " st-possible" if possible else "")


register.filter(statuses.evidence)


@register.simple_tag
def milestone_state(state, overdue=False):
    """The state of a milestone; a planned one whose day has passed is shown as overdue."""
    return _glyph(*MILESTONE_MARKS["overdue" if overdue else str(state)])


@register.simple_tag
def money(amount, currency):
    """An amount in words, kept on one line: "7.8 trillion KRW"."""
    return format_html('<span class="nw">{}</span>', amounts.money(amount, currency))


@register.simple_tag(takes_context=True)
def edtf(context, text, role="", citations=None, short=False, missing=None):
    """A date with its role, its precision and, where `citations` is given, its source dot.

    `text` is EDTF text or None, which is shown as `missing` ("not stated"); `short` abbreviates months for tables.
    """
    return _dated(context, text, role, "", citations, short, missing)


@register.simple_tag(takes_context=True)
def since(context, text, short=False):
    """Since when something is so: "since 22 July 2019", and where only the latest day is known "… or earlier"."""
    before, _date, after = (pgettext("date", "since %(date)s") % {"date": "\0"}).partition("\0")
    return _dated(context, dates.one_moment(text), before.strip(), after.strip(), None, short, None)


@register.filter
def one_moment(text):
    """A start or an end, for `edtf` below a heading that says which: "13 March 2012 or earlier"."""
    return text and dates.one_moment(text)


def _dated(context, text, before, after, citations, short, missing):
    role = format_html('<span class="dt-role">{}</span> ', before) if before else ""
    source_dot = "" if citations is None else dot(context, citations)
    if not text:
        words = missing or _("not stated")
        return format_html(
            '<span class="dt">{}<span class="nw"><span class="muted">{}</span>{}</span></span>', role, words, source_dot
        )
    day = dates.parse(text)
    words = dates.short_label(day) if short else dates.label(day)
    breaks = day.is_interval or day.is_set
    # The marks stay with the last word: a long range may break over lines, a mark may not stand alone on one.
    start, space, last = words.rpartition(" ") if breaks else ("", "", words)
    if breaks and not space:
        # Japanese writes no spaces and breaks between any two characters.
        start, last = last[:-2], last[-2:]
    if attribute := day.datetime_attribute:
        last = format_html('<time datetime="{}">{}</time>', attribute, last)
    return format_html(
        '<span class="dt">{}{}{}<span class="nw">{}{}{}{}</span></span>',
        role,
        start,
        space,
        last,
        after,
        precision_mark(day),
        source_dot,
    )


@register.simple_tag
def precision_mark(day):
    """The small sign after a date that draws how exactly it is known; takes EDTF text or a parsed date."""
    day = dates.parse(day) if isinstance(day, str) else day
    return format_html(
        '<svg class="pm{}" role="img" aria-label="{}"><title>{}</title><use href="#p-{}"/></svg>',
        " day" if day.mark == "day" else "",
        day.precision_label,
        day.precision_label,
        day.mark,
    )


@register.simple_tag(takes_context=True)
def dot(context, citations):
    """A link to what a fact stands on: filled where an official source does, a ring for others, "unsourced" for none.

    Takes citations or sources. It leads to the document list of the page where the context has `documents` (the
    sources it lists), else to the page of the first source, official ones first.
    """
    sources = list({s.pk: s for s in (getattr(c, "source", c) for c in citations)}.values())
    if not sources:
        return format_html('\u2060<span class="dot no"><span class="muted">{}</span></span>', _("unsourced"))
    sources.sort(key=lambda source: not source.is_official)
    first, count = sources[0], len(sources)
    listed = {source.pk for source in context.get("documents") or ()}
    label = ngettext("%(count)s source: %(publishers)s", "%(count)s sources: %(publishers)s", count)
    return format_html(
        '\u2060<a class="dot{}" href="{}" aria-label="{}">{}</a>',
        "" if first.is_official else " press",
        f"#s-{first.slug}" if first.pk in listed else clocked(context, first.get_absolute_url()),
        label % {"count": count, "publishers": "; ".join(source.publisher for source in sources)},
        count if count > 1 else "",
    )


@register.simple_tag(takes_context=True)
def disputed(context, record, *fields, but=""):
    """A link to what bodies tell differently about a record, among the `disputed_facts` of the page; else nothing.

    `fields` are the fields that it stands beside; without them it stands for all of the record, `but` for that one.
    """
    subject = ContentType.objects.get_for_model(record).pk
    about = [
        fact
        for fact in context.get("disputed_facts") or ()
        if (fact.subject_type_id, fact.subject_id) == (subject, record.pk)
        and (fact.field in fields if fields else not fact.field or fact.field != but)
    ]
    if not about:
        return ""
    return format_html(' <a class="chg" href="#{}">{}</a>', about[0].slug, _("disputed"))


@register.filter
def footing(record, fact):
    """The citations that carry a fact of a record, for `dot`: `{% dot measure|footing:"legal_basis" %}`."""
    return record.footing(fact)


@register.simple_tag(takes_context=True)
def clocked(context, path):
    """A path of this site that keeps the chosen day."""
    clocks = context.get("clocks")
    if not clocks or not clocks.query:
        return path
    path, hash_mark, fragment = path.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{clocks.query}{hash_mark}{fragment}"


@register.simple_tag(takes_context=True)
def permalink(context):
    """The address of the page that says for ever what it says now: with both clocks as they stand, and with what else
    the page chose by the day, where the view has `pinned` that."""
    query = context["request"].GET.copy()
    for name, value in {**context["clocks"].pinned, **context.get("pinned", {})}.items():
        query[name] = value
    return f"?{query.urlencode(safe=':')}"


@register.simple_tag(takes_context=True)
def clocked_url(context, name, *args, **kwargs):
    """Like `{% url %}`, and keeps the chosen day."""
    return clocked(context, reverse(name, args=args, kwargs=kwargs))


@register.filter
def stated(value, missing=None):
    """The value, or in quiet type "not stated" (or other words) where there is none. Zero is a value."""
    if value is None or value == "":
        return format_html('<span class="muted">{}</span>', missing or _("not stated"))
    return conditional_escape(value)


@register.filter
def english(text):
    """A text that records hold in English, marked as such on a page in another language."""
    return naming.marked(text, "en")


@register.filter
def in_language(text, language):
    """A text marked with its language (a BCP 47 tag, or nothing) where that is not the page's."""
    return naming.marked(text, language) if language else text


@register.simple_tag
def title(english, names):
    """What a record is called in the reader's language; without such a name its English title, marked as English."""
    name = naming.readers_name(names)
    return name.text if name else naming.marked(english, "en")


@register.simple_tag
def called(record):
    """`title` of a record whose names the view has fetched; where it has not, the English title."""
    name = naming.readers_name(naming.at_hand(record))
    return name.text if name else naming.marked(str(record), naming.language_of(record))


@register.inclusion_tag("components/english_title.html")
def english_title(record):
    """The English title of a record on a line of its own, where it is `called` otherwise."""
    return {"english": naming.readers_name(naming.at_hand(record)) and str(record)}


@register.simple_tag
def other_names(english, names):
    """The names that stand below or beside `title`: English where the title is not, then those of other languages."""
    own = naming.readers_name(names)
    native = [name for name in names if name is not own and not name.language.startswith("en")]
    return [Name(language="en", text=english), *native] if own else native


@register.inclusion_tag("components/native_names.html")
def native_names(english, names):
    """`other_names`, one to a line, each set in its language."""
    return {"names": other_names(english, names)}


@register.filter
def day(value) -> str:
    """A calendar day in words: "21 December 2019"."""
    return dates.label(value.isoformat())


# The pages that every page leads to, in the order of the header.
SECTIONS = [
    ("measures:list", gettext_lazy("Measures")),
    ("measures:timeline", gettext_lazy("Timeline")),
    ("measures:material_list", gettext_lazy("Materials")),
    ("measures:organization_list", gettext_lazy("Organizations")),
    ("programs:list", gettext_lazy("Programs")),
    ("records:source_list", gettext_lazy("Sources")),
]


@register.inclusion_tag("components/navigation.html", takes_context=True)
def main_navigation(context):
    """The links of the header; an app that is not mounted has no place in it."""
    path = getattr(context.get("request"), "path", "")
    links = []
    for name, label in SECTIONS:
        with suppress(NoReverseMatch):
            page = reverse(name)
            current = "page" if path == page else "true" if path.startswith(page) else ""
            links.append({"url": clocked(context, page), "label": label, "current": current})
    return {"links": links}
