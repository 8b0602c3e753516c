"""The audit trail. Services call this inside the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shopman import actor, alike, bulk, clock, memory
from shopman.models import AuditEntry

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change to remember. ``before`` and ``after``: JSON values of the changed fields only."""

    subject: str
    action: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    reason: str = ""


def record(
    *,
    subject: str,
    action: str,
    before: Values | None = None,
    after: Values | None = None,
    reason: str = "",
) -> AuditEntry:
    """Remember one change, with the current actor and request."""
    change = Change(
        subject=subject, action=action, before=before or {}, after=after or {}, reason=reason
    )
    return record_many([change])[0]


def record_many(changes: Iterable[Change]) -> list[AuditEntry]:
    """Remember many changes in one statement; bulk services use this."""
    entries = _entries(changes)
    if entries:
        memory.forget()
        bulk.insert(entries)
    return entries


def trace(changes: Iterable[Change]) -> None:
    """Remember who was looked up, where nothing else was written.

    Waits for no disk: when the database's machine fails, the last moments of these may be lost, but
    never those from before anything that was written (``shopman.bulk.unsynced_insert``).
    """
    entries = _entries(changes)
    if entries:
        bulk.unsynced_insert(entries)


def _entries(changes: Iterable[Change]) -> list[AuditEntry]:
    who, at, request_id = actor.current(), clock.now(), actor.request_id()
    return [
        AuditEntry(
            subject=change.subject,
            action=change.action,
            before=dict(change.before),
            after=dict(change.after),
            reason=change.reason,
            actor_kind=who.kind,
            actor_id=who.id,
            actor_label=who.label,
            request_id=request_id,
            at=at,
        )
        for change in changes
    ]


def record_all(changes: Iterable[Change]) -> None:
    """The same for thousands of changes, whose entries nobody wants back."""
    who = actor.current()
    memory.forget()
    alike.insert(
        AuditEntry,
        ("subject", "action", "before", "after", "reason"),
        [
            (
                change.subject,
                change.action,
                alike.text_of(change.before),
                alike.text_of(change.after),
                change.reason,
            )
            for change in changes
        ],
        same={
            "actor_kind": who.kind,
            "actor_id": who.id,
            "actor_label": who.label,
            "request_id": actor.request_id(),
            "at": clock.now(),
        },
    )
