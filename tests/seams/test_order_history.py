"""Guestman reads omniman's orders back."""

from __future__ import annotations

import datetime as dt

import pytest

from guestman.adapters.omniman_orders import OmnimanOrderHistoryBackend
from guestman.models import Customer
from guestman.services import customer
from shopman.models import Tenant
from tests.omniman import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]

AS_OF = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
backend = OmnimanOrderHistoryBackend()


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 1, number, 15, tzinfo=dt.UTC)


def test_orders_are_told_newest_first_with_those_of_merged_customers() -> None:
    survivor, gone = customer.create(), customer.create()
    Customer.objects.filter(pk=gone.pk).update(merged_into=survivor)
    factories.order(customer_uuid=survivor.pk, placed_at=day(1), total_amount=1000)
    factories.order(customer_uuid=gone.pk, placed_at=day(2), total_amount=2000)
    factories.order(customer_uuid=customer.create().pk, placed_at=day(3))

    told = backend.get_customer_orders(survivor.pk, as_of=AS_OF)
    assert [(each.total_amount, each.placed_at) for each in told] == [
        (2000, day(2)),
        (1000, day(1)),
    ]
    assert len(backend.get_customer_orders(survivor.pk, before=day(2))) == 1
    assert len(backend.get_customer_orders(survivor.pk, limit=1)) == 1

    stats = backend.get_order_stats(survivor.pk, as_of=AS_OF)
    assert (stats.customer_uuid, stats.order_count) == (survivor.pk, 2)
    assert stats.currencies["BRL"].net_total_amount == 3000
    assert (stats.first_order_at, stats.last_order_at) == (day(1), day(2))
    # 15:00 UTC is noon in São Paulo.
    assert stats.hour_counts == {12: 2}


def test_statistics_of_many_are_those_of_each(in_tenant: Tenant) -> None:
    buyers = [customer.create() for _ in range(3)]
    for number, buyer in enumerate(buyers, start=1):
        for n in range(number):
            factories.order(customer_uuid=buyer.pk, placed_at=day(n + 1))

    found = list(
        backend.iter_order_stats(as_of=AS_OF, limit=10, time_zone=in_tenant.zone, aliases={})
    )
    assert [each.order_count for each in found] == [1, 2, 3]
    assert found == [backend.get_order_stats(buyer.pk, as_of=AS_OF) for buyer in buyers]
    assert {product.sku for product in found[0].top_products} == {
        product.sku for product in backend.get_order_stats(buyers[0].pk, as_of=AS_OF).top_products
    }


def test_nobody_without_orders_and_whoever_changed() -> None:
    buyer, visitor = customer.create(), customer.create()
    factories.order(customer_uuid=buyer.pk, placed_at=day(1))

    assert backend.get_order_stats(visitor.pk).order_count == 0
    assert list(backend.changed_customers(since=day(1))) == [buyer.pk]
