"""The steps of a record's review: who may take them, from which state, and what they are called."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records import publishing, roles
from records.desk.forms import MoveForm, WithdrawForm
from records.models import ChangeSet, Record

State = Record.State


@dataclass(frozen=True)
class Move:
    """One step; `act` is the permission that it takes, and `goes_on` says whether it is the one that is looked for."""

    name: str
    label: Promise
    done: Promise
    states: tuple[State, ...]
    act: str
    write: Callable[..., ChangeSet]
    form: type[MoveForm] = MoveForm
    takes_parts: bool = True
    goes_on: bool = False
    of_embargoed: bool = False

    def permitted(self, user, record: Record) -> bool:
        return user.has_perm(roles.permission(self.act, type(record)))

    def offered(self, user, record: Record) -> bool:
        fits = record.state in self.states and (record.embargo_until is not None or not self.of_embargoed)
        return fits and self.permitted(user, record)


MOVES = {
    move.name: move
    for move in (
        Move(
            name="submit",
            label=_("Submit for review"),
            done=_("“%(record)s” waits for a reviewer."),
            states=(State.DRAFT,),
            act="change",
            write=publishing.submit,
            goes_on=True,
        ),
        Move(
            name="publish",
            label=_("Publish"),
            done=_("“%(record)s” is published."),
            states=(State.IN_REVIEW,),
            act="publish",
            write=publishing.publish,
            goes_on=True,
        ),
        Move(
            name="send-back",
            label=_("Send back"),
            done=_("“%(record)s” went back to its editor."),
            states=(State.IN_REVIEW,),
            act="publish",
            write=publishing.send_back,
        ),
        Move(
            name="withdraw",
            label=_("Withdraw"),
            done=_("“%(record)s” is withdrawn; its page shows the notice."),
            states=(State.PUBLISHED,),
            act="withdraw",
            write=publishing.withdraw,
            form=WithdrawForm,
            takes_parts=False,
        ),
        Move(
            name="lift-embargo",
            label=_("Lift the embargo"),
            done=_("Readers see “%(record)s” now."),
            states=(State.PUBLISHED, State.WITHDRAWN),
            act="publish",
            write=publishing.lift_embargo,
            takes_parts=False,
            of_embargoed=True,
        ),
        Move(
            name="restore",
            label=_("Publish again"),
            done=_("“%(record)s” is published again."),
            states=(State.WITHDRAWN,),
            act="publish",
            write=publishing.publish,
            takes_parts=False,
        ),
    )
}
