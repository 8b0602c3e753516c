"""What follows for the customer and for each claim, once a row of the table applies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from guestman.contrib.identifiers.rules.choosing import Case, Link
from guestman.contrib.identifiers.rules.claims import Claim
from guestman.rules.evidence import Evidence, strongest

Outcome = Literal["same", "match", "link", "create", "merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from the claims. ``row`` is the row of the table."""

    row: int
    outcome: Outcome
    #: None: a new customer.
    customer: UUID | None = None
    matched_by: str = ""
    #: The stored identifier that matched.
    matched: UUID | None = None
    #: How well the match is known; of a new customer, how well the best of his claims is.
    evidence: Evidence = "U"
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


def match(case: Case, link: Link, *, row: int, conflicts: tuple[UUID, ...] = ()) -> Decision:
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
        matched=link.hit.identifier,
        evidence=link.evidence,
        verify=verify,
        attach=attach,
        pending=tuple(each for each in free if each not in {*verify, *attach}),
        conflicts=conflicts,
        suggest=conflicts or _losers(case, verify, link.owner),
        ignored=case.ignored,
    )


def create(
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
        evidence=strongest(each.evidence for each in case.claims),
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
        if each.at in keys and each.is_exact and not each.is_shared
    }
    return tuple(sorted(found - {customer}))
