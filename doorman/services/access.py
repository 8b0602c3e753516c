"""Every way in a customer has open, browsers and apps alike: listed, and ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from doorman import signals
from doorman.conf import conf
from doorman.errors import SessionMissing
from doorman.models import Access, CustomerSession, TokenFamily
from doorman.protocols.customer import DoormanCustomerInfo
from doorman.rules.principal import SignedIn
from doorman.services import auth_event
from shopman import clock

#: Why it ended for a customer who is not active any more.
CLOSED_ACCOUNT: Final = "customer_inactive"
_KINDS: Final = (CustomerSession, TokenFamily)


def signed_in(
    owner: DoormanCustomerInfo, row: Access, *, scopes: frozenset[str] | None = None
) -> SignedIn:
    """Whom this lets in. Without ``scopes``, to everything that is his."""
    return SignedIn(
        uuid=owner.uuid,
        code=owner.code,
        name=owner.name,
        auth_time=row.auth_time,
        session_uuid=row.pk,
        amr=tuple(row.amr.split()),
        scopes=scopes,
    )


def running(*, customer_uuid: UUID) -> list[Access]:
    """What lets the customer in at this moment, the one used last first."""
    found = [row for kind in _KINDS for row in kind.objects.running().of(customer_uuid)]
    return sorted(found, key=lambda row: (row.last_seen_at, row.pk), reverse=True)


def close(*, uuid: UUID, reason: str) -> None:
    """End one. Ending it again changes nothing."""
    close_many(uuids=[uuid], reason=reason)


def close_many(*, uuids: Collection[UUID], reason: str) -> None:
    """End some; those that have ended already are left as they are."""
    with transaction.atomic():
        end(_open(pk__in=uuids), reason=reason)


def close_own(*, customer_uuid: UUID, uuid: UUID) -> None:
    """End one of the customer's own. Raises SessionMissing for anybody else's."""
    with transaction.atomic():
        rows = list(_open(customer_uuid=customer_uuid, pk=uuid))
        if not rows:
            raise SessionMissing
        end(rows, reason="ended_by_customer")


def close_others(*, customer_uuid: UUID, but: UUID) -> int:
    """End all of the customer's except one; returns how many there were."""
    with transaction.atomic():
        rows = [row for row in _open(customer_uuid=customer_uuid) if row.pk != but]
        end(rows, reason="ended_by_customer")
    return len(rows)


def end_all(*, customer_uuid: UUID, reason: str) -> int:
    """End all of a customer's; returns how many there were. May be called again."""
    with transaction.atomic():
        rows = list(_open(customer_uuid=customer_uuid))
        end(rows, reason=reason)
    return len(rows)


def make_room(rows: QuerySet[Any]) -> None:
    """End the longest unused ones of these, the one used last first, beyond the limit."""
    if keys := list(rows.values_list("pk", flat=True)[conf.SESSIONS_PER_CUSTOMER :]):
        end(rows.model.objects.filter(pk__in=keys).order_by("pk"), reason="too_many")


def end(rows: Iterable[Access], *, reason: str) -> None:
    """End these, in the caller's transaction."""
    now = clock.now()
    for row in rows:
        row.ended_at, row.end_reason = now, reason
        row.save(update_fields=["ended_at", "end_reason"])
        auth_event.record(
            "session_revoked",
            reason=reason,
            customer_uuid=row.customer_uuid,
            session_uuid=row.pk,
        )
        auth_event.tell(
            signals.session_revoked,
            customer_uuid=row.customer_uuid,
            session_uuid=row.pk,
            reason=reason,
        )


def _open(**which: Any) -> Iterator[Access]:
    """Open ones of both kinds, locked one kind after the other in primary-key order."""
    for kind in _KINDS:
        rows = kind.objects.filter(ended_at__isnull=True, **which)
        yield from rows.select_for_update(of=("self",)).order_by("pk")
