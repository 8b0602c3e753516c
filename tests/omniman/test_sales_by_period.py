"""Revenue, channels, new and returning customers against plain loops over the same orders."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from omniman import history
from omniman.models import Order
from omniman.rules.status import Status
from shopman import periods, tenancy
from shopman.keys import uuid7
from shopman.models import Organization, Tenant
from tests.omniman.factories import ChannelFactory, order_row
from tests.shopman.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
ZONES = ("America/Sao_Paulo", "Europe/London")
#: Just after and just before the turn of a year, and where clocks are changed.
EDGES = (
    "2025-01-01T00:00", "2024-12-31T23:59", "2025-03-30T00:30", "2025-03-31T23:30",
    "2025-10-26T01:30", "2025-11-01T00:00", "2018-11-03T23:59", "2018-11-04T01:00",
)  # fmt: skip


def shop_of(zone: str) -> Tenant:
    return Tenant.objects.create(
        slug=zone.lower().replace("/", "-").replace("_", "-"),
        name=zone,
        default_region="BR",
        default_currency="BRL",
        time_zone=zone,
    )


def random_orders(seed: int, zone: ZoneInfo, branches: Sequence[Organization]) -> list[Order]:
    """A few hundred orders of a few people over three years, written to the database."""
    draw = random.Random(seed)
    people = [uuid7() for _ in range(12)]
    channels = [ChannelFactory(code=code, name=code.title()) for code in ("web", "counter")]
    rows = []
    for number in range(300):
        if number < len(EDGES):
            local = dt.datetime.fromisoformat(EDGES[number]).replace(tzinfo=zone)
        else:
            local = dt.datetime(2023, 6, 1, tzinfo=zone) + dt.timedelta(
                minutes=draw.randrange(60 * 24 * 900)
            )
        is_return = draw.random() < 0.05
        total = (
            -draw.randrange(1, 5_000) if is_return else draw.choice((0, draw.randrange(1, 90_000)))
        )
        refunded = 0
        if total > 0 and draw.random() < 0.2:
            refunded = draw.choice((total, draw.randrange(1, total + 1)))
        rows.append(
            order_row(
                customer_uuid=draw.choice([*people, None]),
                placed_at=local.astimezone(dt.UTC),
                total_amount=total,
                refunded_amount=refunded,
                kind="return" if is_return else "sale",
                status=draw.choice(list(Status)),
                currency=draw.choice(("BRL", "BRL", "BRL", "EUR")),
                channel=draw.choice(channels),
                organization=draw.choice([None, *branches]),
            )
        )
    made: list[Order] = Order.objects.bulk_create(rows)
    return made


def counts(row: Order) -> bool:
    """The policy of omniman.history in plain words: cancelled orders do not count."""
    return row.status != "cancelled"


def is_sale(row: Order) -> bool:
    return row.kind == "sale" and (row.total_amount == 0 or row.refunded_amount < row.total_amount)


def month(row: Order, zone: ZoneInfo) -> dt.date:
    return row.placed_at.astimezone(zone).date().replace(day=1)


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("seed", range(4))
def test_sales_of_each_month_are_the_sum_over_its_orders(zone_name: str, seed: int) -> None:
    tenant, zone = shop_of(zone_name), ZoneInfo(zone_name)
    months = periods.last_months(dt.date(2025, 11, 1), 24)
    until = dt.datetime(2025, 11, 12, 15, 30, tzinfo=zone)
    with tenancy.use(tenant):
        branches = [OrganizationFactory() for _ in range(2)]
        rows = random_orders(seed, zone, branches)
        for chosen in ((), (branches[0],)):
            keys = {each.pk for each in chosen}
            mine = [r for r in rows if not keys or r.organization_id in {None, *keys}]
            found = history.sales_by_period(
                periods.beginnings(months, zone), until=until, organizations=keys
            )
            orders: dict[tuple[dt.date, str, UUID], int] = defaultdict(int)
            nets: dict[tuple[dt.date, str, UUID], int] = defaultdict(int)
            for row in mine:
                if counts(row) and month(row, zone) in months and row.placed_at < until:
                    key = (month(row, zone), row.currency, row.channel_id)
                    orders[key] += is_sale(row)
                    nets[key] += row.total_amount - row.refunded_amount
            told = {(months[r.period], r.currency, r.channel): r for r in found}
            assert {key: r.net_amount for key, r in told.items()} == nets
            assert {key: r.order_count for key, r in told.items()} == orders


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("seed", range(4))
def test_new_is_whose_first_sale_ever_is_in_the_month(zone_name: str, seed: int) -> None:
    tenant, zone = shop_of(zone_name), ZoneInfo(zone_name)
    months = periods.last_months(dt.date(2025, 11, 1), 12)
    until = dt.datetime(2025, 11, 12, 15, 30, tzinfo=zone)
    with tenancy.use(tenant):
        branches = [OrganizationFactory()]
        rows = random_orders(seed, zone, branches)
        for keys in (set(), {branches[0].pk}):
            mine = [r for r in rows if not keys or r.organization_id in {None, *keys}]
            found = history.customers_by_period(
                periods.beginnings(months, zone), until=until, organizations=keys
            )
            sales = [r for r in mine if counts(r) and is_sale(r) and r.placed_at < until]
            firsts: dict[UUID, dt.date] = {}
            for row in sorted(sales, key=lambda each: each.placed_at):
                if row.customer_uuid:
                    firsts.setdefault(row.customer_uuid, month(row, zone))
            for told in found:
                there = months[told.period]
                buyers = {r.customer_uuid for r in sales if month(r, zone) == there}
                known = {key for key in buyers if key is not None}
                assert told.new_count == sum(firsts[key] == there for key in known)
                assert told.returning_count == sum(firsts[key] < there for key in known)
                assert told.guest_order_count == sum(
                    r.customer_uuid is None and month(r, zone) == there for r in sales
                )
            assert len(found) == len(months)


def test_an_order_of_the_last_second_of_the_year_is_last_years(in_tenant: Tenant) -> None:
    zone = in_tenant.zone
    for text in ("2024-12-31T23:59:59", "2025-01-01T00:00:00"):
        local = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
        order_row(placed_at=local.astimezone(dt.UTC), total_amount=100).save()
    months = [dt.date(2024, 12, 1), dt.date(2025, 1, 1)]
    found = history.sales_by_period(
        periods.beginnings(months, zone), until=dt.datetime(2025, 2, 1, tzinfo=zone)
    )
    assert Counter({row.period: row.order_count for row in found}) == {0: 1, 1: 1}


def test_one_query_and_two_however_many_orders_there_are(in_tenant: Tenant) -> None:
    starts = periods.beginnings(periods.last_months(dt.date(2025, 11, 1), 24), in_tenant.zone)
    until = dt.datetime(2025, 11, 12, tzinfo=dt.UTC)
    random_orders(1, in_tenant.zone, [])
    with CaptureQueriesContext(connection) as queries:
        history.sales_by_period(starts, until=until)
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        history.customers_by_period(starts, until=until)
    assert len(queries) == 2


def test_another_shops_orders_are_not_counted(tenant: Tenant, other_tenant: Tenant) -> None:
    with tenancy.use(other_tenant):
        order_row(placed_at=dt.datetime(2025, 6, 2, tzinfo=dt.UTC)).save()
    starts = periods.beginnings([dt.date(2025, 6, 1)], tenant.zone)
    until = dt.datetime(2025, 7, 1, tzinfo=dt.UTC)
    with tenancy.use(tenant):
        assert history.sales_by_period(starts, until=until) == []
        (row,) = history.customers_by_period(starts, until=until)
        assert (row.new_count, row.guest_order_count) == (0, 0)
