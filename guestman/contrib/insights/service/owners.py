"""Who holds a shard, and whether they are still there."""

from __future__ import annotations

import datetime as dt
import os
import socket

from guestman.contrib.insights.conf import conf
from guestman.contrib.insights.models import InsightShard
from shopman import clock


def me() -> str:
    """This process, as ``host:process id``."""
    return f"{socket.gethostname()}:{os.getpid()}"


def lease_until() -> dt.datetime:
    """When a lease taken now runs out."""
    return clock.now() + dt.timedelta(seconds=conf.LEASE_SECONDS)


def is_free(shard: InsightShard) -> bool:
    """This process may take it: it is nobody's, mine, or of a worker that is gone."""
    return not shard.owner or shard.owner == me() or not is_awaited(shard)


def is_awaited(shard: InsightShard) -> bool:
    """A worker that may be alive is on it, was a moment ago, or is about to be.

    A lease counts until it runs out, or until its process is seen to be gone from this host. Were
    that look mistaken, the fence would still keep the two workers apart.
    """
    return (
        shard.lease_until is not None
        and shard.lease_until > clock.now()
        and not _is_gone(shard.owner)
    )


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
