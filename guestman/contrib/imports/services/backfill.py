"""Records of registered sources that have no customer yet get theirs.

    # in the project
    backfill.register(RecordSource(key="order", read=guests_orders))

An app's records stay as they are: a link says whose each one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from guestman.contrib.identifiers.models import RecordLink
from guestman.contrib.identifiers.resolver import Claimant, IdentityResolver
from shopman.batches import batched

#: Records read, and resolved, together.
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record and what it says of its customer; ``claimant.record`` is its type and key."""

    #: Its place among the records of the source.
    uuid: UUID
    claimant: Claimant


#: Records behind a place, in key order, at most so many.
Read = Callable[[UUID | None, int], Sequence[Record]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSource:
    """Records of one kind. ``key`` is what their links call them."""

    key: str
    read: Read


@dataclass(slots=True, kw_only=True)
class Backfilled:
    """What became of the records of one source."""

    record_count: int = 0
    #: Linked to customers who were there, and to new ones.
    matched_count: int = 0
    created_count: int = 0
    #: Had a customer already.
    linked_count: int = 0
    #: Say nothing that tells one person from another.
    nothing_count: int = 0


Watch = Callable[[Iterable[Record]], Iterable[Record]]

_sources: dict[str, RecordSource] = {}


def register(source: RecordSource) -> None:
    """Add a source. Raises ImproperlyConfigured when another one has its key."""
    if _sources.setdefault(source.key, source) != source:
        raise ImproperlyConfigured(f"There is a source of records {source.key!r} already.")


def unregister(key: str) -> None:
    """Take a source back; for tests. Raises KeyError when it is not there."""
    del _sources[key]


def sources() -> list[RecordSource]:
    """All sources, in the order of their keys."""
    return [_sources[key] for key in sorted(_sources)]


def run(source: RecordSource, *, watch: Watch) -> Backfilled:
    """Link all records of a source that have no customer. A second run links nothing more.

    Each record is decided by itself, so a killed run has done what it has done and the next one
    goes on.
    """
    found = Backfilled()
    for batch in batched(watch(_records(source)), BATCH):
        _link(source, batch, found)
    return found


def preview(source: RecordSource, *, watch: Watch) -> Backfilled:
    """What ``run`` would do: it is done and undone in one transaction, and nobody is told."""
    with transaction.atomic():
        found = run(source, watch=watch)
        transaction.set_rollback(True)
    return found


def _records(source: RecordSource) -> Iterator[Record]:
    after: UUID | None = None
    while records := source.read(after, BATCH):
        yield from records
        after = records[-1].uuid


def _link(source: RecordSource, batch: Sequence[Record], found: Backfilled) -> None:
    keys = [each.claimant.record[1] for each in batch if each.claimant.record]
    links = RecordLink.objects.filter(source_type=source.key, source_id__in=keys)
    linked = set(links.values_list("source_id", flat=True))
    new = [
        each.claimant
        for each in batch
        if each.claimant.record and each.claimant.record[1] not in linked
    ]
    found.record_count += len(batch)
    found.linked_count += len(batch) - len(new)
    for resolution in IdentityResolver().resolve_many(new):
        if resolution is None:
            found.nothing_count += 1
        elif resolution.created:
            found.created_count += 1
        else:
            found.matched_count += 1
