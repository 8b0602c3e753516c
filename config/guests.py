"""Whose the orders of guests are, found out after they are placed.

The order stays as it was frozen. Staff see the link on the customer's page; the shopper sees
nothing of it, for a guest proved nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from guestman.contrib.identifiers.errors import NothingToResolve
from guestman.contrib.identifiers.resolver import Claimant, IdentityResolver
from guestman.contrib.imports.services import backfill
from guestman.contrib.imports.services.backfill import Record, RecordSource
from omniman import history
from shopman.models import OutboxEvent

SOURCE = "checkout"
IMPORT_SOURCE = "order_import"
RECORD = "order"


def connect() -> None:
    """Let the backfill know of the orders of guests; called when the project is ready."""
    backfill.register(RecordSource(key=RECORD, read=read))


def consume(event: OutboxEvent) -> None:
    """Link guests' orders to the customers their claims lead to. Bears being called twice."""
    if event.name == "omniman.orders_imported":
        link_many([UUID(key) for key in event.payload.get("guest_order_uuids", ())])
        return
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


def link_many(orders: Sequence[UUID]) -> None:
    """Link the orders of an import; a few statements for all whose customers are known."""
    guests = history.guests_of(orders)
    IdentityResolver().resolve_many(
        [_claimant(order, guest, source=IMPORT_SOURCE) for order, guest in guests.items()]
    )


def read(after: UUID | None, limit: int) -> list[Record]:
    """Orders of guests, for the backfill."""
    return [
        Record(uuid=order, claimant=_claimant(order, guest))
        for order, guest in history.guests_after(after, limit=limit)
    ]


def _claimant(order: UUID, guest: history.Guest, *, source: str = SOURCE) -> Claimant:
    return Claimant(
        email=guest.email,
        phone=guest.phone,
        name=guest.name,
        document=guest.document,
        source=source,
        evidence="U",
        record=(RECORD, str(order)),
    )
