"""What speaks for and against one person, and what of it both have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guestman.contrib.duplicates.rules.agreement import DateLevel, Level
from guestman.contrib.duplicates.rules.people import Person
from shopman import canonical

#: Levels of agreement from the weakest to the best, as far as they speak for one person.
_GRADES = (
    "two_slips", "same_season", "two_parts", "other_name", "similar", "slip", "near", "part",
    "exact",
)  # fmt: skip
_PER_LEVEL = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one feature adds, in bits of two decimals. ``level`` says how the values agree."""

    feature: str
    level: str
    weight: float


def graded(feature: str, level: Level | DateLevel, weight: float) -> Evidence:
    """Evidence at a level."""
    return Evidence(feature=feature, level=_NAMES[level.__class__][level], weight=weight)


_NAMES: Mapping[type[Level] | type[DateLevel], list[str]] = {
    kind: [level.name.lower() for level in kind] for kind in (Level, DateLevel)
}


def total(evidence: Iterable[Evidence]) -> float:
    """The bits of all of it."""
    return sum(each.weight for each in evidence)


def plain(evidence: Iterable[Evidence]) -> list[dict[str, str | float]]:
    """Evidence as it is stored: ``[{"feature": "email", "level": "exact", "weight": 17.0}]``."""
    return [
        {"feature": each.feature, "level": each.level, "weight": each.weight} for each in evidence
    ]


def in_common(first: Person, second: Person, evidence: Iterable[Evidence]) -> dict[str, int]:
    """How much two people have in common, by feature, without any value: the more the larger.

    A better agreement or one more shared contact makes a number grow or adds one; how rare a value
    is does not count, so it stays as it is while neither record changes.
    """
    found = {
        each.feature: _GRADES.index(each.level) * _PER_LEVEL
        for each in evidence
        if each.level in _GRADES and each.weight > 0
    }
    for feature, shared in (
        ("email", first.emails & second.emails),
        ("phone", first.phones & second.phones),
        ("document", first.documents & second.documents),
    ):
        if feature in found:
            found[feature] += len(shared)
    return found


def has_more(now: Mapping[str, int], before: Mapping[str, int]) -> bool:
    """Whether two people have more in common than before, in any feature."""
    return any(much > before.get(feature, -1) for feature, much in now.items())


def digest(shared: Mapping[str, int]) -> str:
    """One text for what two people have in common: SHA-256 of the sorted features."""
    return canonical.digest(shared)
