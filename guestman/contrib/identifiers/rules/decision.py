"""Whose a set of claims is: the decision table of the identity rules, as a pure function.

Somebody claims to be reached by a phone, to own an account, to have a document. The store answers
with hits: customers who have these identifiers. ``decide`` says what follows. It never merges two
customers by itself, and never takes from one what another one did not prove.

Evidence, of a claim and of a stored identifier alike: ``V`` proved, ``A`` asserted by staff or a
trusted channel, ``U`` typed by the public or imported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal
from uuid import UUID

from guestman.contrib.identifiers.rules.junk import Standing
from guestman.rules.names import contradicts

Evidence = Literal["V", "A", "U"]
Outcome = Literal["same", "match", "link", "create", "merge"]
#: An identifier without its tenant: family and normal form.
Key = tuple[str, str]

LEVEL: Final[Mapping[str, int]] = {"U": 0, "A": 1, "V": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An identifier somebody says is his, in its normal form."""

    family: str
    key: str
    evidence: Evidence
    standing: Standing = "usable"
    #: Names one account and nothing else: a provider's uid, a card, a number in another system.
    is_exclusive: bool = False

    @property
    def at(self) -> Key:
        return self.family, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A customer as far as it matters here. ``customer`` is the survivor of a merge."""

    customer: UUID
    name: str = ""
    is_active: bool = True
    is_company: bool = False
    document: str = ""
    birth_date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A customer has an identifier that a claim names."""

    #: The claim's key, also where the stored spelling is another one.
    at: Key
    owner: Owner
    evidence: Evidence
    is_shared: bool = False
    #: Another spelling of the same handset.
    is_variant: bool = False
    #: Another spelling of the same mailbox: a hint for staff.
    is_hint: bool = False
    #: Not proved for so long that the number may have a new holder.
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a shop may choose."""

    #: Families, first the one that decides between equally good evidence. Exclusive ones precede.
    precedence: Sequence[str] = ("document", "email", "phone")
    #: Holders of one key from which it is a shared one and resolves nobody.
    max_holders: int = 3
    #: Merge two customers of whom both keys were proved in this very session.
    auto_merge: bool = False
    #: Pairs that staff said are different people.
    protected: frozenset[frozenset[UUID]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from the claims. ``row`` is the row of the table."""

    row: int
    outcome: Outcome
    #: None: a new customer.
    customer: UUID | None = None
    matched_by: str = ""
    #: Claims to be proved for the customer; who held them unproved loses them.
    verify: tuple[Claim, ...] = ()
    #: Claims the customer is given, to be found by.
    attach: tuple[Claim, ...] = ()
    #: Claims that are remembered beside the customer and decide nothing.
    pending: tuple[Claim, ...] = ()
    #: Other owners of claims: one review item, nothing is moved.
    conflicts: tuple[UUID, ...] = ()
    #: Customers this one may be the same as.
    suggest: tuple[UUID, ...] = ()
    #: Owners who lose a verified number that was given to somebody else.
    revoke: tuple[UUID, ...] = ()
    #: Claims that named nobody because they are junk or shared.
    ignored: tuple[Claim, ...] = ()


def decide(
    claims: Iterable[Claim],
    hits: Iterable[Hit],
    policy: Policy,
    *,
    name: str = "",
    seen: UUID | None = None,
) -> Decision:
    """The first row that applies; the order of claims and hits does not matter.

    ``name`` is what the claimant calls himself; ``seen`` the customer this very request or import
    row was given before. At least one claim is usable, or there is nothing to decide:
    ``NothingUsable``.
    """
    if seen is not None:
        return Decision(row=1, outcome="same", customer=seen)
    case = Case(
        claims=_strongest(claims),
        hits=tuple(hits),
        policy=policy,
        name=name,
    )
    if not case.usable:
        raise NothingUsable
    return next(found for row in _ROWS if (found := row(case)) is not None)


