"""Numbers as people and machines write them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def decimal(text: str) -> Decimal:
    """The number a text says in ASCII digits.

    Python's Decimal takes the digits of every script, and ``1_000``; a price or a quantity so
    written is more likely a mistake. Raises decimal.InvalidOperation.

    >>> decimal("2.50")
    Decimal('2.50')
    """
    if not text.isascii() or "_" in text:
        raise InvalidOperation
    return Decimal(text)
