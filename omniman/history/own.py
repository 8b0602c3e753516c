"""What a customer may read of the own orders: a page of them, and one in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from omniman.history.rows import OrderRecord, OrderStep, OrderSummary
from omniman.models import Order, OrderEvent

_COLUMNS: Final = (
    "uuid",
    "ref",
    "kind",
    "status",
    "channel__code",
    "currency",
    "total_amount",
    "refunded_amount",
    "placed_at",
)
_NAMES: Final = tuple(name.removesuffix("__code") for name in _COLUMNS)


def customer_orders(
    customer_uuid: UUID,
    *,
    limit: int = 50,
    before: dt.datetime | None = None,
    before_uuid: UUID | None = None,
    as_of: dt.datetime | None = None,
    merged: Sequence[UUID] = (),
) -> list[OrderSummary]:
    """A customer's orders, cancelled ones and returns included, newest first. One query.

    ``before`` and ``as_of`` are exclusive bounds on ``placed_at``; with ``before_uuid`` the first
    bound is the place of that order, so that pages lose none of several orders of one moment.
    ``merged`` are customers whose orders are this one's now.
    """
    orders = _of(customer_uuid, merged)
    if before is not None and before_uuid is not None:
        beside = Q(placed_at=before, uuid__lt=before_uuid) | Q(placed_at__lt=before)
        orders = orders.filter(beside, placed_at__lte=before)
    elif before is not None:
        orders = orders.filter(placed_at__lt=before)
    if as_of is not None:
        orders = orders.filter(placed_at__lt=as_of)
    rows = orders.order_by("-placed_at", "-uuid").values_list(*_COLUMNS)[:limit]
    return [_summary(row) for row in rows]


def customer_order(
    customer_uuid: UUID, order_uuid: UUID, *, merged: Sequence[UUID] = ()
) -> OrderRecord | None:
    """One of the customer's orders, or None, also for anybody else's. Two queries."""
    orders = _of(customer_uuid, merged).filter(uuid=order_uuid)
    row = orders.values_list(*_COLUMNS, "data").first()
    if row is None:
        return None
    return OrderRecord(summary=_summary(row[:-1]), facts=row[-1], steps=_steps(order_uuid))


def _of(customer_uuid: UUID, merged: Sequence[UUID]) -> Any:
    return Order.objects.filter(customer_uuid__in=[customer_uuid, *merged])


def _summary(row: Sequence[Any]) -> OrderSummary:
    return OrderSummary(**dict(zip(_NAMES, row, strict=True)))


def _steps(order_uuid: UUID) -> list[OrderStep]:
    # An import says when it ran, not when something happened.
    untold = (OrderEvent.NOTED, OrderEvent.IMPORTED)
    events = OrderEvent.objects.filter(order=order_uuid).exclude(kind__in=untold).order_by("uuid")
    return [
        OrderStep(status=status, amount=amount, at=at)
        for status, amount, at in events.values_list("to_status", "amount", "at")
    ]
