"""Who may do what at the desk: one group for each role, with exactly its permissions."""

from collections.abc import Iterator

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from records.models import DeskRules, Record

ROLES = ("analyst", "editor", "reviewer", "manager", "admin")

# Acts on records that Django has no permission for. "change" is for drafts only; of what readers see, changes are
# proposed, and approved by whoever may publish.
ACTS = ("propose", "publish", "withdraw")

# What drives the jobs, and what managers ask for, is no part of the knowledge that every role at the desk may look at.
WORK = {"records.outboxentry", "records.jobslot", "records.heartbeat", "records.deskrules", "records.assignment"}
# Everybody has their own, on a page that asks for no permission.
TOKENS = {"records.apitoken"}
REPORTS = {"programs.phasereport", "programs.phasereportfile"}
# Who may look at an import follows from the kind of its rows.
IMPORTS = {"records.import", "records.importrow", "records.importfault"}


def permission(act: str, model: type[models.Model]) -> str:
    """Name of the permission for an act on a model's rows, as `has_perm` takes it: "measures.publish_measure"."""
    return f"{model._meta.app_label}.{act}_{model._meta.model_name}"


def record_models() -> list[type[Record]]:
    """Every kind of record, proxies included."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


def knowledge_models() -> list[type[models.Model]]:
    """The models of the apps that hold records, without their version tables and what drives the jobs."""
    labels = {model._meta.app_label for model in record_models()}
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in labels
        and not issubclass(model, pghistory.models.Event)
        and model._meta.label_lower not in WORK | TOKENS | REPORTS | IMPORTS
    ]


def role_permissions(role: str) -> Iterator[str]:
    """The permissions of a role other than admin, which has all."""
    if role == "analyst":
        return
    for model in knowledge_models():
        yield permission("view", model)
    for model in record_models():
        if role == "editor":
            acts = ["add", "change", "delete", "propose"]
        elif role == "reviewer":
            acts = ["propose", "publish", "withdraw", *(["merge"] if model.merges else [])]
        else:
            acts = ["add", "change", "delete", "propose"] if model._meta.app_label == "programs" else []
        for act in acts:
            yield permission(act, model)
    if role == "manager":
        yield from ("programs.add_phasereport", "programs.view_phasereport", "programs.view_phasereportfile")
    # Whoever has a place at the desk deals with what readers report.
    yield "records.change_errorreport"


@transaction.atomic
def ensure_groups(**_signal) -> None:
    """Make the group of every role and set its permissions; safe to run again, and a receiver of post_migrate."""
    # Whoever migrates one app only, or in another order, has not yet made the permissions of all.
    for config in apps.get_app_configs():
        if config.models_module:
            create_permissions(config, verbosity=0)
    _ensure_acts()
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(known.values() if role == "admin" else [known[name] for name in role_permissions(role)])


def _ensure_acts() -> None:
    kinds = ContentType.objects.get_for_models(*record_models(), for_concrete_models=False)
    Permission.objects.bulk_create(
        [
            Permission(
                content_type=kind,
                codename=f"{act}_{model._meta.model_name}",
                name=f"Can {act} {model._meta.verbose_name_raw}",
            )
            for model, kind in kinds.items()
            for act in (*ACTS, *(["merge"] if model.merges else []))
        ],
        ignore_conflicts=True,
    )


def ensure_rules(**_signal) -> None:
    """Write the rules of the desk where the database enforces them; safe to run again, a receiver of post_migrate."""
    # Whoever migrates to a step before the table has no rules yet.
    if DeskRules._meta.db_table in connection.introspection.table_names():
        DeskRules.objects.update_or_create(pk=1, defaults={"second_person": settings.SECOND_PERSON})


def second_person() -> bool:
    """Whether somebody else has to approve; asked where the database looks too, so that the two never disagree."""
    return not DeskRules.objects.filter(second_person=False).exists()


def may_edit(user, record: Record) -> bool:
    """Whether somebody may change the record directly: drafts only, and by their editors."""
    return record.state == Record.State.DRAFT and user.has_perm(permission("change", type(record)))


def may_propose(user, record: Record) -> bool:
    """Whether somebody may propose a change of the record: of what went through its review."""
    return record.is_shown and user.has_perm(permission("propose", type(record)))
