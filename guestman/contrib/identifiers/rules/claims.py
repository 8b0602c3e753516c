"""What somebody claims, and who the store says has it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from guestman.contrib.identifiers.rules.junk import Standing
from guestman.rules.evidence import Evidence
from guestman.rules.sameness import Traits

#: An identifier without its tenant: family and normal form.
Key = tuple[str, str]


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
class Owner(Traits):
    """A customer as far as it matters here. ``customer`` is the survivor of a merge."""

    customer: UUID


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
    #: The stored identifier.
    identifier: UUID | None = None

    @property
    def is_exact(self) -> bool:
        """Whether it is the very key, and no other spelling."""
        return not (self.is_variant or self.is_hint)
