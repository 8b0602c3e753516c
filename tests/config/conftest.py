"""A shop with a shopper in it, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from doorman import web
from doorman.services import session
from guestman.models import Customer, CustomerAddress
from guestman.services import address, customer
from omniman.models import Order
from omniman.services import cart, order
from shopman.models import Tenant
from tests.journeys import shop


@dataclass
class Shopper:
    """A customer and the browser they are signed in with."""

    customer: Customer
    client: Client

    def get(self, path: str, **more: Any) -> HttpResponse:
        return self.client.get(path, **more)

    def post(self, path: str, **fields: Any) -> HttpResponse:
        return self.client.post(path, fields)

    def text(self, path: str, **more: Any) -> str:
        answer = self.get(path, **more)
        assert answer.status_code == 200, answer
        return answer.content.decode()

    def order(self, *, quantity: int = 2, key: str = "first") -> Order:
        """Some tea, ordered as the store does it."""
        opened = cart.open_for_customer(customer_uuid=self.customer.pk)
        cart.set_line(cart=opened, sku="TEA", quantity=quantity)
        return order.commit(cart=opened, idempotency_key=key)

    def address(self, **facts: Any) -> CustomerAddress:
        known = {"street": "Rua Augusta", "number": "100", "city": "São Paulo", **facts}
        return address.add(customer=self.customer, **known)


def sign_in(owner: Customer) -> Shopper:
    opened = session.open(customer_uuid=owner.pk, amr="otp_sms", device="Chrome, Linux")
    client = Client()
    client.cookies[web.session_cookie()] = opened.secret
    return Shopper(customer=owner, client=client)


@pytest.fixture
def opened(in_tenant: Tenant) -> Tenant:
    shop.open_shop(in_tenant)
    return in_tenant


@pytest.fixture
def ana(opened: Tenant) -> Shopper:
    owner = customer.create(
        first_name="Ana", last_name="Souza", phone="+5511987654321", email="ana@example.com"
    )
    return sign_in(owner)


@pytest.fixture
def caio(opened: Tenant) -> Shopper:
    return sign_in(customer.create(first_name="Caio", phone="+5511912345678"))
