"""What the search for duplicates hears from the outbox."""

from __future__ import annotations

from guestman.contrib.duplicates import tasks
from guestman.contrib.duplicates.models import ChangedCustomer
from shopman.models import OutboxEvent


def consume(event: OutboxEvent) -> None:
    """After a change of a customer, have whoever is marked compared. Bears being called twice."""
    if event.name.startswith("guestman.") and ChangedCustomer.objects.exists():
        tasks.request_comparison()
