"""Which records of a list have which values, at hand in every process: counting them asks the database nothing.

A process keeps bitmaps of the pairs that filters declare, one for each value, as of the newest change set that it has
seen. Before it answers it asks for the number of the newest one, and after a change reads again what the change has
touched: the pairs of the records that the changed rows belong to, and the whole of a facet that depends on other
records. What was known at a moment is counted in the database instead; docs/adr/0023 tells why.
"""

import datetime
import re
import threading
from array import array
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from typing import Any

import structlog
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from pyroaring import BitMap

from records import belonging, changed_since, known
from records.filters import ChoicesFilter, RowsFilter, pairs
from records.filtersets import RecordFilterSet
from records.models import Record
from records.parameters import UNKNOWN

log = structlog.get_logger(__name__)

NO_ROWS = "SELECT NULL::bigint WHERE false"
NO_PAIRS = "SELECT NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::boolean WHERE false"
# Beside the facets of a list, which have no blanks in their names: the records in it, by their state, and their order
# by day.
LISTED, DATED = " listed", " dated"
NOT_KEPT = "not kept"
# Of so many records the pairs are read again one record at a time; of more, all.
MOST_TOUCHED = 5_000
# While the database sorts one record by its day, a process looks for so many of them.
ROWS_PER_KEY = 200
# So many records found are asked for by their keys.
FEW = 2_000
# Of more records than this nobody waits until they are read.
MOST_WAITED_FOR = 20_000
# Values that are fetched at a time.
AT_ONCE = 100
# Facets that vary with the day are kept for so many of them.
MOST_DAYS = 16

# What is newest, whether what was newest before is so still, and whether this transaction reads it and nothing else:
# neither what was known once, nor a change that is not complete.
NEWEST = """
    SELECT last.id, last.at, (SELECT reltuples FROM pg_class WHERE oid = %(table)s::regclass),
           EXISTS (SELECT FROM records_changeset WHERE id = %(number)s AND at = %(at)s),
           coalesce(current_setting('policytrack.change_set', true), '') = ''
           AND coalesce(current_setting('policytrack.known', true), '') = ''
    FROM records_changeset last ORDER BY last.id DESC LIMIT 1
"""
WHOLE = """
    SELECT {number} AS part, coalesce(choice, ''), max(label), max(chosen),
           array_agg(id) FILTER (WHERE certain), array_agg(id) FILTER (WHERE certain IS NOT TRUE)
    FROM ({pairs}) pairs(id, choice, label, chosen, certain) GROUP BY 2
"""
# The newest day first; records of one day, and those without a day at the end, by their key.
IN_ORDER = """
    SELECT {number}, '', '', 0::bigint, array_agg(place ORDER BY place), NULL::bigint[]
    FROM (
        SELECT (({last} - coalesce(chosen, -1))::bigint << 32) | id
        FROM ({pairs}) pairs(id, choice, label, chosen, certain)
    ) placed(place)
"""
AGAIN = """
    SELECT {number} AS part, coalesce(choice, ''), label, chosen, id, certain IS TRUE
    FROM ({pairs}) pairs(id, choice, label, chosen, certain) WHERE id = ANY(%s)
"""

Statement = tuple[str, tuple]
LAST_DAY, KEY = datetime.date.max.toordinal(), (1 << 32) - 1


@dataclass(frozen=True)
class Value:
    """The records that have a value, and those of them that have it for certain; `row` as pairs tell it."""

    all: BitMap
    certain: BitMap
    label: str
    row: int

    def without(self, records: BitMap) -> "Value":
        if self.all.isdisjoint(records):
            return self
        return Value(self.all - records, self.certain - records, self.label, self.row)


@dataclass(frozen=True)
class Origin:
    """The pairs that something was read from, as a statement, with the tables that this reads.

    Any row of the `far` ones may bear on any record; a row of the others only on the record that it belongs to.
    """

    statement: str
    parameters: tuple
    tables: frozenset[str]
    far: frozenset[str]


@dataclass(frozen=True)
class Held:
    """All values of a facet, the empty one for what is not recorded."""

    origin: Origin
    values: dict[str, Value]

    @cached_property
    def told(self) -> BitMap:
        """The records that have some value."""
        return BitMap.union(BitMap(), *(value.all for choice, value in self.values.items() if choice))

    def again(self, records: BitMap, rows: Iterable[tuple]) -> "Held":
        """The same but for these records, of which the pairs are given anew: (choice, label, row, id, certain)."""
        values = {choice: value.without(records) for choice, value in self.values.items()}
        added: dict[str, tuple[BitMap, BitMap, str, int]] = {}
        for choice, label, row, pk, certain in rows:
            every, sure, *_told = added.setdefault(choice, (BitMap(), BitMap(), label or "", row or 0))
            every.add(pk)
            if certain:
                sure.add(pk)
        for choice, (every, sure, label, row) in added.items():
            old = values.get(choice, NOTHING)
            values[choice] = Value(old.all | every, old.certain | sure, label, row)
        kept = {choice: value for choice, value in values.items() if value.all}
        return Held(self.origin, kept)


