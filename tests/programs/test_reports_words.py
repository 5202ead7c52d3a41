from decimal import Decimal

import pytest

from programs.reports import words


def amount(number, currency="KRW", *, approximate=False, per=None):
    return {"amount": number and Decimal(number), "currency": currency, "approximate": approximate, "per": per}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (amount("2000000000.00", approximate=True, per="per project"), "about 2 billion KRW per project"),
        (amount("7800000000000"), "7.8 trillion KRW"),
        (amount("1090500000"), "1.0905 billion KRW"),
        (amount("1234567890"), "1,234,567,890 KRW"),
        (amount("999999"), "999,999 KRW"),
        (amount("0"), "0 KRW"),
        (amount("12.5", "USD"), "12.5 USD"),
    ],
)
def test_money_keeps_every_digit_its_currency_and_what_it_counts_for(row, said):
    assert words.money(row) == said


def test_no_amount_is_not_zero():
    assert words.money(amount(None)) is None


@pytest.mark.parametrize(
    ("least", "most", "said"), [(4, 6, "4–6 years"), (3, 3, "3 years"), (1, 1, "1 year"), (None, None, None)]
)
def test_durations(least, most, said):
    assert words.years({"years_min": least, "years_max": most}) == said
