"""Restoring an earlier version of a record: what it said then is said again, as a correction of its own.

The rows that belong to it are left as they are; undoing a change set takes those back.
"""

from django.db import models
from django.utils.translation import gettext as _

from records import publishing, roles
from records.history import version_model
from records.models import ChangeSet, Record
from records.publishing import NotAllowed
from records.revisions import Rows, names_of_foreign_rows, row_change, told_fields

# The steps of a review are taken anew, and not by the way.
KEPT = {"slug", "state", "embargo_until", "withdrawal_notice", "submitted_by", "approved_by", "checked_on"}


def restorable(record: Record, number: int) -> Record | None:
    """The record as it was after a change set, if that was a version of it and says something else than now."""
    then = (
        version_model(type(record)).objects.filter(
            pgh_obj_id=record.pk, known_since__lte=number, superseded_by__gt=number
        )
    ).first()
    return then if then and differing(record, then) else None


def versions(record: Record) -> set[int]:
    """The change sets after which the record said something else than now."""
    past = version_model(type(record)).objects.filter(pgh_obj_id=record.pk)
    return {then.known_since for then in past if differing(record, then)}


def differing(record: Record, then: models.Model) -> list[models.Field]:
    """The fields that would be set back."""
    fields = [each for each in told_fields(record._meta.concrete_model) if each.name not in KEPT]
    return [each for each in fields if getattr(record, each.attname) != getattr(then, each.attname)]


def changes(record: Record, then: models.Model):
    """What restoring would change, in words."""
    rows = Rows(record._meta.concrete_model, dict.fromkeys(KEPT))
    return row_change(rows, record, then, names_of_foreign_rows([[(rows, record, then)]]))


def refusal(record: Record, user) -> str:
    """Why somebody may not restore an earlier version of the record; empty where they may."""
    if not user.has_perm(roles.permission("publish", type(record))):
        return _("Only a reviewer can restore an earlier version.")
    if record.state == Record.State.WITHDRAWN:
        return _("A withdrawn record says nothing any more; publish it again first.")
    newest = type(record)._base_manager.filter(pk=record.pk).values("known_since")
    last = ChangeSet.objects.filter(pk__in=newest, by=user).exists()
    if record.state == Record.State.PUBLISHED and last and roles.second_person():
        return _("You wrote what stands there now; somebody else has to take it back.")
    return ""


def restore(record: Record, number: int, *, by, reason: str) -> ChangeSet:
    """Let the record say again what it said after a change set. Raises Stale when somebody else was quicker."""
    if by is not None and (why := refusal(record, by)):
        raise NotAllowed(why)
    then = restorable(record, number)
    if then is None:
        raise NotAllowed(_("The record says what it said then."))
    for column in differing(record, then):
        setattr(record, column.attname, getattr(then, column.attname))
    record.full_clean(validate_unique=False, validate_constraints=False)
    return publishing.save(record, by=by, reason=reason, kind=ChangeSet.Kind.CORRECTION)
