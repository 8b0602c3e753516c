"""Retention by workers, every night and for every tenant."""

from __future__ import annotations

import logging

from celery import shared_task

from guestman.contrib.privacy.service import ledger, retention
from shopman import tenancy
from shopman.models import Tenant

logger = logging.getLogger(__name__)


@shared_task
def retain_tenants() -> None:
    """Start the work of every active tenant."""
    for tenant in Tenant.objects.filter(is_active=True).order_by("slug"):
        with tenancy.use(tenant):
            retain.delay()


@shared_task
def retain() -> None:
    """Erase what was kept long enough, and complete the ledger. Idempotent."""
    ledger.write()
    counts = retention.retain()
    if counts:
        logger.info("Retention erased rows: %s", counts)
