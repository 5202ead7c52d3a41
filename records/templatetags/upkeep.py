"""What somebody at the desk can do about a stored record besides editing it."""

from django import template

from records import duplicates
from records.desk.merging import may_merge
from records.models import Record
from records.staleness import may_check

register = template.Library()


@register.inclusion_tag("admin/includes/upkeep.html", takes_context=True)
def upkeep(context, record):
    """“Checked, unchanged” and “Merge”, as items of the tools of a record's page."""
    user = context["request"].user
    is_record = isinstance(record, Record) and record.pk is not None
    return {
        "record": record,
        "label": record._meta.concrete_model._meta.label_lower if is_record else "",
        "checks": is_record and may_check(user, record),
        "merges": is_record and may_merge(user, type(record)),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def likeness_fields(opts) -> str:
    """The fields of a form by which duplicates are looked for, for desk.js; empty where there are none to look for."""
    resemblance = duplicates.resemblances().get(opts.model._meta.concrete_model)
    return " ".join(resemblance.typed) if resemblance else ""
