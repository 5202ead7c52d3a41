"""Records as editors write them: every column under its name in the data dictionary, and the rows that belong to it.

The shape of each kind follows from its model. What a working copy shows is what it takes: whoever sends one back
unchanged changes nothing.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import CASCADE, ForeignKey, Model, UniqueConstraint
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from records import publishing, queries
from records.fields import EDTFBoundField
from records.footing import cited_fields
from records.history import version_model
from records.imports.columns import nearest, unknown
from records.models import ChangeSet, Citation, Proposal, Record, SlugRedirect
from records.models.proposals import KINDS
from records.models.record import DRIVEN_FIELDS
from records.queries import shown

# Of a citation, what only the desk knows: where in an archived copy its quote stands.
AT_THE_DESK = {"snapshot", "start", "end"}
MOST_ROWS = 1000
WHOLE = "record"  # key of the reasons that are about no single field


@extend_schema_field({"type": "string"})
class ReferenceField(serializers.RelatedField):
    """Another row by its public id, or by its code where it is a word of a vocabulary."""

    def __init__(self, **kwargs):
        # Asked only when it is known which key was sent; a list of all of them is no part of the description.
        self.model = kwargs.pop("model")
        super().__init__(queryset=self.model._base_manager.all(), **kwargs)

    @property
    def key(self) -> str:
        return key_of(self.model)

    def to_representation(self, value):
        return str(getattr(value, self.key))

    def to_internal_value(self, data):
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Give the id as a text."))
        known, found = self.model._base_manager, None
        if not queries.unprintable(data):
            found = known.filter(**{self.key: data}).first()
            if issubclass(self.model, Record) and (found is None or found.state == Record.State.WITHDRAWN):
                found = SlugRedirect.objects.target(self.model, data) or found
        if found is None:
            if issubclass(self.model, Record):
                raise serializers.ValidationError(unknown(self.model, data))
            codes = known.values_list(self.key, flat=True)[:MOST_ROWS]
            raise serializers.ValidationError(queries.unknown(str(self.model._meta.verbose_name), data, codes))
        return found


def key_of(model: type[Model]) -> str:
    """The column by which readers know a row."""
    return "slug" if issubclass(model, Record) else "code"


class _Columns(serializers.ModelSerializer):
    """Columns of one table; references by id or code, and an unknown text as null."""

    def build_relational_field(self, field_name, relation_info):
        field = relation_info.model_field
        kwargs: dict[str, Any] = {"model": field.related_model, "help_text": str(field.help_text)}
        if field.null:
            kwargs |= {"allow_null": True, "required": False}
        return ReferenceField, kwargs

    def to_internal_value(self, data):
        if isinstance(data, dict) and (strangers := [name for name in data if name not in self.fields]):
            known = list(self.fields)
            raise serializers.ValidationError(
                {
                    shown(name): [
                        _("“%(name)s” is no field of this record.") % {"name": shown(name)} + nearest(name, known)
                    ]
                    for name in strangers
                }
            )
        values = super().to_internal_value(data)
        for name, value in values.items():
            if value == "" and self.fields[name].allow_null:
                values[name] = None
        return values


@dataclass(frozen=True)
class Rows:
    """The rows of one kind that belong to a record: their name there, their model, and what leads to the record."""

    name: str
    accessor: str
    model: type[Model]
    owner: str

    @property
    def columns(self) -> list[str]:
        """What of a row is written."""
        hidden = {"position", "known_since", "subject_type", "subject_id", self.owner}
        hidden |= AT_THE_DESK if self.model is Citation else set()
        return [
            column.name
            for column in self.model._meta.concrete_fields
            if not column.primary_key and not isinstance(column, EDTFBoundField) and column.name not in hidden
        ]

    @property
    def is_list_of_ids(self) -> bool:
        """Whether a row says nothing but to what else it leads."""
        return len(self.columns) == 1 and isinstance(self.model._meta.get_field(self.columns[0]), ForeignKey)

    @property
    def identity(self) -> list[str]:
        """The columns by which a row is the same one as before."""
        for constraint in self.model._meta.constraints:
            fields = constraint.fields if isinstance(constraint, UniqueConstraint) else ()
            own = [name for name in fields if name in self.columns]
            if own and "position" not in fields:
                return own
        return self.columns

    def stored(self, record: Record) -> list[Model]:
        rows = list(getattr(record, self.accessor).all())
        places = any(column.name == "position" for column in self.model._meta.concrete_fields)
        return sorted(rows, key=lambda row: (getattr(row, "position", 0) if places else 0, row.pk))

    def values(self, row: Model) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.columns}

    def differ(self, record: Record, wanted: list[dict[str, Any]]) -> bool:
        return [self.values(row) for row in self.stored(record)] != wanted

    def write(self, record: Record, wanted: list[dict[str, Any]]) -> None:
        """Bring the rows of a saved record to these values, in this order; rows that stay the same keep their number.

        Raises ValidationError by the place of the row.
        """
        left = self.stored(record)
        keep: list[tuple[Model, dict[str, Any]]] = []
        for values in wanted:
            same = next((row for row in left if all(getattr(row, n) == values[n] for n in self.identity)), None)
            if same is not None:
                left.remove(same)
            keep.append((same if same is not None else self._new(record), values))
        for row in left:
            row.delete()
        problems = {}
        for place, (row, values) in enumerate(keep):
            before = None if row._state.adding else (self.values(row), getattr(row, "position", None))
            for name, value in values.items():
                setattr(row, name, value)
            if hasattr(row, "position"):
                row.position = place
            if before == (self.values(row), getattr(row, "position", None)):
                continue
            try:
                row.full_clean()
            except ValidationError as error:
                problems[str(place + 1)] = error.messages
                continue
            row.save()
        if problems:
            raise serializers.ValidationError({self.name: problems})

    def _new(self, record: Record) -> Model:
        if self.owner:
            return self.model(**{self.owner: record})
        kind = ContentType.objects.get_for_model(record)
        return self.model(subject_type=kind, subject_id=record.pk)  # type: ignore[misc]


@cache
def rows_of(model: type[Record]) -> list[Rows]:
    """The rows that belong to records of a kind and are no records themselves: links, names, citations."""
    linked = {field.remote_field.through: field.name for field in model._meta.many_to_many}
    found = []
    for relation in model._meta.related_objects:
        owned: Any = relation.related_model
        derived = getattr(owned, "is_derived", False)
        if relation.on_delete is CASCADE and version_model(owned) and not derived and not issubclass(owned, Record):
            accessor = relation.get_accessor_name()
            name = linked.get(owned, accessor) if accessor.endswith("_links") else accessor
            found.append(Rows(name, accessor, owned, relation.field.name))
    for relation in model._meta.private_fields:
        if isinstance(relation, GenericRelation):
            found.append(Rows(relation.name, relation.name, relation.related_model, ""))
    return found


@cache
def own_columns(model: type[Record]) -> list[str]:
    """The columns of a record that editors write, in their order in the data dictionary."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if column.editable
        and not column.primary_key
        and column.name not in {*DRIVEN_FIELDS, "slug", "position", "known_since"}
    ]


