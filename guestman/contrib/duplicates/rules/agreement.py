"""How far two values of one kind agree."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from enum import IntEnum
from functools import lru_cache
from itertools import product

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from guestman.contrib.duplicates.rules.sounds import are_brother_and_sister, skeleton
from guestman.rules.documents import Document
from guestman.rules.nicknames import are_nicknames
from guestman.rules.sameness import documents_differ

#: Jaro-Winkler from which two words sound like slips of one.
SIMILAR = 0.88
#: Edits per letter up to which two words may be slips of one.
SLIPS_PER_LETTER = 0.34
#: Letters from which two slips still leave a word recognisable.
LONG = 6


_NO_LETTERS = re.compile(r"[^a-z]+")


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


@lru_cache(maxsize=2**17)
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


@lru_cache(maxsize=2**17)
def given_names(first: str, second: str) -> Level:
    """Two given names: also a nickname or an initial of the other is similar.

    Names that differ by the gender they are for, such as Daniel and Daniela, are two names.
    """
    level = words(first, second)
    if level is not Level.EXACT and are_brother_and_sister(first, second):
        return Level.DIFFERENT
    if level is not Level.DIFFERENT:
        return level
    initial = first[0] == second[0] and 1 in (len(first), len(second))
    return Level.SIMILAR if initial or are_nicknames(first, second) else level


@lru_cache(maxsize=2**17)
def sound_alike(first: str, second: str) -> bool:
    """Whether two names that many people have may still be one: spelled alike, or a nickname.

    Not Manoel and Manuela: of two names one of which ends in a, the other is a man's.
    """
    if are_nicknames(first, second) or 1 in (len(first), len(second)):
        return True
    return skeleton(first) == skeleton(second) and first.endswith("a") == second.endswith("a")


def dates(first: dt.date, second: dt.date) -> DateLevel:
    """Two birth dates."""
    if first == second:
        return DateLevel.EXACT
    edits = DamerauLevenshtein.distance(_digits(first), _digits(second), score_cutoff=2)
    same_year, same_month = first.year == second.year, first.month == second.month
    if edits == 1 or (same_year and (first.month, first.day) == (second.day, second.month)):
        return DateLevel.SLIP
    if same_year + same_month + (first.day == second.day) == 2:
        return DateLevel.TWO_PARTS
    if edits == 2:
        return DateLevel.TWO_SLIPS
    if same_year and abs(first.month - second.month) <= 1:
        return DateLevel.SAME_SEASON
    return DateLevel.DIFFERENT


@lru_cache(maxsize=2**15)
def _digits(date: dt.date) -> str:
    return f"{date:%Y%m%d}"


def documents(first: Collection[Document], second: Collection[Document]) -> Level | None:
    """The documents of two people; None where no two are of one kind."""
    if not (first and second):
        return None
    pairs = list(product(first, second))
    if any(one == other for one, other in pairs):
        return Level.EXACT
    return Level.DIFFERENT if any(documents_differ(*pair) for pair in pairs) else None


def emails(first: str, second: str) -> Level:
    """Two e-mail addresses, ``local@domain``. A short local part must agree exactly.

    Other digits or dots are a namesake's: ``ana.lima7`` is neither ``ana.lima9`` nor ``analima``.
    """
    if first == second:
        return Level.EXACT
    local, marks = _parts(first)
    other_local, other_marks = _parts(second)
    if local != other_local and marks != other_marks:
        return Level.DIFFERENT
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


@lru_cache(maxsize=2**15)
def _parts(email: str) -> tuple[str, tuple[str, ...]]:
    """What stands before the @, and what of it is no letter."""
    local = email.partition("@")[0]
    return local, tuple(_NO_LETTERS.findall(local))
