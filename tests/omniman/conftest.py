"""Omniman alone: its null neighbours, prices from settings."""

from __future__ import annotations

import pytest
from pytest_django import Settings

PRICES = {"TEA": 500, "CUP": 1250, "BEAN": 3333}


@pytest.fixture(autouse=True)
def alone(settings: Settings) -> None:
    """No neighbour is asked unless a test names one."""
    settings.OMNIMAN = {"PRICES": PRICES}
