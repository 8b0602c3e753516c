"""Rows of ``OrderEvent``: who did what to an order."""

from __future__ import annotations

import datetime as dt
from typing import TypedDict
from uuid import UUID

from omniman.models import Order, OrderEvent
from shopman import actor as actors
from shopman.actor import Actor


class Who(TypedDict):
    """The columns that say who acted, as ``OrderEvent`` names them."""

    actor_kind: str
    actor_id: str
    actor_label: str
    request_id: str


def who(actor: Actor | None) -> Who:
    """The actor given, or the one acting now."""
    acting = actor or actors.current()
    return Who(
        actor_kind=acting.kind,
        actor_id=acting.id,
        actor_label=acting.label,
        request_id=actors.request_id(),
    )


def event(
    order: Order,
    kind: str,
    by: Who,
    *,
    at: dt.datetime,
    from_status: str = "",
    to_status: str = "",
    amount: int | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
) -> OrderEvent:
    """Write one event of an order in the running transaction; one statement."""
    row = OrderEvent(
        order=order,
        kind=kind,
        from_status=from_status,
        to_status=to_status,
        amount=amount,
        reason=reason,
        idempotency_key=idempotency_key,
        at=at,
        **by,
    )
    OrderEvent.objects.bulk_create([row])
    return row


def text(key: UUID | None) -> str | None:
    """A key as JSON has it."""
    return str(key) if key else None
