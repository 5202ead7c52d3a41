"""Changes of what readers see: worked out by one person, decided on by another, written as one change set.

What a proposal changes is kept row by row and column by column, each as it was and as it should be. So whatever
happens to the record meanwhile, what was proposed can be told from it, and merged with it.
"""

import datetime
import decimal
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import CASCADE, Max, Model, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext as _

from records import publishing, roles
from records.fields import EDTFBoundField
from records.history import version_model
from records.models import ChangeSet, Proposal, Record, Stale
from records.publishing import NotAllowed

State = Proposal.State

# Written by what is done with a record, and never proposed.
DRIVEN = {
    "state",
    "version",
    "known_since",
    "submitted_by",
    "approved_by",
    "self_approved",
    "withdrawal_notice",
}
STORED, PROPOSED = "stored", "proposed"


class Conflicting(Exception):
    """What a proposal changes was changed by somebody else meanwhile, and nobody said yet what holds."""

    def __init__(self, proposal: Proposal):
        self.proposal = proposal
        super().__init__(
            _("What “%(proposal)s” changes has changed since it was proposed; say for each field what holds.")
            % {"proposal": proposal}
        )


class _TakenBack(Exception):
    """Ends a rehearsal."""


@dataclass
class Rehearsed:
    """What would be written: the rows, and the version of the record that it was worked out on."""

    read_version: int
    rows: list[dict] = field(default_factory=list)


@contextmanager
def rehearsal(record: Record) -> Iterator[Rehearsed]:
    """Write inside what is to be proposed of one record; all of it is taken back, and the rows are known then.

    So a proposal is exactly what a save would have written, and what the database refuses it refuses at once.
    """
    stored = _stored(record)
    rehearsed = Rehearsed(stored.version)
    before = _snapshot(stored)
    try:
        with transaction.atomic():
            yield rehearsed
            _check_constraints()
            rehearsed.rows = _differences(before, _snapshot(_stored(record)))
            raise _TakenBack
    except _TakenBack:
        pass


def propose(record: Record, rehearsed: Rehearsed, *, by, reason: str, kind: str, page: str = "") -> Proposal:
    """Ask for the approval of what was rehearsed on a record that readers see."""
    stored = _stored(record)
    if not stored.is_shown:
        raise NotAllowed(_("A draft is changed directly; only what went through its review takes proposals."))
    if not rehearsed.rows:
        raise NotAllowed(_("Nothing is different from what is stored."))
    return Proposal.objects.create(
        subject=stored,
        page=page,
        read_version=rehearsed.read_version,
        rows=rehearsed.rows,
        kind=kind,
        reason=reason,
        by=by,
    )


def approve(
    proposals: Iterable[Proposal],
    *,
    by,
    reason: str = "",
    kind: str | None = None,
    checks: Iterable[str] = (),
    choices: dict[int, dict[str, str]] | None = None,
    seen: dict[int, str] | None = None,
    edited: Rehearsed | None = None,
) -> ChangeSet:
    """Write open proposals of one kind as one change set; all of them or none.

    What was touched by nobody else since is merged silently. For the rest `choices` tells, by proposal and path, which
    value holds, "stored" or "proposed"; without it, Conflicting is raised, and also where `seen`, the digest of what
    was stored when somebody chose, is not that of what is stored now. `edited` is the only proposal as the
    reviewer wants it, rehearsed on what is stored now. Reason and kind are the proposals' own unless given.
    """
    numbers = sorted({proposal.pk for proposal in proposals})
    found = list(Proposal.objects.filter(pk__in=numbers).select_related("by").order_by("pk"))
    kinds = {proposal.kind for proposal in found}
    if not kinds or (len(kinds) > 1 and kind is None):
        raise NotAllowed(_("Proposals of one kind can be approved together: developments, or corrections."))
    for proposal in found:
        _refuse_own(proposal, by)
    reason = reason or "; ".join(dict.fromkeys(proposal.reason for proposal in found))
    with transaction.atomic():
        with publishing.change(by=by, reason=reason, kind=kind or kinds.pop()) as change_set:
            touched: dict[tuple, Record] = {}
            for proposal in found:
                _decide(
                    proposal,
                    State.APPROVED,
                    by=by,
                    change_set=change_set,
                    checks=list(checks),
                    edited=edited is not None,
                    self_approved=proposal.by_id == by.pk,
                )
                rows = proposal.rows if edited is None else edited.rows
                writing = _Writing(proposal, rows, by=by, choices=(choices or {}).get(proposal.pk, {}))
                if edited is not None and writing.record.version != edited.read_version:
                    raise Stale(writing.record)
                asked = (seen or {}).get(proposal.pk)
                if writing.choices and asked is not None and asked != stored_digest(rows):
                    raise Conflicting(proposal)
                for record in writing.apply():
                    touched[_label(record), record.pk] = record
            publishing.carry(touched.values(), change_set)
        # What waits for the end of the transaction speaks now, while somebody can still put it in words.
        _check_constraints()
    return change_set


