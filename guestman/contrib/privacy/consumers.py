"""What privacy hears from the outbox."""

from __future__ import annotations

from uuid import UUID

from guestman.contrib.privacy.service import sweeping
from shopman.models import OutboxEvent


def consume(event: OutboxEvent) -> None:
    """Sweep behind an erasure, and behind an order that was under way during one.

    Bears being called twice.
    """
    if event.name == "guestman.customer_erased" or event.name.startswith("omniman."):
        named = event.payload.get("customer_uuid")
        if named:
            sweeping.sweep(customer_uuid=UUID(named))
