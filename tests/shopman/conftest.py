"""Fixtures of the kernel's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from shopman.models import Tenant
from shopman.tenancy import resolver
from tests.shopman.factories import member

API = "tests.shopman.api_urls"


@pytest.fixture(autouse=True)
def _fresh_tenants() -> Iterator[None]:
    resolver.forget()
    yield
    resolver.forget()


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return member(tenant)


@pytest.fixture
def staff_client(owner: User) -> APIClient:
    """A client with the session of a member of staff of the default tenant; CSRF not enforced."""
    client = APIClient()
    client.force_login(owner)
    return client
