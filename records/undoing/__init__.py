"""Undoing a change set: every row as it was before it, in a change set of its own, or not at all.

What a change set wrote stands in the version tables. A row may be set back while it still says what the change set
made of it, whatever happened in between: so changes that were undone themselves stand in nobody's way. What is derived
is derived anew. `plan` reads what would happen and what hinders it, and `undo` does exactly that.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from records import publishing, roles
from records.models import ChangeSet, Import, Record, Undoing
from records.undoing import footprints
from records.undoing.footprints import Footprint, Keys
from records.undoing.obstacles import Obstacle, obstacles

CARRIED_AT_ONCE = 2000
TOLD = 5
SEEN = (Record.State.PUBLISHED, Record.State.WITHDRAWN)


class Obstructed(publishing.NotAllowed):
    """What the change set wrote is no longer as it left it; `obstacles` names the rows and who changed them."""

    def __init__(self, found: list[Obstacle]):
        self.obstacles = found
        told = "; ".join(str(each) for each in found[:TOLD])
        more = len(found) - TOLD
        super().__init__(
            _("This cannot be undone, because of what happened since: %(told)s") % {"told": told}
            + (_("; and %(count)d more") % {"count": more} if more > 0 else "")
        )


@dataclass
class Plan:
    """What undoing a change set would do, whom it concerns, and what stands in the way."""

    change_set: ChangeSet
    footprints: list[Footprint]
    # The records that the rows stand in, by model, the rows' own included.
    owners: dict[type[Record], Keys] = field(default_factory=dict)
    # Models with rows that stand in no record: words that records choose from.
    words: set[type[models.Model]] = field(default_factory=set)
    # Whether readers can see one of those records, or could before the change set.
    seen: bool = False
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.footprints

    def refusal(self, user) -> str:
        """Why somebody may not undo it; empty where they may."""
        needed = [roles.permission("publish", model) for model in self.owners]
        needed += [roles.permission("change", model) for model in self.words]
        if not user.has_perms(needed):
            return _("Only a reviewer of everything that it changed can undo a change set.")
        if self.seen and self._is_own(user) and roles.second_person():
            return _("Readers have seen what you changed here; somebody else has to undo it.")
        return ""

    def _is_own(self, user) -> bool:
        return user.pk is not None and self.change_set.by_id == user.pk


@transaction.atomic
def plan(change_set: ChangeSet) -> Plan:
    """What undoing would do now. Reads only."""
    planned = Plan(change_set, footprints.of(change_set.pk))
    _find_owners(planned)
    planned.seen = any(_seen(planned, model, keys) for model, keys in planned.owners.items())
    planned.obstacles = obstacles(planned.footprints)
    return planned


def undo(change_set: ChangeSet, *, by, reason: str) -> ChangeSet:
    """Set back every row that the change set wrote, as a new change set. Undoing that one does it again.

    Raises Obstructed where rows have changed since or others depend on them, and NotAllowed where there is nothing to
    undo or the person may not. `by` None is a command, which may.
    """
    kind = ChangeSet.Kind.SOURCE_ONLY if change_set.kind == "source_only" else ChangeSet.Kind.CORRECTION
    try:
        with publishing.change(by=by, reason=reason, kind=kind) as undoing:
            planned = plan(change_set)
            if planned.is_empty:
                raise publishing.NotAllowed(_("There is nothing to undo: it wrote only what follows from records."))
            if by is not None and (refusal := planned.refusal(by)):
                raise publishing.NotAllowed(refusal)
            if planned.obstacles:
                raise Obstructed(planned.obstacles)
            undoing.reason = _told(planned, reason)
            _write(planned, undoing)
            Undoing.objects.create(
                undone=change_set,
                change_set=undoing,
                seen=planned.seen,
                written_by_id=change_set.by_id,
                by=by,
                alone=by is not None and planned._is_own(by),
            )
            _mark_import(change_set)
            with connection.cursor() as cursor:
                # What is checked at the end of the transaction shall be told here, and not to whoever ends it.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        why = getattr(told, "message_detail", None) or getattr(told, "message_primary", None)
        raise Obstructed([Obstacle(None, None, why or _("the database refuses it"))]) from error
    return undoing


def _mark_import(change_set: ChangeSet) -> None:
    """An import whose change set is undone is undone; where that is undone in turn, it is applied again."""
    again = Undoing.objects.filter(change_set=change_set).values_list("undone", flat=True).first()
    orders = Import.objects.filter(change_set=again or change_set.pk)
    if again:
        orders.filter(state=Import.State.UNDONE).update(state=Import.State.APPLIED)
    else:
        orders.filter(state__in=[Import.State.APPLIED, Import.State.UNDOING]).update(state=Import.State.UNDONE)


def _told(planned: Plan, reason: str) -> str:
    """The reason as the history tells it."""
    number, was = planned.change_set.pk, Truncator(planned.change_set.reason).chars(200)
    words = (
        _("Takes back change set %(number)d, which readers have seen (“%(was)s”): %(reason)s")
        if planned.seen
        else _("Takes back change set %(number)d (“%(was)s”): %(reason)s")
    )
    return words % {"number": number, "was": was, "reason": reason}


# Whom it concerns


def _find_owners(planned: Plan) -> None:
    for footprint in planned.footprints:
        found = list(_owners(footprint.model, footprint))
        if not found:
            planned.words.add(footprint.model)
        for model, keys in found:
            planned.owners.setdefault(model, set()).update(keys)


def _owners(model: type[models.Model], rows: Footprint | Keys) -> Iterator[tuple[type[Record], Keys]]:
    """The records that rows of a model stand in, before the undoing and after it."""
    if issubclass(model, Record):
        yield model, set(rows.keys if isinstance(rows, Footprint) else rows)
    for column in model._meta.concrete_fields:
        if column.remote_field and column.remote_field.on_delete is models.CASCADE:
            keys = footprints.values_of(model, column.column, rows)
            if keys:
                yield from _owners(column.related_model._meta.concrete_model, keys)
    if generic := footprints.generic(model):
        for kind in footprints.values_of(model, f"{generic.ct_field}_id", rows):
            subject = ContentType.objects.get_for_id(kind).model_class()
            keys = footprints.values_of(model, generic.fk_field, rows, where=f'"{generic.ct_field}_id" = {int(kind)}')
            if subject is not None and keys:
                yield from _owners(subject._meta.concrete_model, keys)


def _seen(planned: Plan, model: type[Record], keys: Keys) -> bool:
    if model._base_manager.filter(pk__in=keys, state__in=SEEN).exists():
        return True
    return footprints.version_of(model).filter(superseded_by=planned.change_set.pk, state__in=SEEN).exists()


# Writing


def _write(planned: Plan, undoing: ChangeSet) -> None:
    before = _instances(planned.owners)
    with connection.cursor() as cursor, footprints.many_rows(cursor):
        # Nothing may stand in its own way: what goes goes first, and what comes back comes last.
        for footprint in planned.footprints:
            footprint.remove(cursor)
        for footprint in planned.footprints:
            footprint.change_back(cursor)
        for footprint in planned.footprints:
            footprint.restore(cursor)
        rewritten = {footprint.model: set(footprint.keys) for footprint in planned.footprints}
        for model, keys in planned.owners.items():
            # Whoever has the page of such a record open learns that a row on it is no longer what they read.
            if others := keys - rewritten.get(model, set()):
                cursor.execute(
                    f'UPDATE "{model._meta.db_table}" SET version = version + 1 WHERE id = ANY(%s)', [sorted(others)]
                )
    touched = [*before, *_instances(planned.owners)]
    for start in range(0, len(touched), CARRIED_AT_ONCE):
        publishing.carry(touched[start : start + CARRIED_AT_ONCE], undoing)


def _instances(owners: dict[type[Record], Any]) -> Iterable[Record]:
    return [record for model, keys in owners.items() for record in model._base_manager.filter(pk__in=keys)]
