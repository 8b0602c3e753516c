"""Review items: opened by the rules, settled by staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from guestman.contrib.identifiers.errors import ReviewItemClosed, ReviewItemNotFound
from guestman.contrib.identifiers.models import ReviewItem, ReviewParty
from guestman.rules import text
from shopman import actor, audit, clock

SALT = "guestman.identifiers.review"


def open_item(
    *,
    kind: str,
    customers: Sequence[UUID],
    matter: Iterable[str],
    values: Mapping[str, str],
    source: str,
) -> ReviewItem:
    """The open item of this matter, made where there is none. Inside the caller's transaction.

    ``customers``: the one chosen first. ``matter`` is what tells matters of one kind apart; it is
    kept as a keyed digest only. ``values`` are masked.
    """
    text_of = "\n".join([kind, *sorted(matter)])
    digest = salted_hmac(SALT, text_of, algorithm="sha256").hexdigest()
    row = ReviewItem(kind=kind, digest=digest, values=dict(values), source=source)
    if known := ReviewItem.objects.open().filter(kind=kind, digest=digest).first():
        return known
    # Whoever is faster opens it.
    ReviewItem.objects.bulk_create([row], ignore_conflicts=True)
    opened: ReviewItem = ReviewItem.objects.open().get(kind=kind, digest=digest)
    if opened.pk == row.pk:
        parties = [
            ReviewParty(item=opened, customer_id=key, is_chosen=not place)
            for place, key in enumerate(dict.fromkeys(customers))
        ]
        ReviewParty.objects.bulk_create(parties)
        _audit(opened, "review_item.open", {"kind": kind, "values": dict(values)})
    return opened


def resolve(*, item: UUID, reason: str) -> ReviewItem:
    """Staff have looked at it. What is to be done they did elsewhere; ``reason`` says what.

    Raises ReviewItemNotFound, ReviewItemClosed and InvalidText.
    """
    why = text.prose(reason, "reason", 1000)
    with transaction.atomic():
        row: ReviewItem | None = (
            ReviewItem.objects.select_for_update(of=("self",)).filter(uuid=item).first()
        )
        if row is None:
            raise ReviewItemNotFound
        if row.status != ReviewItem.Status.OPEN:
            raise ReviewItemClosed
        who = actor.current()
        row.status = ReviewItem.Status.RESOLVED
        row.resolved_at = clock.now()
        row.resolved_by = who.label or who.id or who.kind
        row.reason = why
        row.save(update_fields=["status", "resolved_at", "resolved_by", "reason"])
        _audit(row, "review_item.resolve", {"reason": why})
    return row


def _audit(row: ReviewItem, action: str, after: Mapping[str, Any]) -> None:
    audit.record(subject=f"review_item:{row.pk}", action=action, after=after)
