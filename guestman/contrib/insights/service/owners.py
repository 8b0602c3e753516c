"""Who holds a shard, and whether they are still there."""

from __future__ import annotations

import datetime as dt

from guestman.contrib.insights.conf import conf
from guestman.contrib.insights.models import InsightShard
from shopman import clock, leases

me = leases.me


def lease_until() -> dt.datetime:
    """When a lease taken now runs out."""
    return clock.now() + dt.timedelta(seconds=conf.LEASE_SECONDS)


def is_free(shard: InsightShard) -> bool:
    """This process may take it: it is nobody's, mine, or of a worker that is gone."""
    return leases.is_free(shard.owner, shard.lease_until)


def is_awaited(shard: InsightShard) -> bool:
    """A worker that may be alive is on it, was a moment ago, or is about to be."""
    return leases.is_awaited(shard.owner, shard.lease_until)
