"""Which customers may be one person, what was decided about them, and how that is found out."""

from guestman.contrib.duplicates.models.key import BlockingKey, ChangedCustomer
from guestman.contrib.duplicates.models.pair import (
    DuplicatePair,
    DuplicatePairQuerySet,
    PairDecision,
)
from guestman.contrib.duplicates.models.scan import Scan, ScanShard

__all__ = [
    "BlockingKey",
    "ChangedCustomer",
    "DuplicatePair",
    "DuplicatePairQuerySet",
    "PairDecision",
    "Scan",
    "ScanShard",
]
