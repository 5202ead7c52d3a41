"""A proposal as a reviewer reads it: old and new in words, beside the passages that the facts are cited from."""

from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from records import duplicates, footing
from records.desk.passages import labels
from records.models import Citation, Cited, Proposal, Record, Source
from records.proposals.merging import Merged, MergedRow, merge
from records.revisions import SILENT, value_in_words


@dataclass(frozen=True)
class Passage:
    """What a fact rests on, or would rest on."""

    source: Source
    quote: str
    locator: str
    disputes: bool
    is_proposed: bool
    # What of the row it is cited for, by the name of the field; "" is the row as a whole.
    fields: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def label(self) -> str:
        """What it is cited for, in words; empty where that is the row as a whole and nothing else."""
        return ", ".join(self.fields.values()) if any(self.fields) else ""


@dataclass(frozen=True)
class ShownColumn:
    label: str
    path: str
    old: str
    stored: str
    new: str
    conflicts: bool
    is_fact: bool
    unsourced: bool


@dataclass(frozen=True)
class ShownRow:
    kind: str
    title: str
    act: str
    page: str
    path: str
    columns: list[ShownColumn]
    passages: list[Passage]
    conflicts: bool
    is_gone: bool
    cites: bool

    @property
    def asks_of_row(self) -> bool:
        """Whether the question is about the row as a whole, not about single columns."""
        return self.is_gone or (self.act == "remove" and self.conflicts)

    @property
    def has_conflicts(self) -> bool:
        return any(column.conflicts for column in self.columns)


def shown(proposal: Proposal) -> list[ShownRow]:
    """The rows of a proposal in words, citations last; a few queries, however many rows."""
    merged = merge(list(proposal.rows))
    if not proposal.is_open:
        # What was stored then is told by the proposal, and what is stored now is another matter.
        for row in merged:
            for column in row.columns:
                column.stored = column.old
    titles = {row.place: row.title for row in merged}
    names = _names(merged)
    passages = _passages(merged)
    found = []
    for row in merged:
        if _stands_beside(row):
            continue
        fields = labels(row.model) if issubclass(row.model, Cited) else {}
        columns = []
        cited = set(chain(*(passage.fields for passage in passages.get(row.place, []))))
        for column in row.columns:
            stored_column = row.model._meta.get_field(column.name)
            told = column.new if row.act == "add" else column.old if row.act == "remove" else True
            untold = column.name in SILENT or (row.act != "change" and column.name in _said_by_place(row.model))
            if untold or told in (None, "", [], False):
                continue
            old, stored, new = (
                _words(stored_column, value, names, titles) for value in (column.old, column.stored, column.new)
            )
            fact = _fact(column.name, fields) if row.act != "remove" else None
            columns.append(
                ShownColumn(
                    label=capfirst(str(stored_column.verbose_name)),
                    path=column.path,
                    old=old,
                    stored=stored,
                    new=new,
                    conflicts=row.act == "change" and column.conflicts,
                    is_fact=fact is not None,
                    unsourced=fact is not None and not {"", fact} & cited,
                )
            )
        found.append(
            ShownRow(
                kind=str(row.model._meta.verbose_name),
                title=_title(row, names, titles),
                act=row.act,
                page=_page_of(row),
                path=row.path,
                columns=columns,
                passages=passages.get(row.place, []),
                conflicts=proposal.is_open and row.conflicts,
                is_gone=proposal.is_open and row.is_gone,
                cites=bool(fields) and row.act != "remove",
            )
        )
    return sorted(found, key=lambda row: row.kind == str(Citation._meta.verbose_name))


def _stands_beside(row: MergedRow) -> bool:
    """Whether a row is the citation of another one that is new as well, beside which all of it is told."""
    subject = next((column.new for column in row.columns if column.name == "subject_id"), None)
    return row.model is Citation and row.act == "add" and isinstance(subject, dict)


def cited(rows: list[ShownRow]) -> footing.Share:
    """How many of the facts that are added or changed have a passage, stored or proposed with them."""
    facts = [column for row in rows for column in row.columns if column.is_fact]
    return footing.Share(sum(not column.unsourced for column in facts), len(facts))


def twins(proposal: Proposal, limit: int = 5) -> list[models.Model]:
    """Records that are there already and look like one that the proposal adds."""
    found: list[models.Model] = []
    for row in merge(list(proposal.rows)):
        if row.act != "add" or not issubclass(row.model, Record):
            continue
        values = {column.name: column.new for column in row.columns}
        if row.model in duplicates.resemblances():
            texts = {name: str(value) for name, value in values.items() if isinstance(value, str | int)}
            found += [like.record for like in duplicates.find(row.model, texts)]
            continue
        alike = Q()
        for name in ("title", "name"):
            if values.get(name):
                alike |= Q(**{f"{name}__iexact": values[name]})
        if values.get("date") and values.get("kind"):
            alike |= Q(date=values["date"], kind=values["kind"], **_same_owner(row, values))
        if alike:
            found += row.model._base_manager.filter(alike).order_by("pk")[:limit]
    return found[:limit]