def reject(proposal: Proposal, *, by, reason: str, checks: Iterable[str] = ()) -> None:
    """Decide against a proposal; its author reads why."""
    _refuse_own(proposal, by)
    with transaction.atomic():
        _decide(
            proposal,
            State.REJECTED,
            by=by,
            decision=reason,
            checks=list(checks),
            self_approved=proposal.by_id == by.pk,
        )


def withdraw(proposal: Proposal, *, by) -> None:
    """Take back what one proposed oneself."""
    if proposal.by_id != by.pk:
        raise NotAllowed(_("Only its author takes a proposal back."))
    with transaction.atomic():
        _decide(proposal, State.WITHDRAWN, by=by)


def _refuse_own(proposal: Proposal, by) -> None:
    if proposal.by_id == by.pk and roles.second_person():
        raise NotAllowed(_("You proposed this yourself; somebody else has to decide on it."))


def _decide(proposal: Proposal, state: str, *, by, **values) -> None:
    """One decision wins: of two at once the second finds nothing open any more."""
    values = {"state": state, "decided_by": by, "decided_at": timezone.now(), **values}
    if not Proposal.objects.open().filter(pk=proposal.pk).update(**values):
        raise NotAllowed(_("“%(proposal)s” was decided on already.") % {"proposal": proposal})
    for name, value in values.items():
        setattr(proposal, name, value)


def _check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


# What belongs to a record, and what differs


def _stored(record: Record) -> Record:
    """Read anew: the record in hand may carry what is to be proposed."""
    return record._meta.concrete_model._base_manager.get(pk=record.pk)


def _label(row: Model) -> str:
    return row._meta.concrete_model._meta.label_lower


def contents(record: Record) -> list[Model]:
    """The record and all that belongs to it at every depth: parts, links, names, citations; owners come first."""
    found: dict[tuple, Model] = {}
    waiting: list[tuple[type[Model], list]] = [(record._meta.concrete_model, [record.pk])]
    found[_label(record), record.pk] = record
    while waiting:
        model, keys = waiting.pop(0)
        for owned, condition in _owned(model, keys):
            new = [
                row
                for row in owned._base_manager.filter(**condition).order_by("pk")
                if found.setdefault((_label(row), row.pk), row) is row
            ]
            if new:
                waiting.append((owned, [row.pk for row in new]))
    return list(found.values())


def _owned(model: type[Model], keys: list) -> Iterator[tuple[type[Model], dict]]:
    """The models whose rows go with rows of this one, and the condition that finds those of these keys."""
    for relation in model._meta.related_objects:
        owned: Any = relation.related_model
        kept = version_model(owned) is not None and not getattr(owned, "is_derived", False)
        if relation.on_delete is CASCADE and kept:
            yield owned, {f"{relation.field.name}__in": keys}
    for relation in model._meta.private_fields:
        if isinstance(relation, GenericRelation):
            subject = ContentType.objects.get_for_model(model)
            owned = relation.related_model
            yield owned, {relation.content_type_field_name: subject, f"{relation.object_id_field_name}__in": keys}


def proposed_columns(model: type[Model]) -> list:
    """The columns that a proposal can change."""
    return [
        column
        for column in model._meta.concrete_fields
        if not column.primary_key
        and not column.generated
        and not isinstance(column, EDTFBoundField)
        and column.name not in DRIVEN
    ]


