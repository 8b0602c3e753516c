"""The life of an order: its kinds, its states, and which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """A return is a credit note whose sale is not known; its total is zero or negative."""

    SALE = "sale"
    RETURN = "return"


class Status(StrEnum):
    PLACED = "placed"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


#: What may follow each state. Cancelling ends before the goods leave; after that they come back.
TRANSITIONS: Final[Mapping[Status, tuple[Status, ...]]] = MappingProxyType(
    {
        Status.PLACED: (Status.CONFIRMED, Status.CANCELLED),
        Status.CONFIRMED: (Status.PREPARING, Status.CANCELLED),
        Status.PREPARING: (Status.READY, Status.CANCELLED),
        Status.READY: (Status.DISPATCHED, Status.CANCELLED),
        Status.DISPATCHED: (Status.DELIVERED, Status.RETURNED),
        Status.DELIVERED: (Status.COMPLETED, Status.RETURNED),
        Status.COMPLETED: (Status.RETURNED,),
        Status.CANCELLED: (),
        Status.RETURNED: (),
    }
)

#: States in which the goods have not reached the customer yet.
UNDER_WAY: Final = frozenset(
    {Status.PLACED, Status.CONFIRMED, Status.PREPARING, Status.READY, Status.DISPATCHED}
)


def may_become(now: str, then: str, *, kind: str = Kind.SALE) -> bool:
    """Whether an order in state ``now`` may move to ``then``; a return stays as it is."""
    return kind == Kind.SALE and then in TRANSITIONS.get(Status(now), ())
