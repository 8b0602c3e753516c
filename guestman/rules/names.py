"""Names of people, as far as they tell two of them apart. A name never identifies by itself."""

from __future__ import annotations

from itertools import product

from rapidfuzz.distance import JaroWinkler

from guestman.rules.nicknames import are_nicknames
from shopman.text import name_words as name_words

#: Jaro-Winkler below which two names do not sound like one.
ALIKE = 0.75


def contradicts(one: str, other: str) -> bool:
    """Whether two names can hardly be one person's.

    They share no word, no word is the initial or a nickname of one of the other, and as a whole
    they do not sound alike. A name that is not known contradicts nobody. Symmetric; accents, case
    and the order of the words say nothing.
    """
    mine, theirs = sorted(set(name_words(one))), sorted(set(name_words(other)))
    if not mine or not theirs or any(_same(*pair) for pair in product(mine, theirs)):
        return False
    return _likeness(" ".join(mine), " ".join(theirs)) < ALIKE


def _same(one: str, other: str) -> bool:
    if one == other or are_nicknames(one, other):
        return True
    return 1 in (len(one), len(other)) and one[0] == other[0]


def _likeness(one: str, other: str) -> float:
    # Which of two equally near letters is counted depends on who comes first.
    return max(JaroWinkler.similarity(one, other), JaroWinkler.similarity(other, one))
