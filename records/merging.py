"""Two records that are one: everything that hangs on the one moves to the other, and its id leads there for ever.

`plan` reads what would happen and writes nothing; `merge` does exactly that, in one change set, so that it can be
undone as a whole. What is not tracked by history stays where it is: archived copies, which are never changed.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import CASCADE
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records import publishing
from records.history import version_model
from records.models import ChangeSet, Citation, Name, Record, SlugRedirect, Stale
from records.publishing import NotAllowed

State = Record.State
NO_FACTS = {"position", "known_since"}


@dataclass
class Step:
    """What happens to one row: it moves, or it is dropped because the record that stays has its like (`twin`).

    `told` says what else a reviewer should know: what is filled in, what differs, what it becomes.
    """

    row: models.Model
    moves: dict[str, object]
    twin: models.Model | None = None
    # What the twin takes over, because it had nothing there: names of columns.
    fills: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return capfirst(str(self.row._meta.verbose_name))

    @property
    def title(self) -> str:
        """What tells the row from others: its own words, or the record on whose page it stands."""
        near = [
            str(getattr(self.row, each.name))
            for each in self.row._meta.fields
            if each.is_relation and each.attname not in self.moves and each.name != "subject_type"
            if getattr(self.row, each.attname) is not None
        ]
        if isinstance(self.row, Record | Name):
            return str(self.row)
        if isinstance(self.row, Citation):
            return " · ".join(filter(None, (str(self.row.source), self.row.field, self.row.quote)))
        return " · ".join(near) or str(self.row)


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
        return [(_label(self.into, name), getattr(self.loser, name)) for name in self.filled]


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
            loser.state = State.WITHDRAWN
            loser.withdrawal_notice = f"Merged into {into.slug}."
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
        if _empty(ours) and not _empty(theirs):
            planned.filled.append(name)
        elif not _empty(theirs) and theirs != ours:
            planned.differing.append((_label(into, name), _shown(into, name), _shown(loser, name)))
    planned.alias = _alias(loser, into)
    planned.steps = list(_steps(loser, into))
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


def _steps(gone: models.Model, stays: models.Model) -> Iterator[Step]:
    """What happens to every row that points at the one that goes; before a row is dropped, to what points at it."""
    for model, columns in _pointing(gone, stays):
        found = model._base_manager.filter(**{name: old for name, (old, _new) in columns.items()}).order_by("pk")
        rows = list(found.exclude(pk=stays.pk) if model is type(stays) else found)
        if not rows:
            continue
        moves = {name: new for name, (_old, new) in columns.items() if name != "subject_type"}
        there = _Twins(model, columns)
        for row in rows:
            step = Step(row, dict(moves))
            if isinstance(row, Name):
                _retitled(step, stays)
            elif isinstance(row, Citation) and "subject_id" in moves:
                _recited(step, gone, stays)
            step.twin = there.twin_of(row, step.moves)
            if step.twin is None:
                there.renumber(step)
                there.remember(row, step.moves)
            else:
                yield from _steps(row, step.twin)
                _compare(step)
            yield step


def _pointing(gone: models.Model, stays: models.Model) -> Iterator[tuple[type[models.Model], dict]]:
    """Tracked models whose rows point at a row, each with the columns that do: name → (old value, new value)."""
    for relation in gone._meta.concrete_model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            model = relation.related_model
            if _moves(model):
                yield model, {relation.field.attname: (gone.pk, stays.pk)}
    kind = ContentType.objects.get_for_model(gone)
    for model in _generic_models():
        yield model, {"subject_type": (kind, kind), "subject_id": (gone.pk, stays.pk)}


def _generic_models() -> list[type[models.Model]]:
    """Tracked models whose rows are about a row of any model."""
    return [
        model
        for model in apps.get_models()
        if _moves(model) and any(isinstance(each, GenericForeignKey) for each in model._meta.private_fields)
    ]


def _moves(model: type[models.Model]) -> bool:
    """Whether rows of a model are moved: they have a history, and are not derived from others that move."""
    tracked = version_model(model) is not None and not model._meta.proxy
    return tracked and not getattr(model, "is_derived", False)


class _Twins:
    """The rows that stand in the way of moved ones, because a unique constraint lets only one of them be."""

    def __init__(self, model: type[models.Model], columns: dict):
        self.model = model
        self.keys = []
        for constraint in model._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or constraint.condition or not constraint.fields:
                continue
            names = [model._meta.get_field(name).attname for name in constraint.fields]
            if any(model._meta.get_field(name).attname in names for name in columns):
                self.keys.append((names, constraint.nulls_distinct is False, {}))
        there = model._base_manager.filter(**{name: new for name, (_old, new) in columns.items()}).order_by("pk")
        for row in there if self.keys else ():
            self.remember(row, {})

    def twin_of(self, row, moves) -> models.Model | None:
        for names, counts_null, rows in self.keys:
            if not self._numbers(names) and (twin := rows.get(self._key(row, moves, names, counts_null))):
                return twin
        return None

    def remember(self, row, moves) -> None:
        for names, counts_null, rows in self.keys:
            key = self._key(row, moves, names, counts_null)
            if key is not None:
                rows[key] = row

    def renumber(self, step: Step) -> None:
        """Rows that are told apart by a number alone are no twins: the moved one takes the next number."""
        for names, counts_null, rows in self.keys:
            for number in self._numbers(names):
                while self._key(step.row, step.moves, names, counts_null) in rows:
                    step.moves[number] = step.moves.get(number, getattr(step.row, number)) + 1
                if number in step.moves:
                    step.told.append(_("becomes number %(number)s") % {"number": step.moves[number]})

    def _numbers(self, names) -> list[str]:
        fields = {each.attname: each for each in self.model._meta.concrete_fields}
        return [name for name in names if isinstance(fields[name], models.IntegerField) and name not in ("subject_id",)]

    @staticmethod
    def _key(row, moves, names, counts_null) -> tuple | None:
        key = tuple(moves.get(name, getattr(row, name)) for name in names)
        return None if None in key and not counts_null else key


def _retitled(step: Step, stays: models.Model) -> None:
    """An official name is only "also called" where the record that stays has an official one in that language."""
    name = step.row
    if name.kind == Name.Kind.OFFICIAL and "subject_id" in step.moves:
        kind = ContentType.objects.get_for_model(stays)
        same = Name.objects.filter(subject_type=kind, subject_id=stays.pk, language=name.language, kind=name.kind)
        if same.exclude(text=name.text).exists() and not same.filter(text=name.text).exists():
            step.moves["kind"] = Name.Kind.ALIAS
            step.told.append(_("becomes: %(kind)s") % {"kind": Name.Kind.ALIAS.label})


def _recited(step: Step, gone: models.Model, stays: models.Model) -> None:
    """A passage about a value that goes cannot carry another one: it then stands for the record as a whole."""
    columns = {each.name for each in gone._meta.concrete_fields}
    name = step.row.field
    if name in columns and not _empty(getattr(stays, name)) and getattr(gone, name) != getattr(stays, name):
        step.moves["field"] = ""
        step.told.append(
            _("cited for the record as a whole, since “%(field)s” differs") % {"field": _label(gone, name)}
        )


def _compare(step: Step) -> None:
    """What a dropped row says and its twin does not: taken over where the twin says nothing, else told."""
    for column in step.row._meta.concrete_fields:
        if column.primary_key or column.is_relation or not column.editable or column.name in {*NO_FACTS, *step.moves}:
            continue
        theirs, ours = getattr(step.row, column.name), getattr(step.twin, column.name)
        if theirs == ours or _empty(theirs):
            continue
        if _empty(ours):
            step.fills.append(column.name)
            words = _("%(field)s: “%(theirs)s” is taken over")
        else:
            words = _("%(field)s: “%(ours)s” stays, “%(theirs)s” goes")
        step.told.append(words % {"field": column.verbose_name, "ours": ours, "theirs": theirs})


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


def _empty(value) -> bool:
    return value is None or value == "" or value == []


def _label(record: models.Model, name: str) -> str:
    return capfirst(str(record._meta.get_field(name).verbose_name))


def _shown(record: models.Model, name: str):
    display = getattr(record, f"get_{name}_display", None)
    return display() if display else getattr(record, name)
