"""Whose a set of claims is: the decision table of the identity rules, as a pure function.

Somebody claims to be reached by a phone, to own an account, to have a document. The store answers
with hits: customers who have these identifiers. ``decide`` says what follows. It never merges two
customers by itself, and never takes from one what another one did not prove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from guestman.contrib.identifiers.rules.choosing import Case, Policy, strongest_of_each
from guestman.contrib.identifiers.rules.claims import Claim, Hit
from guestman.contrib.identifiers.rules.outcome import Decision, create, match
from guestman.rules.sameness import objections


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
        claims=strongest_of_each(claims),
        hits=tuple(hits),
        policy=policy,
        name=name,
    )
    if not case.usable:
        raise NothingUsable
    return next(found for row in _ROWS if (found := row(case)) is not None)


class NothingUsable(ValueError):
    """Every claim is junk or shared."""


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
    return match(case, exclusive[0], row=2, conflicts=case.others(exclusive[0].owner))


def _recycled(case: Case) -> Decision | None:
    """10: a proved number, not seen for long, whose owner has a name that does not fit."""
    links = [link for link in case.links if link.claim.evidence == "V"]
    if len(case.owners) != 1 or not links:
        return None
    stale = [link for link in links if link.hit.is_stale and link.claim.family == "phone"]
    if len(stale) != len(links) or not case.contradicted_by(stale[0].hit):
        return None
    return create(case, row=10, suggest=(), revoke=(stale[0].owner,))


def _newcomer_proves(case: Case) -> Decision | None:
    """9: what is proved belongs to who proves it, whatever others only said or typed."""
    if not case.proved or any(link.claim.evidence == "V" for link in case.links):
        return None
    if not case.holders:
        return None
    return create(case, row=9, suggest=case.holders)


def _merge(case: Case) -> Decision | None:
    """8: two customers, both proved in this session, and nothing speaks against one person.

    A number unseen for long may have a new holder, and a name that is not known fits anybody: then
    somebody looks at it (row 7).
    """
    proved = [link for link in case.links if link.evidence == "V" and not link.hit.is_stale]
    owners = {link.owner: link.hit.owner for link in proved}
    if not case.policy.auto_merge or len(owners) != 2 or len(case.owners) != 2:
        return None
    if not all(owner.name for owner in owners.values()) or objections(*owners.values()):
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
        matched=best.hit.identifier,
        evidence=best.evidence,
        conflicts=others,
        suggest=others,
        ignored=case.ignored,
    )


def _proved_before(case: Case) -> Decision | None:
    """4: one owner who proved it, claimed by somebody who is not just anybody."""
    for link in case.links:
        if link.hit.evidence == "V" and link.claim.evidence != "U":
            return match(case, link, row=4)
    return None


def _recognised(case: Case) -> Decision | None:
    """9: the one customer who is said to have what is now proved; the proof verifies it."""
    for link in case.links:
        if link.claim.evidence == "V":
            return match(case, link, row=9)
    return None


def _household(case: Case) -> Decision | None:
    """6: a typed identifier of somebody with another name: another person of the household."""
    if not case.owners or not all(case.contradicted_by(link.hit) for link in case.links):
        return None
    return create(case, row=6, suggest=case.owners)


def _typed(case: Case) -> Decision | None:
    """5: a typed identifier of one customer: the record is linked, nothing else."""
    if not case.owners:
        return None
    return match(case, case.links[0], row=5)


def _nobody(case: Case) -> Decision:
    """11, and 13 where something only resembles what is claimed."""
    return create(case, row=13 if case.holders else 11, suggest=case.holders)


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
