"""Many claimants at once, as if each had come by himself, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final
from uuid import UUID

from django.db import transaction

from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key
from guestman.contrib.identifiers.rules.mailboxes import mailbox_key
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.identifiers.services import hits as lookup
from guestman.contrib.identifiers.services import resolution
from guestman.contrib.identifiers.services.claims import Stated
from guestman.contrib.identifiers.services.hits import RecordKey
from guestman.contrib.identifiers.services.resolution import Resolution
from guestman.services import locks
from shopman import audit
from shopman.contact import variant_key

#: The row of the table by which two become one.
MERGE: Final = 8


def resolve_many(batch: Sequence[Stated]) -> list[Resolution | None]:
    """Each of these, in order; None where nothing is usable.

    Those whose answer changes nothing but the link of their record take a few statements together.
    Whoever changes more is decided by himself, and so is everybody after him whom the change might
    concern.
    """
    return _Batch(batch).resolved()


@dataclass(slots=True)
class _Changed:
    """What has been written since the hits of the batch were read."""

    keys: set[Key] = field(default_factory=set)
    customers: set[UUID] = field(default_factory=set)
    records: set[RecordKey] = field(default_factory=set)
    #: Two became one: whoever else they were known by.
    is_merged: bool = False

    def concerns(self, said: Stated, hits: Sequence[Hit]) -> bool:
        """Whether what was read for this claimant may be outdated."""
        keys = chain.from_iterable(map(keys_of, said.claims))
        return (
            self.is_merged
            or said.record in self.records
            or not self.keys.isdisjoint(keys)
            or any(hit.owner.customer in self.customers for hit in hits)
        )

    def note(self, said: Stated, found: Resolution) -> None:
        """Somebody was decided by himself."""
        self.keys.update(chain.from_iterable(map(keys_of, said.claims)))
        self.customers.update((found.customer_uuid, *found.conflicts))
        self.is_merged |= found.row == MERGE


class _Batch:
    """Claimants, with what was read for all of them."""

    def __init__(self, batch: Sequence[Stated]) -> None:
        self.batch = batch
        self.changed = _Changed()
        self.links = lookup.links(said.record for said in batch if said.record)
        self.hits: dict[Key, list[Hit]] = defaultdict(list)
        for hit in lookup.find(claim for said in batch for claim in said.claims):
            self.hits[hit.at].append(hit)
        self.answers: dict[int, Resolution | None] = {}
        #: By place: matches that are to be traced, and those whose record is to be linked.
        self.plain: list[int] = []
        self.unlinked: dict[int, Decision] = {}

    def resolved(self) -> list[Resolution | None]:
        """The answers, in order; everything is written."""
        for place, said in enumerate(self.batch):
            decision = self._plain(said)
            if decision is None:
                self._decide_alone(place)
                continue
            self.answers[place] = resolution.answer(decision)
            if said.record and decision.outcome != "same":
                self.unlinked[place] = decision
                self.changed.records.add(said.record)
            else:
                self.plain.append(place)
        self._link()
        audit.trace(resolution.traced(*self._answered(place)) for place in self.plain)
        return [self.answers[place] for place in range(len(self.batch))]

    def _plain(self, said: Stated) -> Decision | None:
        """The decision, where it changes nothing but a link, is sure yet, and proves nothing."""
        hits = [hit for claim in said.claims for hit in self.hits[claim.at]]
        if any(each.evidence == "V" for each in said.claims) or self.changed.concerns(said, hits):
            return None
        seen = self.links[said.record] if said.record else None
        try:
            decision = resolution.decided(said, hits, seen=seen)
        except NothingToResolve:
            return None
        return decision if resolution.changes_links_only(said, decision, hits) else None

    def _decide_alone(self, place: int) -> None:
        said = self.batch[place]
        if said.record in self.changed.records:
            # Whoever came first with this record gives it its customer.
            self._link()
        try:
            found = resolution.resolve(said)
        except NothingToResolve:
            self.answers[place] = None
            return
        self.answers[place] = found
        self.changed.note(said, found)

    def _link(self) -> None:
        """Link the records of those who waited for it; who was merged meanwhile is decided anew."""
        waiting, self.unlinked = self.unlinked, {}
        if not waiting:
            return
        with transaction.atomic():
            keys = [each.customer for each in waiting.values() if each.customer]
            customers = locks.holders_of_any([], keys)
            steady = {
                place: decision
                for place, decision in waiting.items()
                if decision.customer and customers[decision.customer].merged_into_id is None
            }
            resolution.link_all(
                (self.batch[place], decision, customers[decision.customer])
                for place, decision in steady.items()
                if decision.customer
            )
            # Another one may have been faster.
            stored = lookup.links(self._record(place) for place in steady)
            is_first = {
                place
                for place, decision in steady.items()
                if stored[self._record(place)] == decision.customer
            }
            audit.record_many(resolution.traced(*self._answered(place)) for place in is_first)
        for place in sorted(waiting.keys() - is_first):
            self.answers[place] = resolution.resolve(self.batch[place])

    def _answered(self, place: int) -> tuple[Resolution, Stated]:
        found = self.answers[place]
        assert found is not None
        return found, self.batch[place]

    def _record(self, place: int) -> RecordKey:
        record = self.batch[place].record
        assert record is not None
        return record


def keys_of(claim: Claim) -> Iterator[Key]:
    """Everything a claim is looked up by: its key, and that of other spellings."""
    yield claim.at
    if claim.family == "phone":
        yield "variant", variant_key(claim.key)
    elif claim.family == "email" and (mailbox := mailbox_key(claim.key)):
        yield "mailbox", mailbox
