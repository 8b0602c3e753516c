"""What a guest gave for an order, for whoever finds out who that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
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
    return None if facts is None else _guest(facts)


def guests_after(after: UUID | None, *, limit: int) -> list[tuple[UUID, Guest]]:
    """Orders of guests in key order behind one, at most ``limit``, each with its guest."""
    orders = Order.objects.filter(customer_uuid__isnull=True)
    if after is not None:
        orders = orders.filter(uuid__gt=after)
    rows = orders.order_by("uuid").values_list("uuid", "data__customer")[:limit]
    return [(key, _guest(facts)) for key, facts in rows]


def _guest(facts: Mapping[str, Any]) -> Guest:
    return Guest(
        name=facts["name"], phone=facts["phone"], email=facts["email"], document=facts["document"]
    )
