"""Two records that are one: everything that hangs on the one moves to the other, and its id leads there for ever.

`plan` reads what would happen and writes nothing; `merge` does exactly that, in one change set, so that it can be
undone as a whole. What is not tracked by history stays where it is: archived copies, which are never changed.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CASCADE
from django.utils.translation import gettext as _

from records import publishing
from records.history import version_model
from records.merging.steps import NO_FACTS, Step, empty, label, steps
from records.models import ChangeSet, Citation, Name, Record, SlugRedirect, Stale
from records.publishing import NotAllowed

State = Record.State


@dataclass
class Plan:
    """What a merge does, in the order in which it is done."""

    loser: Record
    into: Record
    steps: list[Step] = field(default_factory=list)
    # What the record that stays takes over, because it had nothing there: names of fields.
    filled: list[str] = field(default_factory=list)
    # Where both say something else, the one that stays is right: (label, what stays, what goes).
    differing: list[tuple[str, object, object]] = field(default_factory=list)
    alias: str = ""

    @property
    def moved(self) -> list[Step]:
        return [step for step in self.steps if step.twin is None]

    @property
    def dropped(self) -> list[Step]:
        return [step for step in self.steps if step.twin is not None]

    @property
    def filled_labels(self) -> list[tuple[str, object]]:
        return [(label(self.into, name), getattr(self.loser, name)) for name in self.filled]


@dataclass(frozen=True)
class Merged:
    """What a merge did."""

    change_set: ChangeSet
    plan: Plan


def merge(loser: Record, *, into: Record, by, reason: str) -> Merged:
    """Move everything from one record to another of its kind; what readers knew stays as a redirect to it.

    Raises NotAllowed where the two cannot be one, and Stale where somebody changed one of the rows meanwhile.
    """
    _refuse_others(loser, into)
    with publishing.change(by=by, reason=reason, kind=ChangeSet.Kind.CORRECTION) as change_set:
        model = loser._meta.concrete_model
        # Two merges at once, or a merge and an edit: the second waits here, and then finds its versions out of date.
        both = model._base_manager.filter(pk__in=[loser.pk, into.pk]).order_by("pk")
        list(both.select_for_update().values_list("pk"))
        for record in (loser, into):
            if not both.filter(pk=record.pk, version=record.version).exists():
                raise Stale(record)
        planned = plan(loser, into=into)
        touched = dict.fromkeys(_apply(planned))
        publishing.carry([*touched, into], change_set)
        loser, was_known = planned.loser, planned.loser.state in (State.PUBLISHED, State.WITHDRAWN)
        if was_known:
            publishing.recall(loser, notice=f"Merged into {into.slug}.")
            loser.save(update_fields=["state", "withdrawal_notice"])
            publishing.carry([loser], change_set)
            SlugRedirect.objects.create(subject=into, slug=loser.slug)
        else:
            publishing.carry([loser], change_set)
            loser.delete()
    return Merged(change_set, planned)


def plan(loser: Record, *, into: Record) -> Plan:
    """What a merge would do. Raises NotAllowed with the reason where the two cannot be one."""
    _refuse_others(loser, into)
    loser, into = (record._meta.concrete_model._base_manager.get(pk=record.pk) for record in (loser, into))
    _refuse(loser, into)
    planned = Plan(loser, into)
    for name in _own_fields(type(loser)):
        theirs, ours = getattr(loser, name), getattr(into, name)
        if empty(ours) and not empty(theirs):
            planned.filled.append(name)
        elif not empty(theirs) and theirs != ours:
            planned.differing.append((label(into, name), _shown(into, name), _shown(loser, name)))
    planned.alias = _alias(loser, into)
    planned.steps = list(steps(loser, into))
    return planned


def _refuse_others(loser: Record, into: Record) -> None:
    if loser._meta.concrete_model is not into._meta.concrete_model or not loser.merges:
        raise NotAllowed(_("Only two materials, two organizations or two sources can be merged."))
    if loser.pk == into.pk:
        raise NotAllowed(_("A record cannot be merged into itself."))


def _refuse(loser: Record, into: Record) -> None:
    names = {"loser": loser, "into": into}
    kind = ContentType.objects.get_for_model(loser)
    if SlugRedirect.objects.filter(subject_type=kind, slug=loser.slug).exists():
        raise NotAllowed(_("“%(record)s” was merged already.") % {"record": loser})
    if into.state == State.WITHDRAWN:
        raise NotAllowed(_("“%(record)s” is withdrawn; nothing can be merged into it.") % {"record": into})
    if loser.is_visible and not into.is_readable:
        raise NotAllowed(_("Readers know “%(loser)s” but not “%(into)s”: merge the other way round.") % names)
    if any(record.embargo_until is not None for record in (loser, into)):
        raise NotAllowed(_("One of the two is under embargo; merge them when that has ended."))
    if State.IN_REVIEW in (loser.state, into.state):
        raise NotAllowed(_("One of the two waits for a reviewer; merge them when that is decided."))
    if not loser.is_visible and loser.state == State.DRAFT and _kept_rows(loser):
        raise NotAllowed(_("“%(record)s” is a draft with archived copies, which cannot move.") % {"record": loser})
    for parent in _parents(type(loser)):
        above, seen = getattr(into, parent.name), {into.pk}
        above = above and getattr(above, parent.name) if above == loser else above
        while above is not None and above.pk not in seen:
            if above == loser:
                raise NotAllowed(_("“%(into)s” is part of a part of “%(loser)s”; move it first.") % names)
            seen.add(above.pk)
            above = getattr(above, parent.name)


def _apply(planned: Plan) -> Iterator[Record]:
    """Carry the plan out; yields the records on whose pages something changed."""
    loser, into = planned.loser, planned.into
    changed = list(planned.filled)
    for parent in _parents(type(into)):
        if getattr(into, parent.attname) == loser.pk:
            setattr(into, parent.attname, getattr(loser, parent.attname))
            changed.append(parent.name)
    for name in planned.filled:
        setattr(into, name, getattr(loser, name))
    # Also where no field changes: whoever edits it now learns that it is no longer what they read.
    into.save(update_fields=changed)
    # One instance for each record: it may point at the one that goes with several columns, and counts its versions.
    rows: dict[models.Model, models.Model] = {}
    for step in planned.steps:
        row = rows.setdefault(step.row, step.row)
        # Before the row leaves what it stands in, and after.
        yield from _owners(row)
        if step.twin is not None:
            if step.fills:
                twin = rows.setdefault(step.twin, step.twin)
                for name in step.fills:
                    setattr(twin, name, getattr(row, name))
                twin.save(update_fields=step.fills)
            row.delete()
            continue
        for name, value in step.moves.items():
            setattr(row, name, value)
        row.save(update_fields=list(step.moves))
        yield from _owners(row)
    if planned.alias:
        Name.objects.create(subject=into, language="en", kind=Name.Kind.ALIAS, text=planned.alias)


def _own_fields(model: type[models.Model]) -> list[str]:
    """The fields that hold what a record says; not what every record has, and not what it is part of."""
    shared = {each.name for each in Record._meta.get_fields()} | NO_FACTS
    return [
        each.name
        for each in model._meta.concrete_fields
        if not each.primary_key and each.editable and each.name not in shared and each not in _parents(model)
    ]


def _parents(model: type[models.Model]) -> list[models.Field]:
    """The fields by which a record is part of another of its kind."""
    return [each for each in model._meta.concrete_fields if each.is_relation and each.related_model is model]


def _alias(loser: Record, into: Record) -> str:
    """The English name of the record that goes, by which readers shall still find it."""
    text = getattr(loser, "name", None)
    if not hasattr(type(into), "names") or not text or text == into.name:
        return ""
    return "" if into.names.filter(text=text).exists() or loser.names.filter(text=text).exists() else text


def _kept_rows(record: Record) -> bool:
    """Whether rows that history does not track, and that cannot move, stand in the way of removing the record."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: record.pk}).exists()
        for relation in record._meta.related_objects
        if relation.on_delete is models.PROTECT and version_model(relation.related_model) is None
    )


def _owners(row: models.Model) -> Iterator[Record]:
    """The records that a row stands in: itself, what it belongs to, and what a name or citation is about."""
    if isinstance(row, Record):
        yield copy.copy(row)
    for column in row._meta.concrete_fields:
        if column.is_relation and column.remote_field and column.remote_field.on_delete is CASCADE:
            owner = getattr(row, column.name)
            if owner is not None:
                yield from _owners(owner)
    if isinstance(row, Citation) and isinstance(row.subject, Record):
        yield row.subject


def _shown(record: models.Model, name: str):
    display = getattr(record, f"get_{name}_display", None)
    return display() if display else getattr(record, name)