def plain(value):
    """A column's value in JSON's types, in which it is kept and compared."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return value


def values_of(row: Model) -> dict[str, Any]:
    return {column.name: plain(getattr(row, column.attname)) for column in proposed_columns(type(row))}


Snapshot = dict[tuple[str, Any], tuple[str, dict]]


def _snapshot(record: Record) -> Snapshot:
    return {(_label(row), row.pk): (str(row), values_of(row)) for row in contents(record)}


def _differences(before: Snapshot, after: Snapshot) -> list[dict]:
    """What to change, remove and add; a row that is added with its owner points at it by its place in the list."""
    rows = []
    for (model, key), (title, old) in before.items():
        if (model, key) not in after:
            rows.append({"model": model, "key": key, "act": "remove", "title": title, "values": _each(old=old)})
            continue
        new = after[model, key][1]
        changed = {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}
        if changed:
            rows.append({"model": model, "key": key, "act": "change", "title": title, "values": changed})
    places: dict[tuple, int] = {}
    for (model, key), (title, new) in after.items():
        if (model, key) not in before:
            places[model, key] = len(rows)
            rows.append({"model": model, "key": None, "act": "add", "title": title, "values": _each(new=new)})
    for row in rows:
        for name, value in row["values"].items():
            target = _points_at(row, name)
            if target and (place := places.get((target, value.get("new")))) is not None:
                value["new"] = {"row": place}
    return rows


def _each(**sides: dict[str, Any]) -> dict[str, dict]:
    ((side, values),) = sides.items()
    return {name: {side: value} for name, value in values.items()}


def _points_at(row: dict, name: str) -> str | None:
    """Label of the model that a column of a row points at."""
    model = apps.get_model(row["model"])
    if name == "subject_id":
        kind = row["values"].get("subject_type", {}).get("new")
        return kind and ContentType.objects.get_for_id(kind).model_class()._meta.label_lower
    target = model._meta.get_field(name).related_model
    return target._meta.concrete_model._meta.label_lower if target else None


# Merging with what is stored now


@dataclass
class Merged:
    """One column of a row: as proposed on, as stored now, as proposed."""

    name: str
    path: str
    old: Any
    stored: Any
    new: Any

    act: str = "change"

    @property
    def is_done(self) -> bool:
        return self.act == "change" and self.stored == self.new

    @property
    def conflicts(self) -> bool:
        """Whether somebody else changed it meanwhile, and to something else."""
        return self.act != "add" and self.stored != self.old and not self.is_done


@dataclass
class MergedRow:
    """One row of a proposal beside what is stored now; `stored` is None where it is new, or gone."""

    place: int
    model: type[Model]
    act: str
    title: str
    stored: Model | None
    columns: list[Merged] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        return self.act == "change" and self.stored is None

    @property
    def conflicts(self) -> bool:
        """Whether somebody has to say what holds: of a row to be removed, whether it still is to be."""
        return self.is_gone or any(column.conflicts for column in self.columns)

    @property
    def path(self) -> str:
        return str(self.place)


def merge(rows: list[dict]) -> list[MergedRow]:
    """The rows of a proposal beside what is stored now, one query for each model."""
    keys: dict[str, list] = {}
    for row in rows:
        if row["key"] is not None:
            keys.setdefault(row["model"], []).append(row["key"])
    stored = {model: apps.get_model(model)._base_manager.in_bulk(found) for model, found in keys.items()}
    merged = []
    for place, row in enumerate(rows):
        model = apps.get_model(row["model"])
        live = stored.get(row["model"], {}).get(row["key"])
        now = values_of(live) if live is not None else {}
        each = MergedRow(place, model, row["act"], row["title"], live)
        for name, value in row["values"].items():
            old = value.get("old")
            each.columns.append(Merged(name, f"{place}.{name}", old, now.get(name, old), value.get("new"), row["act"]))
        merged.append(each)
    return merged


def stored_digest(rows: list[dict]) -> str:
    """A digest of what is stored now where these rows would write; somebody's choice is about that and nothing else."""
    stored = [
        [row.stored is None, *(column.stored for column in row.columns)] for row in merge(rows) if row.act != "add"
    ]
    return hashlib.sha256(json.dumps(stored).encode()).hexdigest()[:16]


