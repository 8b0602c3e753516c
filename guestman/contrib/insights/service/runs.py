"""The life of a recalculation: start it, take it over when it died, close it.

A run is cut into shards, key ranges that any worker can do alone (``shards``). Quintiles need two
phases: measure everybody, then score against the breakpoints found; thresholds only score. All
progress is in the database, written in the transaction of the work it speaks of, so a run that is
killed anywhere goes on from its last batch.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from enum import Enum
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from guestman.contrib.insights.conf import conf
from guestman.contrib.insights.errors import RunInProgress
from guestman.contrib.insights.models import (
    CustomerInsight,
    InsightMeasure,
    InsightRun,
    InsightShard,
)
from guestman.contrib.insights.rules.parameters import QUINTILES, Breakpoints, Parameters
from guestman.contrib.insights.rules.scores import FEWEST_FOR_QUINTILES, ranks
from guestman.contrib.insights.service import owners, policy, stale
from guestman.contrib.insights.service.calculation import Tally
from guestman.models import Customer, CustomerQuerySet
from shopman import clock

#: JSON documents and key lists of a batch stay well inside what both databases take.
LARGEST_BATCH = 20_000


class Next(Enum):
    """What is left to do when a shard is finished."""

    WAIT = "wait"
    SCORE = "score"
    NOTHING = "nothing"


def start(
    *,
    as_of: dt.datetime,
    policy_name: str | None = None,
    kind: InsightRun.Kind = InsightRun.Kind.FULL,
    batch_size: int = 5000,
    owner: str = "",
) -> InsightRun:
    """A new run with its shards. An earlier one whose workers are dead is abandoned.

    ``owner`` is the process that will do the shards itself; empty leaves them to any worker.
    Raises RunInProgress while another one is at work, UnknownPolicy.
    """
    if kind == InsightRun.Kind.STALE:
        stale.mark_changed()
    parameters = (
        policy.frozen(policy_name)
        if kind == InsightRun.Kind.STALE
        else policy.parameters(policy_name)
    )
    measures = kind == InsightRun.Kind.FULL and parameters.policy == QUINTILES
    try:
        with transaction.atomic():
            _abandon_dead()
            run = InsightRun.objects.create(
                kind=kind,
                status=InsightRun.Status.RUNNING,
                phase=InsightRun.Phase.MEASURE if measures else InsightRun.Phase.SCORE,
                policy=parameters.policy,
                policy_version="" if measures else parameters.version,
                parameters=parameters.as_json(),
                breakpoints=_shown(parameters.breakpoints),
                as_of=as_of,
                batch_size=max(1, min(batch_size, LARGEST_BATCH)),
                started_at=clock.now(),
            )
            _cut(run, owner)
    except IntegrityError as error:
        raise RunInProgress from error
    return run


def resumable() -> InsightRun | None:
    """The unfinished run, if its workers are dead. Raises RunInProgress when they are alive."""
    run = InsightRun.objects.running().first()
    if run is not None and _is_alive(run):
        raise RunInProgress
    return run


def open_shards(run: InsightRun) -> list[int]:
    """Numbers of the shards that nobody is working on and that are not done."""
    shards = InsightShard.objects.filter(run=run, is_done=False).order_by("number")
    return [shard.number for shard in shards if owners.is_free(shard)]


def revive(run: InsightRun) -> list[int]:
    """Numbers of the shards whose workers are gone, with a new lease for those who take them."""
    lost = [
        shard.number
        for shard in InsightShard.objects.filter(run=run, is_done=False).order_by("number")
        if not owners.is_awaited(shard)
    ]
    InsightShard.objects.filter(run=run, number__in=lost, is_done=False).update(
        owner="", lease_until=owners.lease_until()
    )
    return lost


def population(run: InsightRun) -> CustomerQuerySet:
    """The customers a run is about."""
    customers: CustomerQuerySet = Customer.objects.survivors()
    if run.kind == InsightRun.Kind.STALE:
        customers = customers.filter(Q(insight__isnull=True) | Q(insight__is_stale=True))
    return customers


def settle(run_uuid: UUID, *, owner: str = "") -> Next:
    """Take a run on when the last shard of its phase is done; safe to call at any time.

    ``owner`` as in ``start``, for the shards of the next phase.
    """
    with transaction.atomic():
        run = InsightRun.objects.select_for_update().get(pk=run_uuid)
        if run.status != InsightRun.Status.RUNNING:
            return Next.NOTHING
        if InsightShard.objects.filter(run=run, is_done=False).exists():
            return Next.WAIT
        if run.phase == InsightRun.Phase.MEASURE:
            _begin_scoring(run, owner)
            return Next.SCORE
        _close(run)
        return Next.NOTHING


def _abandon_dead() -> None:
    run = InsightRun.objects.running().select_for_update().first()
    if run is None:
        return
    if _is_alive(run):
        raise RunInProgress
    # A worker believed dead that is not finds its fence gone and writes nothing more.
    InsightShard.objects.filter(run=run).update(fence=F("fence") + 1, owner="", lease_until=None)
    InsightMeasure.objects.filter(run=run).delete()
    InsightRun.objects.filter(pk=run.pk).update(
        status=InsightRun.Status.ABANDONED, finished_at=clock.now()
    )


def _is_alive(run: InsightRun) -> bool:
    return any(map(owners.is_awaited, InsightShard.objects.filter(run=run)))


def _cut(run: InsightRun, owner: str) -> None:
    """Key ranges of about equal numbers of customers; the last one is open to newcomers."""
    customers = population(run).order_by("uuid").values_list("uuid", flat=True)
    edges: list[UUID | None] = [None]
    while True:
        rest = customers.filter(uuid__gt=edges[-1]) if edges[-1] else customers
        edge = rest[conf.SHARD_SIZE - 1 : conf.SHARD_SIZE].first()
        if edge is None:
            break
        edges.append(edge)
    edges.append(None)
    lease_until = owners.lease_until()
    InsightShard.objects.bulk_create(
        InsightShard(
            run=run,
            number=number,
            after_key=after,
            upto_key=upto,
            owner=owner,
            lease_until=lease_until,
        )
        for number, (after, upto) in enumerate(pairwise(edges))
    )
    run.customer_count = customers.count()
    InsightRun.objects.filter(pk=run.pk).update(customer_count=run.customer_count)


def _begin_scoring(run: InsightRun, owner: str) -> None:
    found = _breakpoints(run)
    parameters = replace(Parameters.from_json(run.parameters), breakpoints=found)
    InsightRun.objects.filter(pk=run.pk).update(
        phase=InsightRun.Phase.SCORE,
        parameters=parameters.as_json(),
        policy_version=parameters.version,
        breakpoints=_shown(found),
    )
    InsightShard.objects.filter(run=run).update(
        is_done=False, cursor=None, counts={}, owner=owner, lease_until=owners.lease_until()
    )
    InsightMeasure.objects.filter(run=run).delete()


def _breakpoints(run: InsightRun) -> Breakpoints:
    measures = InsightMeasure.objects.filter(run=run)
    count = measures.count()
    if count < FEWEST_FOR_QUINTILES:
        return Breakpoints(customer_count=count)
    bounds: dict[str, tuple[int, ...]] = {}
    # Worst first: most days, fewest orders, least spend.
    for name, order in (
        ("recency", "-recency"),
        ("frequency", "frequency"),
        ("monetary", "monetary"),
    ):
        values = measures.order_by(order).values_list(name, flat=True)
        all_equal = values.first() == values.last()
        bounds[name] = () if all_equal else tuple(values[place] for place in ranks(count))
    return Breakpoints(customer_count=count, **bounds)


def _shown(found: Breakpoints | None) -> dict[str, Any]:
    return {} if found is None else asdict(found)


def _close(run: InsightRun) -> None:
    # Orders of a merged customer count for the survivor; its own numbers would be seen twice.
    CustomerInsight.objects.filter(customer__merged_into__isnull=False).delete()
    tally = Tally()
    for counts in InsightShard.objects.filter(run=run).values_list("counts", flat=True):
        tally.add(counts)
    InsightRun.objects.filter(pk=run.pk).update(
        status=InsightRun.Status.COMPLETED,
        counts=tally.as_json(),
        customer_count=tally.customers,
        finished_at=clock.now(),
    )


def reread(run: InsightRun) -> InsightRun:
    """The run as the database has it now."""
    return InsightRun.objects.get(pk=run.pk)
