"""What omniman's workers do."""

from __future__ import annotations

from celery import shared_task

from omniman.services import cart, order_import_rejects, redaction


@shared_task(ignore_result=True)
def purge_carts() -> int:
    """Delete expired carts of all tenants, and what guests left in them; how many. Idempotent."""
    return cart.purge_expired()


@shared_task(ignore_result=True)
def purge_import_rejects() -> int:
    """Delete rejected rows of old imports of all tenants; how many. Idempotent."""
    return order_import_rejects.purge()


@shared_task(ignore_result=True)
def release_held() -> int:
    """Take what was held of erased people long enough out of orders; how many. Idempotent."""
    return redaction.purge_held()
