"""Two people at one record: what the second one typed, laid over what the first one saved."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.forms import BaseModelForm, BaseModelFormSet
from django.forms.models import model_to_dict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.desk.forms import ChangeForm
from records.models import Citation
from records.revisions import states, value_in_words, version_of

# Names of a page's fields: rows have a prefix and a number; what nobody typed is what the page needs for itself.
ROW = re.compile(r"(?P<prefix>.+)-(?P<number>\d+)-(?P<column>\w+)")
PASSAGE = re.compile(r"(?P<prefix>.+)-(?P<number>\d+)-passage-\d+-(?P<column>\w+)")
MACHINERY = re.compile(r"^(csrfmiddlewaretoken|initial-.+|_.*)$|read_version$|-__prefix__-|_FORMS$")
NOT_COMPARED = {"change_kind", "change_reason", "DELETE"}


@dataclass(frozen=True)
class Difference:
    """One field as it was when the editor began, as it is stored now, and as the editor wants it."""

    row: str
    label: str
    began: str
    stored: str
    typed: str
    changed: bool = True


@dataclass
class Typed:
    """What an editor typed on a page that was saved by somebody else meanwhile."""

    fields: dict = field(default_factory=dict)
    # For each inline: what was typed in rows that still exist, by their key, and in rows that do not.
    rows: dict[type, dict] = field(default_factory=dict)
    new_rows: dict[type, list[dict]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


def typed(form: ChangeForm, formsets, record: models.Model) -> Typed:
    """Tell what the editor changed from what somebody else did; forms are bound, and to the rows of now.

    `formsets` are pairs of formset and inline. What the editor read is taken from the version tables.
    """
    page = Typed()
    began = version_of(record, _number(form["read_version"].data))
    base = began if form.instance == record else _as_of(form.instance, began)
    page.fields = _changed(page, form, base, row="") | {
        name: form[name].data for name in ("change_kind", "change_reason") if name in form.fields
    }
    for formset, inline in formsets:
        rows = page.rows.setdefault(type(inline), {})
        new_rows = page.new_rows.setdefault(type(inline), [])
        title = capfirst(inline.opts.verbose_name)
        for row in formset.forms:
            part = row.instance
            if part.pk:
                number = _number(row["read_version"].data) if "read_version" in row.fields else None
                base = version_of(part, number) if number else _as_of(part, began)
                changed = _changed(page, row, base, row=f"{title} “{part}”")
                if "DELETE" in row.fields and row["DELETE"].data:
                    changed["DELETE"] = True
                    page.differences.append(Difference(f"{title} “{part}”", "", "", _("kept"), _("removed")))
                rows[part.pk] = changed
            elif changed := _changed_of_new(page, row, _("new: %(row)s") % {"row": title}):
                new_rows.append(changed)
    return page


def _changed_of_new(page: Typed, form: BaseModelForm, title: str) -> dict:
    """What is typed in a new row, and in the passages that it rests on."""
    changed = _changed(page, form, None, row=title)
    if passages := [passage.typed for passage in getattr(form, "typed_passages", [])]:
        changed["passages"] = passages
        quotes = "; ".join(each["quote"] or each["locator"] or "…" for each in passages)
        page.differences.append(Difference(title, _("Passages"), "", "", quotes))
    return changed


def _number(text) -> int | None:
    return int(text) if text and str(text).isascii() and str(text).isdigit() and len(str(text)) < 10 else None


def _as_of(row: models.Model, began: models.Model | None) -> models.Model | None:
    """A row of a record's page as it was when the record had the version that the editor read."""
    if began is None:
        return None
    for state in states(type(row), pgh_obj_id=row.pk):
        if state.known_since <= began.known_since and (
            state.superseded_by is None or state.superseded_by > began.known_since
        ):
            return state.row
    return None


def _changed(page: Typed, form: BaseModelForm, base: models.Model | None, *, row: str) -> dict:
    """What the editor changed in one form, raw; every change that differs from what is stored goes on the page."""
    names = [name for name in form.fields if name not in NOT_COMPARED and not form[name].is_hidden]
    stored = model_to_dict(form.instance) if form.instance.pk else {}
    if base is not None:
        form.initial = {**form.initial, **model_to_dict(base, fields=[*form.initial])}
        form.__dict__.pop("changed_data", None)
    elsewhere = {name for name in names if name in stored and stored[name] != form.initial.get(name)}
    changed = {name: form[name].data for name in names if name in form.changed_data and not form.fields[name].disabled}
    for name in names:
        if name in changed or (form.instance.pk and name in elsewhere):
            began, now = form.initial.get(name), stored.get(name)
            page.differences.append(
                Difference(
                    row=row,
                    label=capfirst(form[name].label),
                    began=_words(form, name, began),
                    stored=_words(form, name, now),
                    typed=_typed_words(form, name) if name in changed else _("not changed by you"),
                    changed=name in changed,
                )
            )
    return changed


def _typed_words(form, name: str) -> str:
    try:
        value = form.fields[name].clean(form[name].data)
    except (ValidationError, ValueError):
        return str(form[name].data)
    return str(value) if isinstance(value, models.Model) else _words(form, name, value)


def _words(form, name: str, value) -> str:
    try:
        column = form._meta.model._meta.get_field(name)
    except FieldDoesNotExist:
        return ", ".join(str(each) for each in value or ()) or _("empty")
    if column.is_relation and value is not None:
        return str(column.related_model._base_manager.filter(pk=value).first() or value)
    return value_in_words(column, value)


def lines_of(post, model: type[models.Model], formsets: dict[str, type[BaseModelFormSet]]) -> list[tuple[str, str]]:
    """What a page sent, field by field in words, where no form is left to hold it; formsets by their prefix."""
    found = []
    for name in post:
        texts = [text for text in post.getlist(name) if text]
        if not texts or MACHINERY.search(name):
            continue
        row = PASSAGE.fullmatch(name) or ROW.fullmatch(name)
        formset = formsets.get(row["prefix"]) if row else None
        kind, column = (formset.model, row["column"]) if row and formset else (model, name)
        if row and row.re is PASSAGE:
            kind, column = Citation, "field" if column == "facts" else column
        label = column.replace("_", " ")
        if known := _column(kind, column):
            if known.primary_key or known == getattr(formset, "fk", None):
                continue
            label, texts = str(known.verbose_name), [_sent_words(known, text) for text in texts]
        if row and formset:
            label = f"{formset.model._meta.verbose_name} {int(row['number']) + 1}: {label}"
        found.append((capfirst(label), ", ".join(texts)))
    return found


def _column(kind: type[models.Model], name: str):
    try:
        return kind._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _sent_words(column, text: str) -> str:
    if column.is_relation:
        return str(column.related_model._base_manager.filter(pk=_number(text)).first() or text)
    return str(dict(column.flatchoices).get(text, text))
