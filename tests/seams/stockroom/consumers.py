"""What the stock room does when an order was committed."""

from __future__ import annotations

import uuid

from shopman.models import OutboxEvent
from tests.seams.stockroom.models import StockMove


def consume(event: OutboxEvent) -> None:
    """Promise the goods of a committed order, once however often the event arrives."""
    if event.name == "omniman.order_committed":
        StockMove.objects.get_or_create(
            event_uuid=event.uuid,
            defaults={"order_uuid": uuid.UUID(event.subject.removeprefix("order:"))},
        )
