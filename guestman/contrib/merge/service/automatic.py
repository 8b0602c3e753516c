"""Merges that nobody agreed to one by one: where a shop wants them, a few a day, undone together.

What is made on one day of the shop is a batch. When staff take one of them back, no more are made
on that day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from guestman.contrib.merge.conf import conf
from guestman.contrib.merge.models import Merge
from guestman.contrib.merge.service import choosing
from guestman.contrib.merge.service.execution import acting, write
from guestman.contrib.merge.service.preview import foresee
from guestman.contrib.merge.service.separation import unmerge
from guestman.models import Customer
from guestman.rules.sameness import objections
from guestman.services import locks, traits
from guestman.services.writing import writing
from shopman import actor, clock, tenancy
from shopman.actor import Actor
from shopman.errors import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """How many merges of a day were taken back, and how many could not be."""

    back: int
    left: int


def room() -> int:
    """How many more may be made today in the tenant in use; 0 where the shop wants none."""
    if tenancy.current().slug not in conf.AUTOMATIC_IN:
        return 0
    made = Merge.objects.automatic_of(_today())
    if made.filter(undo__isnull=False).exists():
        return 0
    return max(0, conf.AUTOMATIC_PER_DAY - made.count())


def merge(one: UUID, other: UUID, *, because: str) -> UUID | None:
    """Merge two customers, if nothing at all speaks against it; the key of who stays.

    Also a name that one of them lacks does, which whoever looks at both may overlook.
    """
    if tenancy.current().slug not in conf.AUTOMATIC_IN:
        return None
    with acting(actor.SYSTEM), writing():
        # One at a time, or two would both take the last place of the day.
        locks.keys([("automatic merge", str(_today()))])
        rows = locks.family([one, other])
        if not room() or not {one, other} <= rows.keys() or _speaks_against(rows[one], rows[other]):
            return None
        try:
            foreseen = foresee(*choosing.suggest(rows[one], rows[other]), locked=True)
            made = write(foreseen, automatic_on=_today(), automatic_because=because)
        except Failure:
            # Such as a pair that staff said are different people.
            return None
        return made.survivor_id


def take_back(*, day: dt.date, actor: Actor | None = None, reason: str) -> TakenBack:
    """Take back every automatic merge of a day, the latest first, each in a transaction of its own.

    A merge that cannot be taken back, such as an erased person's, is left and counted.
    """
    back = left = 0
    for made in Merge.objects.standing().automatic_of(day):
        try:
            unmerge(merge=made, actor=actor, reason=reason)
        except Failure:
            left += 1
        else:
            back += 1
    return TakenBack(back=back, left=left)


def _speaks_against(one: Customer, other: Customer) -> bool:
    mine, theirs = traits.of(one), traits.of(other)
    return not (mine.name and theirs.name) or bool(objections(mine, theirs))


def _today() -> dt.date:
    return clock.now().astimezone(tenancy.current().zone).date()