@dataclass(frozen=True)
class Order:
    """The records of a list as they follow one another: the place of each, which has its key in the lower half."""

    origin: Origin
    places: array

    def again(self, records: BitMap, rows: Iterable[tuple]) -> "Order":
        """The same but for these records, of which the days are given anew, as `Held.again` is."""
        places = array("q", (place for place in self.places if place & KEY not in records))
        for _choice, _label, day, pk, _certain in rows:
            insort(places, (LAST_DAY - (-1 if day is None else day) << 32) | pk)
        return Order(self.origin, places)

    def among(self, records: BitMap, first: int, last: int) -> list[int]:
        """The keys of those of these records that stand from `first` to before `last`."""
        keys = (place & KEY for place in self.places)
        return list(islice((key for key in keys if key in records), first, last))


NOTHING = Value(BitMap(), BitMap(), "", 0)


@dataclass
class Shelf:
    """What this process holds of one kind of list, as of a change set; `held` by facet, and by day where they vary."""

    number: int = 0
    at: Any = None
    # How many records there are, about.
    size: int = 0
    is_filling: bool = False
    held: dict[tuple, Held | Order] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.RLock)


_shelves: dict[type[RecordFilterSet], Shelf] = {}


class Reading:
    """What the bitmaps say to a checked list; one for the answer to one request."""

    def __init__(self, filterset: RecordFilterSet, shelf: Shelf):
        self.filterset, self._held, self._shelf = filterset, dict(shelf.held), shelf
        self._as_of = shelf.number, shelf.at
        self._narrowing: dict[str, BitMap] = {}

    def fetch(self, names: Iterable[str]) -> None:
        """Have what is needed of these facets and of the filters in use at hand, with one query at most."""
        needed = [*names, *(name for name in self.filterset.in_use if self._is_kept(name))]
        wanted = [LISTED, *(name for name in needed if name == DATED or not self.filterset.filters[name].numerous)]
        keys = {_key(self.filterset, name): name for name in wanted}
        if missing := {key: name for key, name in keys.items() if key not in self._held}:
            read = _read({key: _origin(self.filterset, name) for key, name in missing.items()})
            self._held |= read
            with self._shelf.lock:
                # What another thread has brought up to a later change set is not for what was read before it.
                if self._as_of == (self._shelf.number, self._shelf.at):
                    _keep(self._shelf, read)

    @property
    def is_filled(self) -> bool:
        """Whether what is not at hand yet is so little that a reader can wait for it."""
        return self._shelf.size <= MOST_WAITED_FOR or all((name,) in self._held for name in _whole(self.filterset))

    def held(self, name: str) -> Held:
        held = self._held[_key(self.filterset, name)]
        assert isinstance(held, Held)
        return held

    def possible(self, name: str, values: Iterable[str]) -> int:
        """How many of the records found have one of these values of a facet, and none of them for certain."""
        told = [value for choice, value in self.held(name).values.items() if choice in set(values)]
        certain = BitMap.union(BitMap(), *(value.certain for value in told))
        return len((self.found() & BitMap.union(BitMap(), *(value.all for value in told))) - certain)

    def newest_first(self, first: int, last: int) -> list[int] | None:
        """The keys of the records found that stand from `first` to before `last`; None where SQL is quicker at it."""
        found, listed = self.found(), self.held(LISTED).told
        if len(found) * ROWS_PER_KEY < len(listed):
            return None
        self.fetch([DATED])
        order = self._held[_key(self.filterset, DATED)]
        assert isinstance(order, Order)
        return order.among(found, first, last)

    def found(self, leaving_out: Iterable[str] = ()) -> BitMap:
        """The records of the list, but for these filters; where none is in use, withdrawn ones as well."""
        left_out, states = frozenset(leaving_out), self.held(LISTED).values
        if not self.filterset.in_use:
            return self.held(LISTED).told
        rows = states.get(Record.State.PUBLISHED, NOTHING).all
        for name in sorted(self.filterset.in_use - left_out):
            if name not in self._narrowing:
                self._narrowing[name] = self._narrowed(name)
            rows = rows & self._narrowing[name]
        return rows

    def published(self, leaving_out: Iterable[str] = ()) -> BitMap:
        """The records that facets count: those of the list that are not withdrawn."""
        return self.found(leaving_out) & self.held(LISTED).values.get(Record.State.PUBLISHED, NOTHING).all

    def _is_kept(self, name: str) -> bool:
        declared = self.filterset.filters[name]
        return name in self.filterset.facets and not declared.numerous and not _depends(self.filterset, name)

    def _narrowed(self, name: str) -> BitMap:
        declared, value = self.filterset.filters[name], self.filterset.values[name]
        if self._is_kept(name):
            held = self.held(name)
            every = self.held(LISTED).told
            kept, left_out = (_having(declared, held, values, every) for values in (value, value.excluded))
            if kept is not None and left_out is not None:
                return (kept if len(value) else every) - left_out
        rows = declared.filter(self.filterset.queryset.model._base_manager.order_by(), value).values_list("pk")
        statement, parameters = compiled(rows)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT array_agg(id) FROM ({statement}) rows(id)", parameters)
            return BitMap(cursor.fetchone()[0] or ())