def _same_owner(row: MergedRow, values: dict) -> dict:
    for column in row.model._meta.concrete_fields:
        owned = column.is_relation and column.remote_field.on_delete is models.CASCADE
        if owned and isinstance(values.get(column.name), int):
            return {column.attname: values[column.name]}
    return {}


def _said_by_place(model: type[models.Model]) -> set[str]:
    """Columns of a new or removed row that say no more than where it stands."""
    return {"slug", *(column.name for column in footing.owners(model))}


def _title(row: MergedRow, names: dict, titles: dict[int, str]) -> str:
    """By what a reader knows the row: a link by what it leads to."""
    columns = {column.name: column for column in row.columns}
    pointing = [
        column
        for column in row.model._meta.concrete_fields
        if column.is_relation and column.name in columns and column.name not in _said_by_place(row.model)
    ]
    if issubclass(row.model, Record) or row.model is Citation or not pointing:
        return row.title
    values = (columns[column.name].old if row.act == "remove" else columns[column.name].new for column in pointing)
    words = [
        _words(column, value, names, titles)
        for column, value in zip(pointing, values, strict=True)
        if value is not None and column.related_model is not ContentType
    ]
    return ", ".join(words) or row.title


def _words(column: models.Field, value: Any, names: dict, titles: dict[int, str]) -> str:
    if isinstance(value, dict):
        return titles[value["row"]]
    # Of a row that is new there is no old value, which a yes-or-no column would not take.
    return value_in_words(column, None if value is None else column.to_python(value), names)


def _fact(name: str, fields: dict[str, str]) -> str | None:
    """Under which name a column is cited, if it is; an amount is one fact with its currency and what it is per."""
    if name in fields:
        return name
    for part in ("amount", "currency", "approximate", "per"):
        stem = name.removesuffix(part)
        if stem != name and (stem.rstrip("_") or "amount") in fields:
            return stem.rstrip("_") or "amount"
    return None


def _names(merged: list[MergedRow]) -> dict:
    """Words for every row that a value points at: {(model, key): words}."""
    wanted: dict[type[models.Model], set] = {}
    for row in merged:
        for column in row.columns:
            target = row.model._meta.get_field(column.name).related_model
            if target is not None:
                keys = {key for key in _values(column) if key is not None and not isinstance(key, dict)}
                wanted.setdefault(target, set()).update(keys)
    return {
        (model, key): str(row)
        for model, keys in wanted.items()
        for key, row in model._base_manager.in_bulk(keys).items()
    }


def _values(column: Merged) -> tuple:
    return column.old, column.stored, column.new


def _passages(merged: list[MergedRow]) -> dict[int, list[Passage]]:
    """By the place of a row: its citations as stored, and those that are proposed with it."""
    places: dict[tuple, int] = {}
    for row in merged:
        if row.stored is not None and issubclass(row.model, Cited):
            places[ContentType.objects.get_for_model(row.model).pk, row.stored.pk] = row.place
    found: dict[int, list[Passage]] = {}
    kept = Q()
    for kind, key in places:
        kept |= Q(subject_type=kind, subject_id=key)
    leaving = {row.stored.pk for row in merged if row.model is Citation and row.act == "remove" and row.stored}
    stored = Citation.objects.filter(kept).exclude(pk__in=leaving).select_related("source") if places else ()
    for citation in stored:
        place = places[citation.subject_type_id, citation.subject_id]
        _tell(found.setdefault(place, []), citation, merged[place].model, is_proposed=False)
    added = [
        {column.name: column.new for column in row.columns}
        for row in merged
        if row.model is Citation and row.act == "add"
    ]
    sources = Source._base_manager.in_bulk({values["source"] for values in added})
    for values in added:
        subject = values["subject_id"]
        place = subject["row"] if isinstance(subject, dict) else places.get((values["subject_type"], subject))
        if place is not None and values["source"] in sources:
            citation = Citation(
                source=sources[values["source"]],
                field=values["field"],
                quote=values["quote"],
                locator=values["locator"],
                stance=values["stance"],
            )
            _tell(found.setdefault(place, []), citation, merged[place].model, is_proposed=True)
    return found


def _tell(passages: list[Passage], citation: Citation, model: type[models.Model], *, is_proposed: bool) -> None:
    """Add a citation to the passages of a row; one that is cited for several facts is told once."""
    passage = Passage(
        source=citation.source,
        quote=citation.quote or "",
        locator=citation.locator or "",
        disputes=citation.stance == Citation.Stance.DISPUTES,
        is_proposed=is_proposed,
    )
    if passage not in passages:
        passages.append(passage)
    fields = dict(footing.cited_fields(model))
    passages[passages.index(passage)].fields[citation.field] = str(fields.get(citation.field, citation.field))


def _page_of(row: MergedRow) -> str:
    """The row's own page at the desk, where it has one."""
    if row.stored is None:
        return ""
    opts = row.model._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.stored.pk])
    except NoReverseMatch:
        return ""


def page_of(record: models.Model | None) -> str:
    """Address of a record's page at the desk."""
    if record is None:
        return ""
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
