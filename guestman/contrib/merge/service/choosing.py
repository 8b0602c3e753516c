"""Which of two customers should stay."""

from __future__ import annotations

from typing import Any

from guestman.models import ContactPoint, Customer, ExternalIdentity
from guestman.services.ports import order_history


def suggest(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Survivor and duplicate: more proved identifiers, then more orders, then the older record."""
    first, second = sorted((one, other), key=_standing)
    return first, second


def _standing(customer: Customer) -> tuple[Any, ...]:
    proved = ContactPoint.objects.owning().filter(customer=customer).count()
    linked = ExternalIdentity.objects.filter(customer=customer, is_active=True).count()
    orders = order_history.get().get_order_stats(customer.pk).order_count
    return -(proved + linked), -orders, customer.created_at, customer.pk