class WorkingCopySerializer(_Columns):
    """What every working copy has beside the columns of its kind."""

    id = serializers.CharField(source="slug", max_length=120, help_text="Public id; given once and never changed.")
    state = serializers.ChoiceField(choices=Record.State, read_only=True)
    version = serializers.IntegerField(read_only=True, help_text="Grows by one with each save; ETag and If-Match.")
    open_proposals = serializers.SerializerMethodField(help_text="Numbers of the proposals that wait for a decision.")
    change_reason = serializers.CharField(
        write_only=True, max_length=1000, help_text="Why, in one sentence that a reader can follow."
    )
    change_kind = serializers.ChoiceField(
        write_only=True, choices=KINDS, help_text=str(ChangeSet._meta.get_field("kind").help_text)
    )

    def get_open_proposals(self, record) -> list[int]:
        return list(Proposal.objects.open().about(record).order_by("pk").values_list("pk", flat=True))

    def to_internal_value(self, data):
        # What is only shown may come back as it was shown, so that a copy can be sent as it was read.
        if isinstance(data, dict) and self.instance is not None:
            data = dict(data)
            if self.partial and "change_reason" not in data:
                raise serializers.ValidationError({"change_reason": [_("Say why: the history shows it.")]})
            if self.partial and "change_kind" not in data:
                raise serializers.ValidationError({"change_kind": [_("Say what kind of change it is.")]})
            shows = self.to_representation(self.instance)
            for name in ("id", "state", "version", "open_proposals"):
                if name in data and data.pop(name) != shows[name]:
                    raise serializers.ValidationError({name: [_("This is not changed by writing it.")]})
        return super().to_internal_value(data)


class _RowSerializer(_Columns):
    """One row; what is not said of it is what it would be if nobody ever said it."""

    def to_internal_value(self, data):
        values, missing = super().to_internal_value(data), {}
        for name in self.fields:
            column: Any = self.Meta.model._meta.get_field(name)
            if name not in values:
                # Where only a part of a record is sent, rest framework asks for nothing; a row is sent whole.
                if not column.has_default() and not column.null:
                    missing[name] = [self.fields[name].error_messages["required"]]
                values[name] = column.get_default() if column.has_default() else None
        if missing:
            raise serializers.ValidationError(missing)
        return values


