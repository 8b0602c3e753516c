"""Staff at the admin pages of guestman."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from guestman.models import Customer
from guestman.services import customer
from shopman.models import Tenant
from shopman.tenancy import resolver
from tests.shopman.factories import member


@pytest.fixture(autouse=True)
def _fresh_tenants() -> Iterator[None]:
    resolver.forget()
    yield
    resolver.forget()


@pytest.fixture
def clerk(tenant: Tenant) -> User:
    return member(tenant, "clerk", username="ana")


@pytest.fixture
def desk(clerk: User) -> Client:
    """A member of staff at the admin."""
    return at_desk(clerk)


@pytest.fixture
def jose(in_tenant: Tenant) -> Customer:
    return customer.create(
        code="JOSE-1",
        first_name="José",
        last_name="Álvares",
        phone="11987654321",
        email="jose@example.com",
        document="529.982.247-25",
    )


def at_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
