"""An order history in memory, and customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from guestman.models import Customer
from shopman.models import Tenant
from tests.guestman.insights import memory

MakeCustomers = Callable[..., list[Customer]]
Place = Callable[..., memory.PlacedOrder]

#: The moment most tests calculate for: a Tuesday, noon in São Paulo.
NOON = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def history(settings: Settings) -> Iterator[memory.MemoryHistory]:
    """The history in force; empty."""
    settings.GUESTMAN = {
        **settings.GUESTMAN,
        "ORDER_HISTORY_BACKEND": "tests.guestman.insights.memory.history",
    }
    memory.history.__init__()  # type: ignore[misc]
    yield memory.history
    memory.history.__init__()  # type: ignore[misc]


@pytest.fixture
def configure(settings: Settings) -> Callable[..., None]:
    """``configure(POLICY="quintiles")`` sets keys of ``GUESTMAN["INSIGHTS"]``."""

    def change(**values: Any) -> None:
        before = settings.GUESTMAN.get("INSIGHTS", {})
        settings.GUESTMAN = {**settings.GUESTMAN, "INSIGHTS": {**before, **values}}

    return change


@pytest.fixture
def make_customers(in_tenant: Tenant) -> MakeCustomers:
    """``make_customers(3)`` adds three customers of the default tenant, in key order."""

    def make(count: int = 1, *, prefix: str = "C") -> list[Customer]:
        start = Customer.objects.count()
        return Customer.objects.bulk_create(
            Customer(code=f"{prefix}{number:05}", first_name=f"Name {number}")
            for number in range(start, start + count)
        )

    return make


@pytest.fixture
def place(history: memory.MemoryHistory) -> Place:
    """``place(customer, days_ago=3, total_amount=500)`` adds an order to the history."""

    def add(customer: Customer, *, days_ago: float = 1, **facts: Any) -> memory.PlacedOrder:
        placed_at = facts.pop("placed_at", NOON - dt.timedelta(days=days_ago))
        order = memory.PlacedOrder(customer=customer.pk, placed_at=placed_at, **facts)
        history.orders.append(order)
        return order

    return add
