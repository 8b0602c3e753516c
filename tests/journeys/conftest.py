"""A shop with prices and staff, and phones that receive codes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from doorman.services import breaker
from shopman.models import Tenant
from shopman.tenancy import resolver
from tests.doorman.standins import Outbox
from tests.journeys import shop
from tests.journeys.people import Clerk, Shopper


@pytest.fixture(autouse=True)
def phones(settings: Settings) -> Iterator[None]:
    """Messages are kept by ``tests.doorman.standins.Outbox``, and sending has no budget."""
    settings.DOORMAN = {
        **settings.DOORMAN,
        "SMS_SENDER": "tests.doorman.standins.Outbox",
        "EMAIL_SENDER": "tests.doorman.standins.Outbox",
        "RESEND_AFTER_SECONDS": [0],
        **dict.fromkeys(shop.SENDING_BUDGETS, 100_000),
    }
    breaker.forget()
    Outbox.reset()
    resolver.forget()
    yield
    Outbox.reset()
    resolver.forget()


@pytest.fixture
def opened(tenant: Tenant) -> Tenant:
    """The default tenant with products and a club with its own prices."""
    shop.open_shop(tenant)
    return tenant


@pytest.fixture
def shopper(opened: Tenant) -> Shopper:
    return Shopper()


@pytest.fixture
def clerk(opened: Tenant) -> Clerk:
    return shop.clerk_of(opened)
