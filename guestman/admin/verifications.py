"""How contacts came to be verified, and how they were lost again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model

from guestman.models import ContactVerification
from shopman import masking, trail_words

#: Changes read for one page; the contact's own page has the rest.
SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One change in words. ``method`` is how it was proved, or had been."""

    at: dt.datetime
    change: str
    method: str
    by: str
    reference: str


def of(contacts: Collection[UUID], *, customer: UUID) -> dict[UUID, list[Proof]]:
    """The history of each of these contacts of a customer, newest first. At most two queries."""
    found = ContactVerification.objects.filter(contact_point__in=contacts)
    rows = list(found.order_by("-at", "-uuid")[:SHOWN])
    names = actors({row.actor for row in rows})
    history: dict[UUID, list[Proof]] = {}
    for row in rows:
        proof = Proof(
            at=row.at,
            change=row.get_change_display(),
            method=row.get_method_display(),
            by=names[row.actor],
            reference=masking.text(row.reference, customer=customer),
        )
        history.setdefault(row.contact_point_id, []).append(proof)
    return history


def actors(named: Iterable[str]) -> dict[str, str]:
    """The actors as people call them, by what the history calls them: ``user:7``, ``system``."""
    parted = {actor: actor.partition(":") for actor in named}
    keys = {key for kind, _colon, key in parted.values() if kind == "user" and key.isdecimal()}
    labels: dict[str, str] = {}
    if keys:
        users = get_user_model()
        rows = users._default_manager.filter(pk__in=keys)
        labels = {str(key): name for key, name in rows.values_list("pk", users.USERNAME_FIELD)}
    return {
        actor: trail_words.actor(kind, key, labels.get(key, ""))
        for actor, (kind, _colon, key) in parted.items()
    }
