"""Numbers and amounts of money in words, in the active language."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

THOUSANDS = (
    (Decimal(10) ** 12, gettext_lazy("%(number)s trillion %(currency)s")),
    (Decimal(10) ** 9, gettext_lazy("%(number)s billion %(currency)s")),
    (Decimal(10) ** 6, gettext_lazy("%(number)s million %(currency)s")),
)
# Korean and Japanese have words for powers of ten thousand, and none for a billion.
MYRIADS = (
    (Decimal(10) ** 12, gettext_lazy("%(number)s trillion %(currency)s")),
    (Decimal(10) ** 8, gettext_lazy("%(number)s hundred million %(currency)s")),
    (Decimal(10) ** 4, gettext_lazy("%(number)s ten thousand %(currency)s")),
)


def number(value: Decimal | float | int | str) -> str:
    """A number with all its digits and no more: "1,090.5"."""
    exact = Decimal(value).normalize()
    return number_format(f"{exact:f}", use_l10n=True, force_grouping=True)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, shortened where that loses nothing: "7.8 trillion KRW", "18,234,567 USD"."""
    for scale, template in MYRIADS if (get_language() or "").startswith(("ko", "ja")) else THOUSANDS:
        # Four decimals of a billion at most: a longer number is clearer in full.
        if amount >= scale and round(amount / scale, 4) == amount / scale:
            return template % {"number": number(amount / scale), "currency": currency}
    return _("%(number)s %(currency)s") % {"number": number(amount), "currency": currency}
