"""Whom claims lead to, and which of them is the best."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key
from guestman.rules.evidence import Evidence, rank, weakest
from guestman.rules.names import contradicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a shop may choose."""

    #: Families, first the one that decides between equally good evidence. Exclusive ones precede.
    precedence: Sequence[str] = ("document", "email", "phone")
    #: Holders of one key from which it is a shared one and resolves nobody.
    max_holders: int = 3
    #: Merge two customers of whom both keys were proved in this very session.
    auto_merge: bool = False


@dataclass(frozen=True, kw_only=True)
class Link:
    """A claim and the customer it leads to."""

    claim: Claim
    hit: Hit

    @property
    def owner(self) -> UUID:
        return self.hit.owner.customer

    @property
    def evidence(self) -> Evidence:
        """No better than the claim, and no better than what is stored."""
        return weakest(self.claim.evidence, self.hit.evidence)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Claims and hits, looked at from the sides the rows ask for."""

    claims: tuple[Claim, ...]
    hits: tuple[Hit, ...]
    policy: Policy
    name: str

    @cached_property
    def usable(self) -> tuple[Claim, ...]:
        """Row 3: junk and shared claims resolve nothing; a proof is taken whatever it is of."""
        return tuple(each for each in self.claims if self._is_usable(each))

    @cached_property
    def ignored(self) -> tuple[Claim, ...]:
        return tuple(each for each in self.claims if each not in self.usable)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Best first: the weaker of claim and store, the store, precedence, the oldest customer."""
        found = [
            Link(claim=claim, hit=hit) for claim in self.usable for hit in self._owners_of(claim)
        ]
        return tuple(sorted(found, key=self._rank))

    @cached_property
    def owners(self) -> tuple[UUID, ...]:
        """Everybody a claim leads to, the one with the best link first."""
        return tuple(dict.fromkeys(link.owner for link in self.links))

    @cached_property
    def proved(self) -> tuple[Claim, ...]:
        return tuple(each for each in self.usable if each.evidence == "V")

    @cached_property
    def holders(self) -> tuple[UUID, ...]:
        """Everybody who has something to do with a usable claim, hints included."""
        keys = {each.at for each in self.usable}
        found = [
            each.owner.customer for each in self.hits if each.at in keys and not each.is_shared
        ]
        return tuple(sorted(set(found)))

    def contradicted_by(self, hit: Hit) -> bool:
        return contradicts(self.name, hit.owner.name)

    def others(self, customer: UUID) -> tuple[UUID, ...]:
        """Owners but for one."""
        return tuple(sorted(each for each in self.owners if each != customer))

    def free(self, customer: UUID) -> Iterator[Claim]:
        """Claims that lead to nobody and are not known of the customer."""
        known = {each.at for each in self.hits if each.owner.customer == customer and each.is_exact}
        taken = {link.claim.at for link in self.links if link.owner != customer}
        for claim in self.claims:
            if claim.standing != "junk" and claim.at not in known | taken:
                yield claim

    def _is_usable(self, claim: Claim) -> bool:
        if claim.standing == "junk":
            return False
        if claim.evidence == "V":
            return True
        holders = {each.owner.customer: each for each in self.hits if self._is_held(each, claim)}
        count = len(holders) + self._adds_holder(claim, holders.values())
        return claim.standing == "usable" and count <= self.policy.max_holders

    def _is_held(self, hit: Hit, claim: Claim) -> bool:
        return hit.at == claim.at and hit.is_exact

    def _adds_holder(self, claim: Claim, holders: Collection[Hit]) -> bool:
        """Whether this one would be a further holder, by another name than all there are.

        Counted before it happens, or the same claims would be answered otherwise a second time.
        """
        if not holders or (claim.evidence == "A" and any(each.evidence == "V" for each in holders)):
            return False
        return all(self.contradicted_by(each) for each in holders)

    def _owners_of(self, claim: Claim) -> list[Hit]:
        hits = [each for each in self.hits if each.at == claim.at and not each.is_shared]
        exact = [each for each in hits if each.is_exact]
        if claim.evidence == "V":
            return self._recognised(exact, hits)
        exact = self._gated(exact) or _sole_variant(hits)
        best = max((rank(each.evidence) for each in exact), default=0)
        return [each for each in exact if rank(each.evidence) == best]

    def _recognised(self, exact: Sequence[Hit], hits: Sequence[Hit]) -> list[Hit]:
        """Whom a proof belongs to: who proved it before, else the one who is said to have it.

        That one must be active, and must not contradict the prover's name. Where nobody is said to
        have it, who proved another spelling of it.
        """
        verified = [each for each in exact if each.evidence == "V"]
        asserted = [each for each in exact if each.evidence == "A" and each.owner.is_active]
        if verified:
            return verified
        if not asserted:
            return _sole_variant(hits)
        if len(asserted) == 1 and not self.contradicted_by(asserted[0]):
            return asserted
        return []

    def _gated(self, hits: Sequence[Hit]) -> list[Hit]:
        """Of several holders of one key, those whose name fits, if there are any."""
        return [each for each in hits if not self.contradicted_by(each)] or list(hits)

    def _rank(self, link: Link) -> tuple[int, int, int, UUID, Key]:
        order = list(self.policy.precedence)
        family = link.claim.family
        place = order.index(family) if family in order else len(order)
        if link.claim.is_exclusive:
            place = -1
        return -rank(link.evidence), -rank(link.hit.evidence), place, link.owner, link.claim.at


def strongest_of_each(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Each key once, as well as it is claimed, in one order."""
    by_level = sorted(claims, key=lambda each: (each.at, rank(each.evidence)))
    return tuple({each.at: each for each in by_level}.values())


def _sole_variant(hits: Sequence[Hit]) -> list[Hit]:
    """Another spelling decides only where exactly one customer proved it."""
    variants = [each for each in hits if each.is_variant]
    verified = [each for each in variants if each.evidence == "V"]
    return verified if len({each.owner.customer for each in verified}) == 1 else []
