"""A proposal laid into the form of the page that it was made on, so that a reviewer can change it before approving."""

from django.contrib.contenttypes.models import ContentType
from django.db import models

from records.desk.conflicts import Typed
from records.desk.row_passages import PASSAGE, PLACES
from records.models import Citation, Proposal


def fits(proposal: Proposal, obj: models.Model, inlines) -> bool:
    """Whether the form of this page has a place for all that is proposed."""
    return proposal.is_open and typed(proposal, obj, inlines) is not None


def typed(proposal: Proposal, obj: models.Model, inlines) -> Typed | None:
    """The values of a proposal as somebody would type them; None where the form has no place for some of them."""
    page = Typed(fields={"change_kind": proposal.kind, "change_reason": proposal.reason})
    places = {}
    for place, row in enumerate(proposal.rows):
        values = {name: value.get("new") for name, value in row["values"].items()}
        if (row["model"], row["key"]) == (_label(obj), obj.pk):
            page.fields.update(values)
            continue
        if row["model"] == _label(Citation) and not _is_of(obj, values, row):
            if not _rest(values, places):
                return None
            continue
        inline = next((each for each in inlines if _label(each.model) == row["model"]), None)
        if inline is None:
            if not _tick(page, row, inlines, places):
                return None
        elif row["act"] == "add":
            page.new_rows.setdefault(type(inline), []).append(values)
            places[place] = values
        else:
            rows = page.rows.setdefault(type(inline), {})
            rows.setdefault(row["key"], {}).update({"DELETE": True} if row["act"] == "remove" else values)
    return page


def _is_of(obj: models.Model, values: dict, row: dict) -> bool:
    """Whether a row of citations is one of the page's own record; such that are stored stand on its page."""
    if row["act"] != "add":
        return True
    subject = ContentType.objects.get_for_model(obj).pk, obj.pk
    return (values["subject_type"], values["subject_id"]) == subject


def _rest(values: dict, places: dict[int, dict]) -> bool:
    """Put a citation into the form of the new row that rests on it; a passage is told once for all its facts."""
    subject = values["subject_id"]
    new = places.get(subject["row"]) if isinstance(subject, dict) else None
    if new is None:
        return False
    told = new.setdefault("passages", [])
    passage = {name: values[name] for name in PASSAGE}
    same = next((each for each in told if {name: each[name] for name in PASSAGE} == passage), None)
    if same is None:
        told.append(same := {**passage, "facts": []})
    same["facts"].append(values["field"])
    return len(told) <= PLACES


def _tick(page: Typed, row: dict, inlines, places: dict[int, dict]) -> bool:
    """Put a row of links into the field of a part's form that stands for it."""
    for inline in inlines:
        for name, (model, owner, chosen) in getattr(inline.form, "links", {}).items():
            if _label(model) != row["model"]:
                continue
            side = "old" if row["act"] == "remove" else "new"
            part, ticked = row["values"][owner][side], row["values"][chosen][side]
            if isinstance(part, dict):
                values = places[part["row"]]
                values.setdefault(name, [])
            else:
                values = page.rows.setdefault(type(inline), {}).setdefault(part, {})
                links = model._base_manager.filter(**{owner: part}).order_by("pk")
                values.setdefault(name, list(links.values_list(chosen, flat=True)))
            values[name] = [each for each in values[name] if each != ticked] + ([ticked] if side == "new" else [])
            return True
    return False


def _label(model: models.Model | type[models.Model]) -> str:
    return model._meta.concrete_model._meta.label_lower
