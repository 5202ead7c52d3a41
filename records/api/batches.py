"""Batches of names to reconcile: reading what a program sends, and telling how well records fit it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from records.queries import unknown
from records.search.candidates import Candidate

MOST_QUERIES, MOST_RESULTS, RESULTS = 50, 50, 10
MOST_VALUES = 20  # of one property in one query
# What a given property counts beside the name, and one that is a number of the thing itself.
HINT, IDENTITY = 0.3, 0.6
KEYS = ("query", "type", "limit", "properties", "type_strict")
STRICT = ("any", "should", "all")


@dataclass(frozen=True)
class Property:
    """Something else than its name that may be known of a thing; `column` leads to it from the record.

    `folded` writes a value in one form, and gives None for what can be none. What `identifies` finds things by itself.
    """

    id: str
    name: Any
    column: str
    folded: Callable[[str], str | None]
    identifies: bool = False


@dataclass(frozen=True)
class Asked:
    """One query: a name, what else is known, the types that it may have, and how many candidates are wanted."""

    text: str
    limit: int
    types: list[str] = field(default_factory=list)
    hints: dict[str, set[str]] = field(default_factory=dict)


def read(text: str, properties: Mapping[str, Property]) -> dict[str, Asked]:
    """The queries of a batch, by their keys. Raises ValidationError with the reason where it is none."""
    try:
        batch = json.loads(text)
    except (ValueError, RecursionError):
        batch = None
    if not isinstance(batch, dict):
        raise _refused(_("“queries” has to be a JSON object with a query under each key."))
    if len(batch) > MOST_QUERIES:
        raise _refused(_("A batch has at most %(most)d queries.") % {"most": MOST_QUERIES})
    return {key: _read(query, properties) for key, query in batch.items()}


def _read(query: Any, properties: Mapping[str, Property]) -> Asked:
    if not isinstance(query, dict):
        raise _refused(_("Each query has to be an object."))
    if strange := [name for name in query if name not in KEYS]:
        raise _refused(unknown("queries", strange[0], KEYS))
    text, limit, types = query.get("query", ""), query.get("limit", RESULTS), query.get("type", [])
    if not isinstance(text, str):
        raise _refused(_("“query” has to be a text."))
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit <= MOST_RESULTS:
        raise _refused(_("“limit” has to be a number from 1 to %(most)d.") % {"most": MOST_RESULTS})
    types = [types] if isinstance(types, str) else types
    if not isinstance(types, list) or not all(isinstance(each, str) for each in types):
        raise _refused(_("“type” has to be the id of a type, or a list of them."))
    if query.get("type_strict", "any") not in STRICT:
        raise _refused(unknown("type_strict", str(query["type_strict"]), STRICT))
    given = query.get("properties", [])
    if not isinstance(given, list):
        raise _refused(_("“properties” has to be a list."))
    hints: dict[str, set[str]] = {}
    for each in given:
        pid, values = _hint(each, properties)
        hints.setdefault(pid, set()).update(values)
    if not text.strip() and not given:
        raise _refused(_("Each query needs a text to look for, or properties."))
    return Asked(text.strip(), int(limit), types, {pid: values for pid, values in hints.items() if values})


def _hint(given: Any, properties: Mapping[str, Property]) -> tuple[str, set[str]]:
    """The property, and the values of it that can be; a cell with “n/a” in it says nothing."""
    if not isinstance(given, dict) or not isinstance(given.get("pid"), str) or "v" not in given:
        raise _refused(_("Each of the properties needs a “pid” and a “v”."))
    pid, values = given["pid"], given["v"]
    if pid not in properties:
        raise _refused(unknown("pid", pid, {each.id: each.id for each in properties.values()}))
    values = values if isinstance(values, list) else [values]
    if len(values) > MOST_VALUES:
        raise _refused(_("A property has at most %(most)d values.") % {"most": MOST_VALUES})
    texts = [str(value.get("id", "") if isinstance(value, dict) else value).strip() for value in values]
    folded = {properties[pid].folded(text) for text in texts if len(text) <= 200}
    return pid, {value for value in folded if value}


def _refused(reason: str) -> ValidationError:
    return ValidationError({"queries": [reason]})


@dataclass(frozen=True)
class Fitting:
    """How well a record fits a query: from 0 to 100, whether it surely is what is meant, and by what."""

    pk: int
    score: float
    surely: bool
    name: float
    agreeing: dict[str, bool]


def fitting(
    asked: Asked, found: list[Candidate], rows: Mapping[int, dict], properties: Mapping[str, Property]
) -> list[Fitting]:
    """The candidates that fit best, the best first. At most one of them is meant for sure."""
    fits = [_fit(asked, each, rows[each.pk], properties) for each in found]
    fits.sort(key=lambda fit: (-fit.score, fit.pk))
    sure = [fit.pk for fit in fits if fit.surely]
    return [
        fit if not fit.surely or len(sure) == 1 else Fitting(fit.pk, fit.score, False, fit.name, fit.agreeing)
        for fit in fits[: asked.limit]
    ]


def _fit(asked: Asked, found: Candidate, row: dict, properties: Mapping[str, Property]) -> Fitting:
    agreeing, weight, agreed = {}, 0.0, 0.0
    for pid, values in asked.hints.items():
        said = properties[pid].folded(str(row[properties[pid].column] or ""))
        if said is None:
            continue  # what the record does not tell, it does not deny
        agreeing[pid] = said in values
        counts = IDENTITY if properties[pid].identifies else HINT
        weight, agreed = weight + counts, agreed + counts * agreeing[pid]
    if not asked.text:
        score = agreed / weight if weight else 0.0
        exactly = any(agree and properties[pid].identifies for pid, agree in agreeing.items())
    else:
        # However much is known besides, the name keeps a share.
        share = min(weight, 0.8)
        score = found.likeness * (1 - share) + (share * agreed / weight if weight else 0.0)
        exactly = found.exactly
    surely = exactly and all(agreeing.values())
    return Fitting(found.pk, round(100 * score, 1), surely, round(100 * found.likeness, 1), agreeing)
