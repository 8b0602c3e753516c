"""Keys of rows and of requests."""

from __future__ import annotations

import uuid
from typing import Final

import uuid_utils
import uuid_utils.compat

#: Characters of the longest idempotency key.
IDEMPOTENCY_KEY_LENGTH: Final = 255


def uuid7() -> uuid.UUID:
    """A new time-ordered key (UUIDv7, RFC 9562 section 5.7), increasing within a process."""
    return uuid_utils.compat.uuid7()


def uuid7_hex() -> str:
    """The digits of such a key, for rows that are written by the thousand; a fifth of the time."""
    digits: str = uuid_utils.uuid7().hex
    return digits


def is_idempotency_key(text: str) -> bool:
    """Whether a caller may name a request so: 1 to 255 visible ASCII characters, no spaces.

    >>> is_idempotency_key("a-1"), is_idempotency_key("a 1"), is_idempotency_key("")
    (True, False, False)
    """
    is_visible = text.isascii() and text.isprintable() and " " not in text
    return is_visible and 1 <= len(text) <= IDEMPOTENCY_KEY_LENGTH
