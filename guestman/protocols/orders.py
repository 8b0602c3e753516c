"""What guestman asks about orders. The project names the backend in ``GUESTMAN``."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One order as history tells it. Amounts in minor units of ``currency``; times in UTC."""

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
class ProductQuantity:
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyStats:
    """The orders of one currency.

    ``net_total_amount`` has refunds and credit notes taken off and may be below zero;
    ``order_count`` counts sales that are neither cancelled nor fully refunded.
    """

    order_count: int
    net_total_amount: int
    first_order_at: dt.datetime | None
    last_order_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStats:
    """One customer's valid orders before ``as_of``.

    A sale counts unless its status is outside the policy (cancelled) or it is fully refunded: then
    it is in ``refund_count``. A partly refunded sale counts once, net. A return without a known
    sale only reduces the net total. Days, weekdays (ISO, 1 is Monday) and hours (0-23) are those
    of the time zone asked for. ``top_products`` are the five with the largest quantity, then by
    sku.
    ``future_count`` counts valid orders at or after ``as_of``, which are left out of all else.
    """

    customer_uuid: UUID
    order_count: int
    refund_count: int
    currencies: Mapping[str, CurrencyStats]
    first_order_at: dt.datetime | None
    last_order_at: dt.datetime | None
    order_day_count: int
    hour_counts: Mapping[int, int] = field(default_factory=dict)
    weekday_counts: Mapping[int, int] = field(default_factory=dict)
    channel_counts: Mapping[str, int] = field(default_factory=dict)
    top_products: Sequence[ProductQuantity] = ()
    future_count: int = 0


class OrderHistoryBackend(Protocol):
    """All methods speak of the current tenant only."""

    def get_customer_orders(
        self,
        customer_uuid: UUID,
        *,
        limit: int = 50,
        before: dt.datetime | None = None,
        as_of: dt.datetime | None = None,
    ) -> Sequence[OrderSummary]:
        """The customer's orders, cancelled ones and returns included, newest first.

        ``before`` and ``as_of`` are exclusive bounds on ``placed_at``.
        """
        ...

    def get_order_stats(
        self, customer_uuid: UUID, *, as_of: dt.datetime | None = None
    ) -> OrderStats:
        """One customer's statistics in the tenant's time zone; zeros when there are no orders."""
        ...

    def iter_order_stats(
        self,
        *,
        as_of: dt.datetime,
        after: UUID | None = None,
        limit: int,
        customers: Sequence[UUID] | None = None,
        time_zone: zoneinfo.ZoneInfo,
        aliases: Mapping[UUID, UUID] | None = None,
    ) -> Iterator[OrderStats]:
        """Statistics of customers with orders, in key order, at most ``limit``, after ``after``.

        ``customers`` narrows to these (survivors). ``aliases`` maps a merged customer to its
        survivor, under whom its orders are counted. A constant number of queries.
        """
        ...

    def changed_customers(self, *, since: dt.datetime) -> Iterator[UUID]:
        """Customers with an order, a refund or a status change recorded at or after ``since``."""
        ...


class NullOrderHistoryBackend(OrderHistoryBackend):
    """No orders at all, for a project without an order app."""

    def get_customer_orders(
        self,
        customer_uuid: UUID,
        *,
        limit: int = 50,
        before: dt.datetime | None = None,
        as_of: dt.datetime | None = None,
    ) -> Sequence[OrderSummary]:
        return ()

    def get_order_stats(
        self, customer_uuid: UUID, *, as_of: dt.datetime | None = None
    ) -> OrderStats:
        return OrderStats(
            customer_uuid=customer_uuid,
            order_count=0,
            refund_count=0,
            currencies={},
            first_order_at=None,
            last_order_at=None,
            order_day_count=0,
        )

    def iter_order_stats(
        self,
        *,
        as_of: dt.datetime,
        after: UUID | None = None,
        limit: int,
        customers: Sequence[UUID] | None = None,
        time_zone: zoneinfo.ZoneInfo,
        aliases: Mapping[UUID, UUID] | None = None,
    ) -> Iterator[OrderStats]:
        return iter(())

    def changed_customers(self, *, since: dt.datetime) -> Iterator[UUID]:
        return iter(())
