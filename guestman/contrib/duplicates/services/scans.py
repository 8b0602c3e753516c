"""The search of a whole shop: started, cut into shards, taken over when its worker died, closed.

First every customer's keys are brought up to date, then everybody is compared with those that have
a key in common. All progress is in the database, written in the transaction of the work it speaks
of or after it, and every step bears being done twice: a search that is killed anywhere goes on.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from guestman.contrib.duplicates.conf import conf
from guestman.contrib.duplicates.errors import ScanInProgress, ScanLost
from guestman.contrib.duplicates.models import Scan, ScanShard
from guestman.contrib.duplicates.rules.weights import SCORER_VERSION
from guestman.contrib.duplicates.services import keys
from guestman.contrib.duplicates.services.comparison import compare_known
from guestman.contrib.duplicates.services.pairs import Tally
from guestman.contrib.duplicates.services.people import people_with
from guestman.models import Customer
from shopman import clock, leases

#: Customers of one transaction.
BATCH = 1000
#: Seconds between two looks at shards that other workers hold.
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on a shard until somebody takes it over."""

    scan: Scan
    shard: UUID
    fence: int


def start(*, owner: str = "") -> Scan:
    """A new search with its shards. An earlier one whose workers are dead is abandoned.

    ``owner`` is the process that will do the shards itself; empty leaves them to any worker.
    Raises ScanInProgress while another one is at work.
    """
    try:
        with transaction.atomic():
            _abandon_dead()
            scan: Scan = Scan.objects.create(
                status=Scan.Status.RUNNING,
                phase=Scan.Phase.KEYS,
                scorer_version=SCORER_VERSION,
                customer_count=Customer.objects.count(),
                started_at=clock.now(),
            )
            _cut(scan, owner)
    except IntegrityError as error:
        raise ScanInProgress from error
    return scan


def resumable() -> Scan | None:
    """The unfinished search, if its workers are dead. Raises ScanInProgress when they are not."""
    scan: Scan | None = Scan.objects.running().first()
    if scan is not None and _is_alive(scan):
        raise ScanInProgress
    return scan


def open_shards(scan: Scan) -> list[int]:
    """Numbers of the shards that nobody is working on and that are not done."""
    shards = ScanShard.objects.filter(scan=scan, is_done=False).order_by("number")
    return [each.number for each in shards if leases.is_free(each.owner, each.lease_until)]


def revive(scan: Scan) -> list[int]:
    """Numbers of the shards whose workers are gone, with a new lease for those who take them."""
    shards = ScanShard.objects.filter(scan=scan, is_done=False).order_by("number")
    lost = [each.number for each in shards if not leases.is_awaited(each.owner, each.lease_until)]
    ScanShard.objects.filter(scan=scan, number__in=lost, is_done=False).update(
        owner="", lease_until=_lease_until()
    )
    return lost


def claim(scan_uuid: UUID, number: int) -> Claim | None:
    """Take a shard; None when it is done, its search is over, or another worker is on it."""
    with transaction.atomic():
        shards = ScanShard.objects.select_for_update(of=("self",)).select_related("scan")
        shard = shards.get(scan=scan_uuid, number=number)
        is_over = shard.scan.status != Scan.Status.RUNNING or shard.is_done
        if is_over or not leases.is_free(shard.owner, shard.lease_until):
            return None
        ScanShard.objects.filter(pk=shard.pk).update(
            fence=shard.fence + 1, owner=leases.me(), lease_until=_lease_until()
        )
    return Claim(scan=shard.scan, shard=shard.pk, fence=shard.fence + 1)


def work(claimed: Claim) -> Iterator[int]:
    """Do a shard; yields the number of customers after each batch. Raises ScanLost."""
    done = BATCH
    while done == BATCH:
        done = _batch(claimed)
        if done:
            yield done


def advance(scan: Scan) -> Iterator[int]:
    """Do a whole search here; yields the number of customers after each batch, in both phases.

    Shards that other workers hold are waited for. When this stops half-way, whatever the reason,
    the search can be taken over at once.
    """
    try:
        while True:
            for number in open_shards(scan):
                claimed = claim(scan.pk, number)
                if claimed is not None:
                    yield from work(claimed)
            if settle(scan.pk, owner=leases.me()):
                return
            if not open_shards(scan):
                time.sleep(POLL_SECONDS)
    finally:
        ScanShard.objects.filter(scan=scan, owner=leases.me()).update(lease_until=None)


