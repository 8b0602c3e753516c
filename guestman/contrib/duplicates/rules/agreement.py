"""How far two values of one kind agree."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from guestman.rules.nicknames import are_nicknames

#: Jaro-Winkler from which two words sound like slips of one.
SIMILAR = 0.88
#: Edits per letter up to which two words may be slips of one.
SLIPS_PER_LETTER = 0.34
#: Letters from which two slips still leave a word recognisable.
LONG = 6


class Level(IntEnum):
    """Best first. What each is worth stands in ``weights``."""

    EXACT = 0
    NEAR = 1
    SIMILAR = 2
    DIFFERENT = 3


class DateLevel(IntEnum):
    """Best first."""

    EXACT = 0
    #: One digit differs, two stand in each other's place, or day and month do.
    SLIP = 1
    #: Two of year, month and day agree.
    TWO_PARTS = 2
    #: Two digits differ.
    TWO_SLIPS = 3
    #: Same year, months next to each other.
    SAME_SEASON = 4
    DIFFERENT = 5


def words(first: str, second: str) -> Level:
    """Two words or lines of one kind."""
    if first == second:
        return Level.EXACT
    edits = DamerauLevenshtein.distance(first, second)
    length = max(len(first), len(second))
    if edits == 1 or (edits == 2 and length >= LONG):
        return Level.NEAR
    if edits <= SLIPS_PER_LETTER * length or JaroWinkler.similarity(first, second) >= SIMILAR:
        return Level.SIMILAR
    return Level.DIFFERENT


def given_names(first: str, second: str) -> Level:
    """Two given names: also a nickname or an initial of the other is similar."""
    level = words(first, second)
    if level is not Level.DIFFERENT:
        return level
    initial = first[0] == second[0] and 1 in (len(first), len(second))
    return Level.SIMILAR if initial or are_nicknames(first, second) else level


def dates(first: dt.date, second: dt.date) -> DateLevel:
    """Two birth dates."""
    if first == second:
        return DateLevel.EXACT
    edits = DamerauLevenshtein.distance(f"{first:%Y%m%d}", f"{second:%Y%m%d}")
    swapped = first.year == second.year and (first.month, first.day) == (second.day, second.month)
    if edits == 1 or swapped:
        return DateLevel.SLIP
    parts = zip(first.timetuple()[:3], second.timetuple()[:3], strict=True)
    if sum(one == other for one, other in parts) == 2:
        return DateLevel.TWO_PARTS
    if edits == 2:
        return DateLevel.TWO_SLIPS
    if first.year == second.year and abs(first.month - second.month) <= 1:
        return DateLevel.SAME_SEASON
    return DateLevel.DIFFERENT


def emails(first: str, second: str) -> Level:
    """Two e-mail addresses, ``local@domain``. A short local part must agree exactly."""
    if first == second:
        return Level.EXACT
    local, _at, _domain = first.partition("@")
    other_local, _at, _domain = second.partition("@")
    shortest = min(len(local), len(other_local))
    edits = DamerauLevenshtein.distance(first, second)
    in_local = DamerauLevenshtein.distance(local, other_local)
    if edits <= 2 and in_local * LONG <= shortest * 2:
        return Level.NEAR
    if local == other_local and shortest >= LONG:
        return Level.SIMILAR
    if edits <= 4 and edits * 5 < max(len(first), len(second)) and in_local * LONG <= shortest * 2:
        return Level.SIMILAR
    return Level.DIFFERENT
