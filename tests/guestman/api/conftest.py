"""Staff at the API of guestman."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from shopman.models import Tenant
from shopman.tenancy import resolver
from tests.shopman.factories import member

#: Queries of a request that say who asks: session, user, membership.
AUTH = 3


@pytest.fixture(autouse=True)
def _fresh_tenants() -> Iterator[None]:
    resolver.forget()
    yield
    resolver.forget()


@pytest.fixture
def clerk(tenant: Tenant) -> User:
    return member(tenant, "clerk", username="ana")


@pytest.fixture
def api(clerk: User) -> APIClient:
    """A member of staff who works for the whole default tenant."""
    return signed_in(clerk)


@pytest.fixture
def warm(api: APIClient, settings: Settings) -> APIClient:
    """A process that runs knows the host's tenant already."""
    settings.SHOPMAN = {**settings.SHOPMAN, "TENANT_CACHE_SECONDS": 60}
    api.get("/api/v1/customers?page_size=1")
    return api


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client
