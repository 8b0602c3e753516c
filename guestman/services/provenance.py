"""By what something came in: rows remember it, and follow it when a merge is taken back.

    with provenance.through(identifier.pk):
        contact_point.add(customer=owner, ...)

A service that was asked for a merged customer needs no more than the survivor that ``locks`` gave
it: he knows by which record he was named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from guestman.models import Customer

_door: ContextVar[UUID | None] = ContextVar("guestman_door", default=None)


@contextmanager
def through(identifier: UUID | None) -> Iterator[None]:
    """What is written inside came in by this identifier."""
    token = _door.set(identifier)
    try:
        yield
    finally:
        _door.reset(token)


def of(customer: Customer) -> UUID | None:
    """The merged record by which the customer was named, else the identifier at work, or None."""
    return customer.named_as or _door.get()
