"""What a shop sold, period by period: a query each, however many orders there are.

What counts is what counts about customers (see ``omniman.history``): sales net of refunds, returns
off the total, cancelled orders not at all.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum, Window
from django.db.models.functions import Lag

from omniman.conf import conf
from omniman.history.gathering import SALE
from omniman.models import Order
from shopman.models import Bucket, of_organizations


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSales:
    """One period (from 0), currency and channel. Net of refunds and returns, in minor units."""

    period: int
    currency: str
    channel: UUID
    order_count: int
    net_amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCustomers:
    """Who bought in one period (from 0), each once; guests are counted by their orders."""

    period: int
    new_count: int = 0
    returning_count: int = 0
    guest_order_count: int = 0


def sales_by_period(
    starts: Sequence[dt.datetime],
    *,
    until: dt.datetime,
    organizations: Collection[uuid.UUID] = (),
) -> list[PeriodSales]:
    """Sales of the periods that begin at ``starts``, up to but without ``until``. One query.

    Periods without any order are left out.
    """
    rows = (
        _counted(organizations)
        .filter(placed_at__gte=starts[0], placed_at__lt=until)
        .order_by()
        .values_list(_period(starts), "currency", "channel_id")
        .annotate(
            order_count=Count("kind", filter=SALE),
            net=Sum(F("total_amount") - F("refunded_amount")),
        )
    )
    return [
        PeriodSales(
            period=number - 1,
            currency=currency,
            channel=channel,
            order_count=order_count,
            net_amount=int(net),
        )
        for number, currency, channel, order_count, net in rows
    ]


def customers_by_period(
    starts: Sequence[dt.datetime],
    *,
    until: dt.datetime,
    organizations: Collection[uuid.UUID] = (),
) -> list[PeriodCustomers]:
    """New and returning customers of the periods that begin at ``starts``. Two queries.

    New in a period is whoever's first sale ever lies in it, among the orders of ``organizations``;
    returning is whoever bought before. A customer who was merged into another counts by himself.
    """
    sales = _counted(organizations).filter(SALE, placed_at__lt=until).order_by()
    guests = sales.filter(customer_uuid__isnull=True, placed_at__gte=starts[0])
    counts = dict(guests.values_list(_period(starts)).annotate(count=Count("*")))
    visits = _visits(sales, starts)
    return [
        PeriodCustomers(
            period=number,
            new_count=visits.get((number + 1, True), 0),
            returning_count=visits.get((number + 1, False), 0),
            guest_order_count=counts.get(number + 1, 0),
        )
        for number in range(len(starts))
    ]


def _visits(sales: QuerySet[Order], starts: Sequence[dt.datetime]) -> dict[tuple[int, bool], int]:
    """(period from 1, whether it holds the customer's first sale): customers.

    Of a customer's sales in one period the first counts: the one whose predecessor, in the order
    of an index, lies in another period or does not exist.
    """
    each = sales.filter(customer_uuid__isnull=False).values(
        period=_period(starts),
        earlier=Window(
            Lag(_period(starts)), partition_by=[F("customer_uuid")], order_by=F("placed_at").asc()
        ),
    )
    inner, params = each.query.sql_with_params()
    counted = (
        f"SELECT period, earlier IS NULL, COUNT(*) FROM ({inner}) AS visits"  # noqa: S608  # the ORM's
        " WHERE period > 0 AND (earlier IS NULL OR earlier < period) GROUP BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(counted, params)
        rows = cursor.fetchall()
    return {(period, bool(is_first)): count for period, is_first, count in rows}


def _counted(organizations: Collection[uuid.UUID]) -> QuerySet[Order]:
    counted = Q(status__in=conf.REVENUE_STATUSES) & of_organizations(organizations)
    orders: QuerySet[Order] = Order.objects.filter(counted)
    return orders


def _period(starts: Sequence[dt.datetime]) -> Bucket:
    return Bucket(F("placed_at"), *starts, of=DateTimeField())
