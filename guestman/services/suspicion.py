"""Who is told, inside the transaction, that two customers may be the same person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Two customers (keys, the smaller one first) and why they may be one.

    ``reason`` is a short name such as ``same_phone``; ``evidence`` JSON values, contacts masked.
    """

    one: UUID
    other: UUID
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Suspicion], None]

_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Call ``listener`` with every suspicion, before it commits. For an app's ``ready()``.

    What the listener raises undoes the change that led to the suspicion.
    """
    if listener not in _listeners:
        _listeners.append(listener)


def unregister(listener: Listener) -> None:
    """Take a listener back; for tests."""
    _listeners.remove(listener)


def suggest(
    one: UUID, other: UUID, *, reason: str, evidence: Mapping[str, Any] | None = None
) -> None:
    """Say that two customers may be one person. Nobody may be listening; nothing is merged.

    Raises ValueError for a customer and himself.
    """
    if one == other:
        raise ValueError("A customer is always the same as himself.")
    low, high = sorted((one, other))
    told = Suspicion(one=low, other=high, reason=reason, evidence=evidence or {})
    # All listeners or none, and with whoever suspects, if that is in a transaction already.
    with transaction.atomic(savepoint=False):
        for listener in _listeners:
            listener(told)
