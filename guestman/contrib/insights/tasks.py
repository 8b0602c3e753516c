"""Insights by workers: nightly for every tenant, shard by shard, and shortly after an order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from celery import current_app, shared_task
from django.core.cache import cache
from django.db import OperationalError

from guestman.contrib.insights.conf import conf
from guestman.contrib.insights.errors import RunInProgress, RunLost
from guestman.contrib.insights.models import InsightRun
from guestman.contrib.insights.service import refresh_stale as refresh_stale_insights
from guestman.contrib.insights.service import runs, shards, stale
from guestman.contrib.insights.service.moments import moment
from guestman.contrib.insights.service.runs import Next
from shopman import tenancy
from shopman.models import Tenant

logger = logging.getLogger(__name__)


@shared_task
def recalculate_tenants() -> None:
    """Start the nightly run of every active tenant."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            recalculate_tenant.delay()


@shared_task
def recalculate_tenant() -> None:
    """Start a run of the tenant in use, unless one is at work."""
    try:
        dispatch()
    except RunInProgress:
        logger.warning("The insights of this tenant are being recalculated already")


@shared_task(
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def work_shard(run_uuid: str, number: int) -> None:
    """Do one shard; whoever finishes the last one takes the run on. Bears being called twice."""
    claimed = shards.claim(UUID(run_uuid), number)
    if claimed is None:
        return
    try:
        for _ in shards.work(claimed):
            pass
    except RunLost:
        logger.warning("Shard %s of run %s was taken over", number, run_uuid)
        return
    _go_on(UUID(run_uuid))


@shared_task
def continue_runs() -> None:
    """Send out again the shards whose workers died, of every tenant."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            run = InsightRun.objects.running().first()
            if run is not None:
                _send(run, runs.revive(run))
                _go_on(run.pk)


@shared_task
def refresh_stale() -> int:
    """Refresh what is out of date in the tenant in use; returns how many customers."""
    return refresh_stale_insights()


@shared_task
def refresh_stale_tenants() -> None:
    """Refresh what earlier tasks left out of date, of every tenant."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            refresh_stale_insights()


def dispatch(
    *,
    as_of: str | None = None,
    policy: str | None = None,
    kind: InsightRun.Kind = InsightRun.Kind.FULL,
    batch_size: int = 5000,
) -> InsightRun:
    """Start a run whose shards are done by workers. Raises RunInProgress, UnknownPolicy."""
    run = runs.start(as_of=moment(as_of), policy_name=policy, kind=kind, batch_size=batch_size)
    _send(run, runs.open_shards(run))
    return run


def request_refresh(customers: Sequence[UUID]) -> None:
    """Have these stale customers refreshed shortly: by a worker, or here and now without one.

    Many requests within ``REFRESH_DELAY_SECONDS`` make one task, which refreshes all that is stale.
    """
    if current_app.conf.task_always_eager:
        stale.refresh(customers)
        return
    delay = conf.REFRESH_DELAY_SECONDS
    # The mark is gone when the task starts, so a later request is never lost to an earlier task.
    if cache.add(f"guestman_insights:refresh:{tenancy.current().pk}", 1, timeout=delay):
        refresh_stale.apply_async(countdown=delay)


def _go_on(run_uuid: UUID) -> None:
    if runs.settle(run_uuid) is Next.SCORE:
        run = InsightRun.objects.get(pk=run_uuid)
        _send(run, runs.open_shards(run))


def _send(run: InsightRun, numbers: Iterable[int]) -> None:
    for number in numbers:
        work_shard.delay(str(run.pk), number)


def _tenants() -> Iterable[Tenant]:
    return Tenant.objects.filter(is_active=True).order_by("slug")
