"""Orders: committed from carts, moved through their states, refunded, noted on."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from omniman.errors import (
    EmptyNote,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    InvalidRefund,
    OrderChanged,
    OrderNotFound,
    RefundRefused,
    TransitionRefused,
)
from omniman.models import Order, OrderEvent
from omniman.rules import status as statuses
from omniman.services import record, redaction
from omniman.services.commit import commit
from omniman.signals import order_refunded, order_status_changed
from shopman import clock, events, outbox
from shopman.actor import Actor
from shopman.keys import is_idempotency_key

__all__ = ["commit", "note", "refund", "transition"]


@transaction.atomic
def transition(
    *,
    order: Order,
    to: str,
    reason: str = "",
    expected_status: str | None = None,
    actor: Actor | None = None,
) -> Order:
    """Move an order to another status, if it still has the expected one (None: whatever it has).

    Raises OrderNotFound, OrderChanged, TransitionRefused.
    """
    row = _locked(order.pk)
    before = row.status
    if expected_status not in (None, before):
        raise OrderChanged
    if not statuses.may_become(before, to, kind=row.kind):
        raise TransitionRefused(f"An order that is {before} cannot become {to}.")
    now = clock.now()
    row.status, row.updated_at = to, now
    row.save(update_fields=["status", "updated_at"])
    redaction.settle(row, at=now)
    record.event(
        row,
        OrderEvent.STATUS_CHANGED,
        record.who(actor),
        from_status=before,
        to_status=to,
        reason=reason.strip(),
        at=now,
    )
    changed = {"from_status": before, "to_status": to}
    _outbox("order_status_changed", row, changed)
    events.announce(
        order_status_changed,
        sender=Order,
        order_uuid=row.uuid,
        customer_uuid=row.customer_uuid,
        **changed,
    )
    return row


@transaction.atomic
def refund(
    *,
    order: Order,
    amount: int,
    reason: str,
    idempotency_key: str | None = None,
    expected_refunded_amount: int | None = None,
    actor: Actor | None = None,
) -> Order:
    """Give back ``amount`` minor units of a sale, never more than is left of its total.

    The same key again gives nothing back a second time. ``expected_refunded_amount`` is what the
    caller saw refunded so far. Raises OrderNotFound, InvalidRefund, OrderChanged, RefundRefused,
    InvalidIdempotencyKey, IdempotencyKeyReused (the key gave back another amount).
    """
    reason = reason.strip()
    if amount <= 0 or not reason:
        raise InvalidRefund
    if idempotency_key is not None and not is_idempotency_key(idempotency_key):
        raise InvalidIdempotencyKey
    row = _locked(order.pk)
    if idempotency_key is not None:
        earlier = row.events.filter(idempotency_key=idempotency_key).first()
        if earlier is not None:
            if earlier.amount != amount:
                raise IdempotencyKeyReused
            return row
    if expected_refunded_amount not in (None, row.refunded_amount):
        raise OrderChanged
    if row.kind != statuses.Kind.SALE or amount > row.net_amount:
        raise RefundRefused
    now = clock.now()
    row.refunded_amount, row.updated_at = row.refunded_amount + amount, now
    row.save(update_fields=["refunded_amount", "updated_at"])
    record.event(
        row,
        OrderEvent.REFUNDED,
        record.who(actor),
        amount=amount,
        reason=reason,
        idempotency_key=idempotency_key,
        at=now,
    )
    given = {"amount": amount, "refunded_amount": row.refunded_amount}
    _outbox("order_refunded", row, given)
    events.announce(
        order_refunded,
        sender=Order,
        order_uuid=row.uuid,
        customer_uuid=row.customer_uuid,
        **given,
    )
    return row


@transaction.atomic
def note(*, order: Order, text: str, actor: Actor | None = None) -> OrderEvent:
    """Write something down beside an order, for staff. Raises EmptyNote."""
    text = text.strip()
    if not text:
        raise EmptyNote
    return record.event(order, OrderEvent.NOTED, record.who(actor), reason=text, at=clock.now())


def _locked(order_uuid: UUID) -> Order:
    row: Order | None = (
        Order.objects.select_for_update(of=("self",))
        .select_related("channel", "organization")
        .filter(pk=order_uuid)
        .first()
    )
    if row is None:
        raise OrderNotFound
    return row


def _outbox(name: str, order: Order, facts: dict[str, str] | dict[str, int]) -> None:
    outbox.record(
        f"omniman.{name}",
        subject=f"order:{order.uuid}",
        payload={
            "order_uuid": str(order.uuid),
            "customer_uuid": record.text(order.customer_uuid),
            **facts,
        },
    )
