"""The rows of a proposal on their way into the tables, within a change."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from records import publishing
from records.models import Proposal, Record
from records.proposals.contents import label
from records.proposals.merging import MergedRow, merge
from records.publishing import NotAllowed

PROPOSED = "proposed"


class Conflicting(Exception):
    """What a proposal changes was changed by somebody else meanwhile, and nobody said yet what holds."""

    def __init__(self, proposal: Proposal):
        self.proposal = proposal
        super().__init__(
            _("What “%(proposal)s” changes has changed since it was proposed; say for each field what holds.")
            % {"proposal": proposal}
        )


class Writing:
    """One proposal that is being written."""

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
        record = self.touched.setdefault((label(record), record.pk), record)
        self.attest(record)
        return record

    def attest(self, record: Record) -> None:
        publishing.attest(record, by=self.by, proposed_by=self.proposal.by)

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
        publishing.make_room(made)
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


def free_slug(model: type[Record], stem: str) -> str:
    """A public id that is not taken, made from the id of the record that the new one belongs to."""
    stem = f"{stem[:110].rstrip('-')}-{model._meta.model_name}"[:112]
    taken = set(model._base_manager.filter(slug__startswith=f"{stem}-").values_list("slug", flat=True))
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"{stem}-{number}") not in taken)
