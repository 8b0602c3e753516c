"""What a run did to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(slots=True, kw_only=True)
class Counts:
    """Rows by outcome, then what was written. Of all attempts at the run, killed ones too."""

    created: int = 0
    duplicate: int = 0
    matched: int = 0
    enriched: int = 0
    same: int = 0
    conflict: int = 0
    rejected: int = 0
    #: Rows in the database.
    customers_created: int = 0
    contacts_created: int = 0
    addresses_created: int = 0
    links_created: int = 0
    #: Identifiers remembered beside existing customers, for staff to look at.
    claims_noted: int = 0

    @property
    def row_count(self) -> int:
        """Rows with an outcome."""
        known = self.created + self.duplicate + self.matched + self.enriched + self.same
        return known + self.conflict + self.rejected

    def as_json(self) -> dict[str, int]:
        """As ``ImportRun.counts`` keeps it."""
        return asdict(self)


def of(stored: Mapping[str, Any]) -> Counts:
    """The counts that a run keeps; of one that has none yet, zeros."""
    known = {each.name for each in fields(Counts)}
    return Counts(**{name: value for name, value in stored.items() if name in known})