class NothingUsable(ValueError):
    """Every claim is junk or shared."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A claim and the customer it leads to."""

    claim: Claim
    hit: Hit

    @property
    def owner(self) -> UUID:
        return self.hit.owner.customer


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
        found = [each.owner.customer for each in self.hits if each.at in keys and _alone(each)]
        return tuple(sorted(set(found)))

    def contradicted_by(self, hit: Hit) -> bool:
        return contradicts(self.name, hit.owner.name)

    def others(self, customer: UUID) -> tuple[UUID, ...]:
        """Owners but for one."""
        return tuple(sorted(each for each in self.owners if each != customer))

    def free(self, customer: UUID) -> Iterator[Claim]:
        """Claims that lead to nobody and are not known of the customer."""
        known = {
            each.at
            for each in self.hits
            if each.owner.customer == customer and not (each.is_variant or each.is_hint)
        }
        taken = {link.claim.at for link in self.links if link.owner != customer}
        for claim in self.claims:
            if claim.standing != "junk" and claim.at not in known | taken:
                yield claim

    def _is_usable(self, claim: Claim) -> bool:
        if claim.standing == "junk":
            return False
        if claim.evidence == "V":
            return True
        holders = {
            each.owner.customer
            for each in self.hits
            if each.at == claim.at and not (each.is_variant or each.is_hint)
        }
        return claim.standing == "usable" and len(holders) <= self.policy.max_holders

    def _owners_of(self, claim: Claim) -> list[Hit]:
        hits = [each for each in self.hits if each.at == claim.at and _alone(each)]
        exact = [each for each in hits if not (each.is_variant or each.is_hint)]
        if claim.evidence == "V":
            return self._recognised(exact, hits)
        exact = self._gated(exact) or _sole_variant(hits)
        best = max((LEVEL[each.evidence] for each in exact), default=0)
        return [each for each in exact if LEVEL[each.evidence] == best]

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
        claimed, stored = LEVEL[link.claim.evidence], LEVEL[link.hit.evidence]
        order = list(self.policy.precedence)
        family = link.claim.family
        place = order.index(family) if family in order else len(order)
        if link.claim.is_exclusive:
            place = -1
        return -min(claimed, stored), -stored, place, link.owner, link.claim.at


