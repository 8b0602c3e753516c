"""Records of registered sources that have no customer yet get theirs.

    # in the project
    backfill.register(RecordSource(key="order", read=guests_orders))

An app's records stay as they are: a link says whose each one is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from guestman.contrib.identifiers.models import RecordLink
from guestman.contrib.identifiers.resolver import (
    Claimant,
    Foresight,
    IdentityResolver,
    Resolution,
)
from guestman.contrib.identifiers.rules.outcome import Decision
from shopman.batches import batched
from shopman.errors import Failure

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A record that cannot be decided, and the code of the error that says why."""

    record: tuple[str, str]
    reason: str


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
    #: Cannot be decided; the others are all the same.
    failed: list[Failed] = field(default_factory=list)


Watch = Callable[[Iterable[Record]], Iterable[Record]]
Decide = Callable[[Sequence[Claimant]], Sequence[Resolution | Decision | None]]
#: The row of the table by which a record has its customer already.
SAME: Final = 1

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

    A killed run has done what it has done and the next one goes on. A record that cannot be decided
    fails alone.
    """
    return _each_batch(source, watch, IdentityResolver().resolve_many)


def preview(source: RecordSource, *, watch: Watch) -> Backfilled:
    """What ``run`` would do. Only reads: no lock, no row, nobody is told."""
    resolver, foresight = IdentityResolver(), Foresight()
    return _each_batch(source, watch, lambda many: resolver.foresee_many(many, foresight))


def _each_batch(source: RecordSource, watch: Watch, decide: Decide) -> Backfilled:
    found = Backfilled()
    for batch in batched(watch(_records(source)), BATCH):
        claimants = [each.claimant for each in batch]
        found.record_count += len(claimants)
        linked = _linked(source, claimants)
        found.linked_count += len(linked)
        new = [each for each in claimants if each.record and each.record[1] not in linked]
        for decided in _decided(new, decide, found):
            _count(decided, found)
    return found


def _decided(
    claimants: Sequence[Claimant], decide: Decide, found: Backfilled
) -> Iterator[Resolution | Decision | None]:
    try:
        yield from decide(claimants)
    except Failure as failure:
        if len(claimants) > 1:
            for each in claimants:
                yield from _decided([each], decide, found)
            return
        (claimant,) = claimants
        assert claimant.record is not None
        found.failed.append(Failed(record=claimant.record, reason=failure.code))


def _count(decided: Resolution | Decision | None, found: Backfilled) -> None:
    if decided is None:
        found.nothing_count += 1
    elif decided.row == SAME:
        found.linked_count += 1
    elif _is_new(decided):
        found.created_count += 1
    else:
        found.matched_count += 1


def _is_new(decided: Resolution | Decision) -> bool:
    if isinstance(decided, Resolution):
        return decided.created
    return decided.outcome == "create"


def _records(source: RecordSource) -> Iterator[Record]:
    after: UUID | None = None
    while records := source.read(after, BATCH):
        yield from records
        after = records[-1].uuid


def _linked(source: RecordSource, claimants: Sequence[Claimant]) -> set[str]:
    keys = [each.record[1] for each in claimants if each.record]
    links = RecordLink.objects.filter(source_type=source.key, source_id__in=keys)
    return set(links.values_list("source_id", flat=True))
