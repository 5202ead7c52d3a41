"""What a merge does to each row that points at the record that goes: it moves, or its like is there already."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from records.history import version_model
from records.models import Citation, Name, Record

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


def steps(gone: models.Model, stays: models.Model) -> Iterator[Step]:
    """What happens to every row that points at the one that goes; before a row is dropped, to what points at it."""
    for model, columns in pointing(gone, stays):
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
                yield from steps(row, step.twin)
                _compare(step)
            yield step


def pointing(gone: models.Model, stays: models.Model) -> Iterator[tuple[type[models.Model], dict]]:
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
    if name in columns and not empty(getattr(stays, name)) and getattr(gone, name) != getattr(stays, name):
        step.moves["field"] = ""
        step.told.append(_("cited for the record as a whole, since “%(field)s” differs") % {"field": label(gone, name)})


def _compare(step: Step) -> None:
    """What a dropped row says and its twin does not: taken over where the twin says nothing, else told."""
    for column in step.row._meta.concrete_fields:
        if column.primary_key or column.is_relation or not column.editable or column.name in {*NO_FACTS, *step.moves}:
            continue
        theirs, ours = getattr(step.row, column.name), getattr(step.twin, column.name)
        if theirs == ours or empty(theirs):
            continue
        if empty(ours):
            step.fills.append(column.name)
            words = _("%(field)s: “%(theirs)s” is taken over")
        else:
            words = _("%(field)s: “%(ours)s” stays, “%(theirs)s” goes")
        step.told.append(words % {"field": column.verbose_name, "ours": ours, "theirs": theirs})


def empty(value) -> bool:
    return value is None or value == "" or value == []


def label(record: models.Model, name: str) -> str:
    return capfirst(str(record._meta.get_field(name).verbose_name))
