"""What a cart would cost now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omniman.models import Cart, CartLine
from omniman.protocols.pricing import PricedLine
from omniman.rules import totals
from omniman.services.commit import priced_lines
from shopman import clock, tenancy
from shopman.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class CartQuote:
    """The lines of a cart; ``priced`` in the same order, or None with the ``problem`` that forbids.

    ``total_amount`` is in minor units of ``currency``, None without prices.
    """

    lines: Sequence[CartLine]
    currency: str
    priced: Sequence[PricedLine] | None
    total_amount: int | None
    problem: Invalid | None = None


def of_cart(*, cart: Cart, customer_code: str | None) -> CartQuote:
    """The cart's lines at today's prices. Something that can no longer be had does not raise."""
    lines = list(CartLine.objects.filter(cart=cart).order_by("uuid"))
    currency = tenancy.current().default_currency
    if not lines:
        return CartQuote(lines=[], currency=currency, priced=[], total_amount=0)
    try:
        priced = priced_lines(lines, channel=cart.channel.code, code=customer_code, at=clock.now())
    except Invalid as problem:
        return CartQuote(
            lines=lines, currency=currency, priced=None, total_amount=None, problem=problem
        )
    total_amount = totals.total(priced).total_amount
    return CartQuote(lines=lines, currency=currency, priced=priced, total_amount=total_amount)
