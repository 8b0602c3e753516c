"""Exact division. Every quotient shown to people is rounded once, half to even."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def divide(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` (above zero) rounded half to even: 5/2 is 2, 7/2 is 4."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


def average_gap(first: dt.date, last: dt.date, order_count: int) -> int | None:
    """Days between orders in hundredths of a day: 1050 is ten and a half days.

    ``first`` and ``last`` are the local dates of the first and the last order. None below two
    orders; 0 when all orders fell on one day.
    """
    if order_count < 2:
        return None
    return divide((last - first).days * 100, order_count - 1)


def hundredths(value: int) -> Decimal:
    """1050 as the Decimal 10.50."""
    return Decimal(value).scaleb(-2)
