"""Rows without database ids: what the files say and what the database holds, in one form that can be compared.

A row is a dict of column → value. Rows of a model are found by the key of its layout; a column that points at
another row holds that row's key. Two states compare without regard to ids, and the differences can be applied.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, F, Value, When

from records.fields import BOUNDS, EDTFField, bound_name
from records.models import Citation, Name, Record

Key = tuple
Row = dict[str, object]

SUBJECT = "subject"
NOTICE = "withdrawal_notice"


class State(dict):
    """Model → key → row, each model's rows in their order."""

    def __missing__(self, model):
        self[model] = {}
        return self[model]


@dataclass
class Difference:
    """What has to be done to one model's rows so that the database says what the files say."""

    model: type[models.Model]
    created: list[Key] = field(default_factory=list)
    changed: dict[Key, list[str]] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    unchanged: int = 0

    def __bool__(self):
        return bool(self.created or self.changed or self.removed)


@dataclass(frozen=True)
class Layout:
    """How a model's rows are written down: its key, and the columns that the files speak about."""

    model: type[models.Model]
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def points_at(self, column: str):
        """The model a column points at, or None."""
        if column == SUBJECT:
            return None
        return self.model._meta.get_field(column).related_model


class Store:
    """The database's rows of the laid-out models, read in one query a model."""

    def __init__(self, layouts: Iterable[Layout]):
        self.layouts = {layout.model: layout for layout in layouts}
        self.order = list(self.layouts)
        self.pks: dict[type, dict[Key, object]] = defaultdict(dict)
        self.keys: dict[type, dict[object, Key]] = defaultdict(dict)
        self.types = {
            ContentType.objects.get_for_model(model).pk: model for model in self.layouts
        }  # content types of what citations, names and disputes are about

    def read(self, *, published: bool = False) -> State:
        """Every row, or only those that visitors may see with what belongs to them."""
        state = State()
        for model in self.order:
            layout = self.layouts[model]
            names = [name for column in layout.columns for name in self.stored(layout, column)]
            found = model._base_manager.order_by(*model._meta.ordering, "pk")
            if published and issubclass(model, Record):
                found = found.filter(pk__in=model.objects.published())
            if NOTICE in names:
                # A notice that was written before a record was published again tells readers nothing.
                told = When(state=Record.State.WITHDRAWN, then=F(NOTICE))
                found = found.annotate(told=Case(told, default=Value(""), output_field=models.TextField()))
            rows = list(found.values_list("pk", *("told" if name == NOTICE else name for name in names)))
            for pk, *values in rows:
                # Keys first: a row may point at a later one of its own model.
                if (self_key := self._key(layout, names, values)) is not None:
                    self._remember(model, self_key, pk)
            for pk, *values in rows:
                row = self.row(layout, dict(zip(names, values, strict=True)))
                if row is not None:
                    key = tuple(row[column] for column in layout.key)
                    self._remember(model, key, pk)
                    state[model][key] = row
        return state

    @staticmethod
    def type_of(model) -> ContentType:
        return ContentType.objects.get_for_model(model)

    def referred(self, layout: Layout, row: Row) -> Iterator[tuple[type, Key]]:
        """The rows that this one points at."""
        for column, value in row.items():
            if value is not None and column == SUBJECT:
                yield value
            elif value is not None and (target := layout.points_at(column)):
                yield target, value

    def _remember(self, model, key, pk):
        self.pks[model][key] = pk
        self.keys[model][pk] = key

    @staticmethod
    def stored(layout, column) -> tuple[str, ...]:
        """The columns of the table that hold it."""
        if column == SUBJECT:
            return ("subject_type_id", "subject_id")
        return (layout.model._meta.get_field(column).attname,)

    def _key(self, layout, names, values):
        """The key where it consists of plain values; None where it points at other rows."""
        if any(column == SUBJECT or layout.points_at(column) for column in layout.key):
            return None
        stored = dict(zip(names, values, strict=True))
        return tuple(stored[column] for column in layout.key)

    def row(self, layout, stored) -> Row | None:
        """The row that these stored values are; None where one that it points at is not among the rows read."""
        row = {}
        for column in layout.columns:
            if column == SUBJECT:
                subject = self.types.get(stored["subject_type_id"])
                key = subject and self.keys[subject].get(stored["subject_id"])
                if key is None:
                    return None
                row[column] = (subject, key)
            elif target := layout.points_at(column):
                pk = stored[layout.model._meta.get_field(column).attname]
                row[column] = None if pk is None else self.keys[target].get(pk)
                if pk is not None and row[column] is None and not layout.model._meta.get_field(column).null:
                    return None
            else:
                row[column] = stored[column]
        return row

    def compare(self, wanted: State, held: State) -> list[Difference]:
        """One difference a model, in the order in which rows can be created."""
        differences = []
        for model in self.order:
            difference = Difference(model)
            for key, row in wanted[model].items():
                if (present := held[model].get(key)) is None:
                    difference.created.append(key)
                elif columns := [column for column, value in row.items() if present[column] != value]:
                    difference.changed[key] = columns
                else:
                    difference.unchanged += 1
            difference.removed = [key for key in held[model] if key not in wanted[model]]
            differences.append(difference)
        return differences

    def apply(self, differences: list[Difference], wanted: State, tick=lambda count: None) -> list[Record]:
        """Write the differences, a few statements a model; give back the records that were created or changed."""
        touched: list[Record] = []
        for difference in reversed(differences):
            pks = [self.pks[difference.model][key] for key in difference.removed]
            if pks:
                self._remove(difference.model, pks)
            tick(len(pks))
        for difference in differences:
            touched += self._create(difference, wanted)
            touched += self._change(difference, wanted)
            tick(len(difference.created) + len(difference.changed))
        return touched

    def _remove(self, model, pks):
        for relation in model._meta.related_objects:
            if relation.on_delete is models.CASCADE and relation.related_model not in self.layouts:
                # Derived rows; they are derived anew from what remains.
                derived = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": pks})
                derived._raw_delete(using=derived.db)
        rows = model._base_manager.filter(pk__in=pks)
        rows._raw_delete(using=rows.db)

    def _create(self, difference, wanted):
        model, layout = difference.model, self.layouts[difference.model]
        later = [column for column in layout.columns if layout.points_at(column) is model]
        created = []
        for key in difference.created:
            values = self._values(layout, {c: v for c, v in wanted[model][key].items() if c not in later})
            if issubclass(model, Record):
                values["state"] = _state(values)
            created.append(model(**values))
        if not created:
            return []
        for key, row in zip(difference.created, model._base_manager.bulk_create(created, batch_size=2000), strict=True):
            self._remember(model, key, row.pk)
        pointing = []
        for key, row in zip(difference.created, created, strict=True):
            for column in later:
                if wanted[model][key][column] is not None:
                    setattr(row, model._meta.get_field(column).attname, self.pks[model][wanted[model][key][column]])
                    pointing.append(row)
        if pointing:
            model._base_manager.bulk_update(pointing, later, batch_size=500)
        return [row for row in created if isinstance(row, Record)]

    def _change(self, difference, wanted):
        model, layout = difference.model, self.layouts[difference.model]
        if not difference.changed:
            return []
        rows = model._base_manager.in_bulk([self.pks[model][key] for key in difference.changed])
        columns: set[str] = set()
        for key, names in difference.changed.items():
            row = rows[self.pks[model][key]]
            for name, value in self._values(layout, {c: wanted[model][key][c] for c in names}).items():
                setattr(row, name, value)
            for name in names:
                columns |= {name}
                if isinstance(stored := model._meta.get_field(name), EDTFField):
                    # bulk_update does not ask fields for derived values.
                    for bound in BOUNDS:
                        column = model._meta.get_field(bound_name(stored.name, bound))
                        column.pre_save(row, add=False)
                        columns.add(column.name)
            if isinstance(row, Record):
                row.version += 1
                columns.add("version")
                if NOTICE in names:
                    row.state = _state({NOTICE: row.withdrawal_notice})
                    columns.add("state")
        # What is no longer the one of its kind makes room for the next: unique indexes look at each row by itself.
        leaving, others = [], []
        for key, names in difference.changed.items():
            row = rows[self.pks[model][key]]
            (leaving if any(getattr(row, name) is False for name in names if name != SUBJECT) else others).append(row)
        for group in (leaving, others):
            if group:
                model._base_manager.bulk_update(group, sorted(columns), batch_size=500)
        return [row for row in rows.values() if isinstance(row, Record)]

    def _values(self, layout, row):
        values = {}
        for column, value in row.items():
            if column == SUBJECT:
                subject, key = value
                values["subject_type"] = ContentType.objects.get_for_model(subject)
                values["subject_id"] = self.pks[subject][key]
            elif target := layout.points_at(column):
                values[layout.model._meta.get_field(column).attname] = value and self.pks[target][value]
            else:
                values[column] = value
        return values


def _state(values: dict) -> str:
    """What the files hold is published, and withdrawn where they tell why."""
    return Record.State.WITHDRAWN if values.get(NOTICE) else Record.State.PUBLISHED


COMMON_LAYOUTS = (
    Layout(Citation, (SUBJECT, "field", "source"), (SUBJECT, "field", "source", "position")),
    Layout(Name, (SUBJECT, "language", "kind", "text"), (SUBJECT, "language", "kind", "text", "position")),
)
