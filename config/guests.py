"""Whose the orders of guests are, found out after they are placed.

The order stays as it was frozen. Staff see the link on the customer's page; the shopper sees
nothing of it, for a guest proved nothing.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.resolver import Claimant, IdentityResolver
from guestman.contrib.imports.services import backfill
from guestman.contrib.imports.services.backfill import Record, RecordSource
from omniman import history
from shopman.models import OutboxEvent

SOURCE = "checkout"
RECORD = "order"


def connect() -> None:
    """Let the backfill know of the orders of guests; called when the project is ready."""
    backfill.register(RecordSource(key=RECORD, read=read))


def consume(event: OutboxEvent) -> None:
    """Link a guest's order to the customer his claims lead to. Bears being called twice."""
    if event.name != "omniman.order_committed" or event.payload.get("customer_uuid"):
        return
    order = UUID(event.subject.partition(":")[2])
    guest = history.guest_of(order)
    if guest is not None:
        link(order, guest)


def link(order: UUID, guest: history.Guest) -> None:
    """Link one order. What names nobody stays text of the order."""
    with suppress(NothingToResolve):
        IdentityResolver().resolve(_claimant(order, guest))


def read(after: UUID | None, limit: int) -> list[Record]:
    """Orders of guests, for the backfill."""
    return [
        Record(uuid=order, claimant=_claimant(order, guest))
        for order, guest in history.guests_after(after, limit=limit)
    ]


def _claimant(order: UUID, guest: history.Guest) -> Claimant:
    return Claimant(
        email=guest.email,
        phone=guest.phone,
        name=guest.name,
        document=guest.document,
        source=SOURCE,
        evidence="U",
        record=(RECORD, str(order)),
    )
