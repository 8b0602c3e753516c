"""Whatever happens at the moment of an erasure, nothing of the person is left behind it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import OperationalError

from doorman.services import session
from guestman.adapters.doorman import GuestmanCustomerResolver
from guestman.contrib.privacy import consumers
from guestman.contrib.privacy.models import Erasure
from guestman.contrib.privacy.service import erase
from guestman.errors import CustomerInactive
from guestman.models import Customer
from guestman.services import contact_point, customer
from omniman.errors import CustomerUnavailable
from omniman.models import Order
from omniman.services import cart, checkout, order
from shopman.models import OutboxEvent, Tenant
from tests.conftest import Race
from tests.privacy import someone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 5
PHONE = "+5511987653333"


@pytest.fixture
def ann(opened: Tenant) -> Callable[[], Customer]:
    """Makes the customer anew: a round needs one that is not erased."""

    def make() -> Customer:
        made = customer.create(first_name="Annelise", last_name="Brandt", phone=PHONE)
        contact_point.verify(contact_point=made.contact_points.get(), method="otp_sms")
        return made

    return make


def erased(key: UUID) -> Erasure:
    return erase(customer=Customer.objects.get(pk=key), reason="request 17")


def is_empty(key: UUID) -> bool:
    row = Customer.objects.get(pk=key)
    return row.erased_at is not None and row.name == "" and not row.contact_points.exists()


def test_two_erasures_are_one(ann: Callable[[], Customer], race: Race) -> None:
    for number in range(1, ROUNDS + 1):
        key = ann().pk
        outcomes = race(*[lambda key=key: erased(key).pk for _ in range(3)])
        assert len({each.value for each in outcomes}) == 1, outcomes
        assert Erasure.objects.count() == number


def test_an_order_is_refused_or_erased_with_its_customer(
    ann: Callable[[], Customer], race: Race
) -> None:
    for number in range(ROUNDS):
        made = ann()
        open_cart = cart.open_for_customer(customer_uuid=made.pk)
        cart.set_line(cart=open_cart, sku="TEA", quantity=1)
        full = checkout.describe(cart=open_cart, delivery_address=someone.HOME)
        _, placed = race(
            lambda key=made.pk: erased(key),
            lambda full=full, number=number: order.commit(cart=full, idempotency_key=f"k{number}"),
        )
        if placed.error is not None:
            assert isinstance(placed.error, (CustomerUnavailable, cart.CartNotFound)), placed
        for row in Order.objects.filter(customer_uuid=made.pk):
            assert "Annelise" not in str(row.data)
            assert "Jacarandás" not in str(row.data)
        assert is_empty(made.pk)


def test_an_edit_is_refused_or_erased(ann: Callable[[], Customer], race: Race) -> None:
    for _ in range(ROUNDS):
        made = ann()
        _, edited = race(
            lambda key=made.pk: erased(key),
            lambda key=made.pk: customer.update(key, notes="Annelise likes tea"),
        )
        assert edited.error is None or isinstance(edited.error, CustomerInactive), edited
        assert is_empty(made.pk)
        assert Customer.objects.get(pk=made.pk).notes == ""


def test_a_login_leads_to_nobody_erased(ann: Callable[[], Customer], race: Race) -> None:
    for _ in range(ROUNDS):
        made = ann()

        def login(key: UUID = made.pk) -> str:
            found = GuestmanCustomerResolver().create_for_phone(PHONE)
            return session.open(customer_uuid=found.uuid, amr="sms").secret

        done, entered = race(lambda key=made.pk: erased(key), login)
        assert done.error is None, done
        assert not isinstance(entered.error, OperationalError), entered
        assert is_empty(made.pk)
        for event in OutboxEvent.objects.filter(name="guestman.customer_erased"):
            consumers.consume(event)
        if entered.error is None:
            visit = session.identify(secret=entered.value)
            assert getattr(visit.customer, "uuid", None) != made.pk
        for other in Customer.objects.filter(erased_at=None):
            erased(other.pk)
