"""Duplicates by workers: shortly after a change, and the search of a whole shop by shards."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from celery import current_app, shared_task
from django.core.cache import cache
from django.db import OperationalError

from guestman.contrib.duplicates.conf import conf
from guestman.contrib.duplicates.errors import ScanInProgress, ScanLost
from guestman.contrib.duplicates.models import Scan
from guestman.contrib.duplicates.services import certain, marks, scans
from shopman import tenancy
from shopman.models import Tenant

logger = logging.getLogger(__name__)
#: Customers compared by one task; the rest is taken by the next one.
_LIMIT = 2000


@shared_task
def compare_changed() -> int:
    """Compare whoever changed in the tenant in use; returns how many customers."""
    return marks.compare_changed(limit=_LIMIT)["customers"]


@shared_task
def compare_changed_tenants() -> None:
    """Compare what earlier tasks left, of every tenant."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            marks.compare_changed(limit=_LIMIT)


@shared_task
def merge_certain_tenants() -> None:
    """Merge what is certain, of every tenant that wants it."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            certain.merge_certain()


@shared_task
def find_tenants() -> None:
    """Start the search of every active tenant."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            find_tenant.delay()


@shared_task
def find_tenant() -> None:
    """Start a search of the tenant in use, unless one is at work."""
    try:
        dispatch()
    except ScanInProgress:
        logger.warning("Duplicates of this tenant are being searched already")


@shared_task(
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def work_shard(scan_uuid: str, number: int) -> None:
    """Do one shard; whoever finishes the last one takes the search on. Bears being called twice."""
    claimed = scans.claim(UUID(scan_uuid), number)
    if claimed is None:
        return
    try:
        for _ in scans.work(claimed):
            pass
    except ScanLost:
        logger.warning("Shard %s of search %s was taken over", number, scan_uuid)
        return
    _go_on(claimed.scan)


@shared_task
def continue_scans() -> None:
    """Send out again the shards whose workers died, of every tenant."""
    for tenant in _tenants():
        with tenancy.use(tenant):
            scan = Scan.objects.running().first()
            if scan is not None:
                _send(scan, scans.revive(scan))
                _go_on(scan)


def dispatch() -> Scan:
    """Start a search whose shards are done by workers. Raises ScanInProgress."""
    scan = scans.start()
    _send(scan, scans.open_shards(scan))
    return scan


def request_comparison() -> None:
    """Have whoever is marked compared shortly: by a worker, or here and now without one.

    Many requests within ``COMPARE_DELAY_SECONDS`` make one task.
    """
    if current_app.conf.task_always_eager:
        marks.compare_changed(limit=_LIMIT)
        return
    delay = conf.COMPARE_DELAY_SECONDS
    # The mark is gone when the task starts, so a later request is never lost to an earlier task.
    if cache.add(f"guestman_duplicates:compare:{tenancy.current().pk}", 1, timeout=delay):
        compare_changed.apply_async(countdown=delay)


def _go_on(scan: Scan) -> None:
    phase = scans.reread(scan).phase
    scans.settle(scan.pk)
    if scans.reread(scan).phase != phase:
        _send(scan, scans.open_shards(scan))


def _send(scan: Scan, numbers: Iterable[int]) -> None:
    for number in numbers:
        work_shard.delay(str(scan.pk), number)


def _tenants() -> Iterable[Tenant]:
    return Tenant.objects.filter(is_active=True).order_by("slug")
