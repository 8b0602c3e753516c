"""What was under way while a person was erased is erased as soon as it is there."""

from __future__ import annotations

import logging
from uuid import UUID

from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.service import erasing
from guestman.services import locks
from guestman.services.writing import writing
from shopman import audit, clock
from shopman.models import sole
from shopman.person import Person
from shopman.personal import Erasing

logger = logging.getLogger(__name__)


def sweep(*, customer_uuid: UUID) -> dict[str, int]:
    """Erase what carries the key of an erased customer; how many rows of each kind.

    Nothing happens for anybody else. May be called at any time and again.
    """
    with writing():
        found: Erasure | None = sole(
            Erasure.objects.filter(customer_uuid=customer_uuid).select_related("entry")
        )
        if found is None:
            return {}
        keys = frozenset(UUID(key) for key in found.keys)
        locks.family(keys)
        counts = erasing.clear(
            Erasing(
                person=Person(keys=keys, also=frozenset(map(UUID, found.keyless))),
                entry=found.entry,
                at=clock.now(),
                reason=found.reason,
            )
        )
        if counts:
            logger.info("A sweep after an erasure found rows: %s", ", ".join(sorted(counts)))
            audit.record(subject=f"customer:{customer_uuid}", action="privacy.sweep", after=counts)
    return counts