def reading(filterset: RecordFilterSet) -> Reading | None:
    """The bitmaps of a checked list as of now; None where the database has to be asked instead.

    It has to of what was known, within a change, where the list is only a part of what its kind may show, and of very
    many records until they are read in the background.
    """
    if "reading" not in vars(filterset):
        at_hand = _reading(filterset) if filterset.is_whole else None
        if at_hand and not at_hand.is_filled:
            _fill_in_background(type(filterset))
            at_hand = None
        filterset.reading = at_hand
    return filterset.reading


def found(filterset: RecordFilterSet) -> BitMap | None:
    """The keys of the records of a checked list; None where the database has to be asked."""
    if at_hand := reading(filterset):
        at_hand.fetch([])
        return at_hand.found()
    return None


def rows(filterset: RecordFilterSet) -> QuerySet:
    """The rows of a checked list; a few that are found are asked for by their keys, not once more by the filters."""
    checked = filterset.checked
    keys = found(filterset) if filterset.in_use else None
    return checked if keys is None or len(keys) > FEW else filterset.queryset.filter(pk__in=list(keys))


def fill(kind: type[RecordFilterSet]) -> None:
    """Have all at hand that answers about this kind of list need, but for other days than today."""
    filterset = kind(QueryDict())
    with known.one_reading():
        if at_hand := _reading(filterset):
            at_hand.fetch([*_whole(filterset), *filterset.facets])


def _fill_in_background(kind: type[RecordFilterSet]) -> None:
    shelf = _shelves[kind]

    def filling():
        try:
            fill(kind)
        except Exception:
            # The next answer tries again, and until then the database is asked.
            log.exception("bitmaps not filled", list=kind.__name__)
        finally:
            shelf.is_filling = False
            connection.close()

    with shelf.lock:
        if not shelf.is_filling:
            shelf.is_filling = True
            threading.Thread(target=filling, name=f"bitmaps of {kind.__name__}", daemon=True).start()


def _whole(filterset: RecordFilterSet) -> list[str]:
    """What is read once for all answers about a kind of list: its facets, and its order where it has one by day."""
    kept = [
        name for name in filterset.facets if not (declared := filterset.filters[name]).varies and not declared.numerous
    ]
    return [*kept, DATED] if filterset.is_dated else kept


def _reading(filterset: RecordFilterSet) -> Reading | None:
    shelf, clocks = _shelves.setdefault(type(filterset), Shelf()), getattr(filterset.request, "clocks", None)
    told = clocks and clocks.knowledge
    if clocks and (not clocks.is_now or (told and not told.is_complete)):
        return None
    with shelf.lock:
        # What a request reads it knows already; asking again is for what comes without one, or after a change.
        if not (told and shelf.number and (told.number, told.at) == (shelf.number, shelf.at)):
            with connection.cursor() as cursor:
                table = filterset.queryset.model._meta.db_table
                cursor.execute(NEWEST, {"number": shelf.number, "at": shelf.at, "table": table})
                number, at, size, is_known, is_complete = cursor.fetchone() or (0, None, 0, False, False)
            if not is_complete or number < shelf.number:
                # A transaction that began before what the bitmaps tell asks the database as well.
                return None
            if not is_known:
                # Another history than the one that was read: the base was restored.
                shelf.held.clear()
            elif number > shelf.number:
                _catch_up(shelf, filterset)
            shelf.number, shelf.at, shelf.size = number, at, size
        return Reading(filterset, shelf)


def pairs_of(filterset: RecordFilterSet, declared: ChoicesFilter) -> Statement:
    """All pairs of a filter, as a statement with its parameters; putting it together takes longer than running it.

    Most are the same for every list while a process lives, but for the keys of the kinds of content.
    """
    key = (type(filterset), declared.parameter, ContentType.objects.get_for_model(filterset.queryset.model).pk)
    if declared.varies or key not in _statements:
        statements, parameters = zip(*(compiled(each, NO_PAIRS) for each in declared.pairs()), strict=True)
        whole = " UNION ALL ".join(f"({statement})" for statement in statements), tuple(chain(*parameters))
        if declared.varies:
            return whole
        _statements[key] = whole
    return _statements[key]


