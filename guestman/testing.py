"""Conformance suite for order history backends: what every one of them must tell.

    class TestMyHistory(OrderHistoryConformance):
        @pytest.fixture
        def backend(self) -> OrderHistoryBackend: ...

        @pytest.fixture
        def record(self) -> RecordOrder: ...

Runs under pytest with whatever database and tenant the fixtures set up.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Final, Protocol
from uuid import UUID

from guestman.protocols.orders import OrderHistoryBackend, OrderStats
from shopman.keys import uuid7

UTC: Final = zoneinfo.ZoneInfo("UTC")
AS_OF: Final = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
NOTHING: Final[Mapping[str, int]] = {}


def day(number: int, hour: int = 12) -> dt.datetime:
    """An hour of a day of January 2026, in UTC."""
    return dt.datetime(2026, 1, number, hour, tzinfo=dt.UTC)


class RecordOrder(Protocol):
    """What the fixture ``record`` gives: a sale in the tenant's currency becomes past."""

    def __call__(
        self,
        customer: UUID,
        *,
        placed_at: dt.datetime,
        total_amount: int,
        refunded_amount: int = 0,
        is_cancelled: bool = False,
        products: Mapping[str, int] = NOTHING,
    ) -> None:
        """Keep one sale; ``products`` are quantities by SKU, amounts are minor units."""
        ...


class OrderHistoryConformance:
    """Subclass it, give the two fixtures, and every method here is a test."""

    def test_nobody_has_no_orders(self, backend: OrderHistoryBackend) -> None:
        nobody = uuid7()
        assert list(backend.get_customer_orders(nobody)) == []
        stats = backend.get_order_stats(nobody, as_of=AS_OF)
        assert (stats.customer_uuid, stats.order_count, stats.last_order_at) == (nobody, 0, None)

    def test_orders_come_newest_first_within_their_bounds(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        customer = uuid7()
        for number in (2, 1, 3):
            record(customer, placed_at=day(number), total_amount=number * 100)
        told = backend.get_customer_orders(customer, as_of=AS_OF)
        assert [each.total_amount for each in told] == [300, 200, 100]
        assert len(backend.get_customer_orders(customer, limit=2)) == 2
        # Both bounds are exclusive.
        assert [
            each.placed_at for each in backend.get_customer_orders(customer, before=day(2))
        ] == [day(1)]

    def test_a_cancelled_sale_is_listed_and_does_not_count(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        customer = uuid7()
        record(customer, placed_at=day(1), total_amount=100)
        record(customer, placed_at=day(2), total_amount=500, is_cancelled=True)
        assert len(backend.get_customer_orders(customer)) == 2
        stats = backend.get_order_stats(customer, as_of=AS_OF)
        assert (stats.order_count, stats.last_order_at) == (1, day(1))

    def test_refunds_come_off_and_a_full_one_leaves_no_order(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        customer = uuid7()
        record(customer, placed_at=day(1), total_amount=1000, refunded_amount=250)
        record(customer, placed_at=day(2), total_amount=400, refunded_amount=400)
        stats = backend.get_order_stats(customer, as_of=AS_OF)
        (money,) = stats.currencies.values()
        assert (stats.order_count, stats.refund_count, money.net_total_amount) == (1, 1, 750)

    def test_what_is_later_is_only_counted_as_later(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        customer = uuid7()
        record(customer, placed_at=day(1), total_amount=100)
        record(customer, placed_at=AS_OF, total_amount=900)
        stats = backend.get_order_stats(customer, as_of=AS_OF)
        assert (stats.order_count, stats.future_count) == (1, 1)
        assert stats.last_order_at == day(1)

    def test_hours_days_and_weekdays_are_those_of_the_zone(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        customer = uuid7()
        # 1 January 2026 is a Thursday; at 02:00 UTC it is still Wednesday evening in São Paulo.
        record(customer, placed_at=day(1, hour=2), total_amount=100)
        here = self.of_one(backend, customer, zone=UTC)
        there = self.of_one(backend, customer, zone=zoneinfo.ZoneInfo("America/Sao_Paulo"))
        assert (here.hour_counts, here.weekday_counts) == ({2: 1}, {4: 1})
        assert (there.hour_counts, there.weekday_counts) == ({23: 1}, {3: 1})
        assert here.order_day_count == there.order_day_count == 1

    def test_the_five_largest_quantities_then_by_sku(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        customer = uuid7()
        bought = {"F": 1, "E": 1, "D": 2, "C": 3, "B": 3, "A": 9}
        record(customer, placed_at=day(1), total_amount=100, products=bought)
        stats = backend.get_order_stats(customer, as_of=AS_OF)
        told = [(each.sku, int(each.quantity)) for each in stats.top_products]
        assert told == [("A", 9), ("B", 3), ("C", 3), ("D", 2), ("E", 1)]

    def test_pages_in_key_order_meet_everybody_once(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        buyers = sorted(uuid7() for _ in range(5))
        for buyer in buyers:
            record(buyer, placed_at=day(1), total_amount=100)
        met: list[UUID] = []
        while page := [
            each.customer_uuid
            for each in backend.iter_order_stats(
                as_of=AS_OF, after=met[-1] if met else None, limit=2, time_zone=UTC
            )
        ]:
            assert len(page) <= 2
            met += page
        assert met == buyers

    def test_a_merged_customer_counts_for_the_survivor(
        self, backend: OrderHistoryBackend, record: RecordOrder
    ) -> None:
        survivor, merged = uuid7(), uuid7()
        record(survivor, placed_at=day(1), total_amount=100)
        record(merged, placed_at=day(2), total_amount=200)
        (stats,) = backend.iter_order_stats(
            as_of=AS_OF,
            limit=10,
            customers=[survivor],
            time_zone=UTC,
            aliases={merged: survivor},
        )
        assert (stats.customer_uuid, stats.order_count) == (survivor, 2)

    def of_one(
        self, backend: OrderHistoryBackend, customer: UUID, *, zone: zoneinfo.ZoneInfo
    ) -> OrderStats:
        """One customer's statistics in a time zone."""
        (stats,) = backend.iter_order_stats(
            as_of=AS_OF, limit=1, customers=[customer], time_zone=zone
        )
        return stats
