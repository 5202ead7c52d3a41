"""Values of a report in words, in the active language."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.reports.content import Row
from records import amounts


def money(row: Row) -> str | None:
    """An amount with its currency and what it is counted for: "about 2 billion KRW per project"."""
    if row["amount"] is None:
        return None
    words = amounts.money(Decimal(row["amount"]), row["currency"])
    if row["approximate"]:
        words = _("about %(amount)s") % {"amount": words}
    return f"{words} {row['per']}" if row["per"] else words


def moment(at: datetime.datetime | None) -> str | None:
    """A moment that reads the same in every language and zone: "2026-11-24 19:34 UTC"."""
    return at and f"{at.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC"


def years(row: Row) -> str | None:
    """A duration: "4–6 years"."""
    least, most = row["years_min"], row["years_max"]
    if least is None:
        return None
    span = str(most) if least == most else f"{least}–{most}"
    return ngettext("%(span)s year", "%(span)s years", most) % {"span": span}