_statements: dict[tuple, Statement] = {}


def compiled(rows: QuerySet | Statement, nothing: str = NO_ROWS) -> Statement:
    if isinstance(rows, tuple):
        return rows
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return nothing, ()


def _key(filterset: RecordFilterSet, name: str) -> tuple:
    if name in (LISTED, DATED) or not filterset.filters[name].varies:
        return (name,)
    # What varies with more than the day is read for one answer only, and not kept.
    return (name, filterset.on, NOT_KEPT) if _depends(filterset, name) else (name, filterset.on)


def _depends(filterset: RecordFilterSet, name: str) -> bool:
    """Whether the values of this facet depend on other filters in use."""
    return bool(filterset.in_use.intersection(filterset.filters[name].varies_with))


def _origin(filterset: RecordFilterSet, name: str) -> Origin:
    """The pairs of a facet, of the list itself, or of its days."""
    model = filterset.queryset.model
    if name == LISTED:
        statement, parameters = compiled(pairs(type(filterset).visible(), "pk", "state"), NO_PAIRS)
    elif name == DATED:
        statement, parameters = compiled(pairs(type(filterset).dated(), "pk", "", row="day_number"), NO_PAIRS)
    else:
        statement, parameters = pairs_of(filterset, filterset.filters[name])
    tables = frozenset(re.findall(r"\w+", statement)) & changed_since.tracked().keys()
    declared = filterset.filters.get(name)
    chosen = {declared.rows_model} if isinstance(declared, RowsFilter) else set()
    near = {each._meta.db_table for each in belonging.family(model).keys() - chosen}
    return Origin(statement, parameters, tables, tables - near)


def _having(declared: ChoicesFilter, held: Held, values: dict, every: BitMap) -> BitMap | None:
    """The records with one of the values; None where one is not told by its own name, as that of a merged record."""
    rows = BitMap()
    for value in declared.kept_by(values):
        if value == UNKNOWN and UNKNOWN not in declared.choices:
            rows |= every - held.told
        elif value in held.values:
            rows |= held.values[value].all
        elif isinstance(declared, RowsFilter):
            return None
    return rows


def _read(origins: dict[tuple, Origin]) -> dict[tuple, Held | Order]:
    """All values of these facets, or the order of the list; one query."""
    parts = [
        (IN_ORDER if key[0] == DATED else WHOLE).format(number=number, pairs=origin.statement, last=LAST_DAY)
        for number, (key, origin) in enumerate(origins.items())
    ]
    values: list[dict[str, Value]] = [{} for _ in origins]
    places: dict[int, array] = {}
    keys = list(origins)
    # A few values at a time: as lists, the keys of all take many times the room of their bitmaps.
    with transaction.atomic(savepoint=False), connection.chunked_cursor() as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(" UNION ALL ".join(parts), list(chain(*(origin.parameters for origin in origins.values()))))
        for number, choice, label, row, certain, possible in cursor:
            if keys[number][0] == DATED:
                places[number] = array("q", certain or ())
                continue
            sure = BitMap(certain or ())
            values[number][choice] = Value(sure | BitMap(possible) if possible else sure, sure, label or "", row or 0)
    return {
        key: Order(origin, places[number]) if number in places else Held(origin, values[number])
        for number, (key, origin) in enumerate(origins.items())
    }


def _keep(shelf: Shelf, read: dict[tuple, Held | Order]) -> None:
    shelf.held |= {key: held for key, held in read.items() if NOT_KEPT not in key}
    days = [key for key in shelf.held if len(key) == 2]
    for key in days[:-MOST_DAYS]:
        del shelf.held[key]


def _catch_up(shelf: Shelf, filterset: RecordFilterSet) -> None:
    """Read again what changed since the change set that the bitmaps are of."""
    changed = changed_since.tables(chain(*(held.origin.tables for held in shelf.held.values())), shelf.number)
    stale = {key: held for key, held in shelf.held.items() if held.origin.tables & changed}
    model, most = filterset.queryset.model, MOST_TOUCHED + 1
    records = BitMap(changed_since.records(model, changed, shelf.number, most) if stale else ())
    for key in [key for key, held in stale.items() if held.origin.far & changed or len(records) > MOST_TOUCHED]:
        del shelf.held[key], stale[key]
    if not stale or not records:
        return
    parts, parameters = [], []
    for number, held in enumerate(stale.values()):
        parts.append(AGAIN.format(number=number, pairs=held.origin.statement))
        parameters += [*held.origin.parameters, list(records)]
    rows: list[list[tuple]] = [[] for _ in stale]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        for number, *row in cursor:
            rows[number].append(tuple(row))
    for (key, held), again in zip(stale.items(), rows, strict=True):
        shelf.held[key] = held.again(records, again)
