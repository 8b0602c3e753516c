"""Order histories for tests: one kept in memory, one drawn from the customer's key."""

from __future__ import annotations

import datetime as dt
import random
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from guestman.protocols.orders import (
    CurrencyStats,
    OrderHistoryBackend,
    OrderStats,
    OrderSummary,
    ProductQuantity,
)
from shopman import clock, tenancy


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """A sale, or a return (``kind="return"``) with a negative total. Amounts in minor units."""

    customer: UUID
    placed_at: dt.datetime
    total_amount: int = 10_000
    refunded_amount: int = 0
    currency: str = "BRL"
    kind: str = "sale"
    status: str = "delivered"
    channel: str = "web"
    quantities: Mapping[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        return self.kind == "sale" and self.status != "cancelled" and not self.is_refunded

    @property
    def is_refunded(self) -> bool:
        return self.kind == "sale" and 0 < self.total_amount <= self.refunded_amount


class MemoryHistory(OrderHistoryBackend):
    """The orders a test has placed. ``calls`` counts set-based reads."""

    def __init__(self) -> None:
        self.orders: list[PlacedOrder] = []
        self.changed: list[UUID] = []
        self.calls = 0

    def get_customer_orders(
        self,
        customer_uuid: UUID,
        *,
        limit: int = 50,
        before: dt.datetime | None = None,
        as_of: dt.datetime | None = None,
    ) -> Sequence[OrderSummary]:
        raise NotImplementedError

    def get_order_stats(
        self, customer_uuid: UUID, *, as_of: dt.datetime | None = None
    ) -> OrderStats:
        own = [each for each in self.orders if each.customer == customer_uuid]
        return _statistics(customer_uuid, own, as_of or clock.now(), tenancy.current().zone)

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
        self.calls += 1
        by_customer = defaultdict(list)
        for order in self.orders:
            by_customer[(aliases or {}).get(order.customer, order.customer)].append(order)
        wanted = by_customer.keys() if customers is None else by_customer.keys() & set(customers)
        keys = sorted(key for key in wanted if after is None or key > after)[:limit]
        for key in keys:
            yield _statistics(key, by_customer[key], as_of, time_zone)

    def changed_customers(self, *, since: dt.datetime) -> Iterator[UUID]:
        return iter(self.changed)


#: The one that ``conftest`` puts in force and empties.
history = MemoryHistory()


class DrawnHistory(MemoryHistory):
    """Orders drawn from each customer's key: the same in every process, kept nowhere."""

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
        for key in customers or ():
            orders = drawn_orders(key, as_of)
            if orders:
                yield _statistics(key, orders, as_of, time_zone)


def drawn_orders(customer: UUID, as_of: dt.datetime, seed: int = 0) -> list[PlacedOrder]:
    """Random orders of a customer before and after ``as_of``, the same for the same arguments."""
    dice = random.Random(customer.int ^ seed)
    orders = []
    for _ in range(dice.choice((0, 1, 1, 2, 3, 5, 8, 25))):
        total = dice.randint(0, 200_000)
        orders.append(
            PlacedOrder(
                customer=customer,
                placed_at=as_of - dt.timedelta(seconds=dice.randint(-2_000_000, 40_000_000)),
                total_amount=total,
                refunded_amount=dice.choice((0, 0, 0, 0, total // 3, total)),
                currency=dice.choice(("BRL",) * 9 + ("EUR",)),
                status=dice.choice(("delivered",) * 9 + ("cancelled",)),
                channel=dice.choice(("web", "counter")),
                quantities={
                    f"SKU-{dice.randint(1, 9)}": dice.randint(1, 5)
                    for _ in range(dice.randint(1, 4))
                },
            )
        )
        if dice.random() < 0.1:
            orders.append(
                PlacedOrder(
                    customer=customer,
                    placed_at=as_of - dt.timedelta(seconds=dice.randint(0, 9_000_000)),
                    kind="return",
                    total_amount=-dice.randint(1, 90_000),
                )
            )
    return orders


def _statistics(
    customer: UUID,
    orders: Sequence[PlacedOrder],
    as_of: dt.datetime,
    time_zone: zoneinfo.ZoneInfo,
) -> OrderStats:
    past = [each for each in orders if each.placed_at < as_of]
    counted = [each for each in past if each.counts]
    local = [each.placed_at.astimezone(time_zone) for each in counted]
    quantities: Counter[str] = Counter()
    for order in counted:
        quantities.update(order.quantities)
    return OrderStats(
        customer_uuid=customer,
        order_count=len(counted),
        refund_count=sum(each.is_refunded and each.status != "cancelled" for each in past),
        currencies={
            currency: _in_currency(currency, past)
            for currency in sorted({each.currency for each in past if each.status != "cancelled"})
        },
        first_order_at=min((each.placed_at for each in counted), default=None),
        last_order_at=max((each.placed_at for each in counted), default=None),
        order_day_count=len({each.date() for each in local}),
        hour_counts=Counter(each.hour for each in local),
        weekday_counts=Counter(each.isoweekday() for each in local),
        channel_counts=Counter(each.channel for each in counted),
        top_products=[
            ProductQuantity(sku=sku, quantity=Decimal(quantity))
            for sku, quantity in sorted(quantities.items(), key=lambda item: (-item[1], item[0]))
        ][:5],
        future_count=sum(each.counts for each in orders if each.placed_at >= as_of),
    )


def _in_currency(currency: str, past: Sequence[PlacedOrder]) -> CurrencyStats:
    own = [each for each in past if each.currency == currency and each.status != "cancelled"]
    counted = [each.placed_at for each in own if each.counts]
    return CurrencyStats(
        order_count=len(counted),
        net_total_amount=sum(each.total_amount - each.refunded_amount for each in own),
        first_order_at=min(counted, default=None),
        last_order_at=max(counted, default=None),
    )
