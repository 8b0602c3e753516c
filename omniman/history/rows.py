"""What history tells: plain values, no order objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One order. ``channel`` is the channel's code."""

    uuid: UUID
    ref: str
    kind: str
    status: str
    channel: str
    currency: str
    total_amount: int
    refunded_amount: int
    placed_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStep:
    """What happened to an order, as far as its shopper is told: no reason, note or name of staff.

    ``status`` is the state the order got into, empty for a refund, which has an ``amount``.
    """

    status: str
    amount: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """One order with its frozen facts (``omniman.rules.snapshot``) and its steps, oldest first."""

    summary: OrderSummary
    facts: Mapping[str, Any]
    steps: Sequence[OrderStep]


@dataclass(slots=True, kw_only=True)
class CurrencyStats:
    """The orders of one currency; ``net_total_amount`` may be below zero."""

    order_count: int = 0
    net_total_amount: int = 0
    first_order_at: dt.datetime | None = None
    last_order_at: dt.datetime | None = None


@dataclass(slots=True, kw_only=True)
class OrderStats:
    """One customer's orders in the half-open time that was asked for.

    ``currencies`` holds those with a counted sale or a return. Days, hours (0-23) and weekdays
    (ISO, 1 is Monday) are those of the time zone. ``top_products`` are (SKU, quantity), the largest
    quantity first, then by SKU. ``future_count`` counts sales at or after ``as_of``, which are left
    out of all else.
    """

    customer_uuid: UUID
    order_count: int = 0
    refund_count: int = 0
    currencies: dict[str, CurrencyStats] = field(default_factory=dict)
    first_order_at: dt.datetime | None = None
    last_order_at: dt.datetime | None = None
    order_day_count: int = 0
    hour_counts: dict[int, int] = field(default_factory=dict)
    weekday_counts: dict[int, int] = field(default_factory=dict)
    channel_counts: dict[str, int] = field(default_factory=dict)
    top_products: Sequence[tuple[str, Decimal]] = ()
    future_count: int = 0
