"""Who is told inside the transaction: of customers, and of two who may be one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from guestman.models import Customer
from guestman.services import customer as customers
from guestman.services import observers, suspicion
from guestman.services.bulk import NewCustomer
from guestman.services.observers import CustomerChange
from guestman.services.suspicion import Suspicion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_tenant")]


@pytest.fixture
def told() -> Iterator[list[CustomerChange]]:
    found: list[CustomerChange] = []

    def listen(changes: Sequence[CustomerChange]) -> None:
        found.extend(changes)

    observers.register_customers(listen)
    yield found
    observers.unregister_customers(listen)


def test_observers_are_told_of_customers(told: list[CustomerChange]) -> None:
    row = customers.create(code="A", document="529.982.247-25")
    customers.update("A", first_name="Ana")
    customers.deactivate("A", reason="asked")
    customers.reactivate("A")
    customers.ensure_many([NewCustomer(code="B")])

    assert [(each.is_new, each.row.code) for each in told] == [
        (True, "A"),
        (False, "A"),
        (False, "A"),
        (False, "A"),
        (True, "B"),
    ]
    assert told[0].row.pk == row.pk
    assert set(told[1].fields) == {"first_name"}
    assert "is_active" in told[2].fields


def test_what_an_observer_of_customers_raises_undoes_the_change() -> None:
    def refuse(changes: Sequence[CustomerChange]) -> None:
        raise RuntimeError

    observers.register_customers(refuse)
    try:
        with pytest.raises(RuntimeError):
            customers.create(code="A")
    finally:
        observers.unregister_customers(refuse)
    assert not Customer.objects.exists()


def test_a_suspicion_names_the_smaller_key_first() -> None:
    # Listeners of the suite look at both.
    one, other = sorted([customers.create().pk, customers.create().pk])
    found: list[Suspicion] = []
    suspicion.register(found.append)
    try:
        suspicion.suggest(other, one, reason="same_phone", evidence={"phone": "+55•••••••8888"})
        with pytest.raises(ValueError, match="himself"):
            suspicion.suggest(one, one, reason="same_phone")
    finally:
        suspicion.unregister(found.append)
    assert [(each.one, each.other, each.reason) for each in found] == [(one, other, "same_phone")]
