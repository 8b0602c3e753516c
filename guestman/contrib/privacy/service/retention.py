"""What was kept long enough is erased, whoever it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from shopman import audit, clock, permits, subjects, tenancy
from shopman.conf import conf
from shopman.personal import Expiry, Personal

BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long one kind of rows is kept. ``days`` 0: for good."""

    key: str
    days: int
    ground: str


def rules() -> list[Rule]:
    """The rules in force, by key."""
    return [
        Rule(key=each.key, days=_days(each, each.expiry), ground=each.expiry.ground)
        for each in sorted(subjects.personal(), key=lambda each: each.key)
        if each.expiry
    ]


def retain() -> dict[str, int]:
    """Erase what is older than its rule, of the tenant in use; how many rows of each kind.

    In batches, each in a transaction. May run at any time and again.
    """
    counts = {}
    for each in subjects.personal():
        if each.expiry and (days := _days(each, each.expiry)):
            count = sum(_batches(each.key, each.expiry, clock.now() - dt.timedelta(days=days)))
            if count:
                counts[each.key] = count
    return counts


def _batches(key: str, expiry: Expiry, before: dt.datetime) -> Iterator[int]:
    after = None
    while True:
        with transaction.atomic():
            rows = expiry.older(before).order_by("pk")
            if after is not None:
                rows = rows.filter(pk__gt=after)
            keys = list(rows.values_list("pk", flat=True)[:BATCH_SIZE])
            if not keys:
                return
            after = keys[-1]
            entry = audit.record(
                subject=f"tenant:{tenancy.current().pk}",
                action=permits.ACTION,
                after={"retention": key},
            )
            yield expiry.erase(rows.model.objects.filter(pk__in=keys), entry)


def _days(each: Personal, expiry: Expiry) -> int:
    return conf.RETENTION_DAYS.get(each.key, expiry.days)
