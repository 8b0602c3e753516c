"""What this project does otherwise than Django with its database connections.

They are tried before use only when they lay idle for a while.

Django tries a kept connection at the start of every request that uses it, which is a query more for
each. A connection that answered a moment ago is not tried again; one that a restarted server closed
meanwhile is noticed once it lay idle, as it does on a quiet worker.

Moments are read by ``fromisoformat``, several times faster than Django's loader, which cost a list
of fifty customers more than its query.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader

#: Seconds without a request after which a connection is tried before it is used.
IDLE_SECONDS = 5.0

_thread = threading.local()


class UTCLoader(TimestamptzLoader):
    """PostgreSQL's moments, for a connection whose time zone is UTC."""

    #: Django looks here whether its cursors need another one.
    timezone = dt.UTC

    def load(self, data: Buffer) -> dt.datetime:
        """An aware datetime in UTC. Raises psycopg.DataError for one that Python cannot hold."""
        try:
            return dt.datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


def connect() -> None:
    """Connect the receivers; after Django's own, which forgets the last trial at each request."""
    request_started.connect(on_request_started, dispatch_uid="config.connections")
    request_finished.connect(on_request_finished, dispatch_uid="config.connections")
    connection_created.connect(on_connection_created, dispatch_uid="config.connections")


def on_request_started(**kwargs: Any) -> None:
    """Trust a connection that answered a moment ago."""
    used_at = getattr(_thread, "used_at", None)
    if used_at is not None and time.monotonic() - used_at < IDLE_SECONDS:
        setattr(connection, "health_check_done", True)  # noqa: B010  # the stubs lack it


def on_request_finished(**kwargs: Any) -> None:
    """Remember when the connection last answered; nothing of one that failed."""
    if connection.connection is not None and not connection.errors_occurred:
        _thread.used_at = time.monotonic()
    else:
        _thread.used_at = None


def on_connection_created(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Read this connection's moments fast, where Django too reads them as UTC."""
    if connection.vendor == "postgresql" and connection.timezone is dt.UTC:
        connection.connection.adapters.register_loader("timestamptz", UTCLoader)