def settle(scan_uuid: UUID, *, owner: str = "") -> bool:
    """Take a search on when the last shard of its phase is done; whether it is over."""
    with transaction.atomic():
        scan = Scan.objects.select_for_update().get(pk=scan_uuid)
        if scan.status != Scan.Status.RUNNING:
            return True
        if ScanShard.objects.filter(scan=scan, is_done=False).exists():
            return False
        if scan.phase == Scan.Phase.KEYS:
            Scan.objects.filter(pk=scan.pk).update(phase=Scan.Phase.COMPARE)
            ScanShard.objects.filter(scan=scan).update(
                is_done=False, cursor=None, counts={}, owner=owner, lease_until=_lease_until()
            )
            return False
        _close(scan)
        return True


def reread(scan: Scan) -> Scan:
    """The search as the database has it now."""
    found: Scan = Scan.objects.get(pk=scan.pk)
    return found


def _batch(claimed: Claim) -> int:
    shard = _mine(claimed)
    customers = _next_customers(shard)
    tally = Tally()
    if customers and _phase(claimed) == Scan.Phase.KEYS:
        keys.refresh(customers, people_with(customers))
    elif customers:
        # In transactions of its own: a pair is written once, however often its batch is done.
        tally = compare_known(customers, upwards=True)
    with transaction.atomic():
        shard = _mine(claimed)
        tally.add(shard.counts)
        ScanShard.objects.filter(pk=shard.pk).update(
            cursor=customers[-1] if customers else shard.cursor,
            is_done=len(customers) < BATCH,
            counts=dict(tally.counts),
            lease_until=_lease_until(),
        )
    return len(customers)


def _phase(claimed: Claim) -> str:
    """The phase the search is in when the shard is worked on."""
    phase: str = Scan.objects.values_list("phase", flat=True).get(pk=claimed.scan.pk)
    return phase


def _mine(claimed: Claim) -> ScanShard:
    with transaction.atomic():
        shard: ScanShard = ScanShard.objects.select_for_update().get(pk=claimed.shard)
        if shard.fence != claimed.fence:
            raise ScanLost
    return shard


def _next_customers(shard: ScanShard) -> list[UUID]:
    # Everybody: those who were closed or merged lose their keys and their open pairs.
    customers = Customer.objects.order_by("uuid").values_list("uuid", flat=True)
    after = shard.cursor or shard.after_key
    if after is not None:
        customers = customers.filter(uuid__gt=after)
    if shard.upto_key is not None:
        customers = customers.filter(uuid__lte=shard.upto_key)
    return list(customers[:BATCH])


def _lease_until() -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=conf.LEASE_SECONDS)


def _is_alive(scan: Scan) -> bool:
    shards = ScanShard.objects.filter(scan=scan)
    return any(leases.is_awaited(each.owner, each.lease_until) for each in shards)


def _abandon_dead() -> None:
    scan = Scan.objects.running().select_for_update().first()
    if scan is None:
        return
    if _is_alive(scan):
        raise ScanInProgress
    # A worker believed dead that is not finds its fence gone and counts nothing more.
    ScanShard.objects.filter(scan=scan).update(fence=F("fence") + 1, owner="", lease_until=None)
    Scan.objects.filter(pk=scan.pk).update(status=Scan.Status.ABANDONED, finished_at=clock.now())


def _cut(scan: Scan, owner: str) -> None:
    """Key ranges of about equal numbers of customers; the last one is open to newcomers."""
    customers = Customer.objects.order_by("uuid").values_list("uuid", flat=True)
    edges: list[UUID | None] = [None]
    while True:
        rest = customers.filter(uuid__gt=edges[-1]) if edges[-1] else customers
        edge = rest[conf.SHARD_SIZE - 1 : conf.SHARD_SIZE].first()
        if edge is None:
            break
        edges.append(edge)
    edges.append(None)
    lease_until = _lease_until()
    ScanShard.objects.bulk_create(
        ScanShard(
            scan=scan,
            number=number,
            after_key=after,
            upto_key=upto,
            owner=owner,
            lease_until=lease_until,
        )
        for number, (after, upto) in enumerate(pairwise(edges))
    )


def _close(scan: Scan) -> None:
    tally = Tally()
    for counts in ScanShard.objects.filter(scan=scan).values_list("counts", flat=True):
        tally.add(counts)
    customers = Customer.objects.count()
    Scan.objects.filter(pk=scan.pk).update(
        status=Scan.Status.COMPLETED,
        counts=dict(tally.counts),
        customer_count=customers,
        finished_at=clock.now(),
    )
