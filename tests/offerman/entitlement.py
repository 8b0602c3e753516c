"""A stand-in for guestman: what ``OFFERMAN["CUSTOMER_PRICE_LIST"]`` names in these tests."""

from __future__ import annotations

from shopman.models import Tenant

#: Price list by customer code.
LISTS = {"VIP-1": "vip", "LOST-1": "gone"}


def price_list(customer_code: str, /) -> str | None:
    """One query, as guestman's own answer costs."""
    assert Tenant.objects.exists()
    return LISTS.get(customer_code)
