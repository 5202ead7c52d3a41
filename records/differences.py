"""What change sets did to the rows of public records, field by field and in words, as visitors may read it.

Of what is withdrawn only that is told, with its notice; of records that visitors may not know of, not even the name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Model
from django.utils.translation import gettext as _

from records import belonging, known
from records.history import version_model
from records.models import Record
from records.revisions import RowChange, Rows, names_of_foreign_rows, row_change, told_fields

Key = tuple[type[Model], int]
# What only those know who work on a record.
INTERNAL = ("submitted_by", "approved_by", "embargo_until")
WITHDRAWAL = ("state", "withdrawal_notice")


@dataclass(frozen=True)
class Did:
    """What a change set did to a row of a record: whether readers saw it before, and after."""

    number: int
    owner: Key
    key: Key
    before: bool
    after: bool


def worded(done: Iterable[Did]) -> dict[tuple[int, Key], list[RowChange]]:
    """The changes of each change set to each record in words, those of the record itself first.

    Three queries for each model, and one for each that is pointed at, whatever the number of change sets.
    """
    done = list(done)
    present = _present({key for each in done for key in (each.key, each.owner)})
    withdrawn = {key for key, row in present.items() if row.state == Record.State.WITHDRAWN}
    done = [each for each in done if each.key == each.owner or each.owner not in withdrawn]
    states = _states({each.key for each in done})
    moments = []
    for each in done:
        before = _at(states.get(each.key, ()), each.number - 1) if each.before else None
        after = _at(states.get(each.key, ()), each.number) if each.after else None
        if before is not None or after is not None:
            moments.append((each, _rows(each.key, each.key in withdrawn), before, after))
    names = names_of_foreign_rows([[moment[1:] for moment in moments]], hidden=_("not public"))
    found: dict[tuple[int, Key], list[RowChange]] = {(each.number, each.owner): [] for each in done}
    order = {model: place for place, model in enumerate(belonging.hops())}
    for did, rows, before, after in sorted(moments, key=lambda moment: _place(moment[0].key, order)):
        if change := row_change(rows, before, after, names):
            if did.key == did.owner or did.key in withdrawn:
                change = replace(change, title="")
            found[did.number, did.owner].append(change)
    return found


def _place(key: Key, order: dict) -> tuple:
    model, pk = key
    return (bool(belonging.hops()[model]), order[model], pk)


def _rows(key: Key, withdrawn: bool) -> Rows:
    """What is told of a row: what readers may know, and no column that says what it belongs to."""
    model = key[0]
    silent = {*INTERNAL}
    for hop in belonging.hops()[model]:
        silent |= {each.name for each in model._meta.concrete_fields if each.column in (hop.column, hop.type_column)}
    told = {each.name for each in told_fields(model)}
    if model in belonging.status_columns():
        silent |= told - {*belonging.status_columns()[model], *(link.name for link in belonging.links_of(model))}
    if withdrawn:
        silent |= told - {*WITHDRAWAL}
    return Rows(model, dict.fromkeys(silent))


def _by_model(keys: Iterable[Key]) -> dict[type[Model], set[int]]:
    found: dict[type[Model], set[int]] = {}
    for model, pk in keys:
        found.setdefault(model, set()).add(pk)
    return found


def _states(keys: Iterable[Key]) -> dict[Key, list[tuple[int, int | None, Model]]]:
    """Every state of these rows: (since, until, row), whatever moment is read from."""
    found: dict[Key, list] = {}
    with known.as_now():
        for model, pks in _by_model(keys).items():
            for row in version_model(model).objects.filter(pgh_obj_id__in=pks):
                found.setdefault((model, row.pgh_obj_id), []).append((row.known_since, row.superseded_by, row))
            for row in model._base_manager.filter(pk__in=pks):
                found.setdefault((model, row.pk), []).append((row.known_since, None, row))
    return found


def _present(keys: Iterable[Key]) -> dict[Key, Record]:
    """The records among the rows as they are, or were at the moment that is read from."""
    return {
        (model, pk): row
        for model, pks in _by_model(keys).items()
        if issubclass(model, Record)
        for pk, row in model._base_manager.in_bulk(pks).items()
    }


def _at(states, number: int) -> Model | None:
    return next((row for since, until, row in states if since <= number and (until is None or number < until)), None)
