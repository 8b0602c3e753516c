"""What a customer is worth to the shop, as whoever knows it says.

Core knows no money. A room that does registers a source in its ``ready()``; without one everybody
is worth nothing and what is ordered by worth falls back to its other reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

#: Keys of customers to minor units of the tenant's currency; customers not known may be left out.
Source = Callable[[Collection[UUID]], Mapping[UUID, int]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask ``source`` too."""
    if source not in _sources:
        _sources.append(source)


def unregister(source: Source) -> None:
    """Take a source back; for tests."""
    _sources.remove(source)


def of(customers: Collection[UUID]) -> dict[UUID, int]:
    """Minor units of the tenant's currency for each customer some source knows; never negative.

    Where several sources know a customer, the largest amount counts.
    """
    found: dict[UUID, int] = {}
    for source in _sources:
        for customer, amount in source(customers).items():
            found[customer] = max(amount, found.get(customer, 0))
    return found
