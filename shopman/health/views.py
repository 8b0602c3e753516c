"""``/livez`` and ``/readyz``. They need no tenant and tell nothing about the inside."""

from __future__ import annotations

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopman.api.renderers import JSONResponse
from shopman.errors import FieldError, Unavailable
from shopman.keys import uuid7
from shopman.tasks import BrokerDown, reach_broker

logger = logging.getLogger(__name__)

#: Seconds to wait for the broker's answer.
BROKER_TIMEOUT_SECONDS = 2
#: What a part raises when it does not answer.
FAILURES = (DatabaseError, redis.RedisError, BrokerDown, OSError)


class PartMissing(Exception):
    """A part answers, but not as it must."""


class NotReady(Unavailable):
    """Not ready to serve."""

    code = "not_ready"


def check_database() -> None:
    """The database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations() -> None:
    """No migration waits. Raises PartMissing."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise PartMissing("There are migrations to run.")


def check_cache() -> None:
    """The cache gives back what it was given. Raises PartMissing."""
    value = str(uuid7())
    cache.set("readyz", value, 10)
    if cache.get("readyz") is None:
        raise PartMissing("The cache does not keep what it is given.")


def check_broker() -> None:
    """The broker answers, where the project has one. Raises BrokerDown."""
    if settings.REDIS_URL:
        reach_broker(timeout_seconds=BROKER_TIMEOUT_SECONDS)


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "broker": check_broker,
}


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process runs."""
    return JSONResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, cache and broker answer and no migration waits. Raises NotReady."""
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    if failed:
        raise NotReady(
            errors=[
                FieldError(field=name, code="unavailable", message="Not available.")
                for name in failed
            ]
        )
    return JSONResponse({"status": "ok", "checks": dict.fromkeys(CHECKS, "ok")})


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except (*FAILURES, PartMissing) as error:
        logger.warning("Not ready: %s", name, exc_info=error)
        return False
    return True
