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


def is_fresh(shard: InsightShard) -> bool:
    """Nobody has claimed it yet, but its run was started a moment ago."""
    return not shard.is_done and not shard.owner and _is_running(shard)


def is_held(shard: InsightShard) -> bool:
    """A worker that may be alive is on it, or was a moment ago.

    A lease counts until it runs out, or until its process is seen to be gone from this host. Were
    that look mistaken, the fence would still keep the two apart.
    """
    return bool(shard.owner) and _is_running(shard) and not _is_gone(shard.owner)


def _is_running(shard: InsightShard) -> bool:
    return shard.lease_until is not None and shard.lease_until > clock.now()


def _is_gone(owner: str) -> bool:
    host, _, number = owner.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
