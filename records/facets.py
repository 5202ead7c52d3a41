"""What a list could be narrowed to: the choices of its filters, each counted under all other filters, in one query."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from itertools import chain

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.text import capfirst

from records import bitmaps, naming
from records.bitmaps import compiled, pairs_of
from records.filters import ChoicesFilter, RowsFilter, title_column
from records.filtersets import RecordFilterSet
from records.models import Record
from records.parameters import NOT_KNOWN, UNKNOWN, Asked

SHOWN_OPTIONS = 8
# As many as a page holds folded away; the rest of a long facet is on the page of its own.
FOLDED_OPTIONS = 32
LEADING = 4
# Where the database counts more records than this, it counts with the list only the facets that a page shows unasked.
COUNTED_AT_ONCE = 20_000


@dataclass(frozen=True)
class Option:
    """One choice of a facet, and how many records it would show; `possible` of them only possibly.

    `record` is the row that the choice stands for, if any, with its key and what it is called. `level` is how deep it
    stands under wider choices.
    """

    value: str
    label: str
    count: int
    possible: int = 0
    selected: bool = False
    excluded: bool = False
    status: str = ""
    record: Record | None = None
    level: int = 0

    @property
    def words(self) -> str:
        """Everything that it is known by, for looking for it."""
        return f"{self.label} {naming.called(self.record) if self.record else ''} {self.value}"


@dataclass(frozen=True)
class Facet:
    """A filter with its choices, for components/facet.html; those in `more` are folded away.

    `left` is how many choices there are beyond these. Choices can be excluded where the filter is `signed`. One that is
    not counted has its choices on the page of its own.
    """

    name: str
    label: str
    options: list[Option]
    more: list[Option] = field(default_factory=list)
    left: int = 0
    signed: bool = False
    leads: bool = True
    is_counted: bool = True

    @property
    def is_open(self) -> bool:
        """Whether a page shows the choices unasked: of the first facets, and of those in use."""
        return self.leads or any(option.selected or option.excluded for option in self.options)

    @property
    def all(self) -> list[Option]:
        return [*self.options, *self.more]

    @property
    def size(self) -> int:
        """How many choices there are in all."""
        return len(self.all) + self.left

    @property
    def records(self) -> list[Record]:
        """The rows that choices stand for."""
        return [option.record for option in self.all if option.record]


@dataclass(frozen=True)
class Count:
    """How many records have a value, of which it holds for some only possibly."""

    all: int = 0
    certain: int = 0
    label: str = ""
    row: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.all + other.all, self.certain + other.certain, self.label, self.row)


def facets(filterset: RecordFilterSet, found: int, *, leads: int = LEADING) -> list[Facet]:
    """The facets of a checked list in which so many records are found; the first ones show their choices unasked.

    A record counts under each of its values, and as unknown where it has none.
    """
    leading = filterset.facets[:leads]
    shown = [name for name in filterset.facets if name in leading or name in filterset.in_use]
    if found > COUNTED_AT_ONCE:
        at_hand = bitmaps.reading(filterset) is not None
        shown += [name for name in filterset.facets if at_hand and not filterset.filters[name].numerous]
    counted = counts(filterset, filterset.facets if found <= COUNTED_AT_ONCE else dict.fromkeys(shown))
    made = []
    for name in filterset.facets:
        declared = filterset.filters[name]
        if name in counted:
            whole = facet(declared, filterset.values[name], counted[name])
            made.append(replace(whole, leads=name in leading))
        else:
            made.append(Facet(name, str(declared.label), [], signed=declared.signed, is_counted=False, leads=False))
    return made


def named(shown: Iterable[Facet]) -> Iterator[Record]:
    """The rows that choices of these facets stand for, for a page to fetch the names of with those of its own."""
    return chain.from_iterable(each.records for each in shown)


def facet(declared: ChoicesFilter, asked: Asked, counted: dict[str, Count], most: int | None = FOLDED_OPTIONS) -> Facet:
    """One filter with its choices: those in use first, then by how many records have them; at most so many folded."""
    opened = _with_wider(declared, {**asked, **asked.excluded})
    known = {value for value in {*counted, *opened} if not declared.above(value) or declared.above(value) in opened}
    shown = known if most is None else _foremost(declared, known, opened, counted, SHOWN_OPTIONS + most)
    model = declared.rows_model if isinstance(declared, RowsFilter) else None
    options = [_option(declared, value, counted.get(value, Count()), asked, model) for value in shown]
    options = _in_order(declared, options)
    near = max(SHOWN_OPTIONS, sum(option.selected or option.excluded or option.level > 0 for option in options))
    folded = options[near:] if most is None else options[near : near + most]
    return Facet(
        declared.parameter,
        str(declared.label),
        options[:near],
        folded,
        len(known) - len(options[:near]) - len(folded),
        declared.signed,
    )


def _foremost(
    declared: ChoicesFilter, known: set[str], opened: set[str], counted: dict[str, Count], most: int
) -> set[str]:
    """Of very many choices those that come first, and those in use: an option is made of none that nobody sees."""
    if len(known) <= most or declared.ordered != "count":
        return known

    def place(value: str) -> tuple:
        count = counted.get(value, Count())
        return value == UNKNOWN and UNKNOWN not in declared.choices, -count.all, capfirst(count.label or value)

    return {*nsmallest(most + len(opened), known, key=place), *(opened & known)}


def counts(filterset: RecordFilterSet, names: Iterable[str]) -> dict[str, dict[str, Count]]:
    """How many records of the list each value of these filters would show, by the filter's name."""
    names = list(names)
    at_hand = bitmaps.reading(filterset)
    told = [name for name in names if at_hand and not filterset.filters[name].numerous]
    found = _asked(filterset, [name for name in names if name not in told])
    if at_hand:
        found |= _told(at_hand, told)
    return {name: filterset.filters[name].summed(each) for name, each in found.items()}


