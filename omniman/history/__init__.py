"""What orders say about customers: omniman's public read module.

Reads only, of the current tenant, without order objects. Every call makes a constant number of
queries, however many customers it is about. Amounts are minor units, currencies never meet.

What counts: a sale whose status is in ``statuses`` (``OMNIMAN["REVENUE_STATUSES"]`` unless given)
counts once, net of its refunds; one that is refunded in full counts only in ``refund_count``. A
return, a credit note without a known sale, reduces the net total and nothing else. Products are
those of the sales that count, in the quantities sold: neither a partial refund nor a return says
which product came back. A zero-total sale counts.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db.models import Q

from omniman.conf import conf
from omniman.history import gathering
from omniman.history.gathering import Aliases
from omniman.history.guests import Guest, guest_of, guests_after, guests_of
from omniman.history.own import customer_order, customer_orders
from omniman.history.rows import (
    CurrencyStats,
    OrderRecord,
    OrderStats,
    OrderStep,
    OrderSummary,
)
from omniman.history.sales import (
    PeriodCustomers,
    PeriodSales,
    customers_by_period,
    sales_by_period,
)
from omniman.models import Order
from shopman import clock, tenancy

__all__ = [
    "CurrencyStats",
    "Guest",
    "OrderRecord",
    "OrderStats",
    "OrderStep",
    "OrderSummary",
    "PeriodCustomers",
    "PeriodSales",
    "changed_customers",
    "customer_order",
    "customer_orders",
    "customers_by_period",
    "guest_of",
    "guests_after",
    "guests_of",
    "iter_order_stats",
    "order_stats",
    "sales_by_period",
]


def order_stats(
    customer_uuid: UUID,
    *,
    as_of: dt.datetime | None = None,
    time_zone: zoneinfo.ZoneInfo | None = None,
    merged: Sequence[UUID] = (),
) -> OrderStats:
    """One customer's statistics, now and in the tenant's zone unless told; zeros without orders."""
    found = iter_order_stats(
        as_of=as_of or clock.now(),
        limit=1,
        customers=[customer_uuid],
        time_zone=time_zone or tenancy.current().zone,
        aliases=dict.fromkeys(merged, customer_uuid),
    )
    return next(found, None) or OrderStats(customer_uuid=customer_uuid)


def iter_order_stats(
    *,
    as_of: dt.datetime,
    limit: int,
    time_zone: zoneinfo.ZoneInfo,
    after: UUID | None = None,
    customers: Sequence[UUID] | None = None,
    aliases: Aliases | None = None,
    since: dt.datetime | None = None,
    statuses: Collection[str] | None = None,
) -> Iterator[OrderStats]:
    """Statistics of customers who have any order, in key order: at most ``limit``, after ``after``.

    ``customers`` narrows to these (survivors). ``aliases`` maps a merged customer to its survivor,
    under whom its orders count; chains must be resolved. ``since`` is an inclusive, ``as_of`` an
    exclusive bound on ``placed_at``. At most six queries.
    """
    owners = {key: owner for key, owner in (aliases or {}).items() if key != owner}
    page = gathering.page(after, limit, customers, owners)
    if not page:
        return
    members = gathering.members(page, owners)
    counted = Q(status__in=conf.REVENUE_STATUSES if statuses is None else statuses)
    if since is not None:
        counted &= Q(placed_at__gte=since)
    orders = Order.objects.filter(customer_uuid__isnull=False)
    stats = gathering.orders_of(
        page,
        gathering.narrowed(orders, page, members, customers),
        counted,
        owners,
        as_of,
        time_zone,
    )
    if not stats:
        return
    sales = orders.filter(counted, gathering.SALE, placed_at__lt=as_of)
    gathering.add_products(stats, sales, members, customers, owners)
    yield from stats.values()


def changed_customers(*, since: dt.datetime) -> Iterator[UUID]:
    """Customers with an order, a refund or a status change recorded at or after ``since``.

    A change is dated when it is made and seen when its transaction commits, so let ``since`` lie a
    little before the last look.
    """
    changed = Order.objects.filter(updated_at__gte=since, customer_uuid__isnull=False)
    keys = changed.order_by("customer_uuid").values_list("customer_uuid", flat=True).distinct()
    yield from keys.iterator()
