"""Whose a contact is that was just proved: possession against what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Somebody's live contact with the proved key. ``customer`` is the survivor of a merge."""

    contact_point: UUID
    customer: UUID
    evidence: str
    is_shared: bool
    is_active: bool


def owner(hits: Sequence[Hit], variants: Sequence[Hit] = ()) -> Hit | None:
    """The hit whose customer the proof belongs to, or None: a new customer.

    ``variants`` are hits on other spellings that reach the same handset. In this order:

    1. The verified owner, active or not: a closed account is not opened anew under another name.
    2. The one active customer who holds it as an unshared A contact, which the proof then verifies.
    3. The one customer who verified another spelling.

    What the public typed (U) never decides, nor does a shared contact, nor an A contact that
    several hold.
    """
    alone = [hit for hit in hits if not hit.is_shared]
    for hit in alone:
        if hit.evidence == "V":
            return hit
    asserted = [hit for hit in alone if hit.evidence == "A" and hit.is_active]
    if len({hit.customer for hit in asserted}) == 1:
        return asserted[0]
    verified = [hit for hit in variants if hit.evidence == "V" and not hit.is_shared]
    if not asserted and len({hit.customer for hit in verified}) == 1:
        return verified[0]
    return None


def unseen_days(seen_at: dt.datetime | None, now: dt.datetime, *, limit_days: int) -> int | None:
    """Days since a contact was last proved, when they are more than ``limit_days``; else None."""
    if seen_at is None:
        return None
    days = (now - seen_at).days
    return days if days > limit_days else None
