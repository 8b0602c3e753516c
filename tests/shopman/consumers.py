"""An outbox consumer that remembers, and fails where it is told to."""

from __future__ import annotations

from shopman import tenancy
from shopman.models import OutboxEvent

delivered: list[tuple[str, str, int]] = []
failing: set[str] = set()


class Unreachable(Exception):
    """The consumer's other end is away."""


def consume(event: OutboxEvent) -> None:
    assert tenancy.current() == event.tenant
    if event.subject in failing:
        raise Unreachable("ana@loja.com did not answer")
    delivered.append((tenancy.current().slug, event.subject, event.payload.get("n", 0)))
