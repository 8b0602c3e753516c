from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def entitlement(settings: Settings) -> None:
    """Customer VIP-1 is entitled to the list ``vip``, LOST-1 to one that does not exist."""
    settings.OFFERMAN = {"CUSTOMER_PRICE_LIST": "tests.offerman.entitlement.price_list"}
