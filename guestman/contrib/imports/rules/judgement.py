"""What becomes of the rows of one person: the decision table of identity, for a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID

from guestman.contrib.identifiers.rules.choosing import Policy
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Owner
from guestman.contrib.identifiers.rules.decision import NothingUsable, decide
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.imports.rules.grouping import contacts_of, fullest_name, objection
from guestman.contrib.imports.rules.rows import Row
from guestman.rules.evidence import Evidence
from guestman.rules.sameness import Reason, objections

Kind = Literal["create", "match", "same", "conflict", "reject"]
#: Why a row is rejected whose person asked to be forgotten.
ERASED: Final = "erased_person"
_CONTRADICTIONS: Final[frozenset[Reason]] = frozenset(
    ("company_and_person", "documents_differ", "birth_dates_differ")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The rows of one person, in the order of the file."""

    rows: Sequence[Row]
    #: Identifiers (family, line break, key) that too many people in the file share.
    shared: Collection[str] = ()
    #: First rows of other people who share an identifier, and its family; only earlier ones.
    neighbours: Sequence[tuple[int, str]] = ()
    #: Whether another person in the file has the same document.
    is_disputed: bool = False

    @property
    def first(self) -> int:
        return self.rows[0].line


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows for one group. ``reason`` is a stable word."""

    kind: Kind
    reason: str = ""
    customer: UUID | None = None
    #: Customers a conflict is about, the likeliest first.
    rivals: tuple[UUID, ...] = ()
    decision: Decision | None = None


#: A group, what becomes of it, and what it claims.
Judged = tuple[Group, Verdict, Sequence[Claim]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for all groups of a file."""

    policy: Policy
    evidence: Evidence
    #: Family of the keys that the file's system gives its rows.
    source_type: str
    max_per_family: int


def claims_of(group: Group, rules: Rules) -> list[Claim]:
    """What the rows claim for their person: numbers, addresses, a document, their own keys."""
    found = [
        Claim(
            family=each.family,
            key=each.key,
            evidence=rules.evidence,
            standing="shared"
            if each.is_shared or f"{each.family}\n{each.key}" in group.shared
            else "usable",
        )
        for each in contacts_of(group.rows)
    ]
    found += [
        Claim(family="document", key=key, evidence=rules.evidence)
        for key in sorted({row.document_key for row in group.rows if row.document_key})
    ]
    keys = sorted({row.key for row in group.rows if row.has_own_key})
    return found + [
        Claim(family=rules.source_type, key=key, evidence=rules.evidence, is_exclusive=True)
        for key in keys
    ]


def came_before(group: Group, links: Mapping[str, Owner]) -> bool:
    """Whether all rows were in an earlier import, as one customer's."""
    if not all(row.key in links for row in group.rows):
        return False
    return len({links[row.key].customer for row in group.rows}) == 1


def judge(
    group: Group,
    claims: Sequence[Claim],
    hits: Sequence[Hit],
    links: Mapping[str, Owner],
    rules: Rules,
) -> Verdict:
    """What becomes of the group. ``links``: whose rows of these keys were in an earlier import."""
    if came_before(group, links):
        return Verdict(kind="same", customer=links[group.rows[0].key].customer)
    linked = {links[row.key].customer for row in group.rows if row.key in links}
    if reason := objection(group.rows, max_per_family=rules.max_per_family):
        return _conflict(reason)
    if group.is_disputed:
        return _conflict("document_of_several")
    if not linked and not hits:
        return _newcomer(claims)
    if len(linked) > 1:
        return _conflict("several_customers", tuple(sorted(linked)))
    every = [*claims, *_link_claims(group, links, claims, rules)]
    name = " ".join(fullest_name(group.rows)).strip()
    known = [*hits, *_link_hits(group, links, rules)]
    try:
        decision = decide(every, known, rules.policy, name=name)
    except NothingUsable:
        return Verdict(kind="reject", reason="only_shared_contacts")
    return _verdict(group, known, decision)


def _newcomer(claims: Sequence[Claim]) -> Verdict:
    """Of claims that lead to nobody: what the table says, without going through it."""
    if any(each.standing == "usable" for each in claims):
        return Verdict(kind="create")
    return Verdict(kind="reject", reason="only_shared_contacts")


def _verdict(group: Group, hits: Sequence[Hit], decision: Decision) -> Verdict:
    if decision.customer is None:
        return Verdict(kind="create", decision=decision)
    if decision.conflicts:
        return _conflict("several_customers", (decision.customer, *decision.conflicts))
    owner = next((hit.owner for hit in hits if hit.owner.customer == decision.customer), None)
    if owner is not None and (reason := _contradiction(group.rows, owner)):
        return _conflict(reason, (owner.customer,))
    return Verdict(
        kind="match", reason=decision.matched_by, customer=decision.customer, decision=decision
    )


def _contradiction(rows: Sequence[Row], owner: Owner) -> str:
    """What the rows and the stored customer cannot both have.

    A closed customer is matched as he is, and whose name does not fit was looked at before. A row
    is a person's unless it says otherwise, so only a company's says what the customer must be.
    """
    for row in rows:
        said = row.traits if row.traits.is_company else replace(row.traits, is_company=None)
        for reason in objections(said, owner):
            if reason in _CONTRADICTIONS:
                return reason
    return ""


def _link_claims(
    group: Group, links: Mapping[str, Owner], claims: Sequence[Claim], rules: Rules
) -> list[Claim]:
    known = {claim.at for claim in claims}
    return [
        Claim(family=rules.source_type, key=row.key, evidence=rules.evidence, is_exclusive=True)
        for row in group.rows
        if row.key in links and (rules.source_type, row.key) not in known
    ]


def _link_hits(group: Group, links: Mapping[str, Owner], rules: Rules) -> list[Hit]:
    return [
        Hit(at=(rules.source_type, row.key), owner=links[row.key], evidence="A")
        for row in group.rows
        if row.key in links
    ]


def _conflict(reason: str, rivals: tuple[UUID, ...] = ()) -> Verdict:
    return Verdict(
        kind="conflict", reason=reason, customer=rivals[0] if rivals else None, rivals=rivals
    )
