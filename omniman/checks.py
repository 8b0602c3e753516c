"""System checks of omniman."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from omniman import triggers
from omniman.conf import conf
from omniman.rules.status import Status


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(orders_are_protected, Tags.database)
    register(statuses_are_known)


def statuses_are_known(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """``OMNIMAN["REVENUE_STATUSES"]`` names statuses that orders can have."""
    return [
        Error(
            f'OMNIMAN["REVENUE_STATUSES"] names {name!r}, which no order can have.',
            hint=f"Known: {', '.join(Status)}.",
            id="omniman.E002",
        )
        for name in conf.REVENUE_STATUSES
        if name not in set(Status)
    ]


def orders_are_protected(
    app_configs: object, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The triggers that keep orders as they were written are in place and enabled."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        missing = triggers.guard.missing(connections[alias])
        if missing:
            messages.append(
                Error(
                    f"Database {alias!r} lacks triggers that protect orders: {', '.join(missing)}.",
                    hint="Run manage.py migrate --skip-checks, which puts them back.",
                    id="omniman.E001",
                )
            )
    return messages
