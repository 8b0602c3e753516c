"""How well something is known to be somebody's, and where that is known from.

``V`` proved by who has it: a code, a link, a provider's word. ``A`` asserted by staff or a trusted
channel. ``U`` typed by the public or imported. A level never rises by a match or a merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

Evidence = Literal["V", "A", "U"]
#: What somebody only says, trusted or not.
Unproved = Literal["A", "U"]

_RANKS: Final[Mapping[str, int]] = {"U": 0, "A": 1, "V": 2}
#: How strong an identifier of this evidence is.
STRENGTHS: Final[Mapping[str, str]] = {"V": "verified", "A": "asserted", "U": "weak"}
#: Weakest first. A strong one names one account by construction, which says nothing about who has
#: that account.
_STRENGTHS: Final = ("weak", "asserted", "verified", "strong")
_LEVELS: Final[Mapping[str, Evidence]] = {
    "weak": "U",
    "asserted": "A",
    "verified": "V",
    "strong": "A",
}


def rank(level: str) -> int:
    """A number that is larger for what is better known."""
    return _RANKS[level]


def weakest(*levels: Evidence) -> Evidence:
    """What is left of a chain of evidence: a claim is no better than what it was held against."""
    return min(levels, key=rank)


def strongest(levels: Iterable[Evidence]) -> Evidence:
    """The best of what is known."""
    return max(levels, key=rank)


def of_identifier(strength: str, *, is_account: bool) -> Evidence:
    """The level of a stored identifier. Who linked an account at a provider was signed in there."""
    return "V" if is_account and strength == "strong" else _LEVELS[strength]


def rank_of_strength(strength: str) -> int:
    """A number that is larger for the stronger identifier."""
    return _STRENGTHS.index(strength)