def _told(at_hand: bitmaps.Reading, names: list[str]) -> dict[str, dict[str, Count]]:
    """The counts of values as the bitmaps tell them."""
    at_hand.fetch(names)
    return {name: dict(_of_values(at_hand, name)) for name in names}


def _of_values(at_hand: bitmaps.Reading, name: str) -> Iterator[tuple[str, Count]]:
    held, rows = at_hand.held(name), at_hand.published(_left_out(at_hand.filterset, name))
    for choice, value in held.values.items():
        if choice and (count := rows.intersection_cardinality(value.all)):
            certain = count if value.certain is value.all else rows.intersection_cardinality(value.certain)
            yield choice, Count(count, certain, value.label, value.row)
    # What has an empty value besides others is not recorded either.
    empty = held.values.get("", bitmaps.NOTHING)
    if unknown := len(rows) - rows.intersection_cardinality(held.told - empty.all):
        yield UNKNOWN, Count(unknown, unknown - rows.intersection_cardinality(empty.all - empty.certain))


def _left_out(filterset: RecordFilterSet, name: str) -> frozenset[str]:
    """The filters in use that do not narrow what the choices of one are counted in."""
    return filterset.in_use.intersection({name, *filterset.filters[name].goes_with})


def _asked(filterset: RecordFilterSet, names: list[str]) -> dict[str, dict[str, Count]]:
    """The counts of values as the database tells them, in one query."""
    if not names:
        return {}
    parts: list[str] = []
    parameters: list = []
    base = compiled(_rows(filterset, ()))
    for name in names:
        pairs = pairs_of(filterset, filterset.filters[name])
        source, more = "base", ()
        if left_out := _left_out(filterset, name):
            rows = compiled(_rows(filterset, left_out))
            source, more = f"({rows[0]})", rows[1]
        parts.append(COUNTED.format(rows=source, pairs=pairs[0]))
        parameters += [name, *more, *pairs[1]]
    found: dict[str, dict[str, Count]] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH base AS ({base[0]}) {' UNION ALL '.join(parts)}", [*base[1], *parameters])
        for name, value, label, row, certain, count in cursor:
            found[name][value or UNKNOWN] = Count(count, certain, label or "", row or 0)
    return found


