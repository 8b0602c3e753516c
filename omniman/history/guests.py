"""What a guest gave for an order, for whoever finds out who that is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
    return guests_of([order_uuid]).get(order_uuid)


def guests_of(order_uuids: Collection[UUID]) -> dict[UUID, Guest]:
    """The guests of those of these orders that are guests', in key order. One query."""
    orders = Order.objects.filter(uuid__in=order_uuids, customer_uuid__isnull=True)
    rows = orders.order_by("uuid").values_list("uuid", "data__customer")
    return {key: _guest(facts) for key, facts in rows}


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
