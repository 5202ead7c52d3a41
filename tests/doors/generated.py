"""The doors that the desk makes for each of its models, as the roles of the domain allow them."""

from collections.abc import Iterator

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model

from records.desk.pages import VersionedPage, VocabularyAdmin
from records.models import ChangeSet, ErrorReport, Proposal, Record
from records.roles import REPORTS, knowledge_models
from tests.doors.cast import HIDDEN, MANAGER, PUBLISHED, WITHDRAWN
from tests.doors.door import Door, Rule, at_desk, by_state, edited, in_draft, who

NOBODY: list[str] = []


def number(record, actor) -> dict:
    return {"object_id": record.pk}


def opened(page: admin.ModelAdmin):
    """What the form of a row sends that was opened a moment ago: the version of its record."""

    def sent(row, actor) -> dict:
        record = page.record_of(row) if isinstance(page, VersionedPage) else row
        return {"read_version": record.version} if hasattr(record, "version") else {}

    return sent


def desk_doors() -> Iterator[tuple[str, Door]]:
    for model, page in admin.site._registry.items():
        yield from _doors_of(model, page)
    yield "admin:auth_user_password_change", Door(*2 * [at_desk(NOBODY)], of=User, arguments=lambda u, a: {"id": u.pk})


def _doors_of(model: type[Model], page: admin.ModelAdmin) -> Iterator[tuple[str, Door]]:
    prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    looks, adds, changes, deletes = _rules(model, page)
    row = {"of": model, "arguments": number, "generated": True}
    yield f"{prefix}_changelist", Door(get=looks, generated=True)
    yield f"{prefix}_add", Door(get=adds, post=adds, generated=True)
    yield f"{prefix}_change", Door(get=looks, post=changes, sent=opened(page), **row)
    yield f"{prefix}_delete", Door(get=deletes, post=deletes, **row)
    yield f"{prefix}_history", Door(get=looks, **row)
    # The short address of a row leads on to its page, which asks who comes.
    yield f"{prefix}_short", Door(get=at_desk(answer=302), **row)
    if issubclass(model, Record):
        submits = at_desk(who("change", model))
        acts = lambda record, actor: {"object_id": record.pk, "act": "submit"}  # noqa: E731
        yield f"{prefix}_move", Door(get=submits, post=submits, of=model, arguments=acts, generated=True)
        # No version has this number. What was withdrawn says nothing that could be said again.
        restores = at_desk(who("publish", model), by_state({(*HIDDEN, PUBLISHED): 404, WITHDRAWN: 403}))
        version = lambda record, actor: {"object_id": record.pk, "number": 0}  # noqa: E731
        yield f"{prefix}_restore", Door(get=restores, post=restores, of=model, arguments=version, generated=True)


def _rules(model: type[Model], page: admin.ModelAdmin) -> tuple[Rule, Rule, Rule, Rule]:
    """Who may look at rows, add, change and delete them."""
    nobody = at_desk(NOBODY)
    if issubclass(model, Record):
        deletes = in_draft(at_desk(who("delete", model)))
        return at_desk(), at_desk(who("add", model)), edited(model), deletes
    if model is ChangeSet:
        # Sent or not, its page only shows it.
        return at_desk(), nobody, at_desk(), nobody
    if model is Proposal:
        # A decision that says nothing is none, whoever sends it.
        return at_desk(), nobody, at_desk(answer=404), nobody
    if model is ErrorReport:
        return at_desk(), nobody, at_desk(), nobody
    if isinstance(page, VersionedPage) and not isinstance(page, VocabularyAdmin):
        # A part of a record, on a page of its own.
        return at_desk(), nobody, edited(model._meta.get_field(page.parent).related_model), nobody
    label = model._meta.label_lower
    if label in REPORTS:
        return at_desk([MANAGER]), nobody, nobody, nobody
    looks = at_desk() if model in knowledge_models() else nobody
    return looks, nobody, nobody, nobody
