"""Where one app's signal meets another app's receiver; nowhere else."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models.signals import post_migrate

from doorman.services import access
from guestman.signals import (
    contact_point_released,
    customer_deactivated,
    customers_merged,
    customers_unmerged,
)
from shopman import tasks
from shopman.conf import conf
from shopman.jobs.signals import job_started
from shopman.outbox import relay
from shopman.outbox.signals import recorded
from shopman.tenancy import registration

logger = logging.getLogger(__name__)

_relaying: ContextVar[bool] = ContextVar("config_relaying", default=False)
QUEUED = "config.relay_queued"
#: How long new events wait for company before a worker delivers them.
RELAY_AFTER_SECONDS = 1
#: Events delivered in process at once; the rest waits for the next commit or ``relay_outbox``.
IN_PROCESS_LIMIT = 100


def connect() -> None:
    """Connect the apps; called once when the project is ready."""
    recorded.connect(on_recorded, dispatch_uid="config.relay")
    job_started.connect(on_job_started, dispatch_uid="config.job")
    post_migrate.connect(on_post_migrate, dispatch_uid="config.default_tenant")
    customer_deactivated.connect(on_customer_deactivated, dispatch_uid="config.sessions_inactive")
    contact_point_released.connect(
        on_contact_point_released, dispatch_uid="config.sessions_contact"
    )
    customers_merged.connect(on_customers_merged, dispatch_uid="config.sessions_merged")
    customers_unmerged.connect(on_customers_unmerged, dispatch_uid="config.sessions_unmerged")


def on_customer_deactivated(customer_uuid: UUID, **kwargs: Any) -> None:
    """Tidy up at once; the outbox consumer does it again should this process die here."""
    access.end_all(customer_uuid=customer_uuid, reason="customer_inactive")


def on_contact_point_released(customer_uuid: UUID, **kwargs: Any) -> None:
    """Whoever was let in by a contact that is given up must sign in anew."""
    access.end_all(customer_uuid=customer_uuid, reason="contact_released")


def on_customers_merged(merged_uuid: UUID, **kwargs: Any) -> None:
    """Who was let in as the duplicate signs in anew, as the survivor."""
    access.end_all(customer_uuid=merged_uuid, reason="customer_merged")


def on_customers_unmerged(customer_uuid: UUID, **kwargs: Any) -> None:
    """Whoever was let in while two were one may be either of them: both sign in anew."""
    access.end_all(customer_uuid=customer_uuid, reason="customer_unmerged")


def on_job_started(job_uuid: UUID, **kwargs: Any) -> None:
    """A worker does it where there is one; otherwise the job's progress page."""
    if conf.JOB_WORKERS:
        tasks.advance_job.delay(str(job_uuid))


def on_recorded(**kwargs: Any) -> None:
    """Deliver new outbox events: by a worker where there is a broker, else here and now."""
    if settings.REDIS_URL:
        # One task takes up everything of its second: it starts when the mark is gone, so whatever
        # is recorded under the mark is committed before it looks.
        if cache.add(QUEUED, True, timeout=RELAY_AFTER_SECONDS):
            tasks.relay_outbox.apply_async(countdown=RELAY_AFTER_SECONDS)
    else:
        relay_in_process()


def relay_in_process() -> None:
    """Deliver what is due, after a commit, in the process that committed.

    Consumers write and commit too: a relay that runs already takes up what they record. Inside a
    transaction, as in tests, on_commit may come early: then nothing is delivered, because a
    delivery may not be rolled back.
    """
    if _relaying.get() or connection.in_atomic_block:
        return
    token = _relaying.set(True)
    try:
        relay.relay(limit=IN_PROCESS_LIMIT)
    except DatabaseError as error:
        logger.warning("The outbox waits for its next relay", exc_info=error)
    finally:
        _relaying.reset(token)


def on_post_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """The default tenant exists as soon as its table does."""
    facts = settings.SHOPMAN_DEFAULT_TENANT
    if sender.label == "shopman" and using == "default" and facts["slug"]:
        registration.ensure_default(
            slug=facts["slug"],
            name=facts.get("name") or facts["slug"].title(),
            currency=facts["currency"],
            time_zone=facts["time_zone"],
            region=facts["region"],
            locale=facts["locale"],
        )
