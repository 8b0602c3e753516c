"""Codes of customers for whom nobody chose one."""

from __future__ import annotations

from uuid import UUID


def generated(prefix: str, key: UUID) -> str:
    """The prefix and the last eight hex digits of the key, which are random in a UUIDv7.

    >>> generated("WEB-", UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
    'WEB-099A8057'
    """
    return f"{prefix}{key.hex[-8:].upper()}"
