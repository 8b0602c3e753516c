"""What a guest gave for an order, for whoever finds out who that is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from omniman.models import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """As typed at the checkout, never proved; empty where nothing was given."""

    name: str
    phone: str
    email: str
    document: str


def guest_of(order_uuid: UUID) -> Guest | None:
    """The guest of an order; None for a customer's order and where there is no such order."""
    orders = Order.objects.filter(uuid=order_uuid, customer_uuid__isnull=True)
    facts = orders.values_list("data__customer", flat=True).first()
    if facts is None:
        return None
    return Guest(
        name=facts["name"], phone=facts["phone"], email=facts["email"], document=facts["document"]
    )
