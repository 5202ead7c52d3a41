"""The statuses that a restriction can have, in words and in order; measures derive them, every app shows them."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

LABELS = {
    "announced": pgettext_lazy("status", "Announced"),
    "in_force": pgettext_lazy("status", "In force"),
    "eased": pgettext_lazy("status", "Eased"),
    "suspended": pgettext_lazy("status", "Suspended"),
    "unconfirmed": pgettext_lazy("status", "Unconfirmed"),
    "lifted": pgettext_lazy("status", "Lifted"),
    "withdrawn": pgettext_lazy("status", "Withdrawn"),
    "expired": pgettext_lazy("status", "Expired"),
}
POSSIBLE_LABELS = {
    "announced": pgettext_lazy("status", "Possibly announced"),
    "in_force": pgettext_lazy("status", "Possibly in force"),
    "eased": pgettext_lazy("status", "Possibly eased"),
    "suspended": pgettext_lazy("status", "Possibly suspended"),
    "unconfirmed": pgettext_lazy("status", "Possibly unconfirmed"),
    "lifted": pgettext_lazy("status", "Possibly lifted"),
    "withdrawn": pgettext_lazy("status", "Possibly withdrawn"),
    "expired": pgettext_lazy("status", "Possibly expired"),
}
NEVER_BEGAN_LABELS = {
    "suspended": pgettext_lazy("status", "Suspended before it began"),
    "withdrawn": pgettext_lazy("status", "Withdrawn before it began"),
}
ENDED = frozenset({"lifted", "expired", "withdrawn"})
STRICTEST_FIRST = ("in_force", "eased", "unconfirmed", "suspended", "announced", "withdrawn", "expired", "lifted")


def evidence(row) -> str:
    """What a status lacks in evidence on a day, in words; empty where nothing. `row` is that of one course.

    What is yet to come is not old: nobody can have seen it.
    """
    period = row.period
    if period is None:
        return ""
    if period.last_evidence is None:
        return _("no cited evidence")
    is_to_come = period.planned and (period.since_latest is None or period.since_latest >= row.on)
    return _("no evidence for two years") if row.is_stale and not is_to_come else ""
