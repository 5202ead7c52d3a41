"""What a door is, and the rules by which doors answer."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Model

from measures.models import Material, Measure, MeasureEvent, Organization
from programs.models import Program
from records.models import Record, Source
from tests.doors.cast import (
    ACTORS,
    AT_DESK,
    DRAFT,
    EDITORS,
    EMBARGOED,
    MANAGER,
    NO_RECORD,
    PUBLISHED,
    REVIEWER,
    STATES,
    STRANGERS,
    VISITOR,
    WITHDRAWN,
    Actor,
    Records,
)

FULLY_ASKED = (Measure, MeasureEvent, Material, Organization, Program, Source)

# A redirect to a page for logging in.
LOGIN = "log in first"
Answer = int | str
Rule = Callable[[str, str], Answer]


def _nothing(record, actor) -> dict:
    return {}


@dataclass(frozen=True)
class Door:
    """What a URL answers to GET and to POST, given who asks and in which state the record behind it is.

    `of` is the kind of that record; `made` makes another row that leads to one. `arguments` fills the URL in, `query`
    stands behind it, `sent` comes along with a POST.
    """

    get: Rule
    # None where a POST is taken for a GET.
    post: Rule | None = None
    of: type[Model] | None = None
    made: Callable[[Records, str, Actor], Model] | None = None
    arguments: Callable[[Model, Actor], dict] = _nothing
    query: Callable[[Model, Actor], dict] = _nothing
    sent: Callable[[Model, Actor], dict] = _nothing
    generated: bool = False

    @property
    def states(self) -> tuple[str, ...]:
        return STATES if self.of or self.made else (NO_RECORD,)

    def behind(self, records: Records, state: str, actor: Actor) -> Model | None:
        if self.made:
            return self.made(records, state, actor)
        return records.of(self.of, state) if self.of else None

    def matrix(self, method: str) -> dict[tuple[str, str], Answer]:
        rule = getattr(self, method)
        return {(actor, state): rule(actor, state) for state in self.states for actor in ACTORS}

    def asked(self, method: str, number: int) -> dict[tuple[str, str], Answer]:
        """The part of the matrix that is asked for: all of it, but of doors that the desk makes alike for each model.

        Of those, a model whose records have a page of their own is asked in full where the answer follows from the
        state. The others, with their `number`, turn: each actor once and each state once, so that together they have
        all pairs. DOORS=all in the environment asks every door for everything.
        """
        matrix = self.matrix(method)
        follows = any(matrix[actor, state] != matrix[actor, self.states[0]] for actor, state in matrix)
        if not self.generated or os.environ.get("DOORS") == "all" or (follows and self.of in FULLY_ASKED):
            return matrix
        pairs = [(actor, self.states[(place + number) % len(self.states)]) for place, actor in enumerate(ACTORS)]
        return {pair: matrix[pair] for pair in pairs}


def always(answer: Answer) -> Rule:
    return lambda actor, state: answer


def by_state(answers: dict) -> Rule:
    """The same for everybody: what is hidden is not there, whoever asks. Keys are states or several of them."""
    flat = {
        state: answer
        for states, answer in answers.items()
        for state in (states if type(states) is tuple else (states,))
    }
    return lambda actor, state: flat[state]


def only(allowed: Iterable[str], answer: Answer | Rule = 200, otherwise: Answer = 403) -> Rule:
    """An answer for these actors; the others are refused, and who has no account is asked for one."""
    return _granted(allowed, answer, otherwise, asked_to_log_in=(VISITOR,))


def at_desk(allowed: Iterable[str] = AT_DESK, answer: Answer | Rule = 200, otherwise: Answer = 403) -> Rule:
    """The desk asks everybody to log in who has no place there, analysts too."""
    return _granted(allowed, answer, otherwise, asked_to_log_in=STRANGERS)


def _granted(allowed, answer, otherwise, asked_to_log_in) -> Rule:
    def rule(actor, state):
        if actor in asked_to_log_in:
            return LOGIN
        if actor not in allowed:
            return otherwise
        return answer(actor, state) if callable(answer) else answer

    return rule


# Who may do what, as the roles of the domain say. Managers have the programs; the rest they only look at.
ACTS = {
    **{editor: {"view", "add", "change", "delete", "propose"} for editor in EDITORS},
    REVIEWER: {"view", "propose", "publish", "withdraw", "merge"},
    MANAGER: {"view"},
}
ACTS_ON_PROGRAMS = {**ACTS, MANAGER: {"view", "add", "change", "delete", "propose"}}

# What an act on a record takes that is in this state.
EDITED_BY = {DRAFT: "change", PUBLISHED: "propose", EMBARGOED: "propose", WITHDRAWN: "propose"}


def who(act: str, model: type[Model]) -> list[str]:
    """Who may do this to records of a kind."""
    acts = ACTS_ON_PROGRAMS if model._meta.app_label == "programs" else ACTS
    return [actor for actor in AT_DESK if act in acts[actor]]


def edited(kind: type[Record], answer: Answer = 200) -> Rule:
    """Who may change a record of a kind as it stands, or propose how; one in review nobody may."""

    def rule(actor, state):
        if actor in STRANGERS:
            return LOGIN
        act = EDITED_BY.get(state)
        return answer if act and actor in who(act, kind) else 403

    return rule


def in_draft(rule: Rule) -> Rule:
    """A rule that holds for drafts alone; with anything else it is not done."""
    return lambda actor, state: rule(actor, state) if state == DRAFT or actor in STRANGERS else 403
