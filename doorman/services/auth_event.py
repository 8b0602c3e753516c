"""The log of the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import Signal

from doorman.models import AuthEvent
from shopman import tenancy
from shopman.events import announce


def record(
    name: str,
    *,
    channel: str = "",
    reason: str = "",
    challenge_uuid: UUID | None = None,
    customer_uuid: UUID | None = None,
    session_uuid: UUID | None = None,
    identifier_hash: str = "",
    address_hash: str = "",
    repeat: int = 1,
) -> AuthEvent:
    """Add one line in the running transaction."""
    event = AuthEvent(
        name=name,
        channel=channel,
        reason=reason,
        challenge_uuid=challenge_uuid,
        customer_uuid=customer_uuid,
        session_uuid=session_uuid,
        identifier_hash=identifier_hash,
        address_hash=address_hash,
        repeat=repeat,
    )
    event.save(force_insert=True)
    return event


def tell(signal: Signal, **facts: Any) -> None:
    """Announce with the tenant's key; sent after commit."""
    announce(signal, sender=AuthEvent, tenant_uuid=tenancy.current().pk, **facts)
