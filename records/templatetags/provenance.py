"""What a record's page at the desk shows of the footing of its facts."""

from urllib.parse import urlencode

from django import template

from records import footing
from records.desk import copies, passages
from records.desk.panels import RecordPanel
from records.models import Cited, Record, Source

register = template.Library()
register.filter(copies.may_take_copies)


@register.filter
def change_page(row) -> str:
    """The name of the page where a row is changed."""
    opts = row._meta.concrete_model._meta
    return f"admin:{opts.app_label}_{opts.model_name}_change"


@register.filter
def holds(offer, ticked) -> bool:
    return any(fact.key in ticked for fact in offer.facts)


@register.simple_tag
def ticked_query(ticked) -> str:
    """The ticked facts as the beginning of a query string."""
    return urlencode([("fact", key) for key in ticked]) + "&" if ticked else ""


@register.inclusion_tag("admin/includes/provenance.html", takes_context=True)
def provenance(context) -> dict:
    """The panel of a saved record: its facts and the way to attach a passage; for a source, its copies."""
    row, user = context.get("original"), context["request"].user
    if isinstance(row, Source) and row.pk:
        return {
            "source": row,
            "copies": row.snapshots.defer("text").order_by("-fetched_at"),
            "may_copy": copies.may_take_copies(user),
        }
    if not _can_be_cited(row):
        return {}
    _fetch_citations(context, [row])
    return {"facts": passages.facts_of(row), "address": passages.address_of(row)}


@register.filter
def panels(record, user) -> list[RecordPanel]:
    """What apps above add to the page of a saved record."""
    if not isinstance(record, Record) or not record.pk:
        return []
    return [panel for kind in RecordPanel.__subclasses__() if (panel := kind(record, user)).shown]


@register.inclusion_tag("admin/includes/footing.html", takes_context=True)
def field_footing(context, field) -> dict:
    """What the fact in a form's field rests on; nothing for a field that holds none."""
    form = getattr(field.field, "form", None) or getattr(field, "form", None)
    row, name = getattr(form, "instance", None), _name_of(field)
    if not _can_be_cited(row):
        return {"hidden": True}
    formset = getattr(context.get("inline_admin_formset"), "formset", None)
    rows = [each.instance for each in formset.initial_forms] if formset is not None else [row]
    _fetch_citations(context, rows if row in rows else [row])
    name = "budget" if name == "budget_amount" else name
    if name not in passages.labels(type(row)) or not footing.says(row, name):
        return {"hidden": True}
    return {"citations": row.footing(name)}


def _name_of(field) -> str:
    return field.field["name"] if isinstance(field.field, dict) else field.field.name


def _can_be_cited(row) -> bool:
    return isinstance(row, Cited) and row.pk is not None and bool(row.facts)


def _fetch_citations(context, rows) -> None:
    """The citations of rows of one kind, asked for once on a page."""
    missing = [row for row in rows if row.pk and "citations" not in getattr(row, "_prefetched_objects_cache", {})]
    if missing:
        passages.with_citations(missing)
