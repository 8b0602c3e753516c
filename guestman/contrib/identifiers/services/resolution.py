"""One claimant, decided and acted upon, whatever others do at the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final
from uuid import UUID

from django.db import IntegrityError, OperationalError

from guestman.conf import conf as guestman_conf
from guestman.contrib.identifiers.conf import conf
from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.models import RecordLink, ReviewItem
from guestman.contrib.identifiers.rules.choosing import Policy
from guestman.contrib.identifiers.rules.claims import Claim, Hit
from guestman.contrib.identifiers.rules.decision import NothingUsable, decide
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.identifiers.services import derivation, known, newcomers, reviews
from guestman.contrib.identifiers.services import hits as lookup
from guestman.contrib.identifiers.services.claims import Stated, masked_claims
from guestman.errors import CodeTaken, ContactExists, ContactTaken, DocumentTaken, IdentityTaken
from guestman.models import Customer
from guestman.services import locks, merging, provenance, suspicion
from guestman.services.journal import Journal
from guestman.services.writing import writing
from shopman import audit, clock
from shopman.memory import Memory


class _Moved(Exception):
    """A customer was merged between the look-up and his lock."""


#: What another one who was faster makes of a call; it is decided anew.
OVERTAKEN = (
    _Moved,
    CodeTaken,
    ContactExists,
    ContactTaken,
    DocumentTaken,
    IdentityTaken,
    IntegrityError,
    OperationalError,
)
#: How sure a link is, by the row that made it. Business default.
CONFIDENCE: Final[Mapping[int, float]] = {5: 0.7, 7: 0.5}
#: Why two may be one, by the row that says so.
REASONS: Final[Mapping[int, str]] = {
    2: "claimed_together",
    6: "same_contact_other_name",
    7: "claimed_together",
    9: "proved_by_another",
    13: "similar_contact",
}
_matches = Memory()


@dataclass(kw_only=True)
class Resolution:
    """Whose the claims are, and what followed.

    ``matched_by`` is the family of identifiers that matched, empty for a new customer; ``enriched``
    what the customer has more than before; ``conflicts`` the other owners; ``review`` the item that
    staff should look at. Nothing here may be shown to whoever made the claims.
    """

    customer_uuid: UUID
    created: bool = False
    matched_by: str = ""
    enriched: tuple[str, ...] = ()
    conflicts: tuple[UUID, ...] = ()
    review: ReviewItem | None = None
    #: The row of the decision table, and sentences for staff and logs, contacts masked.
    row: int
    explanation: tuple[str, ...] = ()
    loaded: Customer | None = field(default=None, repr=False)

    @cached_property
    def customer(self) -> Customer:
        """The customer; read when asked for."""
        found: Customer = self.loaded or Customer.objects.get(uuid=self.customer_uuid)
        return found


def resolve(said: Stated, *, prefix: str | None = None) -> Resolution:
    """Whose these claims are; made where there is nobody. Raises NothingToResolve.

    A plain match reads one statement and writes its trace. Anything else is decided again under the
    locks of all claimed keys. Called inside a transaction, it is part of it.
    """
    answered: Resolution | None = _matches.get(_question(said))
    if answered is not None:
        return answered
    if not any(each.evidence == "V" for each in said.claims):
        # What is proved always leaves a mark.
        hits = lookup.find(said.claims)
        decision = decided(said, hits, seen=lookup.linked(said.record))
        if changes_nothing(said, decision, hits):
            found = answer(decision)
            audit.trace([traced(found, said)])
            _matches.put(_question(said), found)
            return found
    return _persist(said, prefix or guestman_conf.CODE_PREFIX)


def decided(
    said: Stated, hits: Iterable[Hit], *, seen: UUID | None = None, auto_merge: bool = False
) -> Decision:
    """What the table says; ``seen`` has the record already. Raises NothingToResolve."""
    try:
        return decide(
            said.claims,
            hits,
            policy(auto_merge=auto_merge),
            name=said.name,
            seen=seen,
        )
    except NothingUsable as nothing:
        raise NothingToResolve from nothing


def policy(*, auto_merge: bool = False) -> Policy:
    """What the shop chose."""
    return Policy(
        precedence=tuple(conf.PRECEDENCE), max_holders=conf.MAX_HOLDERS, auto_merge=auto_merge
    )


def traced(found: Resolution, said: Stated) -> audit.Change:
    """Who was matched by what, for the audit trail; contacts masked."""
    facts = {
        "matched_by": found.matched_by,
        "enriched": list(found.enriched),
        "conflicts": [str(key) for key in found.conflicts],
    }
    return audit.Change(
        subject=f"customer:{found.customer_uuid}",
        action="identity.create" if found.created else "identity.match",
        after={
            "row": found.row,
            "source": said.source,
            "claims": masked_claims(said.claims),
            **{name: value for name, value in facts.items() if value},
        },
    )


def link_all(decided: Iterable[tuple[Stated, Decision, Customer]]) -> None:
    """Note whose the records are that the claims are about; what is linked stays as it is."""
    RecordLink.objects.bulk_create(
        [
            RecordLink(
                source_type=said.record[0],
                source_id=said.record[1],
                customer=customer,
                method=decision.matched_by or "new",
                evidence=decision.evidence,
                confidence=CONFIDENCE.get(decision.row, 1.0),
                came_by=decision.matched,
                linked_at=clock.now(),
            )
            for said, decision, customer in decided
            if said.record
        ],
        ignore_conflicts=True,
    )


def _persist(said: Stated, prefix: str) -> Resolution:
    for attempt in range(1, conf.ATTEMPTS + 1):
        try:
            with writing():
                return _under_lock(said, prefix)
        except OVERTAKEN:
            if attempt == conf.ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _under_lock(said: Stated, prefix: str) -> Resolution:
    locks.keys(_lock_names(said))
    hits, decision = _decided_under_lock(said)
    if decision.outcome == "same":
        return answer(decision)
    journal = Journal(at=clock.now())
    customers = _locked(said, decision)
    if decision.customer is None:
        customer, given = newcomers.make(said, decision, journal, prefix=prefix), known.Given()
    else:
        customer = customers[decision.customer]
        with provenance.through(decision.matched):
            given = known.give(customer, said, decision, hits, journal)
    found = answer(decision, customer=customer, given=given)
    change = traced(found, said)
    journal.audit_other(change.subject, change.action, before={}, after=change.after)
    journal.write()
    if decision.customer is None:
        newcomers.accounts(customer, said, (*decision.verify, *decision.attach))
    link_all([(said, decision, customer)])
    found.review = _review(said, decision, hits, customer, given)
    _suspect(said, decision, customer)
    return found


def _decided_under_lock(said: Stated) -> tuple[list[Hit], Decision]:
    """Whom the claims lead to, now that nobody else decides about them.

    Before somebody is made, contacts are looked for that no identifier was derived from yet: rows
    written past the services, or before this room was installed.
    """
    hits, seen = lookup.find(said.claims), lookup.linked(said.record)
    decision = decided(said, hits, seen=seen)
    if decision.outcome == "create" and lookup.has_underived(said.contacts.values()):
        derivation.derive_missing(said.contacts.values())
        hits = lookup.find(said.claims)
        decision = decided(said, hits)
    if decision.row == 7 and (merged := _merged(said, hits)):
        return merged
    return hits, decision


def _merged(said: Stated, hits: Sequence[Hit]) -> tuple[list[Hit], Decision] | None:
    """Row 8, where the shop wants it: both are one now, and the claims lead to who stayed."""
    decision = decided(said, hits, auto_merge=True)
    if decision.outcome != "merge" or decision.customer is None:
        return None
    (other,) = decision.suggest
    if not merging.merge_automatically(decision.customer, other, because="proved_together"):
        return None
    found = lookup.find(said.claims)
    return found, replace(decided(said, found), row=decision.row)


def _locked(said: Stated, decision: Decision) -> dict[UUID, Customer]:
    """Everybody the decision touches, in key order; one statement where it touches anybody.

    Those too of whom only a review item or a suspicion tells: nobody merges or closes them
    meanwhile. Raises _Moved when one was merged since the hits were read.
    """
    proved = [said.contacts[each.at] for each in decision.verify if each.at in said.contacts]
    named = {*decision.revoke, *decision.conflicts, *decision.suggest}
    also = [*filter(None, [decision.customer]), *named]
    if not also and len(proved) < 2:
        # The holders of one contact are locked in key order where they lose it.
        return {}
    found = locks.holders_of_any(proved, also)
    if any(found[key].merged_into_id for key in also if key in found):
        raise _Moved
    return found


def _lock_names(said: Stated) -> list[tuple[str, str]]:
    names = []
    for claim in said.claims:
        form = said.contacts.get(claim.at)
        names.append((claim.family, form.variant_key if form else claim.key))
    if said.record is not None:
        names.append((f"record:{said.record[0]}", said.record[1]))
    return names


def changes_nothing(said: Stated, decision: Decision, hits: Sequence[Hit]) -> bool:
    """Whether there is nothing to write but the trace."""
    if decision.outcome == "same":
        return True
    return said.record is None and changes_links_only(said, decision, hits)


def changes_links_only(said: Stated, decision: Decision, hits: Sequence[Hit]) -> bool:
    """Whether the answer changes nothing but, where the claims are about a record, its link."""
    if decision.outcome == "same":
        return True
    if decision.customer is None:
        return False
    if decision.verify or decision.attach or decision.conflicts or _crowded(decision):
        return False
    return not known.unknown_pending(Customer(uuid=decision.customer), decision.pending)


def answer(
    decision: Decision, *, customer: Customer | None = None, given: known.Given | None = None
) -> Resolution:
    key = customer.pk if customer else decision.customer
    assert key is not None
    return Resolution(
        customer_uuid=key,
        created=decision.outcome == "create",
        matched_by=decision.matched_by,
        enriched=tuple(given.enriched) if given else (),
        conflicts=decision.conflicts,
        row=decision.row,
        explanation=explained(decision, given),
        loaded=customer,
    )


def explained(decision: Decision, given: known.Given | None = None) -> tuple[str, ...]:
    """Sentences for staff and logs."""
    said = [f"row {decision.row}: {decision.outcome}"]
    if decision.matched_by:
        said.append(f"matched by {decision.matched_by}")
    said += [f"{each.family} decides nothing" for each in decision.ignored]
    if decision.conflicts:
        said.append(f"{len(decision.conflicts)} other owners, nothing moved")
    for each in given.pending if given else ():
        said.append(f"{each.family} only claimed")
    for each in given.refused if given else ():
        said.append(f"{each.family} not kept: too many")
    return tuple(said)


def _review(
    said: Stated, decision: Decision, hits: Sequence[Hit], customer: Customer, given: known.Given
) -> ReviewItem | None:
    """At most one item to look at: the gravest of what came up; a shared value besides."""
    for claim in _crowded(decision):
        holders = [each.owner.customer for each in hits if each.at == claim.at]
        reviews.open_item(
            kind=ReviewItem.Kind.SHARED,
            customers=sorted(set(holders)),
            matter=claim.at,
            values=masked_claims([claim]),
            source=said.source,
        )
    others: Sequence[UUID] = ()
    if decision.conflicts:
        kind, others, about = ReviewItem.Kind.CONFLICT, decision.conflicts, said.claims
    elif given.refused:
        kind, about = ReviewItem.Kind.LIMIT, tuple(given.refused)
    elif given.pending:
        kind, about = ReviewItem.Kind.PENDING, tuple(given.pending)
    else:
        return None
    families = sorted({each.family for each in about}) if others else []
    return reviews.open_item(
        kind=kind,
        customers=[customer.pk, *others],
        matter=[*(str(key) for key in (customer.pk, *others)), *families],
        values=masked_claims(about),
        source=said.source,
        came_by=decision.matched,
    )


def _crowded(decision: Decision) -> list[Claim]:
    """Claims that decide nothing because more customers have them than a family has members."""
    return [each for each in decision.ignored if each.standing == "usable"]


def _suspect(said: Stated, decision: Decision, customer: Customer) -> None:
    for other in decision.suggest:
        suspicion.suggest(
            customer.pk,
            other,
            reason=REASONS.get(decision.row, "proved_by_another"),
            evidence={"claims": masked_claims(said.claims), "source": said.source},
        )


def _question(said: Stated) -> tuple[object, ...]:
    return said.claims, said.name, said.record
