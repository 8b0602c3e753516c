"""Who is told of contacts inside the transaction that changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from guestman.models import ContactPoint, ExternalIdentity

Change = Literal["added", "changed", "verified", "released", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """One contact or external identity as it is now (``removed``: as it was)."""

    row: ContactPoint | ExternalIdentity
    change: Change


Observer = Callable[[Sequence[ContactChange]], None]

_observers: list[Observer] = []


def register(observer: Observer) -> None:
    """Call ``observer`` with all changes of a service call, before it commits.

    For an app's ``ready()``. What the observer raises undoes the change.
    """
    if observer not in _observers:
        _observers.append(observer)


def unregister(observer: Observer) -> None:
    """Take an observer back; for tests."""
    _observers.remove(observer)


def tell(changes: Sequence[ContactChange]) -> None:
    """Call every observer."""
    if changes:
        for observer in _observers:
            observer(changes)
