"""Database connections are tried before use only when they lay idle for a while.

Django tries a kept connection at the start of every request that uses it, which is a query more for
each. A connection that answered a moment ago is not tried again; one that a restarted server closed
meanwhile is noticed once it lay idle, as it does on a quiet worker.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connection

#: Seconds without a request after which a connection is tried before it is used.
IDLE_SECONDS = 5.0

_thread = threading.local()


def connect() -> None:
    """Connect the receivers; after Django's own, which forgets the last trial at each request."""
    request_started.connect(on_request_started, dispatch_uid="config.connections")
    request_finished.connect(on_request_finished, dispatch_uid="config.connections")


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
