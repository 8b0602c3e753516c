"""The outbox: facts that must not be lost are rows of the transaction that made them true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from shopman import alike, bulk, clock
from shopman.models import OutboxEvent
from shopman.outbox.signals import recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``name`` is ``<app>.<signal>``; the payload holds ids and field names, no contact values."""

    name: str
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)


def record(name: str, *, subject: str, payload: Mapping[str, Any] | None = None) -> OutboxEvent:
    """Write one event in the running transaction."""
    return record_many([Fact(name=name, subject=subject, payload=payload or {})])[0]


def record_many(facts: Iterable[Fact]) -> list[OutboxEvent]:
    """Write many events in one statement."""
    events = [
        OutboxEvent(name=fact.name, subject=fact.subject, payload=dict(fact.payload))
        for fact in facts
    ]
    bulk.insert(events)
    if events:
        transaction.on_commit(_tell_recorded)
    return events


def record_all(facts: Iterable[Fact]) -> None:
    """The same for thousands of events, which nobody wants back."""
    now = clock.now()
    rows = [(fact.name, fact.subject, alike.text_of(fact.payload)) for fact in facts]
    alike.insert(
        OutboxEvent,
        ("name", "subject", "payload"),
        rows,
        same={"occurred_at": now, "next_attempt_at": now},
    )
    if rows:
        transaction.on_commit(_tell_recorded)


def _tell_recorded() -> None:
    recorded.send_robust(sender=OutboxEvent)
