"""System checks of what only the project knows: that its apps agree."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, register

from offerman.conf import conf as offerman
from omniman.conf import conf as omniman


def connect() -> None:
    """Register the checks; called when the project is ready."""
    register(one_storefront)


def one_storefront(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The storefront's prices are those its carts are priced with."""
    if omniman.STORE_CHANNEL == offerman.STORE_CHANNEL:
        return []
    return [
        checks.Warning(
            "The storefront shows prices of another channel than its carts have:"
            f" OFFERMAN has {offerman.STORE_CHANNEL!r}, OMNIMAN has {omniman.STORE_CHANNEL!r}.",
            hint='Give OFFERMAN["STORE_CHANNEL"] and OMNIMAN["STORE_CHANNEL"] one value.',
            id="config.W001",
        )
    ]
