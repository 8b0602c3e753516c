"""History equals a slow and obvious calculation, order by order."""

from __future__ import annotations

import datetime as dt
import random
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries, Settings

from omniman import history
from omniman.history import CurrencyStats, OrderStats
from omniman.models import Channel, Order, OrderLine
from omniman.rules.status import Status
from omniman.services import order
from shopman import clock, tenancy
from shopman.keys import uuid7
from shopman.models import Tenant
from tests.omniman import factories

pytestmark = pytest.mark.django_db

KOLKATA = zoneinfo.ZoneInfo("Asia/Kolkata")
SAO_PAULO = zoneinfo.ZoneInfo("America/Sao_Paulo")
AS_OF = dt.datetime(2026, 3, 1, 3, tzinfo=dt.UTC)
VALID = set(Status) - {Status.CANCELLED}


@pytest.fixture(autouse=True)
def shop(in_tenant: Tenant) -> Tenant:
    return in_tenant


def brute_force(
    customer: UUID,
    orders: Iterable[Order],
    lines: Mapping[UUID, list[OrderLine]],
    zone: zoneinfo.ZoneInfo,
    as_of: dt.datetime = AS_OF,
) -> OrderStats:
    """The statistics of one customer's orders, one order after another."""
    found = OrderStats(customer_uuid=customer)
    days, hours, weekdays, channels = set(), Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    products: Counter[str] = Counter()
    for row in sorted(orders, key=lambda each: (each.placed_at, each.uuid)):
        if row.status not in VALID:
            continue
        money = found.currencies.get(row.currency, CurrencyStats())
        if row.kind == "return":
            if row.placed_at < as_of:
                money.net_total_amount += row.total_amount
                found.currencies[row.currency] = money
            continue
        refunded = row.total_amount > 0 and row.refunded_amount == row.total_amount
        if row.placed_at >= as_of:
            found.future_count += not refunded
            continue
        if refunded:
            found.refund_count += 1
            continue
        found.order_count += 1
        found.currencies[row.currency] = money
        for entry in (found, money):
            entry.first_order_at = entry.first_order_at or row.placed_at
            entry.last_order_at = row.placed_at
        money.order_count += 1
        money.net_total_amount += row.total_amount - row.refunded_amount
        local = row.placed_at.astimezone(zone)
        days.add(local.date())
        hours[local.hour] += 1
        weekdays[local.isoweekday()] += 1
        channels[row.channel.code] += 1
        for line in lines[row.uuid]:
            products[line.sku] += line.quantity  # type: ignore[assignment]
    found.order_day_count = len(days)
    found.hour_counts, found.weekday_counts = dict(hours), dict(weekdays)
    found.channel_counts = dict(channels)
    ranked = sorted(products.items(), key=lambda item: (-item[1], item[0]))
    found.top_products = tuple((sku, Decimal(quantity)) for sku, quantity in ranked[:5])
    return found


