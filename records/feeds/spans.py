"""The days on which a date stands in a calendar, and how sure they are, in words.

A calendar has no other way to say "some day in July 2019" than an entry over all of July. It never stands on a day that
the date rules out, and where an end is not known none is made up.
"""

import datetime

from django.utils.translation import gettext as _

from records.dates import EDTF


def days(edtf: EDTF) -> tuple[datetime.date, datetime.date]:
    """The first and the last day to stand on: from the earliest to the latest; of an open date, the known end."""
    if edtf.earliest and edtf.latest:
        return edtf.earliest, edtf.latest
    part = edtf.start or edtf.end
    assert part  # an EDTF date has at least one end
    return part.earliest, part.latest


def certainty(edtf: EDTF, state: str = "") -> list[str]:
    """What the span means and how far the date can be trusted, a sentence each."""
    first, last = days(edtf)
    said = []
    if edtf.earliest is None or edtf.latest is None:
        if edtf.is_interval:
            said.append(_open_interval(edtf))
        else:
            said.append(_("Only one end of the possible days is known; the entry stands on that one."))
        if first != last:
            said.append(_("That end is known only to this span, not to the day."))
    elif edtf.is_interval:
        said.append(_("It lasted over these days."))
        if edtf.earliest != edtf.start_latest or edtf.end_earliest != edtf.latest:
            said.append(_("Its first or last day is not known; the span is the longest possible."))
    elif first == last:
        said.append(_("Known to the day."))
    else:
        said.append(_("One day within this span; which one is not known."))
    if edtf.approximate:
        said.append(_("The date is approximate: it may lie somewhat outside."))
    if edtf.uncertain:
        said.append(_("The date itself is uncertain."))
    if state == "planned":
        said.append(_("Planned, not observed."))
    elif state == "overdue":
        said.append(_("Overdue: the day has passed, and nothing tells that it came about."))
    elif state == "settled":
        said.append(_("This is what was expected; what came of it has an entry of its own."))
    return said


def _open_interval(edtf: EDTF) -> str:
    return _("It began then; no end is given.") if edtf.start else _("It had begun by then; since when is not known.")
