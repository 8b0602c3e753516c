"""System checks of offerman."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Info, Tags, register
from django.db import connections

_EXISTS = "SELECT count(*) FROM pg_constraint WHERE conname = 'item_periods_exclude'"


def connect() -> None:
    """Register the checks; called when the app is ready."""
    register(overlap_constraint, Tags.database)


def overlap_constraint(
    app_configs: object, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """On PostgreSQL an exclusion constraint should back the services' locks."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            if "offerman_pricelistitem" not in connection.introspection.table_names(cursor):
                continue
            cursor.execute(_EXISTS)
            (count,) = cursor.fetchone()
        if not count:
            messages.append(
                Info(
                    f"Database {alias!r}: overlapping prices are refused by the services alone.",
                    hint="Install btree_gist, then run offerman's migration 0002 again.",
                    id="offerman.I001",
                )
            )
    return messages