class Past:
    """Random orders of some customers and some guests, in memory and in the database."""

    def __init__(self, seed: int, customer_count: int = 40, order_count: int = 300) -> None:
        self.random = random.Random(seed)
        self.customers = [uuid7() for _ in range(customer_count)]
        self.channels = [factories.ChannelFactory(code=code) for code in ("app", "shop", "web")]
        self.orders = Order.objects.bulk_create(self.order() for _ in range(order_count))
        self.lines: dict[UUID, list[OrderLine]] = {row.uuid: [] for row in self.orders}
        made = [line for row in self.orders for line in self.lines_of(row)]
        OrderLine.objects.bulk_create(made)
        for line in made:
            self.lines[line.order_id].append(line)

    def order(self) -> Order:
        pick = self.random
        kind = pick.choices(["sale", "return"], [9, 1])[0]
        total = pick.choice([0, 100, 999, 12345, 10**12])
        sign = -1 if kind == "return" else 1
        refunded = 0 if kind == "return" else pick.choice([0, 0, 0, total // 3, total])
        moment = AS_OF + dt.timedelta(minutes=pick.randint(-400 * 1440, 20 * 1440))
        return factories.order_row(
            customer_uuid=pick.choice([*self.customers, None]),
            placed_at=pick.choice([moment, moment, AS_OF, AS_OF - dt.timedelta(microseconds=1)]),
            kind=kind,
            total_amount=sign * total,
            refunded_amount=refunded,
            status=pick.choice(list(Status)),
            currency=pick.choices(["BRL", "USD"], [5, 1])[0],
            channel=pick.choice(self.channels),
        )

    def lines_of(self, row: Order) -> Iterable[OrderLine]:
        pick = self.random
        for position in range(1, pick.randint(0, 4) + 1):
            # Tenths, which binary fractions cannot hold, make ties that must be ties.
            quantity = Decimal(pick.choice([1, 2, 3, 10])) / 10
            yield OrderLine(
                order=row,
                position=position,
                sku=pick.choice(["a", "B", "b", "é", "sku-10", "sku-9", "Z", "_x"]),
                quantity=-quantity if row.kind == "return" else quantity,
                unit_price_amount=1,
                total_amount=1,
            )

    def expected(
        self, zone: zoneinfo.ZoneInfo, aliases: Mapping[UUID, UUID] | None = None
    ) -> dict[UUID, OrderStats]:
        by_owner: dict[UUID, list[Order]] = {}
        for row in self.orders:
            if row.customer_uuid is not None:
                owner = (aliases or {}).get(row.customer_uuid, row.customer_uuid)
                by_owner.setdefault(owner, []).append(row)
        return {key: brute_force(key, by_owner[key], self.lines, zone) for key in sorted(by_owner)}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("zone", [SAO_PAULO, KOLKATA], ids=str)
class TestAgainstBruteForce:
    def test_all_customers(self, seed: int, zone: zoneinfo.ZoneInfo) -> None:
        past = Past(seed)
        found = list(history.iter_order_stats(as_of=AS_OF, limit=1000, time_zone=zone))
        assert {each.customer_uuid: each for each in found} == past.expected(zone)
        assert [each.customer_uuid for each in found] == sorted(past.expected(zone))

    def test_page_by_page_with_merged_customers(self, seed: int, zone: zoneinfo.ZoneInfo) -> None:
        past = Past(seed)
        pick = random.Random(seed)
        merged = pick.sample(past.customers, 15)
        # Some survivors have no orders of their own, some merged customers lie on other pages.
        survivors = [*(set(past.customers) - set(merged)), uuid7(), UUID(int=5)]
        aliases = {key: pick.choice(survivors) for key in merged}
        found: dict[UUID, OrderStats] = {}
        after = None
        while page := list(
            history.iter_order_stats(
                as_of=AS_OF, after=after, limit=7, time_zone=zone, aliases=aliases
            )
        ):
            after = page[-1].customer_uuid
            found |= {each.customer_uuid: each for each in page}
        expected = past.expected(zone, aliases)
        assert found == expected
        assert list(found) == sorted(expected)

    def test_some_customers(self, seed: int, zone: zoneinfo.ZoneInfo) -> None:
        past = Past(seed)
        alias, survivor, plain = past.customers[:3]
        found = history.iter_order_stats(
            as_of=AS_OF,
            limit=10,
            customers=[survivor, plain, uuid7()],
            time_zone=zone,
            aliases={alias: survivor},
        )
        expected = past.expected(zone, {alias: survivor})
        assert {each.customer_uuid: each for each in found} == {
            key: expected[key] for key in (survivor, plain) if key in expected
        }


class TestStatistics:
    def test_one_customer(self, shop: Tenant) -> None:
        uuid, merged = uuid7(), uuid7()
        late = dt.datetime(2026, 2, 1, 1, tzinfo=dt.UTC)
        factories.order(customer_uuid=uuid, total_amount=1000, refunded_amount=1, placed_at=late)
        factories.order(customer_uuid=merged, total_amount=500, placed_at=late)
        found = history.order_stats(uuid, as_of=AS_OF)
        # One in the morning UTC on Sunday is Saturday evening in São Paulo.
        assert (found.order_count, found.weekday_counts, found.hour_counts) == (1, {6: 1}, {22: 1})
        assert found.currencies["BRL"].net_total_amount == 999
        both = history.order_stats(uuid, as_of=AS_OF, merged=[merged])
        assert (both.order_count, both.currencies["BRL"].net_total_amount) == (2, 1499)

    def test_nobody(self) -> None:
        uuid = uuid7()
        assert history.order_stats(uuid) == OrderStats(customer_uuid=uuid)

    def test_as_of_is_half_open(self) -> None:
        uuid = uuid7()
        factories.order(customer_uuid=uuid, placed_at=AS_OF)
        found = history.order_stats(uuid, as_of=AS_OF)
        assert (found.order_count, found.future_count) == (0, 1)
        after = AS_OF + dt.timedelta(microseconds=1)
        assert history.order_stats(uuid, as_of=after).order_count == 1

    def test_only_returns_leave_a_net_below_zero(self) -> None:
        uuid = uuid7()
        factories.order(customer_uuid=uuid, kind="return", total_amount=-700, placed_at=AS_OF)
        found = history.order_stats(uuid)
        assert (found.order_count, found.currencies["BRL"].net_total_amount) == (0, -700)
        assert found.first_order_at is None

    def test_which_statuses_count_is_a_setting(self, settings: Settings) -> None:
        uuid = uuid7()
        factories.order(customer_uuid=uuid, status="placed")
        factories.order(customer_uuid=uuid, status="completed")
        settings.OMNIMAN = {"REVENUE_STATUSES": ["completed"]}
        assert history.order_stats(uuid).order_count == 1

    def test_since_and_statuses_narrow(self) -> None:
        uuid = uuid7()
        for days in (1, 10, 20):
            factories.order(customer_uuid=uuid, placed_at=AS_OF - dt.timedelta(days=days))
        (found,) = history.iter_order_stats(
            as_of=AS_OF, since=AS_OF - dt.timedelta(days=10), limit=5, time_zone=KOLKATA
        )
        assert found.order_count == 2
        (none,) = history.iter_order_stats(
            as_of=AS_OF, statuses=["returned"], limit=5, time_zone=KOLKATA
        )
        assert none.order_count == 0

    def test_other_tenants_and_guests_are_not_seen(self, other_tenant: Tenant) -> None:
        uuid = uuid7()
        factories.order(customer_uuid=None)
        with tenancy.use(other_tenant):
            factories.order(customer_uuid=uuid)
        assert list(history.iter_order_stats(as_of=AS_OF, limit=9, time_zone=KOLKATA)) == []
        assert history.customer_orders(uuid) == []

    @pytest.mark.parametrize("customer_count", [2, 60])
    def test_the_number_of_queries_does_not_grow(
        self, customer_count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        past = Past(1, customer_count)
        with django_assert_num_queries(4):
            list(history.iter_order_stats(as_of=AS_OF, limit=1000, time_zone=KOLKATA))
        aliases = dict(zip(past.customers[::2], past.customers[1::2], strict=True))
        with django_assert_num_queries(6):
            list(
                history.iter_order_stats(
                    as_of=AS_OF, limit=1000, time_zone=KOLKATA, aliases=aliases
                )
            )


class TestOrders:
    def test_newest_first_everything_included(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        uuid, merged = uuid7(), uuid7()
        rows = [
            factories.order(
                customer_uuid=merged if days == 2 else uuid,
                placed_at=AS_OF - dt.timedelta(days=days),
                status="cancelled" if days == 1 else "placed",
            )
            for days in range(4)
        ]
        with django_assert_num_queries(1):
            found = history.customer_orders(uuid, merged=[merged])
        assert [each.ref for each in found] == [row.ref for row in rows]
        assert (found[1].status, found[1].channel) == ("cancelled", "web")
        assert [each.ref for each in history.customer_orders(uuid, before=rows[1].placed_at)] == [
            rows[3].ref
        ]
        assert len(history.customer_orders(uuid, as_of=AS_OF, limit=1)) == 1
        assert history.customer_orders(uuid, as_of=AS_OF, limit=1)[0].ref == rows[1].ref


class TestChanged:
    def test_orders_refunds_and_status_changes(self) -> None:
        start = clock.now()
        with time_machine.travel(start - dt.timedelta(days=9), tick=False):
            quiet, refunded, moved = (factories.order(customer_uuid=uuid7()) for _ in range(3))
            factories.order(customer_uuid=None)
        order.refund(order=refunded, amount=1, reason="x")
        order.transition(order=moved, to="confirmed")
        fresh = factories.order(customer_uuid=uuid7(), placed_at=start - dt.timedelta(days=99))
        found = list(history.changed_customers(since=start))
        assert found == sorted(
            each.customer_uuid for each in (refunded, moved, fresh) if each.customer_uuid
        )
        assert quiet.customer_uuid not in found


def test_channels_are_told_by_code() -> None:
    uuid = uuid7()
    channel = Channel.objects.create(code="till", name="Till")
    factories.order(customer_uuid=uuid, channel=channel)
    assert history.order_stats(uuid).channel_counts == {"till": 1}
