"""What resolving would do, by reading alone: no lock, no row, nobody is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key, Owner
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.identifiers.services import hits as lookup
from guestman.contrib.identifiers.services import resolution
from guestman.contrib.identifiers.services.claims import Stated
from guestman.contrib.identifiers.services.hits import RecordKey
from guestman.contrib.identifiers.services.many import keys_of
from shopman.keys import uuid7


class Foresight:
    """Decides one batch after the other as if those before had been resolved.

    What would have been written is remembered, some hundred bytes for each new identifier. Exact
    for claims that prove nothing: here nobody loses what another one proves.
    """

    def __init__(self) -> None:
        #: Identifiers there would be, by everything they are looked up by.
        self._held: dict[Key, list[Hit]] = defaultdict(list)
        self._linked: set[RecordKey] = set()

    def decided(self, batch: Sequence[Stated]) -> list[Decision | None]:
        """The decision for each, in order; None where nothing is usable. A few queries."""
        stored: dict[Key, list[Hit]] = defaultdict(list)
        for hit in lookup.find(claim for said in batch for claim in said.claims):
            stored[hit.at].append(hit)
        links = lookup.links(said.record for said in batch if said.record)
        return [
            self._decided(
                said,
                [hit for claim in said.claims for hit in (*stored[claim.at], *self._hits(claim))],
                is_linked=said.record in self._linked or bool(said.record and links[said.record]),
            )
            for said in batch
        ]

    def _decided(self, said: Stated, hits: Sequence[Hit], *, is_linked: bool) -> Decision | None:
        if is_linked:
            return Decision(row=1, outcome="same")
        try:
            decision = resolution.decided(said, hits)
        except NothingToResolve:
            return None
        if said.record:
            self._linked.add(said.record)
        self._give(said, decision, hits)
        return decision

    def _give(self, said: Stated, decision: Decision, hits: Sequence[Hit]) -> None:
        owners = {hit.owner.customer: hit.owner for hit in hits}
        owner = (
            owners[decision.customer]
            if decision.customer
            else Owner(customer=uuid7(), name=said.name)
        )
        for claim in (*decision.verify, *decision.attach):
            hit = Hit(
                at=claim.at,
                owner=owner,
                evidence=claim.evidence,
                is_shared=claim in decision.ignored,
            )
            for key in keys_of(claim):
                self._held[key].append(hit)

    def _hits(self, claim: Claim) -> Iterator[Hit]:
        for key in keys_of(claim):
            for held in self._held.get(key, ()):
                is_other = held.at != claim.at
                if key == claim.at or is_other:
                    yield Hit(
                        at=claim.at,
                        owner=held.owner,
                        evidence=held.evidence,
                        is_shared=held.is_shared,
                        is_variant=is_other and key[0] == "variant",
                        is_hint=is_other and key[0] == "mailbox",
                    )