COUNTED = """
    SELECT %s AS facet, choice, max(label), max(chosen), count(*) FILTER (WHERE certain), count(*) FROM (
        SELECT rows.id, nullif(pairs.choice, '') AS choice, max(pairs.label) AS label, max(pairs.chosen) AS chosen,
               bool_or(pairs.id IS NULL OR pairs.certain) AS certain
        FROM {rows} rows(id) LEFT JOIN ({pairs}) pairs(id, choice, label, chosen, certain) ON pairs.id = rows.id
        GROUP BY 1, 2
    ) counted GROUP BY choice
"""


def _rows(filterset: RecordFilterSet, leaving_out: Iterable[str]) -> QuerySet:
    rows = filterset.filter_queryset(filterset.queryset, leaving_out=leaving_out)
    return rows.filter(state=Record.State.PUBLISHED).order_by().values_list("pk")


def _option(declared: ChoicesFilter, value: str, count: Count, asked: Asked, model: type[Model] | None) -> Option:
    """One choice; `model` is that of the rows that choices stand for, if they do."""
    unknown = value == UNKNOWN and UNKNOWN not in declared.choices
    asked_for = asked.get(value) or asked.excluded.get(value)
    meaning = NOT_KNOWN if unknown else declared.told(value, count.label or str(asked_for or value))
    record = None
    if count.row and model is not None and issubclass(model, Record):
        record = model.from_db(None, ["id", "slug", title_column(model)], [count.row, value, count.label])
    return Option(
        value,
        capfirst(str(meaning)),
        count.all,
        count.all - count.certain,
        selected=value in asked,
        excluded=value in asked.excluded,
        status=value if declared.shows_status and not unknown else "",
        record=record,
        level=_level(declared, value),
    )


def _in_order(declared: ChoicesFilter, options: list[Option]) -> list[Option]:
    """What is in use first and what is unknown last; narrower choices stand under the wider one."""
    under: dict[str, list[Option]] = {}
    for option in options:
        under.setdefault(declared.above(option.value), []).append(option)
    codes = list(declared.choices)

    def in_use(option: Option) -> bool:
        return option.selected or option.excluded or any(map(in_use, under.get(option.value, ())))

    def place(option: Option) -> tuple:
        first = (option.value == UNKNOWN and UNKNOWN not in codes, -option.count, option.label)
        if declared.ordered == "declared":
            return (*first[:1], codes.index(option.value) if option.value in codes else 0)
        return (not in_use(option), *first)

    def arranged(siblings: list[Option]) -> list[Option]:
        if declared.ordered == "latest":
            siblings = sorted(
                siblings, key=lambda option: option.value, reverse=not any(option.level for option in siblings)
            )
            siblings.sort(key=lambda option: place(option)[:2])
        else:
            siblings = sorted(siblings, key=place)
        return [each for option in siblings for each in (option, *arranged_under(option))]

    def arranged_under(option: Option) -> list[Option]:
        below = under.get(option.value)
        return arranged(below) if below else []

    return arranged(under.get("", []))


def _level(declared: ChoicesFilter, value: str) -> int:
    above = declared.above(value)
    return 1 + _level(declared, above) if above else 0


def _with_wider(declared: ChoicesFilter, values: Iterable[str]) -> set[str]:
    """These choices and all wider ones: those whose narrower ones are shown."""
    found: set[str] = set()
    waiting = set(values)
    while waiting:
        found |= waiting
        waiting = {declared.above(value) for value in waiting} - {""}
    return found
