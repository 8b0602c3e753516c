"""One customer's orders in sums: by status, and by month."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from omniman.conf import conf
from omniman.history.gathering import SALE
from omniman.models import Order
from shopman.models import of_organizations


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSum:
    """The orders of one kind, status and currency. Amounts in minor units, refunds taken off.

    ``valid_count`` are those that count as revenue and are not refunded in full.
    """

    kind: str
    status: str
    currency: str
    order_count: int
    valid_count: int
    net_amount: int
    first_order_at: dt.datetime
    last_order_at: dt.datetime


def by_status(
    customers: Collection[UUID], *, organizations: Collection[UUID] = ()
) -> list[StatusSum]:
    """The orders of a customer, under all keys of the record. One query.

    ``organizations`` narrows to these and what the tenant shares; empty: all.
    """
    valid = SALE & Q(status__in=conf.REVENUE_STATUSES)
    rows = (
        _orders(customers, organizations)
        .values_list("kind", "status", "currency")
        .annotate(
            order_count=Count("uuid"),
            valid_count=Count("uuid", filter=valid),
            net=Sum(F("total_amount") - F("refunded_amount")),
            first=Min("placed_at"),
            last=Max("placed_at"),
        )
        .order_by("kind", "status", "currency")
    )
    return [
        StatusSum(
            kind=kind,
            status=status,
            currency=currency,
            order_count=order_count,
            valid_count=valid_count,
            net_amount=net,
            first_order_at=first,
            last_order_at=last,
        )
        for kind, status, currency, order_count, valid_count, net, first, last in rows
    ]


def net_by_month(
    customers: Collection[UUID],
    *,
    since: dt.datetime,
    time_zone: zoneinfo.ZoneInfo,
    organizations: Collection[UUID] = (),
) -> dict[tuple[dt.date, str], int]:
    """What a customer spent net of refunds and returns, by first day of the month and currency.

    Only statuses that count as revenue; months of the time zone; amounts in minor units. One query.
    """
    rows = (
        _orders(customers, organizations)
        .filter(placed_at__gte=since, status__in=conf.REVENUE_STATUSES)
        .annotate(month=TruncMonth("placed_at", tzinfo=time_zone))
        .values_list("month", "currency")
        .annotate(net=Sum(F("total_amount") - F("refunded_amount")))
        .order_by("month", "currency")
    )
    return {(month.date(), currency): net for month, currency, net in rows}


def _orders(customers: Collection[UUID], organizations: Collection[UUID]) -> QuerySet[Order]:
    rows: QuerySet[Order] = Order.objects.filter(customer_uuid__in=customers)
    return rows.filter(of_organizations(organizations))
