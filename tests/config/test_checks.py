"""The project says when its apps do not agree."""

from __future__ import annotations

from pytest_django import Settings

from config import checks


def test_prices_of_another_channel_than_the_carts_are_told(settings: Settings) -> None:
    assert checks.one_storefront(None) == []
    settings.OFFERMAN = {**settings.OFFERMAN, "STORE_CHANNEL": "site"}
    (found,) = checks.one_storefront(None)
    assert found.id == "config.W001"
    assert "'site'" in found.msg
    settings.OMNIMAN = {**settings.OMNIMAN, "STORE_CHANNEL": "site"}
    assert checks.one_storefront(None) == []
