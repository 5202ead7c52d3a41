"""What an address asks, and how it is refused: in a sentence, with the nearest that would do, and never silently."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

# Characters of a value that are looked at, and that are shown again.
MAX_LENGTH = 120
SHOWN_LENGTH = 60


class BadQuery(BadRequest):
    """An address that asks for something that cannot be. `problems` has the reasons by parameter, for readers."""

    def __init__(self, problems: Mapping[str, list[str]]):
        self.problems = dict(problems)
        super().__init__(" ".join(reason for reasons in self.problems.values() for reason in reasons))


def shown(text: str) -> str:
    """What somebody sent, fit to be shown: short, and without characters that cannot be printed."""
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def unknown(name: str, value: str, known: Iterable[str]) -> str:
    """The sentence that refuses a value, with the nearest known one."""
    reason = _("“%(value)s” is not a known value of “%(name)s”.") % {"value": shown(value), "name": name}
    return _with_nearest(reason, value, known)


def unprintable(text: str) -> bool:
    """Whether a text holds control characters or halves of characters, which no record does."""
    return any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n" for character in text)


def refuse_unknown(data: QueryDict, known: Iterable[str], *, single: Iterable[str] = ()) -> dict[str, list[str]]:
    """Problems with the parameters themselves: such as nobody knows, and repeated ones that can only be one."""
    known = list(known)
    problems = {}
    for name in data:
        if name not in known:
            reason = _("“%(name)s” is not a parameter of this address.") % {"name": shown(name)}
            problems[shown(name)] = [_with_nearest(reason, name, known)]
    for name in single:
        if len(data.getlist(name)) > 1:
            problems[name] = [_("“%(name)s” can be given only once.") % {"name": name}]
    return problems


def _with_nearest(reason: str, text: str, known: Iterable[str]) -> str:
    labels = known if isinstance(known, Mapping) else {}
    spelled = {str(label).casefold(): name for name, label in labels.items()} | {n.casefold(): n for n in known if n}
    # Two letters are near to everything.
    cutoff = 0.6 if len(text) > 2 else 1
    nearest = difflib.get_close_matches(text.casefold()[:MAX_LENGTH], spelled, n=1, cutoff=cutoff)
    if not nearest:
        return reason
    return _("%(reason)s Did you mean “%(nearest)s”?") % {"reason": reason, "nearest": spelled[nearest[0]]}
