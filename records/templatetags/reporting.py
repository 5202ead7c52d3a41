"""The quiet links by which readers report an error in a fact."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records.reporting import record_name
from records.templatetags.marks import clocked

register = template.Library()


def report_address(record, field: str = "") -> str:
    asked = {"record": record_name(record)} | ({"field": field} if field else {})
    return f"{reverse('records:report_error')}?{urlencode(asked, safe=':')}"


@register.simple_tag(takes_context=True)
def report_error(context, record, field="", label=""):
    """Stands at the end of a fact; `label` is what the fact is called on the page, for those who hear the link."""
    words = _("Report an error in: %(fact)s") % {"fact": label or record}
    return format_html(
        '<a class="rep" rel="nofollow" href="{0}" aria-label="{1}" title="{1}">{2}</a>',
        clocked(context, report_address(record, field)),
        words,
        pgettext("short link beside a fact: is it wrong?", "Error?"),
    )


@register.simple_tag(takes_context=True)
def report_record(context, record):
    """Stands in the footer of a record's page."""
    return format_html(
        '<a href="{}" rel="nofollow">{}</a>', clocked(context, report_address(record)), _("Report an error")
    )