def _row_serializer(rows: Rows) -> serializers.BaseSerializer | serializers.Field:
    told: dict[str, Any] = {
        "required": False,
        "max_length": MOST_ROWS,
        "help_text": str(rows.model.__doc__),
        **({} if rows.name == rows.accessor else {"source": rows.accessor}),
    }
    if rows.is_list_of_ids:
        column: Any = rows.model._meta.get_field(rows.columns[0])
        return ListOfIds(child=ReferenceField(model=column.related_model), column=column.name, **told)
    return _kind_of_rows(rows.model, tuple(rows.columns))(many=True, **told)


@cache
def _kind_of_rows(model: type[Model], columns: tuple[str, ...]) -> Any:
    meta = type("Meta", (), {"model": model, "fields": columns, "validators": []})
    doc = {"__doc__": model.__doc__, "Meta": meta}
    return type(f"{model.__name__}RowSerializer", (_RowSerializer,), doc)


class ListOfIds(serializers.ListField):
    """Rows that only lead elsewhere, as a list of ids or codes."""

    def __init__(self, *, column: str, **kwargs):
        self.column = column
        super().__init__(**kwargs)

    def to_representation(self, value):
        rows = sorted(value.all(), key=lambda row: (row.position, row.pk))
        return [self.child.to_representation(getattr(row, self.column)) for row in rows]

    def to_internal_value(self, data):
        return [{self.column: found} for found in super().to_internal_value(data)]


@cache
def working_copy_of(model: type[Record]) -> type[WorkingCopySerializer]:
    """The serializer of the working copies of a kind."""
    fields: dict[str, Any] = {rows.name: _row_serializer(rows) for rows in rows_of(model)}
    named = ["id", "state", "version", *own_columns(model), *fields, "open_proposals", "change_reason", "change_kind"]
    meta = type("Meta", (), {"model": model, "fields": named, "validators": []})
    doc = f"{model.__doc__} As editors write it."
    return type(
        f"{model.__name__}WorkingCopySerializer", (WorkingCopySerializer,), fields | {"Meta": meta, "__doc__": doc}
    )


def columns_of(model: type[Record], row: Model) -> dict[str, Any]:
    """The columns of a record, or of a version of one, as a working copy shows them."""
    fields = working_copy_of(model)().fields
    values = {name: fields[name].get_attribute(row) for name in own_columns(model)}
    return {name: None if value is None else fields[name].to_representation(value) for name, value in values.items()}


class Written:
    """What was sent of a working copy, on its way into the tables."""

    def __init__(self, record: Record, values: dict[str, Any]):
        self.record = record
        self.rows = [(rows, values[rows.accessor]) for rows in rows_of(type(record)) if rows.accessor in values]
        names = {*own_columns(type(record)), "slug"}
        self.columns = {name: value for name, value in values.items() if name in names}
        _refuse_unknown_citations(type(record), values.get("citations", ()))

    @property
    def changed_rows(self) -> list[tuple[Rows, list[dict[str, Any]]]]:
        return [(rows, wanted) for rows, wanted in self.rows if rows.differ(self.record, wanted)]

    @property
    def changes_columns(self) -> bool:
        return any(getattr(self.record, name) != value for name, value in self.columns.items())

    def write(self) -> bool:
        """Save the record and its rows, inside a change; returns whether rows were written. May raise Stale."""
        record = self.record
        for name, value in self.columns.items():
            setattr(record, name, value)
        is_new = record._state.adding
        if is_new:
            publishing.make_room(record)
        try:
            record.full_clean()
        except ValidationError as error:
            raise serializers.ValidationError(_by_field(error)) from error
        record.save()
        changed = self.rows if is_new else self.changed_rows
        for rows, wanted in changed:
            rows.write(record, wanted)
        return any(wanted for _rows, wanted in changed) if is_new else bool(changed)


def _refuse_unknown_citations(model: type[Record], citations) -> None:
    known = [name for name, _label in cited_fields(model)]
    problems = {
        str(place): [
            _("“%(name)s” is nothing that can be cited.") % {"name": shown(citation["field"])}
            + nearest(citation["field"], known)
        ]
        for place, citation in enumerate(citations, start=1)
        if citation.get("field", "") not in known
    }
    if problems:
        raise serializers.ValidationError({"citations": problems})


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    names = {"slug": "id", "__all__": WHOLE}
    return {names.get(name, name): reasons for name, reasons in error.message_dict.items()}
