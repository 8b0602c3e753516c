"""Orders of erased people: what names them goes, but for what is held for a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import F, QuerySet

from omniman.conf import conf
from omniman.models import Order, OrderEvent, OrderRedaction
from omniman.rules import redaction
from omniman.rules.redaction import Held
from omniman.rules.snapshot import Facts
from omniman.rules.status import UNDER_WAY
from omniman.services import record
from shopman import clock, permits, tenancy
from shopman.canonical import digest
from shopman.models import AuditEntry, Tenant
from shopman.personal import batches

#: Orders whose wide rows are in memory at once.
BATCH_SIZE = 500


def redact(orders: QuerySet[Order], *, reason: str, at: dt.datetime, entry: AuditEntry) -> int:
    """Take the person out of these orders; returns how many changed. In the caller's transaction.

    Amounts stay. Where an order names a document, ``OMNIMAN["ORDER_HOLD_FIELDS"]`` stay until the
    end of ``ORDER_HOLD_YEARS``; where it is under way, ``ORDER_DELIVERY_FIELDS`` until it is
    delivered or cancelled, or ``ORDER_DELIVERY_DAYS`` are over. ``entry`` is the audit entry of the
    erasure.
    """
    count = 0
    for keys in batches(orders, BATCH_SIZE):
        rows = list(Order.objects.filter(pk__in=keys).order_by("pk"))
        count += _write([(row, *_redacted(row, at)) for row in rows], reason, at)
        _empty_events(keys, entry)
    return count


def purge_held() -> int:
    """Take out what was held long enough, of all tenants; returns how many orders. Idempotent."""
    count, now = 0, clock.now()
    for tenant in Tenant.objects.order_by("slug"):
        with tenancy.use(tenant):
            count += release_held(today=now.date(), at=now)
    return count


def release_held(*, today: dt.date, at: dt.datetime) -> int:
    """Take out what was held until before today, of the tenant in use; returns how many orders."""
    over = OrderRedaction.objects.filter(
        held_until__lt=today, new_digest=F("order__data_digest")
    ).values("order")
    count = 0
    for keys in batches(Order.objects.filter(pk__in=over), BATCH_SIZE):
        with transaction.atomic():
            rows = list(Order.objects.filter(pk__in=keys).order_by("pk"))
            facts = [(row, *_redacted(row, at)) for row in rows]
            count += _write(facts, "the time of what was held is over", at)
    return count


def settle(order: Order, *, at: dt.datetime) -> None:
    """Take out what an erasure left to deliver an order that is under way no more.

    In the caller's transaction, which holds the row's lock.
    """
    is_under_way = order.status in UNDER_WAY
    if not is_under_way and redaction.is_held_to_deliver(order.data):
        _write([(order, *_redacted(order, at))], "the order is no longer under way", at)


def held_by_law(data: Facts, placed_at: dt.datetime, today: dt.date) -> Held | None:
    """What the law has an order keep of an erased person today."""
    until = redaction.held_until(data, placed_at, conf.ORDER_HOLD_YEARS)
    if until is None or until < today or not conf.ORDER_HOLD_FIELDS:
        return None
    return Held(paths=conf.ORDER_HOLD_FIELDS, until=until, ground=conf.ORDER_HOLD_GROUND)


def held_to_deliver(
    status: str, placed_at: dt.datetime, today: dt.date, *, kind: str
) -> Held | None:
    """What an order under way keeps of an erased person today."""
    until = redaction.needed_until(status, placed_at, conf.ORDER_DELIVERY_DAYS, kind=kind)
    if until is None or until < today or not conf.ORDER_DELIVERY_FIELDS:
        return None
    return Held(paths=conf.ORDER_DELIVERY_FIELDS, until=until)


def _redacted(row: Order, at: dt.datetime) -> tuple[Facts, dt.date | None]:
    today = at.date()
    facts = redaction.redacted(
        row.data,
        at=at,
        law=held_by_law(row.data, row.placed_at, today),
        under_way=held_to_deliver(row.status, row.placed_at, today, kind=row.kind),
    )
    return facts, redaction.next_release(facts)


def _write(
    found: Sequence[tuple[Order, Facts, dt.date | None]], reason: str, at: dt.datetime
) -> int:
    changed, leaves = [], []
    by = record.who(None)
    for row, facts, until in found:
        new = digest(facts)
        if new == row.data_digest:
            continue
        leaves.append(
            OrderRedaction(
                order=row,
                old_digest=row.data_digest,
                new_digest=new,
                reason=reason,
                held_until=until,
                at=at,
                **by,
            )
        )
        row.data, row.data_digest, row.customer_code = facts, new, None
        changed.append(row)
    OrderRedaction.objects.bulk_create(leaves)
    # Not the model's own QuerySet, which refuses; the triggers ask for the leave.
    rows: Any = models.QuerySet(Order)
    rows.bulk_update(changed, ["data", "data_digest", "customer_code"], batch_size=BATCH_SIZE)
    return len(changed)


def _empty_events(orders: Sequence[Any], entry: AuditEntry) -> None:
    """Notes and reasons are free text about the person; who of the staff acted stays."""
    changed = []
    for row in OrderEvent.objects.filter(order__in=orders).order_by("pk"):
        label = "" if row.actor_kind == "customer" else row.actor_label
        if (row.reason, row.actor_label) != ("", label):
            row.reason, row.actor_label = "", label
            changed.append(row)
    permits.rewrite(changed, columns=("reason", "actor_label"), entry=entry)
