"""What a cart would cost now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from omniman.models import Cart, CartLine
from omniman.protocols.pricing import PricedLine
from omniman.rules import totals
from omniman.services.commit import priced_lines
from shopman import clock, tenancy
from shopman.errors import Invalid

#: How a price book's errors name a line.
_LINE: Final = re.compile(r"lines\.([0-9]+)(?=\.|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CartQuote:
    """The lines of a cart, and in the same order their prices, None where there is none.

    ``problem`` is the first thing that forbids to order the cart, ``blamed`` what is wrong with
    which SKU. ``total_amount`` is in minor units of ``currency``, None when there is a problem.
    """

    lines: Sequence[CartLine]
    currency: str
    priced: Sequence[PricedLine | None]
    total_amount: int | None
    problem: Invalid | None = None
    blamed: Mapping[str, Invalid] = field(default_factory=dict)


def of_cart(*, cart: Cart, customer_code: str | None) -> CartQuote:
    """The cart's lines at today's prices.

    Something that can no longer be had does not raise, and the other lines keep their prices: the
    price book is asked again without the lines it blames.
    """
    lines = list(CartLine.objects.filter(cart=cart).order_by("uuid"))
    blamed: dict[str, Invalid] = {}
    priced: dict[str, PricedLine] = {}
    problem: Invalid | None = None
    while asked := [line for line in lines if line.sku not in blamed]:
        try:
            found = priced_lines(
                asked, channel=cart.channel.code, code=customer_code, at=clock.now()
            )
        except Invalid as refused:
            problem = problem or refused
            named = _named(refused, asked)
            if not named:
                break
            blamed |= dict.fromkeys(named, refused)
        else:
            priced = {line.sku: line for line in found}
            break
    return CartQuote(
        lines=lines,
        currency=tenancy.current().default_currency,
        priced=[priced.get(line.sku) for line in lines],
        total_amount=None if problem else totals.total(priced.values()).total_amount,
        problem=problem,
        blamed=blamed,
    )


def _named(problem: Invalid, asked: Sequence[CartLine]) -> list[str]:
    """The SKUs of the lines that a price book's errors name."""
    found = (_LINE.match(each.field) for each in problem.errors)
    positions = {int(match[1]) for match in found if match}
    return [asked[position].sku for position in sorted(positions) if position < len(asked)]
