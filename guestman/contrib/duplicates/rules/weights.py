"""What each agreement is worth, in bits: log2 of (how often in pairs of one person ÷ by chance).

After Fellegi and Sunter, "A Theory for Record Linkage" (JASA 64, 1969), with Winkler's frequency
adjustment: agreeing on a rare value says more. The shares are rounded estimates from public
labelled sets of persons with typing errors; they are constants so that a score means the same in
every shop. Only how common a value is comes from the shop itself, drawn towards a large
population, because few rows say little about rarity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from guestman.contrib.duplicates.rules import agreement
from guestman.contrib.duplicates.rules.agreement import DateLevel, Level

Kind = Literal["given_name", "family_name", "line", "number", "city", "region", "postal_code"]

#: Raised whenever a constant or a rule of the scorer changes.
SCORER_VERSION = 3
#: Before anything is compared: one pair in 2^13 is one person (business default).
PRIOR = -13.0
#: Customers up to which the prior holds; each doubling beyond takes a bit.
CROWD = 2000
#: Rows a reference population counts for beside the shop's own.
REFERENCE_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Of pairs of one person and of two persons: the share at each level of agreement.

    ``rarest`` is how often a value not seen before is expected; an exact or near agreement is
    never worth more than that allows. None where the chance of agreement is a constant.
    """

    same: tuple[float, ...]
    chance: tuple[float, ...]
    rarest: float | None = None


SHARES: Mapping[Kind, Shares] = {
    "given_name": Shares(
        same=(0.65, 0.16, 0.07, 0.12), chance=(0, 0.004, 0.02, 0.97), rarest=2**-12
    ),
    "family_name": Shares(
        same=(0.65, 0.16, 0.06, 0.13), chance=(0, 0.003, 0.02, 0.977), rarest=2**-14
    ),
    "line": Shares(same=(0.75, 0.12, 0.05, 0.08), chance=(0, 0.002, 0.03, 0.96), rarest=2**-13),
    "number": Shares(same=(0.85, 0.05, 0.01, 0.09), chance=(0, 0.2, 0.01, 0.8), rarest=2**-10),
    "city": Shares(same=(0.65, 0.15, 0.06, 0.14), chance=(0, 0.003, 0.02, 0.9), rarest=2**-11),
    "region": Shares(same=(0.9, 0.03, 0.01, 0.06), chance=(0, 0.3, 0.01, 0.6), rarest=2**-8),
    "postal_code": Shares(
        same=(0.85, 0.09, 0.01, 0.05), chance=(0, 0.02, 0.1, 0.88), rarest=2**-12
    ),
}
BIRTH_DATE = Shares(
    same=(0.62, 0.18, 0.09, 0.03, 0.03, 0.05), chance=(2**-14.5, 0.0006, 0.006, 0.02, 0.02, 0.96)
)
EMAIL = Shares(same=(0.75, 0.13, 0.05, 0.07), chance=(2**-17, 2**-13, 2**-10, 0.4))
#: People have several numbers, and families share one.
PHONE_AGREES, PHONE_DIFFERS = 11.0, -1.0
DOCUMENT_AGREES, DOCUMENT_DIFFERS = 18.0, -12.0
DOCUMENT = {Level.EXACT: DOCUMENT_AGREES, Level.DIFFERENT: DOCUMENT_DIFFERS}
#: Share of pairs of one person with given and family name in each other's place.
SWAPPED = {Level.EXACT: 0.04, Level.NEAR: 0.015, Level.SIMILAR: 0.008}
#: A given name agrees with another one of the other's than the first.
NOT_THE_FIRST = 1.5
#: Both have family names that the other lacks.
FAMILY_APART = -3.0
#: One has a word of generation (Filho, Neto) and the other has none, or another one.
GENERATION_LEFT_OUT, GENERATION_DIFFERS = -3.0, -9.0
#: One has only a given name, the other only a family name, and they agree.
CROSSED = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """How often each value occurs in a shop: ``{kind: {value: count}}`` and ``{kind: rows}``.

    Values that are left out count as never seen. ``people`` is how many the shop has in all.
    """

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    people: int = 0

    def share(self, kind: Kind, value: str) -> float:
        """The share of people expected to have the value, never below the rarest."""
        rarest = SHARES[kind].rarest or 0.0
        seen = self.counts.get(kind, {}).get(value, 0)
        expected = seen + REFERENCE_ROWS * rarest
        return max(expected / (self.rows.get(kind, 0) + REFERENCE_ROWS), rarest)


def apart(kind: Kind, level: Level, first: str, second: str, frequencies: Frequencies) -> Level:
    """The level of two nearly equal names; different ones where both are names many people have.

    Maria is no slip of Marina. Who sounds alike (Tiago, Thiago) or is a nickname may be one.
    """
    if level in (Level.EXACT, Level.DIFFERENT):
        return level
    counts = frequencies.counts.get(kind, {})
    if first in counts and second in counts and not agreement.sound_alike(first, second):
        return Level.DIFFERENT
    return level


def weight(kind: Kind, level: Level, first: str, second: str, frequencies: Frequencies) -> float:
    """Bits for two values of a kind at a level of agreement."""
    shares = SHARES[kind]
    if level is Level.DIFFERENT:
        return bits(shares.same[level], shares.chance[level])
    common = max(frequencies.share(kind, first), frequencies.share(kind, second))
    found = bits(shares.same[level], max(shares.chance[level], common))
    # To agree is never held against anybody, however common the value.
    return max(found, 0.0) if level is Level.EXACT else found


def constant(shares: Shares, level: Level | DateLevel) -> float:
    """Bits where the chance of agreement does not depend on the value."""
    return bits(shares.same[level], shares.chance[level])


def bits(same: float, chance: float) -> float:
    """log2 of a ratio of shares."""
    return math.log2(same / chance)
