"""Every change of what is known about a pair: in its history and in the audit trail."""

from __future__ import annotations

from guestman.contrib.duplicates.models import DuplicatePair, PairDecision
from guestman.contrib.duplicates.models.pair import State
from shopman import actor, audit, clock


def note(pair: DuplicatePair, state: State, *, reason: str = "") -> None:
    """Set a pair's state and remember who did it; the row itself is saved by the caller."""
    before, who, now = pair.state, actor.current(), clock.now()
    by = f"{who.kind}:{who.id}" if who.id else who.kind
    is_open = state == State.OPEN
    pair.state = state
    pair.decided_shared = {} if is_open else pair.shared
    pair.decided_at = None if is_open else now
    pair.decided_by = "" if is_open else by
    pair.reason = "" if is_open else reason
    PairDecision.objects.create(
        pair=pair,
        from_state=before,
        to_state=state,
        actor=by,
        evidence_digest=pair.evidence_digest,
        score=pair.score,
        at=now,
    )
    audit.record_many(
        audit.Change(
            subject=f"customer:{customer}",
            action=f"pair.{state}",
            before={"pair": str(pair.pk), "state": before},
            after={"pair": str(pair.pk), "state": state, "other": str(other)},
            reason=reason,
        )
        for customer, other in ((pair.low_id, pair.high_id), (pair.high_id, pair.low_id))
    )
