"""The work of a run, one key range at a time, one batch per transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from guestman.contrib.insights.errors import RunLost
from guestman.contrib.insights.models import InsightRun, InsightShard
from guestman.contrib.insights.rules.numbers import Reading
from guestman.contrib.insights.rules.parameters import Parameters
from guestman.contrib.insights.service import owners, runs
from guestman.contrib.insights.service.calculation import Tally, calculate, measure
from guestman.contrib.insights.service.runs import Next
from shopman import tenancy

#: Seconds between two looks at shards that other workers hold.
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on a shard until somebody takes it over."""

    run: InsightRun
    shard_uuid: UUID
    fence: int
    reading: Reading


def claim(run_uuid: UUID, number: int) -> Claim | None:
    """Take a shard; None when it is done, its run is over, or another worker is on it."""
    with transaction.atomic():
        shard = (
            InsightShard.objects.select_for_update(of=("self",))
            .select_related("run")
            .get(run=run_uuid, number=number)
        )
        run = shard.run
        if run.status != InsightRun.Status.RUNNING or shard.is_done or not owners.is_free(shard):
            return None
        fence = shard.fence + 1
        InsightShard.objects.filter(pk=shard.pk).update(
            fence=fence, owner=owners.me(), lease_until=owners.lease_until()
        )
    tenant = tenancy.current()
    reading = Reading(
        parameters=Parameters.from_json(run.parameters),
        currency=tenant.default_currency,
        as_of=run.as_of,
        time_zone=tenant.zone,
    )
    return Claim(run=run, shard_uuid=shard.pk, fence=fence, reading=reading)


def work(claimed: Claim) -> Iterator[int]:
    """Do a shard; yields the number of customers after each batch. Raises RunLost."""
    done = claimed.run.batch_size
    while done == claimed.run.batch_size:
        done = _batch(claimed)
        if done:
            yield done


def advance(run: InsightRun) -> Iterator[int]:
    """Do a whole run here; yields the number of customers after each batch, in every phase.

    Shards that other workers hold are waited for. When this stops half-way, whatever the reason,
    the run can be taken over at once.
    """
    try:
        while True:
            for number in runs.open_shards(run):
                claimed = claim(run.pk, number)
                if claimed is not None:
                    yield from work(claimed)
            outcome = runs.settle(run.pk, owner=owners.me())
            if outcome is Next.NOTHING:
                return
            if outcome is Next.WAIT and not runs.open_shards(run):
                time.sleep(POLL_SECONDS)
    finally:
        InsightShard.objects.filter(run=run, owner=owners.me()).update(lease_until=None)


def _batch(claimed: Claim) -> int:
    run = claimed.run
    with transaction.atomic():
        shard = InsightShard.objects.select_for_update().get(pk=claimed.shard_uuid)
        if shard.fence != claimed.fence:
            raise RunLost
        customers = _next_customers(run, shard)
        tally = Tally()
        tally.add(shard.counts)
        if customers:
            tally.add(_calculated(claimed, customers).as_json())
        InsightShard.objects.filter(pk=shard.pk).update(
            cursor=customers[-1] if customers else shard.cursor,
            is_done=len(customers) < run.batch_size,
            counts=tally.as_json() if run.phase == InsightRun.Phase.SCORE else {},
            lease_until=owners.lease_until(),
        )
    return len(customers)


def _next_customers(run: InsightRun, shard: InsightShard) -> list[UUID]:
    customers = runs.population(run)
    after = shard.cursor or shard.after_key
    if after is not None:
        customers = customers.filter(uuid__gt=after)
    if shard.upto_key is not None:
        customers = customers.filter(uuid__lte=shard.upto_key)
    return list(customers.order_by("uuid").values_list("uuid", flat=True)[: run.batch_size])


def _calculated(claimed: Claim, customers: list[UUID]) -> Tally:
    run = claimed.run
    if run.phase == InsightRun.Phase.MEASURE:
        return measure(customers, claimed.reading, run_uuid=run.pk)
    return calculate(customers, claimed.reading, began_at=run.started_at)
