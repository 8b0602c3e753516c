"""Which value of a field the one customer keeps.

Pinned by staff beats what the customer said signed in, that beats what the system was told by a
trusted channel, and that beats what merely was typed or imported. Empty never overwrites. Of equals
the survivor's stays; of two that were only typed, the later one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Winner = Literal["survivor", "duplicate", "both"]
Reason = Literal[
    "same", "empty", "only", "staff", "signed_in", "trusted", "latest", "fuller", "kept", "joined"
]

#: By who wrote the value, as the audit trail names the kind of actor.
LEVELS: Final[Mapping[str, int]] = {"user": 3, "customer": 2, "system": 1}
_WHY: Final[Mapping[int, Reason]] = {3: "staff", 2: "signed_in", 1: "trusted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One customer's value: a column's, or those of columns that belong together."""

    value: tuple[Any, ...]
    #: 0 to 3, of ``LEVELS``.
    level: int
    at: dt.datetime

    @property
    def is_empty(self) -> bool:
        return not any(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whose value stays, and why."""

    winner: Winner
    reason: Reason


def choose(survivor: Claim, duplicate: Claim) -> Choice:
    """Whose value of a field the merged customer has."""
    if survivor.value == duplicate.value:
        return Choice(winner="survivor", reason="empty" if survivor.is_empty else "same")
    if duplicate.is_empty:
        return Choice(winner="survivor", reason="only")
    if survivor.is_empty:
        return Choice(winner="duplicate", reason="only")
    if survivor.level != duplicate.level:
        ours = survivor.level > duplicate.level
        why = _WHY[max(survivor.level, duplicate.level)]
        return Choice(winner="survivor" if ours else "duplicate", reason=why)
    if survivor.level == 0 and survivor.at != duplicate.at:
        later = duplicate.at > survivor.at
        return Choice(winner="duplicate" if later else "survivor", reason="latest")
    return Choice(winner="survivor", reason="kept")


def choose_name(survivor: Claim, duplicate: Claim) -> Choice:
    """The same for a name, where of equal claims the fuller one wins: Ana Souza over Ana."""
    same_level = survivor.level == duplicate.level
    if same_level and not survivor.is_empty and _words(survivor) < _words(duplicate):
        return Choice(winner="duplicate", reason="fuller")
    if same_level and not duplicate.is_empty and _words(duplicate) < _words(survivor):
        return Choice(winner="survivor", reason="fuller")
    return choose(survivor, duplicate)


def _words(claim: Claim) -> frozenset[str]:
    return frozenset(" ".join(map(str, claim.value)).casefold().split())
