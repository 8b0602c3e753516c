"""Which rows cannot stand side by side, and which of them gives way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Outcome = Literal["parked", "replaces", "enriches", "yields"]
#: Rows of one customer under one constraint: what must be unique, and whose row it is.
Keyed = Iterable[tuple[tuple[object, ...], UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A row of the duplicate that a constraint keeps from standing beside one of the survivor."""

    constraint: str
    duplicate: UUID
    survivor: UUID
    outcome: Outcome


def pairs(survivors: Keyed, duplicates: Keyed) -> list[tuple[UUID, UUID]]:
    """Rows with one key, as (survivor's, duplicate's), in the order of the duplicate's.

    A key that lacks a value is unique by itself, as in SQL.
    """
    known = {key: row for key, row in survivors if None not in key}
    found = [(known[key], row) for key, row in duplicates if key in known]
    return sorted(found, key=lambda pair: pair[1])


def decide(
    by_constraint: Mapping[str, list[tuple[UUID, UUID]]],
    *,
    yielding: Iterable[str],
    is_stronger: Callable[[UUID, UUID], bool],
    in_place: bool = False,
) -> list[Clash]:
    """What becomes of each clash.

    A constraint of ``yielding`` only takes a mark from the duplicate's row. Any other parks one of
    the two: the survivor's where the duplicate's is the stronger in all its clashes. ``in_place``:
    then the survivor's is not parked but becomes what the duplicate's is.
    """
    flags = frozenset(yielding)
    losers = {
        ours
        for name, found in by_constraint.items()
        if name not in flags
        for theirs, ours in found
        if not is_stronger(theirs, ours)
    }
    clashes = []
    for name, found in by_constraint.items():
        for theirs, ours in found:
            if name in flags:
                outcome: Outcome = "yields"
            else:
                wins: Outcome = "enriches" if in_place else "replaces"
                outcome = "parked" if ours in losers else wins
            if outcome != "yields" or ours not in losers:
                clashes.append(
                    Clash(constraint=name, duplicate=ours, survivor=theirs, outcome=outcome)
                )
    return clashes
