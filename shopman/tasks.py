"""Celery conventions: a task runs inside the tenant, and for the request, that sent it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from celery import Task, current_app, shared_task
from kombu.exceptions import KombuError

from shopman import actor, tenancy
from shopman.api import idempotency
from shopman.outbox import relay

TENANT_HEADER = "shopman_tenant"
REQUEST_HEADER = "shopman_request_id"


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
    """Delete expired idempotency records and long delivered outbox events."""
    idempotency.purge()
    relay.purge()
