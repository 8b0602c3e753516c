"""Arithmetic of orders, in minor units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from omniman.errors import InvalidQuantity, OrderTooLarge, PricingMismatch
from omniman.protocols.pricing import PricedLine, PriceRequest
from shopman import money
from shopman.numbers import decimal

#: Quantities are stored with three decimal places and twelve digits before them; what is imported
#: may be as large as that.
QUANTITY_STEP = Decimal("0.001")
MAX_QUANTITY = Decimal(10) ** 12
#: Quantities in a cart are below this (business default), so that line totals stay exact.
CART_QUANTITY_LIMIT = Decimal(10) ** 9
#: What a column can hold, with room for the sums of history.
MAX_AMOUNT = 10**15
#: The dearest unit price a trusted channel may state; with any quantity it stays exact.
MAX_STATED_PRICE = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """``subtotal_amount`` is before discounts: ``total_amount`` + ``discount_amount``."""

    subtotal_amount: int
    discount_amount: int
    total_amount: int


def quantity(value: Decimal | int | str) -> Decimal:
    """A quantity that a cart may hold, with three decimal places. Raises InvalidQuantity."""
    try:
        number = decimal(value) if isinstance(value, str) else Decimal(value)
        exact = number.quantize(QUANTITY_STEP)
    except ArithmeticError as error:
        raise InvalidQuantity from error
    if not number.is_finite() or exact != number or not 0 < number < CART_QUANTITY_LIMIT:
        raise InvalidQuantity
    return exact


def written(value: Decimal) -> str:
    """A quantity as an order's JSON spells it: plain digits without needless zeros.

    >>> written(Decimal("2.000")), written(Decimal("0.250")), written(Decimal("100"))
    ('2', '0.25', '100')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def discount(line: PricedLine) -> int:
    """What the line's total is below unit price times quantity."""
    return money.times(line.unit_price_amount, line.quantity) - line.total_amount


def total(lines: Iterable[PricedLine]) -> Totals:
    """The totals of priced lines."""
    total_amount = discount_amount = 0
    for line in lines:
        total_amount += line.total_amount
        discount_amount += discount(line)
    return Totals(
        subtotal_amount=total_amount + discount_amount,
        discount_amount=discount_amount,
        total_amount=total_amount,
    )


def stated(line: PricedLine, unit_price_amount: int) -> PricedLine:
    """The line at a price that a trusted channel stated."""
    return replace(
        line,
        unit_price_amount=unit_price_amount,
        total_amount=money.times(unit_price_amount, line.quantity),
        price_list_code=None,
        rule="stated",
        explain={"book": dict(line.explain), "book_unit_price_amount": line.unit_price_amount},
    )


def fit(lines: Sequence[PricedLine]) -> None:
    """Raise OrderTooLarge unless every amount and their sum can be written down."""
    if sum(line.total_amount for line in lines) > MAX_AMOUNT:
        raise OrderTooLarge
    if max(line.unit_price_amount for line in lines) > MAX_AMOUNT:
        raise OrderTooLarge


def agree(asked: list[PriceRequest], given: list[PricedLine], currency: str) -> None:
    """Raise PricingMismatch unless each line asked for was priced, in order and in the currency."""
    if [(line.sku, line.quantity) for line in asked] != [
        (line.sku, line.quantity) for line in given
    ]:
        raise PricingMismatch
    for line in given:
        if line.currency != currency or line.unit_price_amount < 0 or line.total_amount < 0:
            raise PricingMismatch(f"The price of {line.sku} is not a price in {currency}.")
