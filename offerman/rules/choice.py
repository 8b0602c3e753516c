"""Which price a line gets, and why.

Precedence is strict: the customer's price list, then the channel's, then the product's base price.
Within a list the tier with the largest minimum quantity that the line reaches, and that is valid at
the time, wins. A list that names a price wins even when a lower rule would be cheaper.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from offerman.rules.validity import Period

CUSTOMER_LIST: Final = "customer_price_list"
CHANNEL_LIST: Final = "channel_price_list"
BASE_PRICE: Final = "base_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A product's price in a list, from a minimum quantity on, in a period."""

    minimum_quantity: Decimal
    unit_price_amount: int
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one rule has to say about one product.

    ``obstacle`` is why the rule cannot speak at all: ``no_customer``, ``no_price_list``,
    ``no_channel``, ``list_not_public``, ``list_not_yet_valid``, ``list_no_longer_valid``.
    """

    rule: str
    price_list_code: str | None = None
    currency: str = ""
    tiers: Sequence[Tier] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The price of one line. ``explain`` is JSON."""

    rule: str
    price_list_code: str | None
    unit_price_amount: int
    currency: str
    explain: dict[str, Any]


def choose(
    offers: Sequence[Offer],
    *,
    base_price_amount: int,
    currency: str,
    quantity: Decimal,
    at: dt.datetime,
) -> Choice:
    """The first offer with a tier that applies, or the base price; ``offers`` in precedence order.

    ``explain`` is ``{"rule", "quantity", "at", "considered": [...]}``; each considered rule has
    ``rule, price_list_code, outcome`` (``won`` or why not: an obstacle, ``not_in_list``,
    ``no_tier_applies``, ``outranked``) and ``tiers``, each with its own ``outcome`` (``won``,
    ``larger_tier_won``, ``quantity_below_minimum``, ``not_yet_valid``, ``no_longer_valid``).
    """
    base = Offer(
        rule=BASE_PRICE,
        currency=currency,
        tiers=[
            Tier(minimum_quantity=Decimal(0), unit_price_amount=base_price_amount, period=Period())
        ],
    )
    won: tuple[Offer, Tier] | None = None
    considered: list[dict[str, Any]] = []
    for offer in (*offers, base):
        tier = None if won else best_tier(offer, quantity=quantity, at=at)
        considered.append(
            _verdict(offer, tier, outranked=won is not None, quantity=quantity, at=at)
        )
        if tier is not None:
            won = offer, tier
    assert won is not None  # the base price always applies
    offer, tier = won
    return Choice(
        rule=offer.rule,
        price_list_code=offer.price_list_code,
        unit_price_amount=tier.unit_price_amount,
        currency=offer.currency,
        explain={
            "rule": offer.rule,
            "quantity": str(quantity),
            "at": at.isoformat(),
            "considered": considered,
        },
    )


def best_tier(offer: Offer, *, quantity: Decimal, at: dt.datetime) -> Tier | None:
    """The tier with the largest minimum quantity that the quantity reaches, valid at the time."""
    if offer.obstacle:
        return None
    return max(
        (tier for tier in offer.tiers if _shortfall(tier, quantity=quantity, at=at) is None),
        key=lambda tier: tier.minimum_quantity,
        default=None,
    )


def _shortfall(tier: Tier, *, quantity: Decimal, at: dt.datetime) -> str | None:
    standing = tier.period.standing(at)
    if standing != "in_force":
        return standing
    return "quantity_below_minimum" if quantity < tier.minimum_quantity else None


def _verdict(
    offer: Offer, won: Tier | None, *, outranked: bool, quantity: Decimal, at: dt.datetime
) -> dict[str, Any]:
    if offer.obstacle:
        outcome = offer.obstacle
    elif won is not None:
        outcome = "won"
    elif outranked:
        outcome = "outranked"
    else:
        outcome = "no_tier_applies" if offer.tiers else "not_in_list"
    listed = () if offer.rule == BASE_PRICE else offer.tiers
    return {
        "rule": offer.rule,
        "price_list_code": offer.price_list_code,
        "outcome": outcome,
        "tiers": [
            {
                "minimum_quantity": str(tier.minimum_quantity),
                "unit_price_amount": tier.unit_price_amount,
                "outcome": _tier_outcome(tier, won, outranked=outranked, quantity=quantity, at=at),
            }
            for tier in sorted(listed, key=lambda tier: (tier.minimum_quantity, tier.period.first))
        ],
    }


def _tier_outcome(
    tier: Tier, won: Tier | None, *, outranked: bool, quantity: Decimal, at: dt.datetime
) -> str:
    if tier is won:
        return "won"
    return _shortfall(tier, quantity=quantity, at=at) or (
        "outranked" if outranked else "larger_tier_won"
    )
