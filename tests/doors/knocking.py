"""Knocking at doors: every URL with what it declares, and what it answers."""

from http.cookies import SimpleCookie

from django.db import transaction

from records import publishing
from records.models import ChangeSet, ErrorReport, Proposal, Source
from tests.doors.cast import EDITOR, REVIEWER, VISITOR, Actor, Records
from tests.doors.declared import DOORS
from tests.doors.door import LOGIN, Answer
from tests.doors.generated import desk_doors
from tests.doors.resolver import addresses
from tests.doors.unrendered import ONLY_THE_ANSWER
from tests.records.anything import row

DECLARED = {**dict(desk_doors()), **DOORS}
ADDRESSES = {address.name: address for address in addresses()}
KNOWN = sorted(DECLARED.keys() & ADDRESSES.keys())
# For these the pages are written too: what everybody sees, and what is seen at the desk.
READERS = (VISITOR, REVIEWER)


def doors(*, generated: bool) -> list[tuple[str, str]]:
    """Names and methods: of the doors that the desk makes alike for each model, or of all others."""
    return [
        (name, method)
        for name in KNOWN
        for method in ("get", "post")
        if DECLARED[name].generated is generated and getattr(DECLARED[name], method)
    ]


def behind_all_doors(actors: dict[str, Actor]) -> Records:
    """The record behind each door, in each state."""
    made = Records(actors[EDITOR].user)
    with publishing.change(by=None, reason="Something to be undone") as made.small_change:
        row(Source)
    with publishing.change(by=None, reason="Records to knock at"):
        for name in KNOWN:
            for state in DECLARED[name].states:
                for actor in actors.values():
                    DECLARED[name].behind(made, state, actor)
    return made


def told(response) -> Answer:
    """The status, or that it asks to log in."""
    if response.streaming:
        response.getvalue()  # closes the file
    to = response.headers.get("Location", "")
    return LOGIN if response.status_code == 302 and to.split("?")[0].endswith("/login/") else response.status_code


def knock(method: str, name: str, actor: Actor, state: str, records: Records) -> Answer:
    door = DECLARED[name]
    behind = door.behind(records, state, actor)
    address = ADDRESSES[name].filled(door.arguments(behind, actor))
    query, headers = door.query(behind, actor), {} if actor.name in READERS else {ONLY_THE_ANSWER: "1"}
    if method == "get":
        return told(actor.client.get(address, query, **headers))
    return told(actor.client.post(address, door.sent(behind, actor), query_params=query, **headers))


def answers(name: str, method: str, expected, actors, records) -> dict[tuple[str, str], Answer]:
    """What a door answers those who are expected; what they bring is too little for anything to be written."""
    found, before = {}, _written()
    for actor, state in expected:
        client = actors[actor].client
        cookies = SimpleCookie(client.cookies.output([], header="", sep=";"))
        with transaction.atomic():
            found[actor, state] = knock(method, name, actors[actor], state, records)
            assert method == "get" or _written() == before
            transaction.set_rollback(True)
        # Who logs out here is still logged in at the next door.
        client.cookies = cookies
    return found


def _written() -> list[int]:
    return [model.objects.count() for model in (ChangeSet, Proposal, ErrorReport)]
