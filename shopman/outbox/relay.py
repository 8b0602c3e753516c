"""Delivery of outbox events: at least once, in order per subject, by any number of relays.

A relay leases a batch in one short transaction, delivers outside any transaction, then marks each
event delivered or due again later. An event is a candidate only while no earlier undelivered
event of its subject exists, so order holds across relays; a dead letter no longer blocks its
subject.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.module_loading import import_string

from shopman import clock, tenancy
from shopman.conf import conf
from shopman.models import OutboxEvent

logger = logging.getLogger(__name__)

Consumer = Callable[[OutboxEvent], None]

#: Seconds before the first retry; doubled each time up to an hour (business default).
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600


@dataclass(slots=True, kw_only=True)
class Delivery:
    """What one run of the relay did."""

    delivered_count: int = 0
    retried_count: int = 0
    dead_count: int = 0


def relay(*, batch_size: int = 100, limit: int | None = None) -> Delivery:
    """Deliver what is due, of all tenants, until nothing is left or ``limit`` events were tried."""
    result = Delivery()
    consumers = [import_string(path) for path in conf.OUTBOX_CONSUMERS]
    tried = 0
    while limit is None or tried < limit:
        batch = _lease(batch_size if limit is None else min(batch_size, limit - tried))
        if not batch:
            break
        tried += len(batch)
        for event in batch:
            _deliver(event, consumers, result)
    return result


def replay(*, keys: Collection[UUID] | None = None) -> int:
    """Give dead letters (all of them, or those named) a new set of attempts; returns how many."""
    dead = OutboxEvent.all_tenants.filter(dead_at__isnull=False)
    if keys is not None:
        dead = dead.filter(uuid__in=keys)
    return dead.update(dead_at=None, attempts=0, next_attempt_at=clock.now())


def purge(*, batch_size: int = 5000) -> int:
    """Delete events delivered ``SHOPMAN["OUTBOX_KEEP_DAYS"]`` ago, in batches; returns how many."""
    limit = clock.now() - dt.timedelta(days=conf.OUTBOX_KEEP_DAYS)
    old = OutboxEvent.all_tenants.filter(delivered_at__lt=limit)
    count = 0
    while keys := list(old.order_by("uuid").values_list("uuid", flat=True)[:batch_size]):
        count += OutboxEvent.all_tenants.filter(uuid__in=keys).delete()[0]
    return count


def _lease(size: int) -> Sequence[OutboxEvent]:
    now = clock.now()
    pending = OutboxEvent.all_tenants.filter(delivered_at__isnull=True, dead_at__isnull=True)
    earlier = pending.filter(
        tenant=OuterRef("tenant"), subject=OuterRef("subject"), uuid__lt=OuterRef("uuid")
    )
    with transaction.atomic():
        due = pending.filter(~Exists(earlier), next_attempt_at__lte=now).order_by("uuid")
        keys = list(
            due.select_for_update(skip_locked=True, of=("self",)).values_list("uuid", flat=True)[
                :size
            ]
        )
        OutboxEvent.all_tenants.filter(uuid__in=keys).update(
            next_attempt_at=now + dt.timedelta(seconds=conf.OUTBOX_LEASE_SECONDS),
            attempts=F("attempts") + 1,
        )
    return list(
        OutboxEvent.all_tenants.filter(uuid__in=keys).select_related("tenant").order_by("uuid")
    )


def _deliver(event: OutboxEvent, consumers: Sequence[Consumer], result: Delivery) -> None:
    # The attempt number tells this lease from a later one, should this relay have been slow.
    row = OutboxEvent.all_tenants.filter(uuid=event.uuid, attempts=event.attempts)
    try:
        with tenancy.use(event.tenant):
            for consume in consumers:
                consume(event)
    # Whatever a consumer raises, the event is kept and the others are still delivered.
    except Exception as error:
        logger.warning("Outbox event %s was not delivered", event.uuid, exc_info=error)
        now, name = clock.now(), type(error).__qualname__
        if event.attempts >= conf.OUTBOX_MAX_ATTEMPTS:
            row.update(dead_at=now, last_error=name)
            result.dead_count += 1
        else:
            row.update(next_attempt_at=now + _back_off(event.attempts), last_error=name)
            result.retried_count += 1
    else:
        row.update(delivered_at=clock.now(), last_error="")
        result.delivered_count += 1


def _back_off(attempts: int) -> dt.timedelta:
    seconds = min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LONGEST_RETRY_SECONDS)
    return dt.timedelta(seconds=seconds)
