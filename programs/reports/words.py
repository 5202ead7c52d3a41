"""Values of a report in words, in the active language."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.reports.content import Row, Value

SCALES = [
    (Decimal(10) ** 12, gettext_lazy("%(number)s trillion %(currency)s")),
    (Decimal(10) ** 9, gettext_lazy("%(number)s billion %(currency)s")),
    (Decimal(10) ** 6, gettext_lazy("%(number)s million %(currency)s")),
]


def number(value: Value) -> str:
    """A number with all its digits and no more: "1,090.5"."""
    exact = Decimal(value).normalize()
    return number_format(f"{exact:f}", use_l10n=True, force_grouping=True)


def money(row: Row) -> str | None:
    """An amount with its currency and what it is counted for: "about 2 billion KRW per project"."""
    if row["amount"] is None:
        return None
    amount = Decimal(row["amount"])
    for scale, template in SCALES:
        # Three decimals of a billion at most: a longer number is clearer in full.
        if amount >= scale and (amount / scale).normalize().as_tuple().exponent >= -4:
            words = template % {"number": number(amount / scale), "currency": row["currency"]}
            break
    else:
        words = _("%(number)s %(currency)s") % {"number": number(amount), "currency": row["currency"]}
    if row["approximate"]:
        words = _("about %(amount)s") % {"amount": words}
    return f"{words} {row['per']}" if row["per"] else words


def years(row: Row) -> str | None:
    """A duration: "4–6 years"."""
    least, most = row["years_min"], row["years_max"]
    if least is None:
        return None
    span = str(most) if least == most else f"{least}–{most}"
    return ngettext("%(span)s year", "%(span)s years", most) % {"span": span}
