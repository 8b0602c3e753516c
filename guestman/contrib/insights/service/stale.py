"""Customers whose orders changed: mark them, refresh them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from guestman.contrib.insights.models import CustomerInsight, InsightRun
from guestman.contrib.insights.rules.numbers import Numbers, Reading
from guestman.contrib.insights.service import policy, storage
from guestman.contrib.insights.service.calculation import Tally, calculate
from guestman.models import Customer
from guestman.services.ports import order_history
from shopman import clock, tenancy
from shopman.batches import batched

_BATCH = 1000
_NAMES = ("customer", *Numbers._fields, "as_of", "calculated_at", "is_stale")


def mark_stale(customer_uuids: Iterable[UUID | str]) -> list[UUID]:
    """Remember that these customers' orders changed; returns those that are now out of date.

    Merged customers stand for their survivor, unknown ones are left out. A customer without a row
    gets one that is out of date from the start.
    """
    keys = sorted({UUID(str(key)) for key in customer_uuids})
    marked: list[UUID] = []
    for batch in batched(keys, _BATCH):
        with transaction.atomic():
            marked += _mark(batch)
    return marked


def mark_changed() -> int:
    """Mark every customer whose orders changed since the last run began, as the history tells."""
    since = (
        InsightRun.objects.completed()
        .order_by("-started_at")
        .values_list("started_at", flat=True)
        .first()
    )
    if since is None:
        return 0
    changed = order_history.get().changed_customers(since=since)
    return sum(len(mark_stale(batch)) for batch in batched(changed, _BATCH))


def refresh(customers: Sequence[UUID]) -> Tally:
    """Bring these customers of the tenant (survivors) up to now, with the frozen parameters."""
    with transaction.atomic():
        return calculate(customers, reading())


def refresh_stale(*, batch_size: int = _BATCH) -> int:
    """Refresh every customer that is out of date; returns how many there were."""
    count, last = 0, None
    while True:
        found = CustomerInsight.objects.stale()
        if last is not None:
            found = found.filter(customer_id__gt=last)
        customers = list(
            found.order_by("customer_id").values_list("customer_id", flat=True)[:batch_size]
        )
        if not customers:
            return count
        refresh(customers)
        count, last = count + len(customers), customers[-1]


def reading() -> Reading:
    """How single customers are read now."""
    tenant = tenancy.current()
    return Reading(
        parameters=policy.frozen(),
        currency=tenant.default_currency,
        as_of=clock.now(),
        time_zone=tenant.zone,
    )


def _mark(keys: Sequence[UUID]) -> list[UUID]:
    survivors = sorted(
        set(
            Customer.objects.filter(uuid__among=keys).values_list(
                Coalesce("merged_into_id", "uuid"), flat=True
            )
        )
    )
    if not survivors:
        return []
    now_reading = reading()
    # Without a version: these numbers were not read from orders.
    unknown = now_reading.numbers(None)._replace(policy_version="")
    now = now_reading.as_of
    storage.upsert(
        CustomerInsight,
        _NAMES,
        ((customer, *unknown, now, now, True) for customer in survivors),
        unique=("customer",),
        update=("is_stale",),
    )
    return survivors
