"""What charts of measures say in words."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measures.charts.asked import Wanted
from records import dates
from records.statuses import LABELS


def day(value: datetime.date) -> str:
    """A calendar day in words: "21 December 2019"."""
    return dates.label(value.isoformat())


def standing_words(wanted: Wanted) -> str:
    """The statuses that count: “In force or eased”."""
    words = [str(LABELS[code]) for code in wanted.codes]
    if wanted.unknown:
        words.append(_("Without a status"))
    first, *others = words
    named = first
    for other in others:
        named = pgettext("alternatives, such as statuses", "%(one)s or %(other)s") % {
            "one": named,
            "other": other[:1].lower() + other[1:],
        }
    if wanted.is_narrowed:
        sure = _("for certain") if wanted.certain else _("possibly")
        return pgettext("status and its certainty", "%(status)s, %(certainty)s") % {"status": named, "certainty": sure}
    return named


def standing_sentence(wanted: Wanted, on: datetime.date, count: int, possible: int) -> str:
    """How many measures have a status that counts on a day."""
    words = {"status": standing_words(wanted), "day": day(on), "count": count, "possible": possible}
    if possible:
        return (
            ngettext(
                "%(status)s on %(day)s: %(count)s measure, %(possible)s of them only possibly.",
                "%(status)s on %(day)s: %(count)s measures, %(possible)s of them only possibly.",
                count,
            )
            % words
        )
    return (
        ngettext("%(status)s on %(day)s: %(count)s measure.", "%(status)s on %(day)s: %(count)s measures.", count)
        % words
    )
