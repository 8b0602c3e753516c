"""What rooms add to the overview of a customer that is answered over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from guestman.models import Customer

#: JSON of one section; None where there is nothing to say of this customer.
Section = Callable[[Customer], Mapping[str, Any] | None]

_sections: dict[str, Section] = {}


def register(key: str, section: Section) -> None:
    """Add a section under ``key``; for a room's ``ready()``."""
    _sections.setdefault(key, section)


def unregister(key: str) -> None:
    """Take a section back; for tests."""
    del _sections[key]


def of(customer: Customer) -> dict[str, Any]:
    """Every section, by its key."""
    return {key: _sections[key](customer) for key in sorted(_sections)}
