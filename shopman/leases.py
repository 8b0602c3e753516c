"""Who holds a piece of long work, and whether they are still there."""

from __future__ import annotations

import datetime as dt
import os
import socket

from shopman import clock


def me() -> str:
    """This process, as ``host:process id``."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_awaited(owner: str, lease_until: dt.datetime | None) -> bool:
    """A worker that may be alive is on it, was a moment ago, or is about to be.

    A lease counts until it runs out, or until its process is seen to be gone from this host. Were
    that look mistaken, a fence must still keep the two workers apart.
    """
    return lease_until is not None and lease_until > clock.now() and not _is_gone(owner)


def is_free(owner: str, lease_until: dt.datetime | None) -> bool:
    """This process may take it: it is nobody's, mine, or of a worker that is gone."""
    return not owner or owner == me() or not is_awaited(owner, lease_until)


def _is_gone(owner: str) -> bool:
    host, _, number = owner.rpartition(":")
    if not owner or host != socket.gethostname():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