class _Writing:
    """The rows of one proposal, on their way into the tables, within a change."""

    def __init__(self, proposal: Proposal, rows: list[dict], *, by, choices: dict[str, str]):
        self.proposal, self.rows, self.by, self.choices = proposal, rows, by, choices
        kind = proposal.subject_type.model_class()
        # Within the change nobody else writes, so what is read now is what is stored when it is written.
        self.record: Record = kind._base_manager.get(pk=proposal.subject_id)
        self.made: dict[int, Model] = {}
        # The one instance of each record that is there already; saved once, when all is set.
        self.touched: dict[tuple, Record] = {}

    def apply(self) -> list[Record]:
        merged = merge(self.rows)
        self._refuse_conflicts(merged)
        self._touch(self.record)
        for row in merged:
            if row.act == "remove" and row.stored is not None and self._holds(row.path, row.conflicts):
                self._remove(row)
        # What is no longer the one of its kind makes room for the next.
        changes = [row for row in merged if row.act == "change" and row.stored is not None]
        for row in sorted(changes, key=lambda row: not any(column.new is False for column in row.columns)):
            self._change(row)
        for row in merged:
            if row.act == "add":
                self._add(row)
        for record in self.touched.values():
            record.save()
        return [*self.touched.values(), *(row for row in self.made.values() if isinstance(row, Record))]

    def _refuse_conflicts(self, merged: list[MergedRow]) -> None:
        for row in merged:
            asked = [column.path for column in row.columns if row.act == "change" and column.conflicts]
            if row.conflicts and (row.is_gone or row.act == "remove"):
                asked = [row.path]
            if any(path not in self.choices for path in asked):
                raise Conflicting(self.proposal)

    def _holds(self, path: str, conflicts: bool) -> bool:
        """Whether what was proposed is to be written."""
        return not conflicts or self.choices[path] == PROPOSED

    def _touch(self, record: Record) -> Record:
        record = self.touched.setdefault((_label(record), record.pk), record)
        publishing.attest(record, by=self.by, proposed_by=self.proposal.by)
        return record

    def _remove(self, row: MergedRow) -> None:
        if isinstance(row.stored, Record):
            raise NotAllowed(_("What readers have seen is withdrawn, not removed: “%(row)s”.") % {"row": row.title})
        row.stored.delete()

    def _change(self, row: MergedRow) -> None:
        written = [
            column for column in row.columns if not column.is_done and self._holds(column.path, column.conflicts)
        ]
        if not written:
            return
        live = row.stored
        if isinstance(live, Record):
            live = self._touch(live)
        self._set(live, {column.name: column.new for column in written})
        if not isinstance(live, Record):
            live.save()

    def _add(self, row: MergedRow) -> None:
        made = row.model()
        self._set(made, {column.name: column.new for column in row.columns})
        if isinstance(made, Record):
            # Two proposals may have made the same id, each when it was free.
            if row.model._base_manager.filter(slug=made.slug).exists():
                made.slug = free_slug(row.model, self.record.slug)
            if self.record.state == Record.State.PUBLISHED:
                publishing.admit(made, by=self.by, proposed_by=self.proposal.by)
                made.embargo_until = self.record.embargo_until
        _make_room(made)
        made.save()
        self.made[row.place] = made

    def _set(self, live: Model, values: dict[str, Any]) -> None:
        for name, value in values.items():
            column: Any = live._meta.get_field(name)
            if isinstance(value, dict) and "row" in value:
                value = self.made[value["row"]].pk
            setattr(live, column.attname, column.to_python(value))
        others = {column.name for column in live._meta.concrete_fields} - values.keys()
        live.clean_fields(exclude=others | {"slug"} if live._state.adding else others)


def _make_room(made: Any) -> None:
    """Put a new row last where its place has been taken since it was proposed."""
    for constraint in made._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and "position" in constraint.fields:
            others = {name: getattr(made, name) for name in constraint.fields if name != "position"}
            rows: Any = type(made)._base_manager.filter(**others)
            if rows.filter(position=made.position).exists():
                made.position = rows.aggregate(last=Max("position"))["last"] + 1


def free_slug(model: type[Record], stem: str) -> str:
    """A public id that is not taken, made from the id of the record that the new one belongs to."""
    stem = f"{stem[:110].rstrip('-')}-{model._meta.model_name}"[:112]
    taken = set(model._base_manager.filter(slug__startswith=f"{stem}-").values_list("slug", flat=True))
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"{stem}-{number}") not in taken)


def in_words(error: ValidationError | IntegrityError) -> str:
    """Why rows could not be written, for whoever wanted to."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or _("a rule")
    told = {
        "records_embargo_before_publication": _("Readers have seen this; it can be withdrawn, not put under embargo."),
        "records_second_person": _("Nobody approves their own work at this desk."),
    }
    return told.get(constraint) or _("The database refuses this by its rule “%(rule)s”.") % {"rule": constraint}
