"""Primary keys."""

from __future__ import annotations

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """A new time-ordered key (UUIDv7, RFC 9562 section 5.7), increasing within a process."""
    return uuid_utils.compat.uuid7()
