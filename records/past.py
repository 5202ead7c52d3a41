"""The public past of one record: every state that it and the rows that belong to it had, and what each change set did.

What visitors may not see is as if it were not. A row that becomes public is new to readers; what it said before, as a
draft or under embargo, is told nowhere, and neither is the past of what is hidden now.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model

from records import belonging
from records.history import version_table
from records.models import ChangeSet, Record
from records.touched import Said, Touched, fetch, row_text

Key = tuple[type[Model], int]
FOR_EVER = 2**62


@dataclass(frozen=True)
class State:
    """What a row was from one change set until another; `onto` is the row that it belonged to."""

    since: int
    until: int
    public: bool
    said: Said
    onto: Key | None


@dataclass(frozen=True)
class Step:
    """What a change set did to a row, as readers saw it: None where there was nothing for them."""

    key: Key
    before: State | None
    after: State | None


class Past:
    """The states of a record and of what belongs to it, as known until a change set; read in one query."""

    def __init__(self, record: Record, *, until: int | None = None):
        self.owner: Key = (record._meta.concrete_model, record.pk)
        self.until = FOR_EVER - 1 if until is None else until
        self.states: dict[Key, list[State]] = {}
        self.upkeep: set[int] = set()
        members = list(belonging.family(self.owner[0]))
        parameters = {"record": record.pk}
        for member, pk, since, ended, public, state, said, onto, onto_pk in fetch(_states(self.owner[0]), parameters):
            if member < 0:
                self.upkeep.add(pk)
            elif since <= self.until:
                towards = None if onto is None else (members[onto], onto_pk)
                told = State(since, FOR_EVER if ended is None else ended, public, Said(state, said), towards)
                self.states.setdefault((members[member], pk), []).append(told)
        for states in self.states.values():
            states.sort(key=lambda state: state.since)

    @functools.cached_property
    def steps(self) -> dict[int, list[Step]]:
        """What each change set did that readers could see, the newest first."""
        found: dict[int, list[Step]] = {}
        for key in self.states:
            if self._told_now(key):
                for number in self._moments(key):
                    before, after = self._told(key, number - 1), self._told(key, number)
                    if before != after and (number not in self.upkeep or self._is_status(key, before, after)):
                        found.setdefault(number, []).append(Step(key, before, after))
        return dict(sorted(found.items(), reverse=True))

    def touched(self, number: int) -> Touched:
        """What a change set did, in the words of lists of change sets."""
        touched = Touched((self.owner[0]._meta.model_name, self.owner[1]))
        for step in self.steps[number]:
            if step.after:
                touched.began[step.key] = step.after.said
            if step.before:
                touched.ended[step.key] = step.before.said
        return touched

    def _at(self, key: Key, number: int) -> State | None:
        return next((each for each in self.states.get(key, ()) if each.since <= number < each.until), None)

    def _told(self, key: Key, number: int) -> State | None:
        """The state of a row after a change set, where visitors could see it and all that it belongs to."""
        state = onward = self._at(key, number)
        while onward:
            if not onward.public:
                return None
            if onward.onto is None:
                return state
            onward = self._at(onward.onto, number)
        return None

    def _told_now(self, key: Key) -> bool:
        """Whether the records among the row and what it belonged to last are public; what is gone hides nothing."""
        seen = self._at(key, self.until)
        if issubclass(key[0], Record) and not (seen and seen.public):
            return False
        last = seen or self.states[key][-1]
        return last.onto is None or (last.onto in self.states and self._told_now(last.onto))

    def _moments(self, key: Key) -> set[int]:
        """When the row changed, or what it belongs to and may have come to light with."""
        found: set[int] = set()
        onward: Key | None = key
        while onward in self.states:
            states = self.states[onward]
            found |= {number for state in states for number in (state.since, state.until) if number <= self.until}
            onward = states[-1].onto
        return found

    @staticmethod
    def _is_status(key: Key, before: State | None, after: State | None) -> bool:
        said = [state.said for state in (before, after) if state]
        return key[0] in belonging.status_columns() and (len(said) == 1 or said[0] != said[1])


@functools.cache
def _states(owner: type[Record]) -> str:
    """A statement for every state of a record and of all that belongs to it, and which change sets were upkeep."""
    members = belonging.family(owner)
    places = {model: place for place, model in enumerate(members)}
    parts = []
    for model, hops in members.items():
        parts.append(f"member{places[model]} AS MATERIALIZED ({' UNION ALL '.join(_member(model, hops, places))})")
    every = " UNION ALL ".join(f"SELECT * FROM member{place}" for place in places.values())
    return (
        f"WITH {', '.join(parts)}, every AS MATERIALIZED ({every}) SELECT * FROM every UNION ALL"
        " SELECT -1, id, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM records_changeset"
        f" WHERE kind = '{ChangeSet.Kind.UPKEEP}' AND id IN (SELECT since FROM every UNION SELECT until FROM every)"
    )


def _member(model: type[Model], hops, places) -> Iterator[str]:
    public = belonging.PUBLIC.format("this") if issubclass(model, Record) else "true"
    state = "this.state" if issubclass(model, Record) else "NULL::text"
    told = belonging.status_columns().get(model) or [column.column for column in belonging.dates_of(model)]
    said = row_text(told) if told else "NULL::text"
    key, place = model._meta.pk.column, places[model]
    links = "".join(
        f" AND as_known.public_now('{link.related_model._meta.concrete_model._meta.db_table}', this.{link.column})"
        for link in belonging.links_of(model)
    )
    tables = ((model._meta.db_table, key, "NULL::bigint"), (version_table(model), "pgh_obj_id", "superseded_by"))
    for table, pk, until in tables:
        columns = f"{place} AS member, this.{pk} AS pk, this.known_since AS since, {until} AS until"
        columns += f", {public}{links} AS public, {state} AS state, {said} AS said"
        if not hops:
            yield (
                f"SELECT {columns}, NULL::int AS onto, NULL::bigint AS onto_pk FROM public.{table} this"
                f" WHERE this.{pk} = %(record)s"
            )
        for number, hop in enumerate(hops):
            onto = places[hop.to]
            narrowed = f" AND this.{hop.type_column} = {hop.type_id}" if hop.type_column else ""
            if not hop.type_column:
                narrowed = "".join(f" AND this.{nearer.column} IS NULL" for nearer in hops[:number])
            yield (
                f"SELECT {columns}, {onto} AS onto, this.{hop.column} AS onto_pk FROM public.{table} this"
                f" JOIN (SELECT DISTINCT pk FROM member{onto}) onto ON this.{hop.column} = onto.pk{narrowed}"
            )
