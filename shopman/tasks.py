"""Celery conventions: a task runs inside the tenant, and for the request, that sent it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import UUID

from celery import Task, current_app, shared_task
from django.db import OperationalError
from kombu.exceptions import KombuError

from shopman import actor, jobs, memory, tenancy
from shopman.api import idempotency
from shopman.models import Tenant
from shopman.outbox import relay

TENANT_HEADER = "shopman_tenant"
REQUEST_HEADER = "shopman_request_id"
#: A worker does a job for this long at once; then others have their turn.
JOB_SECONDS = 20
#: An open job that nobody touched for this long has lost its worker.
JOB_LOST_SECONDS = 120


class BrokerDown(Exception):
    """The broker does not answer."""


def reach_broker(*, timeout_seconds: int) -> None:
    """Connect to the broker once. Raises BrokerDown."""
    try:
        with current_app.connection_for_write(connect_timeout=timeout_seconds) as broker:
            broker.ensure_connection(max_retries=1, timeout=timeout_seconds)
    except (KombuError, OSError) as error:
        raise BrokerDown from error


class TenantTask(Task[Any, Any]):
    """Carries the sender's tenant and request id in headers and restores them around the run."""

    abstract = True

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", None) or {})
        tenant = tenancy.current_or_none()
        if tenant is not None:
            headers.setdefault(TENANT_HEADER, tenant.slug)
        headers.setdefault(REQUEST_HEADER, actor.request_id())
        return super().apply_async(*args, headers=headers, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        slug = self._header(TENANT_HEADER)
        who = actor.Actor(kind="task", id=str(self.request.id or ""), label=self.name)
        with ExitStack() as stack:
            stack.enter_context(memory.remembering())
            if slug:
                stack.enter_context(tenancy.use(slug))
            stack.enter_context(actor.use(who, request_id=self._header(REQUEST_HEADER)))
            return super().__call__(*args, **kwargs)

    def _header(self, name: str) -> str:
        found = getattr(self.request, name, None)
        if found is None:
            found = (self.request.headers or {}).get(name)
        return found or ""


@shared_task(ignore_result=True)
def relay_outbox() -> int:
    """Deliver what is due; returns the number of delivered events."""
    return relay.relay().delivered_count


@shared_task(ignore_result=True)
def purge_expired() -> None:
    """Delete what is past its time: idempotency records, outbox events, jobs and their files."""
    idempotency.purge()
    relay.purge()
    jobs.purge()


@shared_task(
    ignore_result=True,
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def advance_job(job_uuid: str) -> None:
    """Go on with a job of the tenant in use until it is done. Bears being called twice."""
    before = jobs.find(UUID(job_uuid))
    after = jobs.advance(before.uuid, seconds=JOB_SECONDS)
    # Whoever did nothing met somebody who is at it.
    if after.is_open and after.touched_at != before.touched_at:
        advance_job.delay(job_uuid)


@shared_task(ignore_result=True)
def continue_jobs() -> None:
    """Send out again the jobs whose workers are gone, of every tenant."""
    for tenant in Tenant.objects.filter(is_active=True).order_by("slug"):
        with tenancy.use(tenant):
            for key in jobs.lost(quiet_seconds=JOB_LOST_SECONDS):
                advance_job.delay(str(key))
