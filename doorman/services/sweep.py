"""Consumer of the outbox: sessions end when guestman says a customer or a contact is gone.

Only tidies up: an inactive customer is anonymous at once, because every request asks the resolver.
"""

from __future__ import annotations

from uuid import UUID

from doorman.services import access
from shopman.models import OutboxEvent

#: Outbox name to the reason sessions end with.
ENDING = {
    "guestman.customer_deactivated": "customer_inactive",
    "guestman.customer_erased": "customer_erased",
    "guestman.contact_point_released": "contact_released",
    # Who was let in while two were one may be either of them.
    "guestman.customers_unmerged": "customer_unmerged",
}


#: The event of a merge is about who stays; sessions of the other one end.
MERGED = "guestman.customers_merged"


def consume(event: OutboxEvent) -> None:
    """End the sessions of the customer an event is about. Bears being called twice."""
    if event.name == MERGED:
        access.end_all(customer_uuid=UUID(event.payload["merged_uuid"]), reason="customer_merged")
        return
    reason = ENDING.get(event.name)
    kind, _, key = event.subject.partition(":")
    if reason and kind == "customer":
        access.end_all(customer_uuid=UUID(key), reason=reason)