def _strongest(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Each key once, as well as it is claimed, in one order."""
    by_level = sorted(claims, key=lambda each: (each.at, LEVEL[each.evidence]))
    return tuple({each.at: each for each in by_level}.values())


def _alone(hit: Hit) -> bool:
    return not hit.is_shared


def _sole_variant(hits: Sequence[Hit]) -> list[Hit]:
    """Another spelling decides only where exactly one customer proved it."""
    variants = [each for each in hits if each.is_variant]
    verified = [each for each in variants if each.evidence == "V"]
    return verified if len({each.owner.customer for each in verified}) == 1 else []


# The rows. Those that are more specific come before those they are an exception of.


def _provider(case: Case) -> Decision | None:
    """2: an account at a provider, a card, a number in another system names its owner."""
    exclusive = [link for link in case.links if link.claim.is_exclusive]
    if len({link.owner for link in exclusive}) != 1:
        return None
    if case.proved and exclusive[0].claim.evidence != "V":
        # Who proves something is not led elsewhere by what he only says.
        return None
    if all(link.claim.evidence == "U" and case.contradicted_by(link.hit) for link in exclusive):
        # A typed number has a wrong digit as easily as a telephone has.
        return None
    return _match(case, exclusive[0], row=2, conflicts=case.others(exclusive[0].owner))


def _recycled(case: Case) -> Decision | None:
    """10: a proved number, not seen for long, whose owner has a name that does not fit."""
    links = [link for link in case.links if link.claim.evidence == "V"]
    if len(case.owners) != 1 or not links:
        return None
    stale = [link for link in links if link.hit.is_stale and link.claim.family == "phone"]
    if len(stale) != len(links) or not case.contradicted_by(stale[0].hit):
        return None
    return _create(case, row=10, suggest=(), revoke=(stale[0].owner,))


def _newcomer_proves(case: Case) -> Decision | None:
    """9: what is proved belongs to who proves it, whatever others only said or typed."""
    if not case.proved or any(link.claim.evidence == "V" for link in case.links):
        return None
    if not case.holders:
        return None
    return _create(case, row=9, suggest=case.holders)


def _merge(case: Case) -> Decision | None:
    """8: two customers, both proved in this session, and nothing speaks against one person."""
    proved = [link for link in case.links if link.claim.evidence == link.hit.evidence == "V"]
    owners = {link.owner: link.hit.owner for link in proved}
    if not case.policy.auto_merge or len(owners) != 2 or len(case.owners) != 2:
        return None
    if refuses_merge(*owners.values(), protected=case.policy.protected):
        return None
    return Decision(
        row=8,
        outcome="merge",
        customer=case.owners[0],
        matched_by=case.links[0].claim.family,
        suggest=case.others(case.owners[0]),
        ignored=case.ignored,
    )


def _several(case: Case) -> Decision | None:
    """7: claims of several customers. The best evidence wins; nothing is moved or attached."""
    if len(case.owners) < 2:
        return None
    best, others = case.links[0], case.others(case.owners[0])
    return Decision(
        row=7,
        outcome="match" if best.claim.evidence != "U" else "link",
        customer=best.owner,
        matched_by=best.claim.family,
        conflicts=others,
        suggest=others,
        ignored=case.ignored,
    )


def _proved_before(case: Case) -> Decision | None:
    """4: one owner who proved it, claimed by somebody who is not just anybody."""
    for link in case.links:
        if link.hit.evidence == "V" and link.claim.evidence != "U":
            return _match(case, link, row=4)
    return None


def _recognised(case: Case) -> Decision | None:
    """9: the one customer who is said to have what is now proved; the proof verifies it."""
    for link in case.links:
        if link.claim.evidence == "V":
            return _match(case, link, row=9)
    return None


def _household(case: Case) -> Decision | None:
    """6: a typed identifier of somebody with another name: another person of the household."""
    if not case.owners or not all(case.contradicted_by(link.hit) for link in case.links):
        return None
    return _create(case, row=6, suggest=case.owners)


def _typed(case: Case) -> Decision | None:
    """5: a typed identifier of one customer: the record is linked, nothing else."""
    if not case.owners:
        return None
    return _match(case, case.links[0], row=5)


def _nobody(case: Case) -> Decision:
    """11, and 13 where something only resembles what is claimed."""
    return _create(case, row=13 if case.holders else 11, suggest=case.holders)


_ROWS: Final[Sequence[Callable[[Case], Decision | None]]] = (
    _provider,
    _recycled,
    _newcomer_proves,
    _merge,
    _several,
    _proved_before,
    _recognised,
    _household,
    _typed,
    _nobody,
)


def _match(case: Case, link: Link, *, row: int, conflicts: tuple[UUID, ...] = ()) -> Decision:
    """The customer, and what becomes of the claims nobody has (section 5 of the rules)."""
    is_proved = any(each.claim.evidence == "V" and each.owner == link.owner for each in case.links)
    free = list(case.free(link.owner)) if not conflicts else []
    proofs = [each for each in case.proved if each in free or _leads(case, each, link.owner)]
    verify = tuple(proofs) if is_proved else ()
    attach = tuple(each for each in free if is_proved and each.evidence == "A")
    return Decision(
        row=row,
        outcome="match" if link.claim.evidence != "U" else "link",
        customer=link.owner,
        matched_by=link.claim.family,
        verify=verify,
        attach=attach,
        pending=tuple(each for each in free if each not in {*verify, *attach}),
        conflicts=conflicts,
        suggest=conflicts or _losers(case, verify, link.owner),
        ignored=case.ignored,
    )


def _create(
    case: Case, *, row: int, suggest: tuple[UUID, ...], revoke: tuple[UUID, ...] = ()
) -> Decision:
    kept = [each for each in case.claims if each.standing != "junk"]
    taken = {link.claim.at for link in case.links}
    # What somebody else has is noted as typed, and claims nothing.
    unproved = [
        replace(each, evidence="U") if each.at in taken else each
        for each in kept
        if each.evidence != "V"
    ]
    return Decision(
        row=row,
        outcome="create",
        verify=tuple(each for each in kept if each.evidence == "V"),
        attach=tuple(unproved),
        suggest=suggest,
        revoke=revoke,
        ignored=case.ignored,
    )


def _leads(case: Case, claim: Claim, customer: UUID) -> bool:
    return any(link.claim == claim and link.owner == customer for link in case.links)


def _losers(case: Case, verified: Sequence[Claim], customer: UUID) -> tuple[UUID, ...]:
    """Who held unproved what is proved for the customer now."""
    keys = {each.at for each in verified}
    found = {
        each.owner.customer
        for each in case.hits
        if each.at in keys and _alone(each) and not (each.is_variant or each.is_hint)
    }
    return tuple(sorted(found - {customer}))


def refuses_merge(
    one: Owner, other: Owner, *, protected: frozenset[frozenset[UUID]] = frozenset()
) -> str:
    """12: why these two must not become one, or an empty text, whatever else speaks for it."""
    if one.customer == other.customer:
        return "same"
    if frozenset((one.customer, other.customer)) in protected:
        return "protected"
    if one.is_company != other.is_company:
        return "company_and_person"
    if one.document and other.document and one.document != other.document:
        return "document_differs"
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return "birth_date_differs"
    if not (one.is_active and other.is_active):
        return "inactive"
    return "name_differs" if contradicts(one.name, other.name) else ""
