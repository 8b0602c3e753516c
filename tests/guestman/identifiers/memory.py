"""The naive model: customers and their keys in a dict, changed as the decision says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from guestman.contrib.identifiers.rules.choosing import Policy
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key, Owner
from guestman.contrib.identifiers.rules.decision import NothingUsable, decide
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.rules.evidence import Evidence


@dataclass
class Memory:
    """Everything a shop knows: who has which key, and how well it is proved."""

    policy: Policy = field(default_factory=Policy)
    owners: dict[UUID, Owner] = field(default_factory=dict)
    keys: dict[tuple[UUID, Key], Evidence] = field(default_factory=dict)
    conflicts: set[frozenset[UUID]] = field(default_factory=set)

    def add(self, name: str = "", **facts: Any) -> UUID:
        """A customer whose uuid tells who is older."""
        key = UUID(int=len(self.owners) + 1)
        self.owners[key] = Owner(customer=key, name=name, **facts)
        return key

    def hits(self, claims: Sequence[Claim]) -> list[Hit]:
        wanted = {each.at for each in claims}
        return [
            Hit(at=at, owner=self.owners[customer], evidence=evidence)
            for (customer, at), evidence in self.keys.items()
            if at in wanted
        ]

    def resolve(self, claims: Sequence[Claim], name: str = "") -> Decision | None:
        """Decide and do as it says; None when there is nothing to decide."""
        try:
            decision = decide(claims, self.hits(claims), self.policy, name=name)
        except NothingUsable:
            return None
        self._apply(decision, name)
        return decision

    def answer(self, claims: Sequence[Claim], name: str = "") -> UUID | None:
        """Whom ``resolve`` gave these claims."""
        decision = self.resolve(claims, name)
        if decision is None:
            return None
        return decision.customer or max(self.owners)

    def verified_keys(self) -> dict[Key, UUID]:
        """The keys that open a door, and for whom."""
        return {at: customer for (customer, at), level in self.keys.items() if level == "V"}

    def _apply(self, decision: Decision, name: str) -> None:
        customer = decision.customer or self.add(name)
        if decision.verify and not self.owners[customer].name:
            # Who proves something may say how he is called.
            self.owners[customer] = replace(self.owners[customer], name=name)
        for claim in decision.attach:
            self.keys.setdefault((customer, claim.at), claim.evidence)
        for claim in decision.verify:
            for holder, at in list(self.keys):
                if at == claim.at and holder != customer:
                    taken = self.keys.pop((holder, at))
                    assert taken != "V" or holder in decision.revoke
            self.keys[customer, claim.at] = "V"
        if decision.conflicts:
            self.conflicts.add(frozenset((customer, *decision.conflicts)))
