"""Omniman for guestman: the orders to read back."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from guestman.models import Customer
from guestman.protocols.orders import (
    CurrencyStats,
    OrderHistoryBackend,
    OrderStats,
    OrderSummary,
    ProductQuantity,
)
from omniman import history


class OmnimanOrderHistoryBackend(OrderHistoryBackend):
    """Says what ``omniman.history`` says, in guestman's words. Merged customers count as one."""

    def get_customer_orders(
        self,
        customer_uuid: UUID,
        *,
        limit: int = 50,
        before: dt.datetime | None = None,
        as_of: dt.datetime | None = None,
    ) -> Sequence[OrderSummary]:
        orders = history.customer_orders(
            customer_uuid, limit=limit, before=before, as_of=as_of, merged=_merged(customer_uuid)
        )
        return [_summary(order) for order in orders]

    def get_order_stats(
        self, customer_uuid: UUID, *, as_of: dt.datetime | None = None
    ) -> OrderStats:
        return _stats(
            history.order_stats(customer_uuid, as_of=as_of, merged=_merged(customer_uuid))
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
        found = history.iter_order_stats(
            as_of=as_of,
            after=after,
            limit=limit,
            customers=customers,
            time_zone=time_zone,
            aliases=aliases,
        )
        return map(_stats, found)

    def changed_customers(self, *, since: dt.datetime) -> Iterator[UUID]:
        return history.changed_customers(since=since)


def _merged(customer_uuid: UUID) -> list[UUID]:
    rows = Customer.objects.filter(merged_into=customer_uuid).order_by("uuid")
    return list(rows.values_list("uuid", flat=True))


def _summary(order: history.OrderSummary) -> OrderSummary:
    return OrderSummary(
        uuid=order.uuid,
        ref=order.ref,
        kind=order.kind,
        status=order.status,
        channel=order.channel,
        currency=order.currency,
        total_amount=order.total_amount,
        refunded_amount=order.refunded_amount,
        placed_at=order.placed_at,
    )


def _stats(stats: history.OrderStats) -> OrderStats:
    return OrderStats(
        customer_uuid=stats.customer_uuid,
        order_count=stats.order_count,
        refund_count=stats.refund_count,
        currencies={
            currency: CurrencyStats(
                order_count=each.order_count,
                net_total_amount=each.net_total_amount,
                first_order_at=each.first_order_at,
                last_order_at=each.last_order_at,
            )
            for currency, each in stats.currencies.items()
        },
        first_order_at=stats.first_order_at,
        last_order_at=stats.last_order_at,
        order_day_count=stats.order_day_count,
        hour_counts=stats.hour_counts,
        weekday_counts=stats.weekday_counts,
        channel_counts=stats.channel_counts,
        top_products=tuple(
            ProductQuantity(sku=sku, quantity=quantity) for sku, quantity in stats.top_products
        ),
        future_count=stats.future_count,
    )
