"""Which quantities and prices exist, and what a line costs."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from offerman.errors import AmountTooLarge, InvalidPrice, InvalidQuantity
from shopman import money
from shopman.numbers import decimal

#: Decimal places of a quantity.
QUANTITY_PLACES: Final = 3
#: Quantities are below this (business default), so that line totals stay exact.
QUANTITY_LIMIT: Final = Decimal(10) ** 9
#: Largest unit price in minor units (business default).
PRICE_LIMIT: Final = 10**15
#: Largest amount a 64-bit column holds.
AMOUNT_LIMIT: Final = 2**63 - 1


def quantity(value: object) -> Decimal:
    """A quantity given as Decimal, int or text; trailing zeros do not count as precision.

    Raises InvalidQuantity for zero, negative, NaN, infinite, too large or too precise values, and
    for floats, which do not say which decimal number they mean.
    """
    return _positive(_decimal(value))


def minimum_quantity(value: object) -> Decimal:
    """Like ``quantity``, but zero is allowed: a tier from zero applies to any quantity."""
    number = _decimal(value)
    return number if number == 0 else _positive(number)


def price(value: object) -> int:
    """A unit price in minor units. Raises InvalidPrice."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= PRICE_LIMIT:
        raise InvalidPrice
    return value


def line_total(unit_price_amount: int, number: Decimal) -> int:
    """Unit price times quantity in minor units, rounded half-even once. Raises AmountTooLarge."""
    return total([money.times(unit_price_amount, number)])


def total(amounts: list[int]) -> int:
    """The exact sum of line totals; nothing is rounded again. Raises AmountTooLarge."""
    result = sum(amounts)
    if result > AMOUNT_LIMIT:
        raise AmountTooLarge
    return result


def _decimal(value: object) -> Decimal:
    if isinstance(value, (bool, float)) or not isinstance(value, (Decimal, int, str)):
        raise InvalidQuantity
    try:
        number = decimal(value) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        raise InvalidQuantity from None
    # The size comes first: normalising 1E+999999999 would build a billion zeros.
    if not number.is_finite() or abs(number) >= QUANTITY_LIMIT:
        raise InvalidQuantity
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # a finite number has a numeric exponent
    if exponent < -QUANTITY_PLACES:
        raise InvalidQuantity
    return number


def _positive(number: Decimal) -> Decimal:
    if number <= 0:
        raise InvalidQuantity
    return number
