"""Imports by workers: one that was started in the admin goes on until it is done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from guestman.contrib.imports.models import ImportRun
from guestman.contrib.imports.services import uploads
from shopman.conf import conf

#: A worker does an import for this long at once; then others have their turn.
SECONDS = 20


def request(run: ImportRun) -> None:
    """Have a run gone on with by a worker, where there is one; otherwise its page does it."""
    if conf.JOB_WORKERS and run.status in uploads.WORKING:
        advance_import.delay(str(run.pk))


@shared_task(
    ignore_result=True,
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def advance_import(run_uuid: str) -> None:
    """Go on with an import of the tenant in use until it is done. Bears being called twice."""
    before = uploads.find(UUID(run_uuid))
    after = uploads.advance(before.pk, seconds=SECONDS)
    # Whoever did nothing met somebody who is at it.
    if after.status in uploads.WORKING and after.updated_at != before.updated_at:
        advance_import.delay(run_uuid)


@shared_task(ignore_result=True)
def purge_imports() -> int:
    """Delete old uploads and what left out rows said, of all tenants; how many. Idempotent."""
    return uploads.purge()
